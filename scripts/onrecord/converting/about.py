"""What a corpus says of itself, for people: in `--list`, and as README.md beside an import."""

from typing import Any

from onrecord.converting.description import Corpus


def describe(corpus: Corpus) -> dict[str, Any]:
    """The description of a corpus as plain data."""
    names = ("name", "title", "definition", "terms", "licence", "citation", "homepage", "language")
    return {
        **{name: getattr(corpus, name) for name in names},
        "splits": dict(corpus.splits),
        "records": corpus.records,
        "expected": {name: counts._asdict() for name, counts in corpus.expected.items()},
        "loses": corpus.loses,
        "incomplete": corpus.incomplete,
    }


def render_about(corpus: Corpus) -> str:
    """The description of a corpus as Markdown."""
    lines = [f"# {corpus.title} (`{corpus.name}`)", "", corpus.definition, ""]
    lines += [f"- Terms: {corpus.terms}", f"- Licence: {corpus.licence}"]
    if corpus.citation:
        lines.append(f"- Cite: {corpus.citation}")
    if corpus.homepage:
        lines.append(f"- Home: {corpus.homepage}")
    if corpus.expected:
        lines += ["", f"| split | articles | {corpus.records} |", "| --- | ---: | ---: |"]
        lines += [
            f"| {name} | {counts.articles:,} | {counts.records:,} |"
            for name, counts in corpus.expected.items()
        ]
    if corpus.loses:
        lines += ["", "Written from another corpus, it loses:"]
        lines += [f"- {what}" for what in corpus.loses]
    lines += ["", "Not annotated: " + ", ".join(f"`{name}`" for name in corpus.incomplete) + "."]
    return "\n".join(lines) + "\n"
