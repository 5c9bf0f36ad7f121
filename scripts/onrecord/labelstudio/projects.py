"""Projects of a Label Studio by title, and the tasks in them by article."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from onrecord.issues import MisuseError
from onrecord.labelstudio.client import Studio
from onrecord.labelstudio.config import labeling_config
from onrecord.labelstudio.controls import ISSUES
from onrecord.labelstudio.tasks import Task, TaskMeta
from onrecord.paths import corpus_dir

_PAGE = 500
_BATCH = 100
_EXPORT = msgspec.json.Decoder(list[Task])


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A task without its text: whose article, and what was done with it."""

    id: int
    meta: TaskMeta | None
    annotations: int
    skipped: int
    draft: bool


@dataclass
class Project:
    """A project, and how many issues its page has room for."""

    studio: Studio
    id: int
    issues: int
    adjudicating: bool = False

    def tasks(self) -> list[Counted]:
        """Every task, in the order of their ids."""
        fields = "id,meta,total_annotations,cancelled_annotations,draft_exists"
        pager = self.studio.call(
            lambda sdk: list(sdk.tasks.list(project=self.id, include=fields, page_size=_PAGE))
        )
        return sorted(map(_counted, pager), key=lambda task: task.id)

    def export(self, ids: list[int]) -> Iterator[Task]:
        """Whole tasks with their annotations and drafts, a batch of them in memory at a time."""
        for start in range(0, len(ids), _BATCH):
            wanted = list(map(str, ids[start : start + _BATCH]))
            raw = self.studio.call(partial(_download, project=self.id, ids=wanted))
            for task in _EXPORT.decode(raw):
                if str(task.id) in wanted:
                    yield task

    def make_room(self, issues: int) -> None:
        """Give the page as many slots for issues as an article of the project needs."""
        if issues > self.issues:
            config = labeling_config(issues, adjudicating=self.adjudicating)
            self.studio.call(lambda sdk: sdk.projects.update(id=self.id, label_config=config))
            self.issues = issues


def _counted(task: Any) -> Counted:
    try:
        meta = msgspec.convert(task.meta, TaskMeta)
    except msgspec.ValidationError:
        meta = None
    return Counted(
        id=task.id,
        meta=meta,
        annotations=task.total_annotations or 0,
        skipped=task.cancelled_annotations or 0,
        draft=bool(task.draft_exists),
    )


def _download(sdk: Any, project: int, ids: list[str]) -> bytes:
    """An export of some tasks. The SDK's own `ids` goes under a name that the server ignores."""
    stream = sdk.projects.exports.download_sync(
        project,
        export_type="JSON",
        download_all_tasks=True,
        request_options={"additional_query_parameters": {"ids[]": ids}},
    )
    return b"".join(stream)


def find_project(studio: Studio, title: str) -> Project | None:
    """The project with exactly this title; raises `MisuseError` where several have it."""
    found = _titled(studio, title)
    if len(found) > 1:
        raise MisuseError(f"{len(found)} projects are called {title!r}: {_ids(found)}; rename one")
    return _opened(studio, found[0]) if found else None


def existing_project(studio: Studio, title: str) -> Project:
    """The project with exactly this title; raises `MisuseError` where there is none."""
    project = find_project(studio, title)
    if project is None:
        titles = sorted({str(each.title) for each in _titled(studio, None)})
        known = ", ".join(titles[:10]) or "none yet"
        raise MisuseError(f"{studio.url} has no project {title!r}; there are: {known}")
    return project


def _titled(studio: Studio, title: str | None) -> list[Any]:
    found = studio.call(lambda sdk: list(sdk.projects.list(page_size=_PAGE)))
    return sorted(
        (each for each in found if title is None or each.title == title), key=lambda each: each.id
    )


def _ids(projects: list[Any]) -> str:
    return ", ".join(f"projects/{each.id}" for each in projects)


def _opened(studio: Studio, found: Any) -> Project:
    config = str(found.label_config or "")
    issues = max((n for n, slot in enumerate(ISSUES, 1) if f'name="{slot}"' in config), default=0)
    return Project(studio, found.id, issues, 'name="verdict"' in config)


def create_project(
    studio: Studio, title: str, issues: int, corpus: Path, *, adjudicating: bool = False
) -> Project:
    """A new project with the labeling config and the guidelines as its instructions.

    Two calls at once end with the same project: the one that was made first.
    """
    fields = {
        "title": title,
        "label_config": labeling_config(issues, adjudicating=adjudicating),
        "expert_instruction": guidelines_page(corpus),
        "show_instruction": False,
        "description": "Made by `onrecord annotate`.",
    }
    made = studio.call(
        lambda sdk: sdk.projects.create(**fields, request_options={"max_retries": 0})
    )
    first = _titled(studio, title)[0]
    if first.id != made.id:
        studio.call(lambda sdk: sdk.projects.delete(id=made.id))
    return _opened(studio, first)


def guidelines_page(corpus: Path) -> str:
    """The guidelines of a corpus as HTML, for the instructions of a project."""
    from markdown_it import MarkdownIt

    own = corpus / "GUIDELINES.md"
    text = (own if own.is_file() else corpus_dir() / "GUIDELINES.md").read_text("utf-8")
    return str(MarkdownIt("commonmark").enable("table").render(text))
