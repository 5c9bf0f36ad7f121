"""What the fuzzer feeds, and what must hold of the results."""

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import atheris
import orjson

from edits import corpus_lines
from onrecord.hydration import seal
from onrecord.ingestion.drafts import Raw
from onrecord.ingestion.extraction import extract
from onrecord.issues import InputError
from onrecord.json_input import decode
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.joining import NoCopy, join
from onrecord.licensed.texts import private_text
from onrecord.licensed.tokens import Tokens
from onrecord.model import Article, Gold, Quote
from onrecord.text import text_hash, words_of
from onrecord.validation import validate
from soundness import FENMOOR, anchored, is_sound, sound

TESTS = Path(__file__).parents[1]
LICENSED = "skerry-post-ferry-fares"
COPY = (TESTS / "cases" / "private" / f"{LICENSED}.txt").read_text("utf-8")
LINES = corpus_lines(FENMOOR)
ANCHORS = b"""article: fenmoor-echo-lighthouse-sale
annotator: fuzz
guidelines: 1.0.0
issues: [lighthouse-sale]
speakers: [{id: gull, name: Ada Gull, kind: person, ident: named}]
targets: [{id: lamp, kind: claim, text: The lamp shines.}]
mentions: [{speaker: dray-mina, every: Mina Dray}]
marks: [{span: {exact: \xe2\x80\x98off\xe2\x80\x99}, kind: scare}, {span: "\xe2\x80\x9cupgrade\xe2\x80\x9d", kind: name},
  {span: "\xe2\x80\x9cluxury\xe2\x80\x9d", kind: title}]
quotes:
- content: "\xe2\x80\x9cThe lamp is not for sale, and it does not leak,\xe2\x80\x9d"
  cue: {exact: said, prefix: "Mina Dray "}
  source: Mina Dray
  speaker: dray-mina
  stances:
  - {target: lighthouse-sale, label: against, basis: explicit, evidence: not for sale}
  - {target: lamp, label: favor, basis: implied, note: "[]"}
- content: ["\xe2\x80\x9cAsk the keepers.\xe2\x80\x9d"]
  speaker: [dray-mina, pell-osric]
  doubtful: true
"""


class Target(NamedTuple):
    """What is fed, and what it begins with; the call raises where something is wrong."""

    feed: Callable[[bytes], None]
    seeds: list[bytes]


def targets(scratch: Path) -> dict[str, Target]:
    """All targets; files that they need are written below `scratch`."""
    pages = [path.read_bytes() for path in sorted((TESTS / "cases" / "pages").glob("*.html"))]
    texts = [path.read_bytes() for path in sorted((FENMOOR / "texts").glob("*.txt"))]
    record = {"title": "Fog", "authors": ["A. Gull"], "date_publish": "2031-02-11"}
    records = [orjson.dumps({**record, "maintext": text.decode()}) for text in texts]
    return {
        "page": Target(lambda data: extracted("page", data), pages),
        "text": Target(lambda data: extracted("text", data), texts),
        "record": Target(lambda data: extracted("record", data), records),
        "jsonl": Target(Jsonl(scratch).any_bytes, [b"\n".join(map(orjson.dumps, LINES))]),
        "gold": Target(Jsonl(scratch).edited, [bytes(range(64)), bytes(range(255, 128, -1))]),
        "anchors": Target(Anchors(scratch), [ANCHORS]),
        "copy": Target(Licensed(scratch).copied, [COPY.encode()]),
        "fingerprints": Target(Licensed(scratch).damaged, [bytes(range(64))]),
    }


def extracted(kind: Any, data: bytes) -> None:
    assert is_sound(extract(Raw(f"fuzzed.{kind}", kind, data)))


