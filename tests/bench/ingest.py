"""Ingestion against what it stands on: `python tests/bench/ingest.py --articles 3000 --pages 400`.

Texts and JSON lines are counted by the second, beside what the machine's disk takes for a bare copy
of the texts: each read, hashed, and written atomically with a record of its own. Pages are read by ingestion's own extraction and by
trafilatura alone, with the same options, in processes of their own and in turn; before that by one
process and by two, end to end. Memory is the growth of the peak from a tenth of `--files` text files to all of
them. The long run of the figures in docs/INGESTION.md: `--articles 20000 --pages 20000 --files
100000`. Last line: `ratio R`, CPU seconds for pages over those of trafilatura alone.
"""

import argparse
import hashlib
import itertools
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "scripts")]

_NAMES = "Venn Harke Corvell Ostley Marrow Pell Dray Quill Sorrel Holm Lowick Cottle".split()
_WORDS = (
    "the pier fog council harbour ferry toll river morning bridge a of in to and that was with for"
    " on at by from had not been would there winter crowns committee engine minister report boat"
    " money work people town county company lamp wall line door paper letter year week street"
).split()
_PAGE = """<!DOCTYPE html><html lang="en-GB" class="js no-touch"><head><meta charset="utf-8">
<title>{title} | Echo</title><meta property="og:site_name" content="Fenmoor Echo">
<meta name="author" content="Ilse Marrow"><meta property="og:type" content="article">
<meta property="article:published_time" content="2031-02-{day:02}T08:00:00Z">{links}{scripts}</head>
<body class="story"><div id="site" class="wrapper"><div class="top bar"><header class="site-header">
<nav class="main" aria-label="Main"><ul class="menu">{nav}</ul></nav></header></div>
<div class="page" data-id="{day}"><div class="column main-column"><main class="content" role="main">
<article class="story-page" id="story"><div class="story-head"><h1 class="title">{title}</h1>
<p class="byline">By <a href="/by/im" rel="author">Ilse Marrow</a></p></div>
<figure class="lead"><img src="a.jpg" alt="" width="800" height="500"><figcaption>The pier on Monday
</figcaption></figure><div class="story-body" itemprop="articleBody">{body}</div></article></main>
<div class="teasers grid">{teasers}</div></div><div class="column side"><div class="box most-read">
<ol class="items">{nav}</ol></div></div></div><footer class="site-footer"><div class="inner">
<ul class="links">{nav}</ul><p class="legal">About us</p></div></footer></div>{scripts}</body></html>
"""
_TEASER = """<div class="teaser card" data-n="{n}"><a class="image" href="/s/{n}"><img src="{n}.jpg" alt="">
</a><div class="text"><span class="label">News</span><h3 class="head"><a href="/s/{n}">Story {n} on the
harbour</a></h3><span class="age"><time datetime="2031-02-01">2 hours ago</time></span></div></div>"""


def sentence(random_: random.Random) -> str:
    words = random_.choices(_WORDS, k=random_.randint(8, 24))
    said = " ".join(words).capitalize()
    name = random_.choice(_NAMES)
    return random_.choice((f"{said}.", f"“{said},” {name} said.", f"{name} said {said.lower()}."))


def paragraphs(number: int) -> list[str]:
    """About as long as real news at the median: 17 paragraphs, 566 words (PolNeAR)."""
    random_ = random.Random(number)
    return [" ".join(sentence(random_) for _ in range(2)) for _ in range(17)]


def title(number: int) -> str:
    return f"Harbour fog {number}: {sentence(random.Random(-number))[:40]}"


def page(number: int) -> str:
    """A page like the median of real news pages: 75 KB, 760 elements, nine deep."""
    item = '<li class="item n{n}"><a class="link" href="/s/{n}">Section {n}</a></li>'
    inner = '<p class="par">{} <a href="/t/{n}">{}</a><span class="x"> </span></p>'
    script = f'<script type="text/javascript">{"var a = {b: 1};" * 90}</script>'
    return _PAGE.format(
        title=title(number),
        day=number % 28 + 1,
        links='<link rel="preload" href="/a.css" as="style">' * 15,
        scripts=script * 20,
        nav="".join(item.format(n=n) for n in range(45)),
        teasers="".join(_TEASER.format(n=n) for n in range(30)),
        body="".join(inner.format(*each.rsplit(" ", 1), n=number) for each in paragraphs(number)),
    )


def run(sources: list[Path], out: Path, processes: int = 1) -> Counter[str]:
    from onrecord.ingestion import ingest

    return Counter(outcome.status for outcome in ingest(sources, out, processes=processes))


