"""What a JSON Schema finds wrong, in words that say what is allowed."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, get_origin

from onrecord.issues import pointer_of, shorten
from onrecord.schemas import schema_of

MOST: Final = 1000
"""Faults of one record that are reported."""

_PIECE: Final = 1000
"""Entries of a registry that are looked at together."""

_ROOM: Final = 30_000
"""Values of a piece or record that are looked at, several times what an article's gold holds."""

_NAMES: Final = 20
"""Unknown fields of one object that are named."""


class Fault(NamedTuple):
    """A fault at a JSON pointer (RFC 6901)."""

    pointer: str
    message: str


@cache
def _validator(record: Any) -> tuple[Any, dict[str, Any]]:
    import jsonschema_rs

    schema = schema_of(record)
    return jsonschema_rs.validator_for(schema), schema


def find_faults(value: object, record: Any) -> list[Fault]:
    """What the schema of a record type finds wrong with plain data; nothing where it agrees.

    The validator keeps all faults it finds, a kilobyte each, so it is given registries in pieces,
    and of anything else the first `_ROOM` values: behind them there may be more faults.
    """
    validator, schema = _validator(record)
    if validator.is_valid(value):
        return []
    faults = (
        Fault(pointer_of(_moved(each.instance_path, first)), _message(each, schema))
        for first, piece in _pieces(value, record)
        for error in validator.iter_errors(_cut(piece, iter(range(_ROOM))))
        for each in _spread(error)
    )
    return list(islice(faults, MOST))


def _pieces(value: Any, record: Any) -> Iterator[tuple[int, Any]]:
    """A registry in pieces, each with the number of its first entry; a record as it is."""
    if isinstance(value, list) and get_origin(record) is tuple:
        for first in range(0, len(value), _PIECE):
            yield first, value[first : first + _PIECE]
    elif isinstance(value, dict) and get_origin(record) is dict:
        entries = iter(value.items())
        while piece := dict(islice(entries, _PIECE)):
            yield 0, piece
    else:
        yield 0, value


def _cut(value: Any, room: Iterator[int]) -> Any:
    """A value as far as there is room; only lists are cut, and never to nothing."""
    if isinstance(value, dict):
        return {key: _cut(item, room) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    kept: list[Any] = []
    for item in value:
        if kept and next(room, None) is None:
            break
        kept.append(_cut(item, room))
    return kept


def _moved(path: list[str | int], first: int) -> list[str | int]:
    """A path into a piece as one into the whole."""
    return [path[0] + first, *path[1:]] if path and isinstance(path[0], int) else path


def _spread(error: Any) -> Iterator[Any]:
    """For alternatives, the faults of the one that was meant: the one that has the right type."""
    if error.kind.name != "anyOf":
        yield error
        return
    meant = [
        branch
        for branch in error.kind.context
        if not any(
            each.kind.name == "type" and each.instance_path == error.instance_path
            for each in branch
        )
    ]
    if len(meant) != 1:
        yield error
        return
    for each in meant[0]:
        yield from _spread(each)


def _message(error: Any, schema: Mapping[str, Any]) -> str:
    match error.kind.name:
        case "enum":
            return f"{_found(error)} is none of {', '.join(map(str, error.kind.options))}"
        case "pattern":
            wanted = _at(schema, error.schema_path[:-1]).get("description", error.kind.pattern)
            return f"{_found(error)} is not as it should be: {wanted}"
        case "additionalProperties":
            known = list(_at(schema, error.schema_path[:-1]).get("properties", ()))
            names = error.kind.unexpected
            more = f"; and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
            return "; ".join(_unknown(name, known) for name in names[:_NAMES]) + more
        case "required":
            return f"{error.kind.property} is missing"
        case "type":
            return f"{_found(error)} is not of type {error.message.split(' is not of type ')[-1]}"
        case "anyOf":
            types = [
                each.message.split(" is not of type ")[-1].strip('"')
                for branch in error.kind.context
                for each in branch
                if each.kind.name == "type"
            ]
            return f"{_found(error)} is none of {', '.join(dict.fromkeys(types))}"
    return shorten(error.message, 300)


def _found(error: Any) -> str:
    """The value: a string as in all messages, anything else as JSON writes it."""
    value = error.instance
    return shorten(repr(value) if isinstance(value, str) else _as_json(value))


def _as_json(value: Any) -> str:
    """A value as JSON; one with keys or numbers that JSON does not know as Python shows it."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _unknown(name: str, known: list[str]) -> str:
    name = shorten(name)
    near = get_close_matches(name, known, n=1)
    meant = f"; do you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
    return f"there is no field {name}{meant}"


def _at(schema: Mapping[str, Any], path: Any) -> Mapping[str, Any]:
    node: Any = schema
    for step in path:
        node = node[step]
    return node if isinstance(node, Mapping) else {}
