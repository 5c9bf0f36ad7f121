"""The built dataset, read by everybody who is promised to be able to read it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from conftest import CASES, ROOT
from onrecord.building import build
from onrecord.card import parse_card
from onrecord.editions import open_edition
from onrecord.issues import InputError, MisuseError
from onrecord.licensed.texts import read_private_texts
from onrecord.loading import load, read_articles
from onrecord.manifests import read_manifest
from onrecord.model import SPLITS
from onrecord.statistics import statistics
from onrecord.tables import TABLES, arrow_schema, content_line


def test_every_config_loads_with_datasets(dataset: Path) -> None:
    import datasets

    manifest = read_manifest(dataset)
    assert set(manifest.configs) == set(TABLES)
    for name, config in manifest.configs.items():
        loaded = datasets.load_dataset(str(dataset), name)
        assert {split: table.num_rows for split, table in loaded.items()} == config.rows
        assert next(iter(loaded.values())).column_names == arrow_schema(TABLES[name].record).names


def test_default_config_is_articles_in_three_splits(dataset: Path) -> None:
    import datasets

    loaded = datasets.load_dataset(str(dataset))
    assert list(loaded) == list(SPLITS)
    named = datasets.load_dataset(str(dataset), "articles")
    for split, table in loaded.items():
        assert table.to_list() == named[split].to_list()
        assert [row["id"] for row in table] == [each.id for each in load(split, dataset)]
        assert {row["split"] for row in table} == {split}


def test_a_licensed_article_is_a_row_of_split_test_without_words(
    fenmoor: Path, tmp_path: Path
) -> None:
    out, info = build(fenmoor, tmp_path / "built")
    assert info.configs["licensed"].rows == {"test": 1}
    assert [path.name for path in (out / "licensed").iterdir()] == ["test-00000-of-00001.parquet"]
    (row,) = pq.read_table(out / "licensed").to_pylist()
    assert (row["id"], row["split"], row["text"]) == ("skerry-post-ferry-fares", "test", None)
    assert [quote["type"] for quote in row["quotes"]] == ["direct", "indirect", "direct"]
    assert {quote["content_text"] for quote in row["quotes"]} == {None}


def test_flat_words_are_the_words_at_the_offsets(dataset: Path) -> None:
    articles = pd.read_parquet(dataset / "articles").set_index("id")
    quotes = pd.read_parquet(dataset / "quotes")
    assert len(quotes) > 0
    for row in quotes.itertuples():
        text = articles.loc[row.article_id, "text"]
        words = " ".join(text[part["start"] : part["end"]] for part in row.content)
        assert words == row.content_text
    marks = pd.read_parquet(dataset / "marks")
    assert set(marks["kind"]) >= {"speech"}
    assert (marks["text"].str.len() > 0).all()


def test_duckdb_joins_nested_and_flat(dataset: Path) -> None:
    nested = duckdb.sql(
        f"select count(*) from (select unnest(quotes) from '{dataset}/articles/*.parquet')"
    ).fetchall()
    flat = duckdb.sql(f"select count(*) from '{dataset}/quotes/*.parquet'").fetchall()
    assert nested == flat
    orphans = duckdb.sql(
        f"select * from '{dataset}/stances/*.parquet' s"
        f" anti join '{dataset}/quotes/*.parquet' q using (article_id, quote_id)"
    ).fetchall()
    assert orphans == []


def test_loaded_records_are_the_rows(dataset: Path) -> None:
    assert list(read_articles(dataset)) != []
    for split in SPLITS:
        assert load(split, dataset) == load(split, ROOT / "corpus")


def test_a_split_loads_whatever_is_wrong_in_another(fenmoor: Path) -> None:
    splits = json.loads((fenmoor / "splits.json").read_bytes())
    ids = [id for id in sorted(splits) if (fenmoor / "texts" / f"{id}.txt").exists()]
    for id, split in zip(ids, ("train", "test"), strict=False):
        splits[id] = split
    (fenmoor / "splits.json").write_text(json.dumps(splits))
    (fenmoor / "gold" / f"{ids[0]}.json").write_text("{}")
    assert ids[1] in [article.id for article in load("test", fenmoor)]
    with pytest.raises(InputError):
        load("train", fenmoor)


READ = """
import sys
from collections import Counter
from pathlib import Path
from onrecord.statistics import statistics
opened = Counter()
sys.addaudithook(lambda event, args: args[1:2] == ("r",) and opened.update([str(args[0])]))
statistics(Path(sys.argv[1]))
print({opened[str(path)] for path in Path(sys.argv[1], "gold").iterdir()})
"""


def test_statistics_read_every_article_once(fenmoor: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(fenmoor)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
    )
    assert done.stdout == "{1}\n"


def test_content_hashes_follow_from_the_parquet_rows(dataset: Path) -> None:
    """The identity of the data can be computed again from any copy of the rows."""
    import hashlib

    for name, config in read_manifest(dataset).configs.items():
        combined = hashlib.sha256()
        for split in config.rows:
            digest = hashlib.sha256()
            for path in sorted((dataset / name).glob(f"{split}-*.parquet")):
                table = pq.read_table(path)
                for row in table.to_pylist():
                    digest.update(content_line(row, table.schema.names))
            combined.update(f"{split}\n{digest.hexdigest()}\n".encode())
        assert combined.hexdigest() == config.content_sha256


def test_card_names_every_config_with_its_version_and_hash(dataset: Path) -> None:
    front = yaml.safe_load((dataset / "README.md").read_text("utf-8").split("---\n")[1])
    manifest = read_manifest(dataset)
    assert [config["config_name"] for config in front["configs"]] == list(manifest.configs)
    for config in front["configs"]:
        info = manifest.configs[config["config_name"]]
        assert config["description"] == f"content sha256:{info.content_sha256}"
        assert config["version"] == manifest.data_version
        assert [each["split"] for each in config["data_files"]] == list(info.rows)


def test_a_finding_stops_the_build_and_leaves_the_old_dataset(
    fenmoor: Path, tmp_path: Path
) -> None:
    out = tmp_path / "built"
    build(fenmoor, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    path = next((fenmoor / "texts").glob("*harbour-toll.txt"))
    path.write_text(path.read_text() + "More.\n")
    with pytest.raises(InputError) as caught:
        build(fenmoor, out)
    assert {issue.code for issue in caught.value.issues} == {"text-hash", "text-length"}
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_folder_of_something_else_is_not_replaced(fenmoor: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear")
    with pytest.raises(MisuseError, match="not a dataset folder"):
        build(fenmoor, tmp_path / "letters")
    assert (tmp_path / "letters" / "dear.txt").read_text() == "Dear"


def test_only_an_untouched_dataset_is_replaced(fenmoor: Path, tmp_path: Path) -> None:
    out, _ = build(fenmoor, tmp_path / "built")
    build(fenmoor, out)
    (out / "paper.tex").write_text("mine")
    with pytest.raises(MisuseError, match=r"paper\.tex"):
        build(fenmoor, out)
    other = tmp_path / "extension"
    other.mkdir()
    (other / "manifest.json").write_text('{"manifest_version": 3}')
    (other / "main.js").write_text("mine")
    with pytest.raises(MisuseError, match="not a dataset folder"):
        build(fenmoor, other)
    assert (out / "paper.tex").exists() and (other / "main.js").exists()


@pytest.mark.parametrize("place", [".", "inside", ".."])
def test_a_build_never_touches_its_corpus(fenmoor: Path, place: str) -> None:
    before = {path: path.read_bytes() for path in fenmoor.rglob("*") if path.is_file()}
    with pytest.raises(MisuseError, match="overlaps"):
        build(fenmoor, fenmoor / place)
    assert {path: path.read_bytes() for path in fenmoor.rglob("*") if path.is_file()} == before


def test_a_corpus_without_a_card_of_its_own_does_not_get_another_ones(
    fenmoor: Path, tmp_path: Path
) -> None:
    """The card beside a corpus is its own only if it is called as the corpus is."""
    (fenmoor.parent / "DATASET_CARD.md").write_text("---\npretty_name: Another\n---\n# A\n")
    (fenmoor.parent / "LICENSE-CORPUS").write_text("Another's")
    manifest = json.loads((fenmoor / "manifest.json").read_bytes())
    out, _ = build(fenmoor, tmp_path / "built")
    card = (out / "README.md").read_text("utf-8")
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["pretty_name"] == manifest["title"]
    assert front["license"] == manifest["licence"].lower()
    assert manifest["creators"][0] in card and not (out / "LICENSE").exists()


def test_the_card_is_found_from_inside_the_corpus(
    fenmoor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = json.loads((fenmoor / "manifest.json").read_bytes())["title"]
    card = (ROOT / "DATASET_CARD.md").read_text("utf-8").replace("pretty_name: onrecord", "x: y", 1)
    card = card.replace("---\n", f"---\npretty_name: {title}\n", 1)
    (fenmoor.parent / "DATASET_CARD.md").write_text(card, "utf-8")
    (fenmoor.parent / "LICENSE-CORPUS").write_text("Ours")
    monkeypatch.chdir(fenmoor)
    out, _ = build(Path(), tmp_path / "built")
    assert (out / "LICENSE").read_text() == "Ours"


def test_a_hydrated_dataset_has_a_folder_of_its_own(
    fenmoor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain, _ = build(fenmoor)
    hydrated, info = build(fenmoor, texts=read_private_texts(CASES / "private"))
    assert info.hydrated and hydrated == Path(f"{plain}-hydrated")
    assert not read_manifest(plain).hydrated


def test_texts_do_not_join_lines(fenmoor: Path, tmp_path: Path) -> None:
    from edits import to_jsonl

    path = to_jsonl(fenmoor, tmp_path / "corpus.jsonl")
    with pytest.raises(MisuseError, match="--texts"):
        build(fenmoor, tmp_path / "built", jsonl=path, texts={})


LOADED = """
import os, socket, sys
from pathlib import Path

