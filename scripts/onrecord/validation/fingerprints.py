"""Grades 3, 4 and 6: the fingerprints of an article against its record and its annotations."""

from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue
from onrecord.licensed.anchoring import find_all
from onrecord.licensed.fingerprints import LONGEST, SHORTEST, Fingerprints, Place, stretches
from onrecord.model import Article
from onrecord.sources import Entry, Prints

BELONGING: Final = {
    "fingerprint-surplus": "Licensed articles have fingerprints, of what is annotated or edges a"
    " zone.",
}
FORM: Final = {
    "fingerprint-bounds": "A stretch with a fingerprint lies in the text and is not empty.",
    "fingerprint-order": "Fingerprints stand in the order of their stretches, each once.",
    "fingerprint-window": f"Windows hold their stretch and {SHORTEST} word tokens, {LONGEST} more"
    " than it at most.",
}
COVERAGE: Final = {
    "fingerprint-missing": "What licensed gold and layers name has a fingerprint, or is `blind`.",
    "fingerprint-wrong": "In the annotated text a fingerprint finds its stretch.",
    "fingerprint-unchecked": "Texts to validate with (`--texts`) hold the annotated text of every"
    " licensed article.",
}
_SEAL: Final = "run `onrecord seal` with the text"


def check_prints(entry: Entry) -> Iterator[Issue]:
    """Whose the fingerprints are, and each by itself."""
    prints = entry.prints
    if prints is None or prints.record is None:
        return
    if prints.record.article_id != entry.id:
        yield Issue(
            file=prints.file,
            pointer="/article_id",
            code="id-mismatch",
            message=f"{prints.record.article_id!r} stands under the name {entry.id!r}",
            hint="the fingerprints belong to the article that they name",
        )
    if prints.article is None:
        return
    if prints.article.rights != "licensed":
        yield _issue(prints, "surplus", "", f"{entry.id!r} is open", "remove the file")
        return
    yield from _form(prints, prints.record, prints.article.text_length)


def _issue(prints: Prints, code: str, pointer: str, message: str, hint: str = _SEAL) -> Issue:
    return Issue(
        file=prints.file, pointer=pointer, code=f"fingerprint-{code}", message=message, hint=hint
    )


def _form(prints: Prints, record: Fingerprints, length: int) -> Iterator[Issue]:
    last = (0, 0)
    for number, each in enumerate(record.fingerprints):
        pointer = f"/fingerprints/{number}"
        place = (each.start, each.end)
        if not each.start < each.end <= length:
            yield _issue(
                prints, "bounds", pointer, f"{each.start} to {each.end} in a text of {length}"
            )
        if place <= last:
            yield _issue(prints, "order", pointer, f"{place} comes after {last}")
        last = max(place, last)
        windows = [window for window in (each.before, each.after) if window]
        if not windows:
            yield _issue(prints, "window", pointer, "has no window")
        for window in windows:
            fits = 0 < each.tokens <= window.tokens - window.offset
            if not fits or not SHORTEST <= window.tokens <= each.tokens + LONGEST:
                yield _issue(
                    prints,
                    "window",
                    pointer,
                    f"{each.tokens} word tokens from {window.offset} in a window of"
                    f" {window.tokens}",
                )


def check_coverage(entry: Entry) -> Iterator[Issue]:
    """Licensed annotations against their fingerprints; all of them must be sound by themselves."""
    prints = entry.prints
    if prints is None or prints.article is None or prints.article.rights != "licensed":
        return
    if prints.record is None:
        yield _issue(prints, "missing", "", "is missing")
        return
    needed = {place for sheet in prints.sheets for place in stretches(sheet.annotation)}
    blind = {(part.start, part.end) for part in prints.record.blind}
    has = [(each.start, each.end) for each in prints.record.fingerprints]
    missing = sorted(needed - blind - set(has))
    for start, end in missing:
        yield _issue(prints, "missing", "/fingerprints", f"{start} to {end} has none")
    exact = entry.joined is not None and entry.joined.exact
    found = find_all(prints.record, entry.text) if exact and entry.text else None
    for number, place in enumerate(has):
        pointer = f"/fingerprints/{number}"
        if not missing and place not in needed and not _edges_a_zone(place, prints.article):
            yield _issue(prints, "surplus", pointer, f"nothing names {place[0]} to {place[1]}")
        if found and found.places.get(place) != place and found.lost.get(place) != "places":
            there = found.places.get(place, "nothing")
            yield _issue(prints, "wrong", pointer, f"finds {there}, not {place}")


def check_texts(entry: Entry) -> Iterator[Issue]:
    """Whether the annotated text was among the user's own: only there fingerprints can be wrong."""
    if entry.no_copy or (entry.joined and not entry.joined.exact):
        yield Issue(
            file=f"fingerprints/{entry.id}.json",
            pointer="",
            code="fingerprint-unchecked",
            message=f"none of the texts is the one in which {entry.id!r} was annotated",
            hint="give that text, character for character; or leave out --texts",
        )


def _edges_a_zone(place: Place, article: Article) -> bool:
    return any(place[0] == zone.start or place[1] == zone.end for zone in article.zones)
