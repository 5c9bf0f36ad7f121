"""Publishing: what is refused, the order of things, folders of versions, and the verb."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from conftest import CASES, ROOT
from onrecord.building import build
from onrecord.cli import app
from onrecord.issues import InputError, MisuseError
from onrecord.licensed.texts import read_private_texts
from onrecord.manifests import MANIFEST, SUMS, read_manifest, seal
from onrecord.publishing.folders import VersionFolders
from onrecord.publishing.sending import publish
from onrecord.publishing.shipments import pack
from onrecord.releases.verification import verify


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset; not to be changed."""
    return build(CASES / "valid" / "fenmoor", tmp_path_factory.mktemp("built") / "fenmoor")[0]


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A small dataset that the test may change."""
    return shutil.copytree(built, tmp_path / "fenmoor")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def codes(error: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {issue.code for issue in error.value.issues}


def edit_card(folder: Path, old: str, new: str) -> None:
    """A dataset that is sound, with other words in its card."""
    card = folder / "README.md"
    text = card.read_text("utf-8")
    assert old in text
    card.write_text(text.replace(old, new), "utf-8")
    manifest = replace(read_manifest(folder), files=())
    for name in (SUMS, MANIFEST):
        (folder / name).unlink()
    seal(folder, manifest)


def next_version(folder: Path) -> None:
    """The same corpus as version 0.1.1, built into `folder`."""
    corpus = shutil.copytree(CASES / "valid" / "fenmoor", folder.parent / "next")
    manifest = corpus / "manifest.json"
    manifest.write_text(manifest.read_text().replace("0.1.0", "0.1.1"))
    build(corpus, folder)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["publish", *(str(word) for word in words)])


# What goes, and in which order


def test_data_goes_first_and_the_card_last(built: Path) -> None:
    paths = [file.path for file in pack(built).files]
    kinds = ["data" if path.endswith(".parquet") else path for path in paths]
    assert kinds == sorted(kinds, key=lambda kind: kind != "data")
    assert paths[-3:] == ["SHA256SUMS", "manifest.json", "README.md"]


def test_all_of_a_dataset_goes_and_nothing_else(dataset: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(dataset, tmp_path / "copy")
    expected = contents(folder)
    assert any(path.startswith("docs/figures/") for path in expected)
    (folder / ".DS_Store").write_text("")
    assert {file.path for file in pack(folder).files} == set(expected)
    (folder / "letter to my bank.txt").write_text("private")
    with pytest.raises(InputError, match="letter to my bank"):
        pack(folder)


# What is refused


def test_a_hydrated_dataset_is_refused(fenmoor: Path, tmp_path: Path) -> None:
    folder, _ = build(fenmoor, tmp_path / "hydrated", texts=read_private_texts(CASES / "private"))
    with pytest.raises(InputError) as caught:
        publish(folder, f"file://{tmp_path}/out")
    assert "publish-hydrated" in codes(caught)
    assert not (tmp_path / "out").exists()


def test_findings_of_verify_are_refused(folder: Path, tmp_path: Path) -> None:
    path = next((folder / "quotes").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(InputError) as caught:
        publish(folder, f"file://{tmp_path}/out")
    assert caught.value.issues == verify(folder).issues != ()
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="not a dataset folder"):
        publish(tmp_path, f"file://{tmp_path}/out")


@pytest.mark.parametrize(
    "to",
    [
        "somewhere",
        "/an/absolute/folder",
        "hf://datasets/name-without-owner",
        "hf://datasets/owner/name/file.parquet",
        "hf://owner/model",
        "hf://spaces/owner/name",
        "nosuchscheme://folder",
        "file://relative/folder",
    ],
)
def test_a_destination_that_is_none_is_misuse(built: Path, to: str) -> None:
    done = run(built, "--to", to)
    assert done.exit_code == 2
    assert to in done.stderr and done.stderr.count("\n") == 1


def test_a_version_with_other_content_is_refused(folder: Path, tmp_path: Path) -> None:
    to = f"file://{tmp_path}/out"
    publish(folder, to)
    before = contents(tmp_path / "out")
    edit_card(folder, "A corpus", "Another corpus")
    for dry_run in (True, False):
        with pytest.raises(InputError) as caught:
            publish(folder, to, dry_run=dry_run)
        assert codes(caught) == {"publish-tag"}
        assert {issue.file for issue in caught.value.issues} == {
            "README.md",
            "SHA256SUMS",
            "manifest.json",
        }
    assert contents(tmp_path / "out") == before


# Folders


def test_a_folder_a_version(folder: Path, tmp_path: Path) -> None:
    to = f"file://{tmp_path}/out"
    first = publish(folder, to)
    assert first.place == f"{to}/{first.tag}" and first.tag == "v0.1.0"
    assert contents(tmp_path / "out" / "v0.1.0") == contents(folder)
    next_version(folder)
    publish(folder, to)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["v0.1.0", "v0.1.1"]


def test_published_twice_sends_once(folder: Path, tmp_path: Path) -> None:
    to = f"file://{tmp_path}/out"
    assert publish(folder, to).bytes == sum(map(len, contents(folder).values()))
    again = publish(folder, to)
    assert again.bytes == 0 and len(again.files.same) == len(contents(folder))


def test_a_dataset_is_not_sent_into_itself(folder: Path) -> None:
    for place in (folder, folder / "shelf"):
        with pytest.raises(MisuseError, match="overlaps"):
            publish(folder, f"file://{place}")
    assert verify(folder).issues == ()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_folder_that_holds_something_else_is_refused(
    folder: Path, tmp_path: Path, dry_run: bool
) -> None:
    own = tmp_path / "out" / "v0.1.0" / "notes" / "own"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    with pytest.raises(MisuseError, match=r"something else.*notes/own"):
        publish(folder, f"file://{tmp_path}/out", dry_run=dry_run)
    assert contents(tmp_path / "out") == {"v0.1.0/notes/own": b"mine"}


def test_a_full_disk_is_named_by_the_target(dataset: Path, small_disk: Path) -> None:
    done = run(dataset, "--to", f"file://{small_disk}/out")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"onrecord: {small_disk}/out/v"), done.stderr


def test_any_file_system_of_fsspec(folder: Path) -> None:
    import fsspec

    place = publish(folder, "memory://shelf").place
    system, root = fsspec.url_to_fs(place)
    stored = {path.removeprefix(f"{root}/"): system.cat(path) for path in system.find(root)}
    assert stored == contents(folder)


def test_dry_run_says_what_would_go_and_sends_nothing(folder: Path, tmp_path: Path) -> None:
    done = publish(folder, f"file://{tmp_path}/out", dry_run=True)
    assert set(done.files.new) == set(contents(folder)) and done.dry_run
    assert not (tmp_path / "out").exists()


def test_broken_off_anywhere_nothing_half_is_shown_and_the_next_run_completes_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = VersionFolders._copy
    files = len(contents(folder))
    for allowed in range(files):
        left = iter(range(allowed))

        def broken(self: VersionFolders, source: Path, target: str, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                self._system.makedirs(target.rpartition("/")[0], exist_ok=True)
                self._system.pipe_file(
                    "/.".join(target.rsplit("/", 1)) + ".part", source.read_bytes()[:10]
                )
                raise OSError("disk full")
            copy(self, source, target)

        out = tmp_path / f"out{allowed}"
        monkeypatch.setattr(VersionFolders, "_copy", broken)
        with pytest.raises(OSError, match="disk full"):
            publish(folder, f"file://{out}")
        assert not (out / "v0.1.0" / "README.md").exists()
        monkeypatch.setattr(VersionFolders, "_copy", copy)
        done = publish(folder, f"file://{out}")
        assert len(done.files.same) == allowed
        assert contents(out / "v0.1.0") == contents(folder)


def test_leftovers_of_another_build_are_replaced(folder: Path, tmp_path: Path) -> None:
    """A shard that the card's glob would read must not survive."""
    stale = tmp_path / "out" / "v0.1.0" / "quotes"
    stale.mkdir(parents=True)
    (stale / "test-00001-of-00002.parquet").write_bytes(b"old")
    done = publish(folder, f"file://{tmp_path}/out")
    assert done.files.gone == ("quotes/test-00001-of-00002.parquet",)
    assert contents(tmp_path / "out" / "v0.1.0") == contents(folder)


