"""Texts, pages and records into a corpus folder, ready for annotation.

One way: `inputs` lists files, `readers` finds the raw articles in them, `extraction` makes drafts
of these (`plain`, `pages`, `fields`), and here each draft gets its id and is written, unless its
source or its words are there already. A text is never made anew without being told to.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from onrecord.ingestion.corpus_folder import CorpusFolder
from onrecord.ingestion.drafts import Draft, Raw
from onrecord.ingestion.extraction import extract_all, tool_for
from onrecord.ingestion.facts import language_of
from onrecord.ingestion.identity import article_id, short_hash, slug
from onrecord.ingestion.inputs import SourceFile, list_sources
from onrecord.ingestion.ledger import Known, Ledger, joined_options
from onrecord.ingestion.readers import read_source
from onrecord.issues import Issue, MisuseError
from onrecord.model import SPLITS, Article, Extraction, Record, Split
from onrecord.similarity import minhash, sketch
from onrecord.text import text_hash

SAME: Final = 0.8
"""Jaccard similarity of shingles (MinHash) from which two texts are the same article."""

_HINTS: Final = {
    "tool-changed": "--re-extract makes texts anew that nobody has annotated",
    "source-changed": "--re-extract makes texts anew that nobody has annotated",
    "text-annotated": "its offsets would be wrong; remove the annotation first",
}
Status = Literal["written", "replaced", "unchanged", "kept", "duplicate", "refused", "passed over"]


class Outcome(Record, frozen=True, kw_only=True):
    """What became of one source. `id` is the article that it became or that is there already."""

    source: str
    status: Status
    id: str | None = None
    changes: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


def ingest(
    sources: Iterable[Path],
    out: Path,
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
    folder = CorpusFolder(out)
    found = list_sources(sources, out)
    return _outcomes(found, _Shelf(folder, outlet, language, re_extract), split, processes)


def _outcomes(
    found: Iterable[SourceFile | Issue], shelf: "_Shelf", split: Split, processes: int
) -> Iterator[Outcome]:
    try:
        for item in extract_all(_unsettled(found, shelf), processes):
            if isinstance(item, Outcome):
                yield item
                continue
            raw, drafted = item
            yield shelf.put(drafted) if isinstance(drafted, Draft) else _refused(raw, drafted)
    finally:
        shelf.close(split)


def _unsettled(found: Iterable[SourceFile | Issue], shelf: "_Shelf") -> Iterator[Raw | Outcome]:
    """Raw articles to extract; of all others what became of them."""
    for file in found:
        if isinstance(file, Issue):
            yield Outcome(source=file.file, status="refused", issues=(file,))
        elif file.format is None:
            yield Outcome(source=file.name, status="passed over")
        else:
            for raw in read_source(file):
                if isinstance(raw, Issue):
                    yield Outcome(source=raw.file, status="refused", issues=(raw,))
                else:
                    yield shelf.settled(raw) or raw


def _refused(raw: Raw, issues: tuple[Issue, ...]) -> Outcome:
    return Outcome(source=raw.source, status="refused", issues=issues)


class _Shelf:
    """Puts drafts into the corpus folder, knowing what stands there."""

    def __init__(
        self, folder: CorpusFolder, outlet: str | None, language: str, re_extract: bool
    ) -> None:
        self._folder = folder
        self._outlet = outlet
        self._language = language
        self._re_extract = re_extract
        self._ledger = Ledger()
        for id, article, text in folder.articles():
            extraction = article.extraction if article else None
            self._ledger.add(id, extraction, sketch(text) if text else ())

    def close(self, split: Split) -> None:
        """Leave the folder complete."""
        self._ledger.close()
        self._folder.finish(split)

    def settled(self, raw: Raw) -> Outcome | None:
        """What becomes of a source that need not be read, for it has been."""
        tool = tool_for(raw.kind)
        known = self._ledger.by_source(raw.sha256)
        if known is None:
            return None
        if known.tool == (tool.name, tool.version, joined_options(tool.options)):
            return Outcome(source=raw.source, status="unchanged", id=known.id)
        if self._re_extract:
            return None
        was = " ".join(filter(None, known.tool))
        message = f"{known.id} was made by {was}, now it would be by {tool.name} {tool.version}"
        return _kept(raw.source, known.id, "tool-changed", message)

    def put(self, draft: Draft) -> Outcome:
        """Write an article, unless it is there."""
        made = draft.extraction
        outlet = self._outlet_id(draft.outlet or self._outlet)
        id = article_id(draft.published, outlet, draft.title)
        namesake = self._ledger.by_id(id)
        if known := self._ledger.by_source(made.source_sha256) or self._earlier(made, namesake):
            return self._again(draft, known)
        if twin := self._twin(draft.text, draft.sketch):
            other, likeness = twin
            message = f"is the article {other} (similarity {likeness:.2f}); not written"
            issue = _issue(made.source, "article-duplicate", message, "keep the better of the two")
            return Outcome(source=made.source, status="duplicate", id=other, issues=(issue,))
        if namesake:
            id = f"{id}-{short_hash(draft.text)}"
        article = Article(
            id=id,
            title=draft.title,
            outlet=outlet,
            byline=draft.byline,
            published=draft.published,
            language=draft.language or self._language,
            rights="open",
            **_text_facts(draft),
        )
        self._write(article, draft)
        return Outcome(source=made.source, status="written", id=id, changes=draft.changes)

    def _again(self, draft: Draft, known: Known) -> Outcome:
        """A source that has been read before, itself or an earlier state of it."""
        made = draft.extraction
        same = known.sha256 == made.source_sha256
        tool = (made.tool, made.version, joined_options(made.options))
        if same and known.tool == tool:
            return Outcome(source=made.source, status="unchanged", id=known.id)
        if not self._re_extract:
            message = f"is no longer what {known.id} was made from"
            return _kept(made.source, known.id, "source-changed", message)
        if self._folder.is_annotated(known.id) and self._folder.text(known.id) != draft.text:
            message = f"{known.id} is annotated, and its text would be another"
            return _kept(made.source, known.id, "text-annotated", message)
        article = self._folder.article(known.id)
        self._write(msgspec.structs.replace(article, **_text_facts(draft)), draft)
        return Outcome(source=made.source, status="replaced", id=known.id, changes=draft.changes)

    def _earlier(self, made: Extraction, namesake: Known | None) -> Known | None:
        """The article from an earlier state of the source: same address, or same name and id."""
        if known := self._ledger.by_address(made.address):
            return known
        return namesake if namesake and namesake.source == made.source else None

    def _twin(self, text: str, hashes: tuple[int, ...]) -> tuple[str, float] | None:
        """The article that is nearly the same, and how nearly."""
        others = self._ledger.alike(hashes)
        if not others:
            return None
        signature = minhash(text)
        for other in others:
            words = self._folder.text(other)
            if words and (likeness := signature.jaccard(minhash(words))) >= SAME:
                return other, likeness
        return None

    def _write(self, article: Article, draft: Draft) -> None:
        self._folder.write(article, draft.text)
        self._ledger.add(article.id, draft.extraction, draft.sketch)

    def _outlet_id(self, name: str | None) -> str | None:
        if name is None:
            return None
        return self._folder.outlets.get(name.lower()) or slug(name) or f"outlet-{short_hash(name)}"


def _text_facts(draft: Draft) -> dict[str, Any]:
    """The fields of an article's record that depend on its text."""
    return {
        "text_sha256": text_hash(draft.text),
        "text_length": len(draft.text),
        "zones": draft.zones,
        "extraction": draft.extraction,
    }


def _kept(source: str, id: str, code: str, message: str) -> Outcome:
    hint = _HINTS[code]
    issue = _issue(source, code, f"{message}; the old text is kept", hint)
    return Outcome(source=source, status="kept", id=id, issues=(issue,))


def _issue(source: str, code: str, message: str, hint: str) -> Issue:
    return Issue(file=source, pointer="", code=code, message=message, hint=hint)
