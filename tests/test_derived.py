"""Computed fields and the geometry under them, case by case as the guidelines have them."""

import re

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec.structs import replace

from onrecord.derived import derive
from onrecord.model import WORD, Annotation, Fragment, Layer, Mark, Mention, Quote, Span
from onrecord.text import Paragraphs, inside_word, mark_offsets, words_of
from strategies import modest

LAYER = Layer(annotator="x", kind="human", guidelines="1.0.0")


def span(text: str, *pieces: str) -> Span:
    found, at = [], 0
    for piece in pieces:
        start = text.index(piece, at)
        at = start + len(piece)
        found.append(Fragment(start=start, end=at))
    return tuple(found)


def annotated(
    text: str, content: tuple[str, ...], marks: tuple[str, ...] = (), **fields: object
) -> Annotation:
    """One quote; `marks` are the stretches that its own speech marks enclose, marks included."""
    quote = {"form": "clause", "act": "say", "status": "actual", **fields}
    own = [span(text, words)[0] for words in marks]
    return Annotation(
        layer=LAYER,
        quotes=(Quote(id="q1", content=span(text, *content), **quote),),  # type: ignore[arg-type]
        marks=tuple(
            Mark(id=f"m{n}", open=part.start, close=part.end - 1, kind="speech", quote="q1")
            for n, part in enumerate(own)
        ),
    )


@pytest.mark.parametrize(
    ("text", "content", "marks", "form", "type"),
    [
        ("“It hums,” said Venn.", ("“It hums,”",), ("“It hums,”",), "clause", "direct"),
        ("Venn said that it hums.", ("that it hums",), (), "clause", "indirect"),
        ("Venn called it ‘a hum’.", ("it ‘a hum’",), ("‘a hum’",), "clause", "mixed"),
        ("Venn said that “it hums”.", ("that “it hums”",), ("“it hums”",), "clause", "direct"),
        ("“Lo!” That “it hums”.", ("That “it hums”",), ("“it hums”",), "clause", "direct"),
        ("Venn asked if “it hums”.", ("if “it hums”",), ("“it hums”",), "clause", "direct"),
        ("Venn vowed to “fight”.", ("to “fight”",), ("“fight”",), "clause", "direct"),
        ("Venn said why “it hums”.", ("why “it hums”",), ("“it hums”",), "clause", "mixed"),
        ("“We,” said Venn, “dug.”", ("“We,”", "“dug.”"), ("“We,”", "“dug.”"), "clause", "direct"),
        ("“We,” said Venn, who dug.", ("“We,”", "dug"), ("“We,”",), "clause", "mixed"),
        ("VENN: We never saw it.", ("We never saw it.",), (), "turn", "direct"),
        ("VENN: We saw “it” once.", ("We saw “it” once.",), ("“it”",), "turn", "mixed"),
        ("Venn was blunt. It was over.", ("It was over.",), (), "free", "indirect"),
        ("Venn slammed “”.", ("“”",), ("“”",), "clause", "direct"),
        ("Venn said “…” now.", ("“…” now",), ("“…”",), "clause", "indirect"),
        ("Venn said that.", ("that",), (), "clause", "indirect"),
        ("Venn said “that”.", ("“that”",), ("“that”",), "clause", "direct"),
    ],
)
def test_type(
    text: str, content: tuple[str, ...], marks: tuple[str, ...], form: str, type: str
) -> None:
    assert derive(text, annotated(text, content, marks, form=form))["q1"].type == type


def test_marks_of_an_outer_quote_do_not_count() -> None:
    text = "“Pellim told me to wait,” said Venn."
    outer = annotated(text, ("“Pellim told me to wait,”",), ("“Pellim told me to wait,”",))
    inner = Quote(
        id="q2", content=span(text, "to wait"), form="clause", act="order", status="actual"
    )
    both = Annotation(layer=LAYER, quotes=(*outer.quotes, inner), marks=outer.marks)
    assert {id: fields.type for id, fields in derive(text, both).items()} == {
        "q1": "direct",
        "q2": "indirect",
    }


def test_marks_that_are_not_speech_do_not_count() -> None:
    """Nor do marks of speech that is nobody's quote."""
    text = "Venn called it “a hum”."
    made = annotated(text, ("“a hum”",), ("“a hum”",))
    (mark,) = made.marks
    assert (derive(text, made)["q1"].type, derive(text, made)["q1"].tier) == ("direct", 1)
    for other in (
        replace(mark, kind="title"),
        replace(mark, kind="scare"),
        replace(mark, quote=None),
        replace(mark, quote="q2"),
    ):
        fields = derive(text, replace(made, marks=(other,), quotes=made.quotes))["q1"]
        assert fields.type == "indirect"
        report = (replace(made.quotes[0], form="report"),)
        assert derive(text, replace(made, marks=(other,), quotes=report))["q1"].tier == 2


def test_a_mark_without_a_close_reaches_to_the_end_of_its_paragraph() -> None:
    text = "“We waited.\n\n“It came,” said Venn.\n"
    quote = Quote(id="q1", content=span(text, "“We waited.", "“It came,”"), form="clause")
    marks = (
        Mark(id="m1", open=0, kind="speech", quote="q1"),
        Mark(id="m2", open=13, close=22, kind="speech", quote="q1"),
    )
    assert derive(text, Annotation(layer=LAYER, quotes=(quote,), marks=marks))["q1"].type == (
        "direct"
    )


