"""A corpus as one JSONL file, for large ones: a line a record, read once.

First the manifest, then speakers, targets and outlets, then documents in the order of their ids,
then challenge passages.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from onrecord.files import MAX_BYTES, opened, too_long
from onrecord.issues import InputError, Issue
from onrecord.json_input import decode
from onrecord.model import Document, Manifest, Outlet, Passage, Record, Speaker, Target
from onrecord.sources.entries import Entry, Registries, Sheet, Where, missing

T = TypeVar("T")


class Line(Record, frozen=True, kw_only=True):
    """A line of a JSONL corpus: exactly one of these."""

    manifest: Manifest | None = None
    speaker: Speaker | None = None
    target: Target | None = None
    outlet: Outlet | None = None
    document: Document | None = None
    passage: Passage | None = None


class JsonlSource:
    """A corpus in one JSONL file, read once, a line at a time."""

    passage_pointer = "/passage"

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._file = path.name
        self._lines = _lines(path, path.name)
        self._next: tuple[str, Line | None, list[Issue]] | None = None

    def registries(self) -> Registries:
        """See `Source`."""
        found = Registries(speakers={}, targets={}, outlets={}, splits={})
        found.places["manifest", ""] = Where(self._file)
        unread = False
        for line in self._take(lambda line: line.document is None and line.passage is None):
            place, record, issues = line
            found.issues += issues
            if record is None:
                unread = True
                continue
            if record.manifest:
                _take_manifest(found, record.manifest, place)
            for name in ("speaker", "target", "outlet"):
                item = getattr(record, name)
                if item is not None:
                    found.add(f"{name}s", item, Where(place, f"/{name}"))
        if not found.outlets:
            found.outlets = None
        if unread:
            # A line that could not be read may hold any record: nothing is called unknown.
            found.speakers = found.targets = found.outlets = None
        return found

    def entries(self) -> Iterator[Entry]:
        """See `Source`."""
        for place, line, issues in self._take(lambda line: line.document is not None):
            if line is None or line.document is None:
                yield Entry(id="", article_file=place, issues=issues)
                continue
            document = line.document
            if document.text is None and document.article.rights == "open":
                issues.append(missing(place, "text-missing", "/document/text"))
            yield Entry(
                id=document.article.id,
                article_file=place,
                article_pointer="/document/article",
                text_file=place,
                text_pointer="/document/text",
                article=document.article,
                text=document.text,
                split=document.split,
                gold=Sheet(place, "/document/gold", document.gold),
                layers=[
                    Sheet(place, f"/document/layers/{number}", layer)
                    for number, layer in enumerate(document.layers)
                ],
                issues=issues,
            )

    def passages(self) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
        """See `Source`."""
        for place, line, issues in self._take(lambda line: True):
            passage = line.passage if line else None
            if line and passage is None:
                issues = [_order_issue(place)]
            yield place, passage, issues

    def _take(
        self, wanted: Callable[[Line], bool]
    ) -> Iterator[tuple[str, Line | None, list[Issue]]]:
        """Lines as long as they are wanted; unreadable ones belong to whoever meets them."""
        while True:
            line = self._next or next(self._lines, None)
            self._next = None
            if line is None:
                return
            if line[1] is not None and not wanted(line[1]):
                self._next = line
                return
            yield line


def _take_manifest(found: Registries, manifest: Manifest, place: str) -> None:
    """The first manifest counts, wherever it stands; it should be the first record."""
    if found.manifest or found.speakers or found.targets or found.outlets:
        found.issues.append(_order_issue(place))
    if found.manifest is None:
        found.manifest = manifest
        found.places["manifest", ""] = Where(place, "/manifest")


def _lines(path: Path, name: str) -> Iterator[tuple[str, Line | None, list[Issue]]]:
    for place, raw, issues in raw_lines(path, name):
        record = decode_line(raw, Line, place, issues) if not issues else None
        if record and sum(getattr(record, key) is not None for key in Line.__struct_fields__) != 1:
            issues.append(_order_issue(place))
            record = None
        yield place, record, issues


def _order_issue(place: str) -> Issue:
    return Issue(
        file=place,
        pointer="",
        code="line-order",
        message="a line holds exactly one record: the manifest, then registries, then documents,"
        " then passages",
        hint="see docs/RECORDS.md",
    )


class RawLine(NamedTuple):
    """A line that is not blank: its place (`name:1`), bytes, reading issues and byte offset."""

    place: str
    raw: bytes
    issues: list[Issue]
    offset: int
    number: int


def located_lines(path: Path, name: str) -> Iterator[RawLine]:
    """The lines of a file that are not blank; raises `InputError` if it cannot be read."""
    with opened(path, name) as stream:
        offset = number = 0
        while raw := stream.readline(MAX_BYTES + 1):
            number += 1
            place = f"{name}:{number}"
            if len(raw) > MAX_BYTES:
                while raw and not raw.endswith(b"\n"):
                    raw = stream.readline(MAX_BYTES)
                yield RawLine(place, b"", [too_long(place, MAX_BYTES)], offset, number)
            elif raw.strip():
                yield RawLine(place, raw.rstrip(b"\r\n"), [], offset, number)
            offset = stream.tell()


def raw_lines(path: Path, name: str) -> Iterator[tuple[str, bytes, list[Issue]]]:
    """Place (`name:1`), bytes and reading issues of every line that is not blank."""
    for line in located_lines(path, name):
        yield line.place, line.raw, line.issues


def decode_line(raw: bytes, kind: type[T], place: str, issues: list[Issue]) -> T | None:
    """The record of one line, or None with its findings added to `issues`."""
    try:
        record: T = decode(raw, kind, place)
        return record
    except InputError as error:
        issues += error.issues
        return None
