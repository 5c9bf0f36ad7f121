"""What is wrong with an input: a plain record that every reader and check yields."""

import msgspec


class Issue(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A finding: where, what is wrong and what to do.

    `file` is relative to the corpus (a JSONL line as `name.jsonl:7`); `pointer` is a JSON pointer
    (RFC 6901) into it, or empty for the whole file; `code` is stable and listed in docs/CHECKS.md.
    """

    file: str
    pointer: str
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}#{self.pointer}" if self.pointer else self.file
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.code}: {self.message}{hint}"


class InputError(Exception):
    """Input that cannot be used at all; carries the issues that say why."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("\n".join(map(str, issues)))
        self.issues = issues


class MisuseError(Exception):
    """A call that makes no sense as it stands, such as an unknown split or a missing folder."""
