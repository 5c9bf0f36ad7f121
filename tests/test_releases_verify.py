"""Verification: whatever happens to a copy is found, and nothing else is."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given
from typer.testing import CliRunner

from conftest import CASES, ROOT, as_nobody
from onrecord.building import build
from onrecord.cli import app
from onrecord.issues import MisuseError
from onrecord.manifests import MANIFEST, SUMS, read_manifest
from onrecord.releases.verification import CODES, verify
from strategies import broken_bytes, modest, mutated_json
from versions import reseal


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset; every test puts back what it changes."""
    root = tmp_path_factory.mktemp("verify")
    shutil.copytree(CASES / "valid" / "fenmoor", root / "corpus")
    for name in ("CHANGELOG.md", "DATASET_CARD.md", "LICENSE-CORPUS"):
        shutil.copyfile(ROOT / name, root / name)
    card = root / "DATASET_CARD.md"
    text = card.read_text("utf-8").replace("pretty_name: onrecord", "pretty_name: Fenmoor")
    card.write_text(text, "utf-8")
    return build(root / "corpus", root / "dataset")[0]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


class Changed:
    """A file with other bytes while the block lasts."""

    def __init__(self, path: Path, raw: bytes) -> None:
        self.path, self.raw, self.before = path, raw, path.read_bytes()

    def __enter__(self) -> None:
        self.path.write_bytes(self.raw)

    def __exit__(self, *_: object) -> None:
        self.path.write_bytes(self.before)


def found(folder: Path, *, content: bool = False) -> set[tuple[str, str]]:
    verified = verify(folder, content=content)
    for issue in verified.issues:
        assert issue.code in CODES and issue.message and issue.hint and str(issue)
    return {(issue.file, issue.code) for issue in verified.issues}


def test_a_dataset_is_whole(built: Path, dataset: Path) -> None:
    for folder in (built, dataset):
        verified = verify(folder)
        assert (verified.issues, verified.content) == ((), False)
        assert verify(folder, content=True) == msgspec.structs.replace(verified, content=True)
        assert verified.files == len(files(folder))
        configs = read_manifest(folder).configs.values()
        assert verified.rows == sum(sum(config.rows.values()) for config in configs)
        assert verified.sums_sha256 == hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()


