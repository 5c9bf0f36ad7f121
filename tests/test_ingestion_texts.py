"""Bytes to canonical text: encodings, line ends, paragraphs, fields, ids."""

import json
import re
import unicodedata

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from conftest import ROOT
from onrecord.ingestion.canonical import Block, clean, compose, paragraphs
from onrecord.ingestion.drafts import Draft, Raw
from onrecord.ingestion.encodings import decode
from onrecord.ingestion.facts import address_of, day_of, language_of, names_of
from onrecord.ingestion.fields import NAMES, read_record
from onrecord.ingestion.identity import article_id, slug
from onrecord.ingestion.inputs import FORMATS
from onrecord.ingestion.plain import read_plain
from onrecord.issues import InputError
from onrecord.model import Id
from strategies import modest

ENGLISH = (
    "Harbour toll ‘a tax on fog’\n\nOrla Venn said: “We don’t owe anybody a bridge” – and left.\n\n"
    "The café on the quay charges £4 for tea, she added, and nobody calls that a toll.\n"
)
LANGUAGES = {
    "German": (
        "Der Bürgermeister nannte die Brücke über den Fluß „völlig überflüssig“. Die Straße bleibt"
        " gesperrt, für die Händler ist das schön, aber größere Lösungen fehlen noch immer.\n",
        ["cp1252", "cp1250"],
    ),
    "French": (
        "Le maire a déclaré que « la nouvelle école était prête » et que les élèves seraient reçus"
        " dès la rentrée. L’été a été très chaud à la mer, où l’on a vu des pêcheurs fatigués.\n",
        ["cp1252"],
    ),
    "Polish": (
        "Burmistrz powiedział, że „nie będzie żadnej umowy” w sprawie portu. Mieszkańcy są"
        " zadowoleni, a łódź odpłynęła wieczorem. Następnego dnia wróciła z pięcioma śledziami.\n",
        ["cp1250"],
    ),
    "Russian": (
        "Мэр сказал, что «никакой сделки не будет». Жители города разошлись по домам, а паром ушёл"
        " вечером в соседний порт. Утром он вернулся без единого пассажира на борту.\n",
        ["cp1251"],
    ),
    "Greek": (
        "Ο δήμαρχος είπε ότι «δεν θα υπάρξει συμφωνία» για το λιμάνι. Οι κάτοικοι επέστρεψαν στα"
        " σπίτια τους το βράδυ και το πλοίο έφυγε για το διπλανό νησί χωρίς επιβάτες.\n",
        ["cp1253"],
    ),
    "Japanese": (
        "市長は「合意はない」と述べた。住民は夕方に家へ帰り、フェリーは港を出た。新しい橋の計画は来週に決まる。\n",
        ["cp932", "euc_jp", "iso2022_jp"],
    ),
    "Chinese": (
        "市长表示“不会有协议”。居民们傍晚回家，渡轮离开了港口。新桥的计划将在下周决定，费用由市政府承担。\n",
        ["gb18030"],
    ),
}


def refused(raw: bytes, declared: str | None = None) -> str:
    with pytest.raises(InputError) as error:
        decode(raw, "a.txt", declared)
    (issue,) = error.value.issues
    assert issue.code == "file-encoding" and issue.hint
    return issue.message


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_curly_quotes_survive_every_encoding(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding), "a.txt").text == ENGLISH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(text, encoding, id=f"{language}-{encoding}")
        for language, (text, encodings) in LANGUAGES.items()
        for encoding in encodings
    ],
)
def test_a_text_is_decoded_as_written_or_refused(text: str, encoding: str) -> None:
    for copies in (1, 3, 20):
        raw = (text * copies).encode(encoding)
        if encoding == "euc_jp":
            assert "mixed" in refused(raw), "it happens to look like UTF-8"
        else:
            assert decode(raw, "a.txt").text == text * copies
        assert decode(raw, "a.html", encoding).text == text * copies, "what a page says is believed"


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=80))
@modest(150)
def test_no_text_is_ever_changed_by_detection(text: str) -> None:
    """Whatever it is taken for, encoding it again gives the bytes that were read."""
    raw = text.encode("cp1252")
    try:
        decoded, encoding = decode(raw, "a.txt")
    except InputError:
        return
    assert decoded.encode(encoding) == raw


def test_mixed_encodings_are_refused_at_the_first_foreign_byte() -> None:
    good, foreign = ENGLISH.encode(), "Venn: ‘no deal’\n".encode("cp1252")
    assert refused(good + foreign).startswith(f"byte {len(good) + 6} (0x91)")
    mostly_foreign = ("Venn: ‘no deal’, she said.\n" * 50).encode("cp1252") + "It’s off".encode()
    assert refused(mostly_foreign).startswith("byte 6 (0x91)")
    assert "mixed" in refused(mostly_foreign, declared="windows-1252")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xff\xfeA\x00B", "byte 4 "),
        ("“half a character".encode()[:-1] + b"\xe2\x80", "byte 18 (0xe2)"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "byte "),
        (b"GIF89a\x01\x02\x03\x04\x05\x06\x07\x08" * 40, "control character"),
        (b"caf\xe9 \x81\x8d", "byte "),
    ],
)
def test_what_is_no_text_is_refused_with_its_position(raw: bytes, message: str) -> None:
    assert message in refused(raw)


