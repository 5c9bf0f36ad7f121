"""Publishing to the Hub, against a server on loopback that speaks its protocol (tests/hub.py)."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from conftest import CASES, ROOT
from hub import Blob, Hub, serve
from onrecord.building import build
from onrecord.issues import InputError, MisuseError
from onrecord.publishing.sending import publish
from test_publishing import codes, contents, edit_card, next_version

TOKEN = "hf_sentinelNeverToBePrinted"
TO = "hf://datasets/somebody/quotes"
ID = "somebody/quotes"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset; not to be changed."""
    return build(CASES / "valid" / "fenmoor", tmp_path_factory.mktemp("built") / "fenmoor")[0]


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A small dataset that the test may change."""
    return shutil.copytree(built, tmp_path / "fenmoor")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub that this process talks to by plain LFS, without waiting between tries."""
    with serve(TOKEN) as hub:
        monkeypatch.setattr("onrecord.publishing.hub.PAUSES", (0.0,))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(time, "sleep", lambda _: None)
        yield hub
        close_session()


def stands(hub: Hub, revision: str) -> dict[str, bytes]:
    """The files of a revision, without the one that the Hub itself makes."""
    commit = hub.repositories[ID].at(revision)
    assert commit is not None
    return {path: blob.data for path, blob in commit.tree.items() if path != ".gitattributes"}


def somebody_else_commits(hub: Hub) -> None:
    repository = hub.repositories[ID]
    repository.commit({**repository.head.tree, "manifest.json": Blob(b"{}", False)})


def test_a_version_is_one_commit_and_a_tag(built: Path, hub: Hub) -> None:
    done = publish(built, TO)
    assert done.place == f"{TO}@v0.1.0"
    assert stands(hub, "v0.1.0") == stands(hub, "main") == contents(built)
    repository = hub.repositories[ID]
    assert len(repository.commits) == 2, "the one that makes the repository, and the version"
    sums = hashlib.sha256((built / "SHA256SUMS").read_bytes()).hexdigest()
    assert repository.messages == {"v0.1.0": f"SHA-256 of SHA256SUMS: {sums}"}
    large = {path for path, blob in repository.head.tree.items() if blob.large}
    assert large == {path for path in contents(built) if path.endswith(".parquet")}


def test_published_twice_sends_once(built: Path, hub: Hub) -> None:
    publish(built, TO)
    writes = hub.count("^(POST|PUT)")
    again = publish(built, TO)
    assert again.bytes == 0 and not again.files.differing
    assert hub.count("^(POST|PUT)") == writes


def test_dry_run_only_reads(built: Path, hub: Hub) -> None:
    done = publish(built, TO, dry_run=True)
    assert set(done.files.new) == set(contents(built))
    assert hub.count("^(POST|PUT)") == 0 and hub.repositories == {}


def test_the_next_version_replaces_the_last_and_leaves_its_tag(folder: Path, hub: Hub) -> None:
    publish(folder, TO)
    first = contents(folder)
    repository = hub.repositories[ID]
    stale = {"quotes/test-00001-of-00002.parquet": Blob(b"old", True)}
    repository.commit({**repository.head.tree, **stale, "notebook.ipynb": Blob(b"{}", False)})
    next_version(folder)
    done = publish(folder, TO)
    assert set(done.files.changed) == {"README.md", "SHA256SUMS", "croissant.json", "manifest.json"}
    assert done.files.gone == tuple(stale) and done.files.new == ()
    assert stands(hub, "v0.1.0") == first
    assert stands(hub, "v0.1.1") == {**contents(folder), "notebook.ipynb": b"{}"}


def test_a_tag_with_other_content_is_refused(folder: Path, hub: Hub) -> None:
    publish(folder, TO)
    before, writes = stands(hub, "main"), hub.count("^(POST|PUT)")
    edit_card(folder, "A corpus", "Another corpus")
    for dry_run in (True, False):
        with pytest.raises(InputError) as caught:
            publish(folder, TO, dry_run=dry_run)
        assert codes(caught) == {"publish-tag"}
        assert "README.md" in {issue.file for issue in caught.value.issues}
    assert stands(hub, "main") == before and hub.count("^(POST|PUT)") == writes


