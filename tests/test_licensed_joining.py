"""Licensed gold for a copy of its text: what is kept, what is left out, and what leans on that."""

import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace

from onrecord.anchors import anchor
from onrecord.derived import derive
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.joining import Joined, NoCopy, join
from onrecord.licensed.sealing import LicensedForm, leaks, seal
from onrecord.model import Article, Fragment, Gold, Orig, Speaker, Stance, Target, Zone
from onrecord.rows import article_row
from onrecord.text import text_hash, words_of
from onrecord.validation.quotes import check_derived
from onrecord.validation.subject import Subject

TEXT = """Keel crew walks out over pay

Nine people who build ferries at the yard put down tools, led by one Bert Colm.

“We have asked three times this year and nobody has answered us,” Ada Finch said.

“Now they can hear us all the way down to the harbour,” she said at the gate.

The foreman told reporters that Finch had promised to wait until the end of June.

She denied that anybody had promised a date, in June or in any other month of it.

The owner of the yard wants them “paid in full” “and in time” “before the tide turns”.

Somebody at the back spoke of a “…” for them, and nobody there laughed about that.
"""
ANCHORS = """article: keel
annotator: x
guidelines: 1.0.0
issues: [pay]
quotes:
- id: q1
  content:
  - |-
    “We have asked three times this year and nobody has answered us,”
  - |-
    “Now they can hear us all the way down to the harbour,”
  cue: {exact: said, prefix: "Finch "}
  source: Ada Finch
  speaker: finch
- id: q2
  content: that Finch had promised to wait until the end of June
  cue: told
  source: The foreman
  addressee: reporters
  speaker: colm
  repeats: q1
- id: q3
  content: to wait until the end of June
  cue: {exact: had promised, suffix: " to"}
  source: {exact: Finch, suffix: " had"}
  speaker: finch
  stances: [{target: pay, label: against, basis: implied, evidence: the end}]
- id: q4
  content: that anybody had promised a date
  cue: denied
  source: She
  speaker: finch
  continues: q1
- id: q5
  content: |-
    “paid in full” “and in time” “before the tide turns”
  cue: wants
  source: The owner of the yard
  speaker: owner
- id: q6
  content: |-
    of a “…” for them
  cue: spoke
  source: Somebody
  speaker: somebody
  form: report
  repeats: q5
mentions:
- {speaker: colm, span: Bert Colm, form: name}
- {speaker: finch, span: {exact: she, suffix: " said"}}
"""
NAMES = {
    id: Speaker(id=id, name=id, kind="person", ident="named")
    for id in ("finch", "colm", "owner", "somebody")
}
TARGETS = {"pay": Target(id="pay", kind="issue", text="Pay them.")}


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    path = tmp_path / "keel.yaml"
    path.write_text(ANCHORS, "utf-8")
    return anchor(path, {"keel": TEXT}.__getitem__).gold


def article() -> Article:
    bounds, start = [], 0
    for part in TEXT.rstrip("\n").split("\n\n"):
        bounds.append((start, start + len(part)))
        start += len(part) + 2
    return Article(
        id="keel",
        title="x",
        language="en",
        rights="open",
        text_sha256=text_hash(TEXT),
        text_length=len(TEXT),
        zones=tuple(Zone(start=start, end=end, kind="body") for start, end in bounds),
    )


def sealed(gold: Gold) -> LicensedForm:
    made = seal(article(), gold, (), TEXT, "salt")
    assert made.prints.blind == ()
    return made


def joined(gold: Gold, copy: str) -> Joined:
    form = sealed(gold)
    made = join(form.article, form.gold, form.prints, {text_hash(copy): copy})
    assert isinstance(made, Joined) and not made.exact
    return made


def quotes(made: Joined) -> dict[str, str]:
    return {quote.id: words_of(made.text, quote.content) for quote in made.gold.quotes}


def left_out(made: Joined, kind: str = "quotes") -> dict[str, str]:
    """Why each record was left out, by its pointer."""
    return {
        issue.pointer.removeprefix(f"/{kind}/"): issue.message.partition("left out: ")[2]
        for issue in made.issues
        if issue.pointer.startswith(f"/{kind}/")
    }


def without_paragraph(number: int) -> str:
    parts = TEXT.split("\n\n")
    return "\n\n".join(parts[:number] + parts[number + 1 :])


def swapped(one: int, other: int) -> str:
    parts = TEXT.rstrip("\n").split("\n\n")
    parts[one], parts[other] = parts[other], parts[one]
    return "\n\n".join(parts) + "\n"


