"""The floor: what quotation marks and the nearest name give, without parser, model or training.

A quote is a stretch in quotation marks of at least four words; shorter ones are mostly scare quotes
and titles. Stretches of one paragraph with nothing but a short reporting clause between are one
quote, as is one that runs on over paragraphs without a closing mark. The speaker is the nearest run
of capitalised words outside it, in its paragraphs or else before them; the cue is the nearest verb
of saying. All that is labelled gets the most frequent label: said, actual, a clause, no side.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from onrecord.extractors import PlainArticle
from onrecord.extractors.linking import nearest
from onrecord.model import WORD, Fragment, Span
from onrecord.predictions import PredictedQuote, PredictedStance
from onrecord.text import Paragraphs, marked_stretches

_WORDS: Final = 4
_GAP: Final = 15
"""The most words that a reporting clause between two halves of a quote has."""

_CAPITAL: Final = r"(?:[^\W\d_a-zß-öø-ÿ](?:[\w-]|[’'](?=[^\W\d_a-zß-öø-ÿ]))*)"
_NAME: Final = re.compile(rf"\b{_CAPITAL}(?: (?:(?:of|de|van|von|der) )?{_CAPITAL})*")
_NO_NAME: Final = frozenset(
    "a according after although an and as asked at because before but by for from he her here his i"
    " if in it its last later meanwhile my no nobody not now of on one or our she since so some"
    " still that the their then there these they this those though to two under until we what when"
    " where whether while who why with yes yesterday yet you your monday tuesday wednesday thursday"
    " friday saturday sunday january february march april may june july august september october"
    " november december".split()
)
_SAYING: Final = re.compile(
    r"\b(?:said|says|say|saying|told|tells|asked|asks|added|adds|wrote|writes|argued|argues|warned"
    r"|warns|insisted|insists|claimed|claims|explained|explains|replied|replies|announced|admitted"
    r"|according to|called|declared|joked|noted|posted|shouted|stated|tweeted)\b"
)


class Rules:
    """The floor as an extractor."""

    name = "rules"

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """Quotes in quotation marks, with the nearest name."""
        return self.attribute(article, contents_of(article.text))

    def attribute(self, article: PlainArticle, contents: Iterable[Span]) -> list[PredictedQuote]:
        """Given contents with the nearest name, cue and stance."""
        text, paragraphs = article.text, Paragraphs(article.text)
        stances = tuple(PredictedStance(target=issue.id, label="none") for issue in article.issues)
        names = list(_names(text))
        sayings = [match.span() for match in _SAYING.finditer(text)]
        quotes = []
        for content in contents:
            first, last = (paragraphs.around(content[end].start) for end in (0, -1))
            bounds = first[0], last[1]
            source = nearest(names, content, bounds)
            speaker = source or nearest(names, content, (0, first[0]))
            quotes.append(
                PredictedQuote(
                    content=content,
                    cue=nearest(sayings, content, bounds) or None,
                    source=source or None,
                    speaker=(speaker,) if speaker else (),
                    form="clause",
                    act="say",
                    status="actual",
                    stances=stances,
                )
            )
        return quotes


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words, without what only begins a sentence."""
    for match in _NAME.finditer(text):
        start, words = match.start(), match.group().split(" ")
        while words and words[0].lower() in _NO_NAME:
            start += len(words.pop(0)) + 1
        if words:
            yield start, match.end()


def contents_of(text: str) -> list[Span]:
    """Long stretches in quotation marks, put together where they are one quote."""
    contents: list[list[tuple[int, int]]] = []
    for stretch in marked_stretches(text, 0, len(text)):
        if contents and _goes_on(text, contents[-1][-1], stretch):
            contents[-1].append(stretch)
        else:
            contents.append([stretch])
    return [
        tuple(Fragment(start=start, end=end) for start, end in parts)
        for parts in contents
        if sum(len(WORD.findall(text, *part)) for part in parts) >= _WORDS
    ]


def _goes_on(text: str, last: tuple[int, int], stretch: tuple[int, int]) -> bool:
    """Whether a stretch belongs to the same quote as the one before it."""
    between = text[last[1] : stretch[0]]
    if "\n" in between:
        return not between.strip() and text[last[1] - 1] not in "”»›\"’'"
    return bool(_SAYING.search(between)) and len(WORD.findall(between)) <= _GAP
