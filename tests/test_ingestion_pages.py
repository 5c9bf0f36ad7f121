"""Pages in the styles of many kinds of site, each with the text and the zones that it should give."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import CASES
from onrecord.ingestion.drafts import Draft, Raw
from onrecord.ingestion.pages import read_page

PAGES = sorted((CASES / "pages").glob("*.html"))


def read(page: Path, encoding: str = "utf-8", charset: str | None = None) -> Draft:
    data = page.read_text("utf-8").encode(encoding)
    return read_page(Raw(page.name, "page", data, charset=charset))


def shown(draft: Draft) -> list[list[str]]:
    """Paragraphs with the zone that holds each."""
    blocks, at = [], 0
    for text in draft.text.removesuffix("\n").split("\n\n"):
        (kind,) = [zone.kind for zone in draft.zones if zone.start <= at < zone.end]
        blocks.append([kind, text])
        at += len(text) + 2
    return blocks


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_gives_its_text_zones_and_facts(page: Path) -> None:
    expected: dict[str, Any] = json.loads(page.with_suffix(".json").read_text("utf-8"))
    draft = read(page)
    assert shown(draft) == expected.pop("blocks")
    facts = {name: getattr(draft, name) for name in expected if name != "address"}
    assert facts | {"address": draft.extraction.address} == expected
