"""Sending articles to Label Studio: each once, however often and by however many.

The server knows no keys of its own, and an import that fails may be done all the same. So every
batch is sent without retries; after a failure the project is read anew, and only what is not in it
is sent again. At the end every article must be there exactly once.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from onrecord.issues import Issue, MisuseError
from onrecord.labelstudio.ahead import ahead
from onrecord.labelstudio.client import GoneError, Studio
from onrecord.labelstudio.controls import ISSUES
from onrecord.labelstudio.projects import Counted, Project, create_project, find_project
from onrecord.labelstudio.suggestions import Prepared, prepare
from onrecord.labelstudio.tasks import SUGGESTION

_TASKS: Final = 100
_BYTES: Final = 8 * 2**20
_ATTEMPTS: Final = 3
_PAUSE: Final = 2.0
Progress = Callable[[int], None]


@dataclass
class Pushed:
    """What came of a push."""

    project: str
    added: int = 0
    present: int = 0
    issues: list[Issue] = field(default_factory=list)


def push(
    studio: Studio,
    corpus: Path,
    patterns: Iterable[str],
    title: str,
    suggest: str,
    *,
    texts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Pushed:
    """Put articles into the project called `title`, which is made if need be.

    An article that is there with the same text is left as it is; with another text it is refused.
    Raises `MisuseError`, or `GoneError` where the server is gone: the next call goes on from there.
    """
    prepared = prepare(corpus, patterns, suggest, texts=texts)
    return send(studio, prepared, title, corpus, progress=progress)


def send(
    studio: Studio,
    prepared: Iterable[Prepared],
    title: str,
    corpus: Path,
    *,
    adjudicating: bool = False,
    progress: Progress | None = None,
) -> Pushed:
    """Put prepared tasks into a project; see `push`."""
    sender: _Sender | None = None
    pushed = Pushed("")
    for batch in ahead(_batches(_sound(prepared, pushed))):
        if sender is None:
            issues = max(map(_issues, batch))
            project = find_project(studio, title) or create_project(
                studio, title, issues, corpus, adjudicating=adjudicating
            )
            if project.adjudicating is not adjudicating:
                raise MisuseError(f"{title!r} is a project of the other kind; use a new title")
            sender = _Sender(project, pushed)
        sender.send(batch)
        if progress:
            progress(pushed.added + pushed.present)
    if sender is not None:
        sender.finish()
    return pushed


def _sound(prepared: Iterable[Prepared], pushed: Pushed) -> Iterator[dict[str, Any]]:
    for each in prepared:
        pushed.issues += each.issues
        if each.task is not None:
            yield each.task


def _batches(tasks: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Tasks in batches that a server takes in one request."""
    batch: list[dict[str, Any]] = []
    size = 0
    for task in tasks:
        length = len(orjson.dumps(task))
        if batch and (len(batch) >= _TASKS or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(task)
        size += length
    if batch:
        yield batch


def _issues(task: dict[str, Any]) -> int:
    """How many issues the article of a task has; a page has room for one at least."""
    return max(len(task["data"]["layer"].get("issues", ())), 1)


class _Sender:
    def __init__(self, project: Project, pushed: Pushed) -> None:
        self.project, self.pushed = project, pushed
        self.pushed.project = f"{project.studio.url}/projects/{project.id}"
        self.known = {} if project.new else self._by_article()
        self.mine: set[str] = set()

    def send(self, batch: list[dict[str, Any]]) -> None:
        """Send what the project does not have."""
        new = [task for task in batch if self._is_new(task)]
        self.project.make_room(min(max(map(_issues, batch)), len(ISSUES)))
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if new:
                    self._import(new)
                break
            except GoneError as error:
                if attempt == _ATTEMPTS:
                    raise GoneError(
                        f"{error}; {self.pushed.added} articles were added: push again to go on"
                    ) from None
                time.sleep(_PAUSE * attempt)
                new = self._not_arrived(new)
        self.mine |= {task["meta"]["article_id"] for task in batch}

    def _import(self, tasks: list[dict[str, Any]]) -> None:
        self.project.studio.call(
            lambda sdk: sdk.projects.import_tasks(
                id=self.project.id, request=tasks, request_options={"max_retries": 0}
            )
        )
        self.pushed.added += len(tasks)

    def _not_arrived(self, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What is not in the project after a failure, which need not mean that nothing was done."""
        try:
            arrived = self._by_article()
        except GoneError:
            return tasks
        lacking = [task for task in tasks if task["meta"]["article_id"] not in arrived]
        self.pushed.added += len(tasks) - len(lacking)
        return lacking

    def _is_new(self, task: dict[str, Any]) -> bool:
        meta = task["meta"]
        there = self.known.get(meta["article_id"])
        if not there:
            return True
        before = there[0].meta
        if before is not None and before.text_sha256 != meta["text_sha256"]:
            self._report(
                there[0],
                "task-text",
                f"{meta['article_id']} is there with the text {before.text_sha256},"
                f" the corpus has {meta['text_sha256']}",
                "use a new project: offsets in this one mean the old text",
            )
            return False
        self.pushed.present += 1
        return False

    def finish(self) -> None:
        """See that every article is there once, whoever else pushed meanwhile."""
        if self.project.adjudicating:  # else the version that came last would fill the page
            fields = {"model_version": SUGGESTION}
            self.project.studio.call(lambda sdk: sdk.projects.update(id=self.project.id, **fields))
        expected = sum(map(len, self.known.values())) + self.pushed.added
        if self.project.count() != expected:
            self._mend()

    def _mend(self) -> None:
        """Of several tasks of an article the first stays; later ones that nobody annotated go."""
        there = self._by_article()
        surplus = [(id, task) for id in self.mine & there.keys() for task in there[id][1:]]
        self.project.remove([task.id for _, task in surplus if not task.worked_on])
        for id, task in surplus:
            if task.worked_on:
                message = f"{id} is there twice, and both were worked on"
                self._report(task, "task-repeated", message, "delete one of the tasks")
        for id in sorted(self.mine - there.keys()):
            message = f"{id} was sent and is not in {self.pushed.project}"
            issue = Issue(file=id, pointer="", code="task-lost", message=message, hint="push again")
            self.pushed.issues.append(issue)

    def _report(self, task: Counted, code: str, message: str, hint: str) -> None:
        file = self.project.studio.task_address(self.project.id, task.id)
        issue = Issue(file=file, pointer="", code=code, message=message, hint=hint)
        self.pushed.issues.append(issue)

    def _by_article(self) -> dict[str, list[Counted]]:
        found: dict[str, list[Counted]] = defaultdict(list)
        for task in self.project.tasks():
            if task.meta is not None:
                found[task.meta.article_id].append(task)
        return dict(found)
