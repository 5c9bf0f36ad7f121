"""The floor: what marks and the nearest name give."""

from itertools import pairwise

import pytest
from hypothesis import given

from onrecord.extractors import Extractor, PlainArticle
from onrecord.extractors.rules import Rules, contents_of
from onrecord.model import Target
from onrecord.predictions import PredictedQuote
from onrecord.text import words_of
from strategies import modest, texts

ISSUE = Target(id="issue-1", kind="issue", text="Yes.", negated_text="No.")


def extract(text: str) -> list[PredictedQuote]:
    article = PlainArticle(id="a", title="T", language="en", text=text, issues=(ISSUE,))
    floor: Extractor = Rules()
    assert floor.name == "rules"
    return floor.extract(article)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (
            "“We owe nobody a bridge,” Orla Venn said on Tuesday, “and nobody owes us.”",
            [("“We owe nobody a bridge,” “and nobody owes us.”", "Orla Venn", "said")],
        ),
        (
            "She called it “a tax on fog”. According to Harke, “the toll will pay for it”.",
            [
                ("“a tax on fog”", "Harke", "called"),
                ("“the toll will pay for it”", "Harke", "called"),
            ],
        ),
        ("The “luxury” flats had no roof, said Venn.", []),
        (
            "“We waited and waited.\n\n“Then it came at last,” said Bram Ostley.",
            [("“We waited and waited. “Then it came at last,”", "Bram Ostley", "said")],
        ),
        (
            "‘It’s ours and we’ll keep it’, said Ostley.",
            [("‘It’s ours and we’ll keep it’", "Ostley", "said")],
        ),
        (
            "But Venn said: “We owe nobody anything.”",
            [("“We owe nobody anything.”", "Venn", "said")],
        ),
        ("“nobody knows who it was,”", [("“nobody knows who it was,”", None, None)]),
    ],
)
def test_quotes_with_the_nearest_name(text: str, quotes: list) -> None:
    found = [
        (
            words_of(text, quote.content),
            words_of(text, quote.source) if quote.source else None,
            words_of(text, quote.cue) if quote.cue else None,
        )
        for quote in extract(text)
    ]
    assert found == quotes


def test_labels_are_the_most_frequent_ones() -> None:
    (quote,) = extract("“We owe nobody a bridge,” Orla Venn said.")
    assert (quote.form, quote.act, quote.status) == ("clause", "say", "actual")
    assert [(stance.target, stance.label) for stance in quote.stances] == [("issue-1", "none")]
    assert quote.speaker == (quote.source,)


@modest(200)
@given(texts.map(lambda text: text.replace("a", "“").replace("b", " said Venn ")))
def test_any_text_can_be_read(text: str) -> None:
    for quote in extract(text):
        for span in (quote.content, quote.source or (), quote.cue or ()):
            assert all(0 <= part.start < part.end <= len(text) for part in span)
    contents = contents_of(text)
    flat = [part for content in contents for part in content]
    assert all(one.end <= other.start for one, other in pairwise(flat))
