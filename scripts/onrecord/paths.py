"""Where corpus/ and results/ are: inside an installed package, or at the root of a checkout."""

import os
from pathlib import Path
from typing import TypeAlias

StrPath: TypeAlias = str | os.PathLike[str]
"""How callers of public functions name a file or folder."""

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def _shipped(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _CHECKOUT / name


def corpus_dir() -> Path:
    """The folder of the corpus that comes with this version of the code."""
    return _shipped("corpus")


def results_dir() -> Path:
    """The folder of other systems' results that comes with this version of the code."""
    return _shipped("results")
