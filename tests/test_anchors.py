"""Anchor files: exact words to offsets, and findings instead of guesses."""

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from conftest import ROOT
from onrecord.anchors import anchor
from onrecord.anchors.filling import apostrophes, mention_form, pair_marks
from onrecord.anchors.writing import anchor_files
from onrecord.derived import derive
from onrecord.issues import InputError
from onrecord.json_input import decode
from onrecord.model import Gold, Speaker, Speakers
from onrecord.text import text_hash, words_of
from onrecord.validation import validate

HEAD = "article: a\nannotator: x\nguidelines: 1.0.0\n"
TEXT = """Ferry ‘late’ again

“We tried,” Ann Bell said. “We failed.”

She said the workers’ plan, no less, was dead. She said: no.

“No,” said Cox.

“One.

“Two,” he said.
"""


def resolve(tmp_path: Path, body: str, text: str = TEXT) -> Gold:
    path = tmp_path / "a.yaml"
    path.write_text(HEAD + body, "utf-8")
    speakers = {
        "bell-ann": Speaker(id="bell-ann", name="Ann Bell", kind="person", ident="named"),
        "cox": Speaker(id="cox", name="Cox", kind="person", ident="named"),
    }
    return anchor(path, {"a": text}.__getitem__, speakers).gold


def findings(tmp_path: Path, body: str, text: str = TEXT) -> list[str]:
    with pytest.raises(InputError) as caught:
        resolve(tmp_path, body, text)
    return [issue.code for issue in caught.value.issues]


QUIET = """
marks:
- {span: ‘late’, kind: scare}
- {span: “We tried,”, kind: scare}
- {span: “We failed.”, kind: scare}
- {span: "“No,”", kind: scare}
- {span: “One., kind: scare}
- {span: "“Two,”", kind: scare}
""".replace("“We tried,”,", '"“We tried,”",')


def example(tmp_path: Path, old: str = "", new: str = "") -> Path:
    """The documented example, with one thing replaced."""
    page = (ROOT / "docs" / "ANCHORS.md").read_text("utf-8")
    (text, *_) = re.findall(r"```yaml\n(article:.*?)```", page, re.DOTALL)
    assert not old or text.count(old) == 1
    path = tmp_path / "example.yaml"
    path.write_text(text.replace(old, new) if old else text, "utf-8")
    return path


def test_documented_example_is_gold(fenmoor: Path, tmp_path: Path) -> None:
    path = example(tmp_path)
    speakers = decode((fenmoor / "speakers.json").read_bytes(), Speakers, "speakers.json")
    (written,) = anchor_files([path], fenmoor)
    assert validate(fenmoor).issues == ()
    made = decode(written.read_bytes(), Gold, written.name)
    gold = decode(
        (ROOT / "tests/cases/valid/fenmoor/gold" / written.name).read_bytes(), Gold, written.name
    )
    plain = {"id": "", "note": None}
    for kind in ("marks", "mentions", "quotes", "stances"):
        assert _without(getattr(made, kind), plain) == _without(getattr(gold, kind), plain)
    merged = decode((fenmoor / "speakers.json").read_bytes(), Speakers, "speakers.json")
    assert {speaker.id for speaker in merged} == {speaker.id for speaker in speakers}


def _without(records: tuple, fields: dict) -> list:
    names = records[0].__struct_fields__
    known = {name: value for name, value in fields.items() if name in names}
    return sorted(repr(replace(record, **known)) for record in records)


