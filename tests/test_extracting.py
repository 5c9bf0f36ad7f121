"""`onrecord extract`: any extractor over any articles, whatever it does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT
from killing import ENVIRONMENT
from onrecord.editions import open_edition
from onrecord.extracting.inputs import Inputs, Item
from onrecord.extractors import PlainArticle
from onrecord.predictions import Prediction
from onrecord.text import words_of
from test_cli import run

TEXT = "“We owe nobody a bridge,” Orla Venn said on Tuesday, “and nobody owes us.”"
MINE = """
import re

class Mine:
    name = "mine"
    def extract(self, article):
        return [
            {"content": [{"start": match.start(), "end": match.end()}]}
            for match in re.finditer("“[^”]*”", article.text)
        ]
"""
WILD = """
import ctypes, os, time
from collections import Counter

class Wild:
    name, version = "wild", "7"
    def __init__(self, patience: float = 600):
        self.patience, self.counts = patience, Counter()
    def extract(self, article):
        self.counts["read"] += 1
        print("noise on stdout")
        kind = article.text.split()[0]
        if kind == "raise": raise ValueError("odd marks")
        if kind == "exit": raise SystemExit(3)
        if kind == "die": os._exit(4)
        if kind == "crash": ctypes.string_at(0)
        if kind == "hang": time.sleep(self.patience)
        if kind == "nonsense": return [{"content": []}]
        if kind == "nothing": return None
        return [{"content": article.text}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two modules of a user in it."""
    (tmp_path / "mine.py").write_text(MINE, "utf-8")
    (tmp_path / "wild.py").write_text(WILD, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def articles(path: Path, *texts: str) -> Path:
    """A file of article records, called a0, a1 and so on."""
    records = [
        {"id": f"a{number}", "title": "T", "language": "en", "text": text}
        for number, text in enumerate(texts)
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    return path


def predictions(output: str) -> dict[str, Prediction]:
    found = [msgspec.json.decode(line, type=Prediction) for line in output.splitlines() if line]
    return {each.article_id: each for each in found}


def test_a_corpus_gives_predictions_that_can_be_scored(fenmoor: Path, tmp_path: Path) -> None:
    out = tmp_path / "rules" / "predictions.jsonl"
    done = run("extract", fenmoor, "--split", "test", "--out", out)
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "rules" / "run.json").read_text("utf-8"))
    assert record["extractor"] == "rules" and record["data_versions"] == ["0.1.0"]
    assert record["command"] == f"onrecord extract {fenmoor.name} --split test --with rules"
    assert record["failures"] == 0 and record["seconds"] > 0 and "cores" in record["hardware"]
    assert str(tmp_path) not in json.dumps(record)
    score = json.loads(run("score", out, "--corpus", fenmoor, "--json").output)
    assert score["issues"] == []
    assert score["tasks"]["detection"]["f1"] == score["floor"]["detection"]["f1"] is not None
    assert record["articles"] == len(out.read_bytes().splitlines())


def test_an_extractor_of_ten_lines(here: Path) -> None:
    file = articles(here / "articles.jsonl", TEXT)
    done = run("extract", file, "--with", "mine:Mine", "--json")
    assert done.exit_code == 0, done.output
    quotes = predictions(done.stdout)["a0"].quotes
    assert [words_of(TEXT, quote.content) for quote in quotes] == [
        "“We owe nobody a bridge,”",
        "“and nobody owes us.”",
    ]


def test_one_article_never_costs_another(here: Path) -> None:
    kinds = ("fine", "raise", "exit", "die", "crash", "hang", "nonsense", "nothing", "fine again")
    file = articles(here / "articles.jsonl", *kinds)
    out = here / "wild.jsonl"
    words = ("--with", "wild:Wild", "--time-limit", "2", "--out", out, "--json")
    done = run("extract", file, *words)
    assert done.exit_code == 1
    record = json.loads(done.stdout)
    issues = {issue["file"]: issue for issue in record["issues"]}
    errors = {each["article_id"]: each["error"] for each in record["failed"]}
    assert errors.keys() == issues.keys() == {f"a{number}" for number in range(1, 8)}
    assert {issue["code"] for issue in issues.values()} == {"extract-failed"}
    assert errors["a1"] == "ValueError: odd marks (wild.py:13)"
    assert errors["a2"].startswith("SystemExit")
    assert errors["a3"] == "its process died (exit status 4)"
    assert errors["a4"] == "its process died (SIGSEGV)"
    assert errors["a5"] == "took more than 2 seconds, and was ended"
    assert errors["a6"].startswith("ValidationError") and errors["a7"].startswith("TypeError")
    assert predictions(out.read_text("utf-8")).keys() == {"a0", "a8"}
    assert (record["version"], record["articles"], record["failures"]) == ("7", 9, 7)
    assert record["counts"] == {"read": 6}
    stored = json.loads((here / "wild.run.json").read_text("utf-8"))
    assert stored == {key: value for key, value in record.items() if key != "issues"}


def test_processes_change_nothing_but_the_time(here: Path) -> None:
    texts = [f"fine {'x' * (number % 7)}" for number in range(40)]
    texts[3], texts[20] = "raise", "die"
    file = articles(here / "articles.jsonl", *texts)
    made = []
    for jobs in (1, 3):
        out = here / f"{jobs}.jsonl"
        assert run("extract", file, "--with", "wild:Wild", "--out", out, "--jobs", jobs).exit_code
        made.append(out.read_bytes())
    assert made[0] == made[1] and len(made[0].splitlines()) == 38


PROGRAM = """
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    article = json.loads(line)
    if article["text"] == "stop":
        sys.exit("cannot read " + article["id"])
    if article["text"] != "skip":
        with open(sys.argv[2], "a", encoding="utf-8") as out:
            quote = {"content": article["text"]}
            print(json.dumps({"article_id": article["id"], "quotes": [quote]}), file=out)
"""


def test_any_program(here: Path) -> None:
    (here / "program.py").write_text(PROGRAM)
    command = f"{sys.executable} program.py {{input}} {{output}}"
    file = articles(here / "articles.jsonl", "one", "two")
    assert predictions(run("extract", file, "--with", command, "--json").stdout).keys() == {
        "a0",
        "a1",
    }
    file = articles(here / "articles.jsonl", "one", "stop", "skip", "two")
    done = run("extract", file, "--with", command, "--out", here / "p.jsonl", "--json")
    record = json.loads(done.stdout)
    assert done.exit_code == 1 and record["failures"] == 2
    errors = [each["error"] for each in record["failed"]]
    assert "exit status 1: cannot read a1" in errors[0] and "wrote no line for it" in errors[1]
    assert predictions((here / "p.jsonl").read_text()).keys() == {"a0", "a3"}
    assert record["command"].endswith("program.py {input} {output}'")
    assert str(here) not in record["command"] and sys.executable not in record["command"]


@pytest.mark.parametrize("lines", [("a0", "a0"), ("a0", "b"), ("A b",), ("",)])
def test_what_a_program_may_not_write(here: Path, lines: tuple[str, ...]) -> None:
    written = "".join(json.dumps({"article_id": id}) + "\n" if id else "{\n" for id in lines)
    (here / "written").write_text(written)
    command = "sh -c 'cp written \"$2\"' - {input} {output}"
    file = articles(here / "articles.jsonl", "one")
    done = run("extract", file, "--with", command)
    assert done.exit_code == 1 and "a0: extract-failed" in done.output, done.output


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def gone(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.1)
    return False


def test_a_program_that_hangs_is_stopped_with_its_children(here: Path) -> None:
    script = "sleep 600 & echo $! > child; wait"
    command = f"sh -c '{script}' {{input}} {{output}}"
    file = articles(here / "articles.jsonl", "one")
    done = run("extract", file, "--with", command, "--time-limit", "1")
    assert done.exit_code == 1 and "took more than 1 second" in done.output
    assert gone(int((here / "child").read_text()))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("where", ["__init__(self)", "extract(self, article)"])
def test_no_worker_outlives_its_parent(here: Path, ending: int, where: str) -> None:
    code = "import os, time\nclass M:\n  name = 'm'\n  def extract(self, article): return []\n"
    code += f"  def {where}:\n    open('pid', 'w').write(str(os.getpid()))\n    time.sleep(600)\n"
    (here / "slow.py").write_text(code)
    file = articles(here / "articles.jsonl", "one")
    words = [sys.executable, "-m", "onrecord", "extract", str(file), "--with", "slow:M"]
    parent = subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    while not (here / "pid").exists() or not (here / "pid").read_text():
        assert parent.poll() is None
        time.sleep(0.05)
    parent.send_signal(ending)
    parent.wait(60)
    assert gone(int((here / "pid").read_text()))


def test_texts_and_pages_come_through_ingestion(here: Path) -> None:
    folder = here / "raw"
    folder.mkdir()
    (folder / "a.txt").write_text(f"Bridge closed\n\n{TEXT}\r\n", "utf-8")
    body = f"<h1>Toll rises</h1><p>{TEXT}</p><p>{'The toll will rise again. ' * 20}</p>"
    page = f"<html><head><title>Toll rises</title></head><body><article>{body}</article></body>"
    (folder / "b.html").write_text(page, "utf-8")
    (folder / "c.jsonl").write_text(json.dumps({"title": "X", "text": "Nobody spoke."}))
    articles(folder / "d.jsonl", TEXT)
    (folder / "e.txt").write_bytes(b"\xff\x00\xff")
    (folder / "f.txt").write_text(f"Bridge closed\n\n{TEXT}\r\n", "utf-8")
    done = run("extract", folder, "--json")
    assert done.exit_code == 1, done.output
    found = predictions(done.stdout)
    counts = {id: len(prediction.quotes) for id, prediction in found.items()}
    assert counts == {
        "a0": 1,
        "article-bridge-closed": 1,
        "article-toll-rises": 1,
        "article-x": 0,
    }
    assert "e.txt" in done.stderr and "article-duplicate" in done.stderr
    shown = run("extract", folder / "a.txt").output
    assert "Orla Venn | said | “We owe nobody a bridge,” “and nobody owes us.”" in shown


def ingested(here: Path) -> Path:
    """A corpus folder as `onrecord ingest` leaves it: two articles without gold."""
    for name in ("one", "two"):
        (here / f"{name}.txt").write_text(f"Bridge {name}\n\n{TEXT}\n", "utf-8")
    corpus = here / "own"
    assert run("ingest", here / "one.txt", here / "two.txt", "--out", corpus).exit_code == 0
    return corpus


def test_a_corpus_needs_no_gold(here: Path) -> None:
    corpus = ingested(here)
    done = run("extract", corpus, "--split", "train", "--json")
    assert done.exit_code == 0, done.output
    found = predictions(done.stdout)
    assert {id: len(each.quotes) for id, each in found.items()} == {
        "article-bridge-one": 1,
        "article-bridge-two": 1,
    }
    given = run("extract", corpus, "--given", "--json")
    assert given.exit_code == 1 and "gold-missing" in given.stderr


def test_what_cannot_be_read_takes_nothing_with_it(here: Path) -> None:
    corpus = ingested(here)
    (corpus / "texts" / "article-bridge-one.txt").write_text("Other words.", "utf-8")
    (here / "c.txt").write_text(f"Road\n\n{TEXT}", "utf-8")
    done = run("extract", corpus, here / "c.txt", "--json")
    assert done.exit_code == 1 and "article-bridge-one.txt: text-hash" in done.stderr
    assert predictions(done.stdout).keys() == {"article-bridge-two", "article-road"}
    (corpus / "targets.json").write_text("{", "utf-8")
    done = run("extract", corpus, here / "c.txt", "--json")
    assert done.exit_code == 1 and "targets.json" in done.stderr
    assert predictions(done.stdout).keys() == {"article-road"}


def test_article_records_are_taken_verbatim_or_found_wrong(here: Path) -> None:
    file = articles(here / "articles.jsonl", f"  {TEXT}", TEXT)
    lines = file.read_text("utf-8").splitlines()
    lines += [lines[0], '{"id": "A B", "title": "", "language": "en", "text": "x"}', "{"]
    file.write_text("\n".join(lines), "utf-8")
    done = run("extract", file, "--json")
    assert done.exit_code == 1
    assert predictions(done.stdout)["a0"].quotes[0].content[0].start == 2
    for finding in ("a0: article-duplicate", "articles.jsonl:4#/id: schema", "articles.jsonl:5"):
        assert finding in done.stderr
    one = here / "one.json"
    one.write_text(lines[1], "utf-8")
    assert predictions(run("extract", one, "--json").stdout).keys() == {"a1"}


def test_gold_never_reaches_an_extractor(fenmoor: Path) -> None:
    items = [item for item in Inputs([fenmoor], None, False) if isinstance(item, Item)]
    assert {type(item.article) for item in items} == {PlainArticle} and len(items) > 2
    assert {item.contents for item in items} == {None}
    given = [item for item in Inputs([fenmoor], "test", True) if isinstance(item, Item)]
    gold = {
        volume.id: tuple(quote.content for quote in volume.article.quotes)
        for volume in open_edition(fenmoor).volumes("test")
        if volume.article
    }
    assert {item.article.id: item.contents for item in given}.items() >= gold.items()


def test_passages_carry_the_words_of_their_issues() -> None:
    items = [item for item in Inputs([ROOT / "corpus"], "test", False) if isinstance(item, Item)]
    issues = [issue for item in items for issue in item.article.issues]
    assert issues and all(" " in issue.text for issue in issues)


def test_given_contents_are_labelled(fenmoor: Path, tmp_path: Path) -> None:
    out = tmp_path / "given.jsonl"
    assert run("extract", fenmoor, "--split", "test", "--given", "--out", out).exit_code == 0
    score = json.loads(run("score", out, "--corpus", fenmoor, "--json").output)
    assert score["tasks"]["stance"]["given.coverage"] == 1
    for task in ("stance", "speaker"):
        for name, value in score["floor"][task].items():
            assert not name.startswith("given.") or score["tasks"][task][name] == value, name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.txt",), "no such file"),
        (("empty.jsonl",), "no article to read"),
        (("a.jsonl", "--split", "test"), "is no corpus"),
        (("a.jsonl", "--given"), "is no corpus"),
        ((ROOT / "corpus", "--split", "dev"), "train, validation, test"),
        (("a.jsonl", "--with", "rule"), "do you mean rules?"),
        (("a.jsonl", "--with", "nothing.at.all:X"), "cannot be loaded"),
        (("a.jsonl", "--with", "mine:Other"), "cannot be loaded"),
        (("a.jsonl", "--with", "mine:re"), "is no extractor"),
        (("a.jsonl", "--with", "mine:Mine", "--option", "x=1"), "its options are: none"),
        (("a.jsonl", "--with", "wild:Wild", "--option", "patience=long"), "wrong type"),
        (("a.jsonl", "--with", "wild:Wild", "--option", "patience"), "KEY=VALUE"),
        (("a.jsonl", "--with", "prog {input}"), "{output}"),
        (("a.jsonl", "--with", "no-such-prog {input} {output}"), "there is no such program"),
        (("a.jsonl", "--with", "plain:find"), "a function gets the options and returns an"),
        (("a.jsonl", "--with", "broken:Broken"), "RuntimeError: no weights (broken.py:3)"),
        ((ROOT / "corpus", "--given", "--with", "mine:Mine"), "cannot label given contents"),
    ],
)
def test_misuse_is_said_at_once(here: Path, words: tuple, said: str) -> None:
    articles(here / "a.jsonl", TEXT)
    articles(here / "empty.jsonl")
    broken = "class Broken:\n    def __init__(self):\n        raise RuntimeError('no weights')\n"
    (here / "broken.py").write_text(broken)
    (here / "plain.py").write_text("def find(article):\n    return []\n")
    done = run("extract", *words)
    assert done.exit_code == 2 and said in done.stderr, done.output
    assert "Traceback" not in done.output


def extractor(here: Path, quotes: str, more: str = "") -> str:
    """A module of a user whose extractor returns these quotes for any article."""
    code = f"import time\nclass Odd:\n  name = 'odd'\n  def extract(self, article):\n{more}"
    (here / "odd.py").write_text(f"{code}    return {quotes}\n", "utf-8")
    return "odd:Odd"


@pytest.mark.parametrize("field", ["content", "cue", "source", "addressee"])
def test_offsets_that_are_not_in_the_text_are_a_failure(here: Path, field: str) -> None:
    file = articles(here / "a.jsonl", "short", "x" * 300)
    quote = {"content": "x", field: [{"start": 0, "end": 100}]}
    done = run("extract", file, "--with", extractor(here, f"[{quote}]"), "--json")
    assert done.exit_code == 1 and predictions(done.stdout).keys() == {"a1"}
    assert f"ValueError: quotes[0].{field}: 0–100 ends beyond 5 (it counts" in done.stderr


def test_a_failure_points_into_the_extractor(here: Path) -> None:
    file = articles(here / "a.jsonl", "short")
    done = run("extract", file, "--with", extractor(here, "time.strptime('x', '%Y')"))
    assert "(odd.py:5)" in done.output and "_strptime" not in done.output
    done = run("extract", file, "--with", extractor(here, "None"))
    assert "TypeError: 'NoneType' object is not iterable (it counts" in done.output


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, "—"),
        ({"speaker": [[{"start": 26, "end": 35}]]}, "Orla Venn"),
        ({"source": "she", "speaker": ["Orla Venn", "Dray"]}, "she (Orla Venn, Dray)"),
        ({"source": "Orla Venn", "speaker": ["Orla Venn"]}, "Orla Venn"),
    ],
)
def test_the_speaker_is_shown(here: Path, more: dict, shown: str) -> None:
    file = articles(here / "a.jsonl", TEXT)
    done = run("extract", file, "--with", extractor(here, str([{"content": "x", **more}])))
    assert f"\n  {shown} | — | x\n" in done.output, done.output


def test_an_interrupted_run_keeps_what_is_finished(here: Path) -> None:
    file, out = articles(here / "a.jsonl", "one", "two", "stop", "three"), here / "p.jsonl"
    assert run("extract", file, "--out", out).exit_code == 0
    before = out.read_bytes(), (here / "p.run.json").read_bytes()
    wait = "    if article.text == 'stop':\n      open('there', 'w')\n      time.sleep(600)\n"
    words = [sys.executable, "-m", "onrecord", "extract", str(file), "--out", str(out)]
    words += ["--with", extractor(here, "[]", wait)]
    running = subprocess.Popen(words, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    while not (here / "there").exists():
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and "the 2 articles finished are in" in said, said
    partial = (here / "p.jsonl.partial").read_text("utf-8")
    assert predictions(partial).keys() == {"a0", "a1"}
    assert (out.read_bytes(), (here / "p.run.json").read_bytes()) == before


def test_files_of_other_kinds_are_counted(here: Path) -> None:
    (here / "raw").mkdir()
    (here / "raw" / "a.txt").write_text(f"Bridge\n\n{TEXT}", "utf-8")
    (here / "raw" / "b.pdf").write_bytes(b"%PDF")
    done = run("extract", here / "raw")
    assert done.exit_code == 0 and "1 file of other kinds passed over" in done.output


def test_a_missing_library_costs_only_what_needs_it(here: Path) -> None:
    (here / "a.txt").write_text(f"Bridge\n\n{TEXT}", "utf-8")
    (here / "b.html").write_text(f"<p>{TEXT}</p>", "utf-8")
    code = "import sys; sys.modules['lxml.html'] = None\nfrom onrecord.cli import main\nmain()"
    words = [sys.executable, "-c", code, "extract", "b.html", "a.txt", "--json"]
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "pip install '.[html]'" in done.stderr, done.stderr
    assert predictions(done.stdout).keys() == {"article-bridge"}


def test_nothing_that_is_read_is_written_over(here: Path) -> None:
    file = articles(here / "a.jsonl", "fine")
    before = file.read_bytes()
    for out in (file, here):
        done = run("extract", file, "--out", out)
        assert done.exit_code == 2 and "name another file" in done.stderr
    assert file.read_bytes() == before


def test_a_run_that_cannot_start_leaves_the_old_files(here: Path) -> None:
    out, record = here / "p.jsonl", here / "p.run.json"
    file = articles(here / "a.jsonl", "fine")
    assert run("extract", file, "--with", "wild:Wild", "--out", out).exit_code == 0
    before = out.read_bytes(), record.read_bytes()
    (here / "broken.py").write_text("class Broken:\n    def __init__(self):\n        1 / 0\n")
    assert run("extract", file, "--with", "broken:Broken", "--out", out).exit_code == 2
    assert (out.read_bytes(), record.read_bytes()) == before
    assert list(here.glob(".*")) == []
