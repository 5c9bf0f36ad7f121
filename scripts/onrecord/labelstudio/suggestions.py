"""What is suggested to annotators: gold, a layer, an extractor's or given predictions, nothing."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from onrecord.extractors import Extractor, PlainArticle
from onrecord.extractors.catalogue import EXTRACTORS, Recipe
from onrecord.files import read_text
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.predictions import layer_of, read_predictions
from onrecord.labelstudio.sheets import blank
from onrecord.labelstudio.tasks import task_of
from onrecord.model import Gold
from onrecord.paths import corpus_dir
from onrecord.predictions import Prediction
from onrecord.sources import Entry, Registries, Sheet, open_source
from onrecord.validation import check_annotation
from onrecord.validation.articles import check_article
from onrecord.validation.subject import Subject

_UNFINISHED: Final = frozenset(
    "id-duplicate span-outside span-empty span-order quote-unknown speaker-unknown target-unknown"
    " issue-count issue-kind".split()
)
"""What must hold of predictions, and of the layer of somebody who said nothing yet."""
_VERSION: Final = re.compile(r"^Version ([0-9]+\.[0-9]+\.[0-9]+)\b", re.MULTILINE)

Suggester = Callable[[Entry, Gold, Names, list[Issue]], Gold | None]
"""The layer to suggest for an article, from a blank one; findings are added to the list."""


@dataclass(frozen=True)
class Prepared:
    """An article ready to be sent, or the findings that keep it back.

    Findings beside a task are about what was left out of it. With those in a predictions file the
    file's name stands for the article.
    """

    article_id: str
    task: dict[str, Any] | None
    issues: tuple[Issue, ...]


def prepare(
    corpus: Path,
    patterns: Iterable[str],
    suggest: str,
    *,
    texts: Mapping[str, str] | None = None,
) -> Iterator[Prepared]:
    """Tasks for the articles of a corpus whose ids match one of the patterns (`*` for all).

    `suggest` is gold, none, the name of a layer, or a predictions file. `texts` are private texts
    by sha256. Raises `MisuseError` where nothing matches or there is no such suggestion, and
    `InputError` for registries that cannot be read.
    """
    source = open_source(corpus, texts=texts)
    registries = source.registries()
    if registries.issues:
        raise InputError(*registries.issues)
    unread: list[Issue] = []
    workshop = Workshop(corpus, registries, suggest, unread)
    if unread:
        yield Prepared(Path(suggest).name, None, tuple(unread))
    patterns = list(patterns)
    unused = set(patterns)
    for entry in source.entries():
        matching = {pattern for pattern in patterns if fnmatchcase(entry.id, pattern)}
        unused -= matching
        if matching:
            yield workshop.prepared(entry)
    if unused == set(patterns):
        raise MisuseError(f"{corpus}: there is no article {', '.join(sorted(unused))}")
    for pattern in sorted(unused):
        message = f"there is no article {pattern}"
        issue = Issue(file="articles", pointer="", code="article-unknown", message=message)
        yield Prepared(pattern, None, (issue,))


def guidelines_version(corpus: Path) -> str:
    """The version of the guidelines that annotators of a corpus follow."""
    own = corpus / "GUIDELINES.md"
    text = read_text(own if own.is_file() else corpus_dir() / own.name, own.name)
    match = _VERSION.search(text)
    if match is None:
        raise MisuseError(f"{own}: names no version (a line that begins with 'Version 1.0.0')")
    return match[1]


def suggester_of(name: str, corpus: Path, unread: list[Issue]) -> Suggester:
    """How to suggest by name; raises `MisuseError` for an unknown one.

    Findings in the lines of a predictions file are added to `unread`.
    """
    if name == "none":
        return lambda entry, blank, names, issues: blank
    if name == "gold":
        return lambda entry, blank, names, issues: _annotation(entry.gold)
    if Path(name).is_file():
        return predicting(Path(name), unread)
    layers = sorted(path.name for path in (corpus / "annotators").glob("*") if path.is_dir())
    if name in layers:
        return lambda entry, blank, names, issues: _layer(entry, name)
    if name in EXTRACTORS:
        return extracting(Recipe(name).make())
    known = ", ".join(["gold", "none", *layers, *EXTRACTORS])
    raise MisuseError(f"nothing called {name!r} to suggest; there are {known}, or a file")


def predicting(path: Path, unread: list[Issue]) -> Suggester:
    """Suggests what stands in a predictions file; findings in its lines are added to `unread`."""
    predictions = read_predictions(path, unread)
    return _suggester(path.name, lambda entry, blank, names: predictions.get(entry.id))


def extracting(extractor: Extractor) -> Suggester:
    """Suggests what an extractor finds in the article."""

    def predict(entry: Entry, blank: Gold, names: Names) -> Prediction:
        assert entry.article is not None and entry.text is not None
        article = PlainArticle(
            id=entry.id,
            title=entry.article.title,
            language=entry.article.language,
            text=entry.text,
            zones=entry.article.zones,
            issues=tuple(names.targets[id] for id in blank.issues if id in names.targets),
        )
        return Prediction(article_id=entry.id, quotes=tuple(extractor.extract(article)))

    return _suggester(extractor.name, predict)


def _suggester(file: str, predict: Callable[[Entry, Gold, Names], Prediction | None]) -> Suggester:
    """Suggests predictions; what cannot be placed in the text is a finding in `file`."""

    def suggest(entry: Entry, blank: Gold, names: Names, issues: list[Issue]) -> Gold | None:
        def report(code: str, pointer: str, message: str, hint: str) -> None:
            words = f"{entry.id}: {message}"
            issues.append(Issue(file=file, pointer=pointer, code=code, message=words, hint=hint))

        prediction = predict(entry, blank, names)
        if prediction is None or entry.text is None:
            return None
        return layer_of(prediction, entry.text, blank, names, report)

    return suggest


def _annotation(sheet: Sheet | None) -> Gold | None:
    return sheet.annotation if sheet else None


def _layer(entry: Entry, name: str) -> Gold | None:
    sheets = (sheet for sheet in entry.layers if sheet.annotation.layer.annotator == name)
    return _annotation(next(sheets, None))


class Workshop:
    """Makes tasks of the articles of one corpus."""

    def __init__(
        self, corpus: Path, registries: Registries, suggest: str, unread: list[Issue]
    ) -> None:
        self._registries = registries
        self._names = Names(registries.speakers or {}, registries.targets or {})
        self._name = Path(suggest).name
        self._suggest = suggester_of(suggest, corpus, unread)
        self._guidelines = guidelines_version(corpus)

    def prepared(self, entry: Entry) -> Prepared:
        """The task of an article, if everything about it is sound."""
        issues = [issue for issue in entry.issues if issue.code != "gold-missing"]
        issues += check_article(entry, self._registries)
        article, text = entry.article, entry.text
        if not issues and text is None:
            issues.append(_issue(entry, "text-missing", "has no text", "give it with --texts DIR"))
        if article is None or text is None or issues:
            return Prepared(entry.id, None, tuple(issues))
        known = entry.gold or next(iter(entry.layers), None)
        empty = blank(article, known.annotation.issues if known else (), self._guidelines)
        base = self._suggest(entry, empty, self._names, issues)
        if base is None:
            message = f"has nothing called {self._name!r} to suggest"
            hint = "suggest something else for it"
            issues.append(_issue(entry, "suggestion-missing", message, hint))
            return Prepared(entry.id, None, tuple(issues))
        unsound = self._check(entry, base)
        issues += unsound
        task = None
        if not unsound:
            task = task_of(article, text, base, self._names, self._name, self._guidelines)
        return Prepared(entry.id, task, tuple(issues))

    def _check(self, entry: Entry, base: Gold) -> list[Issue]:
        """Whether a layer is fit to be shown; one without marks is no finished annotation."""
        assert entry.article is not None
        finished = bool(base.marks)
        subject = Subject(
            entry.article_file,
            "",
            base,
            entry.text,
            entry.article.text_length,
            entry.article.rights,
            self._names.speakers,
            self._names.targets,
            self._registries.incomplete,
        )
        found = check_annotation(subject)
        return [issue for issue in found if finished or issue.code in _UNFINISHED]


def _issue(entry: Entry, code: str, message: str, hint: str) -> Issue:
    return Issue(file=entry.article_file, pointer="", code=code, message=message, hint=hint)
