"""Projects of a Label Studio by title, and the tasks in them by article."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import msgspec
from msgspec import Raw

from onrecord.files import read_text
from onrecord.issues import MisuseError
from onrecord.labelstudio.client import Studio
from onrecord.labelstudio.config import labeling_config
from onrecord.labelstudio.controls import ISSUES
from onrecord.labelstudio.tasks import Task, TaskMeta
from onrecord.paths import corpus_dir

_PAGE = 100
"""Larger pages take the server more than proportionally longer."""
_TASK = msgspec.json.Decoder(Task)
_TASKS = msgspec.json.Decoder(list[Task])


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
    new: bool = False
    """Made a moment ago, so that nothing is in it yet."""

    def count(self) -> int:
        """How many tasks there are."""
        return int(self.studio.call(lambda sdk: sdk.projects.get(id=self.id)).task_number or 0)

    def tasks(self) -> list[Counted]:
        """Every task, in the order of their ids."""
        fields = "id,meta,total_annotations,cancelled_annotations,draft_exists"
        pager = self.studio.call(
            lambda sdk: list(sdk.tasks.list(project=self.id, include=fields, page_size=_PAGE))
        )
        return sorted(map(_counted, pager), key=lambda task: task.id)

    def worked_on(self) -> Iterator[Task]:
        """The tasks that somebody finished or skipped, whole, one at a time from a file."""
        with TemporaryFile() as file:
            self._export(file)
            file.flush()
            with mmap(file.fileno(), 0, access=ACCESS_READ) as export:
                yield from map(_TASK.decode, msgspec.json.decode(export, type=list[Raw]))

    def drafts(self) -> Iterator[Task]:
        """The tasks that somebody began, whole."""
        ids = [str(task.id) for task in self.tasks() if task.draft]
        for start in range(0, len(ids), _PAGE):
            export = BytesIO()
            self._export(export, ids[start : start + _PAGE])
            yield from _TASKS.decode(export.getvalue())

    def _export(self, file: IO[bytes], ids: list[str] | None = None) -> None:
        """Write an export: of the tasks with these ids, or of those with annotations.

        The SDK has a parameter `ids`, under a name that the server ignores.
        """
        parameters = {"additional_query_parameters": {"ids[]": ids}} if ids else None
        self.studio.call(
            lambda sdk: file.writelines(
                sdk.projects.exports.download_sync(
                    self.id,
                    export_type="JSON",
                    download_all_tasks=ids is not None,
                    request_options=parameters,
                )
            )
        )

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
    return replace(_opened(studio, first), new=first.id == made.id)


def guidelines_page(corpus: Path) -> str:
    """The guidelines of a corpus as HTML, for the instructions of a project."""
    from markdown_it import MarkdownIt

    own = corpus / "GUIDELINES.md"
    text = read_text(own if own.is_file() else corpus_dir() / own.name, own.name)
    return str(MarkdownIt("commonmark").enable("table").render(text))
