"""What can be scored besides a folder: a JSONL corpus, and licensed articles on private copies."""

import json
import shutil
from pathlib import Path

import pytest

from conftest import CASES
from edits import to_jsonl
from onrecord.benchmark.predictions import gold_prediction
from onrecord.benchmark.scoring import Method, Result, score
from onrecord.building import build
from onrecord.editions import open_edition
from onrecord.hydration import seal
from onrecord.issues import InputError, MisuseError
from onrecord.licensed.texts import read_private_texts
from onrecord.predictions import Prediction
from test_benchmark_score import codes, edit, gold_of, write
from test_cli import run

METHOD = Method(resamples=100)
FERRY = "skerry-post-ferry-fares"


@pytest.fixture
def perfect(fenmoor: Path, tmp_path: Path) -> Path:
    return write(tmp_path / "perfect.jsonl", gold_of(open_edition(fenmoor)))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CASES / "private", tmp_path / "texts"))


@pytest.fixture
def licensed(fenmoor: Path, texts: Path) -> Path:
    """A corpus whose licensed article stands in the test split."""
    seal(fenmoor, FERRY, read_private_texts(texts))
    edit(fenmoor / "splits.json", lambda splits: splits.update({FERRY: "test"}))
    return fenmoor


def test_a_jsonl_corpus_scores_as_its_folder_does(
    fenmoor: Path, perfect: Path, tmp_path: Path
) -> None:
    lines = to_jsonl(fenmoor, tmp_path / "corpus.jsonl")
    assert score(perfect, lines, method=METHOD) == score(perfect, fenmoor, method=METHOD)
    printed = json.loads(run("score", perfect, "--corpus", lines, "--json").output)
    assert printed["counts"]["articles"] == 2 and printed["counts"]["passages"] > 0


def test_articles_of_other_splits_of_a_jsonl_corpus_are_known(
    fenmoor: Path, tmp_path: Path
) -> None:
    lines = to_jsonl(fenmoor, tmp_path / "corpus.jsonl")
    more = [Prediction(article_id=id) for id in (FERRY, "nowhere")]
    path = write(tmp_path / "p.jsonl", [*gold_of(open_edition(lines)), *more])
    assert codes(score(path, lines, method=METHOD)) == ["prediction-unknown"]


def test_a_jsonl_corpus_must_be_sound(fenmoor: Path, perfect: Path, tmp_path: Path) -> None:
    lines = to_jsonl(fenmoor, tmp_path / "corpus.jsonl")
    raw = lines.read_bytes().splitlines(keepends=True)
    document = next(number for number, line in enumerate(raw) if b'"document"' in line[:20])
    lines.write_bytes(b"".join([*raw[: document + 1], *raw[document:]]))
    with pytest.raises(MisuseError, match="stands after"):
        score(perfect, lines, method=METHOD)
    lines.write_bytes(b"".join(raw[1:]))
    with pytest.raises(MisuseError, match="no manifest"):
        score(perfect, lines, method=METHOD)
    lines.write_bytes(b"".join([*raw[:document], b"{\n", *raw[document:]]))
    with pytest.raises(InputError, match="json-syntax"):
        score(perfect, lines, method=METHOD)


def scored_with(licensed: Path, texts: Path, path: Path) -> Result:
    """The gold of everything that is there with private texts, scored with them."""
    private = read_private_texts(texts)
    volumes = open_edition(licensed, private).volumes("test")
    write(path, (gold_prediction(each.article) for each in volumes if each.article))
    return score(path, licensed, method=METHOD, texts=private)


def test_licensed_articles_are_scored_on_the_users_own_copy(
    licensed: Path, texts: Path, tmp_path: Path
) -> None:
    result = scored_with(licensed, texts, tmp_path / "p.jsonl")
    assert result.issues == () and result.tasks["detection"]["f1"] == 1
    counts = result.counts
    assert (counts["articles"], counts["licensed_scored"], counts["licensed_excluded"]) == (3, 1, 0)
    without = score(tmp_path / "p.jsonl", licensed, method=METHOD)
    assert without.counts["articles"] == 2 and without.counts["licensed_excluded"] == 1
    assert without.issues == (), "what is left out is no unknown article"
    done = run("score", tmp_path / "p.jsonl", "--corpus", licensed, "--texts", texts)
    assert "Licensed, scored on your own copies: 1." in done.output


def test_a_copy_with_other_marks_is_scored_and_one_with_changed_words_is_not(
    licensed: Path, texts: Path, tmp_path: Path
) -> None:
    path = texts / f"{FERRY}.txt"
    text = path.read_text("utf-8")
    path.write_text("Advertisement: buy rope.\n\n" + text, "utf-8")
    result = scored_with(licensed, texts, tmp_path / "p.jsonl")
    assert result.counts["licensed_scored"] == 1 and result.tasks["detection"]["f1"] == 1
    quote = max(
        json.loads((licensed / "gold" / f"{FERRY}.json").read_text())["quotes"],
        key=lambda quote: quote["content"][0]["end"] - quote["content"][0]["start"],
    )
    middle = text.index(" ", sum(quote["content"][0].values()) // 2)
    path.write_text(f"{text[:middle]} altered{text[middle:]}", "utf-8")
    result = scored_with(licensed, texts, tmp_path / "p.jsonl")
    assert result.counts["licensed_scored"] == 0 and result.counts["licensed_excluded"] == 1


def test_private_texts_go_with_a_folder(fenmoor: Path, perfect: Path, tmp_path: Path) -> None:
    lines = to_jsonl(fenmoor, tmp_path / "corpus.jsonl")
    built, _ = build(fenmoor, tmp_path / "built")
    for corpus in (lines, built):
        with pytest.raises(MisuseError, match="corpus folder"):
            score(perfect, corpus, method=METHOD, texts={})
