"""Tasks that come back: every finished annotation as a layer, and what keeps it from being one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from onrecord.files import read_bytes
from onrecord.issues import InputError, Issue
from onrecord.json_input import decode
from onrecord.labelstudio import verdicts
from onrecord.labelstudio.layers import read_layer
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.regions import read_result
from onrecord.labelstudio.results import result_of
from onrecord.labelstudio.sheets import ShownArticle
from onrecord.labelstudio.tasks import Annotated, Task, TaskMeta
from onrecord.labelstudio.versions import ADJUDICATED
from onrecord.model import Article, Gold, Layer, LayerKind, Mark, Mention
from onrecord.sources import Registries
from onrecord.validation import check_annotation
from onrecord.validation.subject import Subject

State = Literal["done", "empty", "skipped"]
"""Of an annotation: finished; finished, and nothing is annotated; passed over."""
CODES: Final = {
    "task-foreign": "A task was made by `onrecord annotate` and holds what that wrote.",
    "task-text": "The text of a task is the one in the corpus.",
    "annotation-repeated": "An annotator has one annotation of an article; the last counts.",
}


@dataclass(frozen=True)
class Collected:
    """One annotation: whose, of which article, and the layer if it is sound."""

    annotator: str
    article_id: str
    state: State
    gold: Gold | None = None
    issues: tuple[Issue, ...] = ()
    edits: int = 0
    """Records that differ from what was suggested: added, changed or removed."""
    minutes: float = 0.0

    @property
    def path(self) -> Path | None:
        """Where in a corpus the annotation belongs: gold, or its annotator's layers."""
        if self.gold is None:
            return None
        adjudicated = self.gold.layer.annotator == ADJUDICATED
        folder = "gold" if adjudicated else f"annotators/{self.annotator}"
        return Path(folder, f"{self.article_id}.json")


