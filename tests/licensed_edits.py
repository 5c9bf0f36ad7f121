"""Edits that a copy of a text may have undergone, and how well gold is found again afterwards."""

import random
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from onrecord.json_input import decode
from onrecord.licensed.anchoring import find_all
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.sealing import seal
from onrecord.licensed.tokens import Tokens, plain
from onrecord.model import Article, Gold

Edit = Callable[[str, random.Random], str]
_INSERTED = "Elsewhere the weather stayed dry, and the ‘Marigold’ was late again by an hour."


def paragraphs(text: str) -> list[str]:
    return text.rstrip("\n").split("\n\n")


def together(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


def straight_marks(text: str, rng: random.Random) -> str:
    return text.translate(str.maketrans("“”‘’–", "\"\"''-"))


def curly_marks(text: str, rng: random.Random) -> str:
    doubled = re.sub(r'(^|[\s(\[—–])"', r"\1“", text, flags=re.MULTILINE).replace('"', "”")
    return re.sub(r"(^|[\s(\[—–“])'", r"\1‘", doubled, flags=re.MULTILINE).replace("'", "’")


def crlf(text: str, rng: random.Random) -> str:
    return text.replace("\n", "\r\n")


def other_spaces(text: str, rng: random.Random) -> str:
    return re.sub(" ", lambda _: rng.choice([" ", "\xa0", "  ", "\u2009"]), text)


def one_line_feed(text: str, rng: random.Random) -> str:
    return text.replace("\n\n", "\n")


def paragraph_inserted(text: str, rng: random.Random) -> str:
    parts = paragraphs(text)
    parts.insert(rng.randrange(len(parts) + 1), _INSERTED)
    return together(parts)


def paragraph_removed(text: str, rng: random.Random) -> str:
    parts = paragraphs(text)
    del parts[rng.randrange(len(parts))]
    return together(parts)


def paragraph_moved(text: str, rng: random.Random) -> str:
    parts = paragraphs(text)
    part = parts.pop(rng.randrange(len(parts)))
    parts.insert(rng.randrange(len(parts) + 1), part)
    return together(parts)


def paragraph_repeated(text: str, rng: random.Random) -> str:
    parts = paragraphs(text)
    parts.insert(rng.randrange(len(parts) + 1), rng.choice(parts))
    return together(parts)


def word_changed(text: str, rng: random.Random) -> str:
    start, end = rng.choice(Tokens(text).bounds)
    return f"{text[:start]}altered{text[end:]}"


def word_removed(text: str, rng: random.Random) -> str:
    start, end = rng.choice(Tokens(text).bounds)
    return text[:start] + text[end:].removeprefix(" ")


def sentence_cut(text: str, rng: random.Random) -> str:
    parts = text.split(". ")
    del parts[rng.randrange(len(parts) - 1)]
    return ". ".join(parts)


def phrase_moved(text: str, rng: random.Random) -> str:
    """Up to a dozen tokens, with what stands between them, to before another token."""
    starts = [start for start, _ in Tokens(text).bounds]
    first = rng.randrange(len(starts) - 1)
    last = min(first + rng.randint(1, 12), len(starts) - 1)
    to = rng.choice([number for number in range(len(starts)) if not first <= number <= last])
    start, end, place = starts[first], starts[last], starts[to]
    phrase = text[start:end]
    if place < start:
        return text[:place] + phrase + text[place:start] + text[end:]
    return text[:start] + text[end:place] + phrase + text[place:]


def sentence_moved(text: str, rng: random.Random) -> str:
    parts = text.split(". ")
    part = parts.pop(rng.randrange(len(parts) - 1))
    parts.insert(rng.randrange(len(parts)), part)
    return ". ".join(parts)


def sentence_repeated(text: str, rng: random.Random) -> str:
    parts = text.split(". ")
    parts.insert(rng.randrange(len(parts)), rng.choice(parts[:-1]))
    return ". ".join(parts)


def several(text: str, rng: random.Random) -> str:
    """Two to six edits one after the other."""
    edits = (
        phrase_moved,
        phrase_moved,
        sentence_moved,
        sentence_repeated,
        sentence_cut,
        word_removed,
        paragraph_moved,
        paragraph_removed,
    )
    for edit in rng.choices(edits, k=rng.randint(2, 6)):
        text = edit(text, rng)
    return text


def phrases_moved(text: str, rng: random.Random) -> str:
    """Three phrases, one after the other."""
    for _ in range(3):
        text = phrase_moved(text, rng)
    return text


EDITS: tuple[Edit, ...] = (
    straight_marks,
    curly_marks,
    crlf,
    other_spaces,
    one_line_feed,
    paragraph_inserted,
    paragraph_removed,
    paragraph_moved,
    paragraph_repeated,
    word_changed,
    word_removed,
    sentence_cut,
    phrases_moved,
    several,
)


def numbered(text: str) -> str:
    """`text` with its number behind every token, so that each can be told from all others."""
    pieces, last = [], 0
    for number, (_, end) in enumerate(Tokens(text).bounds):
        pieces.append(f"{text[last:end]}q{number}")
        last = end
    return "".join(pieces) + text[last:]


def numbers(tokens: Tokens) -> list[int]:
    """The numbers behind the tokens of an edited `numbered` text; -1 where it has none."""
    found = (re.search(r"q(\d+)$", word) for word in tokens.plain)
    return [int(match[1]) if match else -1 for match in found]


def beside(tokens: Tokens, start: int, end: int) -> set[int]:
    """The tokens that a stretch overlaps; for one of marks alone, those on either side of it."""
    first = bisect_right(tokens.bounds, start, key=lambda bounds: bounds[1])
    following = bisect_left(tokens.bounds, end, key=lambda bounds: bounds[0])
    if first < following:
        return set(range(first, following))
    return {min(following, len(tokens.bounds) - 1), max(following - 1, 0)}


@dataclass
class Tally:
    """Spans of the originals, found in the copies, and found at other words."""

    spans: int = 0
    found: int = 0
    wrong: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, prints: Fingerprints, text: str, edit: Edit, seed: int) -> None:
        """Edit the text, look for its fingerprints, and see whether they stand at their tokens.

        The same edit of the `numbered` text tells which token of the copy was which.
        """
        copy = edit(text, random.Random(seed))
        ids = numbers(Tokens(edit(numbered(text), random.Random(seed))))
        original, edited = Tokens(text), Tokens(copy)
        assert len(ids) == len(edited.bounds)
        found = find_all(prints, copy)
        self.spans += len(prints.fingerprints)
        self.found += len(found.places)
        self.reasons.update(found.lost.values())
        for (start, end), (first, last) in found.places.items():
            there = {ids[number] for number in beside(edited, first, last)} - {-1}
            same = plain(copy[first:last]).split() == plain(text[start:end]).split()
            self.wrong += not same or not there & beside(original, start, end)


def sealed_articles(corpus: Path) -> Iterator[tuple[str, Fingerprints]]:
    """Text and fingerprints of every open article, as if it were licensed."""
    for path in sorted((corpus / "texts").glob("*.txt")):
        name = f"{path.stem}.json"
        article = decode((corpus / "articles" / name).read_bytes(), Article, name)
        gold = decode((corpus / "gold" / name).read_bytes(), Gold, name)
        text = path.read_text("utf-8")
        yield text, seal(article, gold, (), text, "salt").prints


def tally(corpus: Path, rounds: int, edits: Iterable[Edit] = EDITS) -> dict[str, Tally]:
    """What is found after `rounds` random edits of each article and kind, by kind of edit."""
    rng = random.Random(1)
    counted = {edit.__name__: Tally() for edit in edits}
    for text, prints in sealed_articles(corpus):
        for edit in edits:
            for _ in range(rounds):
                counted[edit.__name__].add(prints, text, edit, rng.getrandbits(32))
    return counted
