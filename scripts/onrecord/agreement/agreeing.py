"""`onrecord agree`: layers of the same articles against each other."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Final

import msgspec

from onrecord.agreement.counting import TASK
from onrecord.agreement.readings import Readings
from onrecord.benchmark.cases import GoldArticle
from onrecord.benchmark.names import Registry
from onrecord.benchmark.scorer import Scorer, Table, V
from onrecord.benchmark.scoring import select
from onrecord.benchmark.uncertainty import RESAMPLES, SEED
from onrecord.collector import collector_off
from onrecord.editions import AnnotatedLayer, Edition, Volume, open_edition
from onrecord.issues import MisuseError
from onrecord.model import SPLITS, Split
from onrecord.paths import StrPath

ALL: Final = "all"
"""The name of all splits together."""


class SplitAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement in one split, or in all.

    `articles` have at least two of the layers, `without_text` of them are compared by code points;
    `units` are resampled: stories, or articles where none is named. `measures` are by name, and
    `intervals` hold 95 %; None where undefined or not annotated.
    """

    articles: int
    without_text: int
    units: int
    measures: dict[str, float | None]
    intervals: dict[str, tuple[float, float] | None]


class CoupleAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement of two layers on the articles that both have."""

    layers: tuple[str, str]
    articles: int
    measures: dict[str, float | None]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far layers agree: in every split that has two of them, in all, and couple by couple.

    `kinds` says by layer of what kind its annotator is (as the makers of its articles say, several
    joined by `+`).
    """

    data_version: str
    kinds: dict[str, str]
    splits: dict[str, SplitAgreement]
    couples: tuple[CoupleAgreement, ...]
    resamples: int
    seed: int


def agree(
    layers: Sequence[str],
    corpus: StrPath | None = None,
    *,
    split: str | None = None,
    texts: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Agreement:
    """Compare layers of a corpus or dataset folder, by annotator; `*` stands for any letters.

    Only articles that have two of them are compared, of one `split` or of all. `texts` joins
    licensed articles to private copies, text by sha256. Raises `MisuseError` for an unknown split,
    for layers that are not there and where no article has two; `InputError` for a corpus that
    cannot be read.
    """
    if split is not None and split not in SPLITS:
        raise MisuseError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    found = compare_layers(open_edition(corpus, texts), layers, split, progress)
    if not found.splits:
        raise MisuseError(f"no article has two of the layers {', '.join(sorted(found.kinds))}")
    return found


def compare_layers(
    edition: Edition,
    layers: Sequence[str] = ("*",),
    split: Split | None = None,
    progress: Callable[[int], None] | None = None,
) -> Agreement:
    """The same of an open edition; without splits and couples where no article has two layers."""
    comparison = _Comparison(edition, layers, split)
    with collector_off():
        for number, volume in enumerate(edition.volumes(split, layers=True), 1):
            comparison.add(volume)
            if progress:
                progress(number)
    return comparison.result()


class _Comparison:
    """Adds up articles, by split and couple."""

    def __init__(self, edition: Edition, patterns: Sequence[str], split: Split | None) -> None:
        self._edition, self._patterns = edition, patterns
        self._where = f" in {split}" if split else ""
        self._incomplete = frozenset(edition.manifest.incomplete)
        self._registry = Registry(edition.speakers, edition.targets)
        self._seen: set[str] = set()
        self._kinds: dict[str, set[str]] = defaultdict(set)
        self._scorers: dict[str, Scorer] = defaultdict(lambda: Scorer([TASK]))
        self._articles: Counter[str] = Counter()
        self._without_text: Counter[str] = Counter()
        self._couples: dict[tuple[str, str], Scorer] = defaultdict(lambda: Scorer([TASK]))
        self._couple_articles: Counter[tuple[str, str]] = Counter()

    def add(self, volume: Volume) -> None:
        """Compare the layers of one article."""
        self._seen.update(layer.annotator for layer in volume.layers)
        own = {each.annotator: each for each in volume.layers if self._is_wanted(each.annotator)}
        for name, layer in own.items():
            self._kinds[name].add(layer.kind)
        if len(own) < 2:
            return
        readings = self._readings(own)
        for split in (readings.article.split, ALL):
            self._scorers[split].count("article", readings.unit, readings)
            self._articles[split] += 1
            self._without_text[split] += not readings.has_text
        for names, couple in zip(combinations(readings.layers, 2), readings.couples(), strict=True):
            self._couples[names].count("article", couple.unit, couple)
            self._couple_articles[names] += 1

    def _is_wanted(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._patterns)

    def _readings(self, layers: Mapping[str, AnnotatedLayer]) -> Readings:
        golds = {
            name: GoldArticle(layer.article, self._registry, self._incomplete)
            for name, layer in layers.items()
        }
        return Readings(next(iter(layers.values())).article, golds)

    def result(self) -> Agreement:
        """What was added; raises `MisuseError` where a layer that was asked for is nowhere."""
        unknown = [each for each in self._patterns if not self._matches(each)]
        if unknown:
            known = ", ".join(sorted(self._seen)) or "none there"
            names = ", ".join(unknown)
            raise MisuseError(f"no layer{self._where} is called {names}; there are {known}")
        return Agreement(
            data_version=self._edition.manifest.data_version,
            kinds={name: "+".join(sorted(kinds)) for name, kinds in sorted(self._kinds.items())},
            splits={split: self._split(split) for split in (*SPLITS, ALL) if self._articles[split]},
            couples=tuple(
                CoupleAgreement(
                    layers=names,
                    articles=self._couple_articles[names],
                    measures=self._shown(scorer.values()),
                )
                for names, scorer in sorted(self._couples.items())
            ),
            resamples=RESAMPLES,
            seed=SEED,
        )

    def _matches(self, pattern: str) -> bool:
        return pattern == "*" or any(fnmatchcase(name, pattern) for name in self._seen)

    def _split(self, split: str) -> SplitAgreement:
        scorer = self._scorers[split]
        return SplitAgreement(
            articles=self._articles[split],
            without_text=self._without_text[split],
            units=scorer.tallies["article"].units,
            measures=self._shown(scorer.values()),
            intervals=self._shown(scorer.intervals(RESAMPLES, SEED)),
        )

    def _shown(self, values: Table[V]) -> dict[str, V | None]:
        return select(values, [TASK], "score", self._incomplete)[TASK.name]
