"""Challenge passages by exact words: passage files to the lines of challenge/."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import orjson
from msgspec.structs import replace

from onrecord.anchors import own_registries, read_record
from onrecord.anchors.records import AnchoredPassage, AnchorFile, PassageFile
from onrecord.anchors.resolving import Resolver
from onrecord.anchors.yaml_input import Lines
from onrecord.files import compact, write_atomic
from onrecord.issues import InputError, Issue
from onrecord.model import Annotation, Passage, Zone
from onrecord.paths import StrPath
from onrecord.sources import open_source
from onrecord.text import Paragraphs

_WITHIN: Final = re.compile(r"/passages/(\d+)((?:/.*)?)\Z")


def anchor_passages(files: Iterable[StrPath], out: StrPath) -> list[Path]:
    """Resolve passage files into `challenge/` of the corpus folder `out`; returns the paths.

    A passage takes the place of the one with its id, whichever phenomenon that is of. What
    `validate` says of them is not said here.
    Raises `InputError` with all the findings of all files, and then writes nothing.
    """
    out = Path(out)
    passages: dict[str, Passage] = {}
    for _, passage, unread in open_source(out).passages():
        if passage is None:
            raise InputError(*unread)
        passages[passage.id] = passage
    issues: list[Issue] = []
    changed: set[str] = set()
    first: dict[str, str] = {}
    for path in map(Path, files):
        try:
            file, places = read_record(path, PassageFile)
        except InputError as error:
            issues += error.issues
            continue
        changed.add(file.phenomenon)
        by_passage = _lines_by_passage(places)
        for number, given in enumerate(file.passages):
            passage, found = _passage(file, number, path.name, by_passage[number])
            issues += found
            issues += _repeated(given.id, first, path.name, number, by_passage[number])
            if given.id in passages:
                changed.add(passages[given.id].phenomenon)
            passages[given.id] = passage
    if issues:
        raise InputError(*issues)
    return [_write(out, phenomenon, passages) for phenomenon in sorted(changed)]


def _write(out: Path, phenomenon: str, passages: Mapping[str, Passage]) -> Path:
    """The passages of a phenomenon, sorted by id, as its file."""
    own = sorted(id for id, passage in passages.items() if passage.phenomenon == phenomenon)
    path = out / "challenge" / f"{phenomenon}.jsonl"
    options = orjson.OPT_APPEND_NEWLINE
    write_atomic(path, b"".join(orjson.dumps(compact(passages[id]), option=options) for id in own))
    return path


def _lines_by_passage(places: Lines) -> dict[int, Lines]:
    """The lines of a file's values by passage, with pointers from there."""
    found: dict[int, Lines] = defaultdict(dict)
    for pointer, line in places.items():
        if match := _WITHIN.match(pointer):
            found[int(match[1])][match[2]] = line
    return found


def _repeated(
    id: str, first: dict[str, str], name: str, number: int, lines: Lines
) -> Iterator[Issue]:
    """A finding for a passage that would overwrite an earlier one of the files."""
    place = f"{name}:{lines['']}"
    if id in first:
        yield Issue(
            file=place,
            pointer=f"/passages/{number}/id",
            code="anchor-repeated",
            message=f"{id!r} stands at {first[id]}, too",
            hint="one passage an id",
        )
    first.setdefault(id, place)


def _passage(
    file: PassageFile, number: int, name: str, lines: Lines
) -> tuple[Passage, list[Issue]]:
    """A passage, and the words that are not in its text."""
    given = file.passages[number]
    speakers, targets = own_registries(given)
    resolver = Resolver(name, given.text, lines, {each.id: each for each in speakers})
    fields = {each: getattr(given, each) for each in ("issues", "quotes", "mentions", "marks")}
    gold = resolver.gold(
        AnchorFile(
            article=given.id,
            annotator=file.annotator,
            kind=file.kind,
            guidelines=file.guidelines,
            **fields,
        )
    )
    shared = {field: getattr(gold, field) for field in Annotation.__struct_fields__}
    zones, issues = _zones(given)
    passage = Passage(
        id=given.id,
        phenomenon=file.phenomenon,
        pair=given.pair,
        flips=given.flips,
        text=given.text,
        zones=zones,
        speakers=speakers,
        targets=targets,
        **shared,
    )
    return passage, [_placed(issue, number, name, lines) for issue in (*issues, *resolver.issues)]


def _zones(given: AnchoredPassage) -> tuple[tuple[Zone, ...], list[Issue]]:
    bounds = Paragraphs(given.text).bounds
    if given.zones and len(given.zones) != len(bounds):
        message = f"{len(given.zones)} kinds for {len(bounds)} paragraphs"
        hint = "give every paragraph its kind, or none"
        issue = Issue(file="", pointer="/zones", code="anchor-zones", message=message, hint=hint)
        return (), [issue]
    pairs = zip(given.zones, bounds, strict=False)
    return tuple(Zone(start=start, end=end, kind=kind) for kind, (start, end) in pairs), []


def _placed(issue: Issue, number: int, name: str, lines: Lines) -> Issue:
    """A finding of one passage at its place in the file."""
    line = lines.get(issue.pointer, lines[""])
    return replace(issue, file=f"{name}:{line}", pointer=f"/passages/{number}{issue.pointer}")
