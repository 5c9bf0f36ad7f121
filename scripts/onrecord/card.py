"""The dataset card: its front matter and sections, and what is generated between its markers.

A stretch between `<!-- generated: NAME -->` and `<!-- end -->` is generated from the data, in
DATASET_CARD.md and README.md alike; a stretch `figure-NAME` shows a figure, which stands in
docs/figures/ beside the page. The front matter's `configs:` are written by the build.
"""

import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from onrecord.agreement.agreeing import Agreement, compare_layers
from onrecord.agreement.display import HEADER, counts, notes, rows, shown_splits
from onrecord.editions import open_edition
from onrecord.files import read_bytes, read_text
from onrecord.issues import MisuseError
from onrecord.json_input import decode
from onrecord.labels import labels
from onrecord.manifests import DatasetManifest
from onrecord.profiles.comparison import Comparison
from onrecord.profiles.display import tables
from onrecord.publishing.figures import charts, describe, draw
from onrecord.statistics import Statistics, TextTable, statistics, text_tables

FIGURES: Final = "docs/figures"
"""Where the figures of a page stand, beside it."""

LIKENESS: Final = "docs/likeness.json"
"""Where the comparison with real news stands that a page shows: what `onrecord profile` printed."""

_FRONT: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_GENERATED: Final = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEADING: Final = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_CODE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DEFAULT: Final = """# {title}

A corpus of news articles with annotated quotes, speakers and stances, in the shape of
onrecord, version {version}. By {creators}. Licence:
{licence}.

## Load it
```python
from datasets import load_dataset

articles = load_dataset(".", "articles")  # in this folder
```
"""
_OWN_USE: Final = (
    "> **This dataset holds copies of texts that may not be passed on. It is for the use of whoever"
    " built it.**\n\n"
)


class Card(NamedTuple):
    """A card taken apart: front matter, and Markdown below it."""

    matter: dict[str, Any]
    body: str

    def section(self, heading: str) -> str:
        """The prose below a heading (any level, any case) as far as the next one, or "".

        Without code, tables and what is generated; a paragraph or list item is one line.
        """
        parts = _HEADING.split(_CODE.sub("", _GENERATED.sub("", self.body)))
        for found, text in zip(parts[1::2], parts[2::2], strict=True):
            if found.strip().lower() == heading.lower():
                return _unwrapped(text)
        return ""

    @property
    def summary(self) -> str:
        """The first paragraph below the title, or ""."""
        title = _HEADING.search(self.body)
        return self.section(title[1]).partition("\n")[0] if title else ""

    def code(self, language: str) -> str:
        """The first block of code in this language, or ""."""
        return next(
            (text for name, text in _CODE.findall(self.body) if name == language), ""
        ).strip()


def _unwrapped(text: str) -> str:
    """Prose with each paragraph and list item on one line, an empty line between paragraphs."""
    blocks = re.split(r"\n\s*\n|\n(?=- )", text.strip())
    lines = [
        " ".join(block.replace("**", "").split()) for block in blocks if not block.startswith("|")
    ]
    return "\n".join(line for line in lines if line)


def parse_card(text: str) -> Card:
    """The card in `text`; raises `MisuseError` where it has no front matter."""
    front = _FRONT.match(text)
    if front is None:
        raise MisuseError("DATASET_CARD.md: begins without YAML front matter between --- lines")
    return Card(yaml.safe_load(front[1]) or {}, text[front.end() :])


def default_card(info: DatasetManifest) -> Card:
    """What the manifest of a corpus without a card of its own says."""
    body = _DEFAULT.format(
        title=info.title,
        version=info.data_version,
        creators=", ".join(info.creators),
        licence=info.licence,
    )
    return Card({"pretty_name": info.title, "license": info.licence.lower()}, body)


def render_card(card: Card, info: DatasetManifest) -> str:
    """The card of a built dataset: with its configs filled in.

    Every config carries the data version and its content hash: `datasets` caches by what stands
    in the card, not by the files, so that without them a rebuilt dataset loads stale rows. A
    hydrated dataset says that it is for nobody else.
    """
    matter = {**card.matter, "configs": _configs(info)}
    if info.hydrated:
        matter["license"] = "other"
    dumped = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{dumped}---\n{_OWN_USE if info.hydrated else ''}{card.body}"


