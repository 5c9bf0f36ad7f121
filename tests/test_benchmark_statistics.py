"""Measures, intervals and significance against scikit-learn, scipy and sums done by hand."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from sklearn.metrics import f1_score, precision_recall_fscore_support

from onrecord.benchmark.figures import decimals, figure, interval_figure
from onrecord.benchmark.measures import Task, evaluate, f1, masked, mean
from onrecord.benchmark.tallies import MAX_UNITS, Tally, sums_of
from onrecord.benchmark.tasks import TASKS, stance
from onrecord.benchmark.uncertainty import bootstrap_totals, holm, interval, randomisation
from strategies import modest

LABELS = ("favor", "against", "rest")


@modest(40)
@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from((*LABELS, None))), min_size=1))
def test_scores_by_class_are_those_of_scikit_learn(pairs) -> None:
    pairs += [(label, label) for label in LABELS]
    gold, predicted = zip(*[(gold, label or "missing") for gold, label in pairs], strict=True)
    sums = stance._by_class("given", [(a, b) for a, b in pairs])
    values = evaluate(stance.TASK, sums)
    scores = precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=0)
    for number, label in enumerate(LABELS):
        for name, column in zip(("precision", "recall", "f1"), scores, strict=False):
            assert values[f"given.{label}.{name}"] == pytest.approx(column[number])
    assert values["given.macro_f1"] == pytest.approx(
        f1_score(gold, predicted, labels=LABELS, average="macro", zero_division=0)
    )
    assert values["given.f_avg"] == pytest.approx(
        f1_score(gold, predicted, labels=LABELS[:2], average="macro", zero_division=0)
    )


TASK = Task(
    name="made",
    meaning="Made up.",
    config=stance.StanceConfig(),
    count=lambda case, config: {},
    headline="f1",
    measures=(f1("", "all"), f1("other", "others"), mean("macro", "mean", of=["f1", "other.f1"])),
)


def test_undefined_measures_are_nan_and_left_out_of_means() -> None:
    values = evaluate(TASK, {"": (1.0, 2.0, 4.0)})
    assert values["precision"] == 0.5 and values["recall"] == 0.25
    assert values["f1"] == pytest.approx(1 / 3)
    assert np.isnan(values["other.f1"])
    assert values["macro"] == pytest.approx(1 / 3)


def test_measures_of_many_resamples_are_computed_alike() -> None:
    hits = np.array([1.0, 0.0, 0.0])
    values = evaluate(TASK, {"": (hits, hits + 1, hits)})
    assert values["f1"].tolist() == [pytest.approx(2 / 3), 0.0, 0.0]
    assert np.isnan(values["recall"][1]) and values["precision"][1] == 0


def test_majority_by_hand() -> None:
    """Gold 3 favor, 1 against, 2 rest: always favor has F1 2*3/(6+3) = 2/3 and nothing else."""
    measures = {each.name: each for each in stance.TASK.measures}
    made = Task(
        name="made",
        meaning="Made up.",
        config=stance.StanceConfig(),
        count=lambda case, config: {},
        headline="majority.f_avg",
        measures=(measures["majority.f_avg"], measures["majority.macro_f1"]),
    )
    gold = {"favor": 3.0, "against": 1.0, "rest": 2.0}
    sums = {f"target_only.{name}": (0.0, 0.0, number) for name, number in gold.items()}
    values = evaluate(made, sums)
    assert values["majority.f_avg"] == pytest.approx(1 / 3)
    assert values["majority.macro_f1"] == pytest.approx(2 / 9)


def test_what_is_not_annotated_is_masked() -> None:
    detection = TASKS[0]
    assert masked(detection, frozenset()) == []
    recall_only = masked(detection, frozenset({"quotes"}))
    assert {"f1", "precision", "macro_f1"} <= set(recall_only) and "recall" not in recall_only
    assert set(masked(detection, frozenset({"marks"}))) >= {"type.direct.recall", "macro_f1"}
    assert masked(TASKS[1], frozenset({"quotes"})) == [], "what quotes there are have their acts"
    assert "act" in masked(TASKS[1], frozenset({"quotes.act"}))


def made_matrix(units: int, seed: int = 1) -> np.ndarray:
    """Hits, predicted and gold of some units: an array of units, one count and three numbers."""
    generator = np.random.default_rng(seed)
    gold = generator.integers(5, 30, units)
    predicted = generator.integers(5, 30, units)
    hits = np.minimum(gold, predicted) * generator.uniform(0.3, 0.9, units)
    return np.stack([hits, predicted, gold], axis=1)[:, None, :].astype(float)


def score_of(totals: np.ndarray) -> np.ndarray:
    return 2 * totals[..., 0, 0] / (totals[..., 0, 1] + totals[..., 0, 2])


def test_the_interval_is_the_percentile_bootstrap_of_scipy() -> None:
    matrix = made_matrix(60)
    ours = interval(score_of(bootstrap_totals(matrix, 10_000, 12345)))
    theirs = stats.bootstrap(
        tuple(matrix[:, 0, place] for place in range(3)),
        lambda hits, predicted, gold, axis=-1: 2 * hits.sum(axis) / (predicted + gold).sum(axis),
        paired=True,
        n_resamples=10_000,
        method="percentile",
        rng=np.random.default_rng(7),
    ).confidence_interval
    assert ours == pytest.approx(tuple(theirs), abs=0.004)


def test_resampling_depends_on_the_seed_alone() -> None:
    matrix = made_matrix(30)
    one, same, other = (bootstrap_totals(matrix, 200, seed) for seed in (1, 1, 2))
    assert (one == same).all() and not (one == other).all()
    scaled = bootstrap_totals(3 * matrix, 200, 1)
    assert np.allclose(scaled, 3 * one)


def test_resampled_sums_are_sums_of_drawn_units() -> None:
    """Powers of two tell how often each unit was drawn."""
    matrix = (8.0 ** np.arange(5))[:, None, None] * np.ones((5, 1, 3))
    totals = bootstrap_totals(matrix, 1000, 3)[:, 0, 0]
    digits = [np.base_repr(int(total), 8) for total in totals]
    assert all(sum(map(int, drawn)) == 5 for drawn in digits)


@pytest.mark.parametrize("units", [4, 9])
def test_exhaustive_randomisation_is_the_permutation_test_of_scipy(units: int) -> None:
    one, other = made_matrix(units, 1), made_matrix(units, 2)
    ours = randomisation(one, other, lambda totals: {"f1": score_of(totals)}, 10_000, 1)["f1"]

    def difference(*columns, axis=-1):
        a, b = columns[:3], columns[3:]
        return 2 * b[0].sum(axis) / (b[1] + b[2]).sum(axis) - 2 * a[0].sum(axis) / (
            a[1] + a[2]
        ).sum(axis)

    theirs = _swapped(one, other, difference)
    assert ours == pytest.approx(theirs)


def _swapped(one, other, difference) -> float:
    """p of scipy, whose permutation test swaps units between two samples."""
    data = np.arange(len(one)), np.arange(len(one)) + len(one)
    both = np.concatenate([one, other])[:, 0, :]

    def statistic(a, b, axis=-1):
        rows = [both[index.astype(int)] for index in (a, b)]
        return difference(*[sample[..., place] for sample in rows for place in range(3)], axis=axis)

    found = stats.permutation_test(
        data, statistic, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    return float(found.pvalue)


def test_sampled_randomisation_agrees_with_the_exhaustive_one() -> None:
    one, other = made_matrix(12, 1), made_matrix(12, 3)
    measures = lambda totals: {"f1": score_of(totals)}  # noqa: E731
    exact = randomisation(one, other, measures, 2**12, 1)["f1"]
    sampled = randomisation(one, other, measures, 2**12 - 1, 1)["f1"]
    assert sampled == pytest.approx(exact, abs=0.03)


def test_the_same_system_twice_is_never_different() -> None:
    for units in (8, 50):
        matrix = made_matrix(units)
        assert randomisation(matrix, matrix, lambda t: {"f1": score_of(t)}, 500, 1) == {"f1": 1.0}


def test_holm_by_hand() -> None:
    """Sorted .005*4 .01*3 .03*2 .04*1, never falling."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_tallies_add_up_by_story() -> None:
    tally = Tally()
    tally.add("a", "t", {"": (1, 2, 3)})
    tally.add("b", "t", {"": (1, 1, 1), "x": (2, 4)})
    tally.add("a", "t", {"": (1, 0, 0)})
    assert tally.units == 2
    matrix = tally.matrix(tally.columns)
    sums = sums_of("t", tally.columns, matrix.sum(axis=0))
    assert {name: list(map(float, values)) for name, values in sums.items()} == {
        "": [3, 3, 4],
        "x": [2, 4, 0],
    }
    assert matrix[0, 0].tolist() == [2, 2, 3]
    assert tally.matrix([("t", "never")]).tolist() == [[[0, 0, 0]], [[0, 0, 0]]]


