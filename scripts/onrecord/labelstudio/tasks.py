"""Articles as tasks of Label Studio, and tasks as they come back.

`data` holds what the page shows and the layer that was suggested, as a record of ours; `meta` holds
what identifies the article, and is small, since every push reads it back.
"""

from typing import Any, Final

import msgspec

from onrecord.files import compact
from onrecord.labelstudio.controls import ISSUES, TEXT
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.results import result_of
from onrecord.model import Article, Gold, Id, Record, Sha256, Version, Words

SUGGESTION: Final = "suggestion"
"""The one model version of all suggestions: a project shows predictions of one only."""


class TaskMeta(Record, frozen=True, kw_only=True):
    """Whose text a task shows, and what was suggested."""

    article_id: Id
    text_sha256: Sha256
    guidelines: Version
    suggestion: Words
    """Gold, the name of a layer, extractor or predictions file, none, or adjudication."""
    versions: tuple[Sha256, ...] = ()
    """What identifies the layers to adjudicate, without naming anybody."""
    disputed: tuple[Id, ...] = ()
    """The quotes that need a verdict."""


class Annotated(msgspec.Struct, frozen=True, kw_only=True):
    """An annotation as Label Studio exports it; what it adds beside is not read."""

    id: int | None = None
    result: Any = None
    completed_by: Any = None
    was_cancelled: bool = False
    lead_time: float | None = None
    updated_at: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Work that nobody submitted yet; `annotation` is set where it changes a submitted one."""

    user: str = ""
    annotation: int | None = None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task as Label Studio exports it."""

    id: int | None = None
    data: dict[str, Any] = {}
    meta: Any = None
    annotations: tuple[Annotated, ...] = ()
    drafts: tuple[Draft, ...] = ()


def task_of(
    article: Article, text: str, base: Gold, names: Names, suggestion: str, guidelines: str
) -> dict[str, Any]:
    """The task that shows an article with the layer `base` as a prediction.

    `suggestion` names the layer; with `none` there is no prediction. `guidelines` is the version
    that the annotator is to follow.
    """
    meta = TaskMeta(
        article_id=article.id,
        text_sha256=article.text_sha256,
        guidelines=guidelines,
        suggestion=suggestion,
    )
    task: dict[str, Any] = {"data": _data(article, text, base, names), "meta": compact(meta)}
    if suggestion != "none":
        prediction = {"model_version": SUGGESTION, "result": result_of(base, text, names)}
        task["predictions"] = [prediction]
    return task


def _data(article: Article, text: str, base: Gold, names: Names) -> dict[str, Any]:
    facts = (article.outlet, article.published, article.genre, article.id)
    issues = [names.targets[id].text for id in base.issues]
    missing = [""] * (len(ISSUES) - len(issues))
    return {
        TEXT: text,
        "facts": " · ".join(filter(None, facts)),
        **dict(zip(ISSUES, issues + missing, strict=True)),
        "speakers": _choices(base, text, names),
        "layer": compact(base),
    }


def _choices(base: Gold, text: str, names: Names) -> list[dict[str, str]]:
    """The speakers of the layer and those whose names stand in the text, to choose from."""
    ids = {speaker for quote in base.quotes for speaker in quote.speaker}
    ids |= {mention.speaker for mention in base.mentions}
    ids |= set(names.named_in(text))
    known = [names.speakers[id] for id in ids if id not in names.new_speakers]
    known.sort(key=lambda speaker: speaker.name.casefold())
    return [{"value": speaker.name, "alias": speaker.id} for speaker in known]
