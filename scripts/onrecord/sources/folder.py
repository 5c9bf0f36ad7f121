"""A corpus as a folder: a file a record, made for review in a diff."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from onrecord.files import list_files, read_bytes
from onrecord.issues import InputError, Issue
from onrecord.json_input import decode
from onrecord.model import (
    Article,
    Gold,
    Manifest,
    Outlets,
    Passage,
    Speakers,
    Split,
    Splits,
    Targets,
)
from onrecord.sources.entries import Entry, Registries, Sheet, add_record
from onrecord.sources.jsonl import decode_line, raw_lines

T = TypeVar("T")


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


def _passages(path: Path, name: str) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
    try:
        for place, raw, issues in raw_lines(path, name):
            yield place, None if issues else decode_line(raw, Passage, place, issues), issues
    except InputError as error:
        yield name, None, list(error.issues)


def _by_id(records: Any, file: str, issues: list[Issue]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, record in enumerate(records):
        add_record(found, record, file, issues, f"/{number}/id")
    return found


def _missing(file: str, code: str) -> Issue:
    hints = {
        "article-missing": "add the article's record, or remove what belongs to it",
        "text-missing": "an open article needs its text; a licensed one says so in `rights`",
        "gold-missing": "an article of the corpus needs gold",
    }
    return Issue(file=file, pointer="", code=code, message="is missing", hint=hints[code])
