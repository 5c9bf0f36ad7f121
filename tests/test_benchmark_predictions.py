"""Reading predictions: words to offsets, and findings that never stop the rest from being scored."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from benchmark_strategies import gold_articles
from onrecord.benchmark.alignment import AlignConfig, Aligner
from onrecord.benchmark.predictions import PredictionFile, gold_prediction, locate
from onrecord.issues import MisuseError
from onrecord.model import Fragment, Span
from onrecord.predictions import PredictedQuote, PredictedStance, Prediction
from onrecord.text import marked_stretches, words_of
from strategies import modest

TEXT = (
    "“We owe nobody,” Venn said, “and nobody owes us.” Venn’s drivers said no.\n\n"
    "Nobody owes us, said Venn."
)


def aligned(words: str, **where) -> tuple[str, list[str], int]:
    found = Aligner(TEXT, AlignConfig()).align(words, **where)
    return found.status, [TEXT[part.start : part.end] for part in found.span], found.places


@pytest.mark.parametrize(
    ("words", "status", "parts"),
    [
        ("Venn’s drivers said no", "exact", ["Venn’s drivers said no"]),
        (" “We owe nobody,” ", "exact", ["“We owe nobody,”"]),
        ("we owe NOBODY", "normalised", ["We owe nobody"]),
        ("Venn's drivers", "normalised", ["Venn’s drivers"]),
        (
            "“We owe nobody, and nobody owes us.”",
            "normalised",
            ["We owe nobody", "and nobody owes us"],
        ),
        ("Venn’s drivers said never no", "fuzzy", ["Venn’s drivers said no"]),
        ("Venn’s old drivers all said yes", "lost", []),
        ("the council is bankrupt", "lost", []),
        ("…", "lost", []),
        ("enn", "lost", []),
    ],
)
def test_words_are_found_or_lost(words: str, status: str, parts: list[str]) -> None:
    assert aligned(words)[:2] == (status, parts)


def test_of_several_places_the_nearest_outside_the_content_is_taken() -> None:
    content = (Fragment(start=TEXT.index("Nobody owes"), end=TEXT.index(", said Venn")),)
    found = Aligner(TEXT, AlignConfig()).align("Venn", near=content)
    assert found.places == 2 and found.span[0].start == TEXT.rindex("Venn")


def test_equal_contents_take_one_place_each_whatever_their_order() -> None:
    text = "“No.” Venn left. “No.”"
    quotes = [PredictedQuote(content="“No.”", act=act) for act in ("say", "ask", "say")]
    found = locate(tuple(quotes), text, AlignConfig())
    assert sorted(each.content[0].start for each in found.quotes) == [0, 17, 17]
    assert found.guesses == 3
    other = locate(tuple(reversed(quotes)), text, AlignConfig())
    places = [{(each.quote.act, each.content) for each in one.quotes} for one in (found, other)]
    assert places[0] == places[1]


@modest(40)
@given(gold_articles)
def test_words_of_gold_are_found_again(article) -> None:
    text = article.text or ""
    for quote in article.quotes:
        words = words_of(text, quote.content)
        found = Aligner(text, AlignConfig()).align(words)
        assert found.status in ("exact", "normalised") or not any(map(str.isalnum, words))


@pytest.mark.parametrize(
    "content",
    [
        ({"start": 0, "end": len(TEXT) + 1},),
        ({"start": 5, "end": 5},),
        ({"start": 9, "end": 3},),
        ({"start": 2**31 - 2, "end": 2**31 - 1},),
    ],
)
def test_offsets_outside_the_text_are_findings_and_the_quote_counts_as_lost(content) -> None:
    span = msgspec.convert(content, Span)
    quotes = (
        PredictedQuote(content=span, cue=span, source=span, speaker=(span, "Venn")),
        PredictedQuote(content="said no"),
    )
    found = locate(quotes, TEXT, AlignConfig(), "p.jsonl:3")
    assert [issue.pointer for issue in found.issues] == [
        f"/quotes/0/{name}" for name in ("content", "cue", "source", "speaker")
    ]
    assert {(issue.code, issue.file) for issue in found.issues} == {
        ("prediction-span", "p.jsonl:3")
    }
    assert [each.status for each in found.quotes] == ["lost", "exact"]
    assert found.quotes[0].speaker == ((), "Venn")


def test_two_stances_towards_a_target_are_a_finding() -> None:
    stances = tuple(PredictedStance(target="t", label=label) for label in ("favor", "against"))
    found = locate((PredictedQuote(content="no", stances=stances),), TEXT, AlignConfig())
    assert [issue.code for issue in found.issues] == ["prediction-stance"]


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def line(id: str, *contents: str) -> str:
    quotes = [{"content": content} for content in contents]
    return json.dumps({"article_id": id, "quotes": quotes}, ensure_ascii=False)


def test_a_file_is_read_by_article_in_any_order(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", line("b", "zwei £"), "", line("a", "eins 👍"), line("c"))
    with PredictionFile(path) as file:
        assert file.issues == []
        assert file.read("a") == Prediction(
            article_id="a", quotes=(PredictedQuote(content="eins 👍"),)
        )
        assert file.read("c") == Prediction(article_id="c")
        assert file.read("b").quotes[0].content == "zwei £"
        assert file.read("d") is None
        assert file.place("a") == "p.jsonl:3"


def test_bad_lines_are_findings_and_take_no_good_ones_with_them(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.jsonl",
        line("a", "one"),
        "{",
        '{"article_id": "b", "quotes": [{}]}',
        line("a", "two"),
        '{"article_id": "c", "quotes": [], "extra": 1}',
        line("d", "three"),
    )
    with PredictionFile(path) as file:
        assert [(issue.file, issue.code) for issue in file.issues] == [
            ("p.jsonl:2", "json-syntax"),
            ("p.jsonl:3", "schema"),
            ("p.jsonl:4", "prediction-duplicate"),
            ("p.jsonl:5", "schema"),
        ]
        assert file.read("a").quotes[0].content == "one"
        assert file.read("d").quotes[0].content == "three"


def test_no_file_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match=r"no such file of predictions"):
        PredictionFile(tmp_path / "nothing.jsonl")


@modest(20)
@given(gold_articles)
def test_gold_as_prediction_can_be_written_and_read(article) -> None:
    prediction = gold_prediction(article)
    assert msgspec.json.decode(msgspec.json.encode(prediction), type=Prediction) == prediction


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("He said “no” and «yes» twice.", ["“no”", "«yes»"]),
        ('He said "no" and "yes".', ['"no"', '"yes"']),
        ("‘It’s ours’, he said – ‘and we’ll keep it.’", ["‘It’s ours’", "‘and we’ll keep it.’"]),
        ("“We waited.\n\n“It came,” he said.", ["“We waited.", "“It came,”"]),
        ("and it came,” he said.", ["and it came,”"]),
        ("the drivers’ hut in ’31", []),
        ("“He told me, ‘Run,’ and I ran.”", ["“He told me, ‘Run,’ and I ran.”"]),
        ("„Nein“, sagte er.", ["„Nein“"]),
        ("", []),
    ],
)
def test_stretches_in_quotation_marks(text: str, marked: list[str]) -> None:
    found = marked_stretches(text, 0, len(text))
    assert [text[start:end] for start, end in found] == marked
