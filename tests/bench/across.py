"""The rules over several corpora: `python tests/bench/across.py`, with other people's at hand.

Imports every corpus from ONRECORD_EXTERNAL (default ../shared) as its makers ship it, lets the rules
predict, and prints the table of docs/CORPORA.md: what `onrecord score` says with a file of
predictions and a split for each. PolNeAR's test split is never read.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]

COLUMNS = {
    "quotes": ("detection", ""),
    "direct": ("detection", "type.direct"),
    "indirect": ("detection", "type.indirect"),
    "mixed": ("detection", "type.mixed"),
    "source tokens": ("spans", "source.token"),
    "speaker, given quotes": ("speaker", "given.entity"),
    "speaker, found quotes": ("speaker", "matched.entity"),
}


def main() -> None:
    """Import, predict, score, print."""
    from onrecord.benchmark.across import Ground, score_across
    from onrecord.converting.importing import import_corpus
    from onrecord.corpora import find
    from test_benchmark_across import SHIPPED, predictions

    external = Path(os.environ.get("ONRECORD_EXTERNAL", ROOT.parent / "shared"))
    with tempfile.TemporaryDirectory() as name:
        folder, grounds = Path(name), []
        for corpus, (archive, theirs, split) in SHIPPED.items():
            wanted = [theirs] if theirs else []
            import_corpus(find(corpus), external / "data" / archive, folder / corpus, splits=wanted)
            grounds.append(Ground(folder / f"{corpus}.jsonl", str(folder / corpus), split))
        grounds.append(Ground(folder / "ours.jsonl", None, "test"))
        for ground in grounds:
            predictions(ground.corpus, ground.split or "test", ground.predictions)
        results = score_across(grounds)
    print(f"| corpus | articles | {' | '.join(COLUMNS)} |")
    print(f"| --- | ---: |{' ---: |' * len(COLUMNS)}")
    for title, result in results.items():
        cells = [
            cell(result.floor[task], result.tasks[task], name) for task, name in COLUMNS.values()
        ]
        print(f"| {title} | {result.counts['articles']:,} | {' | '.join(cells)} |")


def cell(given: dict[str, float | None], found: dict[str, float | None], name: str) -> str:
    """F1, or recall alone, or a share; what supposes gold contents is the floor's."""
    values = given if name.startswith("given.") else found
    for key, mark in (
        (f"{name}.f1".lstrip("."), ""),
        (f"{name}.recall".lstrip("."), "R "),
        (name, ""),
    ):
        value = values.get(key)
        if value is not None:
            return f"{mark}{100 * value:.0f}"
    return "–"


if __name__ == "__main__":
    main()