def test_a_declared_encoding_that_does_not_fit_is_not_believed() -> None:
    assert decode(ENGLISH.encode(), "a.html", "iso-8859-1").text == ENGLISH
    assert decode(ENGLISH.encode("cp1252"), "a.html", "utf-8").text == ENGLISH
    assert decode(ENGLISH.encode("cp1252"), "a.html", "iso-8859-1").text == ENGLISH
    assert decode(ENGLISH.encode(), "a.html", "no-such-thing").text == ENGLISH


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@modest(150)
def test_canonical_text_is_a_fixed_point(text: str) -> None:
    """Cleaning twice changes nothing, and what comes out is what offsets may refer to."""
    once, _ = clean(text)
    assert clean(once) == (once, ()) or "\ufffd" in once
    assert not any(
        (unicodedata.category(each) == "Cc" and each != "\n") or each == "\ufeff" for each in once
    )
    lines, _ = paragraphs(once)
    whole, zones = compose([Block("body", line) for line in lines])
    assert paragraphs(whole)[0] == lines and whole.endswith("\n")
    assert all(whole[zone.start : zone.end].strip() for zone in zones)


def test_every_change_is_said() -> None:
    text, changes = clean("a\tb\u00a0c\r\nd\u00ad\x07e\u200b  f\rcafe\u0301\ufffd")
    assert text == "a b c\nde f\ncafé\ufffd"
    assert changes == (
        "2 line ends",
        "1 control characters removed",
        "2 invisible characters removed",
        "2 tabs and special spaces",
        "characters composed (NFC)",
        "1 U+FFFD left: it was damaged before",
        "1 runs of spaces",
    )
    assert clean(ENGLISH) == (ENGLISH, ())


WRAPPED = """The harbour committee met on Tuesday and did not decide anything at
all, which the harbourmaster called progress. “We have been not
deciding this since 2019,” he told the Echo. “Now we do it in a
bigger room.”

The next meeting is on 4 March. Tea will be served to those who have
asked for it in writing before the end of the week, the clerk said.
"""


def test_wrapped_lines_are_joined_and_other_lines_are_not() -> None:
    lines, changes = paragraphs(WRAPPED)
    assert changes == ("4 wrapped lines",) and len(lines) == 2
    assert lines[0].endswith("Now we do it in a bigger room.”")
    poem = "Fog on the pier\nFog on the sea\n\nNobody here\nBut the ferry and me\nand\nfog\n"
    assert paragraphs(poem) == (poem.replace("\n\n", "\n").splitlines(), ())


def plain(text: str) -> Draft:
    return read_plain(Raw("a.txt", "text", text.encode()))


def test_a_leading_date_is_metadata() -> None:
    draft = plain(" date 2031-04-03 The pier has gone, the council said.\n\nIt was there before.")
    assert draft.published == "2031-04-03"
    assert draft.text == "The pier has gone, the council said.\n\nIt was there before.\n"
    assert draft.title == "The pier has gone, the council said."
    assert draft.changes == ("no headline: the title is the first words",)


@pytest.mark.parametrize(
    ("encoding", "changes"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ("byte-order mark removed",)),
        ("cp1252", ("converted from windows-1252",)),
        ("utf-16-le", ("converted from utf-16-le",)),
        ("utf-16", ("converted from utf-16-le", "byte-order mark removed")),
    ],
)
def test_a_conversion_is_reported(encoding: str, changes: tuple[str, ...]) -> None:
    draft = read_plain(Raw("a.txt", "text", ENGLISH.encode(encoding)))
    assert draft.changes == changes


def test_of_encodings_that_read_the_same_the_western_one_is_named() -> None:
    plainer = ENGLISH.replace("£", "")
    assert decode(plainer.encode("cp1252"), "a.txt").encoding == "cp1252"
    polish, _ = LANGUAGES["Polish"]
    assert decode(polish.encode("cp1250"), "a.txt").encoding == "cp1250"


def test_headline_and_byline_of_a_text() -> None:
    draft = plain("Pier gone\n\nBy Ilse Marrow in Fenmoor\n\nThe pier has gone.\n\nIt was wood.\n")
    assert (draft.title, draft.byline) == ("Pier gone", "Ilse Marrow")
    assert [(zone.kind, draft.text[zone.start : zone.end]) for zone in draft.zones] == [
        ("headline", "Pier gone"),
        ("byline", "By Ilse Marrow in Fenmoor"),
        ("body", "The pier has gone.\n\nIt was wood."),
    ]


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff", "— … —\n", "\x00\x00"])
def test_a_text_without_words_is_a_finding(text: str) -> None:
    with pytest.raises(InputError):
        plain(text)


def record(**fields: object) -> Draft:
    return read_record(Raw("a.jsonl:1", "record", json.dumps(fields).encode()))


