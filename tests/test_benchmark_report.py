"""`onrecord score --report`: what the pages say; how they behave is in test_benchmark_browser."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT
from onrecord.benchmark.figures import figure, scaled
from onrecord.benchmark.outcomes import KINDS, Outcome, outcomes_of
from onrecord.benchmark.report import write_report
from onrecord.benchmark.report.segments import Stretch, segments
from onrecord.benchmark.scoring import Result, score
from onrecord.editions import open_edition
from onrecord.issues import MisuseError
from onrecord.model import Fragment
from onrecord.predictions import PredictedQuote, Prediction
from test_benchmark_score import METHOD, TOLL, edit, gold_of, write
from test_cli import run


class Page(HTMLParser):
    """The words of a page by the tag that they are in, and all its attributes."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: dict[str, str] = {}
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]

    def handle_data(self, data: str) -> None:
        tag = self.tags[-1] if self.tags else ""
        self.words[tag] = self.words.get(tag, "") + data


def cases_of(predictions: Path, corpus: Path) -> list:
    cases: list = []
    score(predictions, corpus, method=METHOD, observe=cases.append)
    return cases


def changed(fenmoor: Path, path: Path) -> Path:
    """One of each fault in the toll article, whose gold is otherwise handed in."""
    predictions = list(gold_of(open_edition(fenmoor), passages=False))
    (toll,) = [each for each in predictions if each.article_id == TOLL]
    quotes = list(toll.quotes)
    replace = msgspec.structs.replace
    first, *rest = quotes[1].content
    quotes[1] = replace(quotes[1], content=(replace(first, end=first.end - 8), *rest))
    quotes[2] = replace(quotes[2], speaker=("Nobody Anybody Knows",))
    sides = tuple(replace(stance, label="both") for stance in quotes[3].stances)
    quotes[3] = replace(quotes[3], stances=sides, status="declined")
    quotes = [*quotes[1:], PredictedQuote(content="words that stand in no article at all")]
    predictions[predictions.index(toll)] = replace(toll, quotes=tuple(quotes))
    return write(path, predictions)


def test_every_outcome_is_told(fenmoor: Path, tmp_path: Path) -> None:
    (case,) = [
        case
        for case in cases_of(changed(fenmoor, tmp_path / "p.jsonl"), fenmoor)
        if case.gold.article.id == TOLL
    ]
    outcomes = outcomes_of(case)
    kinds = {each.gold or f"predicted {each.predicted}": each.kinds for each in outcomes}
    assert kinds == {
        "q1": ("missed",),
        "q2": ("partial",),
        "q3": ("speaker",),
        "q4": ("stance", "labels"),
        "q5": ("uncounted",),
        "q6": ("uncounted",),
        "predicted 5": ("spurious", "invented"),
    }
    assert outcomes[-1].predicted == 5, "what stands nowhere comes last"
    assert next(each for each in outcomes if each.gold == "q2").jaccard < 1
    for outcome in outcomes:
        assert set(outcome.kinds) <= KINDS.keys()
        assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome


def test_offsets_outside_the_text_are_shown(fenmoor: Path, tmp_path: Path) -> None:
    lost = PredictedQuote(content=(Fragment(start=3, end=10**9),))
    path = write(tmp_path / "p.jsonl", [Prediction(article_id=TOLL, quotes=(lost,))])
    write_report(tmp_path / "report", path, fenmoor)
    pages = [each.read_text("utf-8") for each in (tmp_path / "report" / "articles").iterdir()]
    (page,) = [each for each in pages if "nowhere in the text</h2>" in each]
    section = page.partition("nowhere in the text</h2>")[2].partition("</section>")[0]
    assert ">offsets 3–1000000000<" in section and "nobody" not in section


def test_gold_is_all_hits_and_nothing_handed_in_is_all_missed(
    fenmoor: Path, tmp_path: Path
) -> None:
    edition = open_edition(fenmoor)
    perfect = write(tmp_path / "perfect.jsonl", gold_of(edition))
    empty = write(
        tmp_path / "empty.jsonl",
        (Prediction(article_id=each.article_id) for each in gold_of(edition)),
    )
    for path, wanted in ((perfect, "hit"), (empty, "missed")):
        kinds = {
            kind
            for case in cases_of(path, fenmoor)
            for each in outcomes_of(case)
            for kind in each.kinds
        }
        assert kinds <= {wanted, "uncounted"} and wanted in kinds


