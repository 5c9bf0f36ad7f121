"""A difference for people: one list of sheets, as text or as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from onrecord.releases.differences import Difference, RowChanges

_LONGEST: Final = 72


class ChangeTable(NamedTuple):
    """A table for people."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def render_text(difference: Difference) -> str:
    """The difference for a terminal."""
    lines = [_headline(difference), _verdict(difference)]
    for sheet in _sheets(difference):
        lines += ["", sheet.title]
        table = [sheet.header, *sheet.rows]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            lines.append(f"  {'  '.join(cells)}".rstrip())
    return "\n".join(lines)


def render_markdown(difference: Difference) -> str:
    """The difference for a review."""
    lines = [f"# {_headline(difference)}", "", _verdict(difference)]
    for sheet in _sheets(difference):
        lines += ["", f"## {sheet.title}"]
        for row in (sheet.header, ("---",) * len(sheet.header), *sheet.rows):
            cells = [cell.replace("|", "\\|") for cell in row]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _headline(difference: Difference) -> str:
    old, new = difference.old, difference.new
    return f"{old.name} ({old.data_version}) → {new.name} ({new.data_version})"


def _verdict(difference: Difference) -> str:
    if difference.bump == "none":
        return "Nothing changed."
    return f"The smallest legal version is {difference.version} ({difference.bump})."


def _sheets(difference: Difference) -> list[ChangeTable]:
    """What there is to show; nothing for what did not change."""
    sheets = [
        ChangeTable(
            "What demands a new version",
            ("bump", "change", "count", "meaning", "where"),
            [
                (each.bump, each.code, f"{each.count:,}", each.meaning, _places(each.places))
                for each in difference.demands
            ],
        ),
        _rows("Rows", "table", difference.tables),
        ChangeTable("Labels", ("field", "old", "new", "count"), list(_confusions(difference))),
        _rows("Annotators' layers", "annotator", difference.layers),
        ChangeTable(
            "Speakers",
            ("change", "old", "new", "quotes"),
            [
                (each.kind, ", ".join(each.old), ", ".join(each.new), f"{each.quotes:,}")
                for each in difference.speakers
            ],
        ),
        ChangeTable(
            "Schema",
            ("what", "name", "old", "new"),
            [
                (each.what, each.name, _shown(each.old), _shown(each.new))
                for each in difference.schema
            ],
        ),
        ChangeTable(
            "Takedowns",
            ("what", "id", "date", "reason"),
            [(each.kind, each.id, each.date, each.reason) for each in difference.takedowns],
        ),
        _examples(difference),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _examples(difference: Difference) -> ChangeTable:
    rows = [
        (each.table, each.place, each.field, *map(_shown, (each.old, each.new, each.words)))
        for each in difference.examples
    ]
    return ChangeTable(
        "Examples", ("table", "where", "field", "old", "new", "words of the quote"), rows
    )


def _rows(title: str, what: str, counted: Mapping[str, RowChanges]) -> ChangeTable:
    rows = [
        (
            name,
            f"{counts.added:,}",
            f"{counts.removed:,}",
            f"{counts.changed:,}",
            ", ".join(f"{field} {count:,}" for field, count in sorted(counts.fields.items())),
        )
        for name, counts in counted.items()
    ]
    return ChangeTable(title, (what, "added", "removed", "changed", "fields of changed rows"), rows)


def _confusions(difference: Difference) -> Iterable[tuple[str, ...]]:
    """Every change of a label, the most frequent first."""
    for field, confusion in difference.confusions.items():
        changes = [(n, old, new) for old, counts in confusion.items() for new, n in counts.items()]
        for count, old, new in sorted(changes, key=lambda change: (-change[0], change[1:])):
            yield field, old, new, f"{count:,}"


def _places(places: tuple[str, ...]) -> str:
    return ", ".join(places[:3]) + (" …" if len(places) > 3 else "")


def _shown(value: Any) -> str:
    """A value on one line: words cut short, spans as offsets."""
    if value is None:
        return "–"
    if isinstance(value, list) and value and isinstance(value[0], dict) and "start" in value[0]:
        return ", ".join(f"{part['start']}–{part['end']}" for part in value)
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value)) or "–"
    line = " ¶ ".join(part for part in str(value).split("\n") if part)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