def test_the_lists_cover_every_file(built: Path) -> None:
    names = {path.relative_to(built).as_posix() for path in files(built)}
    assert set(read_manifest(built).listed()) == names - {MANIFEST, SUMS}
    assert {"README.md", "CHANGELOG.md", "LICENSE"} < names
    done = subprocess.run(["sha256sum", "-c", SUMS], cwd=built, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count(": OK\n") == len(names) - 1


@pytest.mark.slow
def test_every_flipped_byte_is_found(built: Path) -> None:
    """The first and last bytes of every file and every k-th between, one bit each."""
    for path in files(built):
        raw = path.read_bytes()
        step = max(len(raw) // 12, 1)
        for number, offset in enumerate(sorted({*range(0, len(raw), step), len(raw) - 1})):
            damaged = bytearray(raw)
            damaged[offset] ^= 1 << number % 8
            with Changed(path, bytes(damaged)):
                seen = found(built)
                name = path.relative_to(built).as_posix()
                assert seen and (name in (MANIFEST, SUMS) or seen == {(name, "file-damaged")}), name
    assert found(built) == set()


def test_every_byte_of_the_list_of_sums_counts(built: Path) -> None:
    path = built / SUMS
    raw = path.read_bytes()
    for offset in range(0, len(raw), 29):
        for bit in (0, 5):
            damaged = bytearray(raw)
            damaged[offset] ^= 1 << bit
            with Changed(path, bytes(damaged)):
                assert found(built), offset


@modest(80)
@given(data=st.data())
def test_any_other_bytes_are_found(built: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(files(built)))
    raw = path.read_bytes()
    other = data.draw(broken_bytes(raw))
    with Changed(path, other):
        assert bool(found(built)) is (other != raw)


@pytest.mark.parametrize("keep", [0, 1, 0.5, -1])
def test_a_file_that_was_cut_off_is_found(built: Path, keep: float) -> None:
    for path in files(built):
        raw = path.read_bytes()
        length = int(keep * len(raw)) if keep == 0.5 else int(keep)
        with Changed(path, raw[:length]):
            assert path.relative_to(built).as_posix() in {file for file, _ in found(built)}


def test_swapped_files_are_found(built: Path) -> None:
    every = files(built)
    raws = {path: path.read_bytes() for path in every}
    for one, other in zip(every, every[1:] + every[:1], strict=True):
        with Changed(one, raws[other]), Changed(other, raws[one]):
            seen = {file for file, _ in found(built)}
            names = {path.relative_to(built).as_posix() for path in (one, other)}
            assert names <= seen or (SUMS in names and names & seen)


def test_missing_and_surplus_files_are_found(built: Path, tmp_path: Path) -> None:
    for path in files(built):
        name = path.relative_to(built).as_posix()
        path.rename(tmp_path / "away")
        assert (name, "file-missing") in found(built)
        (tmp_path / "away").rename(path)
    for name in ("notes.txt", "quotes/test-00001-of-00002.parquet", "more/README.md"):
        (built / name).parent.mkdir(exist_ok=True)
        (built / name).write_text("Fog.")
        assert found(built) == {(name, "file-surplus")}
        (built / name).unlink()
    (built / "more").rmdir()
    for name in (".gitattributes", ".cache/huggingface/lock"):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_text("left by a download")
    assert found(built) == set()
    shutil.rmtree(built / ".cache")
    (built / ".gitattributes").unlink()


def test_the_list_that_is_wrong_is_named(built: Path) -> None:
    """The manifest's entry for a file against the sums', and the other way round."""
    manifest, sums = (built / MANIFEST).read_bytes(), (built / SUMS).read_bytes()
    digest = read_manifest(built).listed()["README.md"].sha256.encode()
    other = digest[::-1]
    with Changed(built / MANIFEST, manifest.replace(digest, other)):
        assert found(built) == {(MANIFEST, "list-damaged"), (MANIFEST, "file-damaged")}
    with Changed(built / SUMS, sums.replace(digest, other)):
        assert found(built) == {(SUMS, "list-damaged")}
    size = b'"bytes": %d' % (built / "LICENSE").stat().st_size
    assert size in manifest
    with Changed(built / MANIFEST, manifest.replace(size, size + b"1")):
        assert (MANIFEST, "list-damaged") in found(built)


class Resealed(Changed):
    """A changed file with lists that agree, as whoever changes it on purpose would leave them."""

    def __enter__(self) -> None:
        super().__enter__()
        self.folder = next(up for up in self.path.parents if (up / SUMS).is_file())
        self.lists = {name: (self.folder / name).read_bytes() for name in (MANIFEST, SUMS)}
        reseal(self.folder)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        for name, raw in self.lists.items():
            (self.folder / name).write_bytes(raw)


@pytest.mark.slow
@modest(120)
@given(data=st.data())
def test_broken_parquet_behind_right_hashes_is_no_traceback(
    built: Path, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(built.rglob("*.parquet"))))
    with Resealed(path, data.draw(broken_bytes(path.read_bytes()))):
        seen = found(built, content=data.draw(st.booleans()))
        assert {code for _, code in seen} <= {
            "file-unreadable",
            "table-columns",
            "table-rows",
            "table-hash",
        }


def test_other_rows_behind_right_hashes_are_found(built: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (path,) = (built / "quotes").glob("test-*.parquet")
    table = pq.read_table(path)
    status = pa.array(["negated", *table["status"].to_pylist()[1:]])
    changes = {
        "table-hash": table.set_column(table.schema.get_field_index("status"), "status", status),
        "table-rows": table.slice(1),
        "table-columns": table.drop_columns(["status"]),
    }
    for code, changed in changes.items():
        raw = pa.BufferOutputStream()
        pq.write_table(changed, raw)
        with Resealed(path, raw.getvalue().to_pybytes()):
            assert code in {each for _, each in found(built, content=True)}
    raw = pa.BufferOutputStream()
    pq.write_table(table, raw, compression="snappy", row_group_size=1)
    with Resealed(path, raw.getvalue().to_pybytes()):
        assert found(built, content=True) == set(), "the same rows, written otherwise"


@pytest.mark.parametrize(
    "old_and_new",
    [
        ("content sha256:", "content sha255:"),
        ("version: 0.1.0", "version: 0.1.1"),
        ("---\n", "--\n"),
    ],
)
def test_a_card_of_other_data_is_found(built: Path, old_and_new: tuple[str, str]) -> None:
    card = (built / "README.md").read_text("utf-8").replace(*old_and_new, 1)
    with Resealed(built / "README.md", card.encode()):
        assert found(built) == {("README.md", "card-config")}


@modest(60)
@given(data=st.data())
def test_any_manifest_behind_right_sums_is_no_traceback(built: Path, data: st.DataObject) -> None:
    raw = data.draw(mutated_json((built / MANIFEST).read_bytes()))
    sums = (
        (built / SUMS)
        .read_text()
        .replace(
            hashlib.sha256((built / MANIFEST).read_bytes()).hexdigest(),
            hashlib.sha256(raw).hexdigest(),
        )
    )
    with Changed(built / MANIFEST, raw), Changed(built / SUMS, sums.encode()):
        found(built, content=True)


def test_what_is_no_dataset_is_misuse(tmp_path: Path, fenmoor: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path, fenmoor, fenmoor / "manifest.json"):
        with pytest.raises(MisuseError, match="not a dataset folder"):
            verify(folder)


def test_the_verb(built: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["verify", str(built), *words])
        return done.exit_code, done.output

    for words in ((), ("--content",)):
        status, output = run(*words)
        assert status == 0 and output.endswith(": 0 findings\n")
    with Changed(built / "LICENSE", b""):
        status, output = run()
        assert status == 1 and "LICENSE: file-damaged: has 0 bytes" in output
        status, output = run("--json")
        assert status == 1
        assert [issue["code"] for issue in json.loads(output)["issues"]] == ["file-damaged"]


def test_an_unreadable_file_is_a_finding(built: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        copy = shutil.copytree(built, Path(name) / "copy")
        assert found(copy) == set()  # and everything is imported before rights are given up
        (copy / "LICENSE").chmod(0)
        seen = as_nobody(lambda: sorted(map(list, found(copy))))
        (copy / "LICENSE").chmod(0o644)
        tables = sorted(path.relative_to(copy).as_posix() for path in (copy / "quotes").iterdir())
        for mode in (0, 0o444, 0o111):
            (copy / "quotes").chmod(mode)
            shut = as_nobody(lambda: sorted(map(list, found(copy))))
            assert shut == [[path, "file-unreadable"] for path in tables], oct(mode)
        (copy / "quotes").chmod(0o755)
    assert seen == [["LICENSE", "file-unreadable"]]
