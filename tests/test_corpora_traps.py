"""What trips importers in the makers' files, each on an invented one: nothing is lost or guessed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from makers import MAKERS, NOVEL, PIER, pier_ann, place
from onrecord.converting.exporting import export_corpus
from onrecord.converting.importing import Converted, import_corpus
from onrecord.corpora import CORPORA
from onrecord.loading import read_articles
from onrecord.records import AnnotatedArticle, AnnotatedQuote
from onrecord.validation import validate


class Imported:
    """A corpus that was imported: its articles by id, and raw gold."""

    def __init__(self, name: str, source: Path, out: Path) -> None:
        self.result: Converted = import_corpus(CORPORA[name], source, out)
        self.folder = out
        self.articles: dict[str, AnnotatedArticle] = {each.id: each for each in read_articles(out)}
        self.article = next(iter(self.articles.values()))
        assert validate(out).issues == ()

    def quotes(self, id: str | None = None) -> dict[str, AnnotatedQuote]:
        article = self.articles[id] if id else self.article
        return {quote.id: quote for quote in article.quotes}

    def gold(self, id: str | None = None, folder: str = "gold") -> dict[str, Any]:
        return json.loads((self.folder / folder / f"{id or self.article.id}.json").read_bytes())

    def found(self) -> list[tuple[str, str, str]]:
        return [(issue.code, issue.file, issue.pointer) for issue in self.result.issues]


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., Imported]:
    """Makes an invented corpus, edits it and imports it."""

    def make(name: str, edit: Callable[[Path], object] | None = None) -> Imported:
        source = MAKERS[name](tmp_path / name)
        if edit:
            edit(source)
        return Imported(name, source, tmp_path / "out")

    return make


def raw_ids(record: dict[str, Any]) -> list[str]:
    return [each["id"] for each in record.get("orig", ())]


# brat and PolNeAR


def test_every_annotator_is_a_layer_and_the_first_is_gold(bring: Callable[..., Imported]) -> None:
    found = bring("polnear")
    id = "echo-2031-01-02-the-pier"
    layers = sorted(path.parent.name for path in found.folder.glob(f"annotators/*/{id}.json"))
    assert layers == ["4b22", "d473", "ef2d"]
    assert found.gold(id) == found.gold(id, "annotators/4b22")
    assert found.gold(id)["layer"] == {"annotator": "4b22", "kind": "imported"}
    assert [len(found.gold(id, f"annotators/{each}").get("quotes", ())) for each in layers] == [
        6,
        0,
        1,
    ]


def test_names_are_cut_at_the_last_underscore(bring: Callable[..., Imported]) -> None:
    found = bring("polnear")
    assert set(found.articles) == {"echo-2031-01-02-the-pier", "skerry-post-2031-02-30-ferry"}
    article = found.articles["echo-2031-01-02-the-pier"]
    assert (article.title, article.byline, article.outlet) == ("Pier Closes", "A. Marsh", "echo")
    ferry = found.articles["skerry-post-2031-02-30-ferry"]
    assert (ferry.title, ferry.byline, ferry.published) == ("\u2060Fares Rise", None, None)
    assert found.found() == [("convert-field", "data/metadata.tsv:4", "/publication_date")]


def test_pieces_out_of_order_are_sorted(bring: Callable[..., Imported]) -> None:
    assert bring("brat").quotes("pier")["e1"].content_text == '"unsafe," "and it\ufffdleaks."'


def test_pieces_that_only_white_space_parts_are_one(bring: Callable[..., Imported]) -> None:
    quote = bring("brat").quotes("pier")["e2"]
    assert quote.content_text == "“We waited.\n\n“Then it fell,”" and len(quote.content) == 1
    assert quote.type == "direct"


def test_a_source_of_two_events_is_that_of_both(bring: Callable[..., Imported]) -> None:
    found = bring("brat")
    quotes = found.quotes("pier")
    assert quotes["e3"].source == quotes["e4"].source and quotes["e3"].source_text == "Venn"
    raw = {each["id"]: raw_ids(each) for each in found.gold("pier")["quotes"]}
    assert set(raw["e3"]) & set(raw["e4"]) and list(quotes)[2:4] == ["e4", "e3"]


def test_a_second_content_belongs_to_the_first(bring: Callable[..., Imported]) -> None:
    assert bring("brat").quotes("pier")["e3"].content_text == "the town delay"


def test_cut_words_are_said_to_be_cut_and_edges_are_trimmed(bring: Callable[..., Imported]) -> None:
    found = bring("brat")
    quote = found.quotes("pier")["e6"]
    assert quote.content_text == "he would lea" and quote.content[0].cuts_word
    assert any("\t he would lea" in each["raw"] for each in found.gold("pier")["quotes"][5]["orig"])
    delay = found.quotes("pier")["e3"].content[1]
    assert not delay.cuts_word, "a zero-width space is no letter"


def test_missing_roles_are_empty(bring: Callable[..., Imported]) -> None:
    quotes = bring("brat").quotes("pier")
    assert quotes["e5"].cue == () and quotes["e5"].source_text == "Harke"
    assert quotes["e6"].source == () and quotes["e6"].attribution == "implicit"
    assert quotes["e5"].type == "mixed" and quotes["e4"].type == "indirect"


def test_what_is_no_quote_is_kept_with_the_gold(bring: Callable[..., Imported]) -> None:
    """Events without content, discarded and discussed spans, spans of no event, a note."""
    found = bring("brat")
    assert found.result.kept == 2 and found.result.issues == ()
    raw = {each["id"]: each["raw"] for each in found.gold("pier")["orig"]}
    assert raw["E7"].startswith("E7\tAttribution:") and raw["E8"].endswith(" ")
    kinds = [each.split("\t")[1].split(" ")[0] for id, each in raw.items() if id[0] == "T"]
    assert (
        kinds.count("Discard") == 1 and kinds.count("Discuss") == 2 and raw["#1"].endswith("meant?")
    )


def test_a_line_end_in_the_words_of_a_span_starts_no_line(bring: Callable[..., Imported]) -> None:
    found = bring("brat")
    raw = {each["id"]: each["raw"] for each in found.gold("pier")["orig"]}
    assert raw["T90"].endswith("agrees.\n\n“We waited") and raw["T90"].count("\n") == 2
    assert found.found() == []


def test_offsets_count_characters_and_texts_keep_their_length(
    bring: Callable[..., Imported],
) -> None:
    text = bring("brat").articles["pier"].text or ""
    assert len(text) == len(PIER) and "🌊" in text and "\x83" not in text
    assert text.index("Orla Venn") == place(PIER, "Orla Venn")[0]


def test_offsets_that_count_bytes_are_seen(bring: Callable[..., Imported]) -> None:
    def to_bytes(source: Path) -> None:
        start = len(PIER[: place(PIER, "Sign")[0]].encode())
        path = source / "pier.ann"
        path.write_text(
            path.read_text("utf-8") + f"\nT99\tDiscard {start} {start + 4}\tSign", "utf-8"
        )

    found = bring("brat", to_bytes)
    (issue,) = found.result.issues
    assert (issue.code, issue.pointer) == (
        "convert-words",
        "/words",
    ) and "count bytes" in issue.hint


def test_crlf_texts_attributes_and_names(bring: Callable[..., Imported]) -> None:
    found = bring("brat")
    article = found.articles["more-crlf"]
    assert article.text == "Line one \n“Two,” Venn said. \n"
    (quote,) = article.quotes
    assert (quote.content_text, quote.status, quote.speaker_names) == (
        "“Two,”",
        "negated",
        ("Orla Venn",),
    )
    assert "A2" in raw_ids(found.gold("more-crlf")), "an attribute that is none of ours is kept"


BROKEN_LINES = {
    "T91\tCue x y\tsaid": ("convert-syntax", "/offsets"),
    "T91\tCue 5 999999\tsaid": ("convert-words", "/words"),
    "E91\tAttribution:T3 Content:T777": ("convert-syntax", "/Content"),
    "E91\tAttribution:T888 Content:T1": ("convert-syntax", "/trigger"),
    "E91 Attribution": ("convert-syntax", ""),
    "E91\tAttribution": ("convert-syntax", ""),
    "T1\tCue 0 4\tPier": ("convert-syntax", ""),
}


@pytest.mark.parametrize("line", BROKEN_LINES)
def test_a_broken_line_is_named_and_the_rest_is_imported(
    line: str, bring: Callable[..., Imported], tmp_path: Path
) -> None:
    def spoil(source: Path) -> None:
        (source / "pier.ann").write_text(
            f"{pier_ann()}\nX1\t?\nE90\tX:T1 Content:T1\n{line}", "utf-8"
        )

    found = bring("brat", spoil)
    number = pier_ann().count("\n") + 4
    assert ("convert-syntax", f"pier.ann:{number - 2}", "") in found.found()
    code, pointer = BROKEN_LINES[line]
    assert (code, f"pier.ann:{number}", pointer) in found.found() and len(found.found()) == 2
    assert len(found.quotes("pier")) in (7, 8)
    export_corpus(CORPORA["brat"], found.folder, tmp_path / "back")
    assert (tmp_path / "back/pier.ann").read_bytes() == (tmp_path / "brat/pier.ann").read_bytes()


def test_an_event_whose_offsets_lie_outside_is_no_quote(bring: Callable[..., Imported]) -> None:
    def spoil(source: Path) -> None:
        (source / "more/crlf.ann").write_text("T1\tContent 5 900\tx\nE1\tA:T1 Content:T1\n")

    found = bring("brat", spoil)
    assert ("convert-offsets", "more/crlf.ann:2", "/content") in found.found()
    assert found.quotes("more-crlf") == {} and found.result.kept == 3


def test_files_without_their_partners_are_named(bring: Callable[..., Imported]) -> None:
    def spoil(source: Path) -> None:
        (source / "lonely.ann").write_text("")
        (source / "alone.txt").write_text("x")

    assert bring("brat", spoil).found() == [
        ("convert-unknown", "lonely.ann", ""),
        ("convert-unknown", "alone.txt", ""),
    ]


def test_a_broken_table_and_unknown_files_of_polnear_are_named(
    bring: Callable[..., Imported],
) -> None:
    def spoil(source: Path) -> None:
        path = source / "data/metadata.tsv"
        path.write_text(path.read_text() + "train\tshort\n")
        (source / "data/train/text/stray.txt").write_text("x")
        (source / "data/train/attributions/stray_4b22.bak").write_text("x")
        (source / "data/train/attributions/gone_4b22.ann").write_text("")

    assert set(bring("polnear", spoil).found()) == {
        ("convert-field", "data/metadata.tsv:4", "/publication_date"),
        ("convert-syntax", "data/metadata.tsv:5", ""),
        ("convert-unknown", "data/train/text/stray.txt", ""),
        ("convert-unknown", "data/train/attributions/stray_4b22.bak", ""),
        ("file-unreadable", "data/train/text/gone.txt", ""),
    }


# German Wikinews


def test_forms_nesting_and_cue_less_quotes(bring: Callable[..., Imported]) -> None:
    quotes = bring("german-wikinews").quotes()
    assert [quote.form for quote in quotes.values()] == [
        *("clause", "free", "report", "clause", "clause", "free"),
    ]
    assert (
        quotes["q0"].type == "direct"
        and quotes["q0"].source_text == "Der Angler Bodo Krampe/Moorsee"
    )
    assert quotes["q1"].cue == () and quotes["q1"].type == "indirect", "free speech has no marks"
    assert (quotes["q4"].parent, quotes["q3"].parent) == ("q3", None)
    assert quotes["q5"].parent is None, "no quote holds all of it"
    assert len(quotes["q5"].content) == 2 and quotes["q0"].frame


def test_german_texts_names_and_days(bring: Callable[..., Imported]) -> None:
    found = bring("german-wikinews")
    assert set(found.articles) == {"7-angler-klagt-2031-05-02", "8-ueber-alles-2031-13-02"}
    article = found.articles["7-angler-klagt-2031-05-02"]
    assert (article.title, article.published) == ("Angler klagt", "2031-05-02")
    assert "sagte am Montag" in (article.text or ""), "a tab becomes a space"
    other = found.articles["8-ueber-alles-2031-13-02"]
    assert (other.title, other.published, other.split) == ("„Über: alles“", None, "validation")


def test_an_annotation_that_is_wrong_costs_only_itself(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    file = "data/train/7 - Angler klagt (2031-05-02).pretty.json"

    def spoil(source: Path) -> None:
        path = source / file
        data = json.loads(path.read_text("utf-8"))
        annotations = data["annotations"]
        annotations[0]["colour"] = "red"
        annotations[1]["quote"]["spans"][0]["charEnd"] = 9999
        annotations[2]["quote"]["text"] = "anders"
        annotations[3]["type"] = "Sung"
        annotations[4]["cue"]["spans"] = "none"
        path.write_text(json.dumps(data, indent=4, ensure_ascii=False).replace("/", "\\/"), "utf-8")

    found = bring("german-wikinews", spoil)
    assert [each for each in found.found() if "train" in each[1]] == [
        ("convert-field", file, "/annotations/0/colour"),
        ("convert-offsets", file, "/annotations/1/quote/spans"),
        ("convert-words", file, "/annotations/2/quote/text"),
        ("convert-field", file, "/annotations/3/type"),
        ("convert-field", file, "/annotations/4/cue/spans"),
    ]
    assert list(found.quotes()) == ["q0", "q2", "q5"]
    export_corpus(CORPORA["german-wikinews"], found.folder, tmp_path / "back")
    before = (tmp_path / "german-wikinews" / file).read_text("utf-8")
    after = (tmp_path / "back" / file).read_text("utf-8")
    assert json.loads(after) == json.loads(before)


def test_a_file_that_does_not_come_back_to_the_byte_is_named(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    """What the makers' own files repeat is not kept; where it is not what it should be, it shows."""

    def spoil(source: Path) -> None:
        path = next((source / "data/train").iterdir())
        path.write_text(path.read_text("utf-8").replace('"word": 3', '"word": 4', 1), "utf-8")

    found = bring("german-wikinews", spoil)
    written = export_corpus(CORPORA["german-wikinews"], found.folder, tmp_path / "back")
    assert [(issue.code, issue.file) for issue in written.issues] == [
        ("convert-layout", "data/train/7 - Angler klagt (2031-05-02).pretty.json")
    ]