def test_fragments_marks_mentions_and_rows_are_filled_in(tmp_path: Path) -> None:
    gold = resolve(
        tmp_path,
        "issues: [i]\nquotes:\n- content: ['“We tried,”', “We failed.”]\n  cue: said\n"
        "  source: Ann Bell\n  speaker: bell-ann\n"
        + QUIET.replace('- {span: "“We tried,”", kind: scare}\n', "").replace(
            "- {span: “We failed.”, kind: scare}\n", ""
        ),
    )
    (quote,) = gold.quotes
    assert [TEXT[part.start : part.end] for part in quote.content] == [
        "“We tried,”",
        "“We failed.”",
    ]
    assert words_of(TEXT, quote.cue) == "said"
    assert [mark.kind for mark in gold.marks if mark.quote == quote.id] == ["speech", "speech"]
    assert [(m.kind, m.open, m.close) for m in gold.marks if m.kind == "other"] == [
        ("other", None, TEXT.index("’ plan"))
    ]
    assert [(m.speaker, m.form) for m in gold.mentions] == [("bell-ann", "name")]
    assert [(row.target, row.label) for row in gold.stances] == [("i", "none")]


def test_words_over_paragraphs_get_a_fragment_each(tmp_path: Path) -> None:
    body = "quotes:\n- content: |-\n    “One.\n\n    “Two,”\n  cue: said\n  source: he\n  speaker: cox\n"
    marks = QUIET.replace("- {span: “One., kind: scare}\n", "").replace(
        '- {span: "“Two,”", kind: scare}\n', ""
    )
    gold = resolve(tmp_path, body + marks)
    assert [TEXT[p.start : p.end] for p in gold.quotes[0].content] == ["“One.", "“Two,”"]
    assert next(mark.close for mark in gold.marks if mark.kind == "speech") is None


def test_ambiguous_words_show_all_places(tmp_path: Path) -> None:
    body = "quotes:\n- content: the workers’ plan, no less, was dead\n  cue: said\n  source: She\n"
    with pytest.raises(InputError) as caught:
        resolve(tmp_path, body + QUIET)
    cue = next(issue for issue in caught.value.issues if issue.pointer.endswith("/cue"))
    assert cue.code == "anchor-ambiguous"
    assert cue.message.count("[said]") == 2
    assert cue.file == "a.yaml:6"


@pytest.mark.parametrize(
    "side", ["{exact: said, suffix: ' the'}", "{exact: said, prefix: 'less, was dead. She '}"]
)
def test_prefix_and_suffix_tell_places_apart(tmp_path: Path, side: str) -> None:
    body = (
        "quotes:\n- content: the workers’ plan, no less, was dead\n"
        f"  cue: {side}\n  source: {{exact: She, suffix: ' said the'}}\n  speaker: bell-ann\n"
    )
    cue = resolve(tmp_path, body + QUIET).quotes[0].cue
    expected = TEXT.index("said the") if "suffix: ' the'" in side else TEXT.index("said: no")
    assert cue[0].start == expected


def test_missing_words_show_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        resolve(tmp_path, "quotes:\n- content: '\"We failed.\"'\n" + QUIET)
    (issue, *_) = caught.value.issues
    assert issue.code == "anchor-missing"
    assert "[“We failed.”]" in issue.message


def test_half_words_are_refused_unless_meant(tmp_path: Path) -> None:
    assert findings(tmp_path, "quotes:\n- content: orkers\n" + QUIET) == ["anchor-cuts-word"]
    gold = resolve(tmp_path, "quotes:\n- content: {exact: orkers, cuts_word: true}\n" + QUIET)
    assert gold.quotes[0].content[0].cuts_word


def test_possessive_may_follow(tmp_path: Path) -> None:
    text = "Bell’s letter says fees rise.\n"
    gold = resolve(
        tmp_path,
        "quotes:\n- {content: fees rise, cue: says, source: Bell, via: letter, speaker: bell-ann}\n",
        text,
    )
    assert gold.quotes[0].source[0].cuts_word
    assert gold.mentions[0].form == "name"


@pytest.mark.parametrize("ending", ["’s", "'s", "’d", "’m", "’ll", "’re", "’ve", "’S", "’s-eye"])
def test_a_clitic_may_follow(tmp_path: Path, ending: str) -> None:
    text = f"Bell{ending} here.\n"
    (mention,) = resolve(tmp_path, "mentions:\n- {speaker: bell-ann, every: Bell}\n", text).mentions
    assert words_of(text, mention.span) == "Bell" and mention.span[0].cuts_word


