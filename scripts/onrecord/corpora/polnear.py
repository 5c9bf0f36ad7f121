"""PolNeAR: brat stand-off, a file an annotator, and a table of metadata.

Gold is the annotator whose file comes first by name: the makers publish no adjudicated version and
prefer none of the six, and published counts take the first. All of them are layers.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from onrecord.converting.description import SPEECH_MARKS, Corpus, Counts
from onrecord.converting.documents import article, day, file_of, from_file, gold
from onrecord.converting.ledger import Ledger, slug
from onrecord.converting.skeleton import numbered
from onrecord.converting.sources import find_root, name_unread, text_of
from onrecord.converting.spans import clean, restore
from onrecord.corpora.brat import new_file, read_annotation, unchanged_file
from onrecord.model import Article, Document, Orig

_METADATA: Final = "data/metadata.tsv"
_COLUMNS: Final = (
    "compartment",
    "filename",
    "level",
    "annotators",
    "publisher",
    "publication_date",
    "author",
    "title",
    "trump_count",
    "clinton_count",
    "credit",
    "wire",
)
_MISSING: Final = frozenset({"None", "NA", ""})


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    home = find_root(root, _METADATA)
    if home is None:
        return
    metadata = _metadata(home, ledger)
    for split in ledger.wanted:
        folder = home / "data" / split
        annotations: dict[str, list[Path]] = {}
        paths = sorted((folder / "attributions").glob("*.ann"))
        for path in paths:
            annotations.setdefault(path.name.rsplit("_", 1)[0], []).append(path)
        read = {f"data/{split}/text/{name}.txt" for name in annotations}
        read |= {f"data/{split}/attributions/{path.name}" for path in paths}
        name_unread(home, [f"data/{split}/text", f"data/{split}/attributions"], read, ledger)
        for name, own in annotations.items():
            row = metadata.get((split, name), ())
            text = text_of(folder / "text" / f"{name}.txt", f"data/{split}/text/{name}.txt", ledger)
            if text is not None:
                yield from _document(split, name, row, text, own, ledger)


def _metadata(home: Path, ledger: Ledger) -> dict[tuple[str, str], tuple[Orig, ...]]:
    """The row of the table, as it stands, by compartment and file name."""
    content = text_of(home / _METADATA, _METADATA, ledger) or ""
    rows: dict[tuple[str, str], tuple[Orig, ...]] = {}
    for number, line in enumerate(content.split("\n"), 1):
        cells = line.split("\t")
        if number == 1 and tuple(cells) != _COLUMNS:
            message = f"has columns {', '.join(cells)}"
            ledger.issue(f"{_METADATA}:1", "", "convert-syntax", message, "see docs/CORPORA.md")
        elif line and len(cells) != len(_COLUMNS):
            message = f"has {len(cells)} cells, not {len(_COLUMNS)}"
            ledger.issue(f"{_METADATA}:{number}", "", "convert-syntax", message, "not read")
        elif line:
            row = Orig(scheme=ledger.corpus.name, id=f"{_METADATA}:{number}", raw=line)
            rows[cells[0], cells[1]] = (row,)
    return rows


def _document(
    split: str, name: str, row: tuple[Orig, ...], raw: str, paths: list[Path], ledger: Ledger
) -> Iterator[Document]:
    text, replaced = clean(raw)
    orig = (from_file(ledger.corpus, f"{split}/{name}"), *row, *replaced)
    record = _article(name, text, orig, ledger)
    layers = []
    for path in paths:
        file = f"data/{split}/attributions/{path.name}"
        content = text_of(path, file, ledger)
        if content is None:
            continue
        found = read_annotation(raw, content, file, ledger)
        annotator = slug(path.stem.rsplit("_", 1)[-1])
        rest = (from_file(ledger.corpus, file), *found.rest)
        layers.append(gold(ledger, record, text, found.quotes, annotator=annotator, orig=rest))
        if len(layers) == 1:
            ledger.count(split, found.events, kept=found.events - len(found.quotes))
    if layers:
        yield Document(
            article=record,
            split=ledger.split(split),
            text=text,
            gold=layers[0],
            layers=tuple(layers),
        )


def _article(name: str, text: str, orig: tuple[Orig, ...], ledger: Ledger) -> Article:
    rows = numbered(orig, f"{_METADATA}:")
    place = f"{_METADATA}:{min(rows, default=0)}"
    cells = [cell for row in rows.values() for cell in row.split("\t")]
    known = {
        key: value for key, value in zip(_COLUMNS, cells, strict=False) if value not in _MISSING
    }
    return article(
        ledger,
        ledger.ids.new(name),
        text,
        known.get("title") or text.split("\n", 1)[0],
        outlet=slug(known["publisher"]) if "publisher" in known else None,
        byline=known.get("author"),
        published=day(known.get("publication_date", ""), place, "/publication_date", ledger),
        orig=orig,
    )


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    rows = {1: "\t".join(_COLUMNS)}
    for document in documents:
        record = document.article
        split, _, name = (file_of(ledger.corpus, record.orig) or "").partition("/")
        text = restore(document.text or "", record.orig)
        yield f"data/{split}/text/{name}.txt", text.encode()
        for annotation in document.layers:
            file = file_of(ledger.corpus, annotation.orig)
            file = file or f"data/{split}/attributions/{name}_{annotation.layer.annotator}.ann"
            content = unchanged_file(record, text, annotation, ledger)
            content = new_file(text, annotation, ledger) if content is None else content
            yield file, content.encode()
        rows |= numbered(record.orig, f"{_METADATA}:")
    yield _METADATA, "".join(f"{rows[number]}\n" for number in sorted(rows)).encode()


POLNEAR: Final = Corpus(
    name="polnear",
    title="PolNeAR: Political News Attribution Relations Corpus",
    records="attributions",
    definition="US political news of 2015 and 2016; every attribution of words, thoughts or"
    " intentions to a source, the outermost only, with cue, source and content. Nobody is"
    " identified; nested attributions, scare quotes and titles are left out on purpose.",
    version="1.0.0",
    language="en",
    creators=("Edward Newell", "Drew Margolin", "Derek Ruths"),
    citation="Edward Newell, Drew Margolin, Derek Ruths: An attribution relations corpus for"
    " political news. International Conference on Language Resources and Evaluation 2018 (LREC"
    " 2018).",
    homepage="https://github.com/networkdynamics/PolNeAR",
    terms="None are stated; the texts belong to their publishers. For private use only.",
    annotates=SPEECH_MARKS | {"quotes", "quotes.content", "quotes.cue", "quotes.source"},
    splits={
        "train": "train",
        "dev": "validation",
        "test": "test",
        "annotator-training": "train",
    },
    extra=frozenset({"annotator-training"}),
    expected={
        "train": Counts(840, 19_868),
        "dev": Counts(84, 2_193),
        "test": Counts(84, 2_044),
    },
    read=_read,
    write=_write,
)
