"""The corpora as their makers ship them: published counts, sound records, files that come back.

Whoever has none of them sees these skipped. PolNeAR's test split is never read.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import NOT_HERE
from onrecord.archives import unpacked
from onrecord.building import build
from onrecord.converting.exporting import export_corpus
from onrecord.converting.importing import Converted, import_corpus
from onrecord.converting.marks import stretches
from onrecord.converting.sources import find_root
from onrecord.corpora import CORPORA
from onrecord.loading import read_articles
from onrecord.records import AnnotatedArticle
from onrecord.text import Paragraphs
from onrecord.validation import validate

pytestmark = pytest.mark.slow

Import = Callable[..., tuple[Path, Path, Converted]]


@pytest.fixture
def bring(external: Path, tmp_path: Path) -> Iterator[Import]:
    """Unpacks an archive and imports it: the makers' folder, ours, and the result."""
    opened = []

    def make(name: str, archive: str, marker: str, *splits: str) -> tuple[Path, Path, Converted]:
        path = external / "data" / archive
        if not path.is_file():
            pytest.skip(f"{NOT_HERE}{path}")
        opened.append(unpacked(path))
        home = find_root(opened[-1].__enter__(), marker)
        assert home is not None
        out = tmp_path / f"{name}-{'-'.join(splits)}"
        return home, out, import_corpus(CORPORA[name], home, out, splits=splits)

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def counts(result: Converted) -> dict[str, tuple[int, int]]:
    return {split.name: (split.articles, split.records) for split in result.splits}


def is_sound(result: Converted, corpus: Path, tmp_path: Path) -> None:
    """No finding in import or validation, and every quote in the dataset that is built."""
    assert result.issues == ()
    assert validate(corpus).issues == ()
    _, info = build(corpus, tmp_path / "dataset")
    assert sum(info.configs["quotes"].rows.values()) == result.quotes


def differing(name: str, source: Path, corpus: Path, back: Path) -> tuple[int, set[str]]:
    """How many files are written back, and which are not byte for byte the makers'."""
    written = export_corpus(CORPORA[name], corpus, back)
    assert written.issues == () and written.lost == {}
    files = [path.relative_to(back).as_posix() for path in back.rglob("*") if path.is_file()]
    assert len(files) == written.files
    return len(files), {
        file for file in files if (source / file).read_bytes() != (back / file).read_bytes()
    }


def masked_types(article: AnnotatedArticle) -> Iterator[str]:
    """Direct, mixed or indirect by letters and digits inside double marks, whoever's they are."""
    text = article.text or ""
    paragraphs, mask = Paragraphs(text), bytearray(len(text))
    for opened, closed in stretches(text):
        end = closed + 1 if closed is not None else paragraphs.around(opened)[1]
        mask[opened:end] = b"\1" * (end - opened)
    for quote in article.quotes:
        inside = [
            mask[n]
            for part in quote.content
            for n in range(part.start, part.end)
            if text[n].isalnum()
        ]
        yield "direct" if all(inside) else "mixed" if any(inside) else "indirect"


@pytest.mark.slow
def test_polnear(bring: Import, tmp_path: Path) -> None:
    """Only the table of metadata differs: it has rows for what is imported only."""
    source, corpus, result = bring(
        "polnear", "polnear-train-dev.tar.xz", "data/metadata.tsv", "train", "dev"
    )
    assert counts(result) == {"train": (840, 19_868), "dev": (84, 2_193)}
    assert (result.quotes, result.kept, result.layers) == (22_024, 37, 919 + 94)
    is_sound(result, corpus, tmp_path)
    assert differing("polnear", source, corpus, tmp_path / "back") == (
        2 * 924 + (919 - 840) + (94 - 84) + 1,
        {"data/metadata.tsv"},
    )
    rows = (tmp_path / "back/data/metadata.tsv").read_text("utf-8").splitlines()
    published = (source / "data/metadata.tsv").read_text("utf-8").splitlines()
    imported = [row for row in published if row.split("\t")[0] in ("compartment", "train", "dev")]
    assert rows == imported and len(published) - len(rows) == 4 + 84 + 54


