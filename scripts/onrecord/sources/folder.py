"""A corpus as a folder: a file a record, made for review in a diff."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from onrecord.files import list_files, read_bytes, read_text, unreadable
from onrecord.issues import InputError, Issue
from onrecord.json_input import decode
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.joining import NoCopy, join
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
from onrecord.sources.entries import Entry, Prints, Registries, Sheet, Where, missing
from onrecord.sources.jsonl import decode_line, raw_lines

T = TypeVar("T")
_FOLDERS: Final = {
    "articles": "*.json",
    "texts": "*.txt",
    "gold": "*.json",
    "annotators": "*/*.json",
    "fingerprints": "*.json",
    "challenge": "*.jsonl",
}
"""The folders of a corpus and the files in them."""
_EMPTY: Final = {"speakers": "[]", "targets": "[]", "splits": "{}"}
Names = Mapping[str, frozenset[str] | None]
"""The ids in each folder; None for a folder that cannot be listed."""


class FolderSource:
    """A corpus folder: `articles/`, `texts/`, `gold/`, `annotators/`, registries."""

    passage_pointer = ""

    def __init__(self, root: Path, texts: Mapping[str, str] | None) -> None:
        self.name = str(root)
        self._root = root
        self._texts = texts
        self._splits: dict[str, Split] = {}

    def registries(self) -> Registries:
        """See `Source`."""
        found = Registries()
        if (self._root / "manifest.json").exists():
            found.manifest = self._read("manifest.json", Manifest, found.issues)
        else:
            found.issues.append(missing("manifest.json", "manifest-missing"))
        for name, kind in (("speakers", Speakers), ("targets", Targets), ("outlets", Outlets)):
            if name == "outlets" and not (self._root / "outlets.json").exists():
                continue
            records = self._registry(name, kind, found.issues)
            if records is not None:
                setattr(found, name, {})
                for number, record in enumerate(records):
                    found.add(name, record, Where(f"{name}.json", f"/{number}"))
        found.splits = self._registry("splits", Splits, found.issues)
        self._splits = found.splits or {}
        return found

    def entries(self) -> Iterator[Entry]:
        """See `Source`."""
        issues: list[Issue] = []
        names = {
            folder: self._names(folder, _FOLDERS[folder], issues)
            for folder in ("articles", "texts", "gold", "fingerprints")
        }
        layers = self._layer_names(issues)
        if issues:
            names["fingerprints"] = None  # nobody can say what they should be of
        ids = sorted(set(layers).union(*(found for found in names.values() if found)))
        issues += self._unexpected()
        if issues:
            yield Entry(id="", article_file="articles", issues=issues)
        for id in ids:
            yield self._entry(id, names, layers.get(id, []))

    def passages(self) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
        """See `Source`."""
        try:
            files = list_files(self._root / "challenge", "*.jsonl", "challenge")
        except InputError as error:
            yield "challenge", None, list(error.issues)
            return
        for path in files:
            yield from _passages(path, f"challenge/{path.name}")

    def _entry(self, id: str, names: Names, layers: list[str]) -> Entry:
        entry = Entry(id=id, article_file=f"articles/{id}.json", text_file=f"texts/{id}.txt")
        entry.split = self._splits.get(id)
        entry.article = self._required(entry, names["articles"], "articles", Article)
        gold = self._required(entry, names["gold"], "gold", Gold)
        entry.gold = Sheet(f"gold/{id}.json", "", gold) if gold else None
        sheets = [self._sheet(f"annotators/{name}/{id}.json", entry.issues) for name in layers]
        entry.layers = [sheet for sheet in sheets if sheet]
        entry.prints = self._prints(entry, names["fingerprints"])
        self._find_text(entry, names["texts"])
        return entry

    def _prints(self, entry: Entry, names: frozenset[str] | None) -> Prints | None:
        """The fingerprints as they are; None where nobody can say whether there are any."""
        file = f"fingerprints/{entry.id}.json"
        if names is None:
            return None
        record = self._read(file, Fingerprints, entry.issues) if entry.id in names else None
        if record is None and entry.id in names:
            return None
        return Prints(file, record, entry.article, entry.sheets)

    def _required(
        self, entry: Entry, names: frozenset[str] | None, folder: str, kind: type[T]
    ) -> T | None:
        """A record that every article has; nothing more is said of a folder without a listing."""
        file = f"{folder}/{entry.id}.json"
        if names is not None and entry.id not in names:
            entry.issues.append(missing(file, f"{folder.removesuffix('s')}-missing"))
            return None
        return self._read(file, kind, entry.issues) if names is not None else None

    def _find_text(self, entry: Entry, names: frozenset[str] | None) -> None:
        """The text in the corpus, or the user's own copy of a licensed one."""
        article = entry.article
        if names is not None and entry.id in names:
            entry.text = self._read_text(entry.text_file, entry.issues)
        elif article is not None and article.rights == "licensed":
            self._join(entry)
        elif article is not None and names is not None:
            entry.issues.append(missing(entry.text_file, "text-missing"))

    def _join(self, entry: Entry) -> None:
        """Join a licensed article to its copy; layers only where the copy is the annotated text."""
        if entry.article is None or entry.gold is None or self._texts is None:
            return
        prints = entry.prints.record if entry.prints else None
        found = join(entry.article, entry.gold.annotation, prints, self._texts)
        if isinstance(found, NoCopy):
            entry.no_copy = found
            return
        entry.joined, entry.article, entry.text = found, found.article, found.text
        if not found.exact:
            entry.gold = Sheet(entry.gold.file, "", found.gold)
            entry.layers = []

    def _sheet(self, file: str, issues: list[Issue]) -> Sheet | None:
        annotation = self._read(file, Gold, issues)
        return Sheet(file, "", annotation) if annotation else None

    def _names(self, folder: str, pattern: str, issues: list[Issue]) -> frozenset[str] | None:
        """The names in a folder; None, with a finding, if it cannot be listed."""
        try:
            files = list_files(self._root / folder, pattern, folder)
            return frozenset(path.stem for path in files)
        except InputError as error:
            issues += error.issues
            return None

    def _unexpected(self) -> Iterator[Issue]:
        """A finding for every folder, and for every file in one, that no reader looks at."""
        for folder in self._list(".", []):
            with suppress(OSError):  # the folder's own reader says so
                if folder.is_dir():
                    yield from self._unexpected_in(folder)

    def _unexpected_in(self, folder: Path) -> Iterator[Issue]:
        wanted = _FOLDERS.get(folder.name)
        if wanted is None:
            yield _surplus(folder.name, f"there are {', '.join(_FOLDERS)}")
            return
        known = set(folder.glob(wanted))
        depth = "*/*" if wanted.startswith("*/") else "*"
        for path in sorted({*folder.glob("*"), *folder.glob(depth)} - known):
            if not path.name.startswith(".") and not (path.is_dir() and depth == "*/*"):
                file = path.relative_to(self._root).as_posix()
                yield _surplus(file, f"{folder.name}/ holds {wanted}")

    def _layer_names(self, issues: list[Issue]) -> dict[str, list[str]]:
        """Article id -> names of the annotators who have a layer for it."""
        found: dict[str, list[str]] = {}
        for folder in self._list("annotators", issues):
            for path in self._list(f"annotators/{folder.name}", issues, "*.json"):
                found.setdefault(path.stem, []).append(folder.name)
        return found

    def _list(self, folder: str, issues: list[Issue], pattern: str = "*") -> list[Path]:
        """What stands in a folder of the corpus; nothing, with a finding, if none may list it."""
        try:
            return list_files(self._root / folder, pattern, folder)
        except InputError as error:
            issues += error.issues
            return []

    def _registry(self, name: str, kind: Any, issues: list[Issue]) -> Any:
        """A file that every corpus has, if an empty one."""
        path = self._root / f"{name}.json"
        if path.exists() or name not in _EMPTY:
            return self._read(path.name, kind, issues)
        hint = f"write {_EMPTY[name]} into it, where there is nothing to say yet"
        issues.append(unreadable(path.name, "is missing", hint))
        return None

    def _read(self, file: str, kind: type[T] | Any, issues: list[Issue]) -> Any:
        try:
            return decode(read_bytes(self._root / file, file), kind, file)
        except InputError as error:
            issues += error.issues
            return None

    def _read_text(self, file: str, issues: list[Issue]) -> str | None:
        try:
            return read_text(self._root / file, file)
        except InputError as error:
            issues += error.issues
            return None


def _surplus(file: str, hint: str) -> Issue:
    return Issue(
        file=file,
        pointer="",
        code="file-unexpected",
        message="is nothing that a corpus folder holds there",
        hint=hint,
    )


def _passages(path: Path, name: str) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
    try:
        for place, raw, issues in raw_lines(path, name):
            yield place, None if issues else decode_line(raw, Passage, place, issues), issues
    except InputError as error:
        yield name, None, list(error.issues)
