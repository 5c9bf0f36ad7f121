"""Every kind of change: what it demands, told alike by corpora and by datasets."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from onrecord.building import build
from onrecord.releases.comparison import diff
from onrecord.releases.differences import Difference
from onrecord.releases.rules import BUMPS, RULES, bumped
from versions import (
    ADD_LABELS,
    GOLD,
    ICE,
    NEGATED,
    RENAMED_QUOTE,
    SALE,
    SPEAKER,
    STONE,
    TOLL,
    WITHOUT_Q6,
    Edits,
    copy_article,
    edited,
    plain_article,
    remove_article,
    rewrite,
    set_value,
    text_of,
)

# (name, edits of the old side, edits of the new one, what the new one demands)
CHANGES: list[tuple[str, Edits, Edits, set[str]]] = [
    ("nothing", [], [], set()),
    ("a status", [], NEGATED, {"annotations-corrected"}),
    ("a label", [], [set_value(GOLD, "/stances/0/label", "both")], {"annotations-corrected"}),
    (
        "a span",
        [],
        [set_value(GOLD, "/quotes/3/content/0/end", 346)],
        {"annotations-corrected"},
    ),
    (
        "a speaker link",
        [],
        [
            set_value(GOLD, "/quotes/4/speaker", ["castor-vale-council"]),
            set_value(GOLD, "/mentions/4/speaker", "castor-vale-council"),
            set_value(GOLD, "/mentions/6/speaker", "castor-vale-council"),
        ],
        {"annotations-corrected"},
    ),
    (
        "a stance taken away",
        [],
        [{"file": GOLD, "pointer": "/stances/4", "remove": True}],
        {"annotations-corrected"},
    ),
    (
        "a stance added",
        [{"file": GOLD, "pointer": "/stances/4", "remove": True}],
        [],
        {"annotations-added"},
    ),
    (
        "a stance added to a corrected quote",
        NEGATED,
        [],
        {"annotations-corrected"},
    ),
    (
        "a quote added",
        WITHOUT_Q6,
        [],
        {"annotations-added"},
    ),
    (
        "a quote taken away",
        [],
        WITHOUT_Q6,
        {"annotations-corrected"},
    ),
    (
        "a mention added",
        [{"file": GOLD, "pointer": "/mentions/6", "remove": True}],
        [],
        {"annotations-added"},
    ),
    (
        "a mark added before others, so that their ids shift",
        [
            {"file": GOLD, "pointer": "/marks/3", "remove": True},
            set_value(GOLD, "/marks/3/id", "m4"),
        ],
        [],
        {"annotations-corrected"},
    ),
    (
        "a quote under another id",
        [],
        RENAMED_QUOTE,
        {"ids-changed", "annotations-corrected"},
    ),
    (
        "two quotes whose ids were swapped",
        [],
        [set_value(GOLD, "/quotes/4/id", "q6"), set_value(GOLD, "/quotes/5/id", "q5")],
        {"ids-changed", "annotations-corrected"},
    ),
    (
        "an id for another quote",
        [],
        [set_value(GOLD, "/quotes/5/content/0", {"start": 403, "end": 411})],
        {"ids-changed", "annotations-added", "annotations-corrected"},
    ),
    (
        "a title",
        [],
        [set_value(f"articles/{TOLL}.json", "/title", "Toll | row")],
        {"metadata-changed"},
    ),
    ("a licence", [], [set_value("manifest.json", "/licence", "CC0-1.0")], {"metadata-changed"}),
    (
        "a text",
        [],
        rewrite(TOLL, text_of(TOLL).replace("👍", "👎")),
        {"texts-changed", "test-changed"},
    ),
    (
        "a text of validation",
        plain_article(ICE, "validation"),
        [*plain_article(ICE, "validation"), *rewrite(ICE, "The ice was gone by noon.\n")],
        {"texts-changed"},
    ),
    ("a split", plain_article(ICE, "validation"), plain_article(ICE, "train"), {"splits-changed"}),
    (
        "a split of test",
        [],
        [set_value("splits.json", f"/{TOLL}", "train")],
        {"splits-changed", "test-changed"},
    ),
    (
        "a text that may not be shipped",
        [{"file": f"annotators/a1/{TOLL}.json", "delete": True}],
        [
            set_value(f"articles/{TOLL}.json", "/rights", "licensed"),
            {"file": f"texts/{TOLL}.txt", "delete": True},
            *(
                set_value(GOLD, f"/quotes/{n}/derived", {"type": t, "tier": r, "attribution": a})
                for n, (t, r, a) in enumerate(
                    [
                        ("mixed", 1, "explicit"),
                        ("direct", 1, "explicit"),
                        ("indirect", 1, "explicit"),
                        ("indirect", 1, "anaphoric"),
                        ("indirect", 2, "explicit"),
                        ("indirect", 2, "explicit"),
                    ]
                )
            ),
        ],
        {"rights-changed", "test-changed"},
    ),
    ("an article", [], plain_article(ICE, "train"), {"articles-added"}),
    ("a test article", [], plain_article(ICE, "test"), {"test-changed"}),
    ("an article gone", plain_article(ICE, "train"), [], {"ids-removed"}),
    ("a test article gone", [], remove_article(SALE), {"ids-removed", "test-changed"}),
    (
        "a takedown",
        [],
        [*remove_article(SALE), set_value("manifest.json", "/tombstones", [STONE])],
        {"takedowns"},
    ),
    (
        "a tombstone gone",
        [*remove_article(SALE), set_value("manifest.json", "/tombstones", [STONE])],
        remove_article(SALE),
        {"tombstones-removed"},
    ),
    (
        "an article renamed",
        [],
        [
            *copy_article(SALE, "fenmoor-echo-tower-sale", "test"),
            *remove_article(SALE),
        ],
        {"ids-changed", "ids-removed", "test-changed"},
    ),
    (
        "a layer gone",
        [],
        [{"file": f"annotators/a1/{TOLL}.json", "delete": True}],
        {"layers-removed"},
    ),
    (
        "a layer",
        [{"file": f"annotators/a1/{TOLL}.json", "delete": True}],
        [],
        {"layers-added"},
    ),
    (
        "a layer changed",
        [],
        [set_value(f"annotators/a1/{TOLL}.json", "/quotes/0/note", "Fog.")],
        {"layers-changed"},
    ),
    (
        "a speaker",
        [],
        [{"file": "speakers.json", "append": "", "value": SPEAKER}],
        {"registry-added"},
    ),
    (
        "a speaker gone",
        [{"file": "speakers.json", "append": "", "value": SPEAKER}],
        [],
        {"ids-removed"},
    ),
    (
        "a speaker taken down",
        [{"file": "speakers.json", "append": "", "value": SPEAKER}],
        [
            set_value(
                "manifest.json", "/tombstones", [{**STONE, "kind": "speaker", "id": "gull-ada"}]
            )
        ],
        {"takedowns"},
    ),
    (
        "a speaker's role",
        [],
        [set_value("speakers.json", "/0/role", "clerk")],
        {"registry-changed"},
    ),
    (
        "a target's words",
        [],
        [set_value("targets.json", "/0/text", "Other words.")],
        {"registry-changed"},
    ),
    (
        "passages",
        [{"file": "challenge/scare_quotes.jsonl", "delete": True}],
        [],
        {"passages-added"},
    ),
    (
        "passages gone",
        [],
        [{"file": "challenge/scare_quotes.jsonl", "delete": True}],
        {"ids-removed"},
    ),
    (
        "a passage's text",
        [],
        [{"file": "challenge/scare_quotes.jsonl", "line": 1, "pointer": "/text", "value": "Walls."}]
        + [
            {"file": "challenge/scare_quotes.jsonl", "line": 1, "pointer": f"/{name}", "value": []}
            for name in ("marks", "zones")
        ],
        {"texts-changed", "annotations-corrected", "metadata-changed"},
    ),
    (
        "what a pair flips",
        [],
        [{"file": "challenge/scare_quotes.jsonl", "line": 1, "pointer": "/flips", "value": "this"}],
        {"metadata-changed"},
    ),
    (
        "less annotated",
        [],
        [set_value("manifest.json", "/incomplete", ["quotes.act"])],
        {"coverage-reduced"},
    ),
    (
        "more annotated",
        [set_value("manifest.json", "/incomplete", ["quotes.act"])],
        [],
        {"coverage-extended"},
    ),
    ("the same labels", [ADD_LABELS], [ADD_LABELS], set()),
    (
        "another label",
        [ADD_LABELS],
        [ADD_LABELS, set_value("labels.json", "/quote.act/order", "Orders it.")],
        {"labels-added"},
    ),
    (
        "a label gone",
        [ADD_LABELS],
        [ADD_LABELS, {"file": "labels.json", "pointer": "/quote.act/ask", "remove": True}],
        {"labels-removed"},
    ),
    (
        "a label redefined",
        [ADD_LABELS],
        [ADD_LABELS, set_value("labels.json", "/quote.act/ask", "Asks for it.")],
        {"labels-redefined"},
    ),
    (
        "a definition with a comma",
        [ADD_LABELS],
        [ADD_LABELS, set_value("labels.json", "/quote.act/ask", "Asks, it.")],
        {"labels-reworded"},
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "codes"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES]
)
def test_a_change_demands_exactly_this(
    before: Edits, after: Edits, codes: set[str], tmp_path: Path
) -> None:
    found = diff(edited(tmp_path, "old", before), edited(tmp_path, "new", after))
    assert {demand.code for demand in found.demands} == codes
    bump = max((RULES[code][0] for code in codes), key=BUMPS.index, default="none")
    assert (found.bump, found.version) == (bump, bumped("0.1.0", bump))
    assert all(demand.count and demand.places for demand in found.demands)


def without_names(found: Difference) -> Any:
    return {**msgspec.to_builtins(found), "old": None, "new": None}


NO_DATASET = {
    "a mark added before others, so that their ids shift",
    "an id for another quote",
    "a text that may not be shipped",
}
BUILT = [each for each in CHANGES if each[0] not in NO_DATASET]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"), [each[1:3] for each in BUILT], ids=[each[0] for each in BUILT]
)
def test_datasets_tell_what_corpora_tell(before: Edits, after: Edits, tmp_path: Path) -> None:
    """The same from folders built of them, and from one of each; labels are those of the code."""
    corpora = edited(tmp_path, "a", before), edited(tmp_path, "b", after)
    for corpus in corpora:
        (corpus / "labels.json").unlink(missing_ok=True)
    old, new = (build(corpus, tmp_path / "built" / corpus.name)[0] for corpus in corpora)
    expected = without_names(diff(*corpora))
    assert without_names(diff(old, new)) == expected
    assert without_names(diff(old, corpora[1])) == expected
    assert without_names(diff(corpora[0], new)) == expected


def test_every_rule_is_met_by_a_change() -> None:
    columns = {"columns-added", "columns-removed", "columns-changed", "schema-version"}
    assert set().union(columns, *(codes for _, _, _, codes in CHANGES)) == set(RULES)
