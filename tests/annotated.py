"""Generated gold that uses every field of the scheme and passes validation."""

import hashlib
from typing import Any

import hypothesis.strategies as st
import msgspec

from onrecord.anchors.filling import missing_rows, settle_marks
from onrecord.model import Article, Gold, Speaker, Target
from onrecord.text import fragment
from strategies import SPEAKERS, TARGETS

ISSUES = ("issue-1", "issue-2", "issue-3")
SPEAKER_IDS = ("s-1", "s-2", "s.3_x-y")
_WORDS = st.sampled_from(
    ["dock", "👍🏽", "e\u0301t", "𝔘n", "5", "&amp;", "<b>", "a\u00a0b", "x_y", "漢字"]
)


def speakers() -> dict[str, Speaker]:
    made = [*SPEAKERS, {**SPEAKERS[0], "id": SPEAKER_IDS[2], "name": "Crew", "aliases": []}]
    return {each["id"]: msgspec.convert(each, Speaker) for each in made}


def targets() -> dict[str, Target]:
    made: list[dict[str, Any]] = [{**TARGETS[0], "id": id, "text": f"Do {id}."} for id in ISSUES]
    made += [
        {"id": f"t-{n}", "kind": "entity", "text": text}
        for n, text in enumerate("quay (old)|same|same|pier".split("|"))
    ]
    return {each["id"]: msgspec.convert(each, Target) for each in made}


@st.composite
def annotated(draw: st.DrawFn) -> tuple[Article, str, Gold]:
    """An article, its text and valid gold of it."""
    made = _Made(draw)
    for _ in range(draw(st.integers(0, 4))):
        made.paragraph()
    gold = made.gold()
    article = Article(
        id="made.up_one",
        title="Made",
        language="en",
        rights="open",
        text_sha256=hashlib.sha256(made.text.encode()).hexdigest(),
        text_length=len(made.text),
    )
    return article, made.text, gold


