"""Scores worked out by hand, for every task (tests/golden/*.json, each with its sums in prose)."""

from pathlib import Path

import pytest

from golden_cases import GOLDEN, cases_of, expected, read_golden
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.tasks import TASKS

FILES = sorted(GOLDEN.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scores_are_those_worked_out_by_hand(path: Path) -> None:
    golden = read_golden(path)
    scorer = Scorer(TASKS)
    cases = cases_of(golden)
    if "passages" in golden:
        scorer.add_pair(cases)
    else:
        scorer.add(cases[0])
    values = scorer.values()[golden["task"]]
    for name, value in expected(golden).items():
        assert values[name] == pytest.approx(value), name


def test_every_task_has_a_golden_case() -> None:
    assert {read_golden(path)["task"] for path in FILES} == {task.name for task in TASKS}
