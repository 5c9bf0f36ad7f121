"""A folder of versions as a destination: `FOLDER/v1.2.0/` on any file system that fsspec opens."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from onrecord.files import refuse_overlap
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.manifests import FileInfo
from onrecord.publishing.shipments import (
    CARD,
    LAST,
    Comparison,
    Progress,
    Shipment,
    Standing,
    compare,
)


class StoredFile(NamedTuple):
    """A file in a file system of fsspec's."""

    system: Any
    path: str
    bytes: int

    def holds(self, file: FileInfo, path: Path) -> bool:
        """Whether it has the bytes of `file`; a file of the same size is read for it."""
        if self.bytes != file.bytes:
            return False
        with self.system.open(self.path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


class VersionFolders:
    """A folder with one folder a version; a version is published once it has its card."""

    def __init__(self, url: str, shipment: Shipment) -> None:
        """The folder with this URL.

        Raises `MisuseError` where nothing opens such URLs, for a relative path, and where the
        shipment would be sent into itself.
        """
        import fsspec
        from fsspec.implementations.local import LocalFileSystem

        try:
            self._system, self._root = fsspec.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise MisuseError(f"{url}: cannot be opened ({error})") from None
        self._url = url.rstrip("/")
        self._ours = {file.path for file in shipment.files}
        if isinstance(self._system, LocalFileSystem):
            if not url.partition("://")[2].startswith("/"):
                raise MisuseError(f"{url}: names no absolute path; write file:///FOLDER")
            refuse_overlap(Path(self._path(shipment.tag)), shipment.folder)

    def place(self, tag: str) -> str:
        """The URL of a version's folder."""
        return f"{self._url}/{tag}"

    def tagged(self, tag: str) -> Mapping[str, Standing] | None:
        """The files of a version that has its card."""
        files = self._files(tag)
        return files if CARD in files else None

    def standing(self, tag: str) -> Mapping[str, Standing]:
        """The files of a version, whole or not; raises `MisuseError` where others are among them.

        Parquet files of another build are none of them, nor is what begins with a dot.
        """
        files = self._files(tag)
        foreign = [
            path
            for path in sorted(files.keys() - self._ours)
            if not path.endswith(".parquet") and "/." not in f"/{path}"
        ]
        if foreign:
            names = ", ".join(foreign[:3])
            raise MisuseError(f"{self.place(tag)}: holds something else ({names}); name another")
        return files

    def _files(self, tag: str) -> dict[str, Standing]:
        self._system.invalidate_cache()
        root = self._path(tag)
        found = self._system.find(root, detail=True)
        return {
            path.removeprefix(f"{root}/"): StoredFile(self._system, path, info["size"])
            for path, info in found.items()
        }

    def send(self, shipment: Shipment, comparison: Comparison, progress: Progress) -> None:
        """Copy what differs; lists and card only beside data that arrived as it was sent."""
        tag = shipment.tag
        for path in comparison.gone:
            self._system.rm_file(self._path(tag, path))
        waiting = [path for path in (*comparison.new, *comparison.changed) if path not in LAST]
        for path in waiting:
            progress(f"sending {path}")
            self._copy(shipment.folder / path, self._path(tag, path))
        arrived = compare(shipment, self.standing(tag))
        if not set(arrived.differing) <= set(LAST):
            raise InputError(*_disturbed(arrived))
        for path in LAST:
            self._copy(shipment.folder / path, self._path(tag, path))

    def _path(self, tag: str, path: str = "") -> str:
        return f"{self._root.rstrip('/')}/{tag}" + (f"/{path}" if path else "")

    def _copy(self, source: Path, target: str) -> None:
        """Copy under a hidden name, then rename: a cut copy is never taken for a file."""
        folder, _, name = target.rpartition("/")
        part = f"{folder}/.{name}.part"
        try:
            self._system.makedirs(folder, exist_ok=True)
            self._system.put_file(str(source), part)
            self._system.mv(part, target)
        except OSError as error:  # which may name the source, or nothing
            raise OSError(error.errno or 0, error.strerror or str(error), target) from None


def _disturbed(arrived: Comparison) -> list[Issue]:
    return [
        Issue(
            file=path,
            pointer="",
            code="publish-conflict",
            message="is not what was sent: somebody else writes there, or the disk fails",
            hint="look at what is there, then publish again",
        )
        for path in arrived.differing
        if path not in LAST
    ]