# PDNC


def test_parts_of_a_quotation_and_the_marks_beside_them(bring: Callable[..., Imported]) -> None:
    found = bring("pdnc")
    quotes = found.quotes()
    assert quotes["q1"].content_text == '"We shall not," "sell the pier, Tobin."'
    assert quotes["q1"].speaker_names == ("Zoe Venn",) and quotes["q1"].type == "direct"
    assert quotes["q2"].content_text == '"Nor I," "You and I agree; \'twas ever so."'
    assert quotes["q3"].content_text == "'Who asks?'" and quotes["q3"].speaker == ()
    assert found.article.title == "The Pier, a Tale" and found.article.genre == "literary"


def test_lines_of_a_novel_are_joined_in_place(bring: Callable[..., Imported]) -> None:
    text = bring("pdnc").article.text or ""
    assert len(text) == len(NOVEL) and '"sell the pier, Tobin."\n\n"Nor I,"' in text


def test_speakers_by_main_name_alias_and_nobody(bring: Callable[..., Imported]) -> None:
    found = bring("pdnc")
    speakers = json.loads((found.folder / "speakers.json").read_bytes())
    assert [(each["id"], each["name"], each.get("aliases", [])) for each in speakers] == [
        ("thepier-tobin-harke", "Tobin Harke", ["Harke"]),
        ("thepier-zoe-venn", "Zoe Venn", ["Zoe"]),
    ]
    mentions = {(each.text, each.speaker) for each in found.article.mentions}
    assert mentions == {
        ("We", "thepier-zoe-venn"),
        ("Tobin", "thepier-tobin-harke"),
        ("I", "thepier-tobin-harke"),
        ("You", "thepier-zoe-venn"),
        ("You", "thepier-tobin-harke"),
    }
    assert len(found.article.mentions) == 6, "I stands twice"


