"""The dataset card: its front matter, and the numbers between its markers.

A stretch between `<!-- generated: NAME -->` and `<!-- end -->` is generated from the data, in
DATASET_CARD.md and README.md alike. The front matter's `configs:` are written by the build.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from onrecord.issues import MisuseError
from onrecord.labels import labels
from onrecord.manifests import DatasetManifest
from onrecord.statistics import Sheet, Statistics, sheets

_FRONT: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_GENERATED: Final = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_DEFAULT: Final = """---
license: other
---
# {title}

A dataset in the shape of onrecord, version {version}.
"""


def render_card(info: DatasetManifest, template: str | None = None) -> str:
    """The card of a built dataset: `template` (or a minimal one) with its configs filled in.

    Every config carries the data version and its content hash: `datasets` caches by what stands
    in the card, not by the files, so that without them a rebuilt dataset loads stale rows.
    """
    text = template or _DEFAULT.format(title=info.title, version=info.data_version)
    front = _FRONT.match(text)
    if front is None:
        raise MisuseError("DATASET_CARD.md: begins without YAML front matter between --- lines")
    matter = yaml.safe_load(front[1]) or {}
    matter["configs"] = _configs(info)
    dumped = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{dumped}---\n{text[front.end() :]}"


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


def fill(text: str, counted: Statistics) -> str:
    """`text` with every generated stretch written anew; raises `MisuseError` for unknown names."""
    available = {sheet.title.lower(): _markdown(sheet) for sheet in sheets(counted)}
    available |= {"size": _size(counted), "labels": _markdown(_definitions())}

    def write(match: re.Match[str]) -> str:
        if match[2] not in available:
            raise MisuseError(f"cannot generate {match[2]!r}; there are {', '.join(available)}")
        return f"{match[1]}{available[match[2]]}{match[3]}"

    return _GENERATED.sub(write, text)


def stale_files(files: list[Path], counted: Statistics) -> dict[Path, str]:
    """The files whose numbers do not agree with the data, with what they should hold."""
    fresh = {path: fill(path.read_text("utf-8"), counted) for path in files}
    return {path: text for path, text in fresh.items() if text != path.read_text("utf-8")}


def _size(counted: Statistics) -> str:
    total = counted.total
    return (
        f"{total.articles:,} open articles in {total.stories:,} stories from {total.outlets:,}"
        f" outlets, {total.words:,} words, {total.quotes:,} quotes by {total.speakers:,} speakers,"
        f" {total.stances:,} stances; {counted.licensed:,} licensed article without its text;"
        f" {counted.layers:,} annotators' layers; {counted.passages:,} challenge passages.\n"
    )


def _definitions() -> Sheet:
    rows = [
        [f"`{field}`", f"`{label}`", meaning]
        for field, meanings in labels().items()
        for label, meaning in meanings.items()
    ]
    return Sheet("Labels", ["field", "label", "meaning"], rows)


def _markdown(sheet: Sheet) -> str:
    aligned = ["---:" if each[:1].isdigit() else "---" for each in sheet.rows[0]]
    rows = [sheet.header, aligned, *sheet.rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
