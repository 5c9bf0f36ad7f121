"""What is in a corpus or dataset, counted; the numbers of terminal, README and card."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct

from onrecord.editions import open_edition
from onrecord.model import SPLITS, WORD
from onrecord.paths import StrPath, corpus_dir
from onrecord.records import AnnotatedArticle

MAX_ISSUES: Final = 15
_BINS: Final = (("1", 1), ("2", 2), ("3 or 4", 4), ("5 to 9", 9), ("10 to 19", 19))
_MORE: Final = "20 or more"
"""Numbers of quotes that are counted together: a name and the largest number of each."""

_SIDES: Final = ("favor", "against", "both")
_QUOTE_FIELDS: Final = ("type", "tier", "form", "act", "status", "attribution")


class SplitStatistics(Struct, kw_only=True):
    """Counts of one split's open articles; one that names no story adds none."""

    articles: int = 0
    stories: int = 0
    outlets: int = 0
    words: int = 0
    quotes: int = 0
    nested: int = 0
    discontinuous: int = 0
    speakers: int = 0
    mentions: int = 0
    marks: int = 0
    stances: int = 0
    values: dict[str, dict[str, int]] = {}


class Statistics(Struct, kw_only=True):
    """Counts of a corpus; `total` is over all its splits.

    `issues` counts the stances towards each issue by label, most sides taken first, at most
    `MAX_ISSUES` of them. `speakers_by_quotes` counts the speakers who have that many quotes.
    """

    name: str
    splits: dict[str, SplitStatistics]
    total: SplitStatistics
    issues: dict[str, dict[str, int]]
    speakers_by_quotes: dict[str, int]
    licensed: int
    layers: int
    passages: int


class TextTable(NamedTuple):
    """A table for people: the first column holds names, the others numbers."""

    title: str
    header: list[str]
    rows: list[list[str]]


def statistics(corpus: StrPath | None = None) -> Statistics:
    """Count a corpus folder or a dataset folder, by default the corpus that comes along.

    `licensed` are articles without their text, `layers` those of open ones. Raises what reading
    raises: `MisuseError` for a folder that is neither, `InputError`.
    """
    root = Path(corpus) if corpus is not None else corpus_dir()
    edition = open_edition(root)
    articles, licensed, layers = [], 0, 0
    for volume in edition.volumes(layers=True):
        if volume.article is None:
            licensed += 1
        else:
            articles.append(volume.article)
            layers += len(volume.layers)
    splits: dict[str, SplitStatistics] = {
        split: _count([article for article in articles if article.split == split])
        for split in SPLITS
    }
    return Statistics(
        name=str(root),
        splits=splits,
        total=_count(articles),
        issues=_issues(articles),
        speakers_by_quotes=_speakers_by_quotes(articles),
        licensed=licensed,
        layers=layers,
        passages=sum(1 for _ in edition.passages()),
    )


def _count(articles: Iterable[AnnotatedArticle]) -> SplitStatistics:
    counted = SplitStatistics(values={})
    values: dict[str, Counter[str]] = {}
    stories: set[str] = set()
    outlets: set[str | None] = set()
    speakers: set[str] = set()
    for article in articles:
        counted.articles += 1
        counted.words += len(WORD.findall(article.text or ""))
        counted.mentions += len(article.mentions)
        counted.marks += len(article.marks)
        if article.story is not None:
            stories.add(article.story)
        outlets.add(article.outlet)
        _tally(values, "mark", (mark.kind for mark in article.marks))
        for quote in article.quotes:
            counted.quotes += 1
            counted.nested += quote.parent is not None
            counted.discontinuous += len(quote.content) > 1
            speakers.update(quote.speaker)
            for name in _QUOTE_FIELDS:
                _tally(values, name, [str(getattr(quote, name))])
            counted.stances += len(quote.stances)
            _tally(values, "stance", (stance.label for stance in quote.stances))
    counted.stories, counted.outlets, counted.speakers = len(stories), len(outlets), len(speakers)
    counted.values = {name: _commonest_first(counter) for name, counter in values.items()}
    return counted


def _commonest_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _issues(articles: Iterable[AnnotatedArticle]) -> dict[str, dict[str, int]]:
    counters: dict[str, Counter[str]] = {}
    for article in articles:
        for quote in article.quotes:
            for stance in quote.stances:
                if stance.target_kind == "issue":
                    counters.setdefault(stance.target_text, Counter())[stance.label] += 1

    def sides(item: tuple[str, Counter[str]]) -> tuple[int, int, str]:
        text, counter = item
        return -sum(counter[label] for label in _SIDES), -counter.total(), text

    ranked = sorted(counters.items(), key=sides)[:MAX_ISSUES]
    return {text: _commonest_first(counter) for text, counter in ranked}


def _speakers_by_quotes(articles: Iterable[AnnotatedArticle]) -> dict[str, int]:
    quotes = Counter(
        speaker for article in articles for quote in article.quotes for speaker in quote.speaker
    )
    counted = dict.fromkeys([*(name for name, _ in _BINS), _MORE], 0)
    for number in quotes.values():
        counted[next((name for name, most in _BINS if number <= most), _MORE)] += 1
    return counted


def _tally(values: dict[str, Counter[str]], name: str, labels: Iterable[str]) -> None:
    values.setdefault(name, Counter()).update(labels)


def _shown(name: str, number: int) -> str:
    """A count; imports may name no story."""
    return "—" if name == "stories" and not number else f"{number:,}"


def text_tables(counted: Statistics) -> list[TextTable]:
    """The counts as tables: an overview, then one for every labelled field."""
    columns = {**counted.splits, "all": counted.total}
    overview = [
        [name, *(_shown(name, getattr(split, name)) for split in columns.values())]
        for name in SplitStatistics.__struct_fields__
        if name != "values"
    ]
    found = [TextTable("Overview", ["", *columns], overview)]
    for field, labels in counted.total.values.items():
        rows = [
            [
                label,
                *(f"{split.values.get(field, {}).get(label, 0):,}" for split in columns.values()),
            ]
            for label in labels
        ]
        found.append(TextTable(field.capitalize(), ["", *columns], rows))
    return found
