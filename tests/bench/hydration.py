"""How well sealed gold is found again: `python tests/bench/hydration.py --edits 500`.

Every open article is sealed and looked for in copies with random edits, `--edits` of each kind in
all. Prints spans, the share found, and spans found at wrong words (must be 0); docs/RIGHTS.md has
the figures. Last line: `ratio R`, the time of looking for all spans of a changed copy against
hashing the copy, which is all that an unchanged one takes.
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]


def main() -> None:
    from licensed_edits import EDITS, sealed_articles, tally
    from onrecord.licensed.anchoring import find_all

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=60, help="of each kind, over all articles")
    kinds = {edit.__name__: edit for edit in EDITS}
    parser.add_argument("--kinds", nargs="+", choices=kinds, default=list(kinds), metavar="KIND")
    options = parser.parse_args()
    corpus = ROOT / "corpus"
    articles = list(sealed_articles(corpus))
    print(f"{'kind of edit':20} {'spans':>8} {'found':>8} {'wrong':>6}  why not found")
    rounds = max(options.edits // len(articles), 1)
    for kind, counted in tally(corpus, rounds, [kinds[name] for name in options.kinds]).items():
        why = ", ".join(f"{count} {reason}" for reason, count in counted.reasons.items())
        share = counted.found / counted.spans
        print(f"{kind:20} {counted.spans:8} {share:8.2%} {counted.wrong:6}  {why}")
    start = time.perf_counter()
    for text, prints in articles:
        find_all(prints, text)
    finding = time.perf_counter() - start
    start = time.perf_counter()
    for text, _ in articles:
        hashlib.sha256(text.encode()).hexdigest()
    hashing = time.perf_counter() - start
    print(f"{finding / len(articles) * 1000:.1f} ms an article")
    print(f"ratio {finding / hashing:.0f}")


if __name__ == "__main__":
    main()