def test_speech_marks_of_polnear_give_the_measured_types(bring: Import) -> None:
    _, corpus, _ = bring("polnear", "polnear-train-dev.tar.xz", "data/metadata.tsv", "train")
    types: Counter[str] = Counter()
    discontinuous = 0
    for article in read_articles(corpus):
        types.update(masked_types(article))
        discontinuous += sum(len(quote.content) > 1 for quote in article.quotes)
    assert types == {"direct": 3_035, "mixed": 2_153, "indirect": 14_644}
    assert discontinuous == 3_019


def test_articles_with_six_annotators(bring: Import) -> None:
    _, corpus, result = bring(
        "polnear", "polnear-train-dev.tar.xz", "data/metadata.tsv", "annotator-training"
    )
    assert result.articles == 4 and result.layers == 24
    names = sorted(path.name for path in (corpus / "annotators").iterdir())
    assert names == ["4b22", "4e07", "5fec", "6b86", "d473", "ef2d"]
    assert validate(corpus).issues == ()


def test_german_wikinews(bring: Import, tmp_path: Path) -> None:
    source, corpus, result = bring(
        "german-wikinews", "german-wikinews-train-dev.tar.xz", "data/train"
    )
    assert counts(result) == {"train": (700, 2_877), "dev": (150, 653)}
    is_sound(result, corpus, tmp_path)
    articles = list(read_articles(corpus))
    quotes = [quote for article in articles for quote in article.quotes]
    assert sum(not quote.cue for quote in quotes) == 1_074
    assert Counter(quote.form for quote in quotes) == {"clause": 2_616, "report": 388, "free": 526}
    assert differing("german-wikinews", source, corpus, tmp_path / "back") == (850, set())


def test_basil(bring: Import, tmp_path: Path) -> None:
    source, corpus, result = bring("basil", "basil-v2.tar.xz", "annotations")
    assert counts(result) == {"all": (300, 1_726)}
    assert (result.quotes, result.stances, result.kept) == (722, 722, 1_726 - 722)
    is_sound(result, corpus, tmp_path)
    quotes = [quote for article in read_articles(corpus) for quote in article.quotes]
    labels = Counter(stance.label for quote in quotes for stance in quote.stances)
    assert labels == {"against": 565, "favor": 157}
    assert sum(not quote.speaker for quote in quotes) == 200 + 77 + 65
    assert differing("basil", source, corpus, tmp_path / "back") == (600, set())


def test_seesaw(bring: Import, tmp_path: Path) -> None:
    source, corpus, result = bring("seesaw", "seesaw.tar.xz", "meta")
    assert result.articles == 609 and result.quotes == 10_619 and result.kept == 0
    assert counts(result) == {"train": (381, 6_263), "valid": (105, 2_436), "test": (123, 1_920)}
    assert result.stances == 10_619 - 561
    is_sound(result, corpus, tmp_path)
    quotes = [quote for article in read_articles(corpus) for quote in article.quotes]
    assert sum(not quote.speaker for quote in quotes) == 968 + 1_331
    assert differing("seesaw", source, corpus, tmp_path / "back") == (609 * 2 + 203, set())


def test_four_novels_of_pdnc(bring: Import, tmp_path: Path) -> None:
    source, corpus, result = bring("pdnc", "pdnc-4-novels.tar.xz", "PDNC-Novel-Index.csv")
    assert counts(result) == {"all": (4, 697 + 550 + 767 + 640)}
    is_sound(result, corpus, tmp_path)
    articles = {article.title: article for article in read_articles(corpus)}
    assert {title: len(article.quotes) for title, article in articles.items()} == {
        "Alice's Adventures in Wonderland": 697,
        "Daisy Miller": 550,
        "The Gambler": 767,
        "The Sign of the Four": 640,
    }
    quotes = [quote for article in articles.values() for quote in article.quotes]
    assert sum(not quote.speaker for quote in quotes) == 0
    assert sum(quote.type == "direct" for quote in quotes) > 0.96 * len(quotes)
    assert differing("pdnc", source, corpus, tmp_path / "back") == (
        13,
        {"PDNC-Novel-Index.csv"},
    )