def test_a_lone_apostrophe_encloses_nothing() -> None:
    text = "“It was in ’27,” said Venn.\n"
    paragraphs = Paragraphs(text)
    assert paragraphs.extent(Mark(id="m", close=11, kind="other")) == (11, 12)
    assert paragraphs.extent(Mark(id="m", close=11, kind="speech", quote="q")) == (0, 12)


@pytest.mark.parametrize(
    ("act", "form", "marks", "tier"),
    [
        ("say", "clause", (), 1),
        ("ask", "clause", (), 1),
        ("order", "turn", (), 1),
        ("say", "report", (), 2),
        ("say", "free", (), 2),
        ("say", "report", ("“hum”",), 1),
        ("think", "clause", (), 2),
        ("think", "clause", ("“hum”",), 2),
        ("show", "clause", (), 2),
        (None, "clause", ("“hum”",), None),
    ],
)
def test_tier(act: str | None, form: str, marks: tuple[str, ...], tier: int | None) -> None:
    text = "Venn told of a “hum” in it."
    made = annotated(text, ("of a “hum” in it",), marks, act=act, form=form)
    assert derive(text, made)["q1"].tier == tier


def test_attribution() -> None:
    """Explicit: a name, or a nominal of somebody named nowhere; else anaphoric; implicit: none."""
    text = "Ann Venn left. She said no. The owner said so. A clerk said yes. “Go.”\n"

    def quote(id: str, content: str, source: str, speaker: str) -> Quote:
        return Quote(
            id=id,
            content=span(text, content),
            source=span(text, source) if source else (),
            speaker=(speaker,),
            form="clause",
        )

    def mention(words: str, speaker: str, form: str) -> Mention:
        return Mention(id="e", span=span(text, words), speaker=speaker, form=form)  # type: ignore[arg-type]

    made = Annotation(
        layer=LAYER,
        quotes=(
            quote("q1", "no", "She", "venn"),
            quote("q2", "so", "The owner", "venn"),
            quote("q3", "yes", "A clerk", "clerk"),
            quote("q4", "“Go.”", "", "venn"),
            quote("q5", "left", "Ann Venn", "venn"),
            quote("q6", "said", "A clerk", "nobody-mentioned"),
        ),
        mentions=(
            mention("Ann Venn", "venn", "name"),
            mention("She", "venn", "pronoun"),
            mention("The owner", "venn", "nominal"),
            mention("A clerk", "clerk", "nominal"),
        ),
    )
    assert [fields.attribution for fields in derive(text, made).values()] == [
        "anaphoric",
        "anaphoric",
        "explicit",
        "implicit",
        "explicit",
        None,
    ]


@pytest.mark.parametrize(
    ("source", "mention", "expected"),
    [
        (("Ann Venn",), ("Ann Venn",), "explicit"),
        (("Ann Venn, who owns it",), ("Ann Venn",), "explicit"),
        (("Ann", "owns it"), ("Ann", "owns"), "explicit"),
        # The mention is not inside the source: its speaker has none there.
        (("Venn",), ("Ann Venn",), None),
        (("Ann",), ("Ann", "owns"), None),
        (("Ann Venn",), ("Venn, who",), None),
        (("who",), ("Ann Venn",), None),
        # Nor does a fragment lie in one of the source's.
        (("Ann", "Venn"), ("Ann Venn",), None),
    ],
)
def test_a_source_is_named_by_the_mentions_inside_it(
    source: tuple[str, ...], mention: tuple[str, ...], expected: str | None
) -> None:
    text = "Ann Venn, who owns it, said no."
    made = annotated(text, ("no",), source=span(text, *source), speaker=("venn",))
    named = Mention(id="e1", span=span(text, *mention), speaker="venn", form="name")
    fields = derive(text, replace(made, mentions=(named,)))["q1"]
    assert fields.attribution == expected


WORDY = st.text(st.sampled_from("ab9é漢𝔘 _’'.-“”\n!"), max_size=30)


@modest(400)
@given(text=WORDY)
def test_inside_word_is_what_the_token_regex_says(text: str) -> None:
    inside = {
        offset for token in WORD.finditer(text) for offset in range(token.start() + 1, token.end())
    }
    assert {offset for offset in range(len(text) + 1) if inside_word(text, offset)} == inside


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("don’t", []),
        ("the drivers’ hut", [11]),
        ("’31 runnin’", [0, 10]),
        ("5'10\"", [4]),
        ("“a” «b» „c“ ‹d›", [0, 2, 4, 6, 8, 10, 12, 14]),
        ("a”b", [1]),
        ("6′ 2″", []),
    ],
)
def test_mark_characters_that_count(text: str, offsets: list[int]) -> None:
    assert mark_offsets(text) == offsets


@modest(200)
@given(text=WORDY)
def test_paragraphs_are_maximal_runs_without_a_line_feed(text: str) -> None:
    bounds = Paragraphs(text).bounds
    assert [text[start:end] for start, end in bounds] == re.findall(r"[^\n]+", text)


def test_words_of_a_discontinuous_span() -> None:
    assert words_of("“A,” he said, “b.”", span("“A,” he said, “b.”", "“A,”", "“b.”")) == "“A,” “b.”"
