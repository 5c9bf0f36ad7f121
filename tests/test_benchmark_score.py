"""`onrecord score` and `onrecord compare` on a small corpus, as folder and as dataset."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT
from onrecord.benchmark.comparison import compare
from onrecord.benchmark.outcomes import outcomes_of
from onrecord.benchmark.predictions import gold_prediction
from onrecord.benchmark.scoring import Method, Result, score
from onrecord.building import build
from onrecord.editions import Edition, open_edition
from onrecord.issues import InputError, MisuseError
from onrecord.predictions import Prediction
from test_cli import run

METHOD = Method(resamples=200)
TOLL, LIGHTHOUSE = "fenmoor-echo-harbour-toll", "fenmoor-echo-lighthouse-sale"


def gold_of(edition: Edition, passages: bool = True) -> Iterator[Prediction]:
    """The gold of the test split as a perfect prediction."""
    for volume in edition.volumes("test"):
        if volume.article is not None:
            yield gold_prediction(volume.article)
    if passages:
        yield from map(gold_prediction, edition.passages())


def write(path: Path, predictions) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in predictions))
    return path


@pytest.fixture
def perfect(fenmoor: Path, tmp_path: Path) -> Path:
    return write(tmp_path / "perfect.jsonl", gold_of(open_edition(fenmoor)))


def codes(result: Result) -> list[str]:
    return [issue.code for issue in result.issues]


def edit(path: Path, change: Callable[[dict], None]) -> None:
    value = json.loads(path.read_text("utf-8"))
    change(value)
    path.write_text(json.dumps(value), "utf-8")


def test_gold_is_perfect(fenmoor: Path, perfect: Path) -> None:
    result = score(perfect, fenmoor, method=METHOD)
    assert result.issues == ()
    for task, values in result.tasks.items():
        best = 0 if task == "harm" else 1
        assert {value for value in values.values() if value is not None} == {best}, task
    assert result.counts["articles"] == result.counts["units"] == result.counts["passages"] == 2
    assert result.alignment == {"offsets": 17} and result.counts["guesses"] == 0


def test_folder_and_dataset_score_alike(fenmoor: Path, tmp_path: Path, perfect: Path) -> None:
    dataset, _ = build(fenmoor, tmp_path / "dataset")
    of_folder, of_dataset = (score(perfect, corpus, method=METHOD) for corpus in (fenmoor, dataset))
    assert of_folder == of_dataset
    one, other = open_edition(fenmoor), open_edition(dataset)
    assert list(one.volumes("test", layers=True)) == list(other.volumes("test", layers=True))
    assert (one.speakers, one.targets, one.ids()) == (other.speakers, other.targets, other.ids())


def test_missing_predictions_are_misses_and_findings(fenmoor: Path, tmp_path: Path) -> None:
    predictions = [each for each in gold_of(open_edition(fenmoor)) if each.article_id != TOLL]
    result = score(write(tmp_path / "p.jsonl", predictions), fenmoor, method=METHOD)
    assert codes(result) == ["prediction-missing"] and TOLL in result.issues[0].message
    detection = result.tasks["detection"]
    assert detection["precision"] == 1
    assert detection["recall"] == pytest.approx(9 / 13)
    assert result.counts["unpredicted_articles"] == 1


def test_an_empty_file_scores_zero(fenmoor: Path, tmp_path: Path) -> None:
    result = score(write(tmp_path / "p.jsonl", []), fenmoor, method=METHOD)
    assert codes(result) == ["prediction-missing"] * 2
    assert result.tasks["detection"]["f1"] == result.tasks["joint"]["f1"] == 0
    assert result.tasks["challenge"]["pass_rate"] == 0
    assert result.tasks["stance"]["given.macro_f1"] == 0
    assert result.tasks["harm"]["invented"] is None


def test_the_challenge_may_be_left_out_but_not_in_part(fenmoor: Path, tmp_path: Path) -> None:
    articles = list(gold_of(open_edition(fenmoor), passages=False))
    without = score(write(tmp_path / "a.jsonl", articles), fenmoor, method=METHOD)
    assert without.issues == () and without.tasks["challenge"]["pass_rate"] == 0
    one = Prediction(article_id="scare_quotes-001a")
    part = score(write(tmp_path / "b.jsonl", [*articles, one]), fenmoor, method=METHOD)
    assert codes(part) == ["prediction-missing"]
    assert part.tasks["challenge"]["pass_rate"] == 0.5
    assert part.tasks["challenge"]["consistency"] == 0


def test_unknown_articles_are_findings_and_those_of_other_splits_are_not(
    fenmoor: Path, tmp_path: Path
) -> None:
    more = [Prediction(article_id=id) for id in ("nowhere", "skerry-post-ferry-fares")]
    path = write(tmp_path / "p.jsonl", [*gold_of(open_edition(fenmoor)), *more])
    result = score(path, fenmoor, method=METHOD)
    assert [(issue.code, issue.file) for issue in result.issues] == [
        ("prediction-unknown", "p.jsonl:5")
    ]


def test_licensed_articles_without_text_are_left_out_and_counted(
    fenmoor: Path, perfect: Path
) -> None:
    edit(fenmoor / "splits.json", lambda splits: splits.update({"skerry-post-ferry-fares": "test"}))
    result = score(perfect, fenmoor, method=METHOD)
    assert result.issues == ()
    assert result.counts["licensed_excluded"] == 1 and result.counts["articles"] == 2
    assert "|licensed_excluded:1|" in result.signature


def test_what_a_corpus_does_not_annotate_is_masked(fenmoor: Path, perfect: Path) -> None:
    def declare(manifest: dict) -> None:
        manifest["incomplete"] = ["stances", "quotes.status", "quotes.parent"]

    edit(fenmoor / "manifest.json", declare)
    predictions = [
        msgspec.json.decode(line, type=Prediction) for line in perfect.read_bytes().splitlines()
    ]
    edit(
        fenmoor / "gold" / f"{LIGHTHOUSE}.json",
        lambda gold: gold.update(quotes=[quote for quote in gold["quotes"] if quote["id"] != "q5"]),
    )
    result = score(write(perfect, predictions), fenmoor, method=METHOD)
    assert result.tasks["detection"]["f1"] == 1, "the nested quote is neither right nor wrong"
    assert result.tasks["detection"]["nesting.nested.recall"] is None
    assert result.tasks["attributes"]["status"] is result.intervals["attributes"]["status"] is None
    assert result.tasks["joint"]["f1"] is None
    assert result.tasks["harm"]["shown_as_actual"] is None
    assert result.tasks["attributes"]["act"] == 1
    assert "incomplete:quotes.parent+quotes.status+stances" in result.signature


def test_where_not_all_quotes_are_annotated_there_is_no_precision(
    fenmoor: Path, perfect: Path
) -> None:
    edit(fenmoor / "manifest.json", lambda manifest: manifest.update(incomplete=["quotes"]))
    result = score(perfect, fenmoor, method=METHOD)
    assert result.tasks["detection"]["recall"] == 1
    assert result.tasks["detection"]["precision"] is result.tasks["detection"]["f1"] is None


def second_layer(fenmoor: Path, change: Callable[[dict], None]) -> None:
    layer = json.loads((fenmoor / "annotators" / "a1" / f"{TOLL}.json").read_text("utf-8"))
    layer["layer"]["annotator"] = "a2"
    layer["layer"]["kind"] = "human"
    change(layer)
    path = fenmoor / "annotators" / "a2" / f"{TOLL}.json"
    path.parent.mkdir()
    path.write_text(json.dumps(layer), "utf-8")


def test_the_ceiling_is_annotators_against_each_other(fenmoor: Path, perfect: Path) -> None:
    """a2 lacks two of a1's four tier-1 quotes: each direction has two hits, so F1 is 2*2/(4+2)."""

    def drop(layer: dict) -> None:
        layer["quotes"] = [quote for quote in layer["quotes"] if quote["id"] not in ("q3", "q4")]
        layer["stances"] = [row for row in layer["stances"] if row["quote"] not in ("q3", "q4")]

    second_layer(fenmoor, drop)
    result = score(perfect, fenmoor, method=METHOD)
    assert result.annotators == ("human", "machine")
    assert result.ceiling["detection"]["f1"] == pytest.approx(2 / 3)
    assert result.ceiling["speaker"]["given.entity"] == 1
    alone = score(perfect, ROOT / "tests" / "cases" / "valid" / "fenmoor", method=METHOD)
    assert alone.annotators == () and alone.ceiling["detection"]["f1"] is None


