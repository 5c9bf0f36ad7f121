"""The command line: a verb is a library function, and only this package prints or exits.

A file a group of verbs; importing it puts them into `app`. What a verb needs is imported in it, so
that `--help` costs nothing.
"""

from onrecord.cli import annotating, corpus, rights
from onrecord.cli.app import app

__all__ = ["annotating", "app", "corpus", "main", "rights"]


def main() -> None:
    """Entry point of the `onrecord` command."""
    app()
