"""The page in a real Chromium: what a person sees, and that what they do is what comes back.

Screenshots go to the folder that ONRECORD_SCREENSHOTS names, or to the test's own.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.files import write_json
from onrecord.json_input import decode
from onrecord.labelstudio.adjudication import disputes
from onrecord.labelstudio.client import Studio
from onrecord.labelstudio.projects import existing_project
from onrecord.labelstudio.pulling import pull
from onrecord.labelstudio.pushing import push, send
from onrecord.labelstudio.server import Server
from onrecord.model import Gold
from onrecord.text import words_of
from onrecord.validation import validate
from page import Page, browser, sign_in_page
from studio import running, sign_in
from trying import TRYING, trying_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("studio")) as server:
        yield server


@pytest.fixture(scope="module")
def studio(server: Server) -> Studio:
    return sign_in(server)


@pytest.fixture(scope="module")
def driver(server: Server) -> Iterator[Any]:
    with browser() as driver:
        sign_in_page(driver, server)
        yield driver


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus with one article that is hard on offsets: see `trying`."""
    corpus = trying_corpus(tmp_path / "corpus")
    assert validate(corpus).issues == ()
    return corpus


def open_page(driver: Any, studio: Studio, title: str) -> Page:
    project = existing_project(studio, title)
    (task,) = project.tasks()
    shots = Path(os.environ.get("ONRECORD_SCREENSHOTS") or tempfile.mkdtemp())
    return Page(driver, studio.task_address(project.id, task.id), shots)


def test_every_highlight_lies_on_its_words(driver: Any, studio: Studio, corpus: Path) -> None:
    push(studio, corpus, ["*"], "highlights", "gold")
    page = open_page(driver, studio, "highlights")
    page.shoot("suggestions")
    (text,) = (corpus / "texts").iterdir()
    words = text.read_bytes().decode()
    shown = page.highlights()
    (task,) = studio.sdk.tasks.list(project=existing_project(studio, "highlights").id, fields="all")
    regions = [item for item in task.predictions[0].result if item.get("from_name") == "span"]
    assert len(shown) == len(regions) > 12
    for item in regions:
        start, end = item["value"]["start"], item["value"]["end"]
        assert shown[item["id"]] == words[start:end], item["id"]
        assert page.colour(item["id"]) != "rgba(0, 0, 0, 0)", "a highlight can be seen"
    assert page.text() == words
    assert page.severe() == []


def test_a_suggestion_submitted_unchanged_is_the_gold(
    driver: Any, studio: Studio, corpus: Path
) -> None:
    """The editor drops nothing that it shows: relations, fields, regions, ids."""
    push(studio, corpus, ["*"], "unchanged", "gold")
    page = open_page(driver, studio, "unchanged")
    page.submit()
    written = pull(studio, "unchanged", corpus)
    assert written.issues == ()
    (path,) = written.paths
    layer = decode(path.read_bytes(), Gold, path.name)
    gold = decode((corpus / "gold" / path.name).read_bytes(), Gold, path.name)
    for kind in ("issues", "marks", "mentions", "quotes", "stances"):
        assert getattr(layer, kind) == getattr(gold, kind), kind


def test_what_is_drawn_by_hand_is_what_was_meant(driver: Any, studio: Studio, corpus: Path) -> None:
    """A quote after emoji and combining characters, its cue and source, all with the keyboard."""
    push(studio, corpus, ["*"], "by hand", "none")
    page = open_page(driver, studio, "by hand")
    assert page.shown("Nobody should pay for fog.")
    content = page.mark("c", TRYING["content"])
    page.leave()
    page.select(content)
    page.shoot("quote-selected")
    assert page.panel_shows("status") and not page.panel_shows("kind")
    page.press("7")
    page.choose_speaker("Zoë Ångström")
    page.choose("issue_1", "against")
    page.choose("issue_1_basis", "explicit")
    page.press("6", "7")
    page.choose("join", "either")
    page.choose("join", "either")
    page.leave()
    for key, name in (("x", "cue"), ("s", "source"), ("f", "more")):
        region = page.mark(key, TRYING[name])
        page.leave()
        page.select(region)
        page.relate_to(content)
        page.leave()
    for words, kind in TRYING["marks"].items():
        region = page.mark("k", words)
        page.leave()
        page.select(region)
        page.choose("kind", kind)
        page.leave()
    page.shoot("drawn-by-hand")
    page.submit()
    written = pull(studio, "by hand", corpus, kind="machine")
    assert written.issues == (), written.issues
    (path,) = written.paths
    (quote,) = decode(path.read_bytes(), Gold, path.name).quotes
    text = (corpus / "texts" / path.with_suffix(".txt").name).read_bytes().decode()
    pieces = [TRYING["content"], *TRYING["more"].split("\n\n")]
    assert [text[part.start : part.end] for part in quote.content] == pieces
    assert words_of(text, quote.cue) == TRYING["cue"]
    assert words_of(text, quote.source) == TRYING["source"]
    assert (quote.speaker, quote.status, quote.form) == (("angstrom-zoe",), "negated", "clause")


def test_the_guidelines_are_one_click_away_and_labels_have_hints(
    driver: Any, studio: Studio, corpus: Path
) -> None:
    push(studio, corpus, ["*"], "guidelines", "gold")
    page = open_page(driver, studio, "guidelines")
    page.select("quote__q1")
    page.hover("declined")
    assert page.shown("The source refused or was unwilling to perform the attributed act.")
    page.shoot("hint")
    page.click_button("Instructions")
    assert page.shown("Annotation guidelines")
    page.shoot("guidelines")


def test_disputes_are_shown_and_decided(driver: Any, studio: Studio, corpus: Path) -> None:
    (path,) = (corpus / "gold").iterdir()
    gold = json.loads(path.read_text("utf-8"))
    for name in ("a1", "a2"):
        gold["layer"]["annotator"] = name
        if name == "a2":
            gold["quotes"][0]["act"] = "ask"
        write_json(corpus / "annotators" / name / path.name, gold)
    send(studio, disputes(corpus, ["a1", "a2"]), "disputes", corpus, adjudicating=True)
    page = open_page(driver, studio, "disputes")
    assert page.shown("act") and page.shown("A:") and page.shown("B:")
    assert not page.shown("a2")
    page.shoot("adjudication")
    page.select("quote__q1")
    page.shoot("adjudication-selected")
    page.press("i")
    page.choose("act", "order")
    page.submit()
    written = pull(studio, "disputes", corpus)
    assert written.issues == () and written.paths == (path,)
    quotes = decode(path.read_bytes(), Gold, path.name).quotes
    assert next(quote.act for quote in quotes if quote.id == "q1") == "order"