def test_cells_that_are_no_literals_cost_only_their_row(
    bring: Callable[..., Imported], tmp_path: Path
) -> None:
    file = "data/ThePier/quotation_info.csv"

    def spoil(source: Path) -> None:
        path = source / file
        raw = path.read_bytes().decode()
        raw = raw.replace(str([list(place(NOVEL, "Who asks?"))]), "__import__('os').abort()")
        raw += '"Q3","too","few"\r\n'
        raw = raw.replace("['Nor I,'", "['Not I,'").replace('"Q0"', '"Q0"', 1)
        path.write_bytes(raw.encode())

    found = bring("pdnc", spoil)
    lines = (tmp_path / "pdnc" / file).read_text("utf-8").count("\n")
    assert found.found() == [
        ("convert-syntax", f"{file}:{lines}", ""),
        ("convert-words", f"{file}:4", "/subQuotationList"),
        ("convert-field", f"{file}:5", "/quoteByteSpans"),
    ]
    assert list(found.quotes()) == ["q1", "q2"] and found.result.kept == 2
    export_corpus(CORPORA["pdnc"], found.folder, tmp_path / "back")
    assert (tmp_path / "back" / file).read_bytes() == (tmp_path / "pdnc" / file).read_bytes()


def test_very_long_cells_are_read(bring: Callable[..., Imported]) -> None:
    def lengthen(source: Path) -> None:
        path = source / "data/ThePier/quotation_info.csv"
        raw = path.read_bytes().decode()
        path.write_bytes(raw.replace("she said", "she said " * 30_000, 1).encode())

    assert len(bring("pdnc", lengthen).quotes()) == 3


