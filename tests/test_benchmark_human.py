"""Human annotators of PolNeAR against each other: figures that other code measured before."""

import tarfile
from collections import defaultdict
from itertools import permutations
from pathlib import Path

import pytest

from benchmark_strategies import case_of
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.tasks import detection
from onrecord.model import Fragment
from onrecord.predictions import PredictedQuote
from onrecord.records import AnnotatedArticle, AnnotatedQuote

FOLDER = "polnear/data/annotator-training"
EMPTY = dict.fromkeys(AnnotatedQuote.__struct_fields__) | dict.fromkeys(
    ("speaker", "speaker_names", "cue", "source", "addressee", "via"), ()
)
EMPTY |= {"cue_head": (), "source_head": (), "frame": (), "stances": (), "doubtful": False}


def contents(ann: str) -> list[tuple[Fragment, ...]]:
    """The contents of all attributions in a brat file, fragments in order."""
    spans, events, found = {}, [], []
    for line in ann.split("\n"):
        id, _, rest = line.partition("\t")
        if id.startswith("T") and rest:
            offsets = rest.split("\t")[0].partition(" ")[2]
            spans[id] = [tuple(map(int, part.split())) for part in offsets.split(";")]
        elif id.startswith("E"):
            events.append([role.split(":") for role in rest.split()])
    for roles in events:
        parts = [part for role, id in roles if role.startswith("Content") for part in spans[id]]
        if parts:
            found.append(tuple(Fragment(start=a, end=b) for a, b in sorted(parts)))
    return found


@pytest.fixture(scope="module")
def layers(external: Path) -> dict[str, list[list[tuple[Fragment, ...]]]]:
    """Contents by text, a list an annotator."""
    files: dict[str, str] = {}
    with tarfile.open(external / "data" / "polnear-train-dev.tar.xz") as archive:
        for member in archive:
            if member.name.startswith(FOLDER) and member.isfile():
                stream = archive.extractfile(member)
                assert stream is not None
                files[member.name] = stream.read().decode("utf-8")
    texts = {Path(name).stem: text for name, text in files.items() if name.endswith(".txt")}
    found = defaultdict(list)
    for name in sorted(files):
        if name.endswith(".ann"):
            found[texts[Path(name).stem.rsplit("_", 1)[0]]].append(contents(files[name]))
    return found


def article(text: str, quotes: list[tuple[Fragment, ...]]) -> AnnotatedArticle:
    empty = dict.fromkeys(AnnotatedArticle.__struct_fields__) | dict.fromkeys(
        ("zones", "issues", "marks", "mentions"), ()
    )
    annotated = tuple(
        AnnotatedQuote(**(EMPTY | {"id": f"q{number}", "content": content}))
        for number, content in enumerate(quotes)
    )
    return AnnotatedArticle(**(empty | {"id": "a", "text": text, "quotes": annotated}))


def test_agreement_is_what_it_was(layers) -> None:
    scorer = Scorer([detection.TASK])
    assert [len(annotators) for annotators in layers.values()] == [6, 6, 6, 6]
    for text, annotators in layers.items():
        for one, other in permutations(annotators, 2):
            quotes = [PredictedQuote(content=content) for content in other]
            scorer.add(case_of(article(text, one), quotes))
    values = scorer.values()["detection"]
    assert values["exact.f1"] == pytest.approx(0.732, abs=0.0005)
    assert values["f1"] == pytest.approx(0.814, abs=0.0005)
