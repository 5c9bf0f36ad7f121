"""What stands beside a score: the floor, and the ceiling.

The floor is `extractors.rules`, and for measures of given contents its nearest name on the gold
contents. The ceiling is what annotators reach against each other: of every article with several
layers, each pair of them, each in turn as gold, so that nobody is.
"""

from collections.abc import Iterator
from itertools import permutations
from typing import Final

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.cases import Case, GoldArticle
from onrecord.benchmark.names import Registry
from onrecord.benchmark.predictions import gold_prediction, locate
from onrecord.editions import AnnotatedLayer
from onrecord.extractors import plain_article
from onrecord.extractors.rules import Rules
from onrecord.predictions import PredictedQuote

GIVEN: Final = "given."
"""How the names of measures begin that suppose the gold contents as input."""

_ALIGN: Final = AlignConfig()
_rules: Final = Rules()


def floor_cases(gold: GoldArticle) -> tuple[Case, Case]:
    """The floor's case, and that of the floor when it is given the gold contents."""
    article = plain_article(gold.article, gold.registry.targets)
    given = _rules.attribute(article, [quote.content for quote in gold.quotes])
    return _case(gold, _rules.extract(article)), _case(gold, given)


def _case(gold: GoldArticle, quotes: list[PredictedQuote]) -> Case:
    return Case(gold, locate(quotes, gold.text, _ALIGN).quotes)


def ceiling_cases(
    layers: tuple[AnnotatedLayer, ...], registry: Registry, incomplete: frozenset[str]
) -> Iterator[Case]:
    """Every annotator of an article against every other."""
    for one, other in permutations(layers, 2):
        gold = GoldArticle(one.article, registry, incomplete)
        yield _case(gold, list(gold_prediction(other.article).quotes))
