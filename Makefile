# make dataset: set up, validate, build, load back.   make test: the tests, under three minutes.
# make test-all: what takes longer, too.              make schemas, make card: regenerate.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := dataset

.PHONY: dataset test test-all lint schemas card clean

# A stamp for each set of packages; pyproject.toml and constraints.txt make them stale.
$(VENV)/core.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/test.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/core.stamp

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "onrecord needs Python 3.11 to 3.13; name one with: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(VENV)

dataset: $(VENV)/core.stamp
	@$(BIN)/onrecord validate corpus
	@$(BIN)/onrecord build corpus --load-back

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n auto -m "not slow"

test-all: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

schemas: $(VENV)/core.stamp
	$(BIN)/onrecord schema --out schemas
	$(BIN)/onrecord validate --checks > docs/CHECKS.md
	$(BIN)/onrecord score --measures > docs/MEASURES.md

card: $(VENV)/core.stamp
	$(BIN)/onrecord card DATASET_CARD.md README.md

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
