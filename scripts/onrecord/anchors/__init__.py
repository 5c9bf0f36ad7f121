"""Annotation by exact words: anchor files to gold with offsets, ambiguity as a finding.

The format is described with a full example in docs/ANCHORS.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from onrecord.anchors.records import AnchorFile, Anchors
from onrecord.anchors.resolving import Resolver
from onrecord.anchors.yaml_input import MAX_BYTES, Lines, read_yaml
from onrecord.files import read_bytes
from onrecord.issues import InputError, Issue
from onrecord.model import Gold, Speaker, Target
from onrecord.schema_faults import find_faults
from onrecord.sources import Where

__all__ = ["AnchorFile", "Anchored", "anchor", "read_anchors", "resolve"]

R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True)
class Anchored:
    """Gold with offsets, and the speakers and targets that its anchor file brought along.

    `file` and `lines` say where what stands in the anchor file; `issues` are the words that were
    not found, which lack in the gold.
    """

    gold: Gold
    text: str
    speakers: tuple[Speaker, ...]
    targets: tuple[Target, ...]
    file: str
    lines: Lines
    issues: tuple[Issue, ...] = ()

    def place(self, pointer: str) -> Where:
        """File with line, and pointer there, of what a pointer into the gold stands for."""
        steps = self._given(pointer).split("/")
        while len(steps) > 1:
            given = "/".join(steps)
            if line := self.lines.get(given):
                return Where(f"{self.file}:{line}", given)
            steps.pop()
        return Where(self.file)

    def _given(self, pointer: str) -> str:
        """The pointer into the anchor file; its stances stand under their quotes."""
        match = re.match(r"/stances/(\d+)(.*)", pointer)
        if match is None:
            return "" if pointer.startswith(("/mentions", "/marks")) else pointer
        rows = [stance.quote for stance in self.gold.stances]
        quote = rows[int(match[1])]
        number = next(n for n, each in enumerate(self.gold.quotes) if each.id == quote)
        return f"/quotes/{number}/stances/{int(match[1]) - rows.index(quote)}{match[2]}"


def read_anchors(path: Path, file: str | None = None) -> tuple[AnchorFile, Lines]:
    """An anchor file's record and the line of every value, by JSON pointer.

    Raises `InputError` with every finding.
    """
    return read_record(path, AnchorFile, file)


def read_record(path: Path, kind: type[R], file: str | None = None) -> tuple[R, Lines]:
    """A YAML file's record of this kind, and lines, as `read_anchors`."""
    file = file or path.name
    data, lines = read_yaml(read_bytes(path, file, MAX_BYTES), file)
    faults = find_faults(data, kind)
    if faults:
        raise InputError(*(_schema_issue(file, *fault, lines) for fault in faults))
    try:
        return msgspec.convert(data, kind), lines
    except msgspec.ValidationError as error:  # far behind in a long file
        raise InputError(_schema_issue(file, "", str(error), lines)) from None


def _schema_issue(file: str, pointer: str, message: str, lines: Lines) -> Issue:
    place = f"{file}:{lines[pointer]}" if pointer in lines else file
    hint = "see docs/ANCHORS.md or `onrecord schema anchors`"
    return Issue(file=place, pointer=pointer, code="schema", message=message, hint=hint)


def anchor(
    path: Path, texts: Callable[[str], str], speakers: Mapping[str, Speaker] | None = None
) -> Anchored:
    """Resolve one anchor file as `resolve` does; raises `InputError` with every finding."""
    anchored = resolve(path, texts, speakers)
    if anchored.issues:
        raise InputError(*anchored.issues)
    return anchored


def resolve(
    path: Path, texts: Callable[[str], str], speakers: Mapping[str, Speaker] | None = None
) -> Anchored:
    """Gold from one anchor file and its article's text, with what could not be found.

    `texts` gives the text of an article id and raises `KeyError` for an unknown one; `speakers`
    is the registry as far as it exists. Raises `InputError` where the file or the text cannot be
    read.
    """
    file, lines = read_anchors(path)
    try:
        text = texts(file.article)
    except KeyError:
        raise InputError(
            Issue(
                file=path.name,
                pointer="/article",
                code="anchor-article",
                message=f"there is no text of an article {file.article!r}",
                hint="name an article of the corpus, or give its text with --texts",
            )
        ) from None
    own, targets = own_registries(file)
    known = {**(speakers or {}), **{speaker.id: speaker for speaker in own}}
    resolver = Resolver(path.name, text, lines, known)
    gold = resolver.gold(file)
    issues = (*_twice(file, path.name, lines), *resolver.issues)
    return Anchored(gold, text, own, targets, path.name, lines, issues)


def own_registries(anchors: Anchors) -> tuple[tuple[Speaker, ...], tuple[Target, ...]]:
    """The speakers and targets that anchors bring along."""
    return (
        tuple(msgspec.convert(msgspec.to_builtins(each), Speaker) for each in anchors.speakers),
        tuple(msgspec.convert(msgspec.to_builtins(each), Target) for each in anchors.targets),
    )


def _twice(file: AnchorFile, name: str, lines: Lines) -> Iterator[Issue]:
    """A finding for every speaker or target that stands twice in one file."""
    for kind in ("speakers", "targets"):
        seen: set[str] = set()
        for number, each in enumerate(getattr(file, kind)):
            pointer = f"/{kind}/{number}"
            if each.id in seen:
                yield Issue(
                    file=f"{name}:{lines[pointer]}",
                    pointer=pointer,
                    code="anchor-registry",
                    message=f"{each.id} stands in this file before",
                    hint="keep one of them",
                )
            seen.add(each.id)
