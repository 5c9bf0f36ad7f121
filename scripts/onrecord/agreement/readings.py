"""One article as several annotators read it, and the quotes that two of them both found."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

from onrecord.benchmark.cases import GoldArticle, closeness
from onrecord.benchmark.matching import Matching
from onrecord.benchmark.units import Units
from onrecord.records import AnnotatedArticle, AnnotatedQuote


class Pair(NamedTuple):
    """A quote that two annotators found, each as one of them has it."""

    one: AnnotatedQuote
    other: AnnotatedQuote


class Readings:
    """The layers of one article by annotator, at least two of them, in the order of their names.

    Where the text is not at hand, its code points take the place of its word tokens: `length` is
    the number of either.
    """

    def __init__(self, article: AnnotatedArticle, layers: Mapping[str, GoldArticle]) -> None:
        self.article = article
        self.layers = {name: layers[name] for name in sorted(layers)}
        first = next(iter(self.layers.values()))
        self.unit = first.unit
        self.has_text = article.text is not None
        self.length = len(first.tokens.starts) if self.has_text else article.text_length

    def couples(self) -> Iterator["Readings"]:
        """Every two annotators by themselves."""
        for names in combinations(self.layers, 2):
            yield Readings(self.article, {name: self.layers[name] for name in names})

    @property
    def couple(self) -> Sequence[GoldArticle]:
        """The two layers, where there are two."""
        one, other = self.layers.values()
        return one, other

    def pairs(self, found: float) -> list[Pair]:
        """The quotes that both of two annotators found: Jaccard index at least `found`."""
        one, other = self.couple
        close = partial(closeness, one.tokens, one.quotes, other.quotes)
        edges = Matching(one.contents, other.contents, close).pairs(found).values()
        return [Pair(one.quotes[edge.row], other.quotes[edge.column]) for edge in edges]

    def ranges(self, units: Units) -> Units:
        """Units as numbers from 0 to `length`; of a text at hand only those that are tokens."""
        if self.has_text:
            return tuple(each for each in units if each[0] >= 0)
        return tuple((self.length + start, self.length + end) for start, end in units)
