"""`onrecord score` over several corpora: one extractor, the same measures, each corpus's masks."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from onrecord.benchmark.scoring import Result, score
from onrecord.issues import MisuseError


class Ground(NamedTuple):
    """Predictions for one split of one corpus; None stands for the corpus and split by default."""

    predictions: Path
    corpus: str | None
    split: str | None

    @property
    def name(self) -> str:
        """What a table calls it."""
        corpus = Path(self.corpus).resolve().name if self.corpus else "onrecord"
        return f"{corpus} {self.split or 'test'}"


def score_across(
    grounds: Sequence[Ground],
    *,
    texts: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Result]:
    """The result of each, by its name; raises what `score` raises, and for a name used twice."""
    names = [ground.name for ground in grounds]
    if len(set(names)) < len(names):
        raise MisuseError(f"two corpora have the same name and split: {', '.join(names)}")
    return {
        ground.name: score(
            ground.predictions, ground.corpus, split=ground.split, texts=texts, progress=progress
        )
        for ground in grounds
    }


def pair_up(
    predictions: Sequence[Path], corpora: Sequence[str | None], splits: Sequence[str]
) -> list[Ground]:
    """A file of predictions for each corpus, in order; one split for all, or one for each.

    Raises `MisuseError` where the numbers do not fit.
    """
    if len(predictions) != len(corpora):
        files = f"{len(predictions)} files of predictions for {len(corpora)} corpora"
        raise MisuseError(f"{files}: name one for each, in the same order")
    if len(splits) not in (0, 1, len(corpora)):
        raise MisuseError(f"{len(splits)} splits for {len(corpora)} corpora: name one, or one each")
    each = [*splits] if len(splits) == len(corpora) else [*splits, None][:1] * len(corpora)
    return [Ground(*row) for row in zip(predictions, corpora, each, strict=True)]
