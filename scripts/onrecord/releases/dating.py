"""The day of a release in the files of a checkout: written, and taken back if the release fails."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from onrecord.files import render_json, write_atomic
from onrecord.json_input import decode
from onrecord.model import Manifest
from onrecord.releases.changelog import cite, move_unreleased, read_unreleased
from onrecord.releases.revisions import git

_MANIFEST: Final = "corpus/manifest.json"
_CHANGELOG: Final = "CHANGELOG.md"
_REWRITES: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    _CHANGELOG: move_unreleased,
    "CITATION.cff": cite,
}

Files = dict[str, bytes]


def dated_files(root: Path) -> list[str]:
    """Manifest, changelog and, where there is one, the citation: their paths in the checkout."""
    return [name for name in (_MANIFEST, *_REWRITES) if (root / name).is_file()]


@contextmanager
def date_files(root: Path, date: str) -> Iterator[None]:
    """Write the day of a release; if the block fails the files are again what they were."""
    before = _read(root)
    try:
        _write(root, _dated(before, date))
        yield
    except BaseException:
        _put_back(root, before)
        raise


def recover(root: Path) -> None:
    """Put back what a killed release dated, unless anybody has changed these files as well.

    What it left half-written goes.
    """
    for path in map(root.joinpath, dated_files(root)):
        for unfinished in path.parent.glob(f".{path.name}.{'?' * 8}"):
            unfinished.unlink()  # as `write_atomic` names them
    found, committed = _read(root), _committed(root)
    if committed is None or found == committed:
        return
    date = _manifest(found).released
    if date is None or read_unreleased(committed[_CHANGELOG].decode()) is None:
        return
    dated = _dated(committed, date)
    if all(raw in (committed[name], dated[name]) for name, raw in found.items()):
        _put_back(root, committed)


def _read(root: Path) -> Files:
    return {name: (root / name).read_bytes() for name in dated_files(root)}


def _committed(root: Path) -> Files | None:
    """The files at the last commit, or None where it has not all of them."""
    texts = {name: git(root, "show", f"HEAD:./{name}") for name in dated_files(root)}
    files = {name: text.encode() for name, text in texts.items() if text is not None}
    return files if len(files) == len(texts) and _CHANGELOG in files else None


def _dated(files: Files, date: str) -> Files:
    """The files with the day of the release; the changelog has a heading for what is unreleased."""
    manifest = _manifest(files)
    dated = {_MANIFEST: render_json(replace(manifest, released=date))}
    for name in files.keys() - {_MANIFEST}:
        text = _REWRITES[name](files[name].decode(), manifest.data_version, date)
        dated[name] = text.encode()
    return dated


def _manifest(files: Files) -> Manifest:
    manifest: Manifest = decode(files[_MANIFEST], Manifest, _MANIFEST)
    return manifest


def _put_back(root: Path, files: Files) -> None:
    """Undo `_write` from its end: as long as the manifest is dated, others may be."""
    _write(root, dict(reversed(files.items())))


def _write(root: Path, files: Files) -> None:
    for name, raw in files.items():
        write_atomic(root / name, raw)
