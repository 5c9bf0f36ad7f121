"""Speakers and targets as people write them: ids, names, and new ones in words.

A new speaker is `Orla Venn`, or with kind and ident `residents of Fenmoor (group, described)`; a
new target is its words, for a claim with who makes it: `the pier is sound (claim, venn-orla)`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, TypeVar, get_args

import msgspec

from onrecord.model import Ident, Speaker, SpeakerKind, Target

R = TypeVar("R", Speaker, Target)
_BRACKETS: Final = re.compile(r"^(?P<words>.+?)\s*\((?P<inside>[^()]*)\)$", re.DOTALL)
_LETTERS: Final = re.compile(r"[^\W_]+")
_ID_LENGTH: Final = 60


class Names:
    """The registries, and the new speakers and targets that annotators wrote in words."""

    def __init__(self, speakers: Mapping[str, Speaker], targets: Mapping[str, Target]) -> None:
        self.speakers = dict(speakers)
        self.targets = dict(targets)
        self.new_speakers: dict[str, Speaker] = {}
        self.new_targets: dict[str, Target] = {}

    def speaker(self, words: str) -> str:
        """The id of the speaker that `words` mean; a new one is added.

        An id, or the name or alias of exactly one speaker. Raises `ValueError` for several, and
        where there are no words.
        """
        words = words.strip()
        if not words:
            raise ValueError("there are no words that name a speaker")
        if words in self.speakers:
            return words
        found = self._by_name.get(words, set())
        if len(found) > 1:
            raise ValueError(f"{words!r} may be {' or '.join(sorted(found))}")
        return next(iter(found)) if found else self._add_speaker(words)

    def target(self, words: str) -> str:
        """The id of the target that `words` mean; a new one is added.

        Raises `ValueError` for a claim that may be by several speakers.
        """
        words = words.strip()
        if words in self.targets:
            return words
        found = sorted(target.id for target in self.targets.values() if target.text == words)
        if found:
            return found[0]
        target = self._new_target(words)
        self.targets[target.id] = self.new_targets[target.id] = target
        return target.id

    def target_words(self, id: str) -> str:
        """What stands on the page for a target: its words where they lead back to it."""
        words = self.targets[id].text
        same = [target.id for target in self.targets.values() if target.text == words]
        plain = words == words.strip() and words not in self.targets
        return words if plain and same == [id] else id

    def named_in(self, text: str) -> list[str]:
        """The ids of the speakers whose name or an alias stands in `text` as whole words."""
        found = set()
        for match in _LETTERS.finditer(text):
            for name, ids in self._by_first_word.get(match.group(), ()):
                end = match.start() + len(name)
                if text.startswith(name, match.start()) and not text[end : end + 1].isalnum():
                    found |= ids
        return sorted(found)

    @cached_property
    def _by_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for speaker in self.speakers.values():
            for name in (speaker.name, *speaker.aliases):
                found.setdefault(name.strip(), set()).add(speaker.id)
        return found

    @cached_property
    def _by_first_word(self) -> dict[str, list[tuple[str, set[str]]]]:
        found: dict[str, list[tuple[str, set[str]]]] = {}
        for name, ids in self._by_name.items():
            if first := _LETTERS.match(name):
                found.setdefault(first.group(), []).append((name, ids))
        return found

    def _add_speaker(self, words: str) -> str:
        name, inside = _split(words, {*get_args(SpeakerKind), *get_args(Ident)})
        kind = next((word for word in inside if word in get_args(SpeakerKind)), "person")
        ident = next((word for word in inside if word in get_args(Ident)), "named")
        surname_first = kind == "person" and ident == "named"
        id = _new_id(name, self.speakers, surname_first=surname_first)
        fields = {"id": id, "name": name, "kind": kind, "ident": ident}
        speaker = msgspec.convert(fields, Speaker)
        self.speakers[id] = self.new_speakers[id] = speaker
        self._by_name.setdefault(words, set()).add(id)
        self._by_name.setdefault(name, set()).add(id)
        return id

    def _new_target(self, words: str) -> Target:
        match = _BRACKETS.match(words)
        inside = [each.strip() for each in match["inside"].split(",")] if match else []
        if match and inside[0] == "claim" and len(inside) == 2:
            speaker = self.speaker(inside[1])
            id = _new_id(match["words"], self.targets)
            return Target(id=id, kind="claim", text=match["words"], speaker=speaker)
        return Target(id=_new_id(words, self.targets), kind="entity", text=words)


def speaker_words(speaker: Speaker) -> str:
    """A speaker as an annotator would write a new one."""
    return f"{speaker.name} ({speaker.kind}, {speaker.ident})"


def _split(words: str, allowed: Iterable[str]) -> tuple[str, list[str]]:
    """The words before brackets, and what stands in them if it is all allowed."""
    match = _BRACKETS.match(words)
    inside = [each.strip() for each in match["inside"].split(",")] if match else []
    if match and set(inside) <= set(allowed):
        return match["words"], inside
    return words, []


def _new_id(words: str, taken: Mapping[str, R], *, surname_first: bool = False) -> str:
    """An id made of the words, that nothing else has."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    tokens: list[str] = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))
    if surname_first and len(tokens) > 1:
        tokens = [tokens[-1], *tokens[:-1]]
    stem = "-".join(tokens)[:_ID_LENGTH].strip("-")
    stem = stem or f"x-{hashlib.sha256(words.encode()).hexdigest()[:8]}"
    id, number = stem, 2
    while id in taken:
        id, number = f"{stem}-{number}", number + 1
    return id
