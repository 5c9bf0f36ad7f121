# make dataset: set up, validate, build, load back.   make test: the tests, under three minutes.
# make test-all: what takes longer, scores or trains on the whole corpus, needs a server or a browser.
# make schemas, make card, make results, make likeness: regenerate.
# make label-studio: the server to annotate with.
# make docs: the site of the documentation, build/site/index.html, its links checked.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STUDIO := .venv-label-studio
.DEFAULT_GOAL := dataset

.PHONY: dataset test test-all lint schemas card results likeness label-studio docs clean

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

# The libraries that adapters adapt. Where pip knows a build of torch for processors only, it takes
# that; elsewhere this may be a large download.
$(VENV)/adapters.stamp: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,adapters]'
	@touch $@

$(VENV)/docs.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

# The server has an environment of its own: it pins pyarrow and the SDK. Beside it stands an empty
# database with all migrations, which the first start would take a minute to make.
$(STUDIO)/ready.stamp: constraints-label-studio.txt | $(VENV)/core.stamp
	$(PYTHON) -m venv $(STUDIO)
	$(STUDIO)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-label-studio.txt label-studio
	$(BIN)/python -c "from onrecord.labelstudio.server import find_program, prepare_database; prepare_database(find_program(), print)"
	@touch $@

label-studio: $(STUDIO)/ready.stamp

dataset: $(VENV)/core.stamp
	@$(BIN)/onrecord validate corpus
	@$(BIN)/onrecord build corpus --load-back

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

test-all: $(VENV)/adapters.stamp $(STUDIO)/ready.stamp
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/docs.stamp
	$(BIN)/mkdocs build --strict

schemas: $(VENV)/core.stamp
	$(BIN)/onrecord schema --out schemas
	$(BIN)/onrecord validate --checks > docs/CHECKS.md
	$(BIN)/onrecord score --measures > docs/MEASURES.md

card: $(VENV)/core.stamp
	$(BIN)/onrecord card DATASET_CARD.md README.md
	$(BIN)/onrecord leaderboard > docs/LEADERBOARD.md

# How like real news the open articles are, for the card; needs PolNeAR, which does not come along.
EXTERNAL := $(or $(ONRECORD_EXTERNAL),../shared)
likeness: $(VENV)/core.stamp
	rm -rf build/polnear
	$(BIN)/onrecord convert polnear $(EXTERNAL)/data/polnear-train-dev.tar.xz --split train --out build/polnear
	$(BIN)/onrecord profile corpus --against build/polnear --json > docs/likeness.json
	$(BIN)/onrecord card DATASET_CARD.md README.md

# The systems of ours in results/, run again: after test texts, issues or training labels changed.
results: $(VENV)/test.stamp
	for name in rules majority lexicon tfidf; do \
	  $(BIN)/onrecord extract corpus --split test --with $$name --out results/$$name/predictions.jsonl || exit; \
	done
	$(BIN)/onrecord leaderboard > docs/LEADERBOARD.md

clean:
	rm -rf $(VENV) $(STUDIO) dist build .pytest_cache .mypy_cache .ruff_cache
