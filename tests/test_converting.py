"""What all importers share: texts and spans, speech marks, ids, skeletons, descriptions."""

import json
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.converting.description import ANNOTATABLE, Corpus
from onrecord.converting.ledger import Ledger, slug
from onrecord.converting.marks import speech_marks, stretches
from onrecord.converting.skeleton import SKELETON, cut, refill
from onrecord.converting.spans import clean, restore, span, words, words_by_bytes
from onrecord.corpora import CORPORA
from onrecord.corpora.brat import BRAT
from onrecord.issues import InputError
from onrecord.model import Fragment, Gold, Layer, Orig, Quote
from onrecord.sources import incomplete_names
from onrecord.text import Paragraphs
from strategies import modest

anything = st.text(st.sampled_from('ab \n\r\t\x00\x83\x85\ufeff\u2060🌊“”"é\u00a0'), max_size=30)


@given(anything, st.booleans())
@modest(200)
def test_a_text_keeps_its_offsets_and_comes_back(raw: str, unwrap: bool) -> None:
    text, orig = clean(raw, unwrap=unwrap)
    assert len(text) == len(raw) and restore(text, orig) == raw
    assert not set(text) & set("\r\t\x00\x83\x85\ufeff")
    kept = [(a, b) for a, b in zip(text, raw, strict=True) if b not in "\r\t\x00\x83\x85\ufeff\n"]
    assert all(a == b for a, b in kept)
    assert orig == () or text != raw


def test_what_may_not_stand_in_a_text_is_replaced_by_what_may() -> None:
    text, orig = clean("\ufeffa\tb\x83c\r\n")
    assert text == "\u2060a b\ufffdc \n"
    assert json.loads(orig[0].raw) == {"\ufeff": [0], "\t": [2], "\x83": [4], "\r": [6]}


def test_only_blank_lines_part_the_paragraphs_of_a_wrapped_text() -> None:
    raw = "one\ntwo  \n three\r\nfour\r\n\r\nfive\n \nsix\n"
    text, orig = clean(raw, unwrap=True)
    assert text == "one two    three  four \n \nfive\n \nsix\n"
    assert restore(text, orig) == raw


def test_pieces_become_a_span() -> None:
    text = "He “waits.\n\n“And  runs,” she said."
    parts = span(text, [(12, 24), (2, 10)])  # out of order, only white space between
    assert parts == (Fragment(start=3, end=24),)
    assert span(text, [(24, 28), (0, 2), (26, 33)]) == (
        Fragment(start=0, end=2),
        Fragment(start=25, end=33),
    )
    assert span(text, [(13, 15)]) == (Fragment(start=13, end=15, cuts_word=True),)
    assert span(text, [(10, 12)]) == () == span(text, [])
    for wrong in ((-1, 3), (3, 3), (5, 4), (30, len(text) + 1)):
        with pytest.raises(ValueError):
            span(text, [wrong])


@given(
    anything.filter(bool), st.lists(st.tuples(st.integers(0, 29), st.integers(1, 9)), max_size=4)
)
@modest(200)
def test_a_span_is_sorted_and_covers_what_its_pieces_hold(text: str, raw: list) -> None:
    pieces = [(start, start + size) for start, size in raw if start + size <= len(text)]
    parts = span(text, pieces)
    covered = {n for part in parts for n in range(part.start, part.end)}
    assert {n for a, b in pieces for n in range(a, b) if not text[n].isspace()} <= covered
    assert all(a.end < b.start for a, b in pairwise(parts))
    between = {n for a, b in pieces for n in range(a, b)}
    assert all(text[n].isspace() for n in covered - between)


def test_words_by_characters_and_by_bytes() -> None:
    text = "Über 🌊 allem"
    assert words(text, [(5, 6), (0, 4)]) == "🌊 Über"
    assert words_by_bytes(text, [(6, 10), (0, 5)]) == "🌊 Über"
    assert words_by_bytes(text, [(1, 2), (0, 999)])  # inside a character, outside the text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"a" b "c"', ["a", "c"]),
        ("“a” b “c", ["a", "c"]),
        ("„a“ „b” «c» »d« »e»", ["a", "b", "c", "d", "e"]),
        ('“a" “b” ', ["a", "b"]),
        ("a” “b “c” d", ["b “c"]),
        ('"a\n\n"b\n\nc" d', ["a", "b", " d"]),
        ("’a‘ 'b'", []),
    ],
)
def test_stretches_in_double_marks(text: str, found: list[str]) -> None:
    ends = [
        closed if closed is not None else Paragraphs(text).around(opened)[1]
        for opened, closed in stretches(text)
    ]
    assert [
        text[opened + 1 : end] for (opened, _), end in zip(stretches(text), ends, strict=True)
    ] == found


def quote(id: str, *parts: tuple[int, int], form: str | None = None) -> Quote:
    content = tuple(Fragment(start=start, end=end) for start, end in parts)
    return Quote(id=id, content=content, form=form)


