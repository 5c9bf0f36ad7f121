"""Baselines for stance: what they answer, and that they answer the same again."""

import json
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT
from onrecord.editions import open_edition
from onrecord.extracting.runs import Extraction
from onrecord.extractors.catalogue import Recipe
from onrecord.extractors.stance import Lexicon, Majority, Pair, Tfidf, training_rows
from onrecord.issues import MisuseError
from onrecord.predictions import Prediction

CORPUS = ROOT / "corpus"
TOLL = "The harbour toll should go ahead."


@pytest.mark.parametrize(
    ("content", "issue", "label"),
    [
        ("“The toll is a fair price,” he said", TOLL, "favor"),
        ("the harbour toll is wrong", TOLL, "against"),
        ("the toll is not wrong at all", TOLL, "favor"),
        ("nobody should support that toll", TOLL, "against"),
        ("the toll begins in May", TOLL, "none"),
        ("the weather was wrong", TOLL, "none"),
        ("the harbour toll is wrong", "The council should stop the harbour toll.", "favor"),
        ("we won’t welcome tolls", TOLL, "against"),
    ],
)
def test_lexicon_by_hand(content: str, issue: str, label: str) -> None:
    assert Lexicon().labels([Pair(content, issue)]) == [label]


def test_majority_is_that_of_train() -> None:
    labels = [label for _, label in training_rows("builtin")]
    most = max(set(labels), key=labels.count)
    assert Majority().labels([Pair("a", "b")] * 2) == [most] * 2


@pytest.mark.slow
def test_tfidf_learns_what_it_is_shown() -> None:
    rows = [row for row in training_rows("builtin") if row[1] in ("favor", "against")]
    labels = Tfidf().labels([pair for pair, _ in rows])
    right = sum(label == gold for label, (_, gold) in zip(labels, rows, strict=True))
    assert right / len(rows) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["majority", "lexicon", "tfidf"])
@pytest.mark.parametrize("given", [False, True], ids=["end-to-end", "given"])
def test_the_same_bytes_twice_and_all_issues_answered(name: str, given: bool) -> None:
    recipe, made = Recipe(name), []
    for _ in range(2):
        extraction = Extraction([CORPUS], recipe, split="validation", given=given)
        made.append(b"".join(line for _, line in extraction))
    assert made[0] == made[1] and not extraction.issues
    gold = {volume.id: volume.article for volume in open_edition(CORPUS).volumes("validation")}
    for line in made[0].splitlines():
        prediction = msgspec.json.decode(line, type=Prediction)
        article = gold[prediction.article_id]
        assert article and prediction.quotes
        for quote in prediction.quotes:
            assert tuple(stance.target for stance in quote.stances) == article.issues
        contents = [quote.content for quote in prediction.quotes]
        assert (contents == [quote.content for quote in article.quotes]) == given


@pytest.mark.parametrize("kind", [Majority, Tfidf])
def test_nothing_to_learn_from(kind: type, fenmoor: Path) -> None:
    splits = json.loads((fenmoor / "splits.json").read_text("utf-8"))
    (fenmoor / "splits.json").write_text(json.dumps(dict.fromkeys(splits, "test")))
    with pytest.raises(MisuseError, match="to learn from"):
        kind(str(fenmoor))
