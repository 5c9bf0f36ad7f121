"""What holds of every result, however hostile its source: for tests and for the fuzzer."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from conftest import CASES
from onrecord.anchors.writing import anchor_files
from onrecord.ingestion.drafts import Draft
from onrecord.issues import InputError, Issue
from onrecord.validation import codes

FENMOOR = CASES / "valid" / "fenmoor"
ANCHOR_CODES = {
    f"anchor-{name}"
    for name in "syntax alias article repeated missing mention ambiguous cuts-word mark registry".split()
}


def is_sound(found: Draft | tuple[Issue, ...]) -> bool:
    """A draft whose text and zones hold what is promised, or findings."""
    if not isinstance(found, Draft):
        return bool(found) and all(issue.message for issue in found)
    text, last = found.text, 0
    for zone in found.zones:
        assert last <= zone.start < zone.end <= len(text), zone
        last = zone.end
    assert text.endswith("\n") and not text.endswith("\n\n") and "\n\n\n" not in text
    assert not {"\r", "\t", "\0", "\ufeff"} & set(text)
    assert found.title and found.title == found.title.strip()
    return True


def sound(issues: Iterable[Issue], known: Iterable[str] = ()) -> bool:
    """Findings with a place and a listed code that can be printed and written as JSON."""
    listed = {*codes(), *known}
    for issue in issues:
        assert issue.file and issue.message and issue.code in listed, issue
        assert str(issue).encode() and msgspec.json.encode(issue)
    return True


def anchored(scratch: Path, raw: bytes, *, copies: int = 1) -> list[Path] | None:
    """What an anchor file of these bytes writes; None where it has findings, all of them sound."""
    path = scratch.parent / "file.yaml"
    path.write_bytes(raw)
    before = tree(scratch)
    try:
        written = anchor_files([path] * copies, scratch, layers=True)
    except InputError as error:
        assert tree(scratch) == before
        assert error.issues and sound(error.issues, ANCHOR_CODES)
        return None
    finally:
        for folder in set((scratch / "annotators").iterdir()) - {scratch / "annotators" / "a1"}:
            shutil.rmtree(folder)
        for name in ("speakers.json", "targets.json"):
            shutil.copyfile(FENMOOR / name, scratch / name)
    return written


def tree(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}
