"""Extractors: what reads an article without its gold and finds quotes in it."""

from typing import Protocol

from onrecord.model import Record, Target, Zone
from onrecord.predictions import PredictedQuote


class PlainArticle(Record, frozen=True, kw_only=True):
    """An article as an extractor sees it; the issues are given, as they are to annotators."""

    id: str
    title: str
    language: str
    text: str
    zones: tuple[Zone, ...] = ()
    issues: tuple[Target, ...] = ()


class Extractor(Protocol):
    """Something that finds quotes; `name` is that of its results."""

    name: str

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article, in any order."""
