"""Where nervaluate's flat, contiguous, labelled spans apply, its exact matches are ours.

They differ where the order of its input decides; docs/BENCHMARK.md shows the example tested here.
"""

import random

import pytest
from nervaluate.entities import Entity
from nervaluate.strategies import StrictEvaluation

from golden_cases import article_case
from onrecord.benchmark.tasks.detection import TASK

WORDS = [f"w{number}" for number in range(60)]


def scores(gold: list[tuple[int, int]], predicted: list[tuple[int, int]]):
    """(hits, predicted, gold) of exact matches by both; spans are ranges of words."""
    quotes = [_quote(number, span) for number, span in enumerate(gold)]
    case = article_case(
        {"text": " ".join(WORDS), "quotes": quotes, "predicted": [_content(s) for s in predicted]}
    )
    ours = TASK.count(case, TASK.config)["exact"]
    found, _ = StrictEvaluation().evaluate(_entities(gold), _entities(predicted), ["quote"])
    return ours, (found.correct, found.actual, found.possible)


def _content(span: tuple[int, int]) -> dict:
    start, end = span
    first = sum(len(word) + 1 for word in WORDS[:start])
    return {"content": [{"start": first, "end": first + len(" ".join(WORDS[start:end]))}]}


def _quote(number: int, span: tuple[int, int]) -> dict:
    return {"id": f"q{number}", **_content(span), "act": "say", "form": "clause"}


def _entities(spans: list[tuple[int, int]]) -> list[Entity]:
    return [Entity(label="quote", start=start, end=end - 1) for start, end in spans]


@pytest.mark.parametrize("seed", range(20))
def test_exact_matches_agree_on_spans_that_are_equal_or_apart(seed: int) -> None:
    rng = random.Random(seed)
    edges = sorted(rng.sample(range(61), 20))
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    gold, predicted = ([span for span in spans if rng.random() < 0.7] for _ in range(2))
    ours, theirs = scores(gold, predicted)
    assert ours == theirs


def test_a_prediction_that_is_exact_counts_whatever_came_first() -> None:
    """Gold 0–5 and 5–10; predicted 4–10 and 5–10, of which the second is exact."""
    for gold in ([(0, 5), (5, 10)], [(5, 10), (0, 5)]):
        ours, _ = scores(gold, [(4, 10), (5, 10)])
        assert ours == (1, 2, 2)
    assert scores([(0, 5), (5, 10)], [(4, 10), (5, 10)])[1] == (1, 2, 2)
    assert scores([(5, 10), (0, 5)], [(4, 10), (5, 10)])[1] == (0, 2, 2)
