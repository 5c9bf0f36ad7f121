"""Challenge passages by exact words: passage files to the lines of challenge/."""

from collections.abc import Iterable
from pathlib import Path

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


def anchor_passages(files: Iterable[StrPath], out: StrPath) -> list[Path]:
    """Resolve passage files into `challenge/` of the corpus folder `out`; returns the paths.

    A passage takes the place of the one with its id. What `validate` says of them is not said here.
    Raises `InputError` with all the findings of all files, and then writes nothing.
    """
    out = Path(out)
    lines: dict[str, dict[str, bytes]] = {}
    for _, passage, unread in open_source(out).passages():
        if passage is None:
            raise InputError(*unread)
        lines.setdefault(passage.phenomenon, {})[passage.id] = _line(passage)
    issues: list[Issue] = []
    changed: set[str] = set()
    for path in map(Path, files):
        try:
            file, places = read_record(path, PassageFile)
        except InputError as error:
            issues += error.issues
            continue
        changed.add(file.phenomenon)
        for number, given in enumerate(file.passages):
            passage, found = _passage(file, number, path.name, places)
            issues += found
            lines.setdefault(file.phenomenon, {})[given.id] = _line(passage)
    if issues:
        raise InputError(*issues)
    paths = [out / "challenge" / f"{phenomenon}.jsonl" for phenomenon in sorted(changed)]
    for path in paths:
        write_atomic(path, b"".join(line for _, line in sorted(lines[path.stem].items())))
    return paths


def _line(passage: Passage) -> bytes:
    return orjson.dumps(compact(passage), option=orjson.OPT_APPEND_NEWLINE)


def _passage(
    file: PassageFile, number: int, name: str, lines: Lines
) -> tuple[Passage, list[Issue]]:
    """A passage, and the words that are not in its text."""
    given, prefix = file.passages[number], f"/passages/{number}"
    own = {
        place.removeprefix(prefix): line
        for place, line in lines.items()
        if place.startswith(f"{prefix}/")
    }
    speakers, targets = own_registries(given)
    resolver = Resolver(name, given.text, own, {each.id: each for each in speakers})
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
    return passage, [_placed(issue, prefix, name, lines) for issue in (*issues, *resolver.issues)]


def _zones(given: AnchoredPassage) -> tuple[tuple[Zone, ...], list[Issue]]:
    bounds = Paragraphs(given.text).bounds
    if given.zones and len(given.zones) != len(bounds):
        message = f"{len(given.zones)} kinds for {len(bounds)} paragraphs"
        hint = "give every paragraph its kind, or none"
        issue = Issue(file="", pointer="/zones", code="anchor-zones", message=message, hint=hint)
        return (), [issue]
    pairs = zip(given.zones, bounds, strict=False)
    return tuple(Zone(start=start, end=end, kind=kind) for kind, (start, end) in pairs), []


def _placed(issue: Issue, prefix: str, name: str, lines: Lines) -> Issue:
    """A finding of one passage at its place in the file."""
    pointer = prefix + issue.pointer
    line = lines.get(pointer) or lines.get(prefix)
    return replace(issue, file=f"{name}:{line}" if line else name, pointer=pointer)