def test_the_floor_is_marks_and_the_nearest_name(fenmoor: Path, perfect: Path) -> None:
    """Two of its three quotes are gold word for word; of nine gold quotes with a speaker …"""
    floor = score(perfect, fenmoor, method=METHOD).floor
    assert 0 < floor["detection"]["f1"] < 0.6
    assert floor["detection"]["type.direct.f1"] > floor["detection"]["type.indirect.f1"] == 0
    assert floor["speaker"]["given.entity"] > 0.5 and floor["speaker"]["given.coverage"] == 1


def test_a_score_is_run_again_and_checked_by_its_signature(
    fenmoor: Path, perfect: Path, tmp_path: Path
) -> None:
    first = score(perfect, fenmoor, method=Method(resamples=300, seed=7))
    again = score(perfect, fenmoor, signature=first.signature)
    assert again == first
    strict = first.signature.replace("detection:found=0.5", "detection:found=0.9")
    assert score(perfect, fenmoor, signature=strict).signature == strict
    edit(fenmoor / "manifest.json", lambda manifest: manifest.update(data_version="0.2.0"))
    edit(fenmoor / "gold" / f"{TOLL}.json", lambda gold: gold["quotes"][0].update(act="ask"))
    changed = score(perfect, fenmoor, signature=first.signature)
    assert [(issue.code, issue.pointer) for issue in changed.issues] == [
        ("signature-differs", "/data"),
        ("signature-differs", "/content"),
    ]


