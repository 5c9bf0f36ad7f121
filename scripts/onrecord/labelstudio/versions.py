"""Several layers of one article as one to adjudicate: what they agree on, and where they differ.

Quotes are the same if their contents are. What a quote has beside its content (spans, speakers,
form, act, status, chains, stances) is compared too; where it differs, the version that most layers
have stands for all, and the quote is disputed, as is one that not all layers have. Parents, speech
marks and sources as mentions follow from the rest and are not compared.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from msgspec.structs import replace

from onrecord.anchors.filling import innermost_holders, settle_marks
from onrecord.files import compact
from onrecord.labelstudio.marks import shown_marks
from onrecord.labelstudio.sheets import free_ids
from onrecord.model import QUOTE_SPANS, Gold, Layer, Mark, Mention, Quote, Span, Stance
from onrecord.text import words_of

ADJUDICATED: Final = "adjudicated"
"""The annotator of gold that was made of several layers."""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COMPARED = (*QUOTE_SPANS[1:], "speaker", "join", "form", "act", "status", "continues", "repeats")
_ROW = ("target", "label", "basis", "carrier", "condition", "evidence")
Key = tuple[Span, int]
"""A quote's content, and how many quotes of the layer before it have the same."""


@dataclass(frozen=True)
class Merged:
    """One annotation made of several; `disputed` are the ids of its quotes to decide on."""

    gold: Gold
    disputed: tuple[str, ...]
    differences: tuple[str, ...]


def shuffled(layers: Iterable[Gold]) -> list[Gold]:
    """Layers in an order that tells nothing of who made them, always the same for an article."""
    return sorted(layers, key=digest)


def digest(layer: Gold) -> str:
    """What identifies a layer without naming anybody."""
    return hashlib.sha256(orjson.dumps(compact(layer))).hexdigest()


def merge_layers(layers: Sequence[Gold], text: str, known: Gold | None = None) -> Merged:
    """The layers of an article (shuffled, at least two) as one.

    Records that stand in `known`, the present gold, keep their ids.
    """
    return _Merger(layers, text, known).merged()


@dataclass
class _Merger:
    layers: Sequence[Gold]
    text: str
    known: Gold | None
    ids: dict[Key, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)

    def merged(self) -> Merged:
        keyed = [_keyed(layer) for layer in self.layers]
        keys = sorted({key for each in keyed for key in each}, key=_place)
        self._number(keys)
        quotes, stances = [], []
        for key in keys:
            quote, rows = self._version(key, keyed)
            quotes.append(quote)
            stances += rows
        holders = innermost_holders(quotes)
        with_parents = [replace(each, parent=holders.get(each.id)) for each in quotes]
        first = self.layers[0]
        gold = Gold(
            article_id=first.article_id,
            layer=Layer(annotator=ADJUDICATED, kind="mixed", guidelines=first.layer.guidelines),
            issues=first.issues,
            marks=tuple(self._marks(keyed, with_parents)),
            mentions=tuple(self._mentions()),
            quotes=tuple(with_parents),
            stances=tuple(stances),
        )
        return Merged(gold, tuple(self.disputed), tuple(self.differences))

    def _number(self, keys: list[Key]) -> None:
        before = {} if self.known is None else {k: q.id for k, q in _keyed(self.known).items()}
        free = free_ids("q", before.values())
        self.ids = {key: before.get(key) or next(free) for key in keys}

    def _version(self, key: Key, keyed: list[dict[Key, Quote]]) -> tuple[Quote, list[Stance]]:
        """The version of a quote that most layers have; notes the others."""
        versions = [
            _Version(layer, quotes[key], self.ids, quotes) if key in quotes else None
            for layer, quotes in zip(self.layers, keyed, strict=True)
        ]
        have = [version for version in versions if version]
        counts = Counter(version.compared for version in have)
        chosen = max(have, key=lambda version: counts[version.compared])
        if len(have) < len(versions) or len(counts) > 1:
            self.disputed.append(self.ids[key])
            self._note(key, versions)
        return chosen.quote(self.ids[key]), chosen.rows(self.ids[key])

    def _note(self, key: Key, versions: "list[_Version | None]") -> None:
        words = short(words_of(self.text, key[0]))
        named = list(zip(LETTERS, versions, strict=False))
        lacking = [letter for letter, version in named if version is None]
        if lacking:
            only = [letter for letter, version in named if version is not None]
            self.differences.append(f"{words} — only in {', '.join(only)}")
            return
        shown = {letter: version.shown(self.text) for letter, version in named if version}
        for name in dict.fromkeys(name for fields in shown.values() for name in fields):
            values = {letter: fields.get(name, "–") for letter, fields in shown.items()}
            if len(set(values.values())) > 1:
                listed = " · ".join(f"{letter}: {value}" for letter, value in values.items())
                self.differences.append(f"{words} — {name} — {listed}")

    def _marks(self, keyed: list[dict[Key, Quote]], merged: list[Quote]) -> list[Mark]:
        """The marks that some layer draws, and what follows for the others that layers have."""
        drawn = self._drawn(keyed)
        settled = settle_marks(self.text, merged, drawn)[0][len(drawn) :]
        had = {_ends(mark) for layer in self.layers for mark in layer.marks}
        marks = drawn + [mark for mark in settled if _ends(mark) in had]
        marks.sort(key=lambda mark: min(end for end in _ends(mark) if end is not None))
        known = {_ends(mark): mark.id for mark in self.known.marks} if self.known else {}
        free = free_ids("m", known.values())
        return [replace(mark, id=known.get(_ends(mark)) or next(free)) for mark in marks]

    def _drawn(self, keyed: list[dict[Key, Quote]]) -> list[Mark]:
        found: dict[tuple[int | None, int | None], Mark] = {}
        for layer, quotes in zip(self.layers, keyed, strict=True):
            ids = {quote.id: self.ids[key] for key, quote in quotes.items()}
            for mark in shown_marks(layer, self.text):
                other = found.setdefault(_ends(mark), mark)
                if other is mark:
                    quote = ids.get(mark.quote) if mark.quote else None
                    found[_ends(mark)] = replace(mark, quote=quote)
                elif other.kind != mark.kind:
                    place = mark.open if mark.open is not None else mark.close or 0
                    around = short(self.text[place : place + 30].replace("\n", " "))
                    self.differences.append(f"mark {around}: {other.kind} or {mark.kind}")
        return list(found.values())

    def _mentions(self) -> list[Mention]:
        """The mentions of all layers; those that not all have are counted among the differences."""
        found: dict[tuple[Span, str], list[Mention]] = {}
        for layer in self.layers:
            for mention in layer.mentions:
                found.setdefault((mention.span, mention.speaker), []).append(mention)
        order = sorted(found, key=lambda key: (key[0][0].start, -key[0][-1].end, key[1]))
        some = [key for key in order if len(found[key]) < len(self.layers)]
        if some:
            words = ", ".join(f"{short(words_of(self.text, span))} ({id})" for span, id in some)
            self.differences.append(f"mentions not in all versions: {words}")
        mentions = self.known.mentions if self.known else ()
        known = {(mention.span, mention.speaker): mention.id for mention in mentions}
        free = free_ids("e", known.values())
        return [
            replace(
                found[key][0],
                id=known.get(key) or next(free),
                form=_most(each.form for each in found[key]),
            )
            for key in order
        ]


