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
Golds = Annotated[
    list[str],
    typer.Option(
        "--corpus",
        metavar="PATH",
        help="A corpus folder, a JSONL corpus or a dataset folder; `builtin` is the one shipped."
        " Repeated: a table over several, each with a file of predictions of its own.",
    ),
]
Splits = Annotated[
    list[str] | None,
    typer.Option(
        "--split",
        help="train, validation or test; repeated, one for each corpus.",
        show_default="test",
    ),
]


def _corpus(name: str) -> str | None:
    return None if name == "builtin" else name


@app.command()
def score(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PREDICTIONS.jsonl", help="A line an article; see schema prediction."
        ),
    ] = None,
    corpora: Golds = ["builtin"],  # noqa: B006
    splits: Splits = None,
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
        if not files:
            raise MisuseError("name a file of predictions")
        if len(corpora) > 1 and signature is None and report is None:
            _score_across(files, corpora, splits or [], texts, json)
            return
        if len(files) > 1 or len(corpora) > 1 or len(splits or ()) > 1:
            raise MisuseError("one file, one corpus, one split; `onrecord compare` compares files")
        predictions, corpus, split = files[0], corpora[0], splits[0] if splits else None
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


def _score_across(
    files: list[Path], corpora: list[str], splits: list[str], texts: Path | None, json: bool
) -> None:
    from onrecord.benchmark.across import pair_up, score_across
    from onrecord.progress import counting

    grounds = pair_up(files, list(map(_corpus, corpora)), splits)
    with counting("scoring", silent=json) as progress:
        results = score_across(grounds, texts=private_texts(texts), progress=progress)
    if json:
        put({"corpora": results}, json, "")
    else:
        from onrecord.benchmark.display import render_across

        render(render_across(results))
        signatures = (f"{name}  {result.signature}" for name, result in results.items())
        put(None, json, "\n".join(signatures))
    findings([issue for result in results.values() for issue in result.issues], json)


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