def test_outcomes_are_there_for_a_report(fenmoor: Path, tmp_path: Path) -> None:
    predictions = [
        msgspec.structs.replace(each, quotes=tuple(reversed(each.quotes[1:])))
        for each in gold_of(open_edition(fenmoor), passages=False)
    ]
    cases: list = []
    score(write(tmp_path / "p.jsonl", predictions), fenmoor, method=METHOD, observe=cases.append)
    (toll,) = [outcomes_of(case) for case in cases if case.gold.article.id == TOLL]
    assert {each.gold: each.predicted for each in toll} == {
        "q1": None,
        "q2": 4,
        "q3": 3,
        "q4": 2,
        "q5": 1,
        "q6": 0,
    }
    found = [each for each in toll if each.predicted is not None]
    assert all(each.jaccard == 1 and each.kinds in (("hit",), ("uncounted",)) for each in found)
    assert len(cases) == 4


def worse(fenmoor: Path, path: Path) -> Path:
    """The gold of one quote an article."""
    predictions = gold_of(open_edition(fenmoor))
    return write(
        path,
        (msgspec.structs.replace(each, quotes=each.quotes[:1]) for each in predictions),
    )


def test_compare_tests_every_headline(fenmoor: Path, perfect: Path, tmp_path: Path) -> None:
    other = worse(fenmoor, tmp_path / "worse.jsonl")
    result = compare([perfect, other], corpus=fenmoor, method=METHOD)
    assert result.issues == ()
    by_task = {test.task: test for test in result.tests}
    detection = by_task["detection"]
    assert (detection.baseline, detection.system) == ("perfect", "worse")
    assert detection.difference == pytest.approx(result.systems["worse"]["detection"]["f1"] - 1)
    assert detection.p == 0.5, "two stories: of four ways to swap, both all or none are as extreme"
    assert all(test.p <= test.p_holm <= 1 for test in result.tests)
    assert result.systems["perfect"] == score(perfect, fenmoor, method=METHOD).tasks


