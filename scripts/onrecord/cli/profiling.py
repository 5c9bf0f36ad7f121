"""The verb that says what the articles and quotes of a corpus are like."""

from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import Corpus, Json, app, put, render, reporting


@app.command()
def profile(
    corpus: Corpus = None,
    split: Annotated[str | None, typer.Option("--split", help="Only this split of it.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="CORPUS", help="A corpus to compare with.")
    ] = None,
    against_split: Annotated[
        str | None, typer.Option("--against-split", help="Only this split of that one.")
    ] = None,
    json: Json = False,
) -> None:
    """Lengths, quote types, cues, sources and orders; beside those of another corpus."""
    from onrecord.profiles.comparison import profile as run

    with reporting(json):
        found = run(corpus, against=against, split=split, against_split=against_split)
        put(found, json, "")
        if not json:
            from onrecord.profiles.display import render_comparison

            render(render_comparison(found))