@dataclass
class Collector:
    """Reads tasks against a corpus. `names` gathers the new speakers and targets."""

    corpus: Path
    registries: Registries
    place: Callable[[Task], str]
    """Where a task is, for findings: its address or its place in a file."""
    kind: LayerKind | None = None
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names(self.registries.speakers or {}, self.registries.targets or {})

    def collect(
        self, task: Task, annotators: Callable[[Annotated], str | None]
    ) -> Iterator[Collected]:
        """The annotations of a task by those whom `annotators` names, one each."""
        latest: dict[str, list[Annotated]] = {}
        for annotated in sorted(task.annotations, key=lambda each: (each.updated_at, each.id or 0)):
            if name := annotators(annotated):
                latest.setdefault(name, []).append(annotated)
        if not latest:
            return
        try:
            sheet, meta = self._sheet(task)
        except InputError as error:
            for name in latest:
                yield Collected(name, str(task.id), "done", issues=error.issues)
            return
        for name, annotations in latest.items():
            yield self._collected(task, sheet, meta, name, annotations)

    def _collected(
        self,
        task: Task,
        sheet: ShownArticle,
        meta: TaskMeta,
        name: str,
        annotations: list[Annotated],
    ) -> Collected:
        finished = [each for each in annotations if not each.was_cancelled]
        if not finished:
            return Collected(name, sheet.article.id, "skipped", minutes=_minutes(annotations))
        issues: list[Issue] = []
        file = self.place(task)

        def report(code: str, pointer: str, message: str, hint: str) -> None:
            where = f"/{sheet.article.id}/{name}{pointer}"
            issues.append(Issue(file=file, pointer=where, code=code, message=message, hint=hint))

        if len(finished) > 1:
            message = f"{name} has {len(finished)} annotations; the last is taken"
            report("annotation-repeated", "", message, "delete the others")
        marked = read_result(finished[-1].result, sheet.text, report)
        if meta.versions:
            marked = verdicts.settle(marked, meta, sheet.text, report)
        layer = self._layer(ADJUDICATED if meta.versions else name, meta)
        gold = read_layer(marked, sheet, layer, self.names, report)
        if meta.versions:
            gold = verdicts.with_history(gold, meta, name, self.corpus)
        undecided = any(issue.code in verdicts.CODES for issue in issues)
        unsound = self._check(file, f"/{sheet.article.id}/{name}", sheet, gold)
        if not finished[-1].result:
            unsound = _without_marks(unsound)
        return Collected(
            name,
            sheet.article.id,
            "done" if finished[-1].result else "empty",
            None if undecided or unsound else gold,
            (*issues, *unsound),
            0 if meta.suggestion == "none" else _edits(self._suggested(sheet, meta), gold),
            _minutes(annotations),
        )

    def _suggested(self, sheet: ShownArticle, meta: TaskMeta) -> Gold:
        """The suggestion if submitted as it stands.

        Predictions, and layers that were merged, may lack what follows from them.
        """
        base = sheet.base
        if base.marks and not meta.versions:
            return base
        result = result_of(base, sheet.text, self.names)
        marked = read_result(result, sheet.text, _unheard)
        return read_layer(marked, sheet, base.layer, self.names, _unheard)

    def _layer(self, name: str, meta: TaskMeta) -> Layer:
        kind = self.kind or ("human" if meta.suggestion == "none" else "mixed")
        return Layer(
            annotator=name,
            kind=kind,
            reviewed_by_person=kind in ("human", "mixed"),
            guidelines=meta.guidelines,
        )

    def _check(self, file: str, pointer: str, sheet: ShownArticle, gold: Gold) -> list[Issue]:
        subject = Subject(
            file,
            pointer,
            gold,
            sheet.text,
            sheet.article.text_length,
            sheet.article.rights,
            self.names.speakers,
            self.names.targets,
            self.registries.incomplete,
        )
        return check_annotation(subject)

    def _sheet(self, task: Task) -> tuple[ShownArticle, TaskMeta]:
        """What the task showed, held against the corpus; raises `InputError` where they differ."""
        file = self.place(task)
        try:
            meta = msgspec.convert(task.meta, TaskMeta)
            base = msgspec.convert(task.data.get("layer"), Gold)
            text = msgspec.convert(task.data.get("text"), str)
        except msgspec.ValidationError as error:
            message = f"is no task of ours: {error}"
            hint = "export whole tasks as JSON, with meta and data"
            raise InputError(
                Issue(file=file, pointer="", code="task-foreign", message=message, hint=hint)
            ) from None
        article = self.article(meta.article_id)
        shown, known = _sha256(text), article.text_sha256
        if not shown == known == meta.text_sha256:
            message = (
                f"{article.id}: the task's text is {shown[:12]}…, it was sent as"
                f" {meta.text_sha256[:12]}…, the corpus has {known[:12]}…"
            )
            hint = "offsets would mean other words; push the article to a new project"
            raise InputError(
                Issue(file=file, pointer="", code="task-text", message=message, hint=hint)
            )
        return ShownArticle(article, text, base, self.registries.incomplete), meta

    def article(self, id: str) -> Article:
        """The record of an article in the corpus; raises `InputError`."""
        file = f"articles/{id}.json"
        article: Article = decode(read_bytes(self.corpus / file, file), Article, file)
        return article


def _unheard(code: str, pointer: str, message: str, hint: str) -> None:
    """Findings in a suggestion: in the annotation they are reported."""


def _without_marks(issues: list[Issue]) -> list[Issue]:
    """Findings in an annotation of nothing: all the marks that it lacks are one."""
    lacking = [issue for issue in issues if issue.code == "mark-missing"]
    others = [issue for issue in issues if issue.code != "mark-missing"]
    message = f"nothing is annotated, and {len(lacking)} mark characters have no record"
    hint = "annotate the quotes, and label marks that are no speech"
    return [*others, *(replace(each, message=message, hint=hint) for each in lacking[:1])]


def _minutes(annotations: Iterable[Annotated]) -> float:
    return sum(each.lead_time or 0.0 for each in annotations) / 60


def _edits(base: Gold, gold: Gold) -> int:
    """How many records say what no record of the other annotation says; one that changed is one.

    Marks and mentions may have other ids; quotes are known by theirs.
    """
    count = 0
    for kind in ("quotes", "mentions", "marks", "stances"):
        before, after = ({_said(each): each for each in getattr(one, kind)} for one in (base, gold))
        every = before | after
        count += len({_key(every[said]) for said in before.keys() ^ after.keys()})
    return count


def _said(record: Any) -> Any:
    return replace(record, id="") if isinstance(record, Mark | Mention) else record


def _key(record: Any) -> Any:
    return getattr(record, "id", None) or (record.quote, record.target)


def _sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
