"""Golden cases: an article, its gold and a prediction by exact words, and scores worked out by hand.

A case is a JSON object: `text`; `issues` and `targets` (id, kind, text, negated_text); `speakers`
(id, name, aliases, kind, ident); `mentions` (words, speaker, form) and `marks` (words, quote); `quotes` and `predicted`, whose
spans are lists of words; `why`, the sums in prose; `expected`, the scores as fractions. `words@2`
means the second place where the words stand. Of the challenge, a case is a list of two `passages`.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.cases import Case, GoldArticle
from onrecord.benchmark.names import Registry
from onrecord.benchmark.predictions import locate
from onrecord.model import Article, Gold, Passage, Speaker, Target
from onrecord.predictions import PredictedQuote
from onrecord.records import AnnotatedArticle, PassageRow
from onrecord.rows import article_row, passage_row

GOLDEN = Path(__file__).parent / "golden"
_SPANS = ("content", "cue", "source", "addressee", "via")
_LAYER = {"annotator": "hand", "kind": "machine", "guidelines": "1.0.0"}


def read_golden(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def expected(golden: dict[str, Any]) -> dict[str, float | None]:
    return {
        name: None if value is None else float(Fraction(value))
        for name, value in golden["expected"].items()
    }


def cases_of(golden: dict[str, Any]) -> list[Case]:
    """The case of an article, or those of a pair of passages."""
    if "passages" in golden:
        return [_passage_case(passage, golden["phenomenon"]) for passage in golden["passages"]]
    return [article_case(golden)]


def article_case(golden: dict[str, Any], incomplete: frozenset[str] = frozenset()) -> Case:
    registry = Registry(_by_id(golden, "speakers", Speaker), _by_id(golden, "targets", Target))
    text = golden["text"]
    article = {
        "id": golden.get("id", "golden"),
        "title": "Golden",
        "language": "en",
        "rights": "open",
        "text_sha256": "0" * 64,
        "text_length": len(text),
    }
    gold = {"article_id": article["id"], **_annotation(golden)}
    row = article_row(
        msgspec.convert(article, Article),
        "test",
        text,
        msgspec.convert(gold, Gold),
        registry.speakers,
        registry.targets,
    )
    annotated = msgspec.convert(row, AnnotatedArticle)
    return _case(GoldArticle(annotated, registry, incomplete), golden)


def _passage_case(golden: dict[str, Any], phenomenon: str) -> Case:
    passage = {
        "id": golden["id"],
        "phenomenon": phenomenon,
        "pair": "pair",
        "flips": "what differs",
        "text": golden["text"],
        "speakers": golden.get("speakers", []),
        "targets": golden.get("targets", []),
        **_annotation(golden),
    }
    row = msgspec.convert(passage_row(msgspec.convert(passage, Passage)), PassageRow)
    return _case(GoldArticle(row, Registry({}, {})), golden)


def _case(gold: GoldArticle, golden: dict[str, Any]) -> Case:
    if golden.get("predicted") is None:
        return Case(gold, answered=False)
    quotes = [predicted_quote(golden["text"], quote) for quote in golden["predicted"]]
    return Case(gold, locate(quotes, gold.text, AlignConfig()).quotes)


def _annotation(golden: dict[str, Any]) -> dict[str, Any]:
    text = golden["text"]
    return {
        "layer": _LAYER,
        "issues": golden.get("issues", []),
        "marks": [
            {"id": f"m{number}", "open": start, "close": end - 1, "kind": "speech", "quote": quote}
            for number, (words, quote) in enumerate(golden.get("marks", []))
            for start, end in [_place(text, words)]
        ],
        "mentions": [
            {
                "id": f"e{number}",
                "span": _span(text, [words]),
                "speaker": speaker,
                "form": form,
            }
            for number, (words, speaker, form) in enumerate(golden.get("mentions", []))
        ],
        "quotes": [_quote(text, quote) for quote in golden.get("quotes", [])],
        "stances": [
            {**stance, "quote": quote["id"]}
            for quote in golden.get("quotes", [])
            for stance in quote.get("stances", [])
        ],
    }


def _quote(text: str, quote: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in quote.items() if name != "stances"}
    return fields | {name: _span(text, quote[name]) for name in _SPANS if name in quote}


def predicted_quote(text: str, quote: dict[str, Any]) -> PredictedQuote:
    """A predicted quote: lists of words become offsets, plain strings stay what they are."""
    fields = dict(quote)
    for name in _SPANS:
        if isinstance(quote.get(name), list):
            fields[name] = _span(text, quote[name])
    fields["speaker"] = [
        _span(text, each) if isinstance(each, list) else each for each in quote.get("speaker", [])
    ]
    return msgspec.convert(fields, PredictedQuote)


def _span(text: str, words: list[Any]) -> list[dict[str, int]]:
    """Fragments from words; what is a fragment already stays one."""
    return [
        part
        if isinstance(part, dict)
        else dict(zip(("start", "end"), _place(text, part), strict=True))
        for part in words
    ]


def _place(text: str, words: str) -> tuple[int, int]:
    words, _, number = words.partition("@")
    start = -1
    for _ in range(int(number or 1)):
        start = text.index(words, start + 1)
    assert number or text.count(words) == 1, f"{words!r} stands {text.count(words)} times"
    return start, start + len(words)


def _by_id(golden: dict[str, Any], name: str, record: type) -> dict[str, Any]:
    found = [msgspec.convert(each, record) for each in golden.get(name, [])]
    return {each.id: each for each in found}
