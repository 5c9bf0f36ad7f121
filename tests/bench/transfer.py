"""Does what is learnt here carry over to real news? `python tests/bench/transfer.py`.

One plain tagger (a linear-chain CRF over words, no parser; extra `bench`) is trained on our train
split and on as many words of PolNeAR's train split, and both find outermost quotes, of both tiers, in
PolNeAR train articles that neither has seen and in our validation: F1 by quote type, Jaccard of word
tokens at least 0.5, as the benchmark matches. `--full` also trains on 168 PolNeAR articles, which is
the reference for the tagger itself. `--final` scores PolNeAR dev and our test: once, for the card.
`--cues` says how much of the gap in indirect quotes is in what PolNeAR counts and we do not: recall
of those whose cue (its words, in lower case) stands in our train gold, and of those whose does not.
Reads PolNeAR from ONRECORD_EXTERNAL (default ../shared); its test split is never read. Last line:
`ratio R`, F1 of direct quotes on held-out real news, ours by in-domain.
"""

import argparse
import hashlib
import itertools
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "scripts")]

import msgspec
import pycrfsuite

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.cases import Case, GoldArticle
from onrecord.benchmark.names import Registry
from onrecord.benchmark.predictions import locate
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.tasks import TASKS
from onrecord.converting.importing import import_corpus
from onrecord.corpora import find
from onrecord.editions import open_edition
from onrecord.model import WORD, Fragment
from onrecord.predictions import PredictedQuote
from onrecord.records import AnnotatedArticle, AnnotatedQuote
from onrecord.text import marked_stretches

HELD_OUT = 120
FULL = 168
TYPES = ("direct", "mixed", "indirect")
_TOKEN = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*|[^\s]")
_PARAGRAPH = re.compile(r"[^\n]+")
_GAP = 12
"""Words between two marked pieces of one quote: `"…," he said. "…"`."""


class Token(NamedTuple):
    """A word or sign with its offsets."""

    start: int
    end: int
    word: str


def articles_of(folder: Path | None, split: str) -> list[AnnotatedArticle]:
    """Articles with text and outermost quotes; of unknown tier, so that all are scored."""
    found = []
    for volume in open_edition(folder).volumes(split):  # type: ignore[arg-type]
        if article := volume.article:
            quotes = tuple(
                msgspec.structs.replace(quote, tier=None)
                for quote in article.quotes
                if quote.parent is None
            )
            found.append(msgspec.structs.replace(article, quotes=quotes))
    return sorted(found, key=lambda each: hashlib.sha256(each.id.encode()).digest())


def words_in(article: AnnotatedArticle) -> int:
    return len(WORD.findall(article.text or ""))


def up_to(articles: Sequence[AnnotatedArticle], words: int) -> list[AnnotatedArticle]:
    """The first articles that have this many words together, the last of them included."""
    taken: list[AnnotatedArticle] = []
    for article in articles:
        if words <= 0:
            break
        taken.append(article)
        words -= words_in(article)
    return taken


def paragraphs(text: str) -> Iterator[list[Token]]:
    for match in _PARAGRAPH.finditer(text):
        tokens = _TOKEN.finditer(text, *match.span())
        if found := [Token(token.start(), token.end(), token.group()) for token in tokens]:
            yield found


def shape(word: str) -> str:
    """Capitals as A, other letters as a, digits as 9, runs as one; signs as they are."""
    kinds = [
        "A" if c.isupper() else "a" if c.isalpha() else "9" if c.isdigit() else c for c in word
    ]
    return "".join(kind for kind, _ in itertools.groupby(kinds))


