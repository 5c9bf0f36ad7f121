"""Texts, pages and records into a corpus folder, ready for annotation.

One way: `inputs` lists files, `readers` finds the raw articles in them, `extraction` makes drafts
of these (`plain`, `pages`, `fields`), and a `shelf` gives each draft its id and writes it, unless
its source or its words are there already. A text is never made anew without being told to.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from onrecord.ingestion.corpus_folder import CorpusFolder
from onrecord.ingestion.drafts import Draft, PassedOver, Raw
from onrecord.ingestion.extraction import extract_all
from onrecord.ingestion.facts import language_of
from onrecord.ingestion.inputs import SourceFile, list_sources
from onrecord.ingestion.readers import read_source
from onrecord.ingestion.shelf import Outcome, Shelf
from onrecord.issues import Issue, MisuseError
from onrecord.model import SPLITS, Split
from onrecord.paths import StrPath

__all__ = ["Outcome", "ingest"]


def ingest(
    sources: Iterable[StrPath],
    out: StrPath,
    *,
    outlet: str | None = None,
    language: str = "und",
    split: str = "train",
    re_extract: bool = False,
    processes: int = 1,
) -> Iterator[Outcome]:
    """Read files and folders into the corpus folder `out`; yields what became of every source.

    Articles are written as the outcomes are consumed, in the order of the sources, however many
    processes read them. `outlet` (a name) and `language` stand in where a source does not say;
    `split` is that of new articles. With `re_extract` a source or tool that changed makes the text
    anew, unless annotation refers to it. Raises `MisuseError` for arguments that make no sense,
    `InputError` where registries of `out` cannot be read.
    """
    if split not in SPLITS:
        raise MisuseError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    if language_of(language) != language:
        raise MisuseError(f"{language!r} is no BCP 47 tag, such as en or en-GB")
    out = Path(out)
    folder = CorpusFolder(out)
    found = list_sources(map(Path, sources), out)
    return _outcomes(found, Shelf(folder, outlet, language, re_extract), split, processes)


def _outcomes(
    found: Iterable[SourceFile | Issue], shelf: Shelf, split: Split, processes: int
) -> Iterator[Outcome]:
    try:
        for item in extract_all(_unsettled(found, shelf), processes):
            if isinstance(item, Outcome):
                yield item
                continue
            raw, drafted = item
            if isinstance(drafted, Draft):
                yield shelf.put(drafted)
            else:
                yield Outcome(source=raw.source, status="refused", issues=drafted)
    finally:
        shelf.close(split)


def _unsettled(found: Iterable[SourceFile | Issue], shelf: Shelf) -> Iterator[Raw | Outcome]:
    """Raw articles to extract; of all others what became of them."""
    for file in found:
        if isinstance(file, Issue):
            yield Outcome(source=file.file, status="refused", issues=(file,))
        else:
            for raw in read_source(file):
                if isinstance(raw, Issue):
                    yield Outcome(source=raw.file, status="refused", issues=(raw,))
                elif isinstance(raw, PassedOver):
                    yield Outcome(source=raw.source, status="passed over")
                else:
                    yield shelf.settled(raw) or raw
