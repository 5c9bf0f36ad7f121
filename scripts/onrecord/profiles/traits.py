"""One article's counts: lengths of its parts, and how its quotes are attributed."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from onrecord.model import WORD
from onrecord.records import AnnotatedArticle, AnnotatedQuote

Traits = dict[str, Counter[str]]
"""Counts by name and value; numbers of words are values, too."""

WINDOW: Final = 300
"""Words of the stretches whose distinct words are counted: shorter than most articles."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[A-Z0-9])")
_PRONOUNS: Final = frozenset(
    "i me we us you he him she her they them it one who whom which that this these those some"
    " others many most both all none himself herself themselves itself".split()
)


def traits_of(article: AnnotatedArticle) -> Traits:
    """What is counted of an article with text; an article without one counts nothing.

    Only outermost quotes are: hardly another corpus has nested ones.
    """
    found: Traits = {}

    def count(name: str, value: object) -> None:
        found.setdefault(name, Counter())[str(value)] += 1

    text = article.text or ""
    words = [word.lower() for word in WORD.findall(text)]
    if not words:
        return found
    count("article.words", len(words))
    quotes = [quote for quote in article.quotes if quote.parent is None]
    count("article.quotes", round(1000 * len(quotes) / len(words)))
    for start in range(0, len(words) - WINDOW + 1, WINDOW):
        count("window.distinct", len(set(words[start : start + WINDOW])))
    for paragraph in filter(None, text.split("\n")):
        count("paragraph.words", len(WORD.findall(paragraph)))
        for sentence in _SENTENCE_END.split(paragraph):
            count("sentence.words", len(WORD.findall(sentence)))
    for quote in quotes:
        for name, value in _traits_of_quote(quote):
            count(name, value)
    return found


def _traits_of_quote(quote: AnnotatedQuote) -> Iterator[tuple[str, object]]:
    kind = quote.type
    yield "quote.type", kind
    yield "quote.cue", (quote.cue_text or "").lower()
    yield f"{kind}.words", len(WORD.findall(quote.content_text or ""))
    yield f"{kind}.pieces", "one" if len(quote.content) == 1 else "several"
    yield f"{kind}.cue", (quote.cue_text or "").lower()
    yield f"{kind}.source", source_kind(quote.source_text or "")
    if quote.cue and quote.source:
        yield f"{kind}.order", _order(quote)


def source_kind(words: str) -> str:
    """Whether a source's words are a pronoun, a name (capitals alone), a longer phrase, or none.

    By the words alone, so that "Residents" at the head of a sentence passes for a name.
    """
    tokens = WORD.findall(words)
    if not tokens:
        return "none"
    if len(tokens) == 1 and tokens[0].lower() in _PRONOUNS:
        return "pronoun"
    return "name" if all(token[0].isupper() for token in tokens) else "phrase"


def _order(quote: AnnotatedQuote) -> str:
    """The order of source (S), cue (V) and content (Q), by where each begins."""
    starts = (quote.source[0].start, "S"), (quote.cue[0].start, "V"), (quote.content[0].start, "Q")
    return "".join(letter for _, letter in sorted(starts))
