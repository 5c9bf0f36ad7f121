"""An article in the terminal: quotes coloured by speaker, stances beside."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onrecord.records import AnnotatedArticle, AnnotatedQuote

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


def show_article(article: AnnotatedArticle) -> None:
    """Print an article to the terminal."""
    Console(highlight=False).print(render_article(article))


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
    table = Table("id", "speaker", "type", "act", "status", "words", "stances", header_style="bold")
    for quote in article.quotes:
        table.add_row(
            quote.id + (f" in {quote.parent}" if quote.parent else ""),
            Text(", ".join(quote.speaker_names), _colour(quote, colours)),
            f"{quote.type}, tier {quote.tier}",
            f"{quote.act} ({quote.form})",
            str(quote.status),
            escape(_shorten(quote.content_text or "")),
            "\n".join(
                f"{stance.label}: {escape(_shorten(stance.target_text, 50))}"
                for stance in quote.stances
                if stance.label != "none"
            ),
        )
    return table


def _shorten(words: str, limit: int = 90) -> str:
    return words if len(words) <= limit else words[: limit - 1] + "…"
