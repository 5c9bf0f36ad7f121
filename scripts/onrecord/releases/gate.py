"""What stands in the way of a release: everything at once, as findings."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from onrecord.card import stale_files
from onrecord.files import read_bytes
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import decode
from onrecord.model import Manifest
from onrecord.releases.changelog import read_unreleased, released_versions
from onrecord.releases.comparison import Progress, compare
from onrecord.releases.differences import Difference
from onrecord.releases.revisions import latest_tag, tags, uncommitted
from onrecord.releases.rules import BUMPS, bumped, parts
from onrecord.releases.sides import open_side
from onrecord.schema_export import render_files
from onrecord.validation import validate

CODES: Final = {
    "release-uncommitted": "Everything is committed, so that the tag holds what was built.",
    "release-tag": "The version has no tag yet.",
    "release-predecessor": "Where the changelog lists a release, its tag leads here.",
    "release-version": "The data version is above the last one, and not below the smallest legal.",
    "release-date": "The day is not before that of the predecessor.",
    "release-test-split": "Test articles keep ids, texts and split within a major version.",
    "release-card": "Numbers and versions in DATASET_CARD.md and README.md are those of the data.",
    "release-schemas": "schemas/ is generated from the code as it is.",
    "release-changelog": "CHANGELOG.md says under Unreleased what is new, Data and Code apart.",
    "release-hydrated": "Nothing that is released, or compared with, holds licensed texts.",
    "release-environment": "Installed is what pyproject.toml and constraints.txt name.",
}
PAGES: Final = ("DATASET_CARD.md", "README.md")
_WRITERS: Final = ("pyarrow", "orjson", "PyYAML")
"""Packages on whose versions the bytes of a dataset depend."""
_DATASET: Final = re.compile(r"dist/onrecord-(\d+\.\d+\.\d+)")


@dataclass
class Candidate:
    """A checkout that is to become a release; `difference` is None for the first one."""

    root: Path
    manifest: Manifest
    date: str
    predecessor: str | None
    difference: Difference | None
    issues: list[Issue]

    @property
    def corpus(self) -> Path:
        """The corpus folder."""
        return self.root / "corpus"

    @property
    def tag(self) -> str:
        """The tag of the release."""
        return f"v{self.manifest.data_version}"


def examine(
    root: Path, date: str, against: str | None, progress: Progress | None = None
) -> Candidate:
    """Look at a checkout and collect all that stands in the way of its release on a day.

    `against` is the predecessor, by default the newest tag `v1.2.0` that leads here. Raises
    `InputError` if the manifest cannot be read, `MisuseError` where there is no repository.
    """
    path = root / "corpus" / "manifest.json"
    manifest = decode(read_bytes(path, "corpus/manifest.json"), Manifest, "corpus/manifest.json")
    candidate = Candidate(root, manifest, date, against or latest_tag(root), None, [])
    candidate.issues += _check_repository(candidate)
    candidate.issues += _check_environment(root)
    candidate.issues += _check_changelog(candidate)
    candidate.issues += _check_schemas(root)
    if manifest.hydrated:
        hint = "release the corpus from which it was made"
        candidate.issues.append(
            _issue("corpus/manifest.json", "release-hydrated", "holds licensed texts", hint)
        )
    found = validate(candidate.corpus, near_duplicates=True).issues
    candidate.issues += [replace(issue, file=f"corpus/{issue.file}") for issue in found]
    candidate.issues += _check_pages(candidate, sound=not found)
    candidate.issues += _compare(candidate, progress, sound=not found)
    return candidate


@contextmanager
def _if_sound(sound: bool) -> Iterator[None]:
    """What an unsound corpus makes impossible is left out: validation said why."""
    try:
        yield
    except (InputError, MisuseError):
        if sound:
            raise


def _issue(file: str, code: str, message: str, hint: str, pointer: str = "") -> Issue:
    return Issue(file=file, pointer=pointer, code=code, message=message, hint=hint)


def _check_repository(candidate: Candidate) -> Iterator[Issue]:
    root = candidate.root
    changed = uncommitted(root)
    if changed:
        more = f" (and {len(changed) - 1:,} more)" if len(changed) > 1 else ""
        message = f"is not committed{more}"
        yield _issue(changed[0], "release-uncommitted", message, "commit or remove it")
    if candidate.tag in tags(root):
        message = f"{candidate.tag} is set: this version was released"
        hint = "raise data_version; what is released stays as it is"
        yield _issue("corpus/manifest.json", "release-tag", message, hint, "/data_version")


def _check_environment(root: Path) -> Iterator[Issue]:
    """Otherwise nobody could build the same bytes from the tag."""
    wanted: dict[str, tuple[str, str]] = {}
    if (root / "pyproject.toml").is_file():
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8")).get("project", {})
        if project.get("name") == "onrecord":
            wanted["onrecord"] = ("pyproject.toml", project["version"])
    if (root / "constraints.txt").is_file():
        for line in (root / "constraints.txt").read_text("utf-8").split():
            name, _, pinned = line.partition("==")
            if name in _WRITERS:
                wanted[name] = ("constraints.txt", pinned)
    for name, (file, expected) in wanted.items():
        installed = _installed(name)
        if installed != expected:
            message = f"names {name} {expected}, installed is {installed or 'none'}"
            yield _issue(file, "release-environment", message, "run `make dataset`")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _check_changelog(candidate: Candidate) -> Iterator[Issue]:
    path = candidate.root / "CHANGELOG.md"
    text = path.read_text("utf-8") if path.is_file() else ""
    unreleased = read_unreleased(text)
    code, hint = "release-changelog", "list what is new under ### Data and ### Code"
    if unreleased is None or not unreleased.parts:
        yield _issue("CHANGELOG.md", code, "says nothing under ## Unreleased", hint)
    elif unreleased.stray:
        message = f"has under ## Unreleased neither in Data nor in Code: {unreleased.stray[:60]!r}"
        yield _issue("CHANGELOG.md", code, message, hint)
    released = released_versions(text)
    if candidate.manifest.data_version in released:
        message = f"has a heading for {candidate.manifest.data_version} already"
        yield _issue("CHANGELOG.md", code, message, "raise data_version")
    if released and candidate.predecessor is None:
        message = f"lists {released[0]}, but no tag of a release leads here"
        hint = "fetch the tags (git fetch --tags), or name the predecessor with --against"
        yield _issue("CHANGELOG.md", "release-predecessor", message, hint)


def _check_schemas(root: Path) -> Iterator[Issue]:
    """They tell the next release which columns this one has."""
    for name, data in render_files().items():
        path = root / "schemas" / name
        if path.parent.is_dir() and not (path.is_file() and path.read_bytes() == data):
            yield _issue(f"schemas/{name}", "release-schemas", "is stale", "run `make schemas`")


def _check_pages(candidate: Candidate, *, sound: bool) -> Iterator[Issue]:
    pages = [candidate.root / name for name in PAGES if (candidate.root / name).is_file()]
    with _if_sound(sound):
        for path in stale_files(pages, candidate.corpus):
            yield _issue(path.name, "release-card", "its numbers are stale", "run `make card`")
    expected = candidate.manifest.data_version
    for path in pages:
        named = set(_DATASET.findall(path.read_text("utf-8"))) - {expected}
        if named:
            message = f"speaks of dist/onrecord-{min(named)}, the data version is {expected}"
            yield _issue(path.name, "release-card", message, "write the new version there")


def _compare(candidate: Candidate, progress: Progress | None, *, sound: bool) -> Iterator[Issue]:
    """The predecessor against the corpus, if there is one and neither holds licensed texts."""
    if candidate.predecessor is None or candidate.manifest.hydrated:
        return
    try:
        with open_side(candidate.predecessor, candidate.root) as old:
            if old.manifest.hydrated:
                message, hint = "holds licensed texts", "compare with what was released"
                yield _issue(candidate.predecessor, "release-hydrated", message, hint)
                return
            if candidate.date < (old.manifest.released or ""):
                message = f"{candidate.date} is before {old.manifest.released}, when {old.name} was"
                hint = "name a later day with --date"
                yield _issue("corpus/manifest.json", "release-date", message, hint, "/released")
            corpus = str(candidate.corpus)
            with _if_sound(sound), open_side(corpus, candidate.root) as new:
                candidate.difference = compare(old, new, progress)
    except InputError as error:
        yield from error.issues
    if candidate.difference:
        yield from check_version(candidate.difference)


def check_version(difference: Difference) -> Iterator[Issue]:
    """Whether the new data version is legal after the old one."""
    old, new = difference.old.data_version, difference.new.data_version
    smallest = difference.version if difference.bump != "none" else bumped(old, "patch")
    if parts(new) < parts(smallest):
        reached = _bump(old, new)
        missed = [each for each in difference.demands if BUMPS.index(each.bump) > reached]
        why = "; ".join(f"{each.code} ({each.bump}): {each.places[0]}" for each in missed)
        message = f"is {new}, at least {smallest} is needed after {old}"
        yield _issue(
            "corpus/manifest.json",
            "release-version",
            f"{message}: {why}" if why else message,
            "set it, or undo the change",
            "/data_version",
        )
    for demand in difference.demands:
        if demand.code == "test-changed" and parts(new)[0] <= parts(old)[0]:
            message = f"test articles changed: {', '.join(demand.places)}"
            hint = "leave the test split as it was, or raise the major version"
            yield _issue("corpus/splits.json", "release-test-split", message, hint)


def _bump(old: str, new: str) -> int:
    """How far the version was raised, as a place in `BUMPS`."""
    reached = [bump for bump in BUMPS if bump != "none" and parts(new) >= parts(bumped(old, bump))]
    return BUMPS.index(reached[-1]) if reached else 0