@pytest.mark.parametrize("ending", ["’southern", "’sy", "’lla", "’Brien", "’", "’x", "n’t"])
def test_nothing_else_may_follow(tmp_path: Path, ending: str) -> None:
    text = f"Bell{ending}a here.\n"
    body = "mentions:\n- {speaker: bell-ann, every: Bell}\n- {speaker: bell-ann, span: Bell}\n"
    assert findings(tmp_path, body, text) == ["anchor-cuts-word", "anchor-missing"]


def test_a_cue_is_looked_for_outside_its_content_first(tmp_path: Path) -> None:
    text = "Cox said that Ann Bell said no. Then she said so.\n\nCox said more.\n"
    gold = resolve(
        tmp_path,
        "quotes:\n- content: that Ann Bell said no. Then she said so\n  cue: said\n  source: Cox\n"
        "  speaker: cox\n",
        text,
    )
    assert gold.quotes[0].cue[0].start == text.index("said")
    assert gold.quotes[0].source[0].start == 0


def test_a_fragment_is_looked_for_after_the_one_before(tmp_path: Path) -> None:
    text = "Ann Bell said no, go and, once more, no.\n"
    (quote,) = resolve(tmp_path, "quotes:\n- content: [go, 'no']\n", text).quotes
    assert [part.start for part in quote.content] == [text.index("go"), text.rindex("no")]


def test_evidence_is_looked_for_in_the_content_and_then_in_its_cue(tmp_path: Path) -> None:
    text = "No tax was due. Cox urged loudly a tax and urged no more tax. He urged it loudly.\n"
    gold = resolve(
        tmp_path,
        "issues: [i, j, k]\nquotes:\n- content: a tax and urged no more\n"
        "  cue: urged loudly\n  source: Cox\n  speaker: cox\n  stances:\n"
        "  - {target: i, label: favor, basis: explicit, evidence: tax, condition: tax}\n"
        "  - {target: j, label: favor, basis: explicit, evidence: urged}\n"
        "  - {target: k, label: favor, basis: explicit, carrier: cue, evidence: loudly}\n",
        text,
    )
    assert [stance.evidence[0].start for stance in gold.stances] == [
        text.index("tax and"),
        text.index("urged no"),
        text.index("loudly"),
    ]
    assert gold.stances[0].condition == gold.stances[0].evidence


def test_the_parent_is_the_innermost_quote(tmp_path: Path) -> None:
    text = "Cox said Ann Bell wrote that Roon had promised a refund.\n"
    gold = resolve(
        tmp_path,
        "quotes:\n"
        "- {content: Ann Bell wrote that Roon had promised a refund, cue: said, source: Cox}\n"
        "- {content: a refund, cue: promised, source: Roon}\n"
        "- {content: that Roon had promised a refund, cue: wrote, source: Ann Bell}\n"
        "- {content: that Roon had promised a refund, cue: wrote, parent: q2}\n",
        text,
    )
    assert [quote.parent for quote in gold.quotes] == [None, "q3", "q1", "q2"]


def test_marks_inside_marks_are_for_people_to_settle(tmp_path: Path) -> None:
    text = "“We saw the ‘Marigold’ sink,” said Cox.\n"
    body = "quotes:\n- content: |-\n    “We saw the ‘Marigold’ sink,”\n  cue: said\n  source: Cox\n  speaker: cox\n"
    (message,) = messages(tmp_path, body, text)
    assert "no quote settles the mark '‘Marigold’'" in message
    gold = resolve(tmp_path, f"{body}marks:\n- {{span: ‘Marigold’, kind: name}}\n", text)
    assert [(mark.open, mark.close, mark.kind, mark.quote) for mark in gold.marks] == [
        (0, text.index("”"), "speech", "q1"),
        (text.index("‘"), text.index("’"), "name", None),
    ]
    nested = "- content: |-\n    ‘Marigold’\n  cue: saw\n"
    gold = resolve(tmp_path, body + nested, text)
    assert [mark.quote for mark in gold.marks] == ["q1", "q2"]