def test_what_a_corpus_does_not_annotate_is_no_error(fenmoor: Path, tmp_path: Path) -> None:
    def declare(manifest: dict) -> None:
        manifest["incomplete"] = ["quotes", "quotes.speaker", "stances"]

    path = changed(fenmoor, tmp_path / "p.jsonl")
    edit(fenmoor / "manifest.json", declare)
    kinds = {
        kind
        for case in cases_of(path, fenmoor)
        for each in outcomes_of(case)
        for kind in each.kinds
    }
    assert not kinds & {"spurious", "speaker", "stance"} and {"missed", "uncounted"} <= kinds
    write_report(tmp_path / "report", path, fenmoor)
    quotes = (tmp_path / "report" / "quotes.js").read_text()
    assert not re.search("nobody named|anaphoric|implicit", quotes)
    edit(
        fenmoor / "manifest.json", lambda manifest: manifest["incomplete"].append("quotes.content")
    )
    kinds = {
        kind
        for case in cases_of(path, fenmoor)
        if "fenmoor" in case.gold.article.id
        for each in outcomes_of(case)
        for kind in each.kinds
    }
    assert kinds <= {"hit", "labels", "uncounted"}, "contents are not what the makers annotated"


def test_segments_are_the_text_cut_where_marks_begin_and_end() -> None:
    text = "One two three four."
    found = segments(
        text,
        0,
        len(text),
        [
            Stretch(4, 18, 1, "content"),
            Stretch(8, 13, 2, "content"),
            Stretch(0, 3, 1, "cue"),
            Stretch(4, 13, 1, "other"),
            Stretch(18, 19, 1, "other"),
        ],
    )
    assert "".join(part.text for part in found) == text
    assert [(part.text, part.numbers, part.opens, part.odd) for part in found] == [
        ("One", (), (), False),
        (" ", (), (), False),
        ("two ", (1,), (1,), False),
        ("three", (1, 2), (2,), True),
        (" four", (1,), (), True),
        (".", (), (), False),
    ]
    assert found[0].beside[0].role == "cue"


@pytest.fixture
def report(fenmoor: Path, tmp_path: Path) -> tuple[Path, Result]:
    """A report, and its result."""
    path = changed(fenmoor, tmp_path / "p.jsonl")
    return tmp_path / "report", write_report(tmp_path / "report", path, fenmoor)


def test_a_report_scores_as_score_does(
    report: tuple[Path, Result], fenmoor: Path, tmp_path: Path
) -> None:
    folder, result = report
    assert result == score(tmp_path / "p.jsonl", fenmoor)
    assert json.loads((folder / "result.json").read_text()) == json.loads(
        msgspec.json.encode(result)
    )
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    articles = {f"articles/{number:04}.html" for number in range(1, 5)}
    assert names == {"index.html", "quotes.js", "report.css", "report.js", "result.json", *articles}


def test_every_word_of_an_article_stands_on_its_page_on_both_sides(
    report: tuple[Path, Result], fenmoor: Path
) -> None:
    folder, _ = report
    text = (fenmoor / "texts" / f"{TOLL}.txt").read_text("utf-8")
    (page,) = [path for path in folder.glob("articles/*") if TOLL in path.read_text("utf-8")]
    html = page.read_text("utf-8")
    for side in ("gold", "predicted"):
        paragraphs = re.findall(rf'<p(?: class="{side}")? dir="auto">(.*?)</p>\n', html, re.DOTALL)
        bare = [re.sub(r"<a class=\"badge.*?</a>|<[^>]*>", "", each) for each in paragraphs]
        told = [unescape(each) for each in bare if not each.startswith("words that stand")]
        assert told == [line for line in text.split("\n") if line]


def test_groups_of_the_report_are_those_of_the_scores(report: tuple[Path, Result]) -> None:
    """Type is counted by the report's groups and by the task; both must say the same."""
    folder, result = report
    rows = re.findall(
        r'data-facet="type" data-value="(\w+)".*?class="number">([^<]*)<',
        (folder / "index.html").read_text("utf-8"),
    )
    detection, intervals = result.tasks["detection"], result.intervals["detection"]
    assert dict(rows) == {
        name: figure(100 * value, scaled(intervals[f"type.{name}.f1"], 100))
        for name in ("direct", "indirect", "mixed")
        if (value := detection[f"type.{name}.f1"]) is not None
    }


def test_steps_go_over_all_quotes_of_all_pages(
    report: tuple[Path, Result], fenmoor: Path, tmp_path: Path
) -> None:
    folder, _ = report
    script = (folder / "quotes.js").read_text("ascii")
    facets, pages, rows = json.loads(
        f"[{script.removeprefix('onrecord(').removesuffix(');' + chr(10))}]"
    )
    outcomes = [len(outcomes_of(case)) for case in cases_of(tmp_path / "p.jsonl", fenmoor)]
    assert [row[:2] for row in rows] == [
        [page, number + 1] for page, count in enumerate(outcomes) for number in range(count)
    ]
    assert len(pages) == len(outcomes) and all(len(row[3]) == len(facets) for row in rows)


HOSTILE = "</script><script>document.title='owned'</script>\u2028<img src=x onerror=alert(1)>\"'&"


