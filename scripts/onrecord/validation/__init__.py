"""Graded validation: every check has a stable code, every finding a place and a remedy.

Grades: 1 bytes and JSON, 2 schema, 3 text, ids and registries, 4 spans, 5 marks, quotes,
mentions and stances one by one, 6 what needs all of these to be sound. Where a lower grade fails
for a file, higher ones do not run on that file, and do on all others.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from onrecord.issues import InputError, Issue
from onrecord.model import Article, Passage, Split
from onrecord.paths import StrPath
from onrecord.sources import Entry, Registries, Sheet, Source, Where, open_source
from onrecord.validation import (
    articles,
    challenge,
    duplicates,
    fingerprints,
    layers,
    marks,
    mentions,
    quotes,
    roles,
    spans,
    stances,
    texts,
    tombstones,
)
from onrecord.validation import (
    registries as registry_checks,
)
from onrecord.validation.subject import Check, Subject

CHECKS: Final[tuple[Check, ...]] = tuple(
    sorted(
        (
            *spans.CHECKS,
            *layers.CHECKS,
            *marks.CHECKS,
            *quotes.CHECKS,
            *roles.CHECKS,
            *mentions.CHECKS,
            *stances.CHECKS,
        ),
        key=lambda check: check.grade,
    )
)
_REFERENCES: Final = frozenset(
    {"speaker-unknown", "target-unknown", "quote-unknown", "mention-speaker", "issue-unlisted"}
)
_READING: Final = {
    "file-unreadable": "Files and folders can be read.",
    "file-size": "A record is not longer than 16 MiB.",
    "file-empty": "A file holds something.",
    "file-unexpected": "Folders of a corpus, and files in them, are those that are read.",
    "file-encoding": "Files are UTF-8 without a byte-order mark.",
    "json-syntax": "JSON is well-formed.",
    "json-nesting": "JSON is not nested more deeply than any record of ours.",
    "json-duplicate-key": "A key occurs once in an object.",
    "line-order": "A line holds one record, registries before documents before passages.",
}
_SCHEMA: Final = {
    "schema": "A record agrees with its JSON Schema.",
    "json-number": "Integers are written without a decimal point.",
}
_SPLITS: Final = {
    "split-missing": "Every article is in a split.",
    "split-surplus": "Every id in splits.json is that of an article.",
    "split-story": "A story lies in one split.",
    "split-licensed": "A licensed article is in split test.",
}

_CORPUS: Final = (
    articles.CODES
    | texts.CODES
    | registry_checks.CODES
    | tombstones.CODES
    | _SPLITS
    | challenge.CODES
    | fingerprints.BELONGING
)


def codes() -> Mapping[str, tuple[int, str]]:
    """Every code with its grade and its sentence; the near-duplicate check has grade 7."""
    graded = [
        (1, _READING),
        (2, _SCHEMA),
        (3, _CORPUS),
        *((check.grade, check.codes) for check in CHECKS),
        (4, fingerprints.FORM),
        (6, fingerprints.COVERAGE),
        (7, duplicates.CODES),
    ]
    return MappingProxyType(
        {code: (grade, text) for grade, table in graded for code, text in table.items()}
    )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a validation."""

    articles: int
    passages: int
    issues: tuple[Issue, ...]


def validate(
    corpus: StrPath,
    *,
    jsonl: StrPath | None = None,
    texts: Mapping[str, str] | None = None,
    near_duplicates: bool = False,
) -> Report:
    """Check a corpus folder, or the same in one JSONL file, and report every finding.

    `texts` maps sha256 to private texts of licensed articles; an article whose annotated text is
    not among them is a finding. Raises `MisuseError` where there is no corpus.
    """
    source = open_source(corpus, jsonl=jsonl, texts=texts)
    validator = Validator(source, near_duplicates=near_duplicates)
    issues = list(validator.issues)
    try:
        for entry in source.entries():
            issues += validator.entry(entry)
            issues += fingerprints.check_texts(entry)
        for place, passage, found in source.passages():
            issues += validator.passage(place, passage, found)
    except InputError as error:
        issues += error.issues
    issues += validator.finish()
    return Report(articles=validator.articles, passages=validator.passages, issues=tuple(issues))