def test_a_table_without_its_columns_is_named(bring: Callable[..., Imported]) -> None:
    def spoil(source: Path) -> None:
        path = source / "data/ThePier/quotation_info.csv"
        path.write_bytes(path.read_bytes().replace(b'"speaker"', b'"voice"'))

    found = bring("pdnc", spoil)
    assert found.found() == [("convert-syntax", "data/ThePier/quotation_info.csv:1", "")]
    assert found.result.kept == 3


# BASIL and SEESAW


def test_flattened_sentences_underscores_and_unnamed_speakers(
    bring: Callable[..., Imported],
) -> None:
    found = bring("basil")
    article = found.articles["0a1b-1"]
    quotes = found.quotes("0a1b-1")
    assert article.text == (
        "Toll “Theft”\n\nVenn spoke.  “The toll is theft,” she said.\n\n “We’d lose,” Harke’s aide said."
    )
    assert [(zone.kind, zone.start) for zone in article.zones][:2] == [
        ("headline", 0),
        ("body", 14),
    ]
    assert quotes["q1"].content_text == "“The toll is theft,”" and quotes["q1"].type == "direct"
    assert quotes["q1"].speaker_names == ("Orla Venn",) and quotes["q2"].speaker == ()
    stances = [(each.target_text, each.label, each.target_kind) for each in quotes["q1"].stances]
    assert stances == [("Toll bill", "against", "entity")]
    assert quotes["q2"].stances[0].target == quotes["q1"].stances[0].target
    assert quotes["q2"].stances[0].label == "favor"
    assert (article.outlet, article.story) == ("nyt", found.articles["0a1b-2"].story)