def test_rows_are_due_for_actual_tier_1_quotes_with_a_speaker(tmp_path: Path) -> None:
    text = "Cox said no. Cox never said yes. Cox thinks so. It is said that all is well.\n"
    gold = resolve(
        tmp_path,
        "issues: [i, j]\nquotes:\n"
        "- {content: 'no', speaker: cox, stances: [{target: j, label: neutral}]}\n"
        "- {content: 'yes', speaker: cox, status: negated}\n"
        "- {content: so, speaker: cox, act: think}\n"
        "- {content: that all is well}\n",
        text,
    )
    assert [(row.quote, row.target, row.label) for row in gold.stances] == [
        ("q1", "j", "neutral"),
        ("q1", "i", "none"),
    ]


def test_of_words_in_words_every_takes_the_longest(tmp_path: Path) -> None:
    text = "Ann Bell left. Bell, Cox and Mrs Bell stayed.\n"
    gold = resolve(
        tmp_path, "mentions:\n- {speaker: bell-ann, every: [Bell, Mrs Bell, Ann Bell]}\n", text
    )
    assert [words_of(text, mention.span) for mention in gold.mentions] == [
        "Ann Bell",
        "Bell",
        "Mrs Bell",
    ]
    assert [mention.id for mention in gold.mentions] == ["e1", "e2", "e3"]


def test_a_source_has_a_mention_unless_it_holds_one_that_names(tmp_path: Path) -> None:
    """A pronoun inside a source does not stand for the source."""
    text = "Ann Bell, who owns it, said no.\n"
    body = "quotes:\n- {content: 'no', cue: said, source: 'Ann Bell, who owns it', speaker: bell-ann}\n"

    def mentions(more: str) -> list[tuple[str, str]]:
        gold = resolve(tmp_path, f"{body}mentions:\n{more}", text)
        return [(words_of(text, each.span), each.form) for each in gold.mentions]

    whole = ("Ann Bell, who owns it", "name")
    assert mentions("- {speaker: bell-ann, span: who}\n") == [whole, ("who", "relative")]
    assert mentions("- {speaker: cox, span: Ann Bell}\n") == [whole, ("Ann Bell", "nominal")]
    assert mentions("- {speaker: bell-ann, span: Ann Bell}\n") == [("Ann Bell", "name")]
    same = "- {speaker: bell-ann, span: 'Ann Bell, who owns it', form: pronoun}\n"
    assert mentions(same) == [("Ann Bell, who owns it", "pronoun")]
    nominal = "- {speaker: bell-ann, span: Ann Bell, form: nominal}\n"
    assert mentions(nominal) == [("Ann Bell", "nominal")]


@pytest.mark.parametrize(
    ("text", "lone", "apostrophe"),
    [
        ("the workers’ plan\n", 11, True),
        ("the workers' plan\n", 11, True),
        ("the ’90s\n", 4, True),
        # Another single mark in the paragraph may be its other half.
        ("‘the workers’ plan’ it is\n", 18, False),
        ("the workers' plan, 'it is\n", 11, False),
        ("‘the’ plan\n\nthe workers’ plan\n", 23, True),
        ("the ’90s, the workers’ plan\n", 4, True),
        # Never a double mark, nor one that only opens.
        ("the workers” plan\n", 11, False),
        ("the ‘workers plan\n", 4, False),
    ],
)
def test_a_lone_single_mark_may_be_an_apostrophe(text: str, lone: int, apostrophe: bool) -> None:
    pairs = pair_marks(text)
    (pair,) = [pair for pair in pairs if None in pair and lone in pair]
    assert (pair in apostrophes(text, pairs)) == apostrophe


def test_a_pair_is_no_apostrophe() -> None:
    assert apostrophes("’a’\n", [(0, 2)]) == set()