def test_more_stories_than_rows_share_them_and_sums_stay() -> None:
    tally = Tally()
    for number in range(MAX_UNITS + 10):
        tally.add(f"story-{number}", "t", {"": (1, 1, 1)})
    assert tally.units == MAX_UNITS
    assert tally.matrix([("t", "")]).sum() == 3 * (MAX_UNITS + 10)


@pytest.mark.parametrize(
    ("spread", "digits"),
    [((61.0, 74.0), 0), ((68.2, 68.8), 1), ((68.45, 68.55), 2), ((50.0, 50.001), 2), (None, 0)],
)
def test_decimals_follow_the_interval(spread, digits: int) -> None:
    assert decimals(spread) == digits


def test_figures() -> None:
    assert figure(68.432, (61, 74)) == "68"
    assert figure(68.432, (68.2, 68.8)) == "68.4"
    assert figure(None, None) == "–" and interval_figure(None) == ""
    assert interval_figure((60.9, 74.2)) == "61 to 74"


def test_articles_of_one_story_are_resampled_together() -> None:
    """Ten copies of each of five stories: as uncertain as five, not as fifty."""
    values = [0.1, 0.3, 0.5, 0.8, 0.9]
    alone, copied, apart = Tally(), Tally(), Tally()
    for number, value in enumerate(values):
        alone.add(str(number), "t", {"": (value, 1)})
        for copy in range(10):
            copied.add(str(number), "t", {"": (value, 1)})
            apart.add(f"{number}-{copy}", "t", {"": (value, 1)})

    def width(tally: Tally) -> float:
        totals = bootstrap_totals(tally.matrix([("t", "")]), 2000, 1)[:, 0]
        low, high = interval(totals[:, 0] / totals[:, 1])
        return high - low

    assert width(copied) == pytest.approx(width(alone))
    assert width(apart) < 0.6 * width(alone)