def test_compare_with_itself_finds_nothing(fenmoor: Path, perfect: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / "predictions.jsonl"
    copy.write_bytes(perfect.read_bytes())
    result = compare([perfect, copy], corpus=fenmoor, method=METHOD)
    assert list(result.systems) == ["perfect", "copy"]
    assert {(test.difference, test.p, test.p_holm) for test in result.tests} == {(0, 1, 1)}


def test_compare_against_named_results(
    fenmoor: Path, perfect: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onrecord.benchmark import results

    monkeypatch.setattr(results, "results_dir", lambda: tmp_path / "results")
    for name in ("one", "two"):
        (tmp_path / "results" / name).mkdir(parents=True)
        worse(fenmoor, tmp_path / "results" / name / "predictions.jsonl")
    result = compare([perfect], ["one", "two"], fenmoor, method=METHOD)
    pairs = {(test.baseline, test.system) for test in result.tests}
    assert pairs == {("one", "perfect"), ("two", "perfect")}
    for name in ("three", "../one", ""):
        with pytest.raises(MisuseError, match="there are one, two"):
            compare([perfect], [name], fenmoor, method=METHOD)


def test_a_comparison_needs_two_systems(fenmoor: Path, perfect: Path) -> None:
    for files in ([perfect], [perfect, perfect]):
        with pytest.raises(MisuseError):
            compare(files, corpus=fenmoor, method=METHOD)


def test_misuse(fenmoor: Path, perfect: Path, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="train, validation, test"):
        score(perfect, fenmoor, split="dev")
    with pytest.raises(MisuseError, match="no such file"):
        score(tmp_path / "nothing.jsonl", fenmoor)
    with pytest.raises(MisuseError, match="no such folder"):
        score(perfect, tmp_path / "nowhere")
    (fenmoor / "gold" / f"{TOLL}.json").write_text("{")
    with pytest.raises(InputError, match="json-syntax"):
        score(perfect, fenmoor, method=METHOD)


def test_score_on_the_command_line(fenmoor: Path, perfect: Path) -> None:
    done = run("score", perfect, "--corpus", fenmoor)
    assert done.exit_code == 0, done.output
    assert "detection: " in done.output and "Floor: " in done.output
    printed = json.loads(run("score", perfect, "--corpus", fenmoor, "--json").output)
    assert printed["tasks"]["detection"]["f1"] == 1
    assert printed["signature"] == done.output.strip().splitlines()[-1]
    again = run("score", perfect, "--corpus", fenmoor, "--signature", printed["signature"])
    assert again.exit_code == 0 and again.output == done.output


def test_findings_stand_beside_scores(fenmoor: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", [Prediction(article_id="nowhere")])
    done = run("score", path, "--corpus", fenmoor)
    assert done.exit_code == 1
    assert "p.jsonl:1#/article_id: prediction-unknown: " in done.output
    printed = json.loads(run("score", path, "--corpus", fenmoor, "--json").output)
    assert printed["tasks"]["detection"]["recall"] == 0
    assert {each["code"] for each in printed["issues"]} == {
        "prediction-missing",
        "prediction-unknown",
    }


def test_compare_on_the_command_line(fenmoor: Path, perfect: Path, tmp_path: Path) -> None:
    other = worse(fenmoor, tmp_path / "worse.jsonl")
    done = run("compare", perfect, other, "--corpus", fenmoor)
    assert done.exit_code == 0, done.output
    assert "against perfect" in done.output
    printed = json.loads(run("compare", perfect, other, "--corpus", fenmoor, "--json").output)
    assert {test["task"] for test in printed["tests"]} >= {"detection", "speaker", "joint"}
    assert run("compare", perfect, "--corpus", fenmoor).exit_code == 2
    assert run("score", "--corpus", fenmoor).exit_code == 2


def test_the_example_of_the_docs_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "BENCHMARK.md").read_text("utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    write(tmp_path / "predictions.jsonl", gold_of(open_edition()))
    monkeypatch.chdir(tmp_path)
    exec(compile(snippet, "BENCHMARK.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == ["1.0 (1.0, 1.0)", "[]"]


@pytest.mark.slow
def test_the_corpus_that_comes_along_is_scored_by_default(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", gold_of(open_edition()))
    printed = json.loads(run("score", path, "--json").output)
    assert printed["issues"] == [] and printed["tasks"]["detection"]["f1"] == 1
    assert printed["tasks"]["challenge"]["consistency"] == 1
    assert set(printed["tasks"]["harm"].values()) == {0}
