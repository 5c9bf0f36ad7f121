"""Several layers of an article as one task to decide on.

Annotators stay unnamed on the page: their layers are versions A, B and so on, in an order that
differs from article to article. What all agree on is there already; a disputed quote needs a
verdict (`verdicts`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from onrecord.issues import InputError, Issue, MisuseError
from onrecord.labelstudio.controls import DISPUTED
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.region_ids import region_id
from onrecord.labelstudio.results import Item, region_item, result_of
from onrecord.labelstudio.suggestions import Prepared, guidelines_version
from onrecord.labelstudio.tasks import task_of
from onrecord.labelstudio.verdicts import SCHEME
from onrecord.labelstudio.versions import LETTERS, Merged, digest, merge_layers, shuffled
from onrecord.model import Gold
from onrecord.sources import Entry, open_source
from onrecord.validation import check_annotation
from onrecord.validation.subject import Subject


def disputes(
    corpus: Path,
    layers: Sequence[str],
    patterns: Iterable[str] = ("*",),
    *,
    texts: Mapping[str, str] | None = None,
) -> Iterator[Prepared]:
    """Tasks for the articles that at least two of the layers have.

    Raises `MisuseError` for layers that do not exist and where no article has two of them.
    """
    source = open_source(corpus, texts=texts)
    registries = source.registries()
    if registries.issues:
        raise InputError(*registries.issues)
    _check_names(corpus, layers)
    names = Names(registries.speakers or {}, registries.targets or {})
    version, patterns, found = guidelines_version(corpus), list(patterns), False
    for entry in source.entries():
        own = [each for each in entry.layers if each.annotation.layer.annotator in layers]
        if len(own) < 2 or not any(fnmatchcase(entry.id, pattern) for pattern in patterns):
            continue
        found = True
        issues = [*entry.issues]
        for sheet in own:
            issues += _check(entry, sheet.file, sheet.annotation, names, registries.incomplete)
        if issues or entry.article is None or entry.text is None:
            yield Prepared(entry.id, None, tuple(issues or [_textless(entry)]))
            continue
        golds = shuffled(each.annotation for each in own)
        known = entry.gold.annotation if entry.gold else None
        merged = merge_layers(golds, entry.text, known)
        task = task_of(entry.article, entry.text, merged.gold, names, SCHEME, version)
        yield Prepared(entry.id, _disputed(task, merged, golds, entry.text, names), ())
    if not found:
        raise MisuseError(f"{corpus}: no article has two of the layers {', '.join(layers)}")


def _check_names(corpus: Path, layers: Sequence[str]) -> None:
    known = sorted(path.name for path in (corpus / "annotators").glob("*") if path.is_dir())
    unknown = sorted(set(layers) - set(known))
    if unknown or len(set(layers)) < 2:
        what = f"no layer {', '.join(unknown)}" if unknown else "one layer agrees with itself"
        raise MisuseError(f"{what}; name at least two of: {', '.join(known) or 'none there'}")


def _check(
    entry: Entry, file: str, layer: Gold, names: Names, incomplete: frozenset[str]
) -> list[Issue]:
    if entry.article is None:
        return []
    length, rights = entry.article.text_length, entry.article.rights
    subject = Subject(
        file, "", layer, entry.text, length, rights, names.speakers, names.targets, incomplete
    )
    return check_annotation(subject)


def _textless(entry: Entry) -> Issue:
    hint = "give it with --texts DIR"
    return Issue(
        file=entry.article_file, pointer="", code="text-missing", message="has no text", hint=hint
    )


def _disputed(
    task: dict[str, Any], merged: Merged, versions: list[Gold], text: str, names: Names
) -> dict[str, Any]:
    """A task with all versions as predictions, and the disputed quotes marked in the first."""
    quotes = {quote.id: quote for quote in merged.gold.quotes}
    frames = [_frame(quotes[id].content, id, text) for id in merged.disputed]
    first = task["predictions"][0]
    first["result"] += [item for frame in frames for item in frame]
    for letter, version in zip(LETTERS, versions, strict=False):
        result = result_of(version, text, names)
        task["predictions"].append({"model_version": f"version {letter}", "result": result})
    task["data"]["differences"] = "\n".join(merged.differences) or "All versions agree."
    task["meta"]["versions"] = [digest(version) for version in versions]
    task["meta"]["disputed"] = list(merged.disputed)
    return task


def _frame(content: Any, id: str, text: str) -> Iterator[Item]:
    """What makes a disputed quote stand out: a region under its content."""
    for number, part in enumerate(content):
        yield region_item(region_id(DISPUTED, id, number), DISPUTED, part.start, part.end, text)
