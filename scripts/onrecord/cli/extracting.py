"""The verb that runs extractors."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import Json, app, counted, put, reporting
from onrecord.issues import MisuseError

if TYPE_CHECKING:
    from onrecord.extracting.runs import Extraction
    from onrecord.extractors import PlainArticle


@app.command()
def extract(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT...",
            help="Article records, texts, pages, folders of them, a corpus or dataset folder.",
        ),
    ],
    with_: Annotated[
        str,
        typer.Option("--with", metavar="NAME", help="An extractor; module:object; or a command."),
    ] = "rules",
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="An option of the extractor (repeatable)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write predictions, and the record of the run beside."),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Of a corpus only train, validation or test.")
    ] = None,
    given: Annotated[
        bool, typer.Option("--given", help="Hand it the contents of the gold quotes to label.")
    ] = False,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="How many processes.")] = 1,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.01, help="What an article may take.")
    ] = 300,
    json: Json = False,
) -> None:
    """Find quotes with any extractor; with --json, predictions (or with --out, the run record)."""
    from onrecord.extracting.runs import Extraction, InterruptedRunError, write_run
    from onrecord.extractors.catalogue import Recipe
    from onrecord.progress import counting

    with reporting(json):
        recipe = Recipe(with_, _options(option or []))
        extraction = Extraction(
            inputs, recipe, split=split, given=given, jobs=jobs, time_limit=time_limit
        )
        with counting("extracting", silent=json or out is None) as progress:
            try:
                if out is not None:
                    write_run(extraction, out, progress)
                else:
                    _print(extraction, json)
            except InterruptedRunError as error:
                print(f"onrecord: {error}", file=sys.stderr)
                raise typer.Exit(130) from None
        _finish(extraction, json, written=out is not None)


def _options(given: list[str]) -> dict[str, str]:
    options = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals:
            raise MisuseError(f"--option {each}: write KEY=VALUE")
        options[key.replace("-", "_")] = value
    return options


def _print(extraction: "Extraction", json: bool) -> None:
    """Print predictions as they come: as JSON lines, or for people."""
    for item, line in extraction:
        if json:
            sys.stdout.write(line.decode())
        else:
            put(None, json, "\n".join(_shown(item.article, line)))


def _shown(article: "PlainArticle", line: bytes) -> Iterator[str]:
    """An article's title and its quotes, a line each."""
    import msgspec

    from onrecord.predictions import Prediction
    from onrecord.text import words_of

    yield f"{article.id}: {article.title}" if article.title else article.id
    for quote in msgspec.json.decode(line, type=Prediction).quotes:
        content, cue, source, *speakers = (
            span if isinstance(span, str) else words_of(article.text, span or ())
            for span in (quote.content, quote.cue, quote.source, *quote.speaker)
        )
        names = ", ".join(speakers)
        who = f"{source} ({names})" if source and names not in ("", source) else source or names
        stances = "".join(f"  [{each.label}: {each.target}]" for each in quote.stances)
        yield f"  {who or '—'} | {cue or '—'} | {content}{stances}"


def _finish(extraction: "Extraction", json: bool, *, written: bool) -> None:
    """Say how it went, beside predictions that are JSON on stderr; exit 1 on findings."""
    from msgspec.structs import asdict

    run, issues = extraction.run, extraction.issues
    if json and written:
        put({**asdict(run), "issues": issues}, json, "")
    else:
        summary = (
            f"{run.extractor}: {counted(run.articles, 'articles')},"
            f" {counted(run.quotes, 'quotes')}, {counted(run.failures, 'failures')},"
            f" {run.articles_per_second:g} articles/s"
        )
        counts = ", ".join(f"{name} {number:g}" for name, number in run.counts.items())
        passed = run.passed_over
        over = f"{counted(passed, 'files')} of other kinds passed over" if passed else ""
        lines = [*map(str, issues), summary, *filter(None, [over, counts])]
        print("\n".join(lines), file=sys.stderr if json else sys.stdout)
    if issues:
        raise typer.Exit(1)