class _Made:
    """A text that grows together with what is said of it."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.text = draw, draw(st.sampled_from(["", "\n", "Head 👍\n\n"]))
        self.issues = ISSUES[: draw(st.integers(1, 3))]
        self.quotes: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []
        self.stances: list[dict[str, Any]] = []
        self.given: list[dict[str, Any]] = []

    def maybe(self) -> bool:
        return self.draw(st.booleans())

    def words(self, marked: str = "") -> dict[str, Any]:
        start = len(self.text)
        inner = " ".join(self.draw(st.lists(_WORDS, min_size=1, max_size=3)))
        self.text += f"{marked[:1]}{inner}{marked[1:]}"
        return {"start": start, "end": len(self.text)}

    def span(self, pieces: int = 1, marked: str = "") -> list[dict[str, Any]]:
        found = []
        for _ in range(self.draw(st.integers(1, pieces))):
            found.append(self.words(marked))
            self.text += self.draw(
                st.sampled_from([" and ", ", ", "\n\n"] if pieces > 1 else [" "])
            )
        return found

    def paragraph(self) -> None:
        number = len(self.quotes)
        id = self.draw(st.sampled_from([f"q{number + 1}", f"x.{number}_a-b"]))
        speaker = self.draw(st.lists(st.sampled_from(SPEAKER_IDS), max_size=3, unique=True))
        quote: dict[str, Any] = {"id": id, "speaker": speaker, "status": "actual", "act": "say"}
        quote["join"] = (
            self.draw(st.sampled_from(["joint", "either"])) if len(speaker) > 1 else None
        )
        continues = self.continued(speaker)
        if speaker and not continues:
            quote["source"] = [self.source(speaker, number)]
        if not continues:
            quote |= {name: self.span(2) for name in ("cue", "addressee", "via") if self.maybe()}
            quote |= {
                f"{name}_head": quote[name][:1]
                for name in ("cue", "source")
                if quote.get(name) and self.maybe()
            }
        marked = self.draw(st.sampled_from(["", "“”", "«»"]))
        quote["content"] = self.span(3, marked)
        quote |= {
            "form": "clause",
            "continues": continues,
            "frame": quote.get("cue", []) if self.maybe() else [],
        }
        quote |= {
            "doubtful": self.maybe(),
            "note": self.draw(st.sampled_from([None, "a\nnote", " ", "1"])),
        }
        if not marked:
            quote["act"] = self.draw(st.sampled_from(["say", "ask", "order", "think", "show"]))
            quote["status"] = self.draw(st.sampled_from(["actual", "negated", "declined"]))
        if self.maybe():
            quote["orig"] = [{"scheme": "brat", "id": "T1", "raw": "…"}]
        self.quotes.append(quote)
        if quote["content"] and self.maybe():
            self.nested(quote, number)
        self.sides(quote)
        if self.maybe():
            self.lone_mark(number)
        self.text += ".\n\n"

    def continued(self, speaker: list[str]) -> str | None:
        same = [each["id"] for each in self.quotes if set(each.get("speaker", ())) == set(speaker)]
        return same[-1] if same and self.maybe() else None

    def source(self, speaker: list[str], number: int) -> dict[str, Any]:
        start = len(self.text)
        if len(speaker) == 1 and self.maybe():
            place = self.words()
            self.mention([place], speaker[0], f"{number}")
        else:
            for each in speaker:
                self.mention([self.words()], each, f"{number}{each[-1]}")
                self.text += " "
            self.text = self.text.rstrip(" ")
        place = {"start": start, "end": len(self.text)}
        self.text += " "
        return place

    def mention(self, span: list[dict[str, Any]], speaker: str, tail: str) -> None:
        form = self.draw(st.sampled_from(["name", "nominal", "pronoun", "relative"]))
        self.mentions.append({"id": f"e{tail}", "span": span, "speaker": speaker, "form": form})

    def nested(self, outer: dict[str, Any], number: int) -> None:
        part = outer["content"][0]
        size = len(self.text[part["start"] : part["end"]].split(" ")[0])
        if size >= part["end"] - part["start"] or self.text[part["start"]] in "“«":
            return
        inner = {"start": part["start"], "end": part["start"] + size}
        self.quotes.append(
            {"id": f"n{number}", "content": [inner], "parent": outer["id"], "form": "report"}
            | {"act": "think", "status": "hypothetical"}
        )

    def sides(self, quote: dict[str, Any]) -> None:
        eligible = quote["act"] in ("say", "ask", "order") and quote["status"] == "actual"
        if not eligible or not quote["speaker"]:
            return
        chosen = list(self.issues) + self.draw(
            st.lists(st.sampled_from([f"t-{n}" for n in range(4)]), unique=True, max_size=3)
        )
        for target in self.draw(st.permutations(chosen)):
            sides = ["favor", "against", "both", "neutral"]
            label = self.draw(st.sampled_from([*sides, "none"] if target in ISSUES else sides))
            row: dict[str, Any] = {"quote": quote["id"], "target": target, "label": label}
            row["carrier"] = "cue" if quote.get("cue") and self.maybe() else "content"
            row["note"] = self.draw(st.sampled_from([None, "why"]))
            if label != "none":
                row["basis"] = self.draw(st.sampled_from(["explicit", "implied"]))
                row["evidence"] = quote["content"] if self.maybe() else quote.get("cue", [])
                row["condition"] = quote["content"][:1] if self.maybe() else []
            self.stances.append(row)

    def lone_mark(self, number: int) -> None:
        kind = self.draw(st.sampled_from(["title", "name", "scare", "gloss", "other"]))
        self.text += " so "
        start = len(self.text)
        shape = self.draw(st.sampled_from(["“dock”", "dock’ ", "‘dock "]))
        self.text += shape
        ends = [start + n for n, character in enumerate(shape) if character in "“”‘’"]
        open, close = (
            ends
            if len(ends) == 2
            else self.draw(st.sampled_from([(ends[0], None), (None, ends[0])]))
        )
        if len(ends) == 1:
            kind = "other"
        self.given.append({"id": f"m.{number}", "open": open, "close": close, "kind": kind})

    def gold(self) -> Gold:
        for quote in self.quotes:
            for value in quote.values():
                for part in value if isinstance(value, list) else []:
                    if isinstance(part, dict) and "end" in part:
                        part["cuts_word"] = fragment(
                            self.text, part["start"], part["end"]
                        ).cuts_word
        layer = {"annotator": "made", "kind": "machine", "guidelines": "1.0.0"}
        draft = {"article_id": "made.up_one", "layer": layer, "issues": self.issues}
        draft |= {"quotes": self.quotes, "mentions": self.mentions, "stances": self.stances}
        draft["marks"] = self.given
        gold = msgspec.convert(draft, Gold)
        marks, _ = settle_marks(self.text, gold.quotes, list(gold.marks))
        named = [
            msgspec.structs.replace(mark, id=f"a{number}") if mark.id == "m0" else mark
            for number, mark in enumerate(marks)
        ]
        gold = msgspec.structs.replace(gold, marks=tuple(self.draw(st.permutations(named))))
        have = {(row.quote, row.target) for row in gold.stances}
        rows = [
            *gold.stances,
            *(row for row in missing_rows(gold) if (row.quote, row.target) not in have),
        ]
        return msgspec.structs.replace(gold, stances=tuple(rows))
