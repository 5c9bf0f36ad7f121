"""The verb that brings texts, pages and records into a corpus."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from onrecord.cli.app import Json, app, counted, put, reporting
from onrecord.issues import printable

if TYPE_CHECKING:
    from onrecord.ingestion import Outcome

_NAMED: Final = 20
"""Sources passed over that are named in the text for people."""


@app.command()
def ingest(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE|FOLDER...", help=".txt, .html, .json, .jsonl, .warc(.gz), .parquet."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The corpus folder to write into.")],
    outlet: Annotated[
        str | None, typer.Option(metavar="NAME", help="The outlet, where a source does not say.")
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="TAG", help="The language (BCP 47), where a source does not say.")
    ] = "und",
    split: Annotated[
        str, typer.Option(help="The split of new articles: train, validation or test.")
    ] = "train",
    processes: Annotated[int, typer.Option(metavar="N", min=1, help="How many read at once.")] = 1,
    re_extract: Annotated[
        bool,
        typer.Option("--re-extract", help="Make texts anew whose source or tool has changed."),
    ] = False,
    json: Json = False,
) -> None:
    """Bring texts, pages and records into a corpus folder, ready for annotation."""
    from onrecord.ingestion import ingest as read
    from onrecord.progress import counting

    with reporting(json):
        outcomes: list[Outcome] = []
        with counting("ingesting", silent=json) as progress:
            for outcome in read(
                sources,
                out,
                outlet=outlet,
                language=language,
                split=split,
                re_extract=re_extract,
                processes=processes,
            ):
                outcomes.append(outcome)
                if progress:
                    progress(len(outcomes))
        _report(outcomes, json)


def _report(outcomes: "list[Outcome]", json: bool) -> None:
    """Print what was written and found; exit 1 where there is a finding."""
    issues = [issue for outcome in outcomes for issue in outcome.issues]
    counts = Counter(outcome.status for outcome in outcomes)
    lines = [_line(each) for each in outcomes if each.status in ("written", "replaced")]
    passed = [each.source for each in outcomes if each.status == "passed over"]
    if passed:
        lines.append(f"passed over: {_listed(passed)}")
    summary = ", ".join(f"{number:,} {status}" for status, number in counts.items())
    lines += [*map(str, issues), f"{summary or 'no source'}: {counted(len(issues), 'findings')}"]
    put({**counts, "sources": outcomes, "issues": issues}, json, "\n".join(lines))
    if issues:
        raise typer.Exit(1)


def _listed(names: list[str]) -> str:
    """Names in one line, the first of many."""
    more = f" and {len(names) - _NAMED:,} more (--json names all)" if len(names) > _NAMED else ""
    return printable(", ".join(names[:_NAMED]) + more)


def _line(outcome: "Outcome") -> str:
    changes = f": {', '.join(outcome.changes)}" if outcome.changes else ""
    return f"{outcome.id} ({outcome.source}){changes}"
