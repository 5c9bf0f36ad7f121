"""Articles and statistics for a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onrecord.records import AnnotatedArticle, AnnotatedQuote, AnnotatedStance
from onrecord.statistics import Statistics, text_tables

NOBODY = "nobody named"
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
    """The text with its quotes numbered and coloured by speaker, then a table of the quotes."""
    colours = _colours(article.quotes)
    facts = (article.outlet, article.published, article.genre, article.split, article.id)
    head = Text.assemble(
        (article.title, "bold"), "\n" + " · ".join(str(fact) for fact in facts if fact) + "\n"
    )
    return Group(head, _text(article, colours), _quotes(article, colours))


def render_statistics(counted: Statistics) -> RenderableType:
    """The counts as tables."""
    parts: list[RenderableType] = []
    for each in text_tables(counted):
        table = Table(title=each.title, title_justify="left", title_style="bold")
        for number, name in enumerate(each.header):
            table.add_column(name, justify="right" if number else "left")
        for row in each.rows:
            table.add_row(*row)
        parts.append(table)
    beside = (
        f"licensed articles without text: {counted.licensed}, annotators' layers: {counted.layers},"
        f" challenge passages: {counted.passages}"
    )
    return Group(*parts, beside)


def _colours(quotes: Iterable[AnnotatedQuote]) -> dict[str, str]:
    names = dict.fromkeys(name for quote in quotes for name in quote.speaker_names or (NOBODY,))
    return {name: _COLOURS[number % len(_COLOURS)] for number, name in enumerate(names)}


def _colour(quote: AnnotatedQuote, colours: dict[str, str]) -> str:
    return colours[(quote.speaker_names or (NOBODY,))[0]]


def _text(article: AnnotatedArticle, colours: dict[str, str]) -> RenderableType:
    text = Text(article.text or "")
    numbers: list[tuple[int, Text]] = []
    for number, quote in enumerate(article.quotes, 1):
        style = _colour(quote, colours)
        for part in quote.content:
            text.stylize(f"{style} underline" if quote.parent else style, part.start, part.end)
            numbers.append((part.start, Text(_raised(number), style)))
        for part in quote.cue:
            text.stylize("italic", part.start, part.end)
        for part in quote.source:
            text.stylize(f"bold {style}", part.start, part.end)
    return Padding(_with_numbers(text, numbers), (0, 0, 1, 2))


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _with_numbers(text: Text, numbers: list[tuple[int, Text]]) -> Text:
    pieces, last = [], 0
    for offset, number in sorted(numbers, key=lambda pair: pair[0]):
        pieces += [text[last:offset], number]
        last = offset
    return Text.assemble(*pieces, text[last:])


def _quotes(article: AnnotatedArticle, colours: dict[str, str]) -> RenderableType:
    table = Table("quote", "who and how", "words", "stances", header_style="bold", pad_edge=False)
    text = article.text or ""
    for number, quote in enumerate(article.quotes, 1):
        how = f"{quote.type}, tier {quote.tier}, {quote.act}, {quote.form}, {quote.status}"
        who = Text(", ".join(quote.speaker_names) or NOBODY, _colour(quote, colours))
        table.add_row(
            f"{number} {quote.id}"
            + "".join(f"\n{word} {other}" for word, other in _relations(quote)),
            who.append(f"\n{how}", "dim"),
            Text(_shorten(" … ".join(text[part.start : part.end] for part in quote.content))),
            _sides(quote.stances),
        )
    return table


def _relations(quote: AnnotatedQuote) -> list[tuple[str, str]]:
    pairs = (("in", quote.parent), ("after", quote.continues), ("again", quote.repeats))
    return [(word, other) for word, other in pairs if other]


def _sides(stances: tuple[AnnotatedStance, ...]) -> str:
    """The sides taken, or "none" where rows are there and none takes one."""
    taken = [
        escape(f"{stance.label}: {stance.target_text}")
        for stance in stances
        if stance.label != "none"
    ]
    return "\n".join(taken) if taken or not stances else "none"


def _shorten(words: str, limit: int = 160) -> str:
    """`words` up to a limit, cut between two of them."""
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"