@dataclass(frozen=True)
class _Version:
    """A quote as one layer has it, with its stances, in terms of the merged ids."""

    layer: Gold
    own: Quote
    ids: Mapping[Key, str]
    quotes: Mapping[Key, Quote]

    def quote(self, id: str) -> Quote:
        """The quote under its merged id."""
        names = {quote.id: self.ids[key] for key, quote in self.quotes.items()}
        chains = {name: names.get(getattr(self.own, name)) for name in ("continues", "repeats")}
        return replace(self.own, id=id, parent=None, orig=(), derived=None, **chains)

    def rows(self, id: str) -> list[Stance]:
        """The stances of the quote under its merged id."""
        own = [row for row in self.layer.stances if row.quote == self.own.id]
        return [replace(row, quote=id, orig=()) for row in own]

    @property
    def compared(self) -> tuple[Any, ...]:
        """All that counts as a difference."""
        quote = self.quote("")
        rows = sorted(self.rows(""), key=lambda row: row.target)
        fields = tuple(getattr(quote, name) for name in _COMPARED)
        return (*fields, *(tuple(getattr(row, name) for name in _ROW) for row in rows))

    def shown(self, text: str) -> dict[str, str]:
        """All that counts as a difference, in words: fields, and stances by target."""
        quote = self.quote("")
        values = {name: getattr(quote, name) for name in _COMPARED}
        fields = {name: _words(value, text) for name, value in values.items()}
        return fields | {row.target: _row_words(row, text) for row in self.rows("")}


def _words(value: Any, text: str) -> str:
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return short(words_of(text, value))
    return ", ".join(value) or "–" if isinstance(value, tuple) else str(value or "–")


def _row_words(row: Stance, text: str) -> str:
    parts: list[str | None] = [row.label, row.basis]
    parts.append("in the cue" if row.carrier == "cue" else None)
    parts += [f"[{short(words_of(text, span))}]" for span in (row.evidence, row.condition) if span]
    return " ".join(filter(None, parts))


def _keyed(layer: Gold) -> dict[Key, Quote]:
    seen: Counter[Span] = Counter()
    found = {}
    for quote in layer.quotes:
        found[quote.content, seen[quote.content]] = quote
        seen[quote.content] += 1
    return found


def _ends(mark: Mark) -> tuple[int | None, int | None]:
    return mark.open, mark.close


def _place(key: Key) -> tuple[Any, ...]:
    span, number = key
    return span[0].start, -span[-1].end, [(part.start, part.end) for part in span], number


def _most(values: Iterable[Any]) -> Any:
    return Counter(values).most_common(1)[0][0]


def short(words: str, limit: int = 40) -> str:
    """Words in one line, without their middle if they are many."""
    words = words.replace("\n", " ")
    return words if len(words) <= limit else f"{words[: limit // 2]}…{words[-limit // 2 :]}"
