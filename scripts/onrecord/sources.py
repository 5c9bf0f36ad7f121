"""Where records come from: a corpus folder, or the same in one JSONL file.

Both yield an `Entry` an article, in the order of ids, with what could not be read as issues. A
line of a JSONL corpus holds exactly one record: first the manifest, then speakers, targets and
outlets, then documents in the order of their ids, then challenge passages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from onrecord.files import MAX_BYTES, list_files, read_bytes, too_long
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import decode
from onrecord.model import (
    Article,
    Derived,
    Document,
    Gold,
    Manifest,
    Outlet,
    Outlets,
    Passage,
    Record,
    Speaker,
    Speakers,
    Split,
    Splits,
    Target,
    Targets,
)

T = TypeVar("T")


class Line(Record, frozen=True, kw_only=True):
    """A line of a JSONL corpus: exactly one of these."""

    manifest: Manifest | None = None
    speaker: Speaker | None = None
    target: Target | None = None
    outlet: Outlet | None = None
    document: Document | None = None
    passage: Passage | None = None


@dataclass
class Registries:
    """What articles refer to. A registry that could not be read is None."""

    manifest: Manifest | None = None
    speakers: dict[str, Speaker] | None = None
    targets: dict[str, Target] | None = None
    outlets: dict[str, Outlet] | None = None
    splits: dict[str, Split] | None = None
    has_outlets: bool = False
    issues: list[Issue] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def incomplete(self) -> frozenset[str]:
        """What the corpus declares not to annotate."""
        return frozenset(self.manifest.incomplete if self.manifest else ())


@dataclass(slots=True)
class Sheet:
    """One annotation (gold or a layer), its place, and its computed fields once known."""

    file: str
    pointer: str
    annotation: Gold
    derived: dict[str, Derived] | None = None


@dataclass(slots=True)
class Entry:
    """One article with all that belongs to it, as far as it could be read."""

    id: str
    article_file: str
    article_pointer: str = ""
    text_file: str = ""
    text_pointer: str = ""
    article: Article | None = None
    text: str | None = None
    split: Split | None = None
    gold: Sheet | None = None
    layers: list[Sheet] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


class Source(Protocol):
    """A corpus to be read once: registries first, then entries, then passages."""

    name: str

    def registries(self) -> Registries:
        """Manifest, registries and splits."""

    def entries(self) -> Iterator[Entry]:
        """The articles in the order of their ids."""

    def passages(self) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
        """Challenge passages with their places."""


def open_source(
    corpus: Path, *, jsonl: Path | None = None, texts: Mapping[str, str] | None = None
) -> Source:
    """The source at `corpus`, or in `jsonl` if given; raises `MisuseError` if there is none.

    `texts` joins licensed articles to private copies: text by sha256.
    """
    if jsonl is not None:
        if not jsonl.is_file():
            raise MisuseError(f"{jsonl}: no such file")
        return JsonlSource(jsonl)
    if not (corpus / "manifest.json").is_file():
        raise MisuseError(f"{corpus}: not a corpus folder (it has no manifest.json)")
    return FolderSource(corpus, texts or {})


class FolderSource:
    """A corpus folder: `articles/`, `texts/`, `gold/`, `annotators/`, registries."""

    def __init__(self, root: Path, texts: Mapping[str, str]) -> None:
        self.name = str(root)
        self._root = root
        self._texts = texts
        self._splits: dict[str, Split] = {}

    def registries(self) -> Registries:
        """See `Source`."""
        found = Registries()
        found.manifest = self._read("manifest.json", Manifest, found.issues)
        for name, kind in (("speakers", Speakers), ("targets", Targets), ("outlets", Outlets)):
            found.files[name] = f"{name}.json"
            if name == "outlets" and not (self._root / "outlets.json").exists():
                continue
            records = self._read(f"{name}.json", kind, found.issues)
            if records is not None:
                setattr(found, name, _by_id(records, f"{name}.json", found.issues))
        found.splits = self._read("splits.json", Splits, found.issues)
        self._splits = found.splits or {}
        return found

    def entries(self) -> Iterator[Entry]:
        """See `Source`."""
        issues: list[Issue] = []
        names = {
            folder: self._names(folder, suffix, issues)
            for folder, suffix in (("articles", ".json"), ("texts", ".txt"), ("gold", ".json"))
        }
        layers = self._layer_names(issues)
        ids = sorted(set().union(*names.values(), layers))
        if issues:
            yield Entry(id="", article_file="articles", issues=issues)
        for id in ids:
            yield self._entry(id, names, layers.get(id, []))

    def passages(self) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
        """See `Source`."""
        try:
            files = list_files(self._root / "challenge", "*.jsonl")
        except InputError as error:
            yield "challenge", None, list(error.issues)
            return
        for path in files:
            yield from _passages(path, f"challenge/{path.name}")

    def _entry(self, id: str, names: dict[str, set[str]], layers: list[str]) -> Entry:
        entry = Entry(id=id, article_file=f"articles/{id}.json", text_file=f"texts/{id}.txt")
        entry.split = self._splits.get(id)
        if id in names["articles"]:
            entry.article = self._read(entry.article_file, Article, entry.issues)
        else:
            entry.issues.append(_missing(entry.article_file, "article-missing"))
        if id in names["texts"]:
            entry.text = self._read_text(entry.text_file, entry.issues)
        elif entry.article and entry.article.rights == "licensed":
            entry.text = self._texts.get(entry.article.text_sha256)
        elif entry.article:
            entry.issues.append(_missing(entry.text_file, "text-missing"))
        if id in names["gold"]:
            entry.gold = self._sheet(f"gold/{id}.json", entry.issues)
        else:
            entry.issues.append(_missing(f"gold/{id}.json", "gold-missing"))
        sheets = [self._sheet(f"annotators/{name}/{id}.json", entry.issues) for name in layers]
        entry.layers = [sheet for sheet in sheets if sheet]
        return entry

    def _sheet(self, file: str, issues: list[Issue]) -> Sheet | None:
        annotation = self._read(file, Gold, issues)
        return Sheet(file, "", annotation) if annotation else None

    def _names(self, folder: str, suffix: str, issues: list[Issue]) -> set[str]:
        try:
            return {path.stem for path in list_files(self._root / folder, f"*{suffix}")}
        except InputError as error:
            issues += error.issues
            return set()

    def _layer_names(self, issues: list[Issue]) -> dict[str, list[str]]:
        """Article id -> names of the annotators who have a layer for it."""
        found: dict[str, list[str]] = {}
        try:
            for folder in list_files(self._root / "annotators", "*"):
                for path in list_files(folder, "*.json"):
                    found.setdefault(path.stem, []).append(folder.name)
        except InputError as error:
            issues += error.issues
        return found

    def _read(self, file: str, kind: type[T] | Any, issues: list[Issue]) -> Any:
        try:
            return decode(read_bytes(self._root / file, file), kind, file)
        except InputError as error:
            issues += error.issues
            return None

    def _read_text(self, file: str, issues: list[Issue]) -> str | None:
        try:
            raw = read_bytes(self._root / file, file)
            return raw.decode("utf-8")
        except InputError as error:
            issues += error.issues
        except UnicodeDecodeError as error:
            message = f"byte {error.start} is not UTF-8 (0x{raw[error.start]:02x})"
            issues.append(
                Issue(
                    file=file,
                    pointer="",
                    code="file-encoding",
                    message=message,
                    hint="convert the file to UTF-8",
                )
            )
        return None


class JsonlSource:
    """A corpus in one JSONL file, read once, a line at a time."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._lines = _lines(path, path.name)
        self._next: tuple[str, Line | None, list[Issue]] | None = None

    def registries(self) -> Registries:
        """See `Source`."""
        found = Registries(speakers={}, targets={}, outlets={}, splits={})
        for line in self._take(lambda line: line.document is None and line.passage is None):
            place, record, issues = line
            found.issues += issues
            if record is None:
                continue
            if record.manifest:
                found.manifest = record.manifest
            for name, item in (
                ("speakers", record.speaker),
                ("targets", record.target),
                ("outlets", record.outlet),
            ):
                if item is not None:
                    _add(getattr(found, name), item, place, found.issues)
        if not found.outlets:
            found.outlets = None
        return found

    def entries(self) -> Iterator[Entry]:
        """See `Source`."""
        for place, line, issues in self._take(lambda line: line.document is not None):
            if line is None or line.document is None:
                yield Entry(id="", article_file=place, issues=issues)
                continue
            document = line.document
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


