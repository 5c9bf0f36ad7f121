"""From the makers' files to a corpus folder of ours, a document at a time."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import orjson

from onrecord.archives import unpacked
from onrecord.collector import collector_off
from onrecord.converting.about import render_about
from onrecord.converting.description import Corpus
from onrecord.converting.ledger import Ledger
from onrecord.files import compact, staged_folder, write_json
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.model import SCHEMA_VERSION, Document, Manifest, Record, Split

Progress = Callable[[int], None]


class SplitCounts(Record, frozen=True, kw_only=True):
    """What was imported of one of the makers' splits, and what they publish."""

    name: str
    articles: int
    records: int
    expected_articles: int | None
    expected_records: int | None


class Converted(Record, frozen=True, kw_only=True):
    """The result of an import.

    `records` says what the makers' records are, `kept` how many stand in `orig` only.
    """

    folder: str
    records: str
    splits: tuple[SplitCounts, ...]
    articles: int
    quotes: int
    stances: int
    layers: int
    speakers: int
    targets: int
    kept: int
    issues: tuple[Issue, ...]


def import_corpus(
    corpus: Corpus,
    path: Path,
    out: Path,
    *,
    splits: Sequence[str] = (),
    language: str | None = None,
    progress: Progress | None = None,
) -> Converted:
    """Write what is at `path`, a folder or an archive as its makers ship it, into folder `out`.

    `splits` are the makers' names of those to import, by default all but the extra ones. What
    cannot be read is a finding, and everything else is imported. `progress` is called with the
    number of documents done. Raises `MisuseError` if `out` is not empty or a split is unknown, and
    `InputError` if nothing can be imported; nothing is written then.
    """
    ledger = Ledger(corpus, corpus.language or language or "und", _wanted(corpus, splits))
    refuse_filled(out)
    with unpacked(path) as root, staged_folder(out) as stage, collector_off():
        totals = _Totals(stage)
        for number, document in enumerate(corpus.read(root, ledger), 1):
            totals.add(document)
            if progress:
                progress(number)
        if not totals.splits:
            raise _nothing(path, ledger)
        for name in splits:
            if not ledger.articles[name]:
                message = f"holds nothing of split {name}"
                ledger.issue(str(path), "", "convert-split", message, "ask for another")
        _write_registries(stage, ledger, totals)
    return Converted(
        folder=str(out),
        records=corpus.records,
        splits=tuple(_split_counts(ledger, name) for name in ledger.articles),
        articles=len(totals.splits),
        speakers=len(ledger.speakers),
        targets=len(ledger.targets),
        kept=ledger.kept,
        issues=tuple(ledger.issues),
        **totals.counts,
    )


def _nothing(path: Path, ledger: Ledger) -> Exception:
    """The error where nothing was imported: nothing of the corpus is there, or all is broken."""
    if any(issue.code != "convert-unknown" for issue in ledger.issues):
        return InputError(*ledger.issues)
    unknown = [f"; {issue.file} {issue.message}" for issue in ledger.issues[:1]]
    more = f", like {len(ledger.issues) - 1:,} more files" if len(ledger.issues) > 1 else ""
    return MisuseError(f"{path}: holds nothing of {ledger.corpus.title}{''.join(unknown)}{more}")


def refuse_filled(out: Path) -> None:
    """Nothing is ever written over: raise `MisuseError` unless `out` is new or an empty folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise MisuseError(f"{out}: is not an empty folder; name another")


def _wanted(corpus: Corpus, splits: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(splits) - set(corpus.splits))
    if unknown:
        known = ", ".join(corpus.splits) or "no split at all"
        raise MisuseError(f"{corpus.name} has no split {', '.join(unknown)}; it has {known}")
    return tuple(splits) or tuple(name for name in corpus.splits if name not in corpus.extra)


class _Totals:
    """Writes documents and counts them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[str] = set()
        self.splits: dict[str, Split] = {}
        self.counts: Counter[str] = Counter(quotes=0, stances=0, layers=0)

    def add(self, document: Document) -> None:
        """Write the files of one article; the same annotation is encoded once."""
        id, gold = document.article.id, document.gold
        self._write(f"articles/{id}.json", _encoded(document.article))
        self._write(f"texts/{id}.txt", (document.text or "").encode())
        encoded = _encoded(gold)
        self._write(f"gold/{id}.json", encoded)
        for layer in document.layers:
            raw = encoded if layer is gold else _encoded(layer)
            self._write(f"annotators/{layer.layer.annotator}/{id}.json", raw)
        self.splits[id] = document.split
        self.counts["quotes"] += len(gold.quotes)
        self.counts["stances"] += len(gold.stances)
        self.counts["layers"] += len(document.layers)

    def _write(self, name: str, raw: bytes) -> None:
        """Write into the staged folder, which nobody sees before it is whole."""
        kind = name.rpartition("/")[0]
        if kind not in self._made:
            (self._folder / kind).mkdir(parents=True, exist_ok=True)
            self._made.add(kind)
        # Thousands of small files: a path object and a buffer for each would cost more than they.
        with open(f"{self._folder}/{name}", "xb", buffering=0) as stream:  # noqa: PTH123
            stream.write(raw)


def _encoded(record: msgspec.Struct) -> bytes:
    return orjson.dumps(compact(record), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _write_registries(stage: Path, ledger: Ledger, totals: _Totals) -> None:
    corpus = ledger.corpus
    manifest = Manifest(
        data_version=corpus.version,
        schema_version=SCHEMA_VERSION,
        title=corpus.title,
        licence=corpus.licence,
        creators=corpus.creators,
        url=corpus.homepage,
        hydrated=corpus.rights == "licensed",
        incomplete=corpus.incomplete,
    )
    write_json(stage / "manifest.json", manifest)
    write_json(stage / "speakers.json", [ledger.speakers[id] for id in sorted(ledger.speakers)])
    write_json(stage / "targets.json", [ledger.targets[id] for id in sorted(ledger.targets)])
    write_json(stage / "splits.json", dict(sorted(totals.splits.items())))
    (stage / "README.md").write_text(render_about(corpus), "utf-8")


def _split_counts(ledger: Ledger, name: str) -> SplitCounts:
    expected = ledger.corpus.expected.get(name)
    return SplitCounts(
        name=name,
        articles=ledger.articles[name],
        records=ledger.records[name],
        expected_articles=expected.articles if expected else None,
        expected_records=expected.records if expected else None,
    )