def test_in_another_form_of_the_text_nothing_is_lost(gold: Gold) -> None:
    copy = f"Advertisement.\n\n{TEXT}"
    made = joined(gold, copy)
    form = sealed(gold)
    assert made.issues == () and made.share == 1
    assert [words_of(copy, each.span) for each in made.gold.mentions] == [
        words_of(TEXT, each.span) for each in gold.mentions
    ]
    assert {each.id: words_of(TEXT, each.content) for each in gold.quotes} == quotes(made)
    assert [(each.id, each.derived) for each in made.gold.quotes] == [
        (each.id, each.derived) for each in form.gold.quotes
    ]
    assert [zone.start - len("Advertisement.\n\n") for zone in made.article.zones] == [
        zone.start for zone in form.article.zones
    ]
    assert (made.article.text_sha256, made.article.text_length) == (text_hash(copy), len(copy))
    evidence = next(each for each in made.gold.stances if each.label == "against").evidence
    assert words_of(copy, evidence) == "the end"


def test_what_leans_on_a_quote_that_is_left_out_is_cut_from_it(gold: Gold) -> None:
    """Both chains of a quote to one that is gone, and the parent; its marks and mentions go."""
    chains = {each.id: (each.parent, each.continues, each.repeats) for each in gold.quotes}
    assert (chains["q2"], chains["q3"], chains["q4"]) == (
        (None, None, "q1"),
        ("q2", None, None),
        (None, "q1", None),
    )
    made = joined(gold, TEXT.replace("three times", "four times"))
    assert left_out(made) == {"q1": "the words around it are not in the copy as they were"}
    kept = {each.id: (each.parent, each.continues, each.repeats) for each in made.gold.quotes}
    assert (kept["q2"], kept["q3"], kept["q4"]) == (
        (None, None, None),
        ("q2", None, None),
        (None, None, None),
    )
    assert {each.quote for each in made.gold.marks} == {"q5", "q6"}
    assert not any(each.quote == "q1" for each in made.gold.stances)
    made = joined(gold, TEXT.replace("The foreman told", "A foreman told"))
    assert left_out(made).keys() == {"q2"}
    assert next(each for each in made.gold.quotes if each.id == "q3").parent is None
    assert "colm" not in {each.speaker for each in made.gold.mentions}


def test_a_quote_whose_marks_are_gone_in_the_copy_is_left_out(gold: Gold) -> None:
    """Its words are there, but it would have another type."""
    form = sealed(gold)
    assert form.gold.quotes[4].derived.type == "direct"  # type: ignore[union-attr]
    made = joined(gold, TEXT.replace("“and in time”", "and in time"))
    assert left_out(made) == {"q5": "the marks beside the words differ"}
    assert left_out(made, "marks").keys() == {"m4"}
    assert "owner" not in {each.speaker for each in made.gold.mentions}
    assert not any(each.quote == "q5" for each in (*made.gold.stances, *made.gold.marks))
    assert next(each for each in made.gold.quotes if each.id == "q6").repeats is None
    assert made.gold.quotes[0].derived == form.gold.quotes[0].derived


def test_a_quote_that_would_have_another_tier_is_left_out(gold: Gold) -> None:
    form = sealed(gold)
    assert (form.gold.quotes[5].derived.type, form.gold.quotes[5].derived.tier) == ("indirect", 1)  # type: ignore[union-attr]
    made = joined(gold, TEXT.replace("“…”", "…"))
    assert left_out(made) == {"q6": "the marks beside the words differ"}


def test_computed_fields_stay_as_they_were_annotated(gold: Gold) -> None:
    """Without the paragraph that names him, the foreman would count as named nowhere else."""
    made = joined(gold, without_paragraph(1))
    assert left_out(made) == {}
    assert [each.speaker for each in gold.mentions].count("colm") == 2
    assert [each.speaker for each in made.gold.mentions].count("colm") == 1
    quote = made.gold.quotes[1]
    assert quote.derived == sealed(gold).gold.quotes[1].derived
    assert quote.derived.attribution == "anaphoric"  # type: ignore[union-attr]
    subject = Subject(
        "x",
        "",
        made.gold,
        made.text,
        len(made.text),
        "licensed",
        None,
        None,
        frozenset({"mentions"}),
    )
    assert list(check_derived(subject)) == []
    whole = dataclasses.replace(subject, incomplete=frozenset())
    assert [issue.pointer for issue in check_derived(whole)] == ["/quotes/1/derived"]
    wrong = replace(quote, derived=replace(quote.derived, tier=2))
    gold = replace(made.gold, quotes=(wrong,))
    assert [
        issue.code for issue in check_derived(dataclasses.replace(subject, annotation=gold))
    ] == ["derived-wrong"]
    for computed in (None, derive(made.text, made.gold)):
        row = article_row(made.article, "train", made.text, made.gold, NAMES, TARGETS, computed)
        assert row["quotes"][1]["attribution"] == "anaphoric"


def test_fragments_in_another_order_are_no_span(gold: Gold) -> None:
    made = joined(gold, swapped(2, 3))
    assert left_out(made) == {"q1": "they stand in several places of the copy"}


