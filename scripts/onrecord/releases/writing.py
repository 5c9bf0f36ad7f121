"""Making a release: date, changelog and citation in the checkout, and the dataset in dist/."""

import os
import shlex
from pathlib import Path

import msgspec

from onrecord.building import build
from onrecord.issues import InputError, MisuseError
from onrecord.manifests import SUMS
from onrecord.model import Date
from onrecord.paths import StrPath
from onrecord.releases.comparison import Progress
from onrecord.releases.dating import date_files, dated_files, recover
from onrecord.releases.differences import Difference
from onrecord.releases.gate import Candidate, examine
from onrecord.releases.verification import verify
from onrecord.validation.registries import is_day


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release that was made, or could be; `commands` are what remains to be done."""

    version: str
    date: str
    tag: str
    predecessor: str | None
    difference: Difference | None
    folder: str
    sums_sha256: str | None
    commands: tuple[str, ...]


def release(
    root: StrPath,
    date: str,
    *,
    against: StrPath | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Release:
    """Release the corpus of a checkout: `dist/onrecord-<version>/`, dated, and noted in its files.

    `date` (YYYY-MM-DD) goes into corpus/manifest.json, CHANGELOG.md and CITATION.cff; `against`
    names the predecessor, by default the newest release tag. With `dry_run` nothing is written.
    Raises `InputError` with everything that stands in the way, `MisuseError` outside a checkout.
    If it fails later on, the files of the checkout are as they were; if it is killed, the next
    call puts them back.
    """
    root = Path(root)
    _require(root, date)
    if not dry_run:
        recover(root)
    candidate = examine(root, date, os.fspath(against) if against else None, progress)
    if candidate.issues:
        raise InputError(*candidate.issues)
    folder = _folder(candidate)
    sums = None
    if not dry_run:
        with date_files(root, date):
            build(candidate.corpus, folder, progress=progress)
            verified = verify(folder, content=True)
            if verified.issues:
                raise InputError(*verified.issues)
            sums = verified.sums_sha256
    return Release(
        version=candidate.manifest.data_version,
        date=date,
        tag=candidate.tag,
        predecessor=candidate.predecessor,
        difference=candidate.difference,
        folder=str(folder),
        sums_sha256=sums,
        commands=_commands(candidate, sums),
    )


def _require(root: Path, date: str) -> None:
    if not (root / "corpus" / "manifest.json").is_file():
        raise MisuseError(f"{root.resolve()}: not a checkout (it has no corpus/manifest.json)")
    try:
        sound = is_day(msgspec.convert(date, Date))
    except msgspec.ValidationError:
        sound = False
    if not sound:
        raise MisuseError(f"{date!r} is no day; write --date YYYY-MM-DD")


def _folder(candidate: Candidate) -> Path:
    return candidate.root / "dist" / f"onrecord-{candidate.manifest.data_version}"


def _commands(candidate: Candidate, sums: str | None) -> tuple[str, ...]:
    """What only a person may do, in this order: commit, tag, push and publish."""
    title = f"{candidate.manifest.title} {candidate.manifest.data_version}"
    proof = f", SHA-256 of {SUMS}: {sums}" if sums else ""
    words = (
        ("git", "add", *dated_files(candidate.root)),
        ("git", "commit", "-m", f"Release {title}"),
        ("git", "tag", "-a", candidate.tag, "-m", f"{title}{proof}"),
        ("git", "push", "--follow-tags"),
        ("onrecord", "publish", str(_folder(candidate)), "--to", "hf://datasets/OWNER/NAME"),
    )
    return tuple(map(shlex.join, words))