@pytest.mark.parametrize(
    ("span", "open", "close"),
    [
        ("‘two", 4, None),
        ("two’", None, 8),
        ("‘two’", 4, 8),
        ("‘", 4, None),
        ("’", None, 8),
        ("{exact: ’, prefix: two}", None, 8),
    ],
)
def test_marks_are_given_by_the_words_at_their_ends(
    tmp_path: Path, span: str, open: int | None, close: int | None
) -> None:
    text = "one ‘two’ three\n"
    rest = {4, 8} - {open, close}
    body = f"marks:\n- {{span: {span}, kind: scare}}\n"
    body += "".join(f"- {{span: {text[offset]}, kind: gloss}}\n" for offset in rest)
    gold = resolve(tmp_path, body, text)
    assert [(m.open, m.close) for m in gold.marks if m.kind == "scare"] == [(open, close)]


@pytest.mark.parametrize("mark", "’”»›")
def test_a_closing_mark_alone_closes(tmp_path: Path, mark: str) -> None:
    gold = resolve(tmp_path, f"marks:\n- {{span: {mark}, kind: scare}}\n", f"one two{mark} three\n")
    assert [(each.open, each.close, each.kind) for each in gold.marks] == [(None, 7, "scare")]


def test_an_addressee_is_looked_for_near_its_quote_first(tmp_path: Path) -> None:
    """A vocative inside the marks, though the name stands outside them elsewhere."""
    text = "Lee Fallon got up.\n\n“Not now, Lee,” said Bell.\n"
    gold = resolve(
        tmp_path,
        "quotes:\n- content: '“Not now, Lee,”'\n  cue: said\n  source: Bell\n  addressee: Lee\n"
        "  speaker: bell-ann\n",
        text,
    )
    assert gold.quotes[0].addressee[0].start == text.index("Lee,")


def test_every_finds_all_places_but_those_inside_other_mentions(tmp_path: Path) -> None:
    text = "Ann Bell said no. Bell left, Bell’s dog too. Campbell stayed.\n"
    gold = resolve(
        tmp_path,
        "quotes:\n- {content: no, cue: said, source: Ann Bell, speaker: bell-ann}\n"
        "mentions:\n- {speaker: bell-ann, every: Bell}\n",
        text,
    )
    assert [words_of(text, mention.span) for mention in gold.mentions] == [
        "Ann Bell",
        "Bell",
        "Bell",
    ]


def test_nested_quote_finds_its_parent(tmp_path: Path) -> None:
    text = "Cox said Ann Bell had promised a refund.\n"
    gold = resolve(
        tmp_path,
        "quotes:\n- {content: Ann Bell had promised a refund, cue: said, source: Cox, speaker: cox}\n"
        "- {content: a refund, cue: had promised, source: Ann Bell, speaker: bell-ann}\n",
        text,
    )
    assert [quote.parent for quote in gold.quotes] == [None, "q1"]


