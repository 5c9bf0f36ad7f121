"""What an import or export keeps beside the documents: findings, registries, ids, counts."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct
from msgspec.structs import fields, replace

from onrecord.converting.description import Corpus
from onrecord.issues import InputError, Issue
from onrecord.model import Gold, Speaker, Split, Target

_LETTERS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"}
)
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_MAX_ID: Final = 96
_WORDS: Final = re.compile(r"[^\W_]+")


def slug(name: str) -> str:
    """An id made from a name: lower-case ASCII letters and digits joined by '-'.

    A name without any is known by its hash.
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    runs = _ASCII_WORD.findall(_ACCENT.sub("", plain))
    found = "-".join(runs)[:_MAX_ID].rstrip("-")
    return found or "x" + hashlib.sha256(name.encode()).hexdigest()[:12]


class Names:
    """Ids for names: one each, and the same for names that differ in case and punctuation only."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()
        self._last: Counter[str] = Counter()

    def id(self, name: str, scope: str = "") -> str:
        """The id of `name`; names in different scopes are different."""
        key = (scope, *_WORDS.findall(name.casefold())) if _WORDS.search(name) else (scope, name)
        if key not in self._ids:
            self._ids[key] = self.new(f"{scope} {name}")
        return self._ids[key]

    def new(self, name: str) -> str:
        """An id that no other name has: where names make the same one, it is numbered."""
        made = found = slug(name)
        while found in self._taken:
            self._last[made] += 1
            found = f"{made}-{self._last[made] + 1}"
        self._taken.add(found)
        return found


@dataclass
class Ledger:
    """The book of one import or export.

    `wanted` are the makers' splits to read. `articles` and `records` (of the makers' own kind) are
    counted by their splits; `kept` counts the records that have no place in ours and stand in
    `orig` only, `lost` what a format could not carry, by kind.
    """

    corpus: Corpus
    language: str = "und"
    wanted: Collection[str] = ()
    issues: list[Issue] = field(default_factory=list)
    speakers: dict[str, Speaker] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    articles: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    ids: Names = field(default_factory=Names)
    _lost_speakers: set[str] = field(default_factory=set)
    _speaker_ids: Names = field(default_factory=Names)
    _target_ids: Names = field(default_factory=Names)

    def issue(self, file: str, pointer: str, code: str, message: str, hint: str) -> None:
        """A finding; the import goes on with the rest."""
        self.issues.append(Issue(file=file, pointer=pointer, code=code, message=message, hint=hint))

    def check_value(
        self, file: str, pointer: str, value: object, known: Collection[object]
    ) -> None:
        """A finding where `value` is none of those that the makers use."""
        if value not in known:
            hint = f"one of {', '.join(map(repr, known))}"
            self.issue(file, pointer, "convert-field", f"is {value!r}", hint)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """What a block finds unreadable becomes findings; the block ends there."""
        try:
            yield
        except InputError as error:
            self.issues += error.issues

    def count(self, split: str, records: int, kept: int = 0) -> None:
        """Count an article of the makers' `split` with its records."""
        self.articles[split] += 1
        self.records[split] += records
        self.kept += kept

    def lose(self, what: str, number: int) -> None:
        """Count what could not be carried."""
        if number:
            self.lost[what] += number

    def lose_fields(self, kind: str, record: Struct, carried: Collection[str]) -> None:
        """Count the fields of a record that hold something and are not carried."""
        for each in fields(record):
            if each.name not in (*carried, "orig", "derived"):
                self.lose(f"{kind}.{each.name}", getattr(record, each.name) != each.default)

    def lose_speakers(self, ids: Iterable[str]) -> None:
        """Count the fields of speakers but id and name that an import does not give again.

        A speaker counts once.
        """
        for id in set(ids) - self._lost_speakers:
            self._lost_speakers.add(id)
            speaker = self.speakers[id]
            self.lose("speakers.kind", speaker.kind != "unknown")
            self.lose("speakers.ident", speaker.ident != "named")
            self.lose_fields("speakers", speaker, ("id", "name", "kind", "ident"))

    def lose_rest(self, annotation: Gold) -> None:
        """Count all of an annotation but its quotes, which no format carries."""
        for kind in ("marks", "mentions", "stances", "issues"):
            self.lose(kind, len(getattr(annotation, kind)))

    def split(self, name: str) -> Split:
        """Our split for the makers'."""
        return self.corpus.splits.get(name, "train")

    def speaker(self, name: str, scope: str = "", aliases: Collection[str] = ()) -> str:
        """The id of the speaker called `name`, who joins the registry if new.

        Who or what speaks is not said by any of these corpora: the kind is unknown.
        """
        id = self._speaker_ids.id(name, scope)
        known = self.speakers.get(id) or Speaker(id=id, name=name, kind="unknown", ident="named")
        strings = dict.fromkeys((*known.aliases, name, *aliases))
        strings.pop(known.name, None)
        self.speakers[id] = replace(known, aliases=tuple(strings))
        return id

    def target(self, name: str) -> str:
        """The id of the entity called `name`, which joins the registry if new."""
        id = self._target_ids.id(name)
        if id not in self.targets:
            self.targets[id] = Target(id=id, kind="entity", text=name)
        return id
