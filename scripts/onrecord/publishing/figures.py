"""Bar charts as SVG: plain text, the same bytes everywhere, made of the counted data.

A figure brings its own background, light or dark as the reader's system prefers, so that it can be
read on any page. The hues are told apart by colour-blind readers (after Okabe and Ito, 2008) and
stand out from both backgrounds; every number is written beside its bar.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple, get_args
from xml.sax.saxutils import escape

from onrecord.model import SPLITS, StanceLabel
from onrecord.statistics import Statistics

LIGHT: Final = {"plate": "#ffffff", "text": "#1f2328", "soft": "#59636e"}
DARK: Final = {"plate": "#0d1117", "text": "#e6edf3", "soft": "#9198a1"}
HUES: Final = ("#0a7abf", "#d1640a", "#12966e", "#b3669a", "#7d8590")
"""Of a chart's series, by position: blue, vermilion, green, purple, grey."""

_WIDTH: Final = 720
_MARGIN: Final = 20
_ROW: Final = 44
_LETTER: Final = 7.2
"""The mean width of a letter; it places the legend and shortens labels."""


class Chart(NamedTuple):
    """Stacked horizontal bars: a row is a label with a number for each of the series."""

    title: str
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def charts(counted: Statistics) -> dict[str, Chart]:
    """The figures of the card, by name."""
    labels = get_args(StanceLabel)
    issues = tuple(
        (issue, tuple(stances.get(label, 0) for label in labels))
        for issue, stances in counted.issues.items()
    )
    speakers = tuple((name, (number,)) for name, number in counted.speakers_by_quotes.items())
    return {
        "quote-types": _by_split(counted, "Quotes by type and split", "type"),
        "quote-statuses": _by_split(counted, "Quotes by status and split", "status"),
        "issue-stances": Chart("Stances by issue", labels, issues),
        "speaker-quotes": Chart("Speakers by their number of quotes", ("speakers",), speakers),
    }


def _by_split(counted: Statistics, title: str, field: str) -> Chart:
    by_split = [counted.splits[split].values.get(field, {}) for split in SPLITS]
    rows = tuple(
        (label, tuple(values.get(label, 0) for values in by_split))
        for label in counted.total.values.get(field, {})
    )
    return Chart(title, SPLITS, rows)


def describe(chart: Chart) -> str:
    """The numbers of a chart in one sentence, for readers who do not see it."""
    rows = "; ".join(f"{label}: {_numbers(chart.series, numbers)}" for label, numbers in chart.rows)
    return f"{chart.title}: {rows or 'none'}."


def _numbers(series: tuple[str, ...], numbers: tuple[int, ...]) -> str:
    if len(series) == 1:
        return f"{numbers[0]:,}"
    return ", ".join(f"{number:,} {name}" for name, number in zip(series, numbers, strict=True))


def draw(chart: Chart) -> str:
    """The chart as an SVG document."""
    top = 84 if len(chart.series) > 1 else 56
    height = top + _ROW * len(chart.rows) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{escape(describe(chart))}</title>",
        f"<style>{_style()}</style>",
        f'<rect class="plate" width="{_WIDTH}" height="{height}" rx="6"/>',
        _text(_MARGIN, 34, chart.title, "head"),
        *(_legend(chart.series) if len(chart.series) > 1 else ()),
    ]
    scale = _scale([numbers for _, numbers in chart.rows])
    for number, (label, numbers) in enumerate(chart.rows):
        lines += _row(top + _ROW * number, label, numbers, scale)
    return "\n".join([*lines, "</svg>", ""])


def _scale(rows: list[tuple[int, ...]]) -> float:
    """Pixels for each that is counted, such that the numbers fit in beside the longest bar."""
    beside = max((len(" ".join(_written(numbers))) for numbers in rows), default=0) * _LETTER
    return (_WIDTH - 2 * _MARGIN - beside - 14) / max(1, *map(sum, rows), 1)


def _written(numbers: tuple[int, ...]) -> tuple[str, str]:
    """The sum, and what it is the sum of where there are several series."""
    parts = " + ".join(f"{number:,}" for number in numbers)
    return f"{sum(numbers):,}", f"= {parts}" if len(numbers) > 1 else ""


def _style() -> str:
    rules = [
        "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}",
        ".head{font-size:16px;font-weight:600}",
        *(f".s{number}{{fill:{hue}}}" for number, hue in enumerate(HUES)),
        _colours(LIGHT),
        f"@media (prefers-color-scheme:dark){{{_colours(DARK)}}}",
    ]
    return "".join(rules)


def _colours(theme: dict[str, str]) -> str:
    return (
        f".plate{{fill:{theme['plate']}}}text{{fill:{theme['text']}}}.soft{{fill:{theme['soft']}}}"
    )


def _legend(series: tuple[str, ...]) -> Iterator[str]:
    widths = [30 + len(name) * _LETTER for name in series]
    for number, (name, left) in enumerate(zip(series, accumulate([0.0, *widths]), strict=False)):
        yield _bar(_MARGIN + left, 52, 12, 12, number)
        yield _text(_MARGIN + left + 18, 63, name, "soft")


def _row(top: int, label: str, numbers: tuple[int, ...], scale: float) -> Iterator[str]:
    fits = int((_WIDTH - 2 * _MARGIN) / _LETTER)
    short = label if len(label) <= fits else f"{label[: fits - 1].rstrip()}…"
    yield _text(_MARGIN, top + 12, short)
    left = float(_MARGIN)
    for series, number in enumerate(numbers):
        if number:
            yield _bar(left, top + 19, max(number * scale - 1, 1), 14, series)
            left += max(number * scale, 2)
    total, parts = _written(numbers)
    yield _text(left + 6, top + 31, total)
    if parts:
        yield _text(left + 14 + len(total) * _LETTER, top + 31, parts, "soft")


def _bar(left: float, top: float, width: float, height: float, series: int) -> str:
    return (
        f'<rect class="s{series}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{height}"/>'
    )


def _text(left: float, base: float, words: str, kind: str = "") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text{marked} x="{left:.1f}" y="{base}">{escape(words)}</text>'
