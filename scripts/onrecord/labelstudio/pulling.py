"""Bringing finished work back from Label Studio, and saying how far everybody is."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from onrecord.issues import Issue
from onrecord.labelstudio.client import Studio
from onrecord.labelstudio.collecting import Collected, Collector
from onrecord.labelstudio.people import layer_name, naming
from onrecord.labelstudio.projects import Project, existing_project
from onrecord.labelstudio.task_files import Written, collector_of, write_layers
from onrecord.model import LayerKind, Record

Progress = Callable[[int], None]


class Standing(Record, frozen=True, kw_only=True):
    """How far an annotator is with a project."""

    annotator: str
    done: int
    empty: int
    """Of those done, in how many nothing is annotated."""
    skipped: int
    drafts: int
    """Begun and not submitted; of those left."""
    left: int
    minutes: float
    edits: int
    """Records that differ from what was suggested: added, changed or removed."""


def pull(
    studio: Studio,
    title: str,
    corpus: Path,
    out: Path | None = None,
    *,
    annotators: Iterable[str] = (),
    kind: LayerKind | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write the finished annotations of a project as layers, or as gold where it adjudicates.

    They go into the corpus, or into `out` in place of its annotators/ or gold/. Nothing is written
    before everything is read. Raises `MisuseError`, or `GoneError` where the
    server is gone.
    """
    project = existing_project(studio, title)
    collector = _collector(project, corpus, kind)
    collected = list(collect(project, collector, annotators, progress))
    return write_layers(collected, collector, out)


def _collector(project: Project, corpus: Path, kind: LayerKind | None = None) -> Collector:
    return collector_of(corpus, lambda task: project.studio.task_address(project.id, task.id), kind)


def collect(
    project: Project,
    collector: Collector,
    annotators: Iterable[str] = (),
    progress: Progress | None = None,
) -> Iterator[Collected]:
    """What the annotators of a project finished or skipped."""
    named = naming(annotators, *_accounts(project))
    ids = [task.id for task in project.tasks() if task.annotations or task.skipped]
    for number, task in enumerate(project.export(ids), 1):
        yield from collector.collect(task, named)
        if progress:
            progress(number)


def _accounts(project: Project) -> tuple[list[str], dict[int, str]]:
    """Who annotated in a project, and the addresses of all accounts."""
    call = project.studio.call
    emails = {user.id: str(user.email) for user in call(lambda sdk: list(sdk.users.list()))}
    people = call(lambda sdk: sdk.projects.list_unique_annotators(project.id))
    return [str(person.email) for person in people], emails


def standings(
    studio: Studio, title: str, corpus: Path, *, progress: Progress | None = None
) -> tuple[list[Standing], list[Issue]]:
    """How far everybody is who annotated in a project, and the findings in their work."""
    project = existing_project(studio, title)
    tasks = project.tasks()
    found = list(collect(project, _collector(project, corpus), progress=progress))
    drafts = _drafts(project, [task.id for task in tasks if task.draft])
    names = sorted({each.annotator for each in found} | drafts.keys())
    rows = [
        _standing(
            name, [each for each in found if each.annotator == name], len(tasks), drafts[name]
        )
        for name in names
    ]
    return rows, [issue for each in found for issue in each.issues]


def _standing(name: str, found: list[Collected], tasks: int, drafts: int) -> Standing:
    finished = [each for each in found if each.state != "skipped"]
    return Standing(
        annotator=name,
        done=len(finished),
        empty=sum(each.state == "empty" for each in found),
        skipped=len(found) - len(finished),
        drafts=drafts,
        left=tasks - len(found),
        minutes=round(sum(each.minutes for each in found), 1),
        edits=sum(each.edits for each in found),
    )


def _drafts(project: Project, ids: list[int]) -> Counter[str]:
    """How many tasks everybody began and did not submit."""
    return Counter(
        layer_name(user)
        for task in project.export(ids)
        for user in {draft.user for draft in task.drafts if draft.annotation is None}
    )
