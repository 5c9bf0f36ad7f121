"""One article as tasks see it: its gold, what was predicted for it, and how the two match.

Both sides stand in the order of their offsets (content, cue, source, then everything else), so that
the order in which records were written changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from msgspec.json import encode

from onrecord.benchmark.alignment import Status
from onrecord.benchmark.matching import Edge, Matching
from onrecord.benchmark.names import Annotated, Answer, Cast, Registry, Targets
from onrecord.benchmark.units import Tokens, Units, jaccard, together, within
from onrecord.derived import quote_type
from onrecord.model import Quote, QuoteType, Span, StanceLabel
from onrecord.predictions import PredictedQuote, PredictedSpan
from onrecord.records import AnnotatedQuote
from onrecord.text import marked_stretches

Q = TypeVar("Q", "Located", AnnotatedQuote)
Offsets = tuple[tuple[int, int], ...]


def offsets_of(span: Span) -> Offsets:
    """A span as plain numbers, to sort by."""
    if len(span) == 1:
        return ((span[0].start, span[0].end),)
    return tuple([(part.start, part.end) for part in span])


@dataclass(slots=True)
class Located:
    """A predicted quote with its spans as offsets into the text; an empty span is lost or absent.

    `index` is its place in the file's line, `speaker` its speakers with such spans emptied.
    """

    index: int
    quote: PredictedQuote
    content: Span
    cue: Span
    source: Span
    speaker: tuple[PredictedSpan, ...]
    status: Status


def _in_order(items: Iterable[Q], rest: Callable[[Q], Any]) -> list[Q]:
    """Sorted by the offsets of their content, and by the rest where these are equal."""
    keyed = sorted([(offsets_of(item.content), item) for item in items], key=itemgetter(0))
    if len({offsets for offsets, _ in keyed}) < len(keyed):
        keyed.sort(key=lambda pair: (pair[0], rest(pair[1])))
    return [item for _, item in keyed]


class GoldArticle:
    """The gold side of an article; `incomplete` is what its corpus does not annotate.

    By row, which is the place of a quote in `quotes`: `pieces` holds the units of every fragment of
    its content, `contents` those of its content. `second_tier` are the rows of tier-2 quotes, which
    leave headline scores together with their partners.
    """

    def __init__(
        self, article: Annotated, registry: Registry, incomplete: frozenset[str] = frozenset()
    ) -> None:
        self.article = article
        self.registry = registry
        self.incomplete = incomplete
        self.text = article.text or ""
        self.tokens = Tokens(self.text)
        self.quotes = _in_order(
            article.quotes,
            lambda quote: (offsets_of(quote.cue), offsets_of(quote.source), quote.id),
        )
        self.pieces = [self.tokens.pieces(quote.content) for quote in self.quotes]
        self.contents = [together(pieces) for pieces in self.pieces]
        self.second_tier = frozenset(
            row for row, quote in enumerate(self.quotes) if quote.tier == 2
        )

    @cached_property
    def cues(self) -> list[Units]:
        """The units of every quote's cue."""
        return [self.tokens.units(quote.cue) for quote in self.quotes]

    @cached_property
    def sources(self) -> list[Units]:
        """The units of every quote's source."""
        return [self.tokens.units(quote.source) for quote in self.quotes]

    @cached_property
    def cast(self) -> Cast:
        """Its speakers."""
        all_mentions = "mentions" not in self.incomplete
        return Cast(self.article, self.registry, self.tokens, all_mentions=all_mentions)

    @cached_property
    def targets(self) -> Targets:
        """Its issues and local targets."""
        return Targets(self.article, self.registry)

    @property
    def unit(self) -> str:
        """What is resampled as a whole: the story, the pair, or else the article."""
        article = self.article
        return getattr(article, "story", None) or getattr(article, "pair", None) or article.id