def test_a_repository_of_something_else_is_refused(built: Path, hub: Hub) -> None:
    publish(built, TO)
    hub.repositories[ID].tags.clear()
    hub.repositories[ID].commit({"train.csv": Blob(b"a,b", False)})
    with pytest.raises(MisuseError, match="something else"):
        publish(built, TO)
    assert stands(hub, "main") == {"train.csv": b"a,b"}


CALLS = [
    "GET .*/refs",
    "POST /api/repos/create",
    "GET .*/tree/",
    "POST /api/validate-yaml",
    "POST .*/preupload/",
    "POST .*/objects/batch",
    "PUT /store/",
    "POST .*/commit/",
    "POST .*/tag/",
]


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(False, marks=pytest.mark.slow, id="unheard"),
        pytest.param(True, id="carried-out"),
    ],
)
@pytest.mark.parametrize("status", [None, pytest.param(503, marks=pytest.mark.slow)])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_fails_once_does_not_matter(
    built: Path, hub: Hub, call: str, status: int | None, late: bool
) -> None:
    hub.next(call, status=status, cut=status is None, late=late)
    publish(built, TO)
    assert hub.faults == []
    assert stands(hub, "v0.1.0") == stands(hub, "main") == contents(built)
    assert len(hub.repositories[ID].commits) == 2


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_broken_off_anywhere_the_next_run_completes_it(built: Path, hub: Hub, call: str) -> None:
    """Each time a reader sees no version, or all of it."""
    hub.next(call, status=503, times=1000)
    with pytest.raises(ConnectionError, match=r"503|Server"):
        publish(built, TO)
    for repository in hub.repositories.values():
        seen = repository.head.tree.keys() - {".gitattributes"}
        assert seen in (set(), contents(built).keys())
    hub.faults.clear()
    stored = len(hub.store)
    puts = hub.count("PUT")
    publish(built, TO)
    assert stands(hub, "v0.1.0") == contents(built)
    large = sum(path.endswith(".parquet") for path in contents(built))
    if call != "PUT /store/":
        assert hub.count("PUT") - puts == large - stored


def test_an_answer_that_is_no_json_is_tried_again(built: Path, hub: Hub) -> None:
    hub.next("POST /api/validate-yaml", status=502, body=b"<html>Bad gateway</html>")
    publish(built, TO)
    assert stands(hub, "v0.1.0") == contents(built)


def test_a_second_writer_before_the_commit(folder: Path, hub: Hub) -> None:
    publish(folder, TO)
    next_version(folder)
    hub.next("POST .*/commit/", call=lambda: somebody_else_commits(hub))
    with pytest.raises(InputError) as caught:
        publish(folder, TO)
    assert codes(caught) == {"publish-conflict"}
    assert stands(hub, "main")["manifest.json"] == b"{}"
    assert list(hub.repositories[ID].tags) == ["v0.1.0"]


def test_a_second_writer_with_the_same_version_is_none(built: Path, hub: Hub) -> None:
    """Two machines publish the same build: whoever is slower finds it there."""
    publish(built, TO)
    theirs = hub.repositories[ID].head.tree
    hub.repositories.clear()
    hub.next("POST .*/commit/", call=lambda: hub.repositories[ID].commit(theirs) and None)
    publish(built, TO)
    assert stands(hub, "v0.1.0") == contents(built)
    assert len(hub.repositories[ID].commits) == 2


def test_a_second_writer_after_a_failed_commit(folder: Path, hub: Hub) -> None:
    publish(folder, TO)
    next_version(folder)
    hub.next("POST .*/commit/", status=500, call=lambda: somebody_else_commits(hub))
    with pytest.raises(InputError) as caught:
        publish(folder, TO)
    assert codes(caught) == {"publish-conflict"}
    assert stands(hub, "main")["manifest.json"] == b"{}"


