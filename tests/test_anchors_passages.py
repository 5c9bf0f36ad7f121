"""Challenge passages by exact words: written, replaced, refused; and those in which nobody speaks."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from conftest import CASES
from onrecord.anchors.passages import anchor_passages
from onrecord.cli import app
from onrecord.editions import open_edition
from onrecord.issues import InputError
from onrecord.text import words_of
from onrecord.validation import validate

HEAD = "phenomenon: scare_quotes\nannotator: author\nkind: machine\nguidelines: 1.3.0\npassages:\n"
PAIR = """
- id: scare-quotes-lamp-a
  pair: scare-quotes-lamp
  flips: whether somebody calls it so
  text: |-
    Lamp dispute

    The keeper calls the lamp “new”.
  zones: [headline, body]
  speakers:
  - {id: lamp-keeper, name: the keeper of the lamp, ident: described}
  quotes:
  - {content: the lamp “new”, cue: calls, source: The keeper, speaker: lamp-keeper}
- id: scare-quotes-lamp-b
  pair: scare-quotes-lamp
  flips: whether somebody calls it so
  text: The “new” lamp is forty years old.
  marks:
  - {span: “new”, kind: scare}
"""
LONE = """
- id: scare-quotes-toast
  text: He spoke for an hour and sat down.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return shutil.copytree(CASES / "valid" / "fenmoor", tmp_path / "corpus")


def write(corpus: Path, body: str, name: str = "a.yaml") -> Path:
    path = corpus.parent / name
    path.write_text(HEAD + body, "utf-8")
    return path


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_words_become_offsets_and_the_corpus_stays_sound(corpus: Path) -> None:
    before = records(corpus / "challenge" / "scare_quotes.jsonl")
    paths = anchor_passages([write(corpus, PAIR + LONE)], corpus)
    assert paths == [corpus / "challenge" / "scare_quotes.jsonl"]
    after = records(paths[0])
    assert len(after) == len(before) + 3 and all(passage in after for passage in before)
    assert [passage["id"] for passage in after] == sorted(passage["id"] for passage in after)
    assert not validate(corpus).issues
    rows = {row.id: row for row in open_edition(corpus).passages()}
    passage = rows["scare-quotes-lamp-a"]
    quote = passage.quotes[0]
    assert words_of(passage.text, quote.content) == "the lamp “new”" and quote.type == "mixed"
    assert quote.speaker_names == ("the keeper of the lamp",) and quote.zone == "body"
    assert rows["scare-quotes-toast"].pair is None and not rows["scare-quotes-toast"].quotes


def test_a_passage_takes_the_place_of_the_one_with_its_id(corpus: Path) -> None:
    anchor_passages([write(corpus, PAIR)], corpus)
    once = (corpus / "challenge" / "scare_quotes.jsonl").read_bytes()
    anchor_passages([write(corpus, PAIR)], corpus)
    assert (corpus / "challenge" / "scare_quotes.jsonl").read_bytes() == once
    anchor_passages([write(corpus, PAIR.replace("forty", "fifty"))], corpus)
    assert (corpus / "challenge" / "scare_quotes.jsonl").read_bytes() != once


def test_a_passage_leaves_the_phenomenon_that_it_was_of(corpus: Path) -> None:
    anchor_passages([write(corpus, LONE)], corpus)
    moved = (HEAD + LONE).replace("scare_quotes", "nobody")
    (corpus.parent / "b.yaml").write_text(moved, "utf-8")
    paths = anchor_passages([corpus.parent / "b.yaml"], corpus)
    assert [path.stem for path in paths] == ["nobody", "scare_quotes"]
    assert b"scare-quotes-toast" in paths[0].read_bytes()
    assert b"scare-quotes-toast" not in paths[1].read_bytes()
    assert not validate(corpus).issues


def test_one_id_twice_is_a_finding(corpus: Path) -> None:
    with pytest.raises(InputError) as caught:
        anchor_passages([write(corpus, LONE + LONE), write(corpus, LONE, "b.yaml")], corpus)
    found = [(issue.code, issue.pointer, issue.file) for issue in caught.value.issues]
    assert found == [
        ("anchor-repeated", "/passages/1/id", "a.yaml:10"),
        ("anchor-repeated", "/passages/0/id", "b.yaml:7"),
    ]


def test_every_word_that_is_missing_is_named_and_nothing_is_written(corpus: Path) -> None:
    before = (corpus / "challenge" / "scare_quotes.jsonl").read_bytes()
    wrong = PAIR.replace("cue: calls", "cue: called").replace("[headline, body]", "[body]")
    with pytest.raises(InputError) as caught:
        anchor_passages(
            [write(corpus, wrong), write(corpus, LONE + "  stray: 1\n", "b.yaml")], corpus
        )
    found = {(issue.code, issue.pointer, issue.file) for issue in caught.value.issues}
    assert ("anchor-missing", "/passages/0/quotes/0/cue", "a.yaml:18") in found
    assert any(code == "anchor-zones" and at == "/passages/0/zones" for code, at, _ in found)
    assert any(code == "schema" and file.startswith("b.yaml") for code, _, file in found)
    assert (corpus / "challenge" / "scare_quotes.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    "body",
    [
        PAIR.replace("  pair: scare-quotes-lamp\n  flips: whether somebody calls it so\n", "", 1),
        PAIR.replace("  flips: whether somebody calls it so\n", "", 1),
        LONE + "  flips: nothing\n",
    ],
    ids=["quotes without a pair", "a pair that says nothing", "flips without a pair"],
)
def test_what_is_no_pair_and_no_lone_passage_is_a_finding(corpus: Path, body: str) -> None:
    anchor_passages([write(corpus, body)], corpus)
    assert "passage-pair" in {issue.code for issue in validate(corpus).issues}


def test_lone_passages_count_as_passages_and_in_no_pair(corpus: Path, tmp_path: Path) -> None:
    from onrecord import score

    lines = LONE.replace("scare-quotes-toast", "toast")
    path = tmp_path / "n.yaml"
    path.write_text((HEAD + lines).replace("scare_quotes", "nobody"), "utf-8")
    anchor_passages([path], corpus)
    right, wrong = tmp_path / "right.jsonl", tmp_path / "wrong.jsonl"
    right.write_text('{"article_id": "toast", "quotes": []}\n')
    wrong.write_text('{"article_id": "toast", "quotes": [{"content": "for an hour"}]}\n')
    for predictions, share in ((right, 1.0), (wrong, 0.0)):
        found = score(predictions, corpus).tasks["challenge"]
        assert found["phenomenon.nobody"] == share
        assert "consistency.nobody" not in found


def test_the_verb_takes_passages(corpus: Path) -> None:
    words = ["anchor", str(write(corpus, PAIR)), "--out", str(corpus), "--passages"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and done.output.strip().endswith("scare_quotes.jsonl")
    assert CliRunner().invoke(app, [*words, "--layers"]).exit_code == 2
