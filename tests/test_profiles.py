"""Profiles of corpora against independent values, and the open articles against each other."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from typer.testing import CliRunner, Result

from conftest import CASES, ROOT
from onrecord.cli import app
from onrecord.converting.importing import import_corpus
from onrecord.corpora import find
from onrecord.editions import open_edition
from onrecord.model import WORD
from onrecord.profiles.comparison import Comparison, divergence, profile
from onrecord.profiles.display import tables
from onrecord.profiles.summary import PERCENTILES, percentiles
from onrecord.profiles.traits import source_kind, traits_of
from onrecord.records import AnnotatedArticle
from strategies import modest

FENMOOR = CASES / "valid" / "fenmoor"
RUN, NAMES = 8, 3
counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 50), min_size=1)


@modest(100)
@given(counts, counts)
def test_divergence_is_that_of_scipy(one: dict[str, int], other: dict[str, int]) -> None:
    names = sorted(one.keys() | other.keys())
    vectors = ([each.get(name, 0) for name in names] for each in (one, other))
    assert divergence(one, other) == pytest.approx(jensenshannon(*vectors, base=2) ** 2, abs=1e-9)
    assert divergence(one, other) == pytest.approx(divergence(other, one))


@modest(100)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_percentiles_are_those_of_numpy(numbers: list[int]) -> None:
    expected = np.percentile(numbers, PERCENTILES, method="inverted_cdf")
    assert percentiles(dict(sorted(Counter(numbers).items()))) == tuple(expected)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("", "none"),
        ("…", "none"),
        ("She", "pronoun"),
        ("who", "pronoun"),
        ("Edda Halvara", "name"),
        ("Mr. Brandvold", "name"),
        ("the GSP agency", "phrase"),
        ("two of them", "phrase"),
    ],
)
def test_kinds_of_sources(words: str, kind: str) -> None:
    assert source_kind(words) == kind


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["profile", *map(str, words)])


def article_of(id: str) -> AnnotatedArticle:
    volumes = open_edition(FENMOOR).volumes()
    return next(volume.article for volume in volumes if volume.id == id and volume.article)


def test_traits_of_an_article_counted_by_hand() -> None:
    found = traits_of(article_of("fenmoor-echo-harbour-toll"))
    assert {name: dict(counter) for name, counter in found.items()} == {
        "article.words": {"75": 1},
        "article.quotes": {"80": 1},
        "paragraph.words": {"8": 2, "16": 2, "5": 1, "3": 1, "19": 1},
        "sentence.words": {"8": 2, "5": 1, "16": 1, "3": 1, "19": 1, "12": 1, "4": 1},
        "quote.type": {"mixed": 1, "direct": 1, "indirect": 4},
        "quote.cue": dict.fromkeys(
            ["says", "said", "told", "denied", "fear", "declined to comment"], 1
        ),
        "mixed.words": {"6": 1},
        "mixed.pieces": {"one": 1},
        "mixed.cue": {"says": 1},
        "mixed.source": {"name": 1},
        "mixed.order": {"QVS": 1},
        "direct.words": {"14": 1},
        "direct.pieces": {"several": 1},
        "direct.cue": {"said": 1},
        "direct.source": {"name": 1},
        "direct.order": {"QSV": 1},
        "indirect.words": {"13": 1, "10": 1, "2": 1, "3": 1},
        "indirect.pieces": {"one": 4},
        "indirect.cue": dict.fromkeys(["told", "denied", "fear", "declined to comment"], 1),
        "indirect.source": {"phrase": 1, "pronoun": 1, "name": 2},
        "indirect.order": {"SVQ": 4},
    }


def test_nested_quotes_do_not_count() -> None:
    article = article_of("fenmoor-echo-lighthouse-sale")
    assert len(article.quotes) == 10
    assert sum(traits_of(article)["quote.type"].values()) == 9


@pytest.mark.slow
def test_a_corpus_beside_itself_is_no_further_than_chance() -> None:
    corpus = ROOT / "corpus"
    found = profile(corpus, against=corpus)
    assert found.reference == found.corpus
    assert {each.between for each in found.divergences.values()} == {0.0}
    assert all(each.halves and each.chance is None for each in found.divergences.values())
    part = profile(corpus, split="validation", against=corpus)
    assert all(each.chance is not None for each in part.divergences.values())
    assert part.divergences["quote.cue"].between > 0
    assert [table.title for table in tables(part)] == [
        "Lengths",
        "Shares in percent",
        "Divergences",
    ]


@pytest.mark.slow
def test_shares_add_up_and_profiles_of_splits_too() -> None:
    whole = profile(ROOT / "corpus").corpus
    parts = [
        profile(ROOT / "corpus", split=split).corpus for split in ("train", "validation", "test")
    ]
    assert sum(part.words for part in parts) == whole.words
    assert sum(part.quotes for part in parts) == whole.quotes
    for name in ("quote.type", "direct.source", "indirect.order"):
        assert sum(whole.shares[name].values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.slow
def test_the_verb_says_what_the_function_finds(tmp_path: Path) -> None:
    done = run(FENMOOR, "--against", ROOT / "corpus", "--json")
    assert done.exit_code == 0
    found = msgspec.json.decode(done.stdout, type=Comparison)
    assert found == profile(FENMOOR, against=ROOT / "corpus")
    shown = run(FENMOOR, "--against", ROOT / "corpus").stdout
    assert "direct.words" in shown and "chance" in shown
    for arguments in (["--split", "trian"], ["--against", tmp_path / "none"]):
        done = run(FENMOOR, *arguments)
        assert done.exit_code == 2 and done.stderr.count("\n") == 1


def test_what_has_no_text_is_not_measured(tmp_path: Path) -> None:
    done = run(FENMOOR, "--split", "train")
    assert done.exit_code == 2 and done.stderr.endswith(
        "there is no article with text to measure\n"
    )
    (tmp_path / "articles").mkdir()
    done = run(tmp_path)
    assert done.exit_code == 1 and "manifest.json: manifest-missing" in done.stdout


@pytest.mark.slow
def test_the_figures_beside_real_news_are_fresh_and_those_of_the_notes(
    external: Path, tmp_path: Path
) -> None:
    """`make likeness` writes them. Percentiles of PolNeAR as measured apart, by other tokens."""
    archive = external / "data" / "polnear-train-dev.tar.xz"
    import_corpus(find("polnear"), archive, tmp_path / "p", splits=["train"])
    found = profile(ROOT / "corpus", against=tmp_path / "p")
    kept = (ROOT / "docs" / "likeness.json").read_bytes()
    assert msgspec.json.decode(kept, type=Comparison) == found
    assert found.reference is not None
    lengths = found.reference.lengths
    assert lengths["paragraph.words"] == pytest.approx((2, 19, 34, 50, 76), abs=1)
    assert lengths["direct.words"] == pytest.approx((4, 13, 24, 38, 67), abs=1)
    assert lengths["indirect.words"] == pytest.approx((1, 4, 9, 16, 30), abs=1)
    assert found.reference.shares["direct.order"]["QSV"] == pytest.approx(0.61, abs=0.01)


def test_no_eight_words_stand_in_two_articles_but_in_common_statements() -> None:
    """Only what one story's articles quote: half of the run lies in a content of one of them.

    Names are set aside: a run of which three words or more are capitalised (a person with a post,
    a byline with its dateline) may come again.
    """
    articles = [v.article for v in open_edition(ROOT / "corpus").volumes() if v.article]
    runs: dict[tuple[str, ...], list[tuple[AnnotatedArticle, int, int]]] = defaultdict(list)
    for article in articles:
        tokens = list(WORD.finditer(article.text or ""))
        for first, last in zip(tokens, tokens[RUN - 1 :], strict=False):
            words = WORD.findall((article.text or "")[first.start() : last.end()])
            if sum(word[0].isupper() for word in words) < NAMES:
                place = (article, first.start(), last.end())
                runs[tuple(map(str.lower, words))].append(place)
    faults = [
        " ".join(words)
        for words, places in runs.items()
        if len({article.id for article, _, _ in places}) > 1
        and (
            len({article.story for article, _, _ in places}) > 1
            or not any(_quoted(*place) for place in places)
        )
    ]
    assert not faults


def _quoted(article: AnnotatedArticle, start: int, end: int) -> bool:
    shared = (
        min(quote.content[-1].end, end) - max(quote.content[0].start, start)
        for quote in article.quotes
    )
    return max(shared, default=0) >= (end - start) / 2


def test_titles_are_the_headlines() -> None:
    different = [
        article.id
        for volume in open_edition(ROOT / "corpus").volumes()
        if (article := volume.article) and article.text is not None
        for zone in [next(zone for zone in article.zones if zone.kind == "headline")]
        if article.text[zone.start : zone.end] != article.title
    ]
    assert different == []


def test_no_letter_begins_most_surnames_of_a_story() -> None:
    """In invented news all Podmores meet Pashbys: less than two in five may share a letter."""
    edition = open_edition(ROOT / "corpus")
    everybody = edition.speakers.values()
    named = {each.id for each in everybody if (each.kind, each.ident) == ("person", "named")}
    stories: dict[str, set[str]] = defaultdict(set)
    for volume in edition.volumes():
        if article := volume.article:
            mentioned = {mention.speaker for mention in article.mentions}
            stories[article.story or article.id] |= named & mentioned
    shares = {
        story: max(Counter(speaker[0] for speaker in speakers).values()) / len(speakers)
        for story, speakers in stories.items()
        if len(speakers) >= 6
    }
    assert len(shares) > 50 and max(shares.values()) < 0.4


DATELINE = re.compile(r"^[A-Z]{3}[^()–]{0,47}(\([A-Z]{2,3}\) )?[–-] ")


def test_no_two_leads_share_their_shape() -> None:
    """The first sentence of the running text: small words as they are, others by their kind.

    A dateline (`WEXCOMBE, 26 January (GSP) – `) is set aside: it is the agency's, and would leave
    few words of the sentence to compare.
    """
    shapes = defaultdict(list)
    for volume in open_edition(ROOT / "corpus").volumes():
        if article := volume.article:
            zone = next(zone for zone in article.zones if zone.kind == "body")
            lead = DATELINE.sub("", (article.text or "")[zone.start : zone.end].split("\n")[0])
            shapes[tuple(map(_shape, re.findall(r"\w+|[^\w\s]", lead)[:12]))].append(article.id)
    assert [ids for ids in shapes.values() if len(ids) > 1] == []


def _shape(token: str) -> str:
    if not token[0].isalnum():
        return token
    if token[0].isdigit():
        return "9"
    return token if len(token) <= 3 and token.islower() else "Aa" if token[0].isupper() else "aa"
