"""What a JSON Schema finds wrong, in words that say what is allowed."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from onrecord.issues import pointer_of, shorten
from onrecord.schemas import schema_of

MOST: Final = 1000
"""Faults of one record that are reported."""


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
    """What the schema of a record type finds wrong with plain data; nothing where it agrees."""
    validator, schema = _validator(record)
    errors = chain.from_iterable(_spread(error) for error in validator.iter_errors(value))
    return [
        Fault(pointer_of(error.instance_path), _message(error, schema))
        for error in islice(errors, MOST)
    ]


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
    found = shorten(repr(error.instance))
    match error.kind.name:
        case "enum":
            return f"{found} is none of {', '.join(map(str, error.kind.options))}"
        case "pattern":
            wanted = _at(schema, error.schema_path[:-1]).get("description", error.kind.pattern)
            return f"{found} is not as it should be: {wanted}"
        case "additionalProperties":
            known = list(_at(schema, error.schema_path[:-1]).get("properties", ()))
            return "; ".join(_unknown(name, known) for name in error.kind.unexpected)
        case "required":
            return f"{error.kind.property} is missing"
        case "type":
            return f"{found} is not of type {error.message.split(' is not of type ')[-1]}"
        case "anyOf":
            types = [
                each.message.split(" is not of type ")[-1].strip('"')
                for branch in error.kind.context
                for each in branch
                if each.kind.name == "type"
            ]
            return f"{found} is none of {', '.join(dict.fromkeys(types))}"
    return shorten(error.message, 300)


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f"; do you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
    return f"there is no field {shorten(name)}{meant}"


def _at(schema: Mapping[str, Any], path: Any) -> Mapping[str, Any]:
    node: Any = schema
    for step in path:
        node = node[step]
    return node if isinstance(node, Mapping) else {}
