"""Reading what a git repository holds: a corpus at a revision, tags, unfinished changes."""

import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from onrecord.issues import MisuseError
from onrecord.releases.rules import parts

Columns = Mapping[str, Mapping[str, str]]
_TAG: Final = re.compile(r"v(\d+\.\d+\.\d+)")
_CORPUS: Final = "corpus"


def git(repository: Path, *words: str) -> str | None:
    """What git prints, or None where it fails.

    Raises `MisuseError` where there is no git.
    """
    try:
        done = subprocess.run(
            ["git", "-C", str(repository), *words], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise MisuseError("git is not installed") from None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


@contextmanager
def checked_out(revision: str, repository: Path) -> Iterator[tuple[Path, Columns | None]]:
    """A copy of the corpus at `REV` or `REV:CORPUS`, and the columns that its tables had.

    The columns are those of schemas/tables.json beside the corpus, None where there is none.
    Raises `MisuseError` for what is no revision, or holds no corpus there.
    """
    name, _, path = revision.partition(":")
    path = path.strip("/") or _CORPUS
    top = git(repository, "rev-parse", "--show-toplevel")
    spell = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    commit = git(repository, *spell) if top else None
    if top is None or commit is None:
        raise MisuseError(f"{revision}: neither a folder nor a revision of this repository")
    home, commit = Path(top.rstrip("\n")), commit.strip()
    if git(home, "cat-file", "-e", f"{commit}:{path}/manifest.json") is None:
        raise MisuseError(f"{revision}: there is no corpus in {path}/ at that revision")
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        _extract(home, commit, path, Path(folder))
        tables = Path(path).parent / "schemas" / "tables.json"
        columns = git(home, "show", f"{commit}:{tables.as_posix()}")
        yield Path(folder) / path, json.loads(columns) if columns else None


def _extract(home: Path, commit: str, path: str, folder: Path) -> None:
    """Write the files of a commit as they were committed, whatever line ends git would make."""
    words = ["-c", "core.autocrlf=false", "archive", "--format=tar", commit, "--", path]
    with subprocess.Popen(["git", "-C", str(home), *words], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                archive.extractall(folder, filter="data")
        except tarfile.TarError as error:
            raise MisuseError(f"{commit}:{path}: cannot be read from git: {error}") from None


def tags(repository: Path, *options: str) -> list[str]:
    """The tags of releases (`v1.2.0`), the newest version last."""
    found = (git(repository, "tag", *options) or "").split()
    return sorted(filter(_TAG.fullmatch, found), key=lambda tag: parts(tag[1:]))


def latest_tag(repository: Path) -> str | None:
    """The tag of the newest release that leads to what is checked out."""
    return next(reversed(tags(repository, "--merged", "HEAD")), None)


def uncommitted(repository: Path) -> list[str]:
    """Files that differ from the last commit, or are not part of it.

    Raises `MisuseError` outside a repository.
    """
    status = git(repository, "status", "--porcelain", "--no-renames", "-z")
    if status is None:
        raise MisuseError(f"{repository.resolve()}: not a git repository")
    return [entry[3:] for entry in status.split("\0") if entry[3:]]
