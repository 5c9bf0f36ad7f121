"""The command line: a verb is a library function, and only this package prints or exits.

A file a group of verbs; importing it puts them into `app`. What a verb needs is imported in it, so
that `--help` costs nothing.
"""

import io
import sys

from onrecord.cli import (
    agreeing,
    annotating,
    converting,
    corpus,
    extracting,
    ingesting,
    profiling,
    publishing,
    releasing,
    rights,
    scoring,
)
from onrecord.cli.app import app

__all__ = [
    "agreeing",
    "annotating",
    "app",
    "converting",
    "corpus",
    "extracting",
    "ingesting",
    "main",
    "profiling",
    "publishing",
    "releasing",
    "rights",
    "scoring",
]


def main() -> None:
    """Entry point of the `onrecord` command; a terminal without Unicode shows escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()
