"""Verbs that score extractors and compare them."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import Json, Texts, app, findings, private_texts, put, render, reporting

Gold = Annotated[
    str,
    typer.Option(
        "--corpus",
        metavar="PATH",
        help="A corpus folder, a JSONL corpus or a dataset folder; `builtin` is the one shipped.",
    ),
]
Split = Annotated[
    str | None, typer.Option("--split", help="train, validation or test.", show_default="test")
]


def _corpus(name: str) -> str | None:
    return None if name == "builtin" else name


@app.command()
def score(
    predictions: Annotated[
        Path | None,
        typer.Argument(
            metavar="PREDICTIONS.jsonl", help="A line an article; see schema prediction."
        ),
    ] = None,
    corpus: Gold = "builtin",
    split: Split = None,
    texts: Texts = None,
    signature: Annotated[
        str | None,
        typer.Option(help="Score as this signature says, and find where the result differs."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write pages with figures and every error in its text."),
    ] = None,
    measures: Annotated[
        bool, typer.Option("--measures", help="Only list all measures, as Markdown.")
    ] = False,
    json: Json = False,
) -> None:
    """Score predictions against gold: quotes, speakers, stances, beside floor and ceiling."""
    from onrecord.benchmark.listing import render_measures
    from onrecord.benchmark.report import write_report
    from onrecord.benchmark.scoring import score as run
    from onrecord.benchmark.tasks import TASKS
    from onrecord.issues import MisuseError
    from onrecord.progress import counting

    with reporting(json):
        if measures:
            names = {task.name: [measure.name for measure in task.measures] for task in TASKS}
            put({"measures": names}, json, render_measures().rstrip("\n"))
            return
        if predictions is None:
            raise MisuseError("name a file of predictions")
        how = partial(write_report, report) if report else run
        with counting("scoring", silent=json) as progress:
            result = how(
                predictions,
                _corpus(corpus),
                split=split,
                signature=signature,
                texts=private_texts(texts),
                progress=progress,
            )
        if json:
            put(result, json, "")
        else:
            from onrecord.benchmark.display import render_scores

            render(render_scores(result))
            put(None, json, result.signature)
            put(None, json, f"report: {report / 'index.html'}" if report else "")
        findings(result.issues, json)


@app.command()
def compare(
    predictions: Annotated[
        list[Path], typer.Argument(metavar="PREDICTIONS.jsonl...", help="Files of predictions.")
    ],
    against: Annotated[
        str, typer.Option(metavar="NAME,...", help="Baselines: systems under results/.")
    ] = "",
    corpus: Gold = "builtin",
    split: Split = None,
    texts: Texts = None,
    json: Json = False,
) -> None:
    """Compare systems on the same gold, and test their differences from the first one."""
    from onrecord.benchmark.comparison import compare as run
    from onrecord.progress import counting

    with reporting(json):
        names = [name.strip() for name in against.split(",") if name.strip()]
        with counting("scoring", silent=json) as progress:
            result = run(
                predictions,
                names,
                _corpus(corpus),
                split=split,
                texts=private_texts(texts),
                progress=progress,
            )
        if json:
            put(result, json, "")
        else:
            from onrecord.benchmark.display import render_comparison

            render(render_comparison(result))
            put(None, json, result.signature)
        findings(result.issues, json)


@app.command()
def leaderboard(json: Json = False) -> None:
    """Score the systems in results/ anew; the table as Markdown, with intervals and groups."""
    from onrecord.benchmark.leaderboard import leaderboard as run
    from onrecord.benchmark.leaderboard import render_leaderboard
    from onrecord.progress import counting

    with reporting(json):
        with counting("scoring", silent=True) as progress:
            board = run(progress)
        put(board, json, render_leaderboard(board).rstrip("\n"))
        findings(board.issues, json)
