"""The corpus folder that ingestion writes into: made where it is missing, never overwritten."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from onrecord.files import read_bytes, read_text, write_atomic, write_json
from onrecord.issues import InputError, MisuseError
from onrecord.json_input import decode
from onrecord.model import SCHEMA_VERSION, Article, Manifest, Outlets, Split, Splits

_UNKNOWN: Final = ("articles.genre", "articles.story")
"""What no source says; the manifest of a new corpus declares it, so that it is no finding."""

_STALE: Final = re.compile(r"\..+\.(?:json|txt)\.\w{8}\Z")


class CorpusFolder:
    """`articles/`, `texts/` and `splits.json` of a corpus folder; nothing else is changed."""

    def __init__(self, root: Path) -> None:
        """Raises `MisuseError` where `root` is no folder, or where a link leads out of it."""
        if root.exists() and not root.is_dir():
            raise MisuseError(f"{root}: is a file; name a folder")
        for name in ("articles", "texts", "splits.json"):
            if (root / name).is_symlink():
                raise MisuseError(f"{root / name}: is a symbolic link; nothing is written there")
        self.root = root
        self._articles, self._texts = root / "articles", root / "texts"
        self.outlets = self._outlets()
        self._ready = (root / "manifest.json").is_file()

    def articles(self) -> Iterator[tuple[str, Article | None, str | None]]:
        """Id, record and text of every article; None for what is missing or cannot be read.

        What a killed run left half-written goes.
        """
        for folder in ("", "articles", "texts"):
            for path in (self.root / folder).glob(".*"):
                if _STALE.fullmatch(path.name):
                    path.unlink(missing_ok=True)
        for id in self._ids():
            try:
                article = self.article(id)
            except InputError:
                article = None
            yield id, article, self.text(id)

    def text(self, id: str) -> str | None:
        """The text of an article, or None where there is none to read."""
        try:
            return read_text(self._text(id), id)
        except InputError:
            return None

    def article(self, id: str) -> Article:
        """The record of an article; raises `InputError` if it cannot be read."""
        record: Article = decode(read_bytes(self._record(id), id), Article, id)
        return record

    def is_annotated(self, id: str) -> bool:
        """Whether gold or a layer refers to the text."""
        layers = (self.root / "annotators").glob(f"*/{id}.json")
        return (self.root / "gold" / f"{id}.json").exists() or any(layers)

    def write(self, article: Article, text: str) -> None:
        """Write the text, then the record: an article without its text is never there."""
        if not self._ready:
            self._prepare()
        write_atomic(self._text(article.id), text.encode())
        write_json(self._record(article.id), article)

    def finish(self, split: Split) -> None:
        """Put every article that is in no split yet into this one."""
        if not self._ready:
            return
        splits: dict[str, Split] = self._read("splits.json", Splits) or {}
        added = {id: split for id in self._ids() if id not in splits}
        if added:
            options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
            write_atomic(self.root / "splits.json", orjson.dumps(splits | added, option=options))

    def _prepare(self) -> None:
        """What a corpus needs besides articles, where it is missing; the manifest comes last."""
        for name, empty in (("speakers", []), ("targets", []), ("splits", {})):
            if not (self.root / f"{name}.json").exists():
                write_json(self.root / f"{name}.json", empty)
        manifest = Manifest(
            data_version="0.1.0",
            schema_version=SCHEMA_VERSION,
            title=self.root.resolve().name,
            licence="NOASSERTION",
            creators=("unknown",),
            incomplete=_UNKNOWN,
        )
        write_json(self.root / "manifest.json", manifest)
        self._ready = True

    def _outlets(self) -> dict[str, str]:
        """Ids by id and by lower-case name."""
        outlets = self._read("outlets.json", Outlets) or ()
        names = {outlet.name.lower(): outlet.id for outlet in outlets}
        return names | {outlet.id: outlet.id for outlet in outlets}

    def _read(self, name: str, kind: Any) -> Any:
        path = self.root / name
        return decode(read_bytes(path, name), kind, name) if path.exists() else None

    def _ids(self) -> list[str]:
        """The ids of all articles: names alone, which a path each would outweigh by far."""
        if not self._articles.is_dir():
            return []
        names = os.listdir(self._articles)  # noqa: PTH208
        ids = (name.removesuffix(".json") for name in names if name.endswith(".json"))
        return sorted(id for id in ids if not id.startswith("."))

    def _record(self, id: str) -> Path:
        return self._articles / f"{id}.json"

    def _text(self, id: str) -> Path:
        return self._texts / f"{id}.txt"
