"""The verb that compares annotators with each other."""

from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import Json, Texts, app, private_texts, put, render, reporting


@app.command()
def agree(
    layers: Annotated[
        list[str],
        typer.Argument(
            metavar="LAYER LAYER...", help="Names of annotators; * stands for any letters."
        ),
    ],
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", help="A corpus or dataset folder; default the one that comes."),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", help="train, validation or test; by default each.")
    ] = None,
    texts: Texts = None,
    json: Json = False,
) -> None:
    """Compare annotators' layers: spans, labels, speakers; F1, Krippendorff's alpha, intervals."""
    from onrecord.agreement.agreeing import agree as run
    from onrecord.progress import counting

    with reporting(json):
        own = private_texts(texts)
        with counting("comparing", silent=json) as progress:
            found = run(layers, corpus, split=split, texts=own, progress=progress)
        put(found, json, "")
        if not json:
            from onrecord.agreement.display import render_agreement

            render(render_agreement(found))
