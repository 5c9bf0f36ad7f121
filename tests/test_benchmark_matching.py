"""Units of comparison and the one-to-one assignment, against what is slow and plain."""

from itertools import combinations, permutations

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from benchmark_strategies import case_of, gold_articles
from golden_cases import article_case
from onrecord.benchmark.matching import Edge, Matching, assign, overlaps
from onrecord.benchmark.units import Tokens, jaccard, shared, size, together, within
from onrecord.model import WORD, Fragment
from onrecord.predictions import PredictedQuote
from strategies import modest

odd_texts = st.text(
    st.sampled_from("aéß漢𝔘9_’'.-“”\n \u0301👍Z") | st.characters(exclude_categories=["Cs"]),
    max_size=40,
)


@modest(120)
@given(odd_texts)
def test_tokens_are_those_of_the_regex(text: str) -> None:
    assert list(Tokens(text).starts) == [match.start() for match in WORD.finditer(text)]


@modest(120)
@given(odd_texts, st.data())
def test_units_are_the_tokens_that_a_span_touches(text: str, data) -> None:
    assume(text)
    ends = data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=4, unique=True))
    ends = sorted(ends)[: len(ends) // 2 * 2]
    span = [Fragment(start=a, end=b) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    touched = {
        number
        for number, match in enumerate(WORD.finditer(text))
        if any(part.start < match.end() and match.start() < part.end for part in span)
    }
    points = {~offset for part in span for offset in range(part.start, part.end)}
    found = {n for start, end in Tokens(text).units(tuple(span)) for n in range(start, end)}
    assert found == (touched or points)


number_sets = st.sets(st.integers(-6, 12), max_size=8)


def ranges(numbers: set[int]):
    """A set of numbers as units."""
    return together([((number, number + 1),) for number in numbers])


@modest(120)
@given(number_sets, number_sets)
def test_ranges_compute_like_sets(one: set[int], other: set[int]) -> None:
    if any(number < 0 for number in one | other):
        one, other = {abs(number) for number in one}, {abs(number) for number in other}
    a, b = ranges(one), ranges(other)
    assert size(a) == len(one)
    assert shared(a, b) == shared(b, a) == len(one & other)
    assert jaccard(a, b) == (len(one & other) / len(one | other) if one & other else 0)
    assert within(a, b) == (bool(one) and one <= other)
    assert size(together([a, b])) == len(one | other)


weights = st.sampled_from([0.0, 0.0, 0.5, 0.55, 0.6, 0.75, 0.8, 1.0])
tables = st.integers(1, 4).flatmap(
    lambda columns: st.lists(
        st.lists(weights, min_size=columns, max_size=columns), min_size=1, max_size=4
    )
)


@modest(120)
@given(tables)
def test_assignment_is_the_best_of_all(table: list[list[float]]) -> None:
    edges = [
        Edge(row, column, weight)
        for row, line in enumerate(table)
        for column, weight in enumerate(line)
        if weight
    ]
    chosen = assign(edges)
    assert (
        len({edge.row for edge in chosen}) == len({edge.column for edge in chosen}) == len(chosen)
    )
    assert sum(edge.jaccard for edge in chosen) == pytest.approx(best_sum(table))


def best_sum(table: list[list[float]]) -> float:
    """By trying every one-to-one assignment."""
    rows, columns = range(len(table)), range(len(table[0]))
    count = min(len(rows), len(columns))
    return max(
        sum(table[row][column] for row, column in zip(chosen, order, strict=True))
        for chosen in combinations(rows, count)
        for order in permutations(columns, count)
    )


@modest(40)
@given(gold_articles)
def test_overlaps_are_all_pairs_that_share_something(article) -> None:
    case = case_of(article, ())
    contents = case.gold.contents
    found = {(edge.row, edge.column): edge.jaccard for edge in overlaps(contents, contents)}
    for row, one in enumerate(contents):
        for column, other in enumerate(contents):
            assert found.get((row, column), 0) == jaccard(one, other)


def test_pairs_below_the_threshold_are_none() -> None:
    matching = Matching([((0, 10),)], [((0, 4),)])
    assert matching.pairs(0.4).keys() == {0} and not matching.pairs(0.41)
    assert matching.pairs(0.0)[0].jaccard == 0.4


def test_better_and_fewer_pairs_beat_more_and_worse_ones() -> None:
    """The rule maximises the sum: two exact pairs (2.0) before three halves (1.5)."""
    gold = [((0, 4),), ((2, 6),), ((4, 8),)]
    predicted = [((2, 6),), ((4, 8),), ((6, 10),)]
    assert set(Matching(gold, predicted).pairs(1 / 3)) == {1, 2}


GOLDEN = {
    "text": "Mara Quill and Tam Osk said no.",
    "speakers": [
        {"id": id, "name": name, "kind": "person", "ident": "named"}
        for id, name in (("quill", "Mara Quill"), ("osk", "Tam Osk"))
    ],
    "quotes": [
        {"id": id, "content": ["no"], "cue": ["said"], "source": [name], "speaker": [id]}
        for id, name in (("quill", "Mara Quill"), ("osk", "Tam Osk"))
    ],
}


def test_equal_contents_are_told_apart_by_cue_and_source() -> None:
    predicted = [
        {"content": ["no"], "cue": ["said"], "source": [name], "speaker": [name]}
        for name in ("Tam Osk", "Mara Quill")
    ]
    case = article_case({**GOLDEN, "predicted": predicted})
    for row, edge in case.pairs(1.0).items():
        assert case.speaker_credit(row, edge.column) == 1


def test_a_lost_quote_matches_nothing() -> None:
    case = article_case({**GOLDEN, "predicted": [{"content": "absent words", "speaker": ["Osk"]}]})
    assert case.contents == [()] and not case.pairs(0.0)
    assert case_of(case.gold.article, [PredictedQuote(content="no")]).pairs(1.0)
