"""What goes on in a process that runs an extractor: it is made, and answers until the end."""

import multiprocessing
import os
import signal
import sysconfig
import threading
import time
import traceback
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson

import onrecord
from onrecord.extracting.inputs import Item
from onrecord.extractors import PlainArticle
from onrecord.extractors.catalogue import Recipe
from onrecord.files import compact
from onrecord.issues import Issue, MisuseError
from onrecord.predictions import PredictedQuote, Prediction, fault_of

_SHOWN: Final = 500
"""Characters of an exception that are shown."""

_NOT_ITS_OWN: Final = (
    "<",
    str(Path(onrecord.__file__).parent),
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
)
"""How the names of files begin that belong to onrecord, Python or a library."""

Plain = str | int | float | bool | None


class Answer(msgspec.Struct, frozen=True):
    """What became of one article: a line with so many `quotes`, or an error.

    `seconds` were spent in the extractor, and `counts` are those that it keeps.
    """

    id: str
    line: bytes | None
    quotes: int = 0
    error: str = ""
    seconds: float = 0.0
    counts: dict[str, float] = {}

    @property
    def issue(self) -> Issue:
        """The finding for an article that has no line."""
        hint = "it counts as missed; the others were read"
        return Issue(file=self.id, pointer="", code="extract-failed", message=self.error, hint=hint)


class Ready(msgspec.Struct, frozen=True):
    """What a process says of its extractor once it is made."""

    name: str
    version: str | None
    settings: dict[str, Plain]
    batch: int
    takes_contents: bool


def serve(pipe: Connection, recipe: Recipe) -> None:
    """Make the extractor and answer batches, until the parent is gone."""
    os.setsid()
    os.dup2(2, 1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        settings = recipe.settings()
        extractor = recipe.make()
    except MisuseError as error:
        pipe.send(str(error))
        return
    except (Exception, SystemExit) as error:
        pipe.send(f"{recipe.with_} cannot be started: {_said(error)}")
        return
    try:
        pipe.send(_ready(extractor, settings))
        while True:
            pipe.send(_answers(extractor, pipe.recv()))
    except (EOFError, ConnectionError):
        return


def _ready(extractor: Any, settings: dict[str, Any]) -> Ready:
    return Ready(
        name=extractor.name,
        version=getattr(extractor, "version", None),
        settings={
            key: value if isinstance(value, int | float | None) else str(value)
            for key, value in sorted(settings.items())
        },
        batch=getattr(extractor, "batch", 1),
        takes_contents=hasattr(extractor, "attribute"),
    )


def _end_with_parent() -> None:
    """An extractor that hangs does not outlive whoever waits for it."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.killpg(0, signal.SIGKILL)


def _answers(extractor: Any, items: list[Item]) -> list[Answer] | None:
    """An answer for each item; None where they failed together, and must be read alone."""
    if len(items) == 1 or items[0].contents is not None:
        return [_answer(extractor, item) for item in items]
    begun = time.perf_counter()
    try:
        found = extractor.extract_batch([item.article for item in items])
        each = (time.perf_counter() - begun) / len(items)
        return [_line(item.article, found[item.article.id], each) for item in items]
    except (Exception, SystemExit):
        return None


def _answer(extractor: Any, item: Item) -> Answer:
    article, begun = item.article, time.perf_counter()
    try:
        if item.contents is None:
            quotes = extractor.extract(article)
        else:
            quotes = extractor.attribute(article, item.contents)
        answer = _line(article, quotes, time.perf_counter() - begun)
    except (Exception, SystemExit) as error:
        seconds = time.perf_counter() - begun
        answer = Answer(article.id, None, error=_said(error), seconds=seconds)
    counts = getattr(extractor, "counts", None)
    if counts:
        answer = msgspec.structs.replace(answer, counts=dict(counts))
        counts.clear()
    return answer


def _line(article: PlainArticle, quotes: Any, seconds: float) -> Answer:
    """The line for an article; raises `ValueError` for what is no prediction for its text."""
    raw = msgspec.json.encode({"article_id": article.id, "quotes": list(quotes)})
    prediction = msgspec.json.decode(raw, type=Prediction)
    for number, quote in enumerate(prediction.quotes):
        _check_spans(quote, number, len(article.text))
    line = orjson.dumps(compact(prediction), option=orjson.OPT_APPEND_NEWLINE)
    return Answer(article.id, line, len(prediction.quotes), seconds=seconds)


def _check_spans(quote: PredictedQuote, number: int, length: int) -> None:
    """Raises `ValueError` for offsets that are not in the text."""
    spans = {"content": quote.content, "cue": quote.cue, "source": quote.source}
    spans |= {"addressee": quote.addressee}
    spans |= {f"speaker[{place}]": span for place, span in enumerate(quote.speaker)}
    for name, span in spans.items():
        if span and not isinstance(span, str) and (fault := fault_of(span, length)):
            raise ValueError(f"quotes[{number}].{name}: {fault}")


def _said(error: BaseException) -> str:
    """An exception in one line, with the last place in the extractor's own code."""
    places = [
        f" ({Path(frame.filename).name}:{frame.lineno})"
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_NOT_ITS_OWN)
    ]
    place = places[-1] if places else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:_SHOWN]}{place}"
