"""Who a predicted speaker is, and what a predicted target is: words and spans to ids.

Speakers (M3). Words name a speaker if they equal an id, name or alias of exactly one speaker of the
article, or, like a span, a mention. A span stands for the innermost mention that it lies in, or for
all mentions it holds if these are several (“Dray and Pell”). A mention by name tells who it is, and
so does a description of somebody whom the article never names; any other mention (a pronoun, the
description of somebody named elsewhere) earns the mention score only.

Where a corpus does not annotate all mentions, a span outside of them stands for its words, and
words also name the one speaker of whose name they are a part, or whose name is a part of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from onrecord.benchmark.alignment import fold
from onrecord.benchmark.units import Tokens, Units, size, within
from onrecord.model import WORD, Speaker, Target
from onrecord.predictions import PredictedSpan
from onrecord.records import AnnotatedArticle, AnnotatedMention, PassageRow
from onrecord.text import words_of

Annotated = AnnotatedArticle | PassageRow
_DETERMINER: Final = re.compile(r"^(?:the|an?) ")
_SIMILAR: Final = 0.5


@lru_cache(maxsize=1 << 16)
def key_of(words: str) -> str:
    """Words as names are compared: letter case, punctuation and a leading article aside."""
    return _DETERMINER.sub("", fold(" ".join(WORD.findall(words)))) or words.strip()


@dataclass(frozen=True)
class Registry:
    """The speakers and targets of a corpus, by id."""

    speakers: Mapping[str, Speaker]
    targets: Mapping[str, Target]

    @cached_property
    def people(self) -> dict[str, str]:
        """The id of every named person, by each of their names that is nobody else's."""
        found: dict[str, set[str]] = defaultdict(set)
        for speaker in self.speakers.values():
            if self.is_named_person(speaker.id):
                for name in (speaker.name, *speaker.aliases):
                    found[key_of(name)].add(speaker.id)
        return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}

    def is_named_person(self, id: str) -> bool:
        """Whether a speaker is a person known by name."""
        speaker = self.speakers.get(id)
        return speaker is not None and speaker.kind == "person" and speaker.ident == "named"


class Answer(NamedTuple):
    """Whom one predicted speaker stands for: as somebody identified, and as a mention at least."""

    entities: frozenset[str]
    mentions: frozenset[str]


NOBODY: Final = Answer(frozenset(), frozenset())


class Cast:
    """The speakers of one article, as its gold knows them."""

    def __init__(
        self, article: Annotated, registry: Registry, tokens: Tokens, *, all_mentions: bool = True
    ) -> None:
        self._article = article
        self._all_mentions = all_mentions
        self._registry = registry
        self._tokens = tokens
        self._named = {mention.speaker for mention in article.mentions if mention.form == "name"}

    def answer(self, predicted: PredictedSpan) -> Answer:
        """Whom a predicted speaker, words or a span, stands for."""
        if isinstance(predicted, str):
            return self._of_words(predicted)
        answer = self._of_units(self._tokens.units(predicted))
        if answer.mentions or self._all_mentions:
            return answer
        return self._of_words(words_of(self._article.text or "", predicted))

    def _of_units(self, units: Units) -> Answer:
        """Whom the words of a span stand for."""
        around = [
            (size(whole), mention) for whole, mention in self._mentions if within(units, whole)
        ]
        if around:
            least = min(length for length, _ in around)
            return self._answer(mention for length, mention in around if length == least)
        inside = [mention for part, mention in self._mentions if within(part, units)]
        return self._answer(inside) if len(inside) > 1 else NOBODY

    def _of_words(self, words: str) -> Answer:
        key = key_of(words)
        for ids in (self._ids.get(words, ()), self._names.get(key, ())):
            if len(ids) == 1:
                return Answer(frozenset(ids), frozenset(ids))
        answer = self._answer(self._by_words.get(key, ()))
        if not answer.mentions and not self._all_mentions:
            owners = self._by_part(key)
            answer = Answer(owners, owners)
        return answer if len(answer.mentions) == 1 else NOBODY

    def _by_part(self, key: str) -> frozenset[str]:
        """The speakers of whose names these words are a part, or whose names are part of them."""
        words = f" {key} "
        return frozenset(
            id
            for name, ids in self._names.items()
            for id in ids
            if words in f" {name} " or f" {name} " in words
        )

    def _answer(self, mentions: Iterable[AnnotatedMention]) -> Answer:
        found = list(mentions)
        return Answer(
            frozenset(mention.speaker for mention in found if self._identifies(mention)),
            frozenset(mention.speaker for mention in found),
        )

    def _identifies(self, mention: AnnotatedMention) -> bool:
        if mention.form == "nominal":
            return mention.speaker not in self._named
        return mention.form in ("name", None)

    @cached_property
    def _mentions(self) -> list[tuple[Units, AnnotatedMention]]:
        units = self._tokens.units
        return [(units(mention.span), mention) for mention in self._article.mentions]

    @cached_property
    def _by_words(self) -> dict[str, list[AnnotatedMention]]:
        found: dict[str, list[AnnotatedMention]] = defaultdict(list)
        for mention in self._article.mentions:
            found[key_of(mention.text or "")].append(mention)
        return found

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        ids = {mention.speaker for mention in self._article.mentions}
        ids.update(id for quote in self._article.quotes for id in quote.speaker)
        return {id: {id} for id in ids}

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for quote in self._article.quotes:
            for id, name in zip(quote.speaker, quote.speaker_names, strict=True):
                found[key_of(name)].add(id)
        for id in self._ids:
            speaker = self._registry.speakers.get(id)
            for name in (speaker.name, *speaker.aliases) if speaker else ():
                found[key_of(name)].add(id)
        return found


class ResolvedTarget(NamedTuple):
    """A target id; `negated` where the words were its opposite proposition."""

    id: str
    negated: bool = False


class Targets:
    """What stances of one article can be about: its issues and its local targets."""

    def __init__(self, article: Annotated, registry: Registry) -> None:
        self.issues = frozenset(article.issues)
        self._ids = set(article.issues)
        self._texts: dict[str, ResolvedTarget] = {}
        self._local: dict[str, frozenset[str]] = {}
        texts = {row.target: row.target_text for quote in article.quotes for row in quote.stances}
        for id in sorted({*article.issues, *texts}):
            self._ids.add(id)
            target = registry.targets.get(id)
            text = target.text if target else texts.get(id, id)
            self._texts.setdefault(key_of(text), ResolvedTarget(id))
            if target and target.negated_text:
                self._texts.setdefault(key_of(target.negated_text), ResolvedTarget(id, True))
            if id not in self.issues:
                self._local[id] = frozenset(key_of(text).split())

    def resolve(self, words: str) -> ResolvedTarget | None:
        """The target with this id or these words; a local one also by at least half of them."""
        if words in self._ids:
            return ResolvedTarget(words)
        key = key_of(words)
        if key in self._texts:
            return self._texts[key]
        words_of_it = frozenset(key.split())
        near = [(_similarity(words_of_it, words), id) for id, words in self._local.items()]
        best, id = max(near, default=(0.0, ""))
        return ResolvedTarget(id) if best >= _SIMILAR else None


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard index of two sets of words."""
    return len(one & other) / max(len(one | other), 1)
