"""The files of a dataset folder against the two lists of them, `manifest.json` and `SHA256SUMS`.

The lists vouch for each other and for all other files. A file that agrees with neither is damaged;
where they disagree about a file, the one that is wrong about it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from onrecord.issues import Issue, MisuseError
from onrecord.manifests import (
    MANIFEST,
    SUMS,
    DatasetManifest,
    FileInfo,
    describe,
    files_in,
    read_manifest,
    read_sums,
)

AGAIN: Final = "download or build it again"


@dataclass
class Listing:
    """What is there and what is listed, as far as it can be read; what cannot is in `issues`."""

    folder: Path
    found: dict[str, FileInfo] = field(default_factory=dict)
    manifest: DatasetManifest | None = None
    sums: dict[str, str] | None = None
    issues: list[Issue] = field(default_factory=list)


def finding(file: str, code: str, message: str) -> Issue:
    """A finding about a file of a dataset, which a fresh copy mends."""
    return Issue(file=file, pointer="", code=code, message=message, hint=AGAIN)


def read_listing(folder: Path) -> Listing:
    """Hash every file, read both lists; raises `MisuseError` where there is no dataset."""
    listing = Listing(folder)
    for path in files_in(folder):
        name = path.relative_to(folder).as_posix()
        try:
            listing.found[name] = describe(folder, path)
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            listing.issues.append(finding(name, "file-unreadable", message))
    if SUMS in listing.found:
        try:
            listing.sums = read_sums((folder / SUMS).read_bytes())
        except ValueError as error:
            listing.issues.append(finding(SUMS, "list-damaged", f"cannot be read: {error}"))
    else:
        listing.issues.append(finding(SUMS, "file-missing", "is missing"))
    try:
        listing.manifest = read_manifest(folder)
    except MisuseError as error:
        if SUMS not in listing.found:
            raise
        if MANIFEST in listing.found:
            listing.issues.append(finding(MANIFEST, "list-damaged", str(error)))
    return listing


def check_files(listing: Listing) -> Iterator[Issue]:
    """Every file against the lists, and the lists against each other."""
    manifest, sums = listing.manifest, listing.sums
    files = manifest.listed() if manifest else {}
    unread = {issue.file for issue in listing.issues if issue.code == "file-unreadable"}
    for path in sorted({*listing.found, *files, *(sums or {}), MANIFEST} - {SUMS, *unread}):
        said: dict[str, str | None] = {}
        if manifest and path != MANIFEST:
            said[MANIFEST] = files[path].sha256 if path in files else None
        if sums is not None:
            said[SUMS] = sums.get(path)
        actual = listing.found.get(path)
        if actual is None and any(said.values()) and _is_shut(listing.folder / path):
            message = "cannot be looked for: a folder that should hold it may not be read"
            yield finding(path, "file-unreadable", message)
        else:
            yield from _judge(path, actual, said)
    for path, file in files.items():
        found = listing.found.get(path)
        if found and found.sha256 == file.sha256 and found.bytes != file.bytes:
            yield finding(MANIFEST, "list-damaged", f"is wrong about the length of {path}")


def _is_shut(path: Path) -> bool:
    """Whether nobody can say if there is such a file, for want of a right."""
    try:
        path.lstat()
        next(path.parent.iterdir(), None)
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _judge(path: str, actual: FileInfo | None, said: Mapping[str, str | None]) -> Iterator[Issue]:
    """One file against what each list says of it; None where it is not there or not listed."""
    sha256 = actual.sha256 if actual else None
    if not said:
        return
    if sha256 in said.values():
        for name, digest in said.items():
            if digest != sha256:
                yield finding(name, "list-damaged", f"is wrong about {path}")
    elif actual is None:
        yield finding(path, "file-missing", "is missing")
    elif not any(said.values()):
        yield finding(path, "file-surplus", "is not listed")
    else:
        listed = " or ".join(sorted({digest for digest in said.values() if digest}))
        message = f"has {actual.bytes} bytes with SHA-256 {sha256}, listed is {listed}"
        yield finding(path, "file-damaged", message)
