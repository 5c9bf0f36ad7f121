"""The built wheel holds corpus and schemas and works from an empty folder, without network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which only the wheel was installed."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*build, "--wheel-dir", str(wheels), str(ROOT)], check=True)
    (wheel,) = wheels.glob("onrecord-*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)],
        check=True,
    )
    return target


def python(installed: Path, folder: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_load_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    code = (
        "import onrecord; print(onrecord.__file__); print(next(iter(onrecord.load('test'))).title)"
    )
    place, title = python(installed, tmp_path, "-c", code).splitlines()
    assert Path(place).is_relative_to(installed)
    assert title


def test_verbs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    assert "validate" in python(installed, tmp_path, "-m", "onrecord", "--help")
    assert python(installed, tmp_path, "-m", "onrecord", "validate").endswith("0 findings\n")
    python(installed, tmp_path, "-m", "onrecord", "build", "--out", "built")
    assert "who said what" in (tmp_path / "built" / "README.md").read_text("utf-8")
    assert any((tmp_path / "built" / "docs" / "figures").iterdir())


@pytest.mark.slow
def test_the_report_has_its_templates(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    code = "import sys; from onrecord.cli import main; sys.argv[1:] = ['score', 'empty.jsonl', '--report', 'r', '--json']\ntry: main()\nexcept SystemExit as end: assert end.code == 1"
    python(installed, tmp_path, "-c", code)
    assert (tmp_path / "r" / "report.css").stat().st_size and any(
        (tmp_path / "r" / "articles").iterdir()
    )


def test_frozen_results_come_along(installed: Path, tmp_path: Path) -> None:
    mine = (installed / "onrecord" / "results" / "rules" / "predictions.jsonl").read_bytes()
    (tmp_path / "mine.jsonl").write_bytes(mine)
    done = python(
        installed, tmp_path, "-m", "onrecord", "compare", "mine.jsonl", "--against", "rules"
    )
    assert "against rules" in done


def test_wheel_holds_no_private_text_and_all_schemas(installed: Path) -> None:
    assert {path.name for path in (installed / "onrecord" / "schemas").iterdir()} == {
        path.name for path in (ROOT / "schemas").iterdir()
    }
    licensed = {"20250403-nato-foreign-ministers"}
    texts = {path.stem for path in (installed / "onrecord" / "corpus" / "texts").iterdir()}
    assert texts and not texts & licensed


def test_wheel_holds_no_run_of_seven_words_of_the_licensed_article(
    installed: Path, external: Path
) -> None:
    from onrecord.licensed.sealing import leaks
    from onrecord.licensed.texts import read_private_texts

    files = [path for path in installed.rglob("*") if path.is_file()]
    for text in read_private_texts(external / "seeds").values():
        assert list(leaks(text, files)) == []
