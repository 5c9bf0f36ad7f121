"""A run: an extractor over articles, its predictions, and the record of how it went."""

import hashlib
import os
import platform
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from onrecord.extracting.inputs import Inputs, Item
from onrecord.extracting.serving import Answer, Plain, Ready
from onrecord.extracting.workers import Workers
from onrecord.extractors.catalogue import Recipe
from onrecord.files import staged_file, write_json
from onrecord.issues import Issue, MisuseError
from onrecord.model import Record

TIME_LIMIT: Final = 300.0
"""Seconds that an article may take, where nothing else is said."""

_CPU: Final = Path("/proc/cpuinfo")


class Failure(Record, frozen=True, kw_only=True):
    """An article for which there is no prediction, and why."""

    article_id: str
    error: str


class Run(Record, frozen=True, kw_only=True):
    """The record of a run, beside its predictions as `run.json`; it names no folder.

    `version` is the extractor's own, `content` a hash (SHA-256, 16 digits) of all articles as it
    saw them, `licensed` counts articles whose text was not there, `passed_over` files in folders of
    no kind that is read, `counts` is what the extractor added up, `seconds` were spent in the
    extractor by all processes together, without loading it or reading the articles.
    """

    extractor: str
    version: str | None
    options: dict[str, Plain]
    command: str
    hardware: str
    onrecord: str
    data_versions: tuple[str, ...]
    split: str | None
    given: bool
    content: str
    articles: int
    licensed: int
    passed_over: int
    quotes: int
    failures: int
    failed: tuple[Failure, ...]
    jobs: int
    time_limit: float
    seconds: float
    articles_per_second: float
    counts: dict[str, float]


class Extraction:
    """`onrecord extract` as a library: iterate over it, then read `run` and `issues`."""

    def __init__(
        self,
        paths: Sequence[Path],
        recipe: Recipe,
        *,
        split: str | None = None,
        given: bool = False,
        jobs: int = 1,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        """Raises `MisuseError` for inputs that are not there or make no sense together."""
        self.paths, self._recipe = paths, recipe
        self._inputs = Inputs(paths, split, given)
        self._split, self._given, self._jobs, self._time_limit = split, given, jobs, time_limit
        self._digest = hashlib.sha256()
        self._failed: list[Failure] = []
        self._counts: Counter[str] = Counter()
        self._articles = self._quotes = 0
        self._seconds = 0.0
        self.issues: list[Issue] = []
        self.run: Run

    def __iter__(self) -> Iterator[tuple[Item, bytes]]:
        """Every article with its line of predictions, in order; failures become `issues`.

        Raises `MisuseError` where the extractor cannot be made or there is nothing to read.
        """
        with Workers(self._recipe, self._jobs, self._time_limit) as workers:
            if self._given and not workers.ready.takes_contents:
                raise MisuseError(f"{workers.ready.name} cannot label given contents")
            read: dict[str, Item] = {}
            for answer in workers.extract(self._reading(read)):
                if isinstance(answer, Issue):
                    self.issues.append(answer)
                    continue
                item = read.pop(answer.id)
                self._add(answer)
                if answer.line is not None:
                    yield item, answer.line
            if not self._articles and not self.issues:
                licensed = self._inputs.licensed
                but = f", but {licensed} licensed without their text" if licensed else ""
                raise MisuseError(f"there is no article to read{but}")
            self.run = self._record(workers.ready)

    def _reading(self, read: dict[str, Item]) -> Iterator[Item | Issue]:
        """The inputs; those being read are kept by id."""
        for item in self._inputs:
            if isinstance(item, Item):
                read[item.article.id] = item
                self._digest.update(msgspec.json.encode(item) + b"\n")
            yield item

    def _add(self, answer: Answer) -> None:
        self._articles += 1
        self._seconds += answer.seconds
        self._counts.update(answer.counts)
        if answer.line is None:
            self.issues.append(answer.issue)
            self._failed.append(Failure(article_id=answer.id, error=answer.error))
        else:
            self._quotes += answer.quotes

    def _record(self, ready: Ready) -> Run:
        seconds = self._seconds
        return Run(
            extractor=ready.name,
            version=ready.version,
            options={key: _plain(value) for key, value in ready.settings.items()},
            command=self._command(),
            hardware=_hardware(),
            onrecord=version("onrecord"),
            data_versions=tuple(self._inputs.data_versions),
            split=self._split,
            given=self._given,
            content=self._digest.hexdigest()[:16],
            articles=self._articles,
            licensed=self._inputs.licensed,
            passed_over=self._inputs.passed_over,
            quotes=self._quotes,
            failures=len(self._failed),
            failed=tuple(self._failed),
            jobs=self._jobs,
            time_limit=self._time_limit,
            seconds=float(f"{seconds:.4g}"),
            articles_per_second=float(f"{self._articles / max(seconds, 1e-9):.3g}"),
            counts={key: round(value, 6) for key, value in sorted(self._counts.items())},
        )

    def _command(self) -> str:
        """What to type for the same run, wherever the files are."""
        with_ = _bare(self._recipe.with_)
        words = ["onrecord", "extract", *[_bare(str(path)) for path in self.paths]]
        words += ["--split", self._split] if self._split else []
        words += ["--with", with_]
        for key, value in self._recipe.options.items():
            words += ["--option", f"{key}={_bare(value)}"]
        words += ["--given"] if self._given else []
        words += ["--jobs", str(self._jobs)] if self._jobs > 1 else []
        return shlex.join(words)


def run_record(path: Path) -> Path:
    """Where the record of a run stands: `run.json` beside `predictions.jsonl`, else by its name."""
    return path.with_name("run.json" if path.stem == "predictions" else f"{path.stem}.run.json")


class InterruptedRunError(Exception):
    """Somebody ended a run; the articles finished before are kept."""

    def __init__(self, articles: int, path: Path) -> None:
        super().__init__(f"interrupted; the {articles:,} articles finished are in {path}")


def write_run(
    extraction: Extraction, path: Path, progress: Callable[[int], None] | None = None
) -> Run:
    """Write the predictions into `path` and the record beside it; an old record goes first.

    An interrupted run leaves both as they were, and what is finished in `path` with `.partial`:
    then raises `InterruptedRunError`. Raises `MisuseError` for a path that is an input or a folder,
    and as iterating does.
    """
    if path.is_dir() or path.resolve() in [each.resolve() for each in extraction.paths]:
        raise MisuseError(f"{path}: is a folder or an input: name another file")
    partial = path.with_name(f"{path.name}.partial")
    number = 0
    with staged_file(partial) as stream:
        try:
            for number, (_, line) in enumerate(extraction, 1):
                stream.write(line)
                if progress:
                    progress(number)
        except KeyboardInterrupt:
            if not number:
                raise
    if not hasattr(extraction, "run"):
        raise InterruptedRunError(number, partial)
    run_record(path).unlink(missing_ok=True)
    partial.replace(path)
    write_json(run_record(path), msgspec.to_builtins(extraction.run))
    return extraction.run


def _bare(words: str) -> str:
    """The words, of which the paths of files keep their names only."""
    parts = (Path(word).name if Path(word).is_absolute() else word for word in words.split(" "))
    return " ".join(parts)


def _plain(value: Plain) -> Plain:
    return _bare(value) if isinstance(value, str) else value


def _hardware() -> str:
    """Processor and number of cores; no name of a machine."""
    lines = _CPU.read_text("utf-8").splitlines() if _CPU.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"
