"""Profiles for people: a table of lengths, one of shares, one of divergences."""

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onrecord.profiles.comparison import Comparison
from onrecord.profiles.summary import PERCENTILES, Profile
from onrecord.statistics import TextTable

_LEAST: Final = 0.02
"""Shares that neither corpus reaches are not shown."""

_NOTE: Final = (
    "Outermost quotes. Jensen-Shannon divergence: 0 where two distributions are equal, 1 where they"
    " have nothing in common. Between: of corpus and reference; chance: of as many random articles"
    " of the reference as the corpus has and the rest of it; halves: of two random halves of it."
)


def render_comparison(found: Comparison) -> RenderableType:
    """All tables of a profile, beside the reference if there is one."""
    parts: list[RenderableType] = []
    for table in tables(found):
        shown = Table(title=table.title, box=None, pad_edge=False, title_justify="left")
        for number, name in enumerate(table.header):
            shown.add_column(name, justify="right" if number else "left")
        for row in table.rows:
            shown.add_row(*row)
        parts += [shown, Text()]
    return Group(*parts, Text(_NOTE, "dim")) if found.reference else Group(*parts)


def tables(found: Comparison) -> list[TextTable]:
    """The figures of a profile for a page or a terminal."""
    columns = [found.corpus, *([found.reference] if found.reference else [])]
    heads = ["corpus", "reference"][: len(columns)]
    lengths = TextTable("Lengths", ["", *heads], list(_lengths(columns)))
    values = TextTable("Shares in percent", ["", *heads], list(_shares(columns)))
    made = [lengths, values]
    if found.divergences:
        header = ["", "between", "chance", "halves"]
        rows = [
            [name, *(_decimal(each) for each in (one.between, one.chance, one.halves))]
            for name, one in found.divergences.items()
        ]
        made.append(TextTable("Divergences", header, rows))
    return made


def _lengths(columns: list[Profile]) -> Iterator[list[str]]:
    for name in ("articles", "words", "quotes"):
        yield [name, *(f"{getattr(column, name):,}" for column in columns)]
    ranks = "/".join(map(str, PERCENTILES))
    for name in columns[0].lengths:
        kind, _, unit = name.partition(".")
        what = f"{unit} by 1,000 words" if unit == "quotes" else f"{unit} of {_a(kind)}"
        yield [f"{what}, {ranks} %", *(_percentiles(column, name) for column in columns)]
    distinct = (column.distinct for column in columns)
    yield ["distinct among 300 words, %", *(_percent(each) for each in distinct)]


def _a(kind: str) -> str:
    if kind in ("direct", "mixed", "indirect"):
        return f"{kind} quotes"
    return f"{kind}s"


def _percentiles(column: Profile, name: str) -> str:
    return " / ".join(f"{number:,}" for number in column.lengths.get(name, ())) or "–"


def _shares(columns: list[Profile]) -> Iterator[list[str]]:
    for name, own in columns[0].shares.items():
        ranked = {**columns[-1].shares.get(name, {}), **own}
        for value in ranked:
            found = [column.shares.get(name, {}).get(value, 0.0) for column in columns]
            if max(found) >= _LEAST:
                shown = value or "(none)"
                yield [f"{name.replace('.', ': ')} {shown}", *(_percent(each) for each in found)]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