def write_texts(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        text = "\n\n".join([title(number), *paragraphs(number)])
        (folder / f"{number:06}.txt").write_text(text + "\n", "utf-8")
    return folder


def write_lines(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            record = {
                "url": f"https://echo.example/{number}",
                "title": title(number),
                "authors": ["Ilse Marrow"],
                "date_publish": f"2031-02-{number % 28 + 1:02} 08:00:00",
                "maintext": "\n".join(paragraphs(number)),
            }
            stream.write(json.dumps(record) + "\n")
    return path


def write_pages(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:06}.html").write_text(page(number), "utf-8")
    return folder


def measure(step: str, folder: Path, **options: int) -> dict[str, float]:
    """Seconds, CPU seconds and peak memory (MB) of one step in a process of its own."""
    words = itertools.chain.from_iterable(
        (f"--{name}", str(value)) for name, value in options.items()
    )
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def ingest_here(folder: Path, processes: int) -> None:
    with tempfile.TemporaryDirectory() as out:
        cpu, wall = time.process_time(), time.perf_counter()
        counts = run([folder], Path(out) / "corpus", processes)
        figures = {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "written": counts["written"],
        }
    print(json.dumps(figures))


def copy_here(folder: Path) -> None:
    """What no ingestion can do without: read and hash every text, write it and a record of it."""
    from onrecord.files import write_atomic

    with tempfile.TemporaryDirectory() as out:
        start = time.process_time()
        paths = sorted(folder.iterdir())
        for path in paths:
            text = path.read_bytes()
            write_atomic(Path(out, path.name), text)
            record = {"id": path.stem, "text_sha256": hashlib.sha256(text).hexdigest()}
            write_atomic(Path(out, f"{path.stem}.json"), json.dumps(record).encode())
        cpu = time.process_time() - start
    print(json.dumps({"cpu": cpu, "wall": cpu, "written": len(paths)}))


def extract_here(folder: Path, *, alone: bool) -> None:
    """Ingestion's extraction of pages, or trafilatura's alone: CPU seconds."""
    from trafilatura import bare_extraction

    from onrecord.ingestion.drafts import Draft, Raw
    from onrecord.ingestion.extraction import extract
    from onrecord.ingestion.pages import OPTIONS

    raws = [Raw(path.name, "page", path.read_bytes()) for path in sorted(folder.iterdir())]
    extract(raws[0])
    start = time.process_time()
    for raw in raws:
        if alone:
            assert bare_extraction(raw.data, with_metadata=False, **OPTIONS)
        else:
            assert isinstance(extract(raw), Draft)
    print(json.dumps({"cpu": time.process_time() - start}))


def report_throughput(name: str, step: str, source: Path, runs: int) -> None:
    figures = [measure(step, source) for _ in range(runs)]
    wall, cpu = (
        statistics.median(each["written"] / each[clock] for each in figures)
        for clock in ("wall", "cpu")
    )
    print(f"{name:6} {wall:7.0f} articles a second, {cpu:.0f} a CPU second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=3_000, help="texts and JSON lines")
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--files", type=int, default=5_000, help="text files for memory")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--step", choices=("ingest", "copy", "ours", "alone"), help=argparse.SUPPRESS
    )
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--processes", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "ingest":
        ingest_here(options.folder, options.processes)
        return
    if options.step == "copy":
        copy_here(options.folder)
        return
    if options.step:
        extract_here(options.folder, alone=options.step == "alone")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = write_texts(folder / "texts", options.articles)
        report_throughput("texts", "ingest", texts, options.runs)
        report_throughput("copy", "copy", texts, options.runs)
        lines = write_lines(folder / "lines.jsonl", options.articles)
        report_throughput("JSON", "ingest", lines, options.runs)
        pages = write_pages(folder / "pages", options.pages)
        one, two = (
            min(measure("ingest", pages, processes=n)["wall"] for _ in range(options.runs))
            for n in (1, 2)
        )
        print(f"pages  {options.pages / one:7.0f} a second in one process,", end=" ")
        print(f"{options.pages / two:.0f} in two: {one / two:.2f} times")
        few = measure("ingest", write_texts(folder / "few", options.files // 10))["peak"]
        many = measure("ingest", write_texts(folder / "many", options.files))["peak"]
        print(
            f"memory {few:7.0f} MB for {options.files // 10} files, {many:.0f} for {options.files}"
        )
        figures = {"ours": [], "alone": []}
        for _ in range(options.runs):
            for step, seconds in figures.items():
                seconds.append(measure(step, pages)["cpu"])
        ours, alone = (statistics.median(seconds) for seconds in figures.values())
        print(f"ours   {options.pages / ours:7.0f} pages per CPU second")
        print(f"alone  {options.pages / alone:7.0f} pages per CPU second")
        print(f"ratio {ours / alone:.2f}")


if __name__ == "__main__":
    main()
