"""The card tells what is true of the data, and its figures can be read everywhere."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import CASES, ROOT
from onrecord.building import build
from onrecord.card import parse_card, stale_files
from onrecord.manifests import read_manifest
from onrecord.publishing.figures import DARK, HUES, LIGHT, Chart, charts, describe, draw
from onrecord.statistics import statistics
from strategies import modest

CARD = ROOT / "DATASET_CARD.md"
CORPUS = ROOT / "corpus"
FENMOOR = CASES / "valid" / "fenmoor"
SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    low, high = sorted(map(luminance, (one, two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_bars_stand_out(theme: dict[str, str]) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for graphics."""
    assert contrast(theme["text"], theme["plate"]) >= 4.5
    assert contrast(theme["soft"], theme["plate"]) >= 4.5
    assert all(contrast(hue, theme["plate"]) >= 3 for hue in HUES)


def test_a_figure_has_its_own_ground_in_both_schemes() -> None:
    svg = draw(Chart("A chart", ("a", "b"), (("row", (1, 2)),)))
    assert "prefers-color-scheme:dark" in svg
    plate = ET.fromstring(svg).find(f"{SVG}rect")
    assert plate is not None and plate.get("class") == "plate"
    assert f".plate{{fill:{LIGHT['plate']}}}" in svg and f".plate{{fill:{DARK['plate']}}}" in svg


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)
numbers = st.integers(0, 10**7)
any_chart = st.integers(1, len(HUES)).flatmap(
    lambda n: st.builds(
        Chart,
        names,
        st.just(tuple(f"series {number}" for number in range(n))),
        st.lists(st.tuples(names, st.tuples(*[numbers] * n)), max_size=6).map(tuple),
    )
)


