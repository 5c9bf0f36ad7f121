"""The pages of a report: one an article as it is scored, then the first page over all of them."""

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import jinja2
import msgspec

from onrecord.benchmark.bounds import floor_cases
from onrecord.benchmark.cases import Case
from onrecord.benchmark.outcomes import KINDS, Outcome, outcomes_of
from onrecord.benchmark.report.aspects import Aspect, aspects_of, stances_of
from onrecord.benchmark.report.groups import FACETS, GroupsConfig, groups_of
from onrecord.benchmark.report.groups import TASK as GROUPS
from onrecord.benchmark.report.overview import overview, plot, shown
from onrecord.benchmark.report.segments import paragraphs_of
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.scoring import Result
from onrecord.records import PassageRow

SIGNS: Final = dict(zip(KINDS, "−+!@±≈#✓·", strict=True))
"""A sign for what became of a quote, so that colour is not all that tells them apart."""

NAMES: Final = {"speaker": "wrong speaker", "stance": "wrong stance", "labels": "other labels"}
"""How kinds of outcomes are called on a page, where not by their own name."""

_UNSAFE: Final = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&"})
_STATIC: Final = ("report.css", "report.js")
_EXCERPT: Final = 110
"""Characters of a quote in lists."""


class Detail(NamedTuple):
    """An outcome with its number on the page and everything that both sides say."""

    number: int
    outcome: Outcome
    aspects: list[Aspect]
    stances: list[Aspect]


class Line(NamedTuple):
    """An article in the list of all; `kinds` counts its outcomes."""

    page: str
    passage: bool
    title: str
    about: str
    id: str
    words: int
    kinds: Counter[str]
    found: int
    gold: int
    predicted: int

    @property
    def f1(self) -> float | None:
        """F1 of the quotes found; None where there are none on either side."""
        both = self.gold + self.predicted
        return 2 * self.found / both if both else None


class Pages:
    """Writes a report into a folder: `add` every case, then `finish`.

    Only what lists need is kept of an article.
    """

    def __init__(self, folder: Path, found: float) -> None:
        self._folder, self._found = folder, found
        (folder / "articles").mkdir()
        groups = msgspec.structs.replace(GROUPS, config=GroupsConfig(found=found))
        self._system, self._floor = Scorer([groups]), Scorer([groups])
        self._lines: list[Line] = []
        self._quotes: list[str] = []
        self._groups: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        self._templates = _templates()

    def add(self, case: Case) -> None:
        """Write the page of an article or passage."""
        outcomes = outcomes_of(case, self._found)
        line = self._line(case, outcomes)
        self._lines.append(line)
        if not isinstance(case.gold.article, PassageRow):
            self._system.add(case)
            self._floor.add(floor_cases(case.gold)[0])
        details = [
            Detail(number, outcome, aspects_of(case, outcome), list(stances_of(case, outcome)))
            for number, outcome in enumerate(outcomes, 1)
        ]
        for detail in details:
            self._quotes.append(self._quote(case, detail))
        self._write(
            f"articles/{line.page}",
            "article.html",
            line=line,
            article=case.gold.article,
            answered=case.answered,
            details=details,
            paragraphs=list(paragraphs_of(case, outcomes)),
        )

    def _line(self, case: Case, outcomes: list[Outcome]) -> Line:
        article = case.gold.article
        counted = [each for each in outcomes if each.counted]
        if isinstance(article, PassageRow):
            title = article.phenomenon.replace("_", " ")
            facts = [article.pair, article.flips]
        else:
            title, facts = article.title, [article.outlet, article.published, article.genre]
        return Line(
            page=f"{len(self._lines) + 1:04}.html",
            passage=isinstance(article, PassageRow),
            title=title,
            about=" · ".join(fact for fact in facts if fact),
            id=article.id,
            words=len(case.gold.tokens.starts),
            kinds=Counter(kind for outcome in outcomes for kind in outcome.kinds),
            found=sum(each.row is not None and each.column is not None for each in counted),
            gold=sum(each.row is not None for each in counted),
            predicted=sum(each.column is not None for each in counted),
        )

    def _quote(self, case: Case, detail: Detail) -> str:
        """A line of quotes.js: article, number, kinds, groups, and words for a list."""
        groups = groups_of(case, detail.outcome)
        for facet, names in groups.items():
            self._groups[facet].update(names)
        words, speaker = detail.aspects[0], detail.aspects[1]
        row = [
            len(self._lines) - 1,
            detail.number,
            detail.outcome.kinds,
            list(groups.values()),
            _shortened(words.gold or words.predicted or ""),
            _shortened(speaker.gold or ""),
            _shortened(speaker.predicted or ""),
        ]
        return _script(row)

    def finish(self, name: str, result: Result) -> None:
        """Write the first page and what all pages share."""
        self._write(
            "index.html",
            "index.html",
            name=name,
            result=result,
            lines=self._lines,
            kinds=sum((line.kinds for line in self._lines), Counter()),
            groups={facet: _named(counts) for facet, counts in self._groups.items()},
            **overview(result, self._system, self._floor),
        )
        pages = _script([[line.page, line.title] for line in self._lines])
        quotes = ",\n".join(self._quotes)
        script = f"onrecord({_script(list(FACETS))}, {pages}, [\n{quotes}\n]);\n"
        (self._folder / "quotes.js").write_text(script, "ascii")
        for static in _STATIC:
            source = files("onrecord.benchmark.report") / "static" / static
            (self._folder / static).write_bytes(source.read_bytes())

    def _write(self, path: str, template: str, **values: Any) -> None:
        page = self._templates.get_template(template).render(**values)
        (self._folder / path).write_text(page, "utf-8", newline="\n")


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("onrecord.benchmark.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["name_of"] = _name_of
    environment.globals.update(
        KINDS=KINDS, SIGNS=SIGNS, FACETS=FACETS, plot=plot, shown=shown, name_of=_name_of
    )
    return environment


def _name_of(kind: str) -> str:
    return NAMES.get(kind, kind)


def _named(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _shortened(words: str) -> str:
    """Words on one line, cut where they are long."""
    line = " ".join(words.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"


def _script(value: Any) -> str:
    """JSON that is the same as a script, in any encoding, and that ends no element of a page."""
    return json.dumps(value, separators=(",", ":")).translate(_UNSAFE)