class Validator:
    """Checks the parts of one source in their order, and keeps what spans several of them."""

    def __init__(self, source: Source, *, near_duplicates: bool = False) -> None:
        self.registries: Registries = source.registries()
        self._passage_pointer = source.passage_pointer
        self._tombstones = tombstones.Tombstones(self.registries.manifest)
        self.issues = [
            *self.registries.issues,
            *registry_checks.check_registries(self.registries),
            *self._tombstones.check(self.registries),
        ]
        self.articles = 0
        self.passages = 0
        self._incomplete = self.registries.incomplete
        self._last_id = ""
        self._stories: dict[str, tuple[Split, str]] = {}
        self._seen_splits: set[str] = set()
        self._challenge = challenge.Challenge()
        self._duplicates = duplicates.Duplicates() if near_duplicates else None

    def entry(self, entry: Entry) -> list[Issue]:
        """All findings of one article."""
        found = [*articles.check_article(entry, self.registries), *self._split(entry)]
        if not self.registries.hydrated:
            found += fingerprints.check_prints(entry)
        if entry.article is not None:
            self.articles += 1
            where = Where(entry.article_file, entry.article_pointer)
            found += self._tombstones.used("article", entry.id, where)
            if _text_is_sound(entry, found):
                found += self._annotations(entry, entry.article, found)
        issues = [*entry.issues, *self._order(entry), *found]
        if not issues and not self.registries.hydrated:
            issues += fingerprints.check_coverage(entry)
        if self._duplicates:
            issues += self._duplicates.check(entry)
        return issues

    def _annotations(self, entry: Entry, article: Article, found: list[Issue]) -> list[Issue]:
        """Findings of gold and layers; of those that are what their names say."""
        issues: list[Issue] = []
        incomplete = self._incomplete | self._lost_in(entry)
        for sheet in entry.sheets:
            if any(_lies_in(issue, sheet) for issue in found):
                continue
            subject = Subject(
                sheet.file,
                sheet.pointer,
                sheet.annotation,
                entry.text,
                article.text_length,
                article.rights,
                self.registries.speakers,
                self.registries.targets,
                incomplete,
            )
            own = check_annotation(subject)
            if not own:
                sheet.derived = subject.derived
            issues += own
        return issues

    def _lost_in(self, entry: Entry) -> frozenset[str]:
        """What need not be whole in a copy that is not the annotated text."""
        licensed = entry.article is not None and entry.article.rights == "licensed"
        exact = entry.joined.exact if entry.joined else not (licensed and self.registries.hydrated)
        return frozenset() if exact else frozenset({"marks", "mentions"})

    def passage(self, place: str, passage: Passage | None, found: list[Issue]) -> list[Issue]:
        """All findings of one challenge passage, which brings its own registries."""
        if passage is None:
            self._challenge.complete = False
            return found
        self.passages += 1
        where = Where(place, self._passage_pointer)
        own = _own_registries(where, passage)
        issues = [*found, *own.issues, *registry_checks.check_records(own)]
        issues += self._challenge.check(where, passage)
        issues += self._tombstones.used("passage", passage.id, where)
        if issues:
            return issues
        subject = Subject(
            *where,
            passage,
            passage.text,
            len(passage.text),
            "open",
            own.speakers,
            own.targets,
            frozenset({"issues"}) if not passage.issues else frozenset(),
        )
        return check_annotation(subject)

    def finish(self) -> list[Issue]:
        """Findings that only the whole corpus shows."""
        surplus = [
            Issue(
                file="splits.json",
                pointer=f"/{id}",
                code="split-surplus",
                message=f"there is no article {id!r}",
                hint="remove it; ids are never reused",
            )
            for id in sorted(set(self.registries.splits or ()) - self._seen_splits)
        ]
        return [*surplus, *self._challenge.finish()]

    def _order(self, entry: Entry) -> Iterator[Issue]:
        if not entry.id:
            return
        if self.registries.splits:
            self._seen_splits.add(entry.id)
        if entry.id <= self._last_id:
            repeated = entry.id == self._last_id
            yield Issue(
                file=entry.article_file,
                pointer=f"{entry.article_pointer}/id",
                code="id-repeated" if repeated else "id-order",
                message=f"{entry.id!r} comes after {self._last_id!r}",
                hint="sort the documents by article id; an id occurs once",
            )
        self._last_id = max(entry.id, self._last_id)

    def _split(self, entry: Entry) -> Iterator[Issue]:
        if entry.article is None:
            return
        if entry.split is None:
            if self.registries.splits is not None:
                yield Issue(
                    file="splits.json",
                    pointer="",
                    code="split-missing",
                    message=f"{entry.id!r} is in no split",
                    hint="add it",
                )
            return
        if not self.registries.hydrated:
            yield from articles.check_licensed_split(entry)
        story = entry.article.story
        if story is None:
            return
        split, first = self._stories.setdefault(story, (entry.split, entry.id))
        if split != entry.split:
            yield Issue(
                file=entry.article_file,
                pointer=f"{entry.article_pointer}/story",
                code="split-story",
                message=f"story {story!r} lies in {entry.split} here and in {split} with {first!r}",
                hint="a story lies in one split only",
            )


def _own_registries(where: Where, passage: Passage) -> Registries:
    own = Registries(speakers={}, targets={})
    for name in ("speakers", "targets"):
        for number, record in enumerate(getattr(passage, name)):
            own.add(name, record, Where(where.file, f"{where.pointer}/{name}/{number}"))
    return own


def _lies_in(issue: Issue, sheet: Sheet) -> bool:
    return issue.file == sheet.file and issue.pointer.startswith(f"{sheet.pointer}/")


def _text_is_sound(entry: Entry, found: list[Issue]) -> bool:
    """Whether offsets mean something: the text is the one that was annotated."""
    if entry.text is None:
        return entry.article is not None and entry.article.rights == "licensed"
    return not {"text-form", "text-length", "text-hash"} & {issue.code for issue in found}


def check_annotation(subject: Subject) -> list[Issue]:
    """The findings of the lowest grade that has any."""
    issues: list[Issue] = []
    grade = 0
    for check in CHECKS:
        if issues and check.grade > grade:
            break
        grade = check.grade
        if subject.text is None and check.needs_text:
            continue
        issues += check.run(subject)
    return issues


def check_references(subject: Subject) -> list[Issue]:
    """What names something that is not there: all that can be said where spans are not known."""
    checks = [check for check in CHECKS if not _REFERENCES.isdisjoint(check.codes)]
    found = [issue for check in checks for issue in check.run(subject)]
    return [issue for issue in found if issue.code in _REFERENCES]
