"""The signature of a score: everything that it depends on besides the predictions.

Printed as `name:value|name:value|…`, the configuration of a task as `name:field=value,field=value`.
Every field of every record appears by itself: a new one cannot be forgotten.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.measures import Task
from onrecord.issues import Issue, MisuseError
from onrecord.model import Record

_ALIGNMENT: Final = "alignment"


class Ground(Record, frozen=True, kw_only=True):
    """What was scored, and how: the part of a signature that is not a task's."""

    onrecord: str
    data: str
    content: str
    split: str
    articles: int
    passages: int
    licensed_excluded: int
    incomplete: str
    unit: str
    units: int
    resamples: int
    seed: int


class Signature(Record, frozen=True, kw_only=True):
    """A ground and the configurations of alignment and all tasks, by name."""

    ground: Ground
    configs: Mapping[str, msgspec.Struct]

    def __str__(self) -> str:
        parts = [f"{name}:{value}" for name, value in _fields(self.ground)]
        for name, config in self.configs.items():
            fields = ",".join(f"{field}={value}" for field, value in _fields(config))
            parts.append(f"{name}:{fields}")
        return "|".join(parts)


def _fields(record: msgspec.Struct) -> list[tuple[str, Any]]:
    return [(name, getattr(record, name)) for name in record.__struct_fields__]


def configs_of(align: AlignConfig, tasks: Iterable[Task]) -> dict[str, msgspec.Struct]:
    """The configurations that a signature holds, by name."""
    return {_ALIGNMENT: align, **{task.name: task.config for task in tasks}}


def parse_signature(text: str, tasks: Iterable[Task]) -> Signature:
    """Read a printed signature back; raises `MisuseError` where it is none of these tasks."""
    parts = dict(part.partition(":")[::2] for part in text.strip().split("|"))
    kinds = {name: type(config) for name, config in configs_of(AlignConfig(), tasks).items()}
    wanted = {*Ground.__struct_fields__, *kinds}
    if parts.keys() != wanted:
        odd = ", ".join(sorted(parts.keys() ^ wanted))
        raise MisuseError(f"not a signature of this version; it lacks, or has in excess: {odd}")
    try:
        ground = _convert({name: parts[name] for name in Ground.__struct_fields__}, Ground)
        configs = {name: _convert(_pairs(parts[name]), kind) for name, kind in kinds.items()}
    except msgspec.ValidationError as error:
        raise MisuseError(f"not a signature of this version: {error}") from None
    return Signature(ground=ground, configs=configs)


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.partition("=")[::2] for pair in text.split(",") if pair)


def _convert(fields: dict[str, str], kind: Any) -> Any:
    missing = set(kind.__struct_fields__) - fields.keys()
    if missing:
        raise msgspec.ValidationError(f"{', '.join(sorted(missing))} missing")
    return msgspec.convert(fields, kind, strict=False)


def with_configs(tasks: Iterable[Task], signature: Signature) -> tuple[Task, ...]:
    """The tasks with the parameters that a signature gives them."""
    return tuple(
        msgspec.structs.replace(task, config=signature.configs[task.name]) for task in tasks
    )


def differences(wanted: Signature, got: Signature) -> list[Issue]:
    """In what a score does not fit a signature; a finding for each field."""
    return [
        Issue(
            file="signature",
            pointer=f"/{name}",
            code="signature-differs",
            message=f"is {value}; the signature says {expected}",
            hint="score with the corpus and the version of onrecord that it names",
        )
        for (name, expected), (_, value) in zip(
            _fields(wanted.ground), _fields(got.ground), strict=True
        )
        if value != expected
    ]
