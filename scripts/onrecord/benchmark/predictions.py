"""Predictions: a JSONL file read by article, quotes put into the text, and gold as a prediction.

Findings (all else is scored): what reading finds in a line; `prediction-duplicate`,
`prediction-span`, `prediction-stance`, and, once the articles are known, `prediction-missing` and
`prediction-unknown`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from types import TracebackType

import msgspec

from onrecord.benchmark.alignment import AlignConfig, Aligned, Aligner
from onrecord.benchmark.cases import Located
from onrecord.benchmark.names import Annotated
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.model import Span
from onrecord.predictions import (
    PredictedQuote,
    PredictedSpan,
    PredictedStance,
    Prediction,
    fault_of,
)
from onrecord.sources.jsonl import decode_line, located_lines

_decode = msgspec.json.Decoder(Prediction).decode


class PredictionFile:
    """A JSONL file of predictions: checked as a whole, then read by article, in any order.

    Only where each line stands is kept in memory. A context manager.
    """

    def __init__(self, path: Path) -> None:
        """Read the file once; raises `MisuseError` where there is none."""
        if not path.is_file():
            raise MisuseError(f"{path}: no such file of predictions")
        self.name = path.name
        self.issues: list[Issue] = []
        self._places: dict[str, tuple[int, int, int]] = {}
        try:
            self._index(path)
            self._stream = path.open("rb")
        except InputError as error:
            raise MisuseError(str(error)) from None

    def _index(self, path: Path) -> None:
        for line in located_lines(path, self.name):
            self.issues += line.issues
            if line.issues:
                continue
            prediction = decode_line(line.raw, Prediction, line.place, self.issues)
            if prediction is None:
                continue
            first = self._places.get(prediction.article_id)
            if first is not None:
                self.issues.append(_duplicate(line.place, prediction.article_id, first[2]))
                continue
            self._places[prediction.article_id] = line.offset, len(line.raw), line.number

    def __enter__(self) -> "PredictionFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()

    @property
    def ids(self) -> Iterable[str]:
        """The ids of all articles and passages predicted for."""
        return self._places.keys()

    def place(self, id: str) -> str:
        """Where the prediction for an article stands, as `name.jsonl:7`; the file if nowhere."""
        return f"{self.name}:{self._places[id][2]}" if id in self._places else self.name

    def read(self, id: str) -> Prediction | None:
        """The prediction for an article or passage, if there is one."""
        if id not in self._places:
            return None
        offset, length, _ = self._places[id]
        self._stream.seek(offset)
        return _decode(self._stream.read(length))


def _duplicate(place: str, id: str, first: int) -> Issue:
    return Issue(
        file=place,
        pointer="/article_id",
        code="prediction-duplicate",
        message=f"{id!r} is predicted for before, in line {first}, which is scored",
        hint="keep one line an article",
    )


def locate(
    quotes: Sequence[PredictedQuote], text: str, config: AlignConfig, place: str = ""
) -> "Locations":
    """Put predicted quotes into the text of their article; `place` names their line in findings."""
    locator = _Locator(text, config, place)
    skips = _skips(quotes)
    found = [locator.locate(index, quote, skips[index]) for index, quote in enumerate(quotes)]
    return Locations(found, locator.issues, locator.guesses)


def _skips(quotes: Sequence[PredictedQuote]) -> dict[int, int]:
    """How many places each quote leaves to others of the same words, whatever their order."""
    same: dict[str, list[int]] = defaultdict(list)
    skips = dict.fromkeys(range(len(quotes)), 0)
    for index, quote in enumerate(quotes):
        if isinstance(quote.content, str):
            same[quote.content].append(index)
    for group in same.values():
        if len(group) > 1:
            group.sort(key=lambda index: msgspec.json.encode(quotes[index]))
            skips.update(zip(group, range(len(group)), strict=True))
    return skips


class Locations(msgspec.Struct):
    """Located quotes, findings, and how many spans might as well stand elsewhere."""

    quotes: list[Located]
    issues: list[Issue]
    guesses: int


class _Locator:
    """Spans of one article: offsets are checked, words aligned."""

    def __init__(self, text: str, config: AlignConfig, place: str) -> None:
        self._text = text
        self._place = place
        self._aligner = Aligner(text, config)
        self.issues: list[Issue] = []
        self.guesses = 0

    def locate(self, index: int, quote: PredictedQuote, skip: int) -> Located:
        if len(quote.stances) > 1:
            self._check_stances(index, quote)
        if isinstance(quote.content, str):
            aligned = self._align(quote.content, skip=skip)
        else:
            content = self._checked(quote.content, index, "content")
            aligned = Aligned(content, "offsets" if content else "lost")
        near = aligned.span
        return Located(
            index,
            quote,
            content=near,
            cue=self._beside(quote.cue, near, index, "cue") if quote.cue else (),
            source=self._beside(quote.source, near, index, "source") if quote.source else (),
            speaker=tuple(
                [
                    speaker
                    if isinstance(speaker, str)
                    else self._checked(speaker, index, "speaker")
                    for speaker in quote.speaker
                ]
            ),
            status=aligned.status,
        )

    def _beside(self, predicted: PredictedSpan, content: Span, index: int, field: str) -> Span:
        if isinstance(predicted, str):
            return self._align(predicted, content).span
        return self._checked(predicted, index, field)

    def _align(self, words: str, near: Span = (), skip: int = 0) -> Aligned:
        aligned = self._aligner.align(words, near, skip)
        self.guesses += aligned.places > 1
        return aligned

    def _checked(self, span: Span, index: int, field: str) -> Span:
        """The span if it lies in the text, otherwise nothing and a finding."""
        fault = fault_of(span, len(self._text))
        if fault is None:
            return span
        self.issues.append(
            Issue(
                file=self._place,
                pointer=f"/quotes/{index}/{field}",
                code="prediction-span",
                message=f"{fault}; the span is not scored",
                hint="offsets are half-open Unicode code points into the text as shipped",
            )
        )
        return ()

    def _check_stances(self, index: int, quote: PredictedQuote) -> None:
        repeated = len(quote.stances) - len({stance.target for stance in quote.stances})
        if repeated:
            self.issues.append(
                Issue(
                    file=self._place,
                    pointer=f"/quotes/{index}/stances",
                    code="prediction-stance",
                    message=f"{repeated} stances repeat a target; the first of each is scored",
                    hint="a quote has one stance towards a target",
                )
            )


def unpredicted(name: str, ids: Iterable[str]) -> list[Issue]:
    """The findings for articles or passages without a line, which are scored as misses."""
    return [
        Issue(
            file=name,
            pointer="",
            code="prediction-missing",
            message=f"there is no prediction for {id!r}; all its gold counts as missed",
            hint="hand in a line for every article, with an empty list where nothing was found",
        )
        for id in ids
    ]


def unknown(file: PredictionFile, known: Set[str]) -> list[Issue]:
    """The findings for predictions about nothing that the corpus has."""
    return [
        Issue(
            file=file.place(id),
            pointer="/article_id",
            code="prediction-unknown",
            message=f"the corpus has no article or passage {id!r}; the line is not scored",
            hint="name articles by their id",
        )
        for id in file.ids
        if id not in known
    ]


def gold_prediction(article: Annotated) -> Prediction:
    """An article's annotation in the form of a prediction; speakers and targets by their ids."""
    return Prediction(
        article_id=article.id,
        quotes=tuple(
            PredictedQuote(
                content=quote.content,
                cue=quote.cue or None,
                source=quote.source or None,
                addressee=quote.addressee or None,
                speaker=quote.speaker,
                type=quote.type,
                form=quote.form,
                act=quote.act,
                status=quote.status,
                stances=tuple(
                    PredictedStance(target=stance.target, label=stance.label)
                    for stance in quote.stances
                ),
            )
            for quote in article.quotes
        ),
    )