def test_values_are_strings(tmp_path: Path) -> None:
    gold = resolve(
        tmp_path,
        "quotes:\n- content: {exact: no, prefix: 'said: '}\n"
        "  cue: {exact: said, suffix: ':'}\n  note: yes\n" + QUIET,
    )
    assert gold.quotes[0].note == "yes"
    assert words_of(TEXT, gold.quotes[0].content) == "no"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("quotes: &x []\n", "anchor-alias"),
        ("quotes: *x\n", "anchor-alias"),
        ("kind: human\nkind: human\n", "json-duplicate-key"),
        ("kind: robot\n", "schema"),
        ("qoutes: []\n", "schema"),
        ("quotes:\n- content: “a”: b\n", "anchor-syntax"),
        ("quotes: " + "[" * 20 + "]" * 20 + "\n", "json-nesting"),
        ("quotes: " + "[" * 100_000 + "\n", "anchor-syntax"),
    ],
)
def test_what_yaml_makes_hard_to_get_right_is_refused(tmp_path: Path, body: str, code: str) -> None:
    assert set(findings(tmp_path, body)) == {code}


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("quotes:\n\t- content: a\n", 5, "indent with spaces only"),
        ("quotes:\n- content: a\n\t  cue: b\n", 6, "indent with spaces only"),
        ("quotes:\n- content: |-\n\tWords\n", 6, "indent with spaces only"),
        ('quotes:\n- content: "We tried\n  cue: said\n', 5, "never closed"),
        ("quotes: []\nissues: ['a]\n", 5, "never closed"),
        ("quotes: @a\t\n", 4, "quotation marks or colons"),
    ],
)
def test_common_slips_in_yaml_are_named(tmp_path: Path, body: str, line: int, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        resolve(tmp_path, body)
    (issue,) = caught.value.issues
    assert (issue.file, issue.line) == (f"a.yaml:{line}", line)


def test_all_findings_come_at_once(tmp_path: Path) -> None:
    body = "quotes:\n- {content: absent words here, cue: said}\n- {content: nothing like it}\n"
    assert findings(tmp_path, body + QUIET).count("anchor-missing") == 2


def test_unlisted_marks_are_findings(tmp_path: Path) -> None:
    assert set(findings(tmp_path, "quotes: []\n")) == {"anchor-mark"}


def test_unknown_article(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text("article: zzz\nannotator: x\nguidelines: 1.0.0\n")
    with pytest.raises(InputError, match="anchor-article"):
        anchor(path, {}.__getitem__)


def test_nothing_is_written_while_a_file_has_a_finding(fenmoor: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ANCHORS.md").read_text("utf-8")
    example = re.findall(r"```yaml\n(article:.*?)```", page, re.DOTALL)[0]
    good, bad, conflict = (tmp_path / f"{name}.yaml" for name in ("good", "bad", "conflict"))
    good.write_text(re.sub("annotator: .*", "annotator: new", example), "utf-8")
    bad.write_text(f"{HEAD}quotes:\n- content: absent\n".replace(" a\n", " skerry-post\n", 1))
    conflict.write_text(example.replace("role: ferry owner", "role: captain"), "utf-8")

    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in fenmoor.rglob("*") if path.is_file()}

    before = contents()
    for file, code in ((bad, "anchor-article"), (conflict, "anchor-registry")):
        with pytest.raises(InputError) as caught:
            anchor_files([good, file], fenmoor, layers=True)
        assert code in {issue.code for issue in caught.value.issues}
        assert contents() == before
    (written,) = anchor_files([good], fenmoor, layers=True)
    assert contents().keys() - before.keys() == {written}


def test_a_registry_with_an_id_twice_is_a_finding_and_loses_nothing(
    fenmoor: Path, tmp_path: Path
) -> None:
    path = fenmoor / "speakers.json"
    speakers = json.loads(path.read_bytes())
    path.write_text(json.dumps([*speakers, {**speakers[0], "name": "Another"}]))
    before = path.read_bytes()
    page = (ROOT / "docs" / "ANCHORS.md").read_text("utf-8")
    example = tmp_path / "example.yaml"
    example.write_text(re.findall(r"```yaml\n(article:.*?)```", page, re.DOTALL)[0], "utf-8")
    with pytest.raises(InputError, match=rf"speakers\.json#/{len(speakers)}/id: registry-dupl"):
        anchor_files([example], fenmoor)
    assert path.read_bytes() == before


def test_a_speaker_that_differs_from_the_registry_is_a_finding(
    fenmoor: Path, tmp_path: Path
) -> None:
    path = example(tmp_path, "role: ferry owner", "role: captain")
    with pytest.raises(InputError, match=r"anchor-registry: venn-orla has role 'captain'"):
        anchor_files([path], fenmoor)


def test_aliases_of_registry_and_file_are_united(fenmoor: Path, tmp_path: Path) -> None:
    def venn() -> Speaker:
        raw = (fenmoor / "speakers.json").read_bytes()
        return next(each for each in decode(raw, Speakers, "") if each.id == "venn-orla")

    before = venn()
    added = f"aliases: [the ferrywoman, {before.name}, Captain Venn]"
    anchor_files([example(tmp_path, "aliases: [Venn]", added)], fenmoor)
    assert venn() == replace(before, aliases=(*before.aliases, "the ferrywoman", "Captain Venn"))
    anchor_files([example(tmp_path)], fenmoor)
    assert "Captain Venn" in venn().aliases


def test_gold_of_a_licensed_article_stores_computed_fields(fenmoor: Path, tmp_path: Path) -> None:
    (open_gold,) = anchor_files([example(tmp_path)], fenmoor)
    gold = decode(open_gold.read_bytes(), Gold, open_gold.name)
    assert {quote.derived for quote in gold.quotes} == {None}
    path = fenmoor / "texts" / open_gold.with_suffix(".txt").name
    text = path.read_text("utf-8")
    path.unlink()
    (fenmoor / "annotators" / "a1" / open_gold.name).unlink()
    article = fenmoor / "articles" / open_gold.name
    article.write_text(
        article.read_text("utf-8").replace('"rights": "open"', '"rights": "licensed"')
    )
    texts = {text_hash(text): text}
    (written,) = anchor_files([example(tmp_path)], fenmoor, texts=texts)
    licensed = decode(written.read_bytes(), Gold, written.name)
    assert {quote.id: quote.derived for quote in licensed.quotes} == derive(text, gold)
    found = [issue.code for issue in validate(fenmoor, texts=texts).issues]
    assert set(found) == {"fingerprint-missing", "fingerprint-unchecked"}  # sealing makes them
    assert list(anchor_files([example(tmp_path)], fenmoor, layers=True, texts=texts)) == [
        fenmoor / "annotators" / gold.layer.annotator / open_gold.name
    ]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("“a ‘b’ c”\n", [(0, 8), (3, 5)]),
        ('"a," x. "b\n\n"c"\n', [(0, 3), (8, None), (12, 14)]),
        ("'It's ours', he said.\n", [(0, 10)]),
        ("the ’90s\n", [(None, 4)]),
        ("a 6' 2\" man\n", [(None, 3), (None, 6)]),
        ("\"'Run,' he said,\" she said\n", [(0, 16), (1, 6)]),
    ],
)
def test_marks_are_paired_within_paragraphs(text: str, pairs: list) -> None:
    assert pair_marks(text) == pairs


