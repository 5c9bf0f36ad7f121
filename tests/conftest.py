"""Fixtures: where private data is, and the corpora and datasets that tests read."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"


@pytest.fixture(autouse=True, scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reaches the Hub or another run's cache."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HOME"] = str(tmp_path_factory.mktemp("hf"))


@pytest.fixture(scope="session")
def external() -> Path:
    """The folder of private data; the test is skipped where there is none."""
    folder = Path(os.environ.get("ONRECORD_EXTERNAL", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"private data is not here: ONRECORD_EXTERNAL={folder}")
    return folder


@pytest.fixture
def fenmoor(tmp_path: Path) -> Path:
    """A small valid corpus that the test may change."""
    return shutil.copytree(CASES / "valid" / "fenmoor", tmp_path / "fenmoor")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of this repository, built."""
    from onrecord.building import build

    folder, _ = build(ROOT / "corpus", tmp_path_factory.mktemp("dist") / "onrecord")
    return folder
