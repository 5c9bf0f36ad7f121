"""results/ and the leaderboard: frozen outputs that fit the corpus, scored again, never trusted."""

import json
import shutil
from itertools import combinations
from pathlib import Path

import pytest

from conftest import ROOT
from onrecord.benchmark import results
from onrecord.benchmark.comparison import Difference, compare
from onrecord.benchmark.leaderboard import leaderboard, letters, render_leaderboard
from onrecord.benchmark.lines import few_notes
from onrecord.benchmark.results import content_of, read_run, result_file, result_names, stale
from onrecord.benchmark.scoring import score
from onrecord.editions import open_edition
from onrecord.extracting.runs import Extraction
from onrecord.extractors.catalogue import Recipe
from onrecord.issues import InputError, MisuseError
from test_benchmark_score import METHOD, TOLL, edit, gold_of, write
from test_cli import run

NAMES = result_names()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_frozen_result_fits_the_corpus(name: str) -> None:
    """A test article that joined, went or changed makes this fail: `make results`, or remove it."""
    assert stale([name], open_edition()) == []
    frozen = read_run(name)
    failed = {each.article_id for each in frozen.failed}
    result = score(result_file(name), method=METHOD)
    missing = [issue for issue in result.issues if issue.code == "prediction-missing"]
    assert len(missing) == len(failed) == frozen.failures
    assert len(result.issues) == len(missing)
    assert frozen.articles == result.counts["articles"] + result.counts["passages"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lexicon", "majority", "rules", "tfidf"])
def test_our_own_results_come_out_again(name: str) -> None:
    extraction = Extraction([ROOT / "corpus"], Recipe(name), split="test")
    lines = [line for _, line in extraction]
    assert b"".join(lines) == result_file(name).read_bytes(), "run `make results`"
    assert read_run(name).content == extraction.run.content == content_of(open_edition())


def test_the_frozen_floor_is_the_floor() -> None:
    result = score(result_file("rules"), method=METHOD)
    for task, values in result.tasks.items():
        for measure, value in values.items():
            if not measure.startswith("given."):
                assert value == result.floor[task][measure], (task, measure)


@pytest.mark.parametrize(
    "change",
    [
        lambda corpus: edit(corpus / "splits.json", lambda splits: splits.update({TOLL: "train"})),
        lambda corpus: edit(
            corpus / "gold" / f"{TOLL}.json", lambda gold: gold.update(issues=[], stances=[])
        ),
        lambda corpus: next((corpus / "challenge").iterdir()).unlink(),
    ],
    ids=["article gone", "issue gone", "passages gone"],
)
def test_what_systems_see_makes_results_stale(change, fenmoor: Path) -> None:
    before = content_of(open_edition(fenmoor))
    change(fenmoor)
    assert content_of(open_edition(fenmoor)) != before


def test_corrected_gold_does_not(fenmoor: Path) -> None:
    before = content_of(open_edition(fenmoor))
    edit(fenmoor / "gold" / f"{TOLL}.json", lambda gold: gold["quotes"][0].update(act="ask"))
    edit(fenmoor / "manifest.json", lambda manifest: manifest.update(data_version="0.1.1"))
    assert content_of(open_edition(fenmoor)) == before


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of results/ that a test may change."""
    folder = shutil.copytree(ROOT / "results", tmp_path / "results")
    monkeypatch.setattr(results, "results_dir", lambda: folder)
    return folder


@pytest.mark.slow
def test_a_comparison_with_what_is_stale_says_so(frozen: Path, tmp_path: Path) -> None:
    mine = write(tmp_path / "mine.jsonl", gold_of(open_edition()))
    assert compare([mine], ["rules"], method=METHOD).issues == ()
    edit(frozen / "rules" / "run.json", lambda run: run.update(content="0" * 16))
    (issue,) = compare([mine], ["rules"], method=METHOD).issues
    assert (issue.code, issue.file) == ("result-stale", "results/rules/run.json")
    assert "onrecord extract corpus --split test --with rules --out" in issue.hint
    (frozen / "rules" / "run.json").write_text("{}")
    (issue, *_) = compare([mine], ["rules"], method=METHOD).issues
    assert issue.code == "schema" and issue.file == "results/rules/run.json"


def test_frozen_results_hold_open_test_articles_alone(frozen: Path, tmp_path: Path) -> None:
    mine = write(tmp_path / "mine.jsonl", gold_of(open_edition()))
    with pytest.raises(MisuseError, match="test split alone"):
        compare([mine], ["rules"], split="train", method=None)
    with pytest.raises(MisuseError, match="open articles"):
        compare([mine], ["rules"], texts={})


@pytest.mark.slow
def test_compare_against_the_floor_on_the_command_line(tmp_path: Path) -> None:
    mine = write(tmp_path / "mine.jsonl", gold_of(open_edition()))
    done = run("compare", mine, "--against", "rules,majority")
    assert done.exit_code == 0, done.output
    assert "against rules" in done.output and "against majority" in done.output


@pytest.mark.slow
def test_few_stories_are_said_beside_every_test(fenmoor: Path, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.jsonl", gold_of(open_edition(fenmoor))) for name in "ab"]
    compared = compare(files, corpus=fenmoor, method=METHOD)
    least = f"be below {2.0 ** (1 - compared.units):.3g}, Holm"
    assert 0 < compared.units < 20
    printed = " ".join(run("compare", *files, "--corpus", fenmoor).output.split())
    assert f"Fewer than 20 stories ({compared.units})" in printed and least in printed
    board = leaderboard()
    floor = 2.0 ** (1 - board.units)
    assert all(test.p >= floor for test in board.tests if test.task != "challenge")
    page = render_leaderboard(board)
    assert (f"can be below {floor:.3g}, Holm" in page) == (board.units < 20)
    assert list(few_notes(20)) == []


@pytest.mark.slow
def test_the_leaderboard_is_fresh() -> None:
    page = render_leaderboard(leaderboard())
    assert (ROOT / "docs" / "LEADERBOARD.md").read_text("utf-8") == page, "run `make card`"


@pytest.mark.slow
def test_the_leaderboard_ranks_and_names_failures(frozen: Path, tmp_path: Path) -> None:
    edition = open_edition()
    gold = list(gold_of(edition))
    (frozen / "oracle").mkdir()
    write(frozen / "oracle" / "predictions.jsonl", gold[1:])
    record = json.loads((frozen / "rules" / "run.json").read_text())
    record.update(
        extractor="or|acle",
        failures=1,
        failed=[{"article_id": gold[0].article_id, "error": "too long"}],
    )
    (frozen / "oracle" / "run.json").write_text(json.dumps(record))
    board = leaderboard()
    assert board.issues == () and board.entries[0].name == "oracle"
    assert len(board.tests) == 10 * 8
    page = render_leaderboard(board)
    (row, facts) = (line for line in page.splitlines() if line.startswith("| oracle"))
    assert row.count("|") == page.splitlines()[8].count("|") and "or¦acle" in facts
    assert f"| {record['articles']:,} | 1 |" in facts
    record.update(failures=0, failed=[])
    (frozen / "oracle" / "run.json").write_text(json.dumps(record))
    assert [issue.code for issue in leaderboard().issues] == ["prediction-missing"]
    (frozen / "oracle" / "run.json").unlink()
    with pytest.raises(InputError, match="file-unreadable"):
        leaderboard()
    shutil.rmtree(frozen)
    with pytest.raises(MisuseError, match="no system"):
        leaderboard()


@pytest.mark.slow
def test_leaderboard_on_the_command_line() -> None:
    printed = json.loads(run("leaderboard", "--json").output)
    assert {entry["name"] for entry in printed["entries"]} == set(NAMES)
    entry = printed["entries"][0]
    assert set(entry) == {"name", "run", "scores", "intervals", "groups"}
    assert printed["issues"] == [] and printed["signature"].startswith("onrecord:")


def difference(one: str, other: str, p: float) -> Difference:
    return Difference(
        task="t",
        measure="f1",
        system=one,
        baseline=other,
        difference=0,
        interval=None,
        p=p,
        p_holm=p,
    )


@pytest.mark.parametrize(
    ("apart", "wanted"),
    [
        ("", {"a": "a", "b": "a", "c": "a"}),
        ("ac", {"a": "a", "b": "ab", "c": "b"}),
        ("ab ac", {"a": "a", "b": "b", "c": "b"}),
        ("ab ac bc", {"a": "a", "b": "b", "c": "c"}),
    ],
)
def test_letters_tell_apart_what_tests_tell_apart(apart: str, wanted: dict[str, str]) -> None:
    tests = [difference(*pair, 0.01) for pair in apart.split()] + [difference("a", "b", 0.5)]
    assert letters("abc", tests, "t") == wanted
    assert letters("abc", tests, "other") == {"a": "a", "b": "a", "c": "a"}


def test_letters_say_exactly_which_pairs_are_told_apart() -> None:
    """All graphs of five systems: two share a letter unless a test tells them apart."""
    pairs = list(combinations("abcde", 2))
    for number in range(2 ** len(pairs)):
        apart = [pair for place, pair in enumerate(pairs) if number >> place & 1]
        found = letters("abcde", [difference(*pair, 0.01) for pair in apart], "t")
        for pair in pairs:
            shares = bool(set(found[pair[0]]) & set(found[pair[1]]))
            assert shares == (pair not in apart), (apart, found)