def test_mention_forms() -> None:
    bell = Speaker(id="b", name="Ann Bell", kind="person", ident="named", aliases=("the owner",))
    crowd = Speaker(id="c", name="residents of Bell", kind="group", ident="described")
    assert mention_form("Mrs Bell", bell) == "name"
    assert mention_form("The owner", bell) == "nominal"
    assert mention_form("She", bell) == "pronoun"
    assert mention_form("who", bell) == "relative"
    assert mention_form("Residents of Bell", crowd) == "nominal"


def messages(tmp_path: Path, body: str, text: str = TEXT) -> list[str]:
    try:
        resolve(tmp_path, body, text)
    except InputError as error:
        return [str(issue) for issue in error.issues]
    return []


def test_a_content_that_stops_at_its_marks_is_called_so(tmp_path: Path) -> None:
    """YAML takes straight marks around a value away; listing the mark would make it indirect."""
    text = 'Ann Bell said: "Eels cost a shilling now."\n'
    body = 'quotes:\n- content: "Eels cost a shilling now."\n  cue: said\n  source: Ann Bell\n  speaker: bell-ann\n'
    (message,) = messages(tmp_path, body, text)
    assert "the content of q1 stops at its marks" in message and "|-" in message
    assert ".yaml:" in message.split(" ")[0]


def test_ambiguous_words_come_with_what_tells_them_apart(tmp_path: Path) -> None:
    text = "Cox said no and Bell said yes. Roon said maybe.\n"
    (message,) = messages(tmp_path, "quotes:\n- {content: said}\n", text)
    offered = re.findall(r'\d\. (prefix|suffix): "([^"]+)"', message)
    assert len(offered) == 3
    places = [
        resolve(tmp_path, f'quotes:\n- content: {{exact: said, {key}: "{words}"}}\n', text)
        for key, words in offered
    ]
    starts = [gold.quotes[0].content[0].start for gold in places]
    assert starts == [match.start() for match in re.finditer("said", text)]