def features(text: str, tokens: list[Token]) -> list[list[str]]:
    """Words and shapes in a window of three, whether marks enclose them, and the place."""
    marked = marked_stretches(text, tokens[0].start, tokens[-1].end)
    inside = [any(a <= t.start and t.end <= b for a, b in marked) for t in tokens]
    lower = [token.word.lower() for token in tokens]
    shapes = [shape(token.word) for token in tokens]
    rows = []
    for here in range(len(tokens)):
        row = ["bias", f"in={inside[here]}", f"any={bool(marked)}", f"first={here < 3}"]
        for step in range(-3, 4):
            there = here + step
            if 0 <= there < len(tokens):
                row += [f"{step}w={lower[there]}", f"{step}s={shapes[there]}"]
                row += [f"{step}in={inside[there]}", f"{step}x={lower[there][-3:]}"]
            else:
                row.append(f"{step}=edge")
        for step in (-2, -1, 0, 1):
            if here + step >= 0 and here + step + 1 < len(tokens):
                row.append(f"{step}b={lower[here + step]}_{lower[here + step + 1]}")
        rows.append(row)
    return rows


def labels(article: AnnotatedArticle, tokens: list[Token]) -> list[str]:
    """B where a fragment of a content begins, I inside of one, O elsewhere."""
    parts = [part for quote in article.quotes for part in quote.content]
    found, owner = [], None
    for token in tokens:
        part = next((p for p in parts if p.start <= token.start and token.end <= p.end), None)
        found.append("O" if part is None else "I" if part is owner else "B")
        owner = part
    return found


