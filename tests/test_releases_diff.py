"""The semantic diff: every kind of change, both kinds of folders, revisions, and an oracle."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import CASES
from edits import apply
from onrecord.building import build
from onrecord.releases.comparison import diff
from onrecord.releases.differences import Difference
from onrecord.releases.rules import BUMPS, RULES, bumped

FENMOOR = CASES / "valid" / "fenmoor"
TOLL, SALE, FARES = (
    "fenmoor-echo-harbour-toll",
    "fenmoor-echo-lighthouse-sale",
    "skerry-post-ferry-fares",
)
GOLD = f"gold/{TOLL}.json"
STONE = {"kind": "article", "id": SALE, "reason": "A request.", "date": "2032-01-05"}
LABELS = {"quote.act": {"say": "Says it.", "ask": "Asks it."}}


def set_value(file: str, pointer: str, value: Any) -> dict[str, Any]:
    return {"file": file, "pointer": pointer, "value": value}


def remove_article(id: str) -> list[dict[str, Any]]:
    files = [f"{folder}/{id}.json" for folder in ("articles", "gold", "annotators/a1")]
    return [
        *({"file": file, "delete": True} for file in files if (FENMOOR / file).exists()),
        {"file": f"texts/{id}.txt", "delete": True},
        {"file": "splits.json", "pointer": f"/{id}", "remove": True},
    ]


def rewrite(id: str, text: str) -> list[dict[str, Any]]:
    """Another text for an article."""
    path = f"articles/{id}.json"
    return [
        {"file": f"texts/{id}.txt", "content": text},
        set_value(path, "/text_sha256", hashlib.sha256(text.encode()).hexdigest()),
        set_value(path, "/text_length", len(text)),
    ]


def copy_article(id: str, other: str, split: str) -> list[dict[str, Any]]:
    """Another article with the same words and some more."""
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
        *rewrite(other, text_of(id) + "\nThe fog stayed.\n"),
        set_value("splits.json", f"/{other}", split),
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

# (name, edits of the old side, edits of the new one, what the new one demands)
CHANGES: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]], set[str]]] = [
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
        [],
        [set_value(f"articles/{FARES}.json", "/text_sha256", "1" * 64)],
        {"texts-changed"},
    ),
    ("a split", [], [set_value("splits.json", f"/{FARES}", "train")], {"splits-changed"}),
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
        {"rights-changed"},
    ),
    ("an article", [], copy_article(TOLL, "fenmoor-echo-ice", "train"), {"articles-added"}),
    ("a test article", [], copy_article(TOLL, "fenmoor-echo-ice", "test"), {"test-changed"}),
    ("an article gone", [], remove_article(FARES), {"ids-removed"}),
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
            *rewrite("fenmoor-echo-tower-sale", text_of(SALE)),
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


def edited(tmp_path: Path, name: str, edits: list[dict[str, Any]]) -> Path:
    corpus = shutil.copytree(FENMOOR, tmp_path / name)
    apply(edits, corpus)
    return corpus


@pytest.mark.parametrize(
    ("before", "after", "codes"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES]
)
def test_a_change_demands_exactly_this(
    before: list[dict[str, Any]], after: list[dict[str, Any]], codes: set[str], tmp_path: Path
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


@pytest.mark.parametrize(
    ("before", "after"), [each[1:3] for each in BUILT], ids=[each[0] for each in BUILT]
)
def test_datasets_tell_what_corpora_tell(
    before: list[dict[str, Any]], after: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The same from folders built of them, and from one of each; labels are those of the code."""
    corpora = edited(tmp_path, "a", before), edited(tmp_path, "b", after)
    for corpus in corpora:
        (corpus / "labels.json").unlink(missing_ok=True)
    old, new = (build(corpus, tmp_path / "built" / corpus.name)[0] for corpus in corpora)
    expected = without_names(diff(*corpora))
    assert without_names(diff(old, new)) == expected
    assert without_names(diff(old, corpora[1])) == expected
    assert without_names(diff(corpora[0], new)) == expected
