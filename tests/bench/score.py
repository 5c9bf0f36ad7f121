"""Scoring speed on made-up articles: `python tests/bench/score.py --articles 100000`.

12 quotes an article, predictions that are right, shifted, missing or spurious. Measured from records
in memory to counts, in one process: detection alone, all tasks, and beside it nervaluate's strict
score of the same fragments; then bootstrap and randomisation over 1,000 stories. Bounds: 3,000 and
1,000 articles a second, memory flat, 2 s. Last line: `ratio R`, detection against nervaluate.
"""

import argparse
import copy
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "scripts")]

import msgspec
from nervaluate.entities import Entity
from nervaluate.strategies import StrictEvaluation
from synthetic import documents, registry_lines

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.cases import Case, GoldArticle
from onrecord.benchmark.comparison import differences_of
from onrecord.benchmark.names import Registry
from onrecord.benchmark.predictions import gold_prediction, locate
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.scoring import Method
from onrecord.benchmark.tasks import TASKS
from onrecord.collector import collector_off
from onrecord.model import Article, Fragment, Gold, Speaker, Target
from onrecord.predictions import PredictedQuote, Prediction
from onrecord.records import AnnotatedArticle
from onrecord.rows import article_row

_BATCH = 250
_THOUSAND_STORIES = 3_000
Pairs = list[tuple[AnnotatedArticle, Prediction]]


def registry() -> Registry:
    speakers, targets = {}, {}
    for line in registry_lines():
        if "speaker" in line:
            speaker = msgspec.convert(line["speaker"], Speaker)
            speakers[speaker.id] = speaker
        elif "target" in line:
            target = msgspec.convert(line["target"], Target)
            targets[target.id] = target
    return Registry(speakers, targets)


def batches(count: int, known: Registry) -> Iterator[Pairs]:
    """Articles with predictions, a few hundred at a time."""
    rng, batch = random.Random(2), []
    for document in documents(count):
        article = msgspec.convert(document["article"], Article)
        gold = msgspec.convert(document["gold"], Gold)
        row = article_row(article, "test", document["text"], gold, known.speakers, known.targets)
        annotated = msgspec.convert(row, AnnotatedArticle)
        batch.append((annotated, predicted(annotated, rng)))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def predicted(article: AnnotatedArticle, rng: random.Random) -> Prediction:
    """Gold with one in five quotes shifted, one in ten missing, and one in ten made up."""
    quotes = []
    for quote in gold_prediction(article).quotes:
        fate = rng.random()
        if fate < 0.1:
            continue
        if fate < 0.3:
            quote = msgspec.structs.replace(quote, content=shifted(quote, rng, article))
        quotes.append(quote)
        if fate > 0.9:
            start = rng.randrange(article.text_length - 100)
            quotes.append(PredictedQuote(content=(Fragment(start=start, end=start + 80),)))
    return Prediction(article_id=article.id, quotes=tuple(quotes))


def shifted(quote: PredictedQuote, rng: random.Random, article: AnnotatedArticle) -> Any:
    first, *rest = quote.content
    start = max(first.start + rng.randint(-40, min(40, first.end - first.start - 1)), 0)
    return (Fragment(start=start, end=first.end), *rest)  # type: ignore[union-attr]


def timed(work: Callable[..., None], *arguments: Any) -> float:
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def count_all(scorer: Scorer, batch: Pairs, known: Registry) -> None:
    config = AlignConfig()
    with collector_off():
        for article, prediction in batch:
            gold = GoldArticle(article, known)
            scorer.add(Case(gold, locate(prediction.quotes, gold.text, config).quotes))


def nervaluate_strict(batch: list[tuple[list[Entity], list[Entity]]], sums: list[int]) -> None:
    strict = StrictEvaluation()
    for gold, found in batch:
        result, _ = strict.evaluate(gold, found, ["quote"])
        sums[0] += result.correct
        sums[1] += result.actual
        sums[2] += result.possible


def entities(batch: Pairs) -> list[tuple[list[Entity], list[Entity]]]:
    def flat(quotes: Any) -> list[Entity]:
        return [
            Entity(label="quote", start=part.start, end=part.end - 1)
            for quote in quotes
            for part in quote.content
        ]

    return [(flat(article.quotes), flat(prediction.quotes)) for article, prediction in batch]


def peak() -> float:
    """Peak memory so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resampling(scorer: Scorer) -> None:
    """Intervals and tests of everything, over the stories of a scorer."""
    method = Method()
    start = time.perf_counter()
    scorer.intervals(method.resamples, method.seed)
    middle = time.perf_counter()
    differences_of(scorer, scorer, method)
    end = time.perf_counter()
    units = scorer.tallies["article"].units
    print(
        f"{method.resamples:,} resamples of {units:,} stories: intervals of all measures"
        f" {middle - start:.2f} s, tests of all headlines {end - middle:.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5_000)
    options = parser.parse_args()
    known = registry()
    detection, everything = Scorer(TASKS[:1]), Scorer(TASKS)
    taken = {"detection": 0.0, "all tasks": 0.0, "nervaluate": 0.0}
    sums, done, early, thousand = [0, 0, 0], 0, 0.0, everything
    count_all(Scorer(TASKS), next(batches(3, known)), known)  # imports and tables
    for batch in batches(options.articles, known):
        taken["detection"] += timed(count_all, detection, batch, known)
        taken["all tasks"] += timed(count_all, everything, batch, known)
        taken["nervaluate"] += timed(nervaluate_strict, entities(batch), sums)
        done += len(batch)
        if done <= max(options.articles // 4, _BATCH):
            early = peak()
        if done == _THOUSAND_STORIES:
            thousand = copy.deepcopy(everything)
    for name, seconds in taken.items():
        print(f"{name:12}{seconds:8.2f} cpu s {done / seconds:8.0f} articles/s")
    print(
        f"memory: peak {early:.0f} MB after a quarter of the articles, {peak():.0f} MB at the end"
    )
    resampling(thousand)
    ours = detection.values()["detection"]
    correct, actual, possible = sums
    print(f"F1 of fragments: exact tokens {ours['piece_exact.f1']:.4f}", end=", ")
    print(f"nervaluate strict {2 * correct / (actual + possible):.4f}")
    print(f"ratio {taken['detection'] / taken['nervaluate']:.2f}")


if __name__ == "__main__":
    main()
