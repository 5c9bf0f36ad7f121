"""One pass over the gold: every article and passage, with what systems, floor and annotators say.

Only one article is held at a time, and the challenge passages.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.bounds import ceiling_cases, floor_cases
from onrecord.benchmark.cases import Case, GoldArticle
from onrecord.benchmark.measures import Task
from onrecord.benchmark.names import Annotated, Registry
from onrecord.benchmark.predictions import PredictionFile, locate, unknown, unpredicted
from onrecord.benchmark.scorer import Scorer
from onrecord.collector import collector_off
from onrecord.editions import Edition, Volume
from onrecord.issues import Issue, MisuseError
from onrecord.model import Split
from onrecord.records import PassageRow

Observer = Callable[[Case], None]


class System:
    """One system: its predictions, its scores, and how its spans were found in the text.

    Challenge passages count as handed in once there is a line for one of them; where there is none,
    all of them fail without being findings.
    """

    def __init__(self, file: PredictionFile, tasks: Sequence[Task]) -> None:
        self.file = file
        self.scorer = Scorer(tasks)
        self.alignment: Counter[str] = Counter()
        self.guesses = 0
        self.issues: list[Issue] = list(file.issues)
        self.missing: list[str] = []
        self.missing_passages: list[str] = []
        self.has_passages = False

    def case(self, gold: GoldArticle, align: AlignConfig) -> Case:
        """What it predicted for an article; nothing where it has no line."""
        id = gold.article.id
        prediction = self.file.read(id)
        if prediction is None:
            passage = isinstance(gold.article, PassageRow)
            missing = self.missing_passages if passage else self.missing
            missing.append(id)
            return Case(gold, answered=False)
        self.has_passages |= isinstance(gold.article, PassageRow)
        found = locate(prediction.quotes, gold.text, align, self.file.place(id))
        self.issues += found.issues
        self.alignment.update(located.status for located in found.quotes)
        self.guesses += found.guesses
        return Case(gold, found.quotes)


class Evaluation:
    """The gold of a split, and systems scored on it.

    `bounds` adds floor and ceiling. `observe` is shown every case of the first system.
    """

    def __init__(
        self,
        edition: Edition,
        split: Split,
        files: Mapping[str, PredictionFile],
        tasks: Sequence[Task],
        align: AlignConfig,
        *,
        bounds: bool = False,
        observe: Observer | None = None,
    ) -> None:
        self.edition, self.split, self.tasks, self.align = edition, split, tasks, align
        self.incomplete = frozenset(edition.manifest.incomplete)
        self.systems = {name: System(file, tasks) for name, file in files.items()}
        self.floor, self.given_floor, self.ceiling = (Scorer(tasks) for _ in range(3))
        self.annotators: set[str] = set()
        self.articles = self.passages = self.licensed_excluded = self.licensed_scored = 0
        self.has_stories = False
        self._bounds = bounds
        self._observe = observe
        self._registry = Registry(edition.speakers, edition.targets)
        self._digest = hashlib.sha256()
        self._seen: set[str] = set()

    @property
    def content(self) -> str:
        """A hash of all the gold that was scored, registries included."""
        return self._digest.hexdigest()[:16]

    def run(self, progress: Callable[[int], None] | None = None) -> None:
        """Score everything; raises `MisuseError` where the split is empty."""
        with collector_off():
            self._run(progress)

    def _run(self, progress: Callable[[int], None] | None) -> None:
        for registry in (self.edition.speakers, self.edition.targets):
            for id in sorted(registry):
                self._hash(registry[id])
        for number, volume in enumerate(self.edition.volumes(self.split, layers=self._bounds), 1):
            self._add_volume(volume)
            if progress:
                progress(number)
        if self.split == "test":
            for pair in self._pairs():
                self._add_pair(pair)
        if not self.articles + self.passages + self.licensed_excluded:
            raise MisuseError(f"the corpus has no article in split {self.split}; name another")
        self._finish()

    def _add_volume(self, volume: Volume) -> None:
        if volume.article is None:
            self.licensed_excluded += 1
            return
        gold = self._gold(volume.article)
        self.articles += 1
        self.licensed_scored += volume.article.rights == "licensed"
        self.has_stories |= volume.article.story is not None
        for system in self.systems.values():
            case = system.case(gold, self.align)
            system.scorer.add(case)
            self._show(system, case)
        if self._bounds:
            floor, given = floor_cases(gold)
            self.floor.add(floor)
            self.given_floor.add(given)
            for case in ceiling_cases(volume.layers, self._registry, self.incomplete):
                self.ceiling.add(case)
                self.annotators.update(layer.kind for layer in volume.layers)

    def _pairs(self) -> Iterator[list[GoldArticle]]:
        """The passages of the challenge set by pair; what is in none stands alone."""
        pairs: dict[tuple[str | None, str], list[GoldArticle]] = defaultdict(list)
        for passage in self.edition.passages():
            alone = "" if passage.pair else passage.id
            pairs[passage.pair, alone].append(self._gold(passage))
        yield from pairs.values()

    def _add_pair(self, pair: list[GoldArticle]) -> None:
        self.passages += len(pair)
        for system in self.systems.values():
            cases = [system.case(gold, self.align) for gold in pair]
            system.scorer.add_pair(cases)
            for case in cases:
                self._show(system, case)
        if self._bounds:
            self.floor.add_pair([floor_cases(gold)[0] for gold in pair])

    def _show(self, system: System, case: Case) -> None:
        if self._observe and system is next(iter(self.systems.values())):
            self._observe(case)

    def _gold(self, article: Annotated) -> GoldArticle:
        self._hash(article)
        self._seen.add(article.id)
        passage = isinstance(article, PassageRow)
        return GoldArticle(article, self._registry, frozenset() if passage else self.incomplete)

    def _hash(self, record: msgspec.Struct) -> None:
        line = msgspec.json.encode(record)
        self._digest.update(b"%d\n%s" % (len(line), line))

    def _finish(self) -> None:
        """Findings that only the whole shows: what is not predicted, and what is unknown."""
        known = self._known()
        for system in self.systems.values():
            missing = system.missing + (system.missing_passages if system.has_passages else [])
            system.issues += unpredicted(system.file.name, missing)
            system.issues += unknown(system.file, known)

    def _known(self) -> set[str]:
        """The ids that may be predicted for; of what was not scored only where one of it is."""
        predicted = {id for system in self.systems.values() for id in system.file.ids}
        if predicted <= self._seen:
            return self._seen
        passages = () if self.split == "test" else self.edition.passages()
        return self._seen | self.edition.ids() | {passage.id for passage in passages}