def test_a_second_writer_takes_the_tag(folder: Path, hub: Hub) -> None:
    """The tag is looked at afterwards: whoever was slower is told."""

    def tag_first() -> None:
        repository = hub.repositories[ID]
        repository.tags["v0.1.0"] = repository.commits[0].oid

    hub.next("POST .*/tag/", call=tag_first)
    with pytest.raises(InputError) as caught:
        publish(folder, TO)
    assert codes(caught) == {"publish-conflict"}


@pytest.mark.parametrize("status", [409, 429])
def test_a_busy_hub_is_waited_for(built: Path, hub: Hub, status: int) -> None:
    hub.next("POST .*/commit/", status=status)
    publish(built, TO)
    assert stands(hub, "v0.1.0") == contents(built)


def test_a_card_that_the_hub_refuses_is_a_finding(folder: Path, hub: Hub) -> None:
    edit_card(folder, "license: cc-by-4.0", "license: nonsense")
    with pytest.raises(InputError) as caught:
        publish(folder, TO)
    (issue,) = caught.value.issues
    assert (issue.code, issue.file) == ("publish-card", "README.md")
    assert "must be one of the list" in issue.message
    assert hub.repositories[ID].tags == {} and hub.store == {}


def test_storage_is_not_given_the_token(built: Path, hub: Hub) -> None:
    publish(built, TO)
    for request in hub.requests:
        if request.method == "PUT":
            assert TOKEN not in str(request.headers)


def onrecord(hub: Hub, folder: Path, home: Path, **environment: str) -> subprocess.CompletedProcess:
    """`onrecord publish` in a process of its own that logs all it can."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    settings = {
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_DEBUG": "1",
        "PYTHONPATH": str(ROOT / "scripts"),
    }
    words = [sys.executable, "-m", "onrecord", "publish", str(folder), "--to", TO]
    return subprocess.run(
        words, env={**bare, **settings, **environment}, capture_output=True, text=True
    )


@pytest.mark.slow
def test_the_token_is_never_printed(built: Path, tmp_path: Path) -> None:
    """Neither from the environment nor from the store, with all logging on, whatever goes wrong."""
    wrong = f"{TOKEN}Wrong"
    (tmp_path / "stored").mkdir()
    (tmp_path / "stored" / "token").write_text(TOKEN)
    with serve(TOKEN) as hub:
        refused = onrecord(hub, built, tmp_path / "home", HF_TOKEN=wrong)
        stored = onrecord(hub, built, tmp_path / "stored")
        hub.repositories.clear()
        hub.next("POST .*/commit/", status=403, body=f'{{"error":"no {TOKEN}"}}'.encode())
        forbidden = onrecord(hub, built, tmp_path / "home", HF_TOKEN=TOKEN)
        done = onrecord(hub, built, tmp_path / "home", HF_TOKEN=TOKEN)
    assert [each.returncode for each in (refused, stored, forbidden, done)] == [2, 0, 2, 0]
    assert "hf auth login" in refused.stderr and "hf auth login" in forbidden.stderr
    for each in (refused, stored, forbidden, done):
        assert "curl" in each.stderr, "the log is on"
        assert TOKEN not in each.stdout + each.stderr
    for each in (refused, forbidden):
        assert each.stderr.splitlines()[-1].startswith(f"onrecord: {TO}: ")


def test_offline_is_said_in_one_line(built: Path, tmp_path: Path) -> None:
    with serve(TOKEN) as hub:
        done = onrecord(hub, built, tmp_path, HF_HUB_OFFLINE="1", HF_DEBUG="0", HF_TOKEN=TOKEN)
    assert done.returncode == 2 and hub.requests == []
    assert "HF_HUB_OFFLINE" in done.stderr and done.stderr.count("\n") == 1


def test_what_is_published_is_loaded_by_name_and_tag(built: Path, hub: Hub, tmp_path: Path) -> None:
    publish(built, TO)
    code = f"""
from datasets import load_dataset
print(sorted(load_dataset("{ID}", "quotes", split="test", revision="v0.1.0")["content_text"]))
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    import pandas as pd

    expected = pd.read_parquet(next((built / "quotes").glob("test-*")))["content_text"]
    assert done.stdout.strip() == str(sorted(expected))