def hostile(fenmoor: Path, path: Path) -> Path:
    """A corpus and predictions that try to be markup wherever they hold words."""

    def poison(article: dict) -> None:
        article.update(title=HOSTILE, byline=HOSTILE)

    edit(fenmoor / "articles" / f"{TOLL}.json", poison)
    speakers = json.loads((fenmoor / "speakers.json").read_text("utf-8"))
    for speaker in speakers:
        speaker["name"] += HOSTILE
    (fenmoor / "speakers.json").write_text(json.dumps(speakers), "utf-8")
    targets = json.loads((fenmoor / "targets.json").read_text("utf-8"))
    for target in targets:
        target["text"] += HOSTILE
    (fenmoor / "targets.json").write_text(json.dumps(targets), "utf-8")
    quotes = (
        PredictedQuote(content=HOSTILE, speaker=(HOSTILE,), cue=HOSTILE, source=HOSTILE),
        *next(gold_of(open_edition(fenmoor))).quotes,
    )
    predictions = [Prediction(article_id=TOLL, quotes=quotes)]
    write(path, predictions)
    with path.open("a") as stream:
        stream.write(json.dumps({"article_id": HOSTILE, "quotes": []}) + "\n")
    return path


def test_nothing_from_outside_becomes_markup(fenmoor: Path, tmp_path: Path) -> None:
    folder = tmp_path / "rep<b>ort"
    result = write_report(folder, hostile(fenmoor, tmp_path / "<i>p.jsonl"), fenmoor)
    assert result.issues, "the line whose id is no id is a finding, and stands on the page"
    for path in [folder / "index.html", *folder.glob("articles/*.html")]:
        page = Page(path)
        assert not {"img", "i"} & set(page.tags), path.name
        assert page.tags.count("script") == 2
        assert not page.words.get("script", "").strip(), "no script but the two files"
        for tag, name, value in page.attributes:
            assert not name.startswith("on") and name != "style"
            if name in ("href", "src"):
                assert re.fullmatch(r"(\.\./)?[\w/.]*(#[\w=]*)?", value), (tag, value)
    script = (folder / "quotes.js").read_bytes()
    assert not set(b"<>&") & set(script) and max(script) < 128


def test_a_report_reaches_for_nothing_outside_its_folder(report: tuple[Path, Result]) -> None:
    folder, _ = report
    for path in folder.rglob("*.*"):
        if path.suffix in (".html", ".css", ".js"):
            assert not re.search(
                r"https?:|//[a-z]|@import|url\(", path.read_text("utf-8").replace("// ", "")
            ), path
    assert "default-src 'none'" in (folder / "index.html").read_text("utf-8")


def test_only_a_report_is_replaced(fenmoor: Path, tmp_path: Path) -> None:
    path = changed(fenmoor, tmp_path / "p.jsonl")
    folder = tmp_path / "report"
    write_report(folder, path, fenmoor)
    write_report(folder, path, fenmoor)
    (folder / "paper.tex").write_text("mine")
    for wrong in (folder, tmp_path, path, Path()):
        with pytest.raises(MisuseError, match="name a"):
            write_report(wrong, path, fenmoor)
    assert (folder / "paper.tex").read_text() == "mine"
    (fenmoor / "gold" / f"{TOLL}.json").write_text("{")
    done = run("score", path, "--corpus", fenmoor, "--report", tmp_path / "other")
    assert done.exit_code == 1 and "json-syntax" in done.output
    assert not (tmp_path / "other").exists(), "a report that fails leaves nothing"


def test_report_on_the_command_line(fenmoor: Path, tmp_path: Path) -> None:
    path = changed(fenmoor, tmp_path / "p.jsonl")
    done = run("score", path, "--corpus", fenmoor, "--report", tmp_path / "report")
    assert done.output.strip().splitlines()[-1] == f"report: {tmp_path / 'report' / 'index.html'}"
    printed = json.loads(
        run("score", path, "--corpus", fenmoor, "--report", tmp_path / "report", "--json").output
    )
    plain = json.loads(run("score", path, "--corpus", fenmoor, "--json").output)
    assert printed == plain


def test_a_stricter_signature_makes_a_stricter_report(fenmoor: Path, tmp_path: Path) -> None:
    path = changed(fenmoor, tmp_path / "p.jsonl")
    signature = score(path, fenmoor, method=METHOD).signature.replace("found=0.5", "found=1.0")
    write_report(tmp_path / "report", path, fenmoor, signature=signature)
    assert '"partial"' not in (tmp_path / "report" / "quotes.js").read_text()


@pytest.mark.slow
def test_the_builtin_corpus_has_a_report(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", gold_of(open_edition(ROOT / "corpus")))
    write_report(tmp_path / "report", path)
    rows = (tmp_path / "report" / "quotes.js").read_text()
    assert '"hit"' in rows and '"missed"' not in rows