@pytest.mark.parametrize("name", ["condition", "evidence"])
def test_a_quote_is_left_out_with_the_words_of_its_stances(gold: Gold, name: str) -> None:
    start = TEXT.index("of June.")
    stance = Stance(quote="q2", target="pay", label="favor", basis="explicit")
    row = replace(stance, **{name: (Fragment(start=start, end=start + len("of June")),)})
    copy = TEXT.replace("of June.", "of June, at least.")
    assert "q2" in quotes(joined(gold, copy))
    made = joined(replace(gold, stances=(*gold.stances, row)), copy)
    assert left_out(made)["q2"] == "they stand in several places of the copy"
    assert not any(each.quote == "q2" for each in made.gold.stances)


def test_zones_in_another_order_are_left_out(gold: Gold) -> None:
    copy = swapped(4, 5)
    made = joined(gold, copy)
    assert left_out(made, "zones").keys() == {"5"}
    assert [copy[zone.start : zone.end][:12] for zone in made.article.zones] == [
        "Keel crew wa",
        "Nine people ",
        "“We have ask",
        "“Now they ca",
        "The foreman ",
        "The owner of",
        "Somebody at ",
    ]
    made = joined(gold, TEXT.replace("Bert Colm.", "Bert Cole."))
    assert left_out(made, "zones").keys() == {"1"}


def test_the_copy_with_most_stretches_is_taken(gold: Gold) -> None:
    form = sealed(gold)
    whole, less = f"{TEXT}\nMore.\n", without_paragraph(4)
    for texts in ((whole, less), (less, whole)):
        made = join(form.article, form.gold, form.prints, {text_hash(each): each for each in texts})
        assert isinstance(made, Joined) and made.text == whole
    exact = join(form.article, form.gold, None, {text_hash(TEXT): TEXT})
    assert isinstance(exact, Joined) and exact.exact and exact.gold == form.gold


def test_where_nothing_is_a_copy_it_is_said_why(gold: Gold) -> None:
    form = sealed(gold)
    whole, part = f"{TEXT}\nMore.\n", "\n\n".join(TEXT.split("\n\n")[2:4]) + "\n"

    def reason(prints: Fingerprints | None, *texts: str) -> tuple[float, str]:
        made = join(form.article, form.gold, prints, {text_hash(each): each for each in texts})
        assert isinstance(made, NoCopy) and made.issue.code == "no-copy"
        return made.share, made.issue.message

    share, message = reason(form.prints, "Nothing.\n", part)
    assert 0 < share < 0.5 and f"{share:.1%} of its spans" in message
    assert reason(None, whole) == (
        0,
        "none of the texts is the annotated one, and without fingerprints no other is known",
    )
    assert reason(form.prints) == (0, "there is no text to look in")


ORIG = (Orig(scheme="brat", id="T1", raw="“We have asked three times this year and nobody”"),)


def test_sealing_takes_notes_and_source_records_away(gold: Gold) -> None:
    def told(sheet: Gold) -> Gold:
        return replace(
            sheet,
            orig=ORIG,
            mentions=tuple(replace(each, orig=ORIG) for each in sheet.mentions),
            quotes=tuple(replace(each, note="three times", orig=ORIG) for each in sheet.quotes),
            stances=tuple(replace(each, note="three times", orig=ORIG) for each in sheet.stances),
        )

    form = seal(replace(article(), orig=ORIG), told(gold), (told(gold), gold), TEXT, "salt")
    expected = sealed(gold)
    assert form.article == expected.article and form.article.rights == "licensed"
    assert form.gold == expected.gold
    assert form.layers == (expected.gold, expected.gold)
    assert all(each.derived for each in form.gold.quotes)
    assert form.prints == expected.prints


def test_sealing_names_every_stretch_and_every_layer(gold: Gold) -> None:
    layer = replace(
        gold, quotes=(replace(gold.quotes[3], content=gold.quotes[3].cue),), marks=(), stances=()
    )
    alone = {
        (each.start, each.end) for each in sealed(replace(gold, quotes=())).prints.fingerprints
    }
    form = seal(article(), replace(gold, quotes=()), (layer,), TEXT, "salt")
    assert {(each.start, each.end) for each in form.prints.fingerprints} - alone >= {
        (each.start, each.end) for each in gold.quotes[3].cue
    }
    assert len(form.prints.salt) == 4 and len(seal(article(), gold, (), TEXT).prints.salt) == 32


@pytest.mark.parametrize(("words", "count"), [(6, 0), (7, 1), (8, 2)])
def test_seven_words_are_a_leak(words: int, count: int, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(" ".join(TEXT.split()[:words]).upper(), "utf-8")
    found = [issue.message for issue in leaks(TEXT, [path, tmp_path / "missing.txt"])]
    assert found == [f"holds {count} runs of 7 words of the licensed text"][: bool(count)]
