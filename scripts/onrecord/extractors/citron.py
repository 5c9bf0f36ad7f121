"""BBC Citron: from its HTTP server, or from JSON files that it has written.

Where Citron knows whom a source refers to, its output has that in `sources`, and the words beside
the cue in `coreferences` (its data.py, `Quote.to_json`): these are the speaker and the source here.
"""

import re
from pathlib import Path
from typing import Final

import httpx2
import msgspec

from onrecord.converting.ledger import Ledger
from onrecord.converting.spans import span
from onrecord.corpora.citron import CITRON, read_quotes
from onrecord.extractors import PlainArticle
from onrecord.issues import MisuseError
from onrecord.model import Quote
from onrecord.predictions import PredictedQuote

_TIMEOUT: Final = 600.0
_HTTP: Final = re.compile(r"https?://")


class _Span(msgspec.Struct):
    start: int
    end: int


class _More(msgspec.Struct):
    """What of a quote a corpus record does not take up; confidence is written as a string."""

    sources: list[_Span] = []
    coreferences: list[_Span] = []
    confidence: float | None = None


class _Answer(msgspec.Struct):
    quotes: list[msgspec.Raw]


class Citron:
    """An adapter to Citron. `at` is a server's address, or a folder with a file `ID.json` each."""

    name = "citron"

    def __init__(self, at: str = "http://127.0.0.1:8080") -> None:
        """Raises `MisuseError` where the folder is not there; a server is asked when it is used."""
        self._folder = None if _HTTP.match(at) else Path(at)
        if self._folder and not self._folder.is_dir():
            raise MisuseError(f"{at}: is neither an http address nor a folder")
        self._address = f"{at.rstrip('/')}/quotes"

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article; raises `ValueError` for an answer that is not Citron's."""
        records = [bytes(raw).decode() for raw in self._answer(article).quotes]
        ledger = Ledger(CITRON)
        quotes, _ = read_quotes(article.text, records, "citron", ledger)
        if ledger.issues:
            raise ValueError(str(ledger.issues[0]))
        return [_predicted(article.text, quote) for quote in quotes]

    def _answer(self, article: PlainArticle) -> _Answer:
        if self._folder:
            raw = (self._folder / f"{article.id}.json").read_bytes()
        else:
            form = {"text": article.text}
            answer = httpx2.post(self._address, data=form, timeout=_TIMEOUT)
            raw = answer.raise_for_status().content
        return msgspec.json.decode(raw, type=_Answer)


def _predicted(text: str, quote: Quote) -> PredictedQuote:
    more = msgspec.json.decode(quote.orig[0].raw, type=_More, strict=False)
    resolved = bool(more.coreferences)
    beside = span(text, [(each.start, each.end) for each in more.coreferences])
    return PredictedQuote(
        content=quote.content,
        cue=quote.cue or None,
        source=(beside if resolved else quote.source) or None,
        speaker=tuple(span(text, [(each.start, each.end)]) for each in more.sources)
        if resolved
        else (),
        confidence=more.confidence,
    )
