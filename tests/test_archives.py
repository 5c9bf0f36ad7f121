"""Archives: what is in them comes out, and nothing leaves its folder, links anywhere or grows."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.archives import inside, unpacked
from onrecord.issues import InputError, MisuseError
from strategies import modest

FILES = {"a/b.txt": b"one", "ä: „c“.json": b"two" * 1000}


def write_tar(path: Path, files: dict[str, bytes], *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, f"w:{path.suffix[1:].replace('tar', '')}") as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
        for member in members:
            packed.addfile(member)
    return path


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.xz", "x.tar.bz2"])
def test_what_is_in_an_archive_comes_out(name: str, tmp_path: Path) -> None:
    write = write_zip if name == "x.zip" else write_tar
    with unpacked(write(tmp_path / name, FILES)) as folder:
        assert contents(folder) == FILES
    assert not folder.exists()


def test_folders_and_plain_files_stay_where_they_are(tmp_path: Path) -> None:
    file = tmp_path / "a.conll"
    file.write_text("x")
    for path in (tmp_path, file):
        with unpacked(path) as found:
            assert found == path
    with pytest.raises(MisuseError, match="no such file"), unpacked(tmp_path / "gone.zip"):
        pass


BAD_NAMES = ["../up.txt", "/etc/x", "a/../../b", "a\\..\\b"]


@pytest.mark.parametrize("kind", ["x.tar", "x.zip"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_no_member_leaves_the_folder(kind: str, name: str, tmp_path: Path) -> None:
    write = write_zip if kind == "x.zip" else write_tar
    archive = write(tmp_path / kind, {name: b"x"})
    before = contents(tmp_path)
    assert refused(archive) == [("archive-unsafe", name)]
    assert contents(tmp_path) == before


def refused(archive: Path, **limits: int) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error, unpacked(archive, **limits):
        pass
    assert all(issue.file == archive.name and issue.hint for issue in error.value.issues)
    return [(issue.code, issue.pointer) for issue in error.value.issues]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_links_and_devices_are_refused(kind: bytes, tmp_path: Path) -> None:
    member = tarfile.TarInfo("link")
    member.type, member.linkname = kind, "a/b.txt"
    archive = write_tar(tmp_path / "x.tar", FILES, member)
    assert refused(archive) == [("archive-unsafe", "link")]


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        packed.writestr(info, "/etc/passwd")
    assert refused(path) == [("archive-unsafe", "link")]


def test_a_name_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as packed:
        for content in (b"one", b"two"):
            member = tarfile.TarInfo("a")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    assert refused(path) == [("archive-unsafe", "a")]


@pytest.mark.parametrize("name", ["x.zip", "x.tar.xz"])
def test_an_archive_may_not_grow_beyond_its_limit(name: str, tmp_path: Path) -> None:
    write = write_zip if name == "x.zip" else write_tar
    archive = write(tmp_path / name, {"a": b"\0" * 2_000_000, "b": b"\0" * 2_000_000})
    assert archive.stat().st_size < 10_000
    assert refused(archive, max_bytes=3_000_000) == [("archive-unsafe", "b")]
    with unpacked(archive, max_bytes=4_000_000) as folder:
        assert len(contents(folder)) == 2


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.xz", "x.tar.bz2"])
def test_a_broken_archive_is_a_finding(name: str, tmp_path: Path) -> None:
    """Cut off or with bytes changed: unpacked whole, or refused; never anything else."""
    write = write_zip if name == "x.zip" else write_tar
    raw = write(tmp_path / name, {"a.txt": os.urandom(3000), "b.txt": b"b" * 9000}).read_bytes()
    cut = tmp_path / f"cut-{name}"
    cut.write_bytes(raw[: len(raw) // 2])
    assert refused(cut) == [("archive-broken", "")]

    @given(st.integers(0, len(raw) - 1), st.binary(min_size=1, max_size=4))
    @modest(60)
    def changed(offset: int, change: bytes) -> None:
        cut.write_bytes(raw[:offset] + change + raw[offset + len(change) :])
        try:
            with unpacked(cut):
                pass
        except InputError as error:
            assert error.issues

    changed()


def test_names_inside_a_folder() -> None:
    assert str(inside("a/./b ü.txt")) == "a/b ü.txt"
    for name in ("", ".", *BAD_NAMES, "a\0b"):
        with pytest.raises(ValueError):
            inside(name)


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
def test_what_is_no_archive_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"junk")
    with pytest.raises(InputError) as caught, unpacked(tmp_path / name):
        pass
    message = caught.value.issues[0].message
    assert message == "cannot be unpacked: file could not be opened successfully"