class Case:
    """An article's gold beside what was predicted for it; `answered` says that there was a line.

    `pieces` and `contents` are as in the gold, by column, which is the place in `predicted`.
    """

    def __init__(
        self, gold: GoldArticle, predicted: Iterable[Located] = (), answered: bool = True
    ) -> None:
        self.gold = gold
        self.answered = answered
        self.predicted = _in_order(
            predicted,
            lambda each: (offsets_of(each.cue), offsets_of(each.source), encode(each.quote)),
        )
        self.pieces = [gold.tokens.pieces(located.content) for located in self.predicted]
        self.contents = [together(pieces) for pieces in self.pieces]

    @cached_property
    def cues(self) -> list[Units]:
        """The units of every predicted cue."""
        return [self.gold.tokens.units(located.cue) for located in self.predicted]

    @cached_property
    def sources(self) -> list[Units]:
        """The units of every predicted source."""
        return [self.gold.tokens.units(located.source) for located in self.predicted]

    @cached_property
    def quotes(self) -> Matching:
        """The match of whole quotes, all their fragments together."""
        close = partial(closeness, self.gold.tokens, self.gold.quotes, self.predicted)
        return Matching(self.gold.contents, self.contents, close)

    def pairs(self, threshold: float) -> dict[int, Edge]:
        """Matched quotes by gold row."""
        return self.quotes.pairs(threshold)

    def judged(self, threshold: float) -> Sequence[int]:
        """The columns that the gold can judge.

        Where it annotates no nested quotes, a prediction inside a quote that another one matches is
        neither right nor wrong.
        """
        columns = range(len(self.predicted))
        if "quotes.parent" not in self.gold.incomplete:
            return columns
        pairs = self.pairs(threshold)
        matched = {edge.column for edge in pairs.values()}
        nested = {
            edge.column
            for edge in self.quotes.edges
            if edge.row in pairs
            and within(self.contents[edge.column], self.gold.contents[edge.row])
        }
        return [column for column in columns if column in matched or column not in nested]

    def type_by_marks(self, column: int) -> QuoteType:
        """A predicted quote's type by the quotation marks in and around its content."""
        located = self.predicted[column]
        text, span = self.gold.text, located.content
        if not span:
            return "indirect"
        marks = [
            stretch
            for part in span
            for stretch in marked_stretches(text, max(part.start - 1, 0), part.end + 1)
        ]
        return quote_type(text, Quote(id="q", content=span, form=located.quote.form), marks)

    @cached_property
    def answers(self) -> list[list[Answer]]:
        """Whom every predicted quote names as its speakers; the source stands in for none named."""
        cast = self.gold.cast
        return [
            [cast.answer(speaker) for speaker in located.speaker]
            or ([cast.answer(located.source)] if located.source else [])
            for located in self.predicted
        ]

    def speaker_credit(self, row: int, column: int) -> float:
        """Set F1 of the speakers identified; 1 for silence where the gold names nobody."""
        gold = frozenset(self.gold.quotes[row].speaker)
        return _set_f1(gold, [answer.entities for answer in self.answers[column]])

    def mention_credit(self, row: int, column: int) -> float:
        """The same where any mention of the speaker counts, and the source span itself."""
        source = self.gold.sources[row]
        if source and source == self.sources[column]:
            return 1.0
        gold = frozenset(self.gold.quotes[row].speaker)
        return _set_f1(gold, [answer.mentions for answer in self.answers[column]])

    @cached_property
    def sides(self) -> "list[Sides]":
        """Every predicted quote's labels, where the target is one of the article's."""
        resolve, found = self.gold.targets.resolve, []
        for located in self.predicted:
            sides = Sides({}, {})
            for stance in located.quote.stances:
                target = resolve(stance.target)
                if target is not None:
                    labels = sides.opposite if target.negated else sides.towards
                    labels.setdefault(target.id, stance.label)
            found.append(sides)
        return found

    def attributes(self, edge: Edge) -> "list[Attribute]":
        """Type, form, act and status of a matched pair, where the gold has them.

        A type that the extractor does not state is that of the marks.
        """
        gold, quote = self.gold.quotes[edge.row], self.predicted[edge.column].quote
        values = (
            Attribute("type", gold.type or "", quote.type or self.type_by_marks(edge.column)),
            Attribute("form", gold.form or "", quote.form),
            Attribute("act", gold.act or "", quote.act),
            Attribute("status", gold.status or "", quote.status),
        )
        return [value for value in values if value.gold]


def closeness(
    tokens: Tokens,
    gold: Sequence[AnnotatedQuote],
    predicted: Sequence[Located | AnnotatedQuote],
    row: int,
    column: int,
) -> float:
    """How near two quotes are in cue and, less, in source; decides between equal contents.

    No method, since a case that refers to itself would be left to the garbage collector.
    """
    units, quote, other = tokens.units, gold[row], predicted[column]
    cue = jaccard(units(quote.cue), units(other.cue))
    return 0.9 * cue + 0.1 * jaccard(units(quote.source), units(other.source))


class Sides(NamedTuple):
    """The labels of one predicted quote, by target: towards it, and towards its negated text."""

    towards: dict[str, StanceLabel]
    opposite: dict[str, StanceLabel]


class Attribute(NamedTuple):
    """A labelled field of a quote, gold and predicted."""

    name: str
    gold: str
    predicted: str | None

    @property
    def right(self) -> bool:
        """Whether both are the same."""
        return self.gold == self.predicted


def _set_f1(gold: frozenset[str], answers: Sequence[frozenset[str]]) -> float:
    """F1 of a set of ids against answers; an answer that stands for nobody is one wrong id."""
    if not gold or not answers:
        return float(not gold and not answers)
    if len(answers) == 1 and answers[0] == gold:
        return 1.0
    given = frozenset().union(*answers)
    size = len(given) + sum(not answer for answer in answers)
    return 2 * len(gold & given) / (len(gold) + size)
