"""Tasks as files that Label Studio imports and exports, without a server."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import orjson

from onrecord.files import compact, write_atomic, write_json
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import parse
from onrecord.labelstudio.collecting import Collected, Collector
from onrecord.labelstudio.people import account_of, naming
from onrecord.labelstudio.suggestions import prepare
from onrecord.labelstudio.tasks import Task
from onrecord.model import Gold, LayerKind
from onrecord.registry_files import merge, write_registry
from onrecord.sources import Registries, open_source


@dataclass(frozen=True)
class Written:
    """What came of annotations: layers by path, and all findings."""

    paths: tuple[Path, ...]
    collected: tuple[Collected, ...]
    issues: tuple[Issue, ...]

    def counts(self) -> dict[str, int]:
        """How many annotations were taken over, held back, empty and skipped."""
        finished = [each for each in self.collected if each.state != "skipped"]
        return {
            "layers": len(self.paths),
            "held back": sum(each.gold is None for each in finished),
            "empty": sum(each.state == "empty" for each in finished),
            "skipped": len(self.collected) - len(finished),
        }


def export_tasks(
    corpus: Path,
    patterns: Iterable[str],
    suggest: str,
    out: Path,
    texts: Mapping[str, str] | None = None,
) -> tuple[int, list[Issue]]:
    """Write tasks for articles into one JSON file; returns how many, and the findings.

    Raises `MisuseError` where there is nothing to export.
    """
    prepared = list(prepare(corpus, patterns, suggest, texts=texts))
    tasks = [each.task for each in prepared if each.task]
    write_atomic(out, orjson.dumps(tasks, option=orjson.OPT_APPEND_NEWLINE))
    return len(tasks), [issue for each in prepared for issue in each.issues]


def import_tasks(
    files: Iterable[Path],
    corpus: Path,
    out: Path | None = None,
    annotators: Iterable[str] = (),
    kind: LayerKind | None = None,
) -> Written:
    """Write the finished annotations in exported JSON files as layers or gold; see `write_layers`.

    Raises `InputError` for a file that is no export, `MisuseError` for unknown annotators.
    """
    tasks = [each for path in files for each in read_tasks(path)]
    collector = collector_of(corpus, lambda task: places[id(task)], kind)
    places = {id(task): place for place, task in tasks}
    accounts = {account_of(each, {}) for _, task in tasks for each in task.annotations}
    named = naming(annotators, accounts, {})
    found = [each for _, task in tasks for each in collector.collect(task, named)]
    return write_layers(found, collector, out)


def read_tasks(path: Path) -> Iterator[tuple[str, Task]]:
    """Every task of an export with its place; raises `InputError`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MisuseError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        tasks = msgspec.convert(parse(raw, path.name), list[Task])
    except msgspec.ValidationError as error:
        message = f"is no JSON export of Label Studio: {error}"
        hint = "export as JSON, not JSON_MIN, CSV or CoNLL: they lose relations"
        raise InputError(
            Issue(file=path.name, pointer="", code="task-foreign", message=message, hint=hint)
        ) from None
    for number, task in enumerate(tasks):
        yield f"{path.name}#{number}", task


def collector_of(
    corpus: Path, place: Callable[[Task], str], kind: LayerKind | None = None
) -> Collector:
    """A reader of tasks against a corpus folder; raises `InputError` for its registries."""
    registries: Registries = open_source(corpus).registries()
    if registries.issues:
        raise InputError(*registries.issues)
    return Collector(corpus, registries, place, kind)


def write_layers(
    collected: Iterable[Collected], collector: Collector, out: Path | None = None
) -> Written:
    """Write the sound annotations into the corpus, or `out` in place of its annotators/ or gold/.

    What the registries lack is added to them. An annotation that is not sound leaves what stood at
    its place. Raises `MisuseError` where two would be written to one place.
    """
    collected = tuple(collected)
    issues = [issue for each in collected for issue in each.issues]
    golds: dict[Path, Gold] = {}
    for each in collected:
        if each.gold is None or each.path is None:
            continue
        path = _inside(out, each.path) if out else collector.corpus / each.path
        if path in golds:
            raise MisuseError(f"several people made {each.path}: choose one with --annotator")
        golds[path] = each.gold
    write_new_names(golds.values(), collector, issues)
    for path, gold in golds.items():
        write_if_new(path, gold)
    return Written(tuple(golds), collected, tuple(issues))


def _inside(out: Path, path: Path) -> Path:
    """A path of a corpus under another folder than annotators/ or gold/."""
    return out.joinpath(*path.parts[1:])


def write_new_names(golds: Iterable[Gold], collector: Collector, issues: list[Issue]) -> None:
    """Add the new speakers and targets that annotations use to the corpus's registries."""
    names, golds = collector.names, list(golds)
    quoted = {id for gold in golds for quote in gold.quotes for id in quote.speaker}
    targets = {row.target for gold in golds for row in gold.stances}
    added = [names.new_targets[id] for id in sorted(targets & names.new_targets.keys())]
    quoted |= {target.speaker for target in added if target.speaker}
    new = [names.new_speakers[id] for id in sorted(quoted & names.new_speakers.keys())]
    registries, corpus = collector.registries, collector.corpus
    if new:
        speakers = merge(registries.speakers or {}, [("", each) for each in new], issues)
        write_registry(corpus / "speakers.json", speakers)
    if added:
        merged = merge(registries.targets or {}, [("", each) for each in added], issues)
        write_registry(corpus / "targets.json", merged)


def write_if_new(path: Path, gold: Gold) -> None:
    """Write an annotation, unless the file says the same already."""
    try:
        if orjson.loads(path.read_bytes()) == compact(gold):
            return
    except (OSError, orjson.JSONDecodeError):
        pass
    write_json(path, gold)
