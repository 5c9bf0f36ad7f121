"""Near-duplicates: what the exact similarity says, whatever the hashes that find the candidates."""

import random

import pytest

from onrecord.model import Article
from onrecord.similarity import Index, jaccard, shingles
from onrecord.sources import Entry
from onrecord.validation.duplicates import THRESHOLD, Duplicates

SHINGLES = 300


def pair(shared: int, seed: int) -> tuple[str, str]:
    """Two texts of 300 shingles each that share so many."""
    rng = random.Random(seed)
    made = [f"w{number}" for number in rng.sample(range(10**9), 2 * (SHINGLES + 4))]
    kept = made[: shared + 4]
    one = kept + made[len(kept) : SHINGLES + 4]
    other = kept + made[SHINGLES + 4 :][: SHINGLES - shared]
    return " ".join(one), " ".join(other)


def test_similarity_is_what_is_shared_of_all() -> None:
    one, other = map(shingles, pair(shared=200, seed=1))
    assert len(one) == len(other) == SHINGLES
    assert jaccard(one, other) == 200 / (300 + 300 - 200)
    assert jaccard(one, one) == 1
    assert (
        jaccard(shingles("One. TWO, one two (one) two"), shingles("one two one two one two")) == 1
    )
    assert jaccard(shingles("one two"), shingles("one three")) == 0


@pytest.mark.parametrize(("shared", "alike"), [(199, False), (200, True), (201, True)])
def test_texts_just_over_the_threshold_are_found_and_none_just_under_it(
    shared: int, alike: bool
) -> None:
    for seed in range(40):
        one, other = pair(shared, seed)
        assert (jaccard(shingles(one), shingles(other)) >= THRESHOLD) == alike
        index = Index(THRESHOLD)
        assert index.add("one", one) == []
        assert index.add("other", other) == (["one"] if alike else []), seed


def test_all_texts_that_are_alike_are_found() -> None:
    index = Index(THRESHOLD)
    text, _ = pair(SHINGLES, 1)
    for number, id in enumerate("hbagfcde"):
        assert index.add(id, text) == sorted("hbagfcde"[:number])
    with pytest.raises(ValueError, match="a"):
        index.add("a", text)


def test_near_duplicates_are_findings_across_splits_only() -> None:
    one, other = pair(250, 1)
    found = Duplicates()

    def check(id: str, split: str, text: str) -> list[str]:
        article = Article(
            id=id, title="x", language="en", rights="open", text_sha256="0" * 64, text_length=1
        )
        entry = Entry(id, f"articles/{id}.json", article=article, split=split, text=text)  # type: ignore[arg-type]
        return [f"{issue.code} {issue.message}" for issue in found.check(entry)]

    assert check("a", "train", one) == []
    assert check("b", "train", other) == []
    assert check("c", "test", other) == [
        "near-duplicate the text of c (test) is nearly that of a (train)",
        "near-duplicate the text of c (test) is nearly that of b (train)",
    ]