class Jsonl:
    """A corpus as JSONL: any bytes, or the small corpus with some of its values replaced."""

    def __init__(self, scratch: Path) -> None:
        self._path = scratch / "corpus.jsonl"

    def any_bytes(self, data: bytes) -> None:
        self._path.write_bytes(data)
        assert sound(validate(self._path.parent, jsonl=self._path).issues)

    def edited(self, data: bytes) -> None:
        choice = atheris.FuzzedDataProvider(data)
        lines = copy.deepcopy(LINES)
        for _ in range(choice.ConsumeIntInRange(1, 4)):
            edit(choice, lines)
        self.any_bytes(b"\n".join(map(orjson.dumps, lines)))


class Anchors:
    """Any bytes as an anchor file of the small corpus."""

    def __init__(self, scratch: Path) -> None:
        self._corpus = scratch / "anchors" / "fenmoor"
        shutil.copytree(FENMOOR, self._corpus)

    def __call__(self, data: bytes) -> None:
        anchored(self._corpus, data)


class Licensed:
    """Gold of the licensed article: any bytes as a copy of its text, or damaged fingerprints."""

    def __init__(self, scratch: Path) -> None:
        corpus = Path(tempfile.mkdtemp(dir=scratch)) / "fenmoor"
        shutil.copytree(FENMOOR, corpus)
        seal(corpus, LICENSED, {text_hash(COPY): COPY})
        self._article = _record(corpus, "articles", Article)
        self._gold = _record(corpus, "gold", Gold)
        self._prints = _record(corpus, "fingerprints", Fingerprints)
        self._plain = orjson.loads((corpus / "fingerprints" / f"{LICENSED}.json").read_bytes())
        self._words = {quote.id: _words(COPY, quote.content) for quote in self._gold.quotes}

    def copied(self, data: bytes) -> None:
        """No quote stands at other words than its own."""
        text = private_text(data.decode("utf-8", "replace"))
        for quote in self._joined(text, self._prints):
            assert _words(text, quote.content) == self._words[quote.id], quote.id

    def damaged(self, data: bytes) -> None:
        choice = atheris.FuzzedDataProvider(data)
        plain = copy.deepcopy(self._plain)
        for _ in range(choice.ConsumeIntInRange(1, 4)):
            edit(choice, plain)
        try:
            prints = decode(orjson.dumps(plain), Fingerprints, "fingerprints.json")
        except InputError as error:
            assert error.issues and sound(error.issues)
        else:
            self._joined(f"{COPY}More.\n", prints)

    def _joined(self, text: str, prints: Fingerprints) -> tuple[Quote, ...]:
        """The quotes that were found; every other one is reported."""
        joined = join(self._article, self._gold, prints, {text_hash(text): text})
        if isinstance(joined, NoCopy):
            return ()
        lost = {each.pointer for each in joined.issues}
        found = {quote.id for quote in joined.gold.quotes}
        assert all(id in found or f"/quotes/{id}" in lost for id in self._words), lost
        for span in (quote.content for quote in joined.gold.quotes):
            assert span[0].start >= 0 and span[-1].end <= len(text)
        return joined.gold.quotes


def _record(corpus: Path, folder: str, kind: Any) -> Any:
    path = corpus / folder / f"{LICENSED}.json"
    return decode(path.read_bytes(), kind, path.name)


def _words(text: str, spans: Any) -> list[str]:
    return Tokens(words_of(text, spans)).plain


def edit(choice: Any, data: Any) -> None:
    """Change one value somewhere inside: to one near it, of another place or anything, or drop it."""
    places = list(_places(data))
    if not places:
        return
    holder, key = _pick(choice, places)
    how = choice.ConsumeIntInRange(0, 3)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(holder[key], int):
        holder[key] += choice.ConsumeIntInRange(-40, 40)
    elif how == 2:
        other, place = _pick(choice, places)
        holder[key] = copy.deepcopy(other[place])
    else:
        holder[key] = choice.ConsumeUnicodeNoSurrogates(8)


def _pick(choice: Any, places: list[Any]) -> Any:
    return places[choice.ConsumeIntInRange(0, len(places) - 1)]


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Where every value below stands: its holder and key."""
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from _places(data[key])