def train(articles: Sequence[AnnotatedArticle], path: Path) -> Any:
    """A tagger learnt from articles, with the same settings whatever they are."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for article in articles:
        text = article.text or ""
        for tokens in paragraphs(text):
            trainer.append(features(text, tokens), labels(article, tokens))
    trainer.set_params({"c1": 0.0, "c2": 1.0, "max_iterations": 80, "feature.minfreq": 2})
    trainer.train(str(path))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    return tagger


def quotes_in(tagger: Any, text: str) -> Iterator[PredictedQuote]:
    for tokens in paragraphs(text):
        pieces: list[Fragment] = []
        for token, label in zip(tokens, tagger.tag(features(text, tokens)), strict=True):
            if label == "I" and pieces and pieces[-1].end >= token.start - 2:
                pieces[-1] = Fragment(start=pieces[-1].start, end=token.end)
            elif label != "O":
                pieces.append(Fragment(start=token.start, end=token.end))
        yield from (PredictedQuote(content=tuple(content)) for content in joined(text, pieces))


def joined(text: str, pieces: list[Fragment]) -> list[list[Fragment]]:
    """Marked pieces that only a reporting clause parts are one quote."""
    contents: list[list[Fragment]] = []
    for piece in pieces:
        last = contents[-1][-1] if contents else None
        if (
            last is not None
            and all(_is_marked(text, each) for each in (last, piece))
            and len(WORD.findall(text, last.end, piece.start)) <= _GAP
        ):
            contents[-1].append(piece)
        else:
            contents.append([piece])
    return contents


def _is_marked(text: str, piece: Fragment) -> bool:
    stretches = marked_stretches(text, max(piece.start - 1, 0), min(piece.end + 1, len(text)))
    return any(start <= piece.start + 1 and piece.end - 1 <= end for start, end in stretches)


def scores(tagger: Any, articles: Sequence[AnnotatedArticle]) -> dict[str, float | None]:
    scorer, known = Scorer(TASKS[:1]), Registry({}, {})
    for article in articles:
        gold = GoldArticle(article, known)
        predicted = tuple(quotes_in(tagger, article.text or ""))
        scorer.add(Case(gold, locate(predicted, gold.text, AlignConfig()).quotes))
    return scorer.values()["detection"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"also {FULL} PolNeAR articles")
    parser.add_argument("--cues", action="store_true", help="recall by cues that we have or not")
    parser.add_argument("--final", action="store_true", help="score PolNeAR dev and our test")
    options = parser.parse_args()
    external = Path(os.environ.get("ONRECORD_EXTERNAL", ROOT.parent / "shared"))
    archive = external / "data" / "polnear-train-dev.tar.xz"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        import_corpus(find("polnear"), archive, folder / "pn", splits=["train", "dev"])
        theirs, ours = articles_of(folder / "pn", "train"), articles_of(None, "train")
        held_out, rest = theirs[:HELD_OUT], theirs[HELD_OUT:]
        size = sum(map(words_in, ours))
        trained = {"onrecord train": ours, "PolNeAR, as many words": up_to(rest, size)}
        if options.full:
            trained[f"PolNeAR, {FULL} articles"] = rest[:FULL]
        grounds = {
            f"{HELD_OUT} PolNeAR train articles": held_out,
            "onrecord validation": articles_of(None, "validation"),
        }
        if options.final:
            grounds["PolNeAR dev"] = articles_of(folder / "pn", "validation")
            grounds["onrecord test"] = articles_of(None, "test")
        direct = report(trained, grounds, folder)
        if options.cues:
            report_cues(trained, held_out, ours, folder)
    print(f"ratio {direct[0] / direct[1]:.2f}")


def report(
    trained: dict[str, list[AnnotatedArticle]],
    grounds: dict[str, list[AnnotatedArticle]],
    folder: Path,
) -> list[float]:
    """A row for every training set and ground; F1 of direct quotes on the first ground."""
    print(f"| trained on | words | scored on | {' | '.join(TYPES)} | all |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
    firsts = []
    for number, (name, articles) in enumerate(trained.items()):
        tagger = train(articles, folder / f"{number}.crf")
        words = f"{sum(map(words_in, articles)):,}"
        for ground, scored in grounds.items():
            found = scores(tagger, scored)
            cells = [found[key] or 0.0 for key in (*(f"type.{t}.f1" for t in TYPES), "f1")]
            row = " | ".join(f"{100 * each:.1f}" for each in cells)
            print(f"| {name} | {words} | {ground} | {row} |")
            if ground == next(iter(grounds)):
                firsts.append(cells[0])
    return firsts


def report_cues(
    trained: dict[str, list[AnnotatedArticle]],
    scored: list[AnnotatedArticle],
    ours: list[AnnotatedArticle],
    folder: Path,
) -> None:
    """Recall of indirect quotes, apart for cues of our train gold and for others."""
    known = {cue_of(each, quote) for each in ours for quote in each.quotes}
    print("| trained on | cue | indirect quotes | recall |")
    print("| --- | --- | ---: | ---: |")
    for number, name in enumerate(trained):
        tagger = pycrfsuite.Tagger()
        tagger.open(str(folder / f"{number}.crf"))
        found: dict[bool, list[bool]] = {True: [], False: []}
        for article in scored:
            for quote, hit in hits(tagger, article):
                found[cue_of(article, quote) in known].append(hit)
        for ours_too, rows in found.items():
            cue = "in our train gold" if ours_too else "not in it"
            print(f"| {name} | {cue} | {len(rows)} | {100 * sum(rows) / len(rows):.1f} |")


def cue_of(article: AnnotatedArticle, quote: AnnotatedQuote) -> str:
    return " ".join((article.text or "")[p.start : p.end].lower() for p in quote.cue)


def hits(tagger: Any, article: AnnotatedArticle) -> Iterator[tuple[AnnotatedQuote, bool]]:
    """Every indirect quote, and whether some found content has a Jaccard index of at least 0.5."""
    text = article.text or ""
    predicted = [words_of(text, quote.content) for quote in quotes_in(tagger, text)]
    for quote in article.quotes:
        if quote.type == "indirect":
            gold = words_of(text, quote.content)
            yield quote, any(2 * len(gold & each) >= len(gold | each) for each in predicted)


def words_of(text: str, content: Sequence[Fragment]) -> set[int]:
    return {m.start() for part in content for m in WORD.finditer(text, part.start, part.end)}


if __name__ == "__main__":
    main()
