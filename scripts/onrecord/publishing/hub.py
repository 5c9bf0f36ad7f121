"""A dataset repository of the Hugging Face Hub as a destination.

A version is one commit, so that a reader sees the old version or the new one whole, and a tag on
it. Large files are stored before the commit refers to them; what is stored is not sent again. The
commit names its parent: where somebody else committed meanwhile, the Hub refuses it.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import httpx2
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
from huggingface_hub.errors import OfflineModeIsEnabled, RepositoryNotFoundError
from huggingface_hub.hf_api import GitRefs, RepoFile
from huggingface_hub.utils.sha import git_hash
from huggingface_hub.utils.tqdm import (
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
)

from onrecord.issues import InputError, Issue, MisuseError
from onrecord.manifests import MANIFEST, SUMS, FileInfo
from onrecord.publishing.shipments import (
    Comparison,
    Progress,
    Shipment,
    Standing,
    compare,
)

PAUSES: Final = (1.0, 4.0, 16.0)
"""Seconds before a call that failed for a passing reason is made again."""

_FAILURES: Final = (httpx2.HTTPError, OSError, RuntimeError, ValueError)
"""What huggingface_hub raises: for answers, connections, uploads, and answers it cannot read."""

_ALWAYS_THERE: Final = frozenset({".gitattributes", "README.md"})
_BUSY: Final = (408, 409, 412, 429)
"""Answers that pass, beside 5xx; 412 is a commit whose parent is not the head any more."""

_T = TypeVar("_T")


class HubFile(NamedTuple):
    """A file of a commit: its sha256 where it is stored as a large file, else its git hash."""

    sha256: str | None
    git_sha1: str

    def holds(self, file: FileInfo, path: Path) -> bool:
        """Whether it has the bytes of `file`."""
        if self.sha256 is not None:
            return self.sha256 == file.sha256
        return self.git_sha1 == git_hash(path.read_bytes())


class HubRepository:
    """A dataset repository; it is made when something is first sent to it."""

    def __init__(self, repo_id: str) -> None:
        """The repository OWNER/NAME; endpoint and token are those of huggingface_hub."""
        self._id = repo_id
        self._api = HfApi(library_name="onrecord")
        self._head: str | None = None

    def place(self, tag: str) -> str:
        """Such as hf://datasets/OWNER/NAME@v1.2.0."""
        return f"hf://datasets/{self._id}@{tag}"

    def tagged(self, tag: str) -> Mapping[str, Standing] | None:
        """The files at a tag."""
        refs = self._refs()
        commits = {ref.name: ref.target_commit for ref in refs.tags} if refs else {}
        return self._tree(commits[tag]) if tag in commits else None

    def standing(self, tag: str) -> Mapping[str, Standing]:
        """The files at the head of the main branch; raises `MisuseError` where they are foreign."""
        refs = self._refs()
        commits = {ref.name: ref.target_commit for ref in refs.branches} if refs else {}
        self._head = commits.get("main")
        tree = self._tree(self._head) if self._head else {}
        if MANIFEST not in tree and not tree.keys() <= _ALWAYS_THERE:
            raise MisuseError(f"hf://datasets/{self._id}: holds something else; name another")
        return tree

    def send(self, shipment: Shipment, comparison: Comparison, progress: Progress) -> None:
        """Commit what differs, tag the commit, and look whether the tag holds the shipment."""
        progress(f"sending {len(comparison.new) + len(comparison.changed)} files")
        with _no_progress_bars():
            commit = self._commit(shipment, comparison)
        progress(f"tagging {shipment.tag}")
        self._tag(shipment, commit)
        tagged = self.tagged(shipment.tag)
        if tagged is None or compare(shipment, tagged).differing:
            raise InputError(self._conflict())

    def _tag(self, shipment: Shipment, commit: str | None) -> None:
        """Tag the commit, with the hash by which anybody can check a copy in the message."""
        sums = next(file.sha256 for file in shipment.files if file.path == SUMS)
        self._call(
            lambda: self._api.create_tag(
                self._id,
                tag=shipment.tag,
                tag_message=f"SHA-256 of {SUMS}: {sums}",
                revision=commit,
                repo_type="dataset",
                exist_ok=True,
            )
        )

    def _commit(self, shipment: Shipment, comparison: Comparison) -> str | None:
        """Make the commit that holds the shipment, and return it.

        A commit whose answer was lost may have been made, and a refused one was too late. So the
        head is read again before another try: it is the parent still, or our commit, or theirs.
        """
        if self._head is None:
            self._call(lambda: self._api.create_repo(self._id, repo_type="dataset", exist_ok=True))
            comparison = compare(shipment, self.standing(shipment.tag))
        parent, pauses = self._head, iter(PAUSES)
        while comparison.differing:
            try:
                return self._api.create_commit(
                    self._id,
                    _operations(shipment, comparison),
                    commit_message=f"Version {shipment.manifest.data_version}",
                    repo_type="dataset",
                    parent_commit=parent,
                ).oid
            except _FAILURES as error:
                self._wait(error, pauses)
            comparison = compare(shipment, self.standing(shipment.tag))
            if comparison.differing and self._head != parent:
                raise InputError(self._conflict())
        return self._head

    def _refs(self) -> GitRefs | None:
        """Branches and tags, or None where there is no such repository."""

        def read() -> GitRefs | None:
            try:
                return self._api.list_repo_refs(self._id, repo_type="dataset")
            except RepositoryNotFoundError:
                return None

        return self._call(read)

    def _tree(self, commit: str) -> dict[str, Standing]:
        def read() -> dict[str, Standing]:
            entries = self._api.list_repo_tree(
                self._id, repo_type="dataset", revision=commit, recursive=True
            )
            return {
                entry.path: HubFile(entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
                for entry in entries
                if isinstance(entry, RepoFile)
            }

        return self._call(read)

    def _call(self, call: Callable[[], _T]) -> _T:
        """What a call that may be made twice returns, after other tries if need be."""
        pauses = iter(PAUSES)
        while True:
            try:
                return call()
            except _FAILURES as error:
                self._wait(error, pauses)

    def _wait(self, error: BaseException, pauses: Iterator[float]) -> None:
        """Wait before another try, or raise what the failure means to the user."""
        if isinstance(error, RuntimeError) and error.__cause__:
            error = error.__cause__
        pause = next(pauses, None) if _passes(error) else None
        if pause is None:
            raise self._failure(error) from None
        time.sleep(pause)

    def _failure(self, error: BaseException) -> Exception:
        status = _status(error)
        place, words = f"hf://datasets/{self._id}", _safe(error)
        if words.startswith("Invalid metadata in README.md"):
            return InputError(_issue("README.md", "publish-card", words, "correct the card"))
        if status in (401, 403) or isinstance(error, RepositoryNotFoundError):
            hint = "log in with `hf auth login`, or set HF_TOKEN, with the right to write there"
            return MisuseError(f"{place}: {words} ({hint})")
        if _passes(error) or isinstance(error, OfflineModeIsEnabled):
            return ConnectionError(0, words, place)
        return MisuseError(f"{place}: {words}")

    def _conflict(self) -> Issue:
        return _issue(
            f"hf://datasets/{self._id}",
            "publish-conflict",
            "somebody else published there meanwhile",
            "look at what is there, then publish again",
        )


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Without those of huggingface_hub, which would come out in pipes too."""
    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            enable_progress_bars()


def _operations(
    shipment: Shipment, comparison: Comparison
) -> list[CommitOperationAdd | CommitOperationDelete]:
    sent = (*comparison.new, *comparison.changed)
    return [
        *(CommitOperationDelete(path) for path in comparison.gone),
        *(CommitOperationAdd(path, shipment.folder / path) for path in sent),
    ]


def _status(error: BaseException) -> int | None:
    """The status of the answer that an error is about, if there was one."""
    response = getattr(error, "response", None)
    return None if response is None else response.status_code


def _passes(error: BaseException) -> bool:
    """Whether the same call may do later: the Hub is busy or broken, or a connection was cut."""
    status = _status(error)
    if status is not None:
        return status in _BUSY or status >= 500
    return isinstance(error, httpx2.TransportError | JSONDecodeError)


def _safe(error: BaseException) -> str:
    """The words of an error in one line, without the token and the signatures of URLs."""
    words = " ".join(str(error).split())
    token = get_token()
    if token:
        words = words.replace(token, "TOKEN")
    return re.sub(r"\?[^\s'\"]+", "?…", words)[:500]


def _issue(file: str, code: str, message: str, hint: str) -> Issue:
    return Issue(file=file, pointer="", code=code, message=message, hint=hint)