def test_fields_that_crawlers_write() -> None:
    draft = record(
        url="https://echo.example/a#top",
        title="Pier gone",
        authors=["By Ilse Marrow", "https://echo.example/im", "Tobin Quay"],
        date_publish="2031-02-11 23:30:00",
        maintext="Pier gone\nThe pier has gone.\nIt was wood.",
        source_domain="echo.example",
        language="en",
        image_url=None,
    )
    assert draft.text == "Pier gone\n\nThe pier has gone.\n\nIt was wood.\n"
    assert [zone.kind for zone in draft.zones] == ["headline", "body"]
    assert (draft.title, draft.byline, draft.published, draft.outlet, draft.language) == (
        "Pier gone",
        "Ilse Marrow, Tobin Quay",
        "2031-02-11",
        "echo.example",
        "en",
    )
    assert draft.extraction.address == "https://echo.example/a"


@pytest.mark.parametrize("name", NAMES["text"])
def test_every_name_of_the_text_is_read(name: str) -> None:
    assert record(**{name: "The pier has gone."}).text == "The pier has gone.\n"


@pytest.mark.parametrize(
    "fields",
    [
        {"text": None},
        {"text": ["a"]},
        {"title": "Only a title"},
        {"text": "<p>The pier has gone.</p><script>alert(1)</script>"},
    ],
)
def test_a_record_without_plain_text_is_a_finding(fields: dict[str, object]) -> None:
    with pytest.raises(InputError) as error:
        record(**fields)
    assert error.value.issues[0].code == "source-fields"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("The pier <b>has</b> gone.", "the text holds markup: <b>"),
        ("<P CLASS=x>The pier has gone.", "the text holds markup: <P CLASS=x>"),
        (5, "a text is a string, and this is none"),
        (None, "has no text"),
    ],
)
def test_what_is_wrong_with_a_text_is_said(text: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        record(text=text)


def test_words_in_angle_brackets_are_words() -> None:
    words = "The pier <which has gone> was <300 m long> and a<b, he said.\n"
    assert record(text=words).text == words


def test_what_a_field_means_nothing_is_said() -> None:
    draft = record(text="The pier has gone.", published="soon", language="English (UK)", authors=7)
    assert (draft.published, draft.language, draft.byline) == (None, None, None)
    assert draft.changes[:3] == (
        "byline not understood",
        "published not understood",
        "language not understood",
    )


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2031-02-11", "2031-02-11"),
        ("2031-02-11T23:59:59+13:00", "2031-02-11"),
        ("20310211", "2031-02-11"),
        ("2031/02/11/x", "2031-02-11"),
        ("Tue, 11 Feb 2031 23:30:00 GMT", "2031-02-11"),
        ("2031-02-30", None),
        ("0000-01-01", None),
        ("soon", None),
        (20310211, None),
        ("9" * 5000, None),
    ],
)
def test_days(value: object, day: str | None) -> None:
    assert day_of(value) == day


def test_languages_addresses_and_names() -> None:
    tags = ["en_GB", "EN", "zh-hans-cn", "de-AT ", "english", "", None]
    assert [language_of(tag) for tag in tags] == ["en-GB", "en", "zh-hans-CN", "de-AT"] + [None] * 3
    assert address_of("javascript:alert(1)") is address_of("file:///etc/passwd") is None
    assert names_of({"name": ["A. Venn", {"name": "B. Harke"}]}) == "A. Venn, B. Harke"
    assert names_of(["Von Ilse Marten", "Von Ilse Marten"]) == "Ilse Marten"


@given(st.text(max_size=200), st.one_of(st.none(), st.just("2031-02-11")))
@modest(200)
def test_ids_are_safe_whatever_the_title(title: str, published: str | None) -> None:
    for outlet in (None, slug(title) or None):
        id = article_id(published, outlet, title) + "-0123abcd"
        assert msgspec.convert(id, Id) == id
        assert id == article_id(published, outlet, title) + "-0123abcd"


def test_the_page_on_ingestion_names_every_field_format_and_finding() -> None:
    page = (ROOT / "docs" / "INGESTION.md").read_text("utf-8")
    code = "".join(
        path.read_text("utf-8") for path in (ROOT / "scripts/onrecord/ingestion").glob("*.py")
    )
    raised = set(re.findall(r'"((?:source|article|tool|text)-[a-z]+)"', code))
    assert raised and raised == set(re.findall(r"^\| `([a-z]+-[a-z]+)` \|", page, re.MULTILINE))
    names = re.findall(r"^\| [a-z]+(?: \(required\))? \| (`.+`)", page, re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row.split(":")[0]) for row in names] == [
        list(each) for each in NAMES.values()
    ]
    assert all(f"`{suffix}`" in page for suffix in FORMATS)


def test_ids_say_what_they_name() -> None:
    assert article_id(
        "2031-02-11", "fenmoor-echo", "Harbour toll ‘a tax on fog’: Venn’s fight"
    ) == ("20310211-fenmoor-echo-harbour-toll-a-tax-on-fog-venns-fight")
    assert article_id(None, None, "Straße nach Łódź") == "article-strasse-nach-lodz"
    first, second = (article_id(None, None, title) for title in ("市长表示", "居民们傍晚"))
    assert first != second and first.startswith("article-")
