"""An article that is hard on offsets: astral emoji, combining characters, entities, odd spaces."""

import hashlib
from pathlib import Path
from typing import Any

from onrecord.anchors import anchor
from onrecord.files import write_json
from strategies import MANIFEST

ID = "tide-gazette-fog-bill"
TEXT = """\
Fog bill ‘a joke’, says Ångström 📰

By a reporter &amp; <b>friends</b>

👨‍👩‍👧 Families paid 5 pence. “We 👍🏽 never\u00a0asked for fog,” Zoë A\u030angstro\u0308m did not say on Monday. “Not once.

“Not e\u0301ver.” ’Twas the rock’n’roll &amp; <b>bold</b> spirit of ‘Old Fog’.


She told 𝔘lrich that ‘the "fog" bill’ was void.
"""
TRYING: dict[str, Any] = {
    "content": "“We 👍🏽 never\u00a0asked for fog,”",
    "more": "“Not once.\n\n“Not e\u0301ver.”",
    "cue": "did not say",
    "source": "Zoë A\u030angstro\u0308m",
    "marks": {"‘a joke’": "scare", "’Twas": "other", "‘Old Fog’": "name"}
    | {'‘the "fog" bill’': "gloss", '"fog"': "scare"},
}
_ANCHORS = """\
article: tide-gazette-fog-bill
annotator: made
kind: machine
guidelines: 1.1.0
issues: [fog-bill]
speakers:
- {id: angstrom-zoe, name: Zoë Ångström, aliases: [Ångström]}
quotes:
- content: Fog bill ‘a joke’
  cue: says
  source: Ångström
  speaker: angstrom-zoe
  repeats: q2
  stances: [{target: fog-bill, label: against, basis: explicit, evidence: ‘a joke’}]
- content:
  - “We 👍🏽 never\u00a0asked for fog,”
  - |-
    “Not once.

    “Not e\u0301ver.”
  cue: did not say
  source: Zoë A\u030angstro\u0308m
  speaker: angstrom-zoe
  status: negated
- content: that ‘the "fog" bill’ was void
  cue: told
  source: She
  addressee: 𝔘lrich
  speaker: angstrom-zoe
  stances: [{target: fog-bill, label: against, basis: implied}]
marks:
- {span: ’Twas, kind: other}
- {span: ‘Old Fog’, kind: name}
- {span: '"fog"', kind: scare}
"""


def trying_corpus(folder: Path) -> Path:
    """A corpus folder of that article alone, with its gold."""
    for name in ("texts", "gold", "articles"):
        (folder / name).mkdir(parents=True)
    (folder / "texts" / f"{ID}.txt").write_bytes(TEXT.encode())
    anchors = folder.parent / "fog.yaml"
    anchors.write_text(_ANCHORS, "utf-8")
    made = anchor(anchors, {ID: TEXT}.__getitem__)
    article = {"id": ID, "title": "Fog bill", "outlet": "tide-gazette", "language": "en"}
    article |= {"published": "2031-01-01", "genre": "local", "story": "fog", "rights": "open"}
    article |= {"text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "text_length": len(TEXT)}
    fog = {"id": "fog-bill", "kind": "issue", "text": "Nobody should pay for fog."}
    write_json(folder / "articles" / f"{ID}.json", article)
    write_json(folder / "gold" / f"{ID}.json", made.gold)
    write_json(folder / "manifest.json", MANIFEST)
    write_json(folder / "splits.json", {ID: "test"})
    write_json(folder / "speakers.json", made.speakers)
    write_json(folder / "targets.json", [{**fog, "negated_text": "Everybody should pay for fog."}])
    return folder