def test_a_second_writer_is_seen_before_the_card_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = VersionFolders._copy

    def disturbed(self: VersionFolders, source: Path, target: str) -> None:
        copy(self, source, target)
        if source.name == "croissant.json":
            next((tmp_path / "out" / "v0.1.0" / "quotes").iterdir()).write_bytes(b"theirs")

    monkeypatch.setattr(VersionFolders, "_copy", disturbed)
    with pytest.raises(InputError) as caught:
        publish(folder, f"file://{tmp_path}/out")
    assert codes(caught) == {"publish-conflict"}
    assert not (tmp_path / "out" / "v0.1.0" / "README.md").exists()


# The verb


def test_the_verb_says_what_it_did(folder: Path, tmp_path: Path) -> None:
    to = f"file://{tmp_path}/out"
    dry = run(folder, "--to", to, "--dry-run")
    assert dry.exit_code == 0 and "  new     README.md" in dry.output
    assert "nothing was sent" in dry.output
    done = run(folder, "--to", to)
    assert done.exit_code == 0 and done.output.startswith(f"{to}/v0.1.0: ")
    told = json.loads(run(folder, "--to", to, "--json").output)
    assert told["tag"] == "v0.1.0" and len(told["files"]["same"]) == len(contents(folder))


def test_findings_exit_1_misuse_2(fenmoor: Path, tmp_path: Path) -> None:
    folder, _ = build(fenmoor, tmp_path / "hydrated", texts=read_private_texts(CASES / "private"))
    done = run(folder, "--to", f"file://{tmp_path}/out")
    assert done.exit_code == 1 and "manifest.json#/hydrated: publish-hydrated" in done.output
    assert run(tmp_path / "nowhere", "--to", f"file://{tmp_path}/out").exit_code == 2


def test_a_disk_that_cannot_be_written_is_one_line(built: Path) -> None:
    done = run(built, "--to", f"file://{os.devnull}/out")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_every_finding_is_documented() -> None:
    code = "".join(path.read_text() for path in (ROOT / "scripts/onrecord/publishing").glob("*.py"))
    page = (ROOT / "docs" / "PUBLISHING.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(publish-[a-z]+)` \|", page, re.MULTILINE))
    assert documented == set(re.findall(r'"(publish-[a-z]+)"', code)) != set()
