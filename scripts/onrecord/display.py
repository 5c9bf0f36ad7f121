"""Articles and statistics for a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onrecord.records import AnnotatedArticle, AnnotatedQuote, AnnotatedStance
from onrecord.statistics import Statistics, sheets

_COLOURS = (
    "bright_blue",
    "bright_green",
    "bright_magenta",
    "bright_yellow",
    "bright_cyan",
    "bright_red",
    "blue",
    "green",
    "magenta",
    "yellow",
    "cyan",
    "red",
)


def render_article(article: AnnotatedArticle) -> RenderableType:
    """The text with its quotes coloured, then a table of quotes and stances."""
    colours = _colours(article.quotes)
    facts = (article.outlet, article.published, article.genre, article.split, article.id)
    head = Text.assemble(
        (article.title, "bold"),
        "\n" + " · ".join(map(str, facts)) + "\n",
    )
    return Group(
        head, _text(article, colours), _legend(article, colours), _quotes(article, colours)
    )


def render_statistics(counted: Statistics) -> RenderableType:
    """The counts as tables."""
    parts: list[RenderableType] = []
    for sheet in sheets(counted):
        table = Table(title=sheet.title, title_justify="left", title_style="bold")
        for number, name in enumerate(sheet.header):
            table.add_column(name, justify="right" if number else "left")
        for row in sheet.rows:
            table.add_row(*row)
        parts.append(table)
    beside = (
        f"{counted.licensed} licensed articles without text, {counted.layers} annotators' layers,"
        f" {counted.passages} challenge passages"
    )
    return Group(*parts, beside)


def _colours(quotes: Iterable[AnnotatedQuote]) -> dict[str, str]:
    names = dict.fromkeys(
        name for quote in quotes for name in quote.speaker_names or ("nobody named",)
    )
    return {name: _COLOURS[number % len(_COLOURS)] for number, name in enumerate(names)}


def _colour(quote: AnnotatedQuote, colours: dict[str, str]) -> str:
    return colours[(quote.speaker_names or ("nobody named",))[0]]


def _text(article: AnnotatedArticle, colours: dict[str, str]) -> RenderableType:
    text = Text(article.text or "")
    for quote in sorted(article.quotes, key=lambda quote: quote.parent is not None):
        style = _colour(quote, colours)
        for part in quote.content:
            text.stylize(f"{style} underline" if quote.parent else style, part.start, part.end)
        for part in quote.cue:
            text.stylize("italic", part.start, part.end)
        for part in quote.source:
            text.stylize(f"bold {style}", part.start, part.end)
    return Padding(text, (0, 0, 1, 2))


def _legend(article: AnnotatedArticle, colours: dict[str, str]) -> RenderableType:
    return Padding(
        Text("  ").join(Text(f"■ {name}", colour) for name, colour in colours.items()), (0, 0, 1, 0)
    )


def _quotes(article: AnnotatedArticle, colours: dict[str, str]) -> RenderableType:
    table = Table("quote", "who and how", "words", "stances", header_style="bold", pad_edge=False)
    for quote in article.quotes:
        how = f"{quote.type}, tier {quote.tier}, {quote.act}, {quote.form}, {quote.status}"
        who = Text(", ".join(quote.speaker_names) or "nobody named", _colour(quote, colours))
        table.add_row(
            quote.id + "".join(f"\n{word} {other}" for word, other in _relations(quote)),
            who.append(f"\n{how}", "dim"),
            Text(_shorten(quote.content_text or "")),
            "\n".join(filter(None, map(_side, quote.stances))),
        )
    return table


def _relations(quote: AnnotatedQuote) -> list[tuple[str, str]]:
    pairs = (("in", quote.parent), ("after", quote.continues), ("again", quote.repeats))
    return [(word, other) for word, other in pairs if other]


def _side(stance: AnnotatedStance) -> str:
    if stance.label == "none":
        return ""
    return escape(f"{stance.label}: {_shorten(stance.target_text, 60)}")


def _shorten(words: str, limit: int = 90) -> str:
    return words if len(words) <= limit else words[: limit - 1] + "…"
