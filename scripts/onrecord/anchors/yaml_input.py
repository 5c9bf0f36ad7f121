"""Anchor files as plain data: YAML in which every value is a string.

No type guessing (`no` stays a string), no aliases, no key twice; every value knows its line.
"""

from typing import Any, Final

import yaml

from onrecord.files import decoded
from onrecord.issues import InputError, Issue, escape

MAX_BYTES: Final = 2**20
_MAX_DEPTH: Final = 16
_Loader: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BLOCK: Final = "`content: |-`, then an indented line"

Lines = dict[str, int]


def read_yaml(raw: bytes, file: str) -> tuple[Any, Lines]:
    """Data of dicts, lists and strings, and the line of every value by JSON pointer.

    Keys without a value are left out. Raises `InputError` with all the findings.
    """
    text = decoded(raw, file)
    if not text.strip():
        raise _error(file, "file-empty", "is empty", "see docs/ANCHORS.md")
    try:
        _refuse_aliases_and_depth(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(file, text, error) from None
    if node is None:
        raise _error(file, "file-empty", "holds nothing but comments", "see docs/ANCHORS.md")
    lines: Lines = {}
    issues: list[Issue] = []
    data = _plain(node, "", file, lines, issues)
    if issues:
        raise InputError(*issues)
    return data, lines


def _error(file: str, code: str, message: str, hint: str) -> InputError:
    return InputError(Issue(file=file, pointer="", code=code, message=message, hint=hint))


def _syntax_error(file: str, text: str, error: yaml.YAMLError) -> InputError:
    hint = f"put words with quotation marks or colons into a block: {_BLOCK}"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        problem = str(error).splitlines()[0]
        return _error(file, "anchor-syntax", f"is not YAML: {problem}", hint)
    mark, problem = error.problem_mark, str(error.problem)
    if error.context_mark and "quoted scalar" in (error.context or ""):
        mark, problem = error.context_mark, "a string begins here and is never closed"
        hint = f"close it with the mark that opens it, or put its words into a block: {_BLOCK}"
    elif "\t" in _indentation(text, mark.line):
        problem, hint = "a tab in the indentation", "indent with spaces only"
    return _error(f"{file}:{mark.line + 1}", "anchor-syntax", f"is not YAML: {problem}", hint)


def _indentation(text: str, line: int) -> str:
    words = text.split("\n")[line : line + 1]
    return "".join(each[: len(each) - len(each.lstrip())] for each in words)


def _refuse_aliases_and_depth(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _error(
                f"{file}:{line}",
                "anchor-alias",
                "YAML anchors and aliases (& and *) are not used",
                "write the value out; words that begin with & or * go into a `|-` block",
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _error(
                f"{file}:{line}", "json-nesting", "is nested too deeply", "see docs/ANCHORS.md"
            )


def _plain(node: Any, pointer: str, file: str, lines: Lines, issues: list[Issue]) -> Any:
    lines[pointer] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, f"{pointer}/{number}", file, lines, issues)
            for number, item in enumerate(node.value)
        ]
    data: dict[str, Any] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in data:
            issues.append(
                Issue(
                    file=f"{file}:{key.start_mark.line + 1}",
                    pointer=f"{pointer}/{escape(name)}",
                    code="json-duplicate-key",
                    message=f"key {name!r} occurs twice",
                    hint="keep one of each",
                )
            )
        item = _plain(value, f"{pointer}/{escape(name)}", file, lines, issues)
        if item != "":
            data[name] = item
    return data
