"""Extractors: what reads an article without its gold and finds quotes in it.

One file each: the floor (`rules`), baselines for stance (`stance`), and adapters to other people's
systems. `catalogue` finds them by name. Heavy libraries are imported when one is made.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from onrecord.model import Id, Record, Span, Target, Words, Zone
from onrecord.predictions import PredictedQuote
from onrecord.records import AnnotatedArticle, PassageRow


class PlainArticle(Record, frozen=True, kw_only=True):
    """An article as an extractor sees it; the issues are given, as they are to annotators."""

    id: Id
    title: str
    language: str
    text: Words
    zones: tuple[Zone, ...] = ()
    issues: tuple[Target, ...] = ()


class Extractor(Protocol):
    """Something that finds quotes; `name` is that of its results.

    It may also have a `version` (str), and `counts` (a `Counter` of what it used or met, such as
    tokens), which the run record adds up. Whatever it raises is a failure of one article.
    """

    name: str

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article, in any order."""


class Attributor(Protocol):
    """Something that labels given contents: what measures called `given.…` suppose."""

    name: str

    def attribute(self, article: PlainArticle, contents: Iterable[Span]) -> list[PredictedQuote]:
        """A quote for each of the contents, which it leaves as they are."""


def plain_article(
    article: AnnotatedArticle | PassageRow, targets: Mapping[str, Target]
) -> PlainArticle:
    """The article or passage without its gold; `targets` is the registry of its corpus."""
    texts = {row.target: row.target_text for quote in article.quotes for row in quote.stances}
    return PlainArticle(
        id=article.id,
        title=getattr(article, "title", ""),
        language=getattr(article, "language", "en"),
        text=article.text or "",
        zones=article.zones,
        issues=tuple(
            targets.get(id) or Target(id=id, kind="issue", text=texts.get(id, id))
            for id in article.issues
        ),
    )