def _lines(path: Path, name: str) -> Iterator[tuple[str, Line | None, list[Issue]]]:
    for place, raw, issues in raw_lines(path, name):
        record = _decode_line(raw, Line, place, issues) if not issues else None
        if record and sum(getattr(record, key) is not None for key in Line.__struct_fields__) != 1:
            issues.append(_order_issue(place))
            record = None
        yield place, record, issues


def _order_issue(place: str) -> Issue:
    return Issue(
        file=place,
        pointer="",
        code="line-order",
        message="a line holds exactly one record, registries before documents before passages",
        hint="see docs/RECORDS.md",
    )


def raw_lines(path: Path, name: str) -> Iterator[tuple[str, bytes, list[Issue]]]:
    """Place (`name:1`), bytes and reading issues of every line that is not blank."""
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(MAX_BYTES + 1):
                number += 1
                place = f"{name}:{number}"
                if len(raw) > MAX_BYTES:
                    while raw and not raw.endswith(b"\n"):
                        raw = stream.readline(MAX_BYTES)
                    yield place, b"", [too_long(place, MAX_BYTES)]
                elif raw.strip():
                    yield place, raw.rstrip(b"\r\n"), []
    except OSError as error:
        raise InputError(
            Issue(
                file=name,
                pointer="",
                code="file-unreadable",
                message=f"cannot be read: {error.strerror or error}",
                hint="check that it exists and that you may read it",
            )
        ) from None


def _decode_line(raw: bytes, kind: type[T], place: str, issues: list[Issue]) -> T | None:
    try:
        record: T = decode(raw, kind, place)
        return record
    except InputError as error:
        issues += error.issues
        return None


def _passages(path: Path, name: str) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
    try:
        for place, raw, issues in raw_lines(path, name):
            yield place, None if issues else _decode_line(raw, Passage, place, issues), issues
    except InputError as error:
        yield name, None, list(error.issues)


def _by_id(records: Any, file: str, issues: list[Issue]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, record in enumerate(records):
        _add(found, record, file, issues, f"/{number}/id")
    return found


def _add(
    found: dict[str, Any], record: Any, file: str, issues: list[Issue], pointer: str = ""
) -> None:
    if record.id in found:
        issues.append(
            Issue(
                file=file,
                pointer=pointer,
                code="registry-duplicate",
                message=f"id {record.id!r} occurs twice",
                hint="ids are never reused",
            )
        )
    found[record.id] = record


def _missing(file: str, code: str) -> Issue:
    hints = {
        "article-missing": "add the article's record, or remove what belongs to it",
        "text-missing": "an open article needs its text; a licensed one says so in `rights`",
        "gold-missing": "an article of the corpus needs gold",
    }
    return Issue(file=file, pointer="", code=code, message="is missing", hint=hints[code])
