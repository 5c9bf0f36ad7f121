"""JSON files of makers whose layout varies: cut into records and what stands around them.

Records are kept as they stand, each with what it says in ours; the skeleton is the file with a NUL,
which no JSON holds, in place of each. So the file comes back byte for byte, in whatever layout.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from onrecord.converting.description import Corpus
from onrecord.converting.documents import original
from onrecord.issues import InputError, Issue
from onrecord.model import Gold, Orig

SKELETON: Final = "skeleton"
_HOLE: Final = "\0"


def cut(content: str, records: Iterable[msgspec.Raw], file: str) -> tuple[str, list[str]]:
    """The skeleton of a file, and its records as they stand; they come in the order of the file.

    Raises `InputError` where they do not, since a key occurs twice.
    """
    pieces, kept, place = [], [], 0
    for record in records:
        raw = bytes(record).decode()
        start = content.find(raw, place)
        if start < 0:
            raise InputError(
                Issue(
                    file=file,
                    pointer="",
                    code="json-duplicate-key",
                    message="a key that holds records occurs twice",
                    hint="keep one of them",
                )
            )
        pieces.append(content[place:start])
        kept.append(raw)
        place = start + len(raw)
    return _HOLE.join([*pieces, content[place:]]), kept


def refill(annotation: Gold, corpus: Corpus, prefix: str) -> str | None:
    """The file that `annotation` comes from; None if there is none, or its records have changed."""
    skeleton = original(corpus, annotation.orig, SKELETON)
    records = numbered(originals(annotation), prefix).values()
    if skeleton is None or skeleton.count(_HOLE) != len(records):
        return None
    pieces = skeleton.split(_HOLE)
    return "".join(part for pair in zip(pieces, [*records, ""], strict=True) for part in pair)


def originals(annotation: Gold) -> list[Orig]:
    """All verbatim records of an annotation and its quotes."""
    return [*annotation.orig, *(each for quote in annotation.quotes for each in quote.orig)]


def numbered(orig: Iterable[Orig], prefix: str) -> dict[int, str]:
    """The records whose ids are `prefix` and a number, by number and in order."""
    found = {
        int(record.id.removeprefix(prefix)): record.raw
        for record in orig
        if record.id.startswith(prefix)
    }
    return dict(sorted(found.items()))
