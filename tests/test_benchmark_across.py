"""Scores of one extractor over several corpora: what a corpus does not annotate counts for nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT
from onrecord.benchmark.across import Ground, pair_up, score_across
from onrecord.benchmark.cases import GoldArticle
from onrecord.benchmark.names import Registry
from onrecord.benchmark.scoring import Result, score
from onrecord.converting.importing import import_corpus
from onrecord.corpora import find
from onrecord.editions import open_edition
from onrecord.extractors import plain_article
from onrecord.extractors.rules import Rules
from onrecord.issues import MisuseError
from onrecord.model import Fragment
from onrecord.predictions import PredictedQuote, PredictedStance, Prediction
from test_benchmark_score import TOLL, gold_of, write
from test_cli import run


def declare(corpus: Path, *names: str) -> None:
    manifest = json.loads((corpus / "manifest.json").read_bytes()) | {"incomplete": sorted(names)}
    (corpus / "manifest.json").write_text(json.dumps(manifest), "utf-8")


@pytest.fixture
def perfect(fenmoor: Path, tmp_path: Path) -> Path:
    return write(tmp_path / "perfect.jsonl", gold_of(open_edition(fenmoor)))


@pytest.fixture
def noisy(fenmoor: Path, tmp_path: Path) -> Path:
    """Gold, and a false alarm in the toll article."""
    alarm = PredictedQuote(
        content="harbour", stances=(PredictedStance(target="a pier", label="favor"),)
    )
    lines = [
        msgspec.structs.replace(each, quotes=(*each.quotes, alarm))
        if each.article_id == TOLL
        else each
        for each in gold_of(open_edition(fenmoor))
    ]
    return write(tmp_path / "noisy.jsonl", lines)


def test_a_false_alarm_is_none_where_not_all_quotes_are_annotated(
    fenmoor: Path, noisy: Path
) -> None:
    before = score(noisy, fenmoor).tasks["detection"]
    assert before["precision"] < 1 == before["recall"]  # type: ignore[operator]
    declare(fenmoor, "quotes")
    after = score(noisy, fenmoor).tasks
    for name in ("", "exact.", "token.", "piece.", "type.direct."):
        found = {
            part: after["detection"][f"{name}{part}"] for part in ("precision", "recall", "f1")
        }
        assert found == {"precision": None, "recall": 1.0, "f1": None}
    assert (after["detection"]["macro_f1"], after["speaker"]["f1"], after["speaker"]["recall"]) == (
        None,
        None,
        1,
    )


def test_contents_that_are_not_annotated_are_neither_missed_nor_found(
    fenmoor: Path, perfect: Path
) -> None:
    declare(fenmoor, "quotes", "quotes.content")
    tasks = score(perfect, fenmoor).tasks
    assert {*tasks["detection"].values()} == {None}
    assert (tasks["speaker"]["recall"], tasks["speaker"]["matched.entity"]) == (None, 1.0)


def test_silence_means_nothing_where_no_source_is_annotated(fenmoor: Path, perfect: Path) -> None:
    assert score(perfect, fenmoor).tasks["speaker"]["abstention"] == 1.0
    declare(fenmoor, "quotes.source")
    assert score(perfect, fenmoor).tasks["speaker"]["abstention"] is None


def test_local_targets_beyond_those_annotated_are_no_alarm(fenmoor: Path, perfect: Path) -> None:
    declare(fenmoor, "stances")
    stance = score(perfect, fenmoor).tasks["stance"]
    assert stance["local.target.precision"] is None and stance["given.f_avg"] is None


def test_nobody_is_wrongly_named_where_nobody_is_known_for_a_person(
    fenmoor: Path, perfect: Path
) -> None:
    assert score(perfect, fenmoor).tasks["harm"]["wrong_person"] == 0
    path = fenmoor / "speakers.json"
    speakers = json.loads(path.read_bytes())
    path.write_text(json.dumps([each | {"kind": "unknown"} for each in speakers]), "utf-8")
    assert score(perfect, fenmoor).tasks["harm"]["wrong_person"] is None


@pytest.mark.parametrize(
    ("words", "whole", "part"),
    [
        ("Orla Venn", True, True),
        ("Orla", False, True),
        ("Mayor Orla Venn", False, True),
        ("Orlando", False, False),
        ("she", False, False),
    ],
)
def test_parts_of_names_name_where_mentions_are_not_annotated(
    fenmoor: Path, words: str, whole: bool, part: bool
) -> None:
    edition = open_edition(fenmoor)
    volume = next(each for each in edition.volumes("test") if each.id == TOLL)
    assert volume.article is not None
    article = msgspec.structs.replace(volume.article, mentions=(), text=f"{words} said so")
    registry = Registry(edition.speakers, edition.targets)
    span = (Fragment(start=0, end=len(words)),)
    for incomplete, spoken, shown in (((), whole, False), (("mentions",), part, part)):
        cast = GoldArticle(article, registry, frozenset(incomplete)).cast
        for predicted, named in ((words, spoken), (span, shown)):
            assert cast.answer(predicted).entities == ({"venn-orla"} if named else set())


def test_an_empty_split_is_misuse(fenmoor: Path, perfect: Path) -> None:
    with pytest.raises(MisuseError, match="no article in split train"):
        score(perfect, fenmoor, split="train")


def test_several_corpora_make_one_table(
    fenmoor: Path, perfect: Path, noisy: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(fenmoor, tmp_path / "other")
    declare(other, "quotes")
    shown = run("score", perfect, noisy, "--corpus", fenmoor, "--corpus", other)
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert shown.exit_code == 0
    assert ["fenmoor", "test", "100", "100", "100"] in [line[:5] for line in lines]
    assert ["other", "test", "–", "100", "–"] in [line[:5] for line in lines]
    raw = json.loads(
        run("score", perfect, noisy, "--corpus", fenmoor, "--corpus", other, "--json").stdout
    )
    assert list(raw["corpora"]) == ["fenmoor test", "other test"]
    single = score(noisy, other)
    assert raw["corpora"]["other test"]["tasks"] == single.tasks
    assert raw["corpora"]["other test"]["signature"] == single.signature


def test_files_corpora_and_splits_must_fit(fenmoor: Path, perfect: Path) -> None:
    with pytest.raises(
        MisuseError, match="1 files of predictions for 2 corpora: name one for each"
    ):
        pair_up([perfect], ["a", "b"], [])
    with pytest.raises(MisuseError, match="3 splits for 2 corpora"):
        pair_up([perfect] * 2, ["a", "b"], ["test"] * 3)
    grounds = pair_up([perfect] * 2, ["a", None], ["test", "train"])
    assert grounds == [Ground(perfect, "a", "test"), Ground(perfect, None, "train")]
    assert [each.split for each in pair_up([perfect] * 2, ["a", "b"], ["train"])] == ["train"] * 2
    with pytest.raises(MisuseError, match="the same name and split"):
        score_across(pair_up([perfect] * 2, [str(fenmoor)] * 2, []))
    assert run("score", perfect, perfect, "--corpus", fenmoor).exit_code == 2


SHIPPED = {
    "polnear": ("polnear-train-dev.tar.xz", "dev", "validation"),
    "german-wikinews": ("german-wikinews-train-dev.tar.xz", "dev", "validation"),
    "pdnc": ("pdnc-4-novels.tar.xz", None, "train"),
    "basil": ("basil-v2.tar.xz", None, "train"),
    "seesaw": ("seesaw.tar.xz", "valid", "validation"),
}


def predictions(corpus: Path | str | None, split: str, path: Path) -> Path:
    """What the rules say, as another program would hand it in."""
    edition, rules = open_edition(corpus), Rules()
    articles = [volume.article for volume in edition.volumes(split) if volume.article]  # type: ignore[arg-type]
    found = [tuple(rules.extract(plain_article(each, edition.targets))) for each in articles]
    return write(
        path,
        [
            Prediction(article_id=article.id, quotes=quotes)
            for article, quotes in zip(articles, found, strict=True)
        ],
    )


@pytest.fixture(scope="module")
def scored(external: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("across")
    grounds = []
    for name, (archive, theirs, split) in SHIPPED.items():
        import_corpus(
            find(name),
            external / "data" / archive,
            folder / name,
            splits=[theirs] if theirs else [],
        )
        path = predictions(folder / name, split, folder / f"{name}.jsonl")
        grounds.append(Ground(path, str(folder / name), split))
    return score_across(grounds)


@pytest.mark.slow
def test_what_each_public_corpus_can_say(scored: dict[str, Result]) -> None:
    """Defined or not, by corpus: F1 and recall of quotes, cue, given speaker, form, precision."""
    asked = {
        "f1": ("detection", "f1"),
        "recall": ("detection", "recall"),
        "types": ("detection", "type.direct.f1"),
        "nested": ("detection", "nesting.nested.recall"),
        "cue": ("spans", "cue.token.f1"),
        "form": ("attributes", "form"),
        "speaker": ("speaker", "given.entity"),
        "end to end": ("speaker", "f1"),
        "abstention": ("speaker", "abstention"),
        "stance": ("stance", "given.f_avg"),
        "wrong": ("harm", "wrong_person"),
    }
    defined = {
        name: {
            each
            for each, (task, measure) in asked.items()
            if result.tasks[task][measure] is not None
        }
        for name, result in scored.items()
    }
    assert defined == {
        "polnear validation": {"f1", "recall", "types", "cue"},
        "german-wikinews validation": {"f1", "recall", "types", "nested", "cue", "form"},
        "pdnc train": {"recall", "speaker"},
        "basil train": {"speaker"},
        "seesaw validation": {"speaker"},
    }


@pytest.mark.slow
def test_the_floor_is_the_rules_everywhere(scored: dict[str, Result]) -> None:
    for result in scored.values():
        for task in ("detection", "attributes", "spans"):
            assert result.tasks[task] == result.floor[task]
        assert result.issues == ()
    assert scored["polnear validation"].annotators == ("imported",)
    assert scored["polnear validation"].tasks["detection"]["f1"] > 0.2  # type: ignore[operator]
    assert scored["basil train"].tasks["speaker"]["matched.entity"] > 0.2  # type: ignore[operator]


@pytest.mark.slow
def test_the_table_across_corpora_is_fresh(external: Path) -> None:
    """Our own row grows with the corpus: paste what the program prints."""
    program = ROOT / "tests" / "bench" / "across.py"
    printed = subprocess.run(
        [sys.executable, program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "ONRECORD_EXTERNAL": str(external)},
    )
    assert "| onrecord test |" in printed.stdout
    assert printed.stdout in (ROOT / "docs" / "CORPORA.md").read_text(encoding="utf-8")
