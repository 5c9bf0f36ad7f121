"""results/: predictions of systems on our test articles and challenge passages, frozen.

A folder a system: `predictions.jsonl` and the record of its run (`run.json`), both as `onrecord
extract --out` writes them. They come along as outputs and are scored again whenever they are used.
They belong to the texts that they were made from: `run.json` has a hash of these. Once a test text
or an issue changes, or an article joins or goes, a system is run again, or it leaves: a score on
offsets of another text would be wrong, and one on fewer articles no match for the others. Versions
before hold it still. Gold may be corrected; no system has seen it.
"""

import hashlib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from onrecord.editions import Edition
from onrecord.extracting.inputs import Item
from onrecord.extractors import plain_article
from onrecord.files import read_bytes
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import decode
from onrecord.paths import results_dir
from onrecord.records import AnnotatedArticle, PassageRow

_RUN: Final = "run.json"
_PREDICTIONS: Final = "predictions.jsonl"


class Failed(msgspec.Struct, frozen=True):
    """An article for which a system has no prediction."""

    article_id: str


class Run(msgspec.Struct, frozen=True):
    """What we read of a system's `run.json`; `content` is a hash of the articles as it saw them."""

    extractor: str
    command: str
    hardware: str
    content: str
    articles: int
    failures: int
    seconds: float
    version: str | None = None
    failed: tuple[Failed, ...] = ()

    @property
    def articles_per_second(self) -> float | None:
        """Speed in the extractor alone; None where no time was taken."""
        return self.articles / self.seconds if self.seconds else None


def result_names() -> list[str]:
    """The systems in results/, by name."""
    return sorted(path.parent.name for path in results_dir().glob(f"*/{_PREDICTIONS}"))


def result_file(name: str) -> Path:
    """The predictions of a system in results/; raises `MisuseError` if there is none."""
    if name not in result_names():
        known = ", ".join(result_names()) or "none"
        raise MisuseError(f"there is no result {name!r}; there are {known}")
    return results_dir() / name / _PREDICTIONS


def read_run(name: str) -> Run:
    """The record of a system's run; raises `InputError` where it cannot be read."""
    file = f"results/{name}/{_RUN}"
    run: Run = decode(read_bytes(results_dir() / name / _RUN, file), Run, file)
    return run


def content_of(edition: Edition) -> str:
    """The hash of the test articles and passages as extractors see them, like that of a run."""
    digest = hashlib.sha256()
    articles = (volume.article for volume in edition.volumes("test") if volume.article)
    for article in chain[AnnotatedArticle | PassageRow](articles, edition.passages()):
        item = Item(plain_article(article, edition.targets))
        digest.update(msgspec.json.encode(item) + b"\n")
    return digest.hexdigest()[:16]


def stale(names: Iterable[str], edition: Edition) -> list[Issue]:
    """Findings for systems that were run on other articles than an edition has."""
    now, issues = content_of(edition), list[Issue]()
    for name in names:
        try:
            run = read_run(name)
        except InputError as error:
            issues += error.issues
            continue
        if run.content != now:
            issues.append(_stale(name, run, now))
    return issues


def _stale(name: str, run: Run, now: str) -> Issue:
    return Issue(
        file=f"results/{name}/{_RUN}",
        pointer="/content",
        code="result-stale",
        message=f"it was run on articles or texts that are others now ({run.content}, now {now})",
        hint=f"run it again or remove it: {run.command} --out results/{name}/{_PREDICTIONS}",
    )