def refuse(*_):
    raise AssertionError("network")

socket.socket.connect = socket.getaddrinfo = refuse
from onrecord.loading_back import load_back
before = dict(os.environ)
print(sum(load_back(Path(sys.argv[1])).values()))
assert dict(os.environ) == before
from datasets.utils import are_progress_bars_disabled
assert not are_progress_bars_disabled()
"""


def test_loading_back_leaves_no_words_behind(fenmoor: Path, tmp_path: Path) -> None:
    out, info = build(fenmoor, tmp_path / "built")
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HF_")
    } | {"HOME": str(home), "HF_HOME": str(home / "hf"), "TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(out)],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": str(ROOT / "scripts")},
    )
    assert done.returncode == 0, done.stderr
    rows = sum(sum(config.rows.values()) for config in info.configs.values())
    assert int(done.stdout) == rows > 0
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert list(temporary.iterdir()) == []


def test_empty_tables_are_left_out(fenmoor: Path, tmp_path: Path) -> None:
    """`datasets` cannot load a table without rows."""
    import shutil

    shutil.rmtree(fenmoor / "annotators", ignore_errors=True)
    _, info = build(fenmoor, tmp_path / "built")
    assert "annotations" not in info.configs
    assert not (tmp_path / "built" / "annotations").exists()


def test_jsonl_gives_the_same_dataset(fenmoor: Path, tmp_path: Path) -> None:
    from edits import to_jsonl

    path = to_jsonl(fenmoor, tmp_path / "corpus.jsonl")
    _, from_folder = build(fenmoor, tmp_path / "one")
    _, from_lines = build(fenmoor, tmp_path / "two", jsonl=path)
    assert from_folder.configs == from_lines.configs


def test_same_bytes_in_another_process_folder_and_hash_seed(fenmoor: Path, tmp_path: Path) -> None:
    build(fenmoor, tmp_path / "one")
    code = "import sys; from pathlib import Path; from onrecord.building import build;"
    code += "build(Path(sys.argv[1]), Path(sys.argv[2]))"
    (tmp_path / "else").mkdir()
    subprocess.run(
        [sys.executable, "-c", code, str(fenmoor), str(tmp_path / "two")],
        check=True,
        cwd=tmp_path / "else",
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT / "scripts"), "PATH": "/usr/bin:/bin"},
    )
    one, two = (
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two and len(one) > 5


def test_shards_are_numbered_of_their_count(
    fenmoor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLES, "quotes", TABLES["quotes"]._replace(batch=2, row_group=2, shard=2))
    out, info = build(fenmoor, tmp_path / "built")
    names = sorted(path.name for path in (out / "quotes").iterdir())
    count = len(names)
    assert count > 1
    assert names == [f"test-{n:05d}-of-{count:05d}.parquet" for n in range(count)]
    assert sum(pq.read_metadata(out / "quotes" / name).num_rows for name in names) == sum(
        info.configs["quotes"].rows.values()
    )


def test_a_card_without_front_matter_is_refused(dataset: Path) -> None:
    with pytest.raises(MisuseError, match="front matter"):
        parse_card("# no front matter\n")


def test_manifest_lists_every_parquet_file(dataset: Path) -> None:
    manifest = json.loads((dataset / "manifest.json").read_text())
    listed = {file["path"] for config in manifest["configs"].values() for file in config["files"]}
    assert listed == {p.relative_to(dataset).as_posix() for p in dataset.rglob("*.parquet")}


@pytest.mark.parametrize("shards", ["train*", "*"])
def test_a_dataset_that_lacks_a_listed_file_is_not_read_as_a_smaller_one(
    dataset: Path, tmp_path: Path, shards: str
) -> None:
    folder = shutil.copytree(dataset, tmp_path / "copy")
    gone = [path.relative_to(folder).as_posix() for path in (folder / "articles").glob(shards)]
    for name in gone:
        (folder / name).unlink()
    for read in (lambda: load("train", folder), lambda: statistics(folder)):
        with pytest.raises(InputError, match=r"articles/train-.*: file-unreadable: is missing"):
            read()
    with pytest.raises(InputError, match="is missing"):
        open_edition(folder).ids()
