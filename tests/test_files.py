"""Writing that is whole or not at all: killed at any moment, out of space, without rights."""

import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import CASES, as_nobody
from killing import ENVIRONMENT, killed_everywhere
from onrecord.building import build
from onrecord.files import staged_folder, write_atomic
from onrecord.issues import MisuseError

FENMOOR = CASES / "valid" / "fenmoor"
ONRECORD = [sys.executable, "-m", "onrecord"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_killed_at_any_moment_the_old_dataset_or_the_new_one_stands(tmp_path: Path) -> None:
    """Every change to the file system is once the last thing that a build does."""
    out = tmp_path / "dist" / "onrecord"
    build(FENMOOR, out)
    old = contents(out)
    changed = shutil.copytree(FENMOOR, tmp_path / "changed")
    path = changed / "manifest.json"
    path.write_text(path.read_text().replace('"data_version": "', '"data_version": "9'))
    build(changed, tmp_path / "new")
    new = contents(tmp_path / "new")
    assert old != new
    stood = []
    for moment in killed_everywhere("onrecord.building", "build", out.parent, changed, out):
        aside = out.with_name(f".{out.name}.old")
        stood.append(contents(out if out.exists() else aside))
        assert stood[-1] in (old, new), moment
    assert len(stood) > 5 and old in stood
    assert contents(out) == new
    assert [path.name for path in out.parent.iterdir()] == [out.name], "nothing is left behind"


def refused(*words: str | Path, limit: int = resource.RLIM_INFINITY) -> str:
    """The one line of error output of a command that the machine stops; it exits 2."""

    def restrict() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [*ONRECORD, *map(str, words)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=restrict,
    )
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stderr.startswith("onrecord: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_file_size_limit_stops_a_build_and_leaves_the_old_dataset(tmp_path: Path) -> None:
    out = tmp_path / "dist" / "onrecord"
    build(FENMOOR, out)
    before = contents(out)
    refused("build", FENMOOR, "--out", out, limit=4096)
    assert contents(out) == before
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_full_disk_stops_a_build_in_one_line(small_disk: Path) -> None:
    message = refused("build", FENMOOR, "--out", small_disk / "onrecord")
    assert "No space left" in message
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_leaves_gold_as_it_was(small_disk: Path) -> None:
    corpus = shutil.copytree(
        FENMOOR, small_disk / "c", ignore=shutil.ignore_patterns("annot*", "fing*")
    )
    anchors = small_disk.parent / "a.yaml"
    anchors.write_text(
        "article: fenmoor-echo-harbour-toll\nannotator: x\nguidelines: 1.0.0\nissues: [toll-harbour]\n"
        "marks: [{span: ‘a tax on fog’}, {span: '“We owe nobody a bridge,”'},"
        " {span: “and nobody owes us a fog.}, {span: “Ask the auditors.”},"
        " {span: “Drowned Bell”}]\n",
        "utf-8",
    )
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(b"x" * 1024):
            pass
    before = contents(corpus)
    assert "No space left" in refused("anchor", anchors, "--out", corpus)
    assert contents(corpus) == before


def test_where_one_may_not_write_a_build_says_so() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)

        def attempt() -> str:
            try:
                build(FENMOOR, Path(name) / "onrecord")
            except MisuseError as error:
                return str(error)
            return "built"

        assert as_nobody(attempt) == f"{name}/onrecord: cannot be written: Permission denied"


def test_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(tmp_path / "disk" / "onrecord")
    for _ in range(2):
        build(FENMOOR, link)
        assert link.is_symlink() and (link / "manifest.json").is_file()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["onrecord"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_folder_that_one_stands_in_can_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "built").mkdir()
    monkeypatch.chdir(tmp_path / "built")
    build(FENMOOR, Path())
    assert (tmp_path / "built" / "manifest.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["built"]


def test_the_root_of_all_folders_is_not_replaced() -> None:
    with pytest.raises(MisuseError, match="cannot be replaced"), staged_folder(Path("/")):
        pass


BUSY = """
import errno, sys
from pathlib import Path
from onrecord.files import staged_folder

renamed = []
def hook(event, args):
    if event == "os.rename":
        renamed.append(args[1])
        if len(renamed) == 2:
            raise OSError(errno.EBUSY, "busy")

sys.addaudithook(hook)
try:
    with staged_folder(Path(sys.argv[1])) as stage:
        (stage / "new").touch()
except OSError as error:
    print(error.strerror)
"""


def test_what_stood_there_stays_where_the_new_folder_cannot_be_renamed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").touch()
    done = subprocess.run(
        [sys.executable, "-c", BUSY, target], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.stdout == "busy\n", done.stderr
    assert (target / "old").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("name", ["a[b]", "*", "ab"])
def test_only_what_runs_of_ones_own_left_is_removed(tmp_path: Path, name: str) -> None:
    stale = [tmp_path / f".{each}.new.{2**22 + 1}.x" for each in (name, "a", "b", "abc")]
    for each in stale:
        each.mkdir()
    with staged_folder(tmp_path / name):
        pass
    assert not stale[0].exists() and all(each.exists() for each in stale[1:])


HAMMER = """
import sys
from pathlib import Path
from onrecord.files import staged_folder
for _ in range(300):
    with staged_folder(Path(sys.argv[1])) as stage:
        for name in ("one", "two"):
            (stage / name).write_text(sys.argv[2])
"""


def test_two_at_once_into_one_folder_are_both_whole(tmp_path: Path) -> None:
    target = tmp_path / "home" / "target"
    writers = [
        subprocess.Popen([sys.executable, "-c", HAMMER, target, name], env=ENVIRONMENT)
        for name in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert contents(target) in ({"one": each, "two": each} for each in (b"a", b"b"))
    assert [path.name for path in target.parent.iterdir()] == ["target"]


def test_atomic_writing_leaves_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.json"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["file.json"]
    assert oct(path.stat().st_mode & 0o777) == "0o644"


def test_an_interrupt_leaves_the_old_dataset(tmp_path: Path) -> None:
    out = tmp_path / "dist" / "onrecord"
    build(FENMOOR, out)
    before = contents(out)

    def interrupt(number: int) -> None:
        signal.raise_signal(signal.SIGINT)

    before_us = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background
    try:
        with pytest.raises(KeyboardInterrupt):
            build(FENMOOR, out, progress=interrupt)
    finally:
        signal.signal(signal.SIGINT, before_us)
    assert contents(out) == before
    assert [path.name for path in out.parent.iterdir()] == [out.name]