def test_a_key_that_occurs_twice_in_a_record_is_kept(bring: Callable[..., Imported]) -> None:
    found = bring("basil")
    (title,) = [each for each in found.gold("0a1b-1")["orig"] if each["id"].startswith("/phrase")]
    assert title["raw"].count('"notes"') == 2


def test_wrong_spans_of_basil_are_named_and_kept(bring: Callable[..., Imported]) -> None:
    file = "annotations/2031/0a1b_2_ann.json"

    def spoil(source: Path) -> None:
        path = source / file
        data = json.loads(path.read_text("utf-8"))
        spans = data["phrase-level-annotations"]
        spans.extend(
            [{**spans[1], "id": "p4"}, {**spans[1], "end": 500}, {**spans[1], "start": "0"}]
        )
        spans.extend([{**spans[1], "txt": "else"}, {**spans[1], "polarity": "odd"}])
        path.write_text(json.dumps(data), "utf-8")
        (source / "articles/2031/alone.json").write_text("{}")

    found = bring("basil", spoil)
    place = "/phrase-level-annotations"
    assert found.found() == [
        ("convert-unknown", "articles/2031/alone.json", ""),
        ("convert-field", file, f"{place}/3/id"),
        ("convert-field", file, f"{place}/4/start"),
        ("convert-field", file, f"{place}/5/start"),
        ("convert-words", file, f"{place}/6/txt"),
        ("convert-field", file, f"{place}/7/polarity"),
    ]
    assert len(found.quotes("0a1b-2")) == 4


def test_nameless_ends_and_two_spellings(bring: Callable[..., Imported]) -> None:
    found = bring("seesaw")
    id = "triplet-007-document-0"
    rows = [
        (
            quote.content_text,
            quote.speaker_names,
            [(each.target_text, each.label) for each in quote.stances],
        )
        for quote in found.quotes(id).values()
    ]
    assert rows == [
        ("Venn is praised and blamed.", (), [("Orla Venn", "favor")]),
        ("Venn is praised and blamed.", (), [("Orla Venn", "against")]),
        ("Orla Venn blamed the Port Board.", ("Orla Venn",), [("Port Board", "against")]),
        ("The\nboard “won’t” answer.", ("port board",), []),
        ("The\nboard “won’t” answer.", (), [("Port Board", "favor")]),
    ]
    article = found.articles[id]
    assert (article.split, article.published, article.story) == (
        "validation",
        "2031-04-05",
        "triplet-007",
    )
    assert article.outlet == "fenmoor-echo-online"


