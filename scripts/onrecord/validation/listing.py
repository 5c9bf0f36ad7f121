"""The page that lists every check (docs/CHECKS.md), from the checks themselves."""

from typing import Final

from onrecord.validation import codes

_GRADES: Final = {
    1: "bytes and JSON",
    2: "schema",
    3: "texts, ids, registries, splits, challenge",
    4: "ids, spans and ends of marks",
    5: "marks, quotes, mentions and stances one by one",
    6: "what needs all of these to be sound",
    7: "near-duplicates, with `--near-duplicates`",
}


def render_checks() -> str:
    """The page as Markdown."""
    lines = [
        "# Checks",
        "",
        "`onrecord validate` runs these. A finding names file, place, code, what is wrong and what",
        "to do. Where a lower grade fails for a file (in JSONL: for a record), higher ones do not",
        "run on it, and do on all others. Every code has cases in `tests/cases/invalid/<code>/`.",
        "This page is what `onrecord validate --checks` prints.",
    ]
    for grade, title in _GRADES.items():
        lines += ["", f"## Grade {grade}: {title}", "| code | what holds |", "| --- | --- |"]
        lines += [f"| `{code}` | {text} |" for code, (own, text) in codes().items() if own == grade]
    return "\n".join(lines) + "\n"
