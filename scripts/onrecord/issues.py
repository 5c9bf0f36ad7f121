"""What is wrong with an input: a plain record that every reader and check yields."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

import msgspec
from msgspec.structs import force_setattr

_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINE: Final = re.compile(r"\.[a-z]+:([0-9]+)\Z")


class Issue(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A finding: where, what is wrong and what to do.

    `file` is relative to the corpus (a JSONL line as `name.jsonl:7`, with the `line`, from 1, as a
    number, too); `pointer` is a JSON pointer (RFC 6901) into it, or empty for the whole file;
    `code` is stable and listed in docs/CHECKS.md, for predictions in docs/BENCHMARK.md, for
    extraction in docs/EXTRACTORS.md.
    """

    file: str
    pointer: str
    code: str
    message: str
    hint: str = ""
    line: int | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Take the line from `file`; write bytes of its name that are not UTF-8 as escapes."""
        line = _LINE.search(self.file)
        force_setattr(self, "line", int(line[1]) if line else msgspec.UNSET)
        for name in ("file", "message"):
            words = getattr(self, name)
            if not words.isascii():
                force_setattr(self, name, words.encode("utf-8", "backslashreplace").decode())

    def __str__(self) -> str:
        place = f"{self.file}#{self.pointer}" if self.pointer else self.file
        hint = f" ({self.hint})" if self.hint else ""
        return printable(f"{place}: {self.code}: {self.message}{hint}")


class InputError(Exception):
    """Input that cannot be used at all; carries the issues that say why."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("\n".join(map(str, issues)))
        self.issues = issues


class MisuseError(Exception):
    """A call that makes no sense as it stands, such as an unknown split or a missing folder."""


def printable(words: str) -> str:
    """`words` for a terminal, in one line: control characters and the like as escapes."""
    if words.isprintable():
        return words
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in words
    )


def harmless(words: str) -> str:
    """`words` for a terminal, in their lines: what would steer it or turn text round as escapes."""
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), words)


def pointer_of(steps: Iterable[object]) -> str:
    """A JSON pointer (RFC 6901) from its steps."""
    return "".join(f"/{escape(step)}" for step in steps)


def escape(key: object) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def shorten(words: str, limit: int = 60) -> str:
    """`words` for a message, cut in the middle where they are long."""
    return words if len(words) <= limit else f"{words[: limit // 2]}…{words[-limit // 2 :]}"


def do_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that names what comes nearest to an unknown name, or says what to do otherwise."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.75)
    return f"do you mean {near[0]}?" if near else otherwise
