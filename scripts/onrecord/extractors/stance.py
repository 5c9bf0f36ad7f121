"""Baselines for stance: the floor's quotes (or given contents) with other labels than none.

`majority` answers the most frequent label of the training split; `lexicon` weighs words of approval
and rejection; `tfidf` is a logistic regression over the words of quote and issue. The last two read
no more than the content, the first nothing.
"""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, get_args

from msgspec.structs import replace

from onrecord.editions import open_edition
from onrecord.extractors import PlainArticle
from onrecord.extractors.catalogue import needs
from onrecord.extractors.rules import Rules, contents_of
from onrecord.issues import MisuseError
from onrecord.model import WORD, Span, StanceLabel
from onrecord.predictions import PredictedQuote, PredictedStance
from onrecord.text import words_of

_LABELS: Final[tuple[StanceLabel, ...]] = get_args(StanceLabel)
_SEED: Final = 12345


class Pair(NamedTuple):
    """The words of a content, and those of an issue."""

    content: str
    issue: str


class _StanceBaseline(ABC):
    """The floor, with a label of its own for every quote and issue."""

    name: str

    @abstractmethod
    def labels(self, pairs: Sequence[Pair]) -> list[StanceLabel]:
        """A label for each pair."""

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The floor's quotes."""
        return self.attribute(article, contents_of(article.text))

    def attribute(self, article: PlainArticle, contents: Iterable[Span]) -> list[PredictedQuote]:
        """Given contents with the floor's attributes and labels towards every issue."""
        quotes = Rules().attribute(article, contents)
        pairs = [
            Pair(words_of(article.text, _span(quote)), issue.text)
            for quote in quotes
            for issue in article.issues
        ]
        labels = iter(self.labels(pairs) if pairs else [])
        return [
            replace(
                quote,
                stances=tuple(
                    PredictedStance(target=issue.id, label=next(labels)) for issue in article.issues
                ),
            )
            for quote in quotes
        ]


def _span(quote: PredictedQuote) -> Span:
    assert not isinstance(quote.content, str)
    return quote.content


def training_rows(corpus: str) -> Iterator[tuple[Pair, StanceLabel]]:
    """The stances towards issues in the training split of a corpus; `builtin` is ours."""
    edition = open_edition(None if corpus == "builtin" else corpus)
    for volume in edition.volumes("train"):
        if volume.article is None:
            continue
        for quote in volume.article.quotes:
            for stance in quote.stances:
                if stance.target in volume.article.issues:
                    yield Pair(quote.content_text or "", stance.target_text), stance.label


class Majority(_StanceBaseline):
    """The most frequent label of the training split, whatever is said."""

    name = "majority"

    def __init__(self, corpus: str = "builtin") -> None:
        """Count the labels; raises `MisuseError` where there are none."""
        counts = Counter(label for _, label in training_rows(corpus))
        if not counts:
            raise MisuseError(f"{corpus}: no stance towards an issue to learn from")
        self._label = max(_LABELS, key=lambda label: counts[label])

    def labels(self, pairs: Sequence[Pair]) -> list[StanceLabel]:
        """The same for all."""
        return [self._label] * len(pairs)


_FOR: Final = frozenset(
    "agree agreed agrees approve approved approves back backed backing backs benefit benefits best"
    " better celebrate deserve deserves embrace endorse endorsed essential fair favour favor good"
    " great helpful hope hopes improve improves justified keep love must necessary need needed"
    " overdue praise praised protect proud right safe safer save success support supported"
    " supports sensible welcome welcomed welcomes worth vital".split()
)
_AGAINST: Final = frozenset(
    "absurd against attack bad betrayal blame block cancel condemn condemned costly cruel cut"
    " danger dangerous damage destroy disaster doubt fail failed fails failure fear fears foolish"
    " harm harmful hurt illegal insult lose loss mistake object objects oppose opposed opposes"
    " pointless protest refuse refused reject rejected rejects risk ruin scandal shame stop"
    " terrible threat unfair unjust unnecessary unsafe waste wasted worse worst wrong".split()
)
_NEGATING: Final = frozenset(
    "no not never nobody nothing neither nor without cannot hardly don't doesn't didn't won't isn't"
    " aren't wasn't weren't can't couldn't shouldn't wouldn't".split()
)
_REACH: Final = 3
"""How many words after it a negation turns round."""

_STEM: Final = re.compile(r"(?:ing|ed|es|s)$")


class Lexicon(_StanceBaseline):
    """Words of approval and rejection, turned round after a negation.

    A content that shares no word of four letters or more with the issue is not about it: none. An
    issue that rejects something, by the same words, turns the side.
    """

    name = "lexicon"

    def labels(self, pairs: Sequence[Pair]) -> list[StanceLabel]:
        """By the sign of the balance: no side where it is even."""
        return [self._label(*pair) for pair in pairs]

    def _label(self, content: str, issue: str) -> StanceLabel:
        said, asked = _words(content), _words(issue)
        if not _stems(said) & _stems(asked):
            return "none"
        balance = _balance(said) * (-1 if _balance(asked) < 0 else 1)
        return "favor" if balance > 0 else "against" if balance < 0 else "none"


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in WORD.findall(text)]


def _stems(words: Iterable[str]) -> set[str]:
    stems = (_STEM.sub("", word) for word in words)
    return {stem for stem in stems if len(stem) > 3} - _FOR - _AGAINST


def _balance(words: Sequence[str]) -> int:
    balance = 0
    for number, word in enumerate(words):
        sign = (word in _FOR) - (word in _AGAINST)
        turned = not _NEGATING.isdisjoint(words[max(number - _REACH, 0) : number])
        balance += -sign if turned else sign
    return balance


class Tfidf(_StanceBaseline):
    """TF-IDF and a logistic regression with balanced classes (scikit-learn).

    Terms are words and pairs of words of the content, words of the issue, and how many they share.
    Trained when it is made, on the training split of a corpus: the same there, the same here.
    """

    name = "tfidf"

    def __init__(self, corpus: str = "builtin") -> None:
        """Train; raises `MisuseError` without scikit-learn, or without two labels to tell apart."""
        try:
            import sklearn
            from sklearn.feature_extraction.text import TfidfVectorizer
            from sklearn.linear_model import LogisticRegression
            from sklearn.pipeline import make_pipeline
        except ImportError as error:
            raise needs("extract", error) from None
        rows = list(training_rows(corpus))
        if len({label for _, label in rows}) < 2:
            raise MisuseError(f"{corpus}: no two stance labels towards issues to learn from")
        self.version = f"scikit-learn {sklearn.__version__}"
        self._model = make_pipeline(
            TfidfVectorizer(analyzer=_terms, sublinear_tf=True),
            LogisticRegression(class_weight="balanced", max_iter=2000, random_state=_SEED),
        )
        self._model.fit([pair for pair, _ in rows], [label for _, label in rows])

    def labels(self, pairs: Sequence[Pair]) -> list[StanceLabel]:
        """The most likely label of each."""
        found: list[StanceLabel] = self._model.predict(list(pairs)).tolist()
        return found


def _terms(pair: Pair) -> Iterator[str]:
    said, asked = _words(pair.content), _words(pair.issue)
    yield from said
    yield from map(" ".join, pairwise(said))
    yield from (f"issue={word}" for word in asked)
    yield f"shared={min(len(_stems(said) & _stems(asked)), 3)}"
