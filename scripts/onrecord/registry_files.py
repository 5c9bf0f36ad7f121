"""Adding speakers and targets to the registries of a corpus folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import orjson

from onrecord.files import compact, write_json
from onrecord.issues import Issue
from onrecord.model import Speaker, Target

R = TypeVar("R", Speaker, Target)


def merge(known: Mapping[str, R], added: Iterable[tuple[str, R]], issues: list[Issue]) -> list[R]:
    """All records sorted by id; `added` pairs each with the file it comes from.

    Aliases are united; any other difference from a record of the same id becomes an issue.
    """
    merged = dict(known)
    for file, record in added:
        other = merged.setdefault(record.id, record)
        if isinstance(record, Speaker) and isinstance(other, Speaker):
            merged[record.id] = _with_aliases(other, record)
        different = sorted(
            name
            for name in record.__struct_fields__
            if name != "aliases" and getattr(record, name) != getattr(other, name)
        )
        if different:
            pairs = ", ".join(
                f"{name} {getattr(record, name)!r}, not {getattr(other, name)!r}"
                for name in different
            )
            issues.append(
                Issue(
                    file=file,
                    pointer="",
                    code="anchor-registry",
                    message=f"{record.id} has {pairs}",
                    hint="agree on one, or use another id",
                )
            )
    return [merged[id] for id in sorted(merged)]


def _with_aliases(known: Speaker, added: Speaker) -> Speaker:
    aliases = dict.fromkeys((*known.aliases, *added.aliases))
    aliases.pop(known.name, None)
    return msgspec.structs.replace(known, aliases=tuple(aliases))


def write_registry(path: Path, records: Iterable[Speaker | Target]) -> None:
    """Write a registry if it differs from what stands there."""
    records = list(records)
    if path.is_file() and orjson.loads(path.read_bytes()) == compact(records):
        return
    write_json(path, records)