def test_annotators_of_seesaw_have_their_own_layers(bring: Callable[..., Imported]) -> None:
    found = bring("seesaw")
    id = "triplet-007-document-0"
    ids = {
        name: [each["id"] for each in found.gold(id, f"annotators/{name}")["quotes"]]
        for name in "ab"
    }
    assert ids == {"a": ["q1", "q3"], "b": ["q2", "q3", "q4", "q5"]}
    assert not (found.folder / "annotators/a/triplet-007-document-1.json").exists()


def test_wrong_triples_of_seesaw_are_named_and_kept(bring: Callable[..., Imported]) -> None:
    file = "annotations/TRIPLET_007_DOCUMENT_0.json"

    def spoil(source: Path) -> None:
        path = source / file
        data = json.loads(path.read_text("utf-8"))
        stances = data["sentence-level stances"]
        stances["0"].append({**stances["0"][0], "sentiment": "NEUTRAL"})
        stances["1"] = [stances["0"][0]]
        stances["99"] = [stances["0"][0]]
        stances["2"][0] = {"id": 0, "subject": None}
        path.write_text(json.dumps(data), "utf-8")

    found = bring("seesaw", spoil)
    place = "/sentence-level stances"
    assert found.found() == [
        ("convert-field", file, f"{place}/0/1/sentiment"),
        ("convert-field", file, f"{place}/2/0/subject"),
        ("convert-field", file, f"{place}/1/0"),  # an empty sentence
        ("convert-field", file, f"{place}/99/0"),
    ]
    assert found.result.kept == 3


# Citron and BIO


def test_citrons_spans_and_quotes_without_a_cue(bring: Callable[..., Imported]) -> None:
    found = bring("citron")
    quotes = found.quotes("a")
    assert quotes["q0"].content_text == "“It leaks,”" and quotes["q0"].source_text == "Orla Venn"
    assert quotes["q1"].cue == () and quotes["q1"].content_text == '"Who pays?"'
    assert quotes["q1"].type == "direct" and found.result.kept == 1
    raw = {each["id"] for each in found.gold("a")["orig"]}
    assert raw == {"/quotes/2", "skeleton"}


def test_citrons_text_is_not_kept_twice(bring: Callable[..., Imported]) -> None:
    found = bring("citron")
    for id in ("a", "sub-b"):
        (skeleton,) = [each["raw"] for each in found.gold(id)["orig"] if each["id"] == "skeleton"]
        assert "leaks" not in skeleton


def test_tags_start_spans_as_in_iob1_and_link_what_is_alone(bring: Callable[..., Imported]) -> None:
    found = bring("bio")
    first, second = found.quotes("a-00001"), found.quotes("a-00002")
    assert found.articles["a-00001"].text == "The pier leaks\n# It fell Venn said ."
    assert first["q1"].content_text == "It fell"
    assert (first["q1"].source_text, first["q1"].cue_text) == ("Venn", "said")
    assert [quote.content_text for quote in second.values()] == ["Who pays", "now"]
    assert not any(quote.cue for quote in second.values()), "two contents: nothing is guessed"
    assert [quote.content_text for quote in found.quotes("b-00001").values()] == ["leak\u2028s"]


def test_tags_that_are_none_are_named(bring: Callable[..., Imported]) -> None:
    def spoil(source: Path) -> None:
        (source / "b.bio").write_text("a\tO\nb\tB-mood\nc\tX\nd\n\t\nf\tB-cue\n")

    found = bring("bio", spoil)
    assert found.found() == [
        ("convert-field", "b.bio:2", "/tag"),
        ("convert-field", "b.bio:3", "/tag"),
        ("convert-syntax", "b.bio:4", ""),
    ]
    assert found.articles["b-00001"].text == "a b c\nf"


# Files


@pytest.mark.parametrize("name", list(MAKERS))
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{", b"[]", b'{"a": NaN}', b"\0" * 99, b"[" * 99999]
)
def test_a_broken_file_costs_only_what_stands_in_it(
    name: str, content: bytes, tmp_path: Path
) -> None:
    """Every file of every corpus in turn: it is named, nothing crashes, the rest comes in."""
    source = MAKERS[name](tmp_path / "src")
    for number, path in enumerate(sorted(source.rglob("*"))):
        if not path.is_file():
            continue
        before = path.read_bytes()
        path.write_bytes(content)
        out = tmp_path / f"out-{number}"
        try:
            import_corpus(CORPORA[name], source, out)
        except Exception as error:
            assert type(error).__name__ in ("InputError", "MisuseError"), (path, error)
            assert not out.exists()
        else:
            assert validate(out).issues == (), path
        path.write_bytes(before)
