"""Taking the text out of a corpus: licensed gold that can be joined to a copy again."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from onrecord.derived import derive
from onrecord.files import read_bytes
from onrecord.issues import InputError, Issue
from onrecord.licensed.fingerprints import Fingerprints, Place, Printer, runs, stretches
from onrecord.licensed.tokens import Tokens
from onrecord.model import Article, Fragment, Gold, Zone

RUN: Final = 7
"""A run of so many words of a licensed text may stand nowhere."""
_LARGEST: Final = 64 * 2**20
_TOKEN: Final = re.compile(r"[^\W_]+")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\[nrt]")


@dataclass(frozen=True)
class LicensedForm:
    """An article without its text, and the fingerprints by which it is found again."""

    article: Article
    gold: Gold
    layers: tuple[Gold, ...]
    prints: Fingerprints


def seal(
    article: Article, gold: Gold, layers: Iterable[Gold], text: str, salt: str | None = None
) -> LicensedForm:
    """The licensed form of an article: offsets, computed fields and fingerprints, no text.

    `salt` is that of an earlier sealing, so that sealing again changes nothing. Notes and verbatim
    source records go, since they may quote.
    """
    printer = Printer(Tokens(text), salt or secrets.token_hex(16))
    sheets = (gold, *layers)
    named = {place for sheet in sheets for place in stretches(sheet)}
    places = sorted({*named, *(edge for zone in article.zones for edge in _edges(zone, text))})
    prints = {place: printer.fingerprint(*place) for place in places}
    return LicensedForm(
        article=replace(article, rights="licensed", orig=()),
        gold=_reduced(gold, text),
        layers=tuple(_reduced(layer, text) for layer in layers),
        prints=Fingerprints(
            article_id=article.id,
            salt=printer.salt,
            fingerprints=tuple(each for each in prints.values() if each is not None),
            blind=tuple(
                Fragment(start=start, end=end)
                for (start, end), each in prints.items()
                if each is None
            ),
        ),
    )


def _reduced(sheet: Gold, text: str) -> Gold:
    derived = derive(text, sheet)
    return replace(
        sheet,
        orig=(),
        mentions=tuple(replace(each, orig=()) for each in sheet.mentions),
        quotes=tuple(
            replace(each, derived=derived[each.id], note=None, orig=()) for each in sheet.quotes
        ),
        stances=tuple(replace(each, note=None, orig=()) for each in sheet.stances),
    )


def _edges(zone: Zone, text: str) -> Iterator[Place]:
    """The first and last token of a zone, marks included: between them a zone may change."""
    bounds = [
        (zone.start + start, zone.start + end)
        for start, end in Tokens(text[zone.start : zone.end]).bounds
    ]
    if bounds:
        yield zone.start, bounds[0][1]
        yield bounds[-1][0], zone.end


def leaks(text: str, files: Iterable[Path]) -> Iterator[Issue]:
    """A finding for every file that holds a run of seven words of `text`.

    Files that cannot be read are passed over: what nobody can read gives nothing away.
    """
    private = set(runs(_words(text), RUN))
    for path in files:
        try:
            raw = read_bytes(path, path.name, _LARGEST)
        except InputError:
            continue
        found = private & set(runs(_words(raw.decode("utf-8", "ignore")), RUN))
        if found:
            yield Issue(
                file=str(path),
                pointer="",
                code="licensed-words",
                message=f"holds {len(found)} runs of {RUN} words of the licensed text",
                hint="take them out: only offsets and fingerprints may stay",
            )


def _words(text: str) -> list[str]:
    """The words of a text or of a JSON file, in which characters may be escaped."""
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else " ", text)
    return _TOKEN.findall(plain.lower())
