"""Projects of a Label Studio by title, and the tasks in them by article."""

from collections.abc import Iterator
from contextlib import suppress
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
from onrecord.labelstudio.client import GoneError, NotThereError, Studio
from onrecord.labelstudio.config import labeling_config
from onrecord.labelstudio.controls import ISSUES
from onrecord.labelstudio.style import GUIDELINES_STYLE
from onrecord.labelstudio.tasks import Task, TaskMeta
from onrecord.paths import corpus_dir

_PAGE = 100
"""Larger pages take the server more than proportionally longer."""
_DESCRIPTION = "Made by `onrecord annotate`."
_TASK = msgspec.json.Decoder(Task)
_TASKS = msgspec.json.Decoder(list[Task])


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A task without its text: whose article, and what was done with it."""

    id: int
    meta: TaskMeta | None
    worked_on: bool
    """Somebody finished or skipped it."""
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

    def remove(self, tasks: list[int]) -> None:
        """Delete the tasks with these ids, as far as they are there, in one request.

        While tasks are deleted the server may fail to list the others.
        """
        if tasks:
            chosen = {"all": False, "included": tasks}
            self.studio.call(
                lambda sdk: sdk.actions.create(
                    project=self.id, id="delete_tasks", selected_items=chosen
                )
            )

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
        worked_on=bool(task.total_annotations or task.cancelled_annotations),
        draft=bool(task.draft_exists),
    )


def find_project(studio: Studio, title: str) -> Project | None:
    """The project with exactly this title; raises `MisuseError` where several have it.

    Two calls at once may both make it, and so may the server alone, which does a request again when
    its database was locked. Of such projects the first stays and those with nothing in them go.
    """
    found = _titled(studio, title)
    surplus = [each.id for each in found[1:] if _is_surplus(each)]
    for id in surplus:
        _delete(studio, id)
    found = [each for each in found if each.id not in surplus]
    if len(found) > 1:
        raise MisuseError(f"{len(found)} projects are called {title!r}: {_ids(found)}; rename one")
    return _opened(studio, found[0]) if found else None


def _delete(studio: Studio, id: int) -> None:
    with suppress(NotThereError):  # another call may have deleted it first
        studio.call(lambda sdk: sdk.projects.delete(id=id))


def _is_surplus(project: Any) -> bool:
    return project.description == _DESCRIPTION and not project.task_number


def existing_project(studio: Studio, title: str) -> Project:
    """The project with exactly this title; raises `MisuseError` where there is none."""
    project = find_project(studio, title)
    if project is None:
        titles = sorted({str(each.title) for each in _titled(studio, None)})
        known = ", ".join(titles[:10]) or "none yet"
        raise MisuseError(f"{studio.url} has no project {title!r}; there are: {known}")
    return project


def _titled(studio: Studio, title: str | None) -> list[Any]:
    # A project comes with its guidelines, so all of them are megabytes.
    found = studio.call(lambda sdk: list(sdk.projects.list(title=title, page_size=_PAGE)))
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

    Raises `MisuseError` for a title that no project may have.
    """
    if not 3 <= len(title.strip()) <= 50:
        raise MisuseError(f"the title of a project has 3 to 50 characters: {title!r}")
    fields = {
        "title": title,
        "label_config": labeling_config(issues, adjudicating=adjudicating),
        "expert_instruction": guidelines_page(corpus),
        "show_instruction": False,
        "description": _DESCRIPTION,
    }
    made = None
    try:
        made = studio.call(
            lambda sdk: sdk.projects.create(**fields, request_options={"max_retries": 0})
        )
    except GoneError:  # made all the same, or deleted by another call before it was finished
        if find_project(studio, title) is None:
            raise
    project = existing_project(studio, title)
    return replace(project, new=made is not None and project.id == made.id)


def guidelines_page(corpus: Path) -> str:
    """The guidelines of a corpus as HTML, for the instructions of a project."""
    from markdown_it import MarkdownIt

    own = corpus / "GUIDELINES.md"
    text = read_text(own if own.is_file() else corpus_dir() / own.name, own.name)
    page = MarkdownIt("commonmark").enable("table").render(text)
    return f'<style>{GUIDELINES_STYLE}</style><div class="or-guidelines">{page}</div>'
