"""brat, Citron and BIO from any corpus: what a format can carry comes back, the rest is counted."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from conftest import CASES, ROOT
from onrecord.converting.description import Corpus
from onrecord.converting.exporting import export_corpus
from onrecord.converting.importing import import_corpus
from onrecord.converting.spans import span
from onrecord.corpora import CORPORA
from onrecord.corpora.bio import BIO
from onrecord.corpora.brat import BRAT
from onrecord.corpora.citron import CITRON
from onrecord.loading import read_articles
from onrecord.model import WORD, Span
from onrecord.records import AnnotatedArticle
from onrecord.validation import validate
from strategies import corpora, modest, write_folder
from test_archives import contents

FORMATS = [CORPORA[name] for name in ("brat", "citron", "bio")]


@contextmanager
def made(documents: Any) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield write_folder(documents, Path(name) / "corpus")


def there_and_back(
    kind: Corpus, corpus: Path
) -> tuple[dict[str, AnnotatedArticle], dict[str, int]]:
    """The articles after a way through a format, by id; what was lost.

    Whatever is written is the same again when it is written after having been read.
    """
    out = corpus.parent / kind.name
    written = export_corpus(kind, corpus, out)
    result = import_corpus(kind, out, corpus.parent / f"{kind.name}-in")
    assert result.issues == ()
    assert validate(corpus.parent / f"{kind.name}-in").issues == ()
    again = export_corpus(kind, corpus.parent / f"{kind.name}-in", corpus.parent / "again")
    assert contents(corpus.parent / "again") == contents(out) and again.lost == {}
    return {
        each.id: each for each in read_articles(corpus.parent / f"{kind.name}-in")
    }, written.lost


def joined(text: str, spanned: Span) -> Span:
    """A span as formats give it back: pieces that only white space parts are one."""
    return span(text, [(part.start, part.end) for part in spanned])


@given(corpora)
@modest(25)
def test_brat_carries_quotes_whole(documents: Any) -> None:
    with made(documents) as corpus:
        after, lost = there_and_back(BRAT, corpus)
        stances = 0
        for before in read_articles(corpus):
            article = after[before.id]
            assert article.text == before.text and len(article.quotes) == len(before.quotes)
            for one, two in zip(before.quotes, article.quotes, strict=True):
                for field in ("content", "cue", "source"):
                    assert joined(before.text or "", getattr(one, field)) == getattr(two, field)
                for field in ("form", "act", "status", "join", "speaker_names"):
                    assert getattr(one, field) == getattr(two, field), field
                assert (" ".join((one.note or "").split()) or None) == two.note
                stances += len(one.stances)
        assert lost.get("stances", 0) == stances
        assert lost.get("layers", 0) == len(documents)


@given(corpora)
@modest(25)
def test_citron_carries_cue_source_and_content(documents: Any) -> None:
    with made(documents) as corpus:
        after, _ = there_and_back(CITRON, corpus)
        for before in read_articles(corpus):
            article = after[before.id]
            assert article.text == before.text and len(article.quotes) == len(before.quotes)
            for one, two in zip(before.quotes, article.quotes, strict=True):
                for field in ("content", "cue", "source"):
                    assert joined(before.text or "", getattr(one, field)) == getattr(two, field)


@given(corpora)
@modest(25)
def test_bio_carries_the_words_of_every_piece(documents: Any) -> None:
    with made(documents) as corpus:
        after, lost = there_and_back(BIO, corpus)
        assert "spans that overlap others" not in lost
        for before in read_articles(corpus):
            text, article = before.text or "", after.get(f"{before.id}-00001")
            pieces = [part for quote in before.quotes for part in quote.content]
            found = [
                part for quote in (article.quotes if article else ()) for part in quote.content
            ]
            assert [words_in(article.text or "", part) for part in found if article] == [
                words_in(text, part) for part in pieces
            ]


def words_in(text: str, part: Any) -> list[str]:
    return WORD.findall(text[part.start : part.end])


@pytest.mark.parametrize("kind", FORMATS, ids=[each.name for each in FORMATS])
@pytest.mark.parametrize(
    "corpus",
    [pytest.param(ROOT / "corpus", marks=pytest.mark.slow), CASES / "valid" / "fenmoor"],
    ids=lambda path: path.name,
)
def test_our_own_corpus_goes_through_every_format(
    kind: Corpus, corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "corpus").symlink_to(corpus)
    after, lost = there_and_back(kind, tmp_path / "corpus")
    before = list(read_articles(corpus))
    assert len(after) == len(before)
    quotes = sum(len(article.quotes) for article in before)
    if kind is BRAT:
        assert sum(len(article.quotes) for article in after.values()) == quotes
        nested = sum(quote.parent is not None for article in before for quote in article.quotes)
        assert nested == sum(q.parent is not None for a in after.values() for q in a.quotes)
    if kind is CITRON:
        cueless = lost["quotes without a cue"]
        assert sum(len(article.quotes) for article in after.values()) == quotes - cueless
        assert cueless == sum(not q.cue for article in before for q in article.quotes)
    if kind is BIO:
        assert lost["spans that overlap others"] > 0 and lost["quotes.speaker"] > 0


@pytest.mark.parametrize("kind", FORMATS, ids=[each.name for each in FORMATS])
def test_what_has_changed_since_the_import_is_written_anew(kind: Corpus, tmp_path: Path) -> None:
    """A format holds the changes; a document that is unchanged comes out as it came."""
    from makers import MAKERS

    source, corpus = MAKERS[kind.name](tmp_path / "src"), tmp_path / "corpus"
    import_corpus(kind, source, corpus)
    path = next(path for path in sorted(corpus.glob("gold/*")) if b'"cue"' in path.read_bytes())
    gold = json.loads(path.read_bytes())
    quote = next(quote for quote in gold["quotes"] if quote.get("cue"))
    quote["content"] = quote["cue"]
    gold["marks"] = []
    path.write_text(json.dumps(gold))
    written = export_corpus(kind, corpus, tmp_path / "back")
    assert written.issues == ()
    before, after = contents(source), contents(tmp_path / "back")
    assert before.keys() == after.keys()
    assert sum(before[file] != after[file] for file in before) == 1
    import_corpus(kind, tmp_path / "back", tmp_path / "again")
    again = json.loads((tmp_path / "again" / "gold" / path.name).read_bytes())
    spans = [msgspec.convert(each["content"], Span) for each in again["quotes"]]
    assert msgspec.convert(quote["content"], Span) in spans or kind is BIO


def test_brat_writes_what_brat_reads(tmp_path: Path) -> None:
    """No piece goes over a line end, words are those of the text, every id is known and unique."""
    export_corpus(BRAT, ROOT / "corpus", tmp_path / "out")
    for path in (tmp_path / "out").glob("*.ann"):
        text = path.with_suffix(".txt").read_text("utf-8")
        ids = [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()]
        assert len(set(ids)) == len(ids)
        for line in path.read_text("utf-8").splitlines():
            id, body, *words = line.split("\t")
            if id.startswith("T"):
                kind, _, offsets = body.partition(" ")
                pieces = [tuple(map(int, each.split(" "))) for each in offsets.split(";")]
                assert kind.isidentifier() or kind == "Attribution-no-source"
                assert " ".join(text[start:end] for start, end in pieces) == words[0]
                assert not any("\n" in text[start:end] for start, end in pieces)
            elif id.startswith("E"):
                assert {each.split(":")[1] for each in body.split(" ")} <= set(ids)


def test_citron_writes_the_layout_of_its_tools(tmp_path: Path) -> None:
    export_corpus(CITRON, CASES / "valid" / "fenmoor", tmp_path / "out")
    for path in (tmp_path / "out").glob("*.json"):
        raw = path.read_text("utf-8")
        data = json.loads(raw)
        assert raw == json.dumps(data, indent=4, ensure_ascii=False) + "\n"
        for quote in data["quotes"]:
            for each in [quote["cue"], *quote["sources"], *quote["contents"]]:
                assert data["text"][each["start"] : each["end"]] == each["text"]
