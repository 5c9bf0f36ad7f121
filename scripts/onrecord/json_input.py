"""JSON bytes to records, with every fault found and placed.

Well-formed, compact JSON takes the fast path: decoded, encoded again and compared, which also
shows that no key occurs twice. Everything else is looked at closely.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

import msgspec
import orjson

from onrecord.files import decoded
from onrecord.issues import InputError, Issue, escape
from onrecord.schema_faults import MOST, find_faults

_MAX_SHOWN: Final = 120
_MAX_KEYS: Final = 20
_MAX_DEPTH: Final = 32


def decode(raw: bytes, record: Any, file: str) -> Any:
    """The record in `raw`, called `file` in findings.

    Raises `InputError` with all the findings: bytes, JSON, duplicate keys, schema.
    """
    parse(raw, file)
    try:
        return _decoder(record)(raw)
    except msgspec.ValidationError as error:
        raise InputError(*_schema_issues(raw, record, file, str(error))) from None


def parse(raw: bytes, file: str) -> Any:
    """Plain data from `raw`; raises `InputError` for bytes that are not JSON as we accept it."""
    if not raw.strip():
        raise InputError(_issue(file, "file-empty", "is empty", "write a JSON value into it"))
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        decoded(raw, file)
        raise InputError(_syntax_issue(raw, file, error)) from None
    try:
        compact = orjson.dumps(value) == raw
    except orjson.JSONEncodeError:
        raise InputError(_nesting_issue(file)) from None
    if not compact:
        _look_closely(raw, file)
    return value


@cache
def _decoder(record: Any) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(record).decode


def _issue(file: str, code: str, message: str, hint: str, pointer: str = "") -> Issue:
    return Issue(file=file, pointer=pointer, code=code, message=message, hint=hint)


def _syntax_issue(raw: bytes, file: str, error: orjson.JSONDecodeError) -> Issue:
    if raw.startswith(b"\xef\xbb\xbf"):
        return _issue(
            file, "file-encoding", "starts with a byte-order mark", "save it as UTF-8 without BOM"
        )
    if "recursion" in error.msg.lower() or "depth" in error.msg:
        return _nesting_issue(file)
    return _issue(
        file,
        "json-syntax",
        f"is not JSON: {error.msg[:_MAX_SHOWN]} (line {error.lineno}, column {error.colno})",
        "correct the syntax there; a file that ends too early was cut off",
    )


def _nesting_issue(file: str) -> Issue:
    return _issue(file, "json-nesting", "is nested too deeply", "no record of ours is")


def _look_closely(raw: bytes, file: str) -> None:
    """Raise `InputError` for keys that occur twice in one object."""
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> None:
        counts = Counter(key for key, _ in items)
        if len(counts) < len(items):
            repeated.extend(key for key, number in counts.items() if number > 1)

    try:
        json.loads(raw, object_pairs_hook=pairs)
    except RecursionError:
        raise InputError(_nesting_issue(file)) from None
    if repeated:
        distinct = sorted(set(repeated))
        names = ", ".join(repr(key[:_MAX_SHOWN]) for key in distinct[:_MAX_KEYS])
        if len(distinct) > _MAX_KEYS:
            names += f" and {len(distinct) - _MAX_KEYS} more"
        raise InputError(
            _issue(file, "json-duplicate-key", f"keys occur twice: {names}", "keep one of each")
        )


def _schema_issues(raw: bytes, record: Any, file: str, first: str) -> list[Issue]:
    """Every fault the schema finds; where it finds none, the decoder's own first one.

    The two differ on one point: JSON Schema takes 1.0 for an integer, our records do not. `json`
    reads here since it keeps integers of any size apart from numbers with a decimal point.
    """
    value = json.loads(raw)
    if _is_deep(value):
        return [_nesting_issue(file)]
    hint = "`onrecord schema` prints what a record may hold"
    floats = list(islice(_floats(value), MOST))
    issues = [
        _issue(file, "json-number", "has a decimal point", "write 1, not 1.0", pointer)
        for pointer in floats
    ]
    placed = set(floats)
    issues += [
        _issue(file, "schema", message, hint, pointer)
        for pointer, message in find_faults(value, record)
        if pointer not in placed
    ]
    return issues or [_issue(file, "schema", first, hint)]


def _is_deep(value: object) -> bool:
    """Whether objects and lists are nested more than `_MAX_DEPTH` deep."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list)
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, dict | list)
        ]
    return bool(level)


def _floats(value: object, pointer: str = "") -> Iterator[str]:
    """Pointers to numbers with a decimal point, in order; a confidence may have one."""
    if isinstance(value, float):
        yield pointer
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list) or (isinstance(item, float) and key != "confidence"):
                yield from _floats(item, f"{pointer}/{escape(key)}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, dict | list | float):
                yield from _floats(item, f"{pointer}/{number}")
