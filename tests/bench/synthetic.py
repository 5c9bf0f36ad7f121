"""Made-up corpora of any size for the benchmarks: words of no language, the shape of real news."""

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

LENGTH = 13_500
QUOTES = 12
_SPEAKERS = 400
_STORY = 3
_SPLITS = ("train", "train", "train", "validation", "test")


class Made:
    """One made-up article: text, gold and what belongs to them."""

    def __init__(self, number: int, rng: random.Random, vocabulary: list[str]) -> None:
        self.text = ""
        self.marks: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []
        self.quotes: list[dict[str, Any]] = []
        self.stances: list[dict[str, Any]] = []
        self.rng, self.vocabulary = rng, vocabulary
        self.issues = [f"issue-{number // _STORY % 100}", f"issue-{number // _STORY % 100 + 100}"]
        for index in range(QUOTES):
            self._paragraphs(LENGTH * (index + 1) // (QUOTES + 1))
            (self._direct, self._indirect, self._mixed)[index % 3](index)
        self._paragraphs(LENGTH)
        self.text = self.text.rstrip("\n") + "\n"

    def _words(self, count: int) -> str:
        return " ".join(self.rng.choices(self.vocabulary, k=count))

    def _add(self, words: str) -> dict[str, int]:
        start = len(self.text)
        self.text += words
        return {"start": start, "end": len(self.text)}

    def _paragraphs(self, length: int) -> None:
        while len(self.text) < length:
            self._add(self._words(self.rng.randint(20, 60)).capitalize() + ".\n\n")

    def _speaker(self) -> tuple[str, str]:
        number = self.rng.randrange(_SPEAKERS)
        return f"speaker-{number}", f"Name{number}"

    def _mark(self, start: int, close: int, quote: str) -> None:
        self.marks.append(
            {
                "id": f"m{len(self.marks)}",
                "open": start,
                "close": close,
                "kind": "speech",
                "quote": quote,
            }
        )

    def _quote(self, index: int, speaker: str, **spans: Any) -> None:
        id = f"q{index}"
        self.mentions.append(
            {"id": f"e{index}", "span": spans["source"], "speaker": speaker, "form": "name"}
        )
        self.quotes.append(
            {"id": id, **spans, "speaker": [speaker], "form": "clause", "act": "say"}
            | {"status": "actual"}
        )
        for issue in self.issues:
            label = self.rng.choice(("favor", "against", "none", "none", "none"))
            row = {"quote": id, "target": issue, "label": label, "carrier": "content"}
            if label != "none":
                row |= {"basis": "explicit", "evidence": spans["content"][:1]}
            self.stances.append(row)

    def _direct(self, index: int) -> None:
        speaker, name = self._speaker()
        first = self._add(f"“{self._words(18).capitalize()},”")
        self._add(" ")
        source = self._add(name)
        self._add(" ")
        cue = self._add("said")
        self._add(". ")
        second = self._add(f"“{self._words(8).capitalize()}.”")
        self._add("\n\n")
        for part in (first, second):
            self._mark(part["start"], part["end"] - 1, f"q{index}")
        self._quote(index, speaker, content=[first, second], cue=[cue], source=[source])

    def _indirect(self, index: int) -> None:
        speaker, name = self._speaker()
        source = self._add(name)
        self._add(" ")
        cue = self._add("said")
        self._add(" ")
        content = self._add(f"that {self._words(14)}")
        self._add(".\n\n")
        self._quote(index, speaker, content=[content], cue=[cue], source=[source])

    def _mixed(self, index: int) -> None:
        speaker, name = self._speaker()
        source = self._add(name)
        self._add(" ")
        cue = self._add("called")
        self._add(" ")
        start = len(self.text)
        self._add(f"{self._words(6)} ")
        marked = self._add(f"“{self._words(5)}”")
        content = {"start": start, "end": len(self.text)}
        self._add(".\n\n")
        self._mark(marked["start"], marked["end"] - 1, f"q{index}")
        self._quote(index, speaker, content=[content], cue=[cue], source=[source])


def registry_lines() -> Iterator[dict[str, Any]]:
    """Manifest, speakers and targets."""
    manifest = {"data_version": "0.0.1", "schema_version": "1.0.0", "title": "Synthetic"}
    yield {"manifest": {**manifest, "licence": "CC0-1.0", "creators": ["onrecord"]}}
    for number in range(_SPEAKERS):
        speaker = {"id": f"speaker-{number}", "name": f"Name{number}"}
        yield {"speaker": {**speaker, "kind": "person", "ident": "named"}}
    for number in range(200):
        text = {"text": f"Proposition {number}.", "negated_text": f"No proposition {number}."}
        yield {"target": {"id": f"issue-{number}", "kind": "issue", **text}}


def documents(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Document records in the order of their ids."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnoprstuvw"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(5000)]
    for number in range(count):
        made = Made(number, rng, vocabulary)
        id = f"article-{number:07d}"
        yield {
            "article": {
                "id": id,
                "title": f"Title {number}",
                "outlet": f"outlet-{number % 40}",
                "published": "2031-01-01",
                "language": "en",
                "genre": "wire",
                "story": f"story-{number // _STORY}",
                "rights": "open",
                "text_sha256": hashlib.sha256(made.text.encode()).hexdigest(),
                "text_length": len(made.text),
                "zones": [{"start": 0, "end": len(made.text) - 1, "kind": "body"}],
            },
            "split": _SPLITS[number // _STORY % len(_SPLITS)],
            "text": made.text,
            "gold": {
                "layer": {"annotator": "made", "kind": "machine", "guidelines": "1.0.0"},
                "article_id": id,
                "issues": made.issues,
                "marks": made.marks,
                "mentions": made.mentions,
                "quotes": made.quotes,
                "stances": made.stances,
            },
        }


def write_corpus(path: Path, count: int) -> None:
    """A JSONL corpus of `count` articles."""
    with path.open("wb") as stream:
        for line in registry_lines():
            _write(stream, line)
        for document in documents(count):
            _write(stream, {"document": document})


def _write(stream: BinaryIO, line: dict[str, Any]) -> None:
    stream.write(orjson.dumps(line) + b"\n")
