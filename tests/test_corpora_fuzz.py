"""Anything at all in the makers' files, or in a corpus that is written back: findings, no crash."""

import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from makers import MAKERS
from onrecord.converting.exporting import export_corpus
from onrecord.converting.importing import import_corpus
from onrecord.corpora import CORPORA
from onrecord.issues import InputError, MisuseError
from onrecord.validation import validate
from strategies import broken_bytes, modest, mutated_json

_numbers = itertools.count()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def mutated(data: st.DataObject, path: Path) -> bytes:
    raw = path.read_bytes()
    ways = [broken_bytes(raw)] + ([mutated_json(raw)] * 3 if path.suffix == ".json" else [])
    return data.draw(st.one_of(ways))


def tried(call: Callable[[Path], object], work: Path) -> Path | None:
    """The folder that a call has written, or None where it has said why not."""
    out = work / f"out-{next(_numbers)}"
    try:
        call(out)
    except (InputError, MisuseError) as error:
        assert str(error) and not out.exists()
        return None
    return out


@pytest.mark.parametrize("name", list(MAKERS))
def test_anything_in_a_file_is_imported_or_named(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = MAKERS[name](work / "src")

        @given(st.data())
        @modest(60)
        def check(data: st.DataObject) -> None:
            path = data.draw(st.sampled_from(files(source)))
            before = path.read_bytes()
            path.write_bytes(mutated(data, path))
            try:
                out = tried(lambda out: import_corpus(CORPORA[name], source, out), work)
                if out is not None:
                    assert validate(out).issues == ()
                    tried(lambda back: export_corpus(CORPORA[name], out, back), work)
            finally:
                path.write_bytes(before)

        check()


@pytest.mark.parametrize("name", list(MAKERS))
def test_anything_in_a_corpus_is_written_back_or_named(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = MAKERS[name](work / "src")
        import_corpus(CORPORA[name], source, work / "corpus")
        shutil.rmtree(source)

        @given(st.data())
        @modest(40)
        def check(data: st.DataObject) -> None:
            path = data.draw(st.sampled_from(files(work / "corpus")))
            before = path.read_bytes()
            path.write_bytes(mutated(data, path))
            try:
                for kind in (name, "brat", "citron", "bio"):
                    tried(
                        lambda out, kind=kind: export_corpus(CORPORA[kind], work / "corpus", out),
                        work,
                    )
            finally:
                path.write_bytes(before)

        check()
