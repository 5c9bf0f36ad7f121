"""What an adjudicator decided: quotes kept and dropped, and gold that knows its history.

Gold says in an `orig` who had each of its quotes, and keeps what it said of itself before.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import orjson
from msgspec.structs import replace

from onrecord.files import read_bytes
from onrecord.json_input import decode
from onrecord.labelstudio.controls import CONTENT, DISPUTED, MENTION
from onrecord.labelstudio.region_ids import record_id
from onrecord.labelstudio.regions import Marked, Region, Report
from onrecord.labelstudio.tasks import TaskMeta
from onrecord.labelstudio.versions import digest, short
from onrecord.model import Gold, Orig

CODES: Final = {"verdict-missing": "A disputed quote is accepted or rejected."}
SCHEME: Final = "adjudication"
"""Of the `orig` in which gold keeps its history."""


def settle(marked: Marked, meta: TaskMeta, text: str, report: Report) -> Marked:
    """What is left once the verdicts are carried out; a disputed quote without one is reported.

    With a rejected quote goes what belongs to it alone, and mentions of speakers who were quoted
    nowhere else.
    """
    regions = {id: each for id, each in marked.regions.items() if each.label != DISPUTED}
    disputed = set(meta.disputed)
    rejected = set()
    for region in marked.labelled(CONTENT):
        verdict = region.one("verdict")
        if verdict == "reject":
            rejected.add(region.id)
        elif verdict is None and (id := record_id(region.id)) in disputed:
            message = f"{id} has no verdict: {short(text[region.start : region.end])}"
            hint = "select it and choose accept or reject"
            report("verdict-missing", region.pointer, message, hint)
    gone = _follow(marked, rejected) | _unquoted(regions.values(), rejected)
    kept = {id: region for id, region in regions.items() if id not in gone}
    relations = [each for each in marked.relations if each.one.id in kept and each.other.id in kept]
    return Marked(kept, relations)


def _follow(marked: Marked, rejected: set[str]) -> set[str]:
    """Rejected contents, and the regions that nothing but them holds: cues, fragments and so on."""
    gone = set(rejected)
    while True:
        holders: dict[str, set[str]] = {}
        for relation in marked.relations:
            one, other = relation.one, relation.other
            if one.label == CONTENT != other.label:
                one, other = other, one
            if one.label != CONTENT:
                holders.setdefault(one.id, set()).add(other.id)
        more = {id for id, others in holders.items() if others <= gone} - gone
        if not more:
            return gone
        gone |= more


def _unquoted(regions: Iterable[Region], rejected: set[str]) -> set[str]:
    regions = list(regions)
    contents = [region for region in regions if region.label == CONTENT]
    quoted = {
        speaker
        for region in contents
        if region.id not in rejected
        for speaker in region.fields.get("speaker", ())
    }
    lost = {
        speaker
        for region in contents
        if region.id in rejected
        for speaker in region.fields.get("speaker", ())
    } - quoted
    return {
        region.id
        for region in regions
        if region.label == MENTION and set(region.fields.get("speaker", ())) & lost
    }


def with_history(gold: Gold, meta: TaskMeta, adjudicator: str, corpus: Path) -> Gold:
    """Gold that says which layers it was made of and which of them have each of its quotes.

    What the present gold of the corpus says of its own history is kept.
    """
    layers = _layers_of(corpus, gold.article_id)
    used = {each.layer.annotator: each for each in layers if digest(each) in meta.versions}
    raw = {
        "adjudicator": adjudicator,
        "layers": {name: digest(layer) for name, layer in sorted(used.items())},
        "quotes": {
            quote.id: sorted(
                name
                for name, layer in used.items()
                if any(each.content == quote.content for each in layer.quotes)
            )
            for quote in gold.quotes
        },
    }
    entry = Orig(scheme=SCHEME, id=digest_of(meta), raw=orjson.dumps(raw).decode())
    before = tuple(each for each in _history(corpus, gold.article_id) if each.id != entry.id)
    return replace(gold, orig=(*before, entry))


def digest_of(meta: TaskMeta) -> str:
    """What identifies an adjudication: the layers it was made of."""
    return hashlib.sha256("".join(sorted(meta.versions)).encode()).hexdigest()[:16]


def _layers_of(corpus: Path, id: str) -> list[Gold]:
    paths = sorted((corpus / "annotators").glob(f"*/{id}.json"))
    return [decode(read_bytes(path, path.name), Gold, path.name) for path in paths]


def _history(corpus: Path, id: str) -> tuple[Orig, ...]:
    path = corpus / "gold" / f"{id}.json"
    if not path.is_file():
        return ()
    gold: Gold = decode(read_bytes(path, path.name), Gold, path.name)
    return gold.orig