def test_a_mark_belongs_to_the_innermost_quote_that_holds_its_ends() -> None:
    text = "“Go,” she said he said, “and «stay».” He went. “Free.”"
    whole, part = quote("whole", (0, 5), (24, 37)), quote("part", (24, 37))
    cut, free = quote("cut", (25, 37)), quote("free", (47, 54), form="free")
    marks = speech_marks(text, [whole, cut, free])
    assert [(mark.open, mark.close, mark.quote) for mark in marks] == [
        (0, 4, "whole"),
        (24, 36, "whole"),
    ]
    assert [mark.quote for mark in speech_marks(text, [whole, part])] == ["whole", "part"]
    assert speech_marks(text, []) == () == speech_marks("no marks", [quote("q", (0, 2))])


@given(st.text(st.sampled_from('a “”"„«»\n'), min_size=1, max_size=40), st.data())
@modest(200)
def test_speech_marks_are_sound(text: str, data: st.DataObject) -> None:
    """What validation asks of marks holds for those that are found in any text."""
    from onrecord.validation.marks import CHECKS
    from onrecord.validation.subject import Subject

    bounds = st.lists(st.integers(0, len(text)), min_size=2, max_size=4, unique=True).map(sorted)
    quotes = [
        Quote(
            id=f"q{n}",
            content=tuple(
                Fragment(start=a, end=b) for a, b in zip(ends[::2], ends[1::2], strict=False)
            ),
        )
        for n, ends in enumerate(data.draw(st.lists(bounds, max_size=3)))
    ]
    gold = Gold(
        article_id="a",
        layer=Layer(annotator="x", kind="imported"),
        quotes=tuple(quotes),
        marks=speech_marks(text, quotes),
    )
    subject = Subject("f", "", gold, text, len(text), "open", None, None, frozenset({"marks.kind"}))
    assert [issue for check in CHECKS for issue in check.run(subject)] == []


def test_names_become_ids() -> None:
    assert slug("Müller-Lüdenscheidt, Ø. & Söhne") == "mueller-luedenscheidt-oe-soehne"
    assert slug("Żółć Éclair") == "zo-c-eclair"
    assert slug("漢字") == slug("漢字") != slug("字漢") and slug("漢字").isalnum()
    assert len(slug("long " * 99)) <= 96
    ledger = Ledger(BRAT)
    assert ledger.speaker("Tea_Party") == ledger.speaker("tea party") == "tea-party"
    assert ledger.speakers["tea-party"].aliases == ("tea party",)
    assert ledger.speaker("Alice", scope="one") != ledger.speaker("Alice", scope="two")
    assert [ledger.ids.new("a b") for _ in range(3)] == ["a-b", "a-b-2", "a-b-3"]
    assert ledger.ids.new("a b 2") == "a-b-2-2"
    long = [ledger.ids.new(f"{'long ' * 30}{number}") for number in range(9)]
    assert len(set(long)) == 9 and max(map(len, long)) <= 128
    assert len({ledger.target(name) for name in ("Ä", "Ae", "ä", "漢", "字")}) == 4


def test_a_file_comes_back_from_its_skeleton() -> None:
    class File(msgspec.Struct):
        items: list[msgspec.Raw]

    content = '{ "a" : ["{\\"x\\": 1}"],"items":[ {"x": 1},{"x": 1} ,\n{"x":"ü\\u00fc"}]}\n'
    skeleton, records = cut(content, msgspec.json.decode(content, type=File).items, "f")
    assert records == ['{"x": 1}', '{"x": 1}', '{"x":"ü\\u00fc"}']
    orig = [Orig(scheme="brat", id=SKELETON, raw=skeleton)]
    orig += [Orig(scheme="brat", id=f"n{n}", raw=raw) for n, raw in enumerate(records)]
    layer = Layer(annotator="x", kind="imported")
    gold = Gold(article_id="a", layer=layer, orig=tuple(reversed(orig)))
    assert refill(gold, BRAT, "n") == content
    assert refill(Gold(article_id="a", layer=layer, orig=tuple(orig[:2])), BRAT, "n") is None
    assert refill(Gold(article_id="a", layer=layer), BRAT, "n") is None
    twice = '{"items": [{"x": 1}], "items": [{"x": 1}, {"x": 2}]}'
    found = msgspec.json.decode(twice, type=File).items
    with pytest.raises(InputError, match="json-duplicate-key"):
        cut(twice, [found[1], found[0], found[0]], "f")


@pytest.mark.parametrize("corpus", CORPORA.values(), ids=CORPORA)
def test_every_description_is_whole(corpus: Corpus) -> None:
    assert corpus.definition.endswith(".") and corpus.terms.endswith(".")
    assert corpus.records and corpus.title and corpus.is_format != bool(corpus.citation)
    assert set(corpus.incomplete) <= incomplete_names() & ANNOTATABLE
    assert not set(corpus.incomplete) & corpus.annotates
    assert set(corpus.expected) <= {"all", *corpus.splits}
    assert corpus.extra <= set(corpus.splits)
    kinds = {name.partition(".")[0] for name in corpus.annotates} | {"articles"}
    for name in ANNOTATABLE - corpus.annotates - set(corpus.incomplete):
        assert name.partition(".")[0] in set(corpus.incomplete) - kinds, name


def test_a_description_cannot_claim_what_does_not_exist() -> None:
    with pytest.raises(ValueError, match=r"quotes\.colour"):
        Corpus(
            name="x",
            title="X",
            definition="X.",
            records="x",
            annotates=frozenset({"quotes.colour"}),
            read=BRAT.read,
            write=BRAT.write,
        )