def test_a_prefix_without_its_space_shows_where_the_words_stand(tmp_path: Path) -> None:
    text = "Cox said no.\n"
    (message,) = messages(tmp_path, "quotes:\n- content: {exact: said, prefix: Cox}\n", text)
    assert "with that prefix" in message and "spaces included" in message


def test_fragments_out_of_order(tmp_path: Path) -> None:
    (message,) = messages(tmp_path, "quotes:\n- content: [no, Cox]\n", "Cox said no.\n")
    assert "order of the text" in message and "after 'Cox said no'" in message
    text = "The council of Fenmoor said no.\n"
    (message,) = messages(tmp_path, "quotes:\n- content: ['no', council]\n", text)
    assert "does not stand after '…l of Fenmoor said no'" in message


def test_line_feeds_around_words_do_not_count(tmp_path: Path) -> None:
    gold = resolve(tmp_path, "quotes:\n- content: |\n    Cox said no.\n", "Cox said no.\n")
    assert (gold.quotes[0].content[0].start, gold.quotes[0].content[0].end) == (0, 12)


def test_a_mention_of_nothing_is_a_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, "mentions:\n- {speaker: cox}\n" + QUIET) == ["anchor-mention"]


def test_a_missing_content_does_not_make_its_cue_ambiguous(tmp_path: Path) -> None:
    text = "Cox said no and Bell said yes.\n"
    body = "quotes:\n- {content: maybe, cue: said, source: Cox, speaker: cox}\n"
    assert len(messages(tmp_path, body, text)) == 1


def test_what_validation_would_find_is_found_at_its_line(fenmoor: Path, tmp_path: Path) -> None:
    path = example(tmp_path)
    wrong = path.read_text("utf-8").replace("speaker: harke-tobin", "speaker: harke-tobi", 1)
    wrong = wrong.replace("    basis: explicit\n", "", 1)
    path.write_text(wrong, "utf-8")
    before = {path: path.read_bytes() for path in fenmoor.rglob("*.json")}
    with pytest.raises(InputError) as caught:
        anchor_files([path], fenmoor)
    places = {issue.code: issue for issue in caught.value.issues}
    lines = wrong.splitlines()
    unknown, basis = places["speaker-unknown"], places["stance-basis"]
    assert unknown.hint == "do you mean harke-tobin?"
    assert "harke-tobi" in lines[int(unknown.file.split(":")[1]) - 1]
    assert "target: toll-harbour" in lines[int(basis.file.split(":")[1]) - 1]
    assert {path: path.read_bytes() for path in fenmoor.rglob("*.json")} == before


def test_unsettled_marks_hide_nothing_that_can_be_known(fenmoor: Path, tmp_path: Path) -> None:
    """All in one go: marks, registry, names of what is not there, a mention of nothing."""
    path = example(tmp_path)
    wrong = path.read_text("utf-8").replace("role: ferry owner", "role: captain")
    for old, new in (
        ("speaker: harke-tobin", "speaker: harke-tobi"),
        ("target: pier-new", "target: pier-nwe"),
        ("  form: report\n", "  form: report\n  parent: q77\n"),
        ("  span: residents\n", ""),
        ("content: Harbour toll ‘a tax on fog’", "content: Harbour toll"),
    ):
        assert old in wrong
        wrong = wrong.replace(old, new, 1)
    path.write_text(wrong, "utf-8")
    with pytest.raises(InputError) as caught:
        anchor_files([path], fenmoor)
    lines = wrong.splitlines()
    found = {issue.code: issue for issue in caught.value.issues}
    assert found.keys() == {
        "anchor-mark",
        "anchor-mention",
        "anchor-registry",
        "speaker-unknown",
        "target-unknown",
        "quote-unknown",
    }
    assert len(found) == len(caught.value.issues)
    assert "pier-nwe" in lines[int(found["target-unknown"].file.split(":")[1]) - 1]
    assert found["target-unknown"].pointer == "/quotes/2/stances/1/target"
    assert found["quote-unknown"].pointer == "/quotes/4/parent"
    assert found["speaker-unknown"].pointer == "/quotes/2/speaker"