def names_configs(text: str, info: DatasetManifest) -> bool:
    """Whether a card gives the configs of a dataset as `render_card` writes them."""
    front = _FRONT.match(text)
    try:
        matter = yaml.safe_load(front[1]) if front else None
    except yaml.YAMLError:
        return False
    return isinstance(matter, dict) and matter.get("configs") == _configs(info)


def _configs(info: DatasetManifest) -> list[dict[str, Any]]:
    return [
        {
            "config_name": name,
            **({"default": True} if name == "articles" else {}),
            "version": info.data_version,
            "description": f"content sha256:{config.content_sha256}",
            "data_files": [
                {"split": split, "path": f"{name}/{split}-*.parquet"} for split in config.rows
            ],
        }
        for name, config in info.configs.items()
    ]


def fill(
    text: str, counted: Statistics, agreed: Agreement, likeness: Comparison | None = None
) -> str:
    """`text` with every generated stretch written anew; raises `MisuseError` for unknown names."""
    available = {table.title.lower(): _markdown(table) for table in text_tables(counted)}
    available |= {"size": _size(counted), "labels": _markdown(_definitions())}
    available["agreement"] = _agreement(agreed)
    if likeness is not None:
        available["likeness"] = "\n".join(_markdown(table) for table in tables(likeness))
    available |= {
        f"figure-{name}": f"![{describe(chart)}]({FIGURES}/{name}.svg)\n"
        for name, chart in charts(counted).items()
    }

    def write(match: re.Match[str]) -> str:
        if match[2] not in available:
            raise MisuseError(f"cannot generate {match[2]!r}; there are {', '.join(available)}")
        return f"{match[1]}{available[match[2]]}{match[3]}"

    return _GENERATED.sub(write, text)


def stale_files(pages: list[Path], corpus: str | Path | None = None) -> dict[Path, str]:
    """The pages and their figures that do not agree with a corpus, with what they should hold.

    Raises what reading the corpus raises: `MisuseError`, `InputError`.
    """
    counted, agreed = statistics(corpus), compare_layers(open_edition(corpus))
    drawn = {name: draw(chart) for name, chart in charts(counted).items()}
    fresh: dict[Path, str] = {}
    for page in pages:
        fresh[page] = fill(read_text(page, page.name), counted, agreed, _likeness(page.parent))
        fresh |= {
            page.parent / FIGURES / f"{name}.svg": figure
            for name, figure in drawn.items()
            if f"<!-- generated: figure-{name} -->" in fresh[page]
        }
    return {
        path: text
        for path, text in fresh.items()
        if not path.is_file() or text != read_text(path, path.name)
    }


def _likeness(folder: Path) -> Comparison | None:
    """The comparison beside the pages in a folder; raises `InputError` if it cannot be read."""
    path = folder / LIKENESS
    if not path.is_file():
        return None
    read: Comparison = decode(read_bytes(path, LIKENESS), Comparison, LIKENESS)
    return read


def _size(counted: Statistics) -> str:
    total = counted.total
    return (
        f"{total.articles:,} open articles in {total.stories:,} stories from {total.outlets:,}"
        f" outlets, {total.words:,} words, {total.quotes:,} quotes by {total.speakers:,} speakers,"
        f" {total.stances:,} stances; {counted.licensed:,} licensed article without its text;"
        f" {counted.layers:,} annotators' layers; {counted.passages:,} challenge passages.\n"
    )


def _agreement(agreed: Agreement) -> str:
    """A table a split, and what to know when reading them."""
    parts = [
        f"In {name}, {counts(split)}:\n\n{_markdown(TextTable(name, [*HEADER], [*rows(split)]))}"
        for name, split in shown_splits(agreed).items()
    ]
    return "\n".join([*parts, " ".join(notes(agreed)) + "\n"])


def _definitions() -> TextTable:
    rows = [
        [f"`{field}`", f"`{label}`", meaning]
        for field, meanings in labels().items()
        for label, meaning in meanings.items()
    ]
    return TextTable("Labels", ["field", "label", "meaning"], rows)


def _markdown(table: TextTable) -> str:
    aligned = ["---:" if each[:1].isdigit() else "---" for each in table.rows[0]]
    rows = [table.header, aligned, *table.rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
