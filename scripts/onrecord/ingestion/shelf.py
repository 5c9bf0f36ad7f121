"""The place of every draft: written under an id of its own, or found to be there already."""

from typing import Any, Final, Literal

import msgspec

from onrecord.ingestion.corpus_folder import CorpusFolder
from onrecord.ingestion.drafts import Draft, Raw
from onrecord.ingestion.extraction import tool_for
from onrecord.ingestion.findings import finding
from onrecord.ingestion.identity import article_id, short_hash, slug
from onrecord.ingestion.ledger import Known, Ledger, joined_options
from onrecord.issues import Issue
from onrecord.model import Article, Extraction, Record, Split
from onrecord.similarity import jaccard, shingles, sketch
from onrecord.text import text_hash

SAME: Final = 0.8
"""Jaccard similarity of shingles from which two texts are the same article."""

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


class Shelf:
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
            issue = finding(made.source, "article-duplicate", message, "keep the better of the two")
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
        own = shingles(text)
        for other in others:
            words = self._folder.text(other)
            if words and (likeness := jaccard(own, shingles(words))) >= SAME:
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
    issue = finding(source, code, f"{message}; the old text is kept", hint)
    return Outcome(source=source, status="kept", id=id, issues=(issue,))
