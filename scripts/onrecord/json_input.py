"""JSON bytes to records, with every fault found and placed.

Well-formed, compact JSON takes the fast path: decoded, encoded again and compared, which also
shows that no key occurs twice. Everything else is looked at closely.
"""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import msgspec
import orjson

from onrecord.issues import InputError, Issue, escape
from onrecord.schema_faults import MOST, find_faults

_MAX_SHOWN: Final = 120
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
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return _issue(
            file,
            "file-encoding",
            f"byte {wrong.start} is not UTF-8 (0x{raw[wrong.start]:02x})",
            "save the file as UTF-8",
        )
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
        keys = [key for key, _ in items]
        if len(set(keys)) < len(keys):
            repeated.extend(sorted({key for key in keys if keys.count(key) > 1}))

    try:
        json.loads(raw, object_pairs_hook=pairs)
    except RecursionError:
        raise InputError(_nesting_issue(file)) from None
    if repeated:
        names = ", ".join(repr(key[:_MAX_SHOWN]) for key in dict.fromkeys(repeated))
        raise InputError(
            _issue(file, "json-duplicate-key", f"keys occur twice: {names}", "keep one of each")
        )


def _schema_issues(raw: bytes, record: Any, file: str, first: str) -> list[Issue]:
    """Every fault the schema finds; where it finds none, the decoder's own first one.

    The two differ on one point: JSON Schema takes 1.0 for an integer, our records do not. `json`
    reads here since it keeps integers of any size apart from numbers with a decimal point.
    """
    value = json.loads(raw)
    floats, depth = _floats_and_depth(value)
    if depth > _MAX_DEPTH:
        return [_nesting_issue(file)]
    hint = "`onrecord schema` prints what a record may hold"
    issues = [
        _issue(file, "json-number", "has a decimal point", "write 1, not 1.0", pointer)
        for pointer in floats[:MOST]
    ]
    placed = set(floats)
    issues += [
        _issue(file, "schema", message, hint, pointer)
        for pointer, message in find_faults(value, record)
        if pointer not in placed
    ]
    return issues or [_issue(file, "schema", first, hint)]


def _floats_and_depth(value: object) -> tuple[list[str], int]:
    """Pointers to numbers with a decimal point (a confidence may have one), and the depth."""
    floats, deepest = [], 0
    stack: list[tuple[object, str, int]] = [(value, "", 1)]
    while stack:
        item, pointer, depth = stack.pop()
        deepest = max(deepest, depth if isinstance(item, dict | list) else 0)
        if isinstance(item, float) and not pointer.endswith("/confidence"):
            floats.append(pointer)
        elif isinstance(item, dict) and depth <= _MAX_DEPTH:
            stack += [(each, f"{pointer}/{escape(key)}", depth + 1) for key, each in item.items()]
        elif isinstance(item, list) and depth <= _MAX_DEPTH:
            stack += [(each, f"{pointer}/{n}", depth + 1) for n, each in enumerate(item)]
    return sorted(floats), deepest
