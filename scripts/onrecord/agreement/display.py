"""Agreement for people: rows of figures, and what to know when reading them."""

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onrecord.agreement.agreeing import ALL, Agreement, SplitAgreement
from onrecord.agreement.counting import LABELS, ROLES, TASK
from onrecord.benchmark.figures import figure, interval_figure, scaled
from onrecord.benchmark.lines import FEW

HEADER: Final = ("", "agreement", "95 %", "α", "95 %")
_MACHINES: Final = (
    "All annotators are machines: where they are of one kind, their errors are correlated, and this"
    " is consistency with the guidelines, not a human ceiling."
)


def render_agreement(found: Agreement) -> RenderableType:
    """A table a split, the layers two by two, and notes."""
    parts: list[RenderableType] = []
    for name, split in shown_splits(found).items():
        table = _table(*HEADER)
        for row in rows(split):
            table.add_row(*row)
        parts += [Text(f"\n{name}: {counts(split)}", "bold"), table]
    if len(found.couples) > 1:
        parts += [Text("\ntwo by two: contents found by both (content.f1)", "bold"), _two(found)]
    return Group(*parts, Text("\n" + "\n".join(notes(found)), "dim"))


def _table(*header: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(header[0], min_width=26)
    for name in header[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _two(found: Agreement) -> Table:
    table = _table("", "articles", "agreement")
    for couple in found.couples:
        value = couple.measures["content.f1"]
        percent = "–" if value is None else f"{100 * value:.0f}"
        table.add_row(" and ".join(couple.layers), f"{couple.articles:,}", percent)
    return table


def shown_splits(found: Agreement) -> dict[str, SplitAgreement]:
    """The splits; all of them together only where there are several."""
    single = len(found.splits) == 2
    return {name: split for name, split in found.splits.items() if name != ALL or not single}


def counts(split: SplitAgreement) -> str:
    """How many articles are compared, and how."""
    articles = f"{split.articles:,} article{'s' * (split.articles != 1)}"
    if split.without_text:
        articles += f" ({split.without_text:,} by characters, since without text here)"
    return articles


def rows(split: SplitAgreement) -> Iterator[list[str]]:
    """Name, agreement in percent, its interval, α and its interval, of all that is defined."""
    for measure in TASK.measures:
        name = measure.name
        value = split.measures[name]
        if measure.kind == "alpha" or value is None:
            continue
        interval = scaled(split.intervals[name], 100)
        owner = name.removesuffix(".f1")
        alpha = _alpha(split, owner) if owner in (*ROLES, *LABELS) else ["", ""]
        yield [name, figure(100 * value, interval), interval_figure(interval), *alpha]


def _alpha(split: SplitAgreement, owner: str) -> list[str]:
    value, interval = split.measures[f"{owner}.alpha"], split.intervals[f"{owner}.alpha"]
    spread = f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else ""
    return ["–" if value is None else f"{value:.2f}", spread]


def notes(found: Agreement) -> Iterator[str]:
    """Who is compared, and what limits the figures."""
    layers = ", ".join(f"{name} ({kind})" for name, kind in found.kinds.items())
    yield f"Layers: {layers}. Only articles that several of them have are compared."
    fewest = min((split.units for split in found.splits.values()), default=0)
    if fewest < 2:
        yield "No interval where there is one story only."
    if fewest < FEW:
        yield f"Fewer than {FEW} stories to resample: take intervals for too narrow."
    if set(found.kinds.values()) == {"machine"}:
        yield _MACHINES