@modest(60)
@given(any_chart)
def test_any_chart_is_drawn_inside_its_frame_with_all_its_numbers(chart: Chart) -> None:
    svg = draw(chart)
    assert draw(chart) == svg
    root = ET.fromstring(svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert root.findtext(f"{SVG}title") == describe(chart)
    words = [text.text for text in root.iter(f"{SVG}text")]
    for _, values in chart.rows:
        assert f"{sum(values):,}" in words
    for bar in root.iter(f"{SVG}rect"):
        assert float(bar.get("x", 0)) + float(bar.get("width", 0)) <= width
        assert float(bar.get("y", 0)) + float(bar.get("height", 0)) <= height
    for text in root.iter(f"{SVG}text"):
        if re.fullmatch(r"[\d,=+ ]+", text.text or ""):
            assert float(text.get("x", 0)) + 7.2 * len(text.text or "") <= width


def test_every_figure_of_the_card_is_drawn_and_shown() -> None:
    drawn = {f"{name}.svg" for name in charts(statistics(CORPUS))}
    assert {path.name for path in (ROOT / "docs" / "figures").iterdir()} == drawn
    assert set(re.findall(r"\]\(docs/figures/([\w.-]+)\)", CARD.read_text("utf-8"))) == drawn


def test_the_links_of_the_card_hold_in_the_dataset_folder(dataset: Path) -> None:
    card = (dataset / "README.md").read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", card)
    assert targets and all((dataset / target).is_file() for target in targets)
    headings = re.findall(r"^#+ (.+)$", card, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", card)) <= anchors


def test_a_stale_figure_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "card.md"
    page.write_text("<!-- generated: figure-quote-types -->\n<!-- end -->\n")
    fresh = stale_files([page], FENMOOR)
    figure = tmp_path / "docs" / "figures" / "quote-types.svg"
    assert set(fresh) == {page, figure}
    figure.parent.mkdir(parents=True)
    for path, text in fresh.items():
        path.write_text(text, "utf-8")
    assert stale_files([page], FENMOOR) == {}
    figure.write_text(fresh[figure].replace("<text", "<!-- --><text", 1), "utf-8")
    assert set(stale_files([page], FENMOOR)) == {figure}


def test_sections_are_prose_without_tables_and_code(dataset: Path) -> None:
    text = """---
license: other
---
# Title

First **paragraph**,
wrapped.

## Some Section
- one
  item
- two

```python
# not a heading
```

| a | b |
| --- | --- |

<!-- generated: size -->
9 articles
<!-- end -->

### Below
Deep.
"""
    card = parse_card(text)
    assert card.summary == "First paragraph, wrapped."
    assert card.section("some section") == "- one item\n- two"
    assert card.section("Below") == "Deep."
    assert card.section("absent") == ""
    assert card.code("python") == "# not a heading"


def test_a_corpus_without_a_card_gets_a_small_one(fenmoor: Path, tmp_path: Path) -> None:
    folder, info = build(fenmoor, tmp_path / "built")
    assert f"# {info.title}" in (folder / "README.md").read_text("utf-8")
    described = json.loads((folder / "croissant.json").read_text("utf-8"))
    assert described["name"] == info.title and not any(key.startswith("rai:") for key in described)


# What the card says of how the data was made


def layers(folder: str) -> list[tuple[str, dict]]:
    return [
        (path.stem, json.loads(path.read_bytes())["layer"])
        for path in sorted((CORPUS / folder).rglob("*.json"))
    ]


def rights(id: str) -> str:
    return json.loads((CORPUS / "articles" / f"{id}.json").read_bytes())["rights"]


def test_nobody_among_the_annotators_is_a_person() -> None:
    passages = [
        ("", json.loads(line)["layer"])
        for path in (CORPUS / "challenge").glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    for _, layer in [*layers("gold"), *layers("annotators"), *passages]:
        assert layer["kind"] == "machine" and not layer.get("reviewed_by_person", False)


def test_gold_is_adjudicated_of_two_or_three_layers_or_reviewed_of_one() -> None:
    annotators: dict[str, set[str]] = {}
    for id, layer in layers("annotators"):
        annotators.setdefault(id, set()).add(layer["annotator"])
    two, three = {"a1", "a2"}, {"a1", "a2", "a3"}
    made = {"adjudicated": [two, three], "reviewed": [{"a1"}]}
    gold = layers("gold")
    for id, layer in gold:
        assert annotators[id] in made[layer["annotator"]], id
        assert layer["annotator"] == "adjudicated" or rights(id) == "open", id
    assert {layer["annotator"] for _, layer in gold} == set(made)


def test_front_matter_is_true_of_the_data(dataset: Path) -> None:
    matter = yaml.safe_load((dataset / "README.md").read_text("utf-8").split("---\n")[1])
    manifest = read_manifest(dataset)
    assert matter["license"] == manifest.licence.lower()
    assert matter["annotations_creators"] == matter["language_creators"] == ["machine-generated"]
    assert matter["size_categories"] == ["n<1K"]
    assert sum(manifest.configs["articles"].rows.values()) < 1000
    languages = {
        json.loads(path.read_bytes())["language"].partition("-")[0]
        for path in (CORPUS / "articles").glob("*.json")
    }
    assert languages == set(matter["language"])


def test_the_card_has_every_section_of_the_templates() -> None:
    """Of the Hub's dataset card, and the questions of datasheets for datasets (Gebru et al.)."""
    headings = {each.lower() for each in re.findall(r"^#+ (.+)$", CARD.read_text("utf-8"), re.M)}
    hub = """dataset description, uses, direct use, out-of-scope use, dataset structure,
        dataset creation, curation rationale, source data, data collection and processing,
        who are the source data producers?, annotations, annotation process,
        who are the annotators?, personal and sensitive information,
        bias, risks and limitations, recommendations, citation"""
    datasheet = """motivation, splits, agreement, checks, limitations, biases, social impact,
        rights, maintenance"""
    wanted = [
        " ".join(each.split())
        for each in f"{hub}, {datasheet}".replace("bias, risks", "bias; risks").split(",")
    ]
    assert {each.replace(";", ",") for each in wanted} <= headings
