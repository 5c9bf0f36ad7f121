"""Edits that make another version of the small corpus of the cases (see `edits`)."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from conftest import CASES
from edits import apply
from onrecord.manifests import MANIFEST, SUMS, describe, read_manifest, seal

Edits = list[dict[str, Any]]
FENMOOR = CASES / "valid" / "fenmoor"
TOLL, SALE, FARES = (
    "fenmoor-echo-harbour-toll",
    "fenmoor-echo-lighthouse-sale",
    "skerry-post-ferry-fares",
)
ICE = "fenmoor-echo-ice"
GOLD = f"gold/{TOLL}.json"
FOLDERS = ("articles", "gold", "annotators/a1", "fingerprints")
STONE = {"kind": "article", "id": SALE, "reason": "A request.", "date": "2032-01-05"}
LABELS = {"quote.act": {"say": "Says it.", "ask": "Asks it."}}


def set_value(file: str, pointer: str, value: Any) -> dict[str, Any]:
    return {"file": file, "pointer": pointer, "value": value}


def remove_article(id: str) -> Edits:
    files = [f"{folder}/{id}.json" for folder in FOLDERS]
    return [
        *({"file": file, "delete": True} for file in files if (FENMOOR / file).exists()),
        {"file": f"texts/{id}.txt", "delete": True},
        {"file": "splits.json", "pointer": f"/{id}", "remove": True},
    ]


def rewrite(id: str, text: str) -> Edits:
    """Another text for an article."""
    path = f"articles/{id}.json"
    return [
        {"file": f"texts/{id}.txt", "content": text},
        set_value(path, "/text_sha256", hashlib.sha256(text.encode()).hexdigest()),
        set_value(path, "/text_length", len(text)),
    ]


def copy_article(id: str, other: str, split: str) -> Edits:
    """Another article with the same words."""
    article, gold = (
        json.loads((FENMOOR / folder / f"{id}.json").read_bytes())
        for folder in ("articles", "gold")
    )
    return [
        {
            "file": f"articles/{other}.json",
            "content": json.dumps({**article, "id": other, "story": other}),
        },
        {"file": f"gold/{other}.json", "content": json.dumps({**gold, "article_id": other})},
        *rewrite(other, text_of(id)),
        set_value("splits.json", f"/{other}", split),
    ]


def plain_article(id: str, split: str) -> Edits:
    """An article like no other, in which nobody says anything."""
    article = {"id": id, "title": "Ice", "outlet": "fenmoor-echo", "published": "2031-04-01"}
    article |= {"language": "en-GB", "genre": "local", "story": id, "rights": "open"}
    gold = json.loads((FENMOOR / "gold" / f"{TOLL}.json").read_bytes())
    empty = {name: [] for name in ("marks", "mentions", "quotes", "stances")}
    article |= {"text_sha256": "", "text_length": 0}
    return [
        {"file": f"articles/{id}.json", "content": json.dumps(article)},
        {"file": f"gold/{id}.json", "content": json.dumps({**gold, **empty, "article_id": id})},
        *rewrite(id, "Ice lay on the harbour until noon and nobody came.\n"),
        set_value("splits.json", f"/{id}", split),
    ]


def text_of(id: str) -> str:
    return (FENMOOR / "texts" / f"{id}.txt").read_text("utf-8")


SPEAKER = {"id": "gull-ada", "name": "Ada Gull", "kind": "person", "ident": "named"}
ADD_LABELS = {"file": "labels.json", "content": json.dumps(LABELS)}
NEGATED = [
    set_value(GOLD, "/quotes/3/status", "negated"),
    {"file": GOLD, "pointer": "/stances/3", "remove": True},
]
RENAMED_QUOTE = [
    {"file": GOLD, "replace": ['"id": "q6"', '"id": "q16"']},
]
WITHOUT_Q6 = [
    {"file": GOLD, "pointer": "/quotes/5", "remove": True},
    {"file": GOLD, "pointer": "/mentions/5", "remove": True},
]


def edited(tmp_path: Path, name: str, edits: Edits) -> Path:
    corpus = shutil.copytree(FENMOOR, tmp_path / name)
    apply(edits, corpus)
    return corpus


def reseal(folder: Path) -> None:
    """Write the lists of a dataset anew, as whoever changes a file on purpose would leave them."""
    (folder / SUMS).unlink()
    manifest = read_manifest(folder)
    (folder / MANIFEST).unlink()
    configs = {
        name: replace(
            config, files=tuple(describe(folder, folder / file.path) for file in config.files)
        )
        for name, config in manifest.configs.items()
    }
    seal(folder, replace(manifest, configs=configs, files=()))
