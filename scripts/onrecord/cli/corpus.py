"""Verbs that make, check, build and show a corpus."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import (
    Corpus,
    Json,
    Jsonl,
    Texts,
    app,
    corpus_or_ours,
    findings,
    finish,
    private_texts,
    put,
    render,
    reporting,
)
from onrecord.issues import MisuseError


@app.command()
def anchor(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.yaml...", help="Anchor files.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The corpus folder to write into.")],
    layers: Annotated[
        bool, typer.Option("--layers", help="Write annotators/ANNOTATOR/, not gold/.")
    ] = False,
    passages: Annotated[
        bool, typer.Option("--passages", help="The files hold challenge passages.")
    ] = False,
    texts: Texts = None,
    json: Json = False,
) -> None:
    """Turn gold written by exact words into offsets."""
    from onrecord.anchors.passages import anchor_passages
    from onrecord.anchors.writing import anchor_files

    with reporting(json):
        for path in files:
            if not path.is_file():
                lacks = "is no regular file" if path.exists() else "there is no such file"
                raise MisuseError(f"{path}: {lacks}")
        if passages and (layers or texts):
            raise MisuseError("--passages goes without --layers and --texts")
        if passages:
            paths = anchor_passages(files, out)
        else:
            paths = anchor_files(files, out, layers=layers, texts=private_texts(texts))
        put({"written": [str(path) for path in paths]}, json, "\n".join(map(str, paths)))


@app.command()
def validate(
    corpus: Corpus = None,
    jsonl: Jsonl = None,
    texts: Texts = None,
    near_duplicates: Annotated[
        bool, typer.Option("--near-duplicates", help="Also compare texts across splits (slower).")
    ] = False,
    checks: Annotated[
        bool, typer.Option("--checks", help="Only list all checks, as Markdown.")
    ] = False,
    json: Json = False,
) -> None:
    """Check a corpus and report every finding."""
    from onrecord.validation import codes
    from onrecord.validation import validate as check
    from onrecord.validation.listing import render_checks

    with reporting(json) as issues:
        if checks:
            put(dict(codes()), json, render_checks().rstrip("\n"))
            return
        report = check(
            corpus_or_ours(corpus, jsonl),
            jsonl=jsonl,
            texts=private_texts(texts, issues),
            near_duplicates=near_duplicates,
        )
        counts = {"articles": report.articles, "passages": report.passages}
        finish([*issues, *report.issues], json, counts)


@app.command()
def build(
    corpus: Corpus = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The dataset folder; default dist/onrecord-VERSION."),
    ] = None,
    jsonl: Jsonl = None,
    texts: Texts = None,
    load_back: Annotated[
        bool, typer.Option("--load-back", help="Load every config with `datasets` and compare.")
    ] = False,
    json: Json = False,
) -> None:
    """Validate a corpus and write it as a dataset: Parquet, card and manifest."""
    from onrecord.building import build as write
    from onrecord.progress import counting

    with reporting(json) as issues:
        with counting("building", silent=json) as progress:
            folder, info = write(
                corpus_or_ours(corpus, jsonl),
                out,
                jsonl=jsonl,
                texts=private_texts(texts, issues),
                unjoined=issues,
                progress=progress,
            )
        rows = {name: config.rows for name, config in info.configs.items()}
        lines = [f"{folder} (version {info.data_version})"]
        lines += [f"  {name:12}{_per_split(splits)}" for name, splits in rows.items()]
        if load_back:
            from onrecord.loading_back import load_back as check

            splits = rows.get("quotes", rows[next(iter(rows))])
            lines += ["loaded back with datasets:"]
            lines += _load_lines(folder, check(folder), splits)
        told = {"folder": str(folder), "rows": rows, "issues": issues}
        put(told, json, "\n".join(lines))
        findings(issues, json)


def _per_split(rows: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {split}" for split, count in rows.items())


def _load_lines(folder: Path, counts: dict[str, int], splits: Iterable[str]) -> list[str]:
    """What came back, and the three lines of Python that load it."""
    last = list(splits)[-1]
    return [
        "  " + ", ".join(f"{name} {count:,}" for name, count in counts.items()),
        "",
        "from datasets import load_dataset",
        f'articles = load_dataset("{folder}", "articles")',
        f'quotes = load_dataset("{folder}", "quotes", split="{last}").to_pandas()',
    ]


@app.command()
def stats(corpus: Corpus = None, json: Json = False) -> None:
    """Say what is in a corpus or dataset folder."""
    from onrecord.statistics import statistics

    with reporting(json):
        counted = statistics(corpus)
        if json:
            put(counted, json, "")
            return
        from onrecord.display import render_statistics

        render(render_statistics(counted))


@app.command()
def show(
    article: Annotated[str, typer.Argument(help="An article id.")],
    corpus: Annotated[Path | None, typer.Option(help="A corpus or dataset folder.")] = None,
    json: Json = False,
) -> None:
    """Show an article with its quotes coloured by speaker, and the stances beside."""
    from onrecord.loading import read_article

    with reporting(json):
        found = read_article(article, corpus)
        if json:
            put(found, json, "")
            return
        from onrecord.display import render_article

        render(render_article(found))


@app.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="The name of a schema.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write all schemas into this folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Print a JSON Schema, or the names of all."""
    from onrecord.schema_export import records, render_schema, write_schemas

    with reporting(json):
        if out is not None and name is not None:
            raise MisuseError("--out writes all schemas; name none")
        if out is not None:
            paths = [str(path) for path in write_schemas(out)]
            put({"written": paths}, json, "\n".join(paths))
        elif name is None:
            put({"schemas": list(records())}, json, "\n".join(records()))
        elif name in records():
            print(render_schema(name).decode(), end="")
        else:
            raise MisuseError(f"there is no schema {name!r}; there are {', '.join(records())}")


@app.command()
def card(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE.md...", help="DATASET_CARD.md, README.md.")
    ],
    corpus: Annotated[Path | None, typer.Option(help="A corpus or dataset folder.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say which are stale.")] = False,
    json: Json = False,
) -> None:
    """Write the numbers between the markers of a card, and its figures, anew from the data."""
    from onrecord.card import stale_files
    from onrecord.files import write_atomic

    with reporting(json):
        stale = stale_files(files, corpus)
        names = [str(path) for path in stale]
        if not check:
            for path, text in stale.items():
                write_atomic(path, text.encode())
        put({"stale" if check else "written": names}, json, "\n".join(names))
        if check and stale:
            raise typer.Exit(1)
