"""The verb for other people's corpora and formats."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import Json, app, counted, finish, put, reporting
from onrecord.issues import MisuseError

if TYPE_CHECKING:
    from onrecord.converting.description import Corpus
    from onrecord.converting.exporting import Written
    from onrecord.converting.importing import Converted, SplitCounts


@app.command()
def convert(
    name: Annotated[str | None, typer.Argument(help="A corpus or format; see --list.")] = None,
    path: Annotated[
        Path | None, typer.Argument(help="It, as its makers ship it; with --back, a corpus folder.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder to write, new or empty.")
    ] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="Only this split, by its makers' name (repeatable).")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="Of the texts in a format, such as en.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Write a corpus folder as NAME.")] = False,
    list_all: Annotated[
        bool, typer.Option("--list", help="Only say what there is: contents, terms, citation.")
    ] = False,
    from_url: Annotated[str | None, typer.Option(metavar="URL", help="Fetch it there.")] = None,
    sha256: Annotated[str | None, typer.Option(help="What is fetched must have this hash.")] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the terms shown by --list.")
    ] = False,
    json: Json = False,
) -> None:
    """Bring another corpus into the shape of ours, or write ours in another form."""
    from onrecord.corpora import CORPORA, find

    with reporting(json):
        if list_all:
            _list([find(name)] if name else list(CORPORA.values()), json)
            return
        if name is None or out is None or (path is None) == (from_url is None):
            raise MisuseError("say what to convert: NAME PATH --out DIR; --list lists the names")
        corpus = find(name)
        with _source(corpus, path, from_url, sha256, accept_licence) as source:
            if back:
                _export(corpus, source, out, json)
            else:
                _import(corpus, source, out, split or [], language, json)


def _list(corpora: "list[Corpus]", json: bool) -> None:
    from onrecord.converting.about import describe, render_about

    text = "\n".join(map(render_about, corpora)).rstrip("\n")
    put([describe(corpus) for corpus in corpora], json, text)


@contextmanager
def _source(
    corpus: "Corpus", path: Path | None, url: str | None, sha256: str | None, accepted: bool
) -> Iterator[Path]:
    """The path, or what the address holds once the terms are shown and accepted."""
    if path is not None:
        yield path
        return
    from onrecord.downloading import downloaded

    if url is None or sha256 is None:
        raise MisuseError("--from-url needs --sha256: what is fetched is checked by it")
    typer.echo(f"{corpus.title}: {corpus.licence}. {corpus.terms}", err=True)
    if not accepted:
        raise MisuseError("nothing was fetched; accept these terms with --accept-licence")
    with downloaded(url, sha256) as fetched:
        yield fetched


def _import(
    corpus: "Corpus", path: Path, out: Path, splits: list[str], language: str | None, json: bool
) -> None:
    from msgspec.structs import asdict

    from onrecord.converting.importing import import_corpus
    from onrecord.progress import counting

    with counting("importing", silent=json) as progress:
        result = import_corpus(
            corpus, path, out, splits=splits, language=language, progress=progress
        )
    if not json:
        put(None, json, "\n".join(_summary(result)))
    counts = asdict(result)
    finish(list(counts.pop("issues")), json, counts if json else {})


def _summary(result: "Converted") -> Iterator[str]:
    yield f"{result.folder}: {counted(result.articles, 'articles')}"
    for split in result.splits:
        yield f"  {split.name:20}{_published(split, result.records)}"
    kinds = ("quotes", "stances", "speakers", "targets", "layers")
    yield "  " + ", ".join(counted(getattr(result, kind), kind) for kind in kinds)
    if result.kept:
        yield f"  {result.kept:,} {result.records} are no quotes of ours; their originals are kept"


def _published(split: "SplitCounts", records: str) -> str:
    found = f"{counted(split.articles, 'articles')}, {split.records:,} {records}"
    if split.expected_articles is None:
        return found
    if (split.articles, split.records) == (split.expected_articles, split.expected_records):
        return f"{found}, as published"
    return f"{found}; published are {split.expected_articles:,} and {split.expected_records:,}"


def _export(corpus: "Corpus", folder: Path, out: Path, json: bool) -> None:
    from msgspec.structs import asdict

    from onrecord.converting.exporting import export_corpus
    from onrecord.progress import counting

    with counting("writing", silent=json) as progress:
        result = export_corpus(corpus, folder, out, progress=progress)
    if not json:
        put(None, json, "\n".join(_losses(result)))
    counts = asdict(result)
    finish(list(counts.pop("issues")), json, counts if json else {})


def _losses(result: "Written") -> Iterator[str]:
    yield f"{result.folder}: {counted(result.files, 'files')}"
    for what, number in result.lost.items():
        yield f"  not carried: {number:,} {what}"
