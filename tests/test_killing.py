"""Killed at random moments: what stands is the old or the new, whole; the next run completes it.

Twenty times each in `make test-all`; more by hand, with the figures printed:

    KILLS=200 python -m pytest tests/test_killing.py -rP
"""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from checkouts import new_checkout
from conftest import CASES
from killing import Victim
from onrecord.building import build
from onrecord.hydration import hydrate, seal
from onrecord.ingestion import ingest
from onrecord.licensed.texts import read_private_texts
from onrecord.publishing.sending import publish
from onrecord.text import text_hash

KILLS = int(os.environ.get("KILLS", "20"))
SEED = 20310211
FENMOOR = CASES / "valid" / "fenmoor"
FOG = "Fog returns\n\nThe lamp was lit at noon, Ilse Marrow of the harbour council said.\n"
GOAT = "Goat found\n\nThe goat was found on Sunday on the pier, the water board said.\n"

Files = dict[str, bytes]


class Scenario(NamedTuple):
    """A call that writes under `home`, where something stands already.

    The folder `output` is replaced as a whole, all other files one by one. `holds` is given the
    files of a killed call and of a finished one, and says what else must be true of them.
    """

    module: str
    function: str
    home: Path
    arguments: tuple[object, ...]
    output: Path | None = None
    holds: Callable[[Files, Files], bool] = lambda found, new: True


def contents(folder: Path, *, hidden: bool = False) -> Files:
    """The files of a folder, with those whose names begin with a dot or without; never git's."""
    named = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in named.items()
        if ".git" not in name.parts
        and (hidden or not any(part.startswith(".") for part in name.parts))
    }


def standing(scenario: Scenario) -> tuple[Files, Files]:
    """What a reader sees: the files of the output, and all others.

    For a moment the old output stands aside, from where the next call brings it back.
    """
    out = scenario.output
    if out is None:
        return {}, contents(scenario.home)
    aside = out.with_name(f".{out.name}.old")
    inside = f"{out.relative_to(scenario.home).as_posix()}/"
    others = contents(scenario.home).items()
    return (
        contents(out if out.exists() else aside),
        {path: raw for path, raw in others if not path.startswith(inside)},
    )


def with_raised_version(corpus: Path) -> Path:
    """The small corpus as another version."""
    shutil.copytree(FENMOOR, corpus)
    path = corpus / "manifest.json"
    path.write_text(path.read_text().replace('"data_version": "', '"data_version": "9'))
    return corpus


def ingestion(folder: Path) -> Scenario:
    """Two articles, one of them a page, join one that is there."""
    source, home = folder / "source", folder / "home"
    source.mkdir()
    (source / "1.txt").write_text(FOG)
    assert [each.status for each in ingest([source], home / "corpus")] == ["written"]
    (source / "2.txt").write_text(GOAT)
    shutil.copyfile(CASES / "pages" / "wire.html", source / "wire.html")

    def texts_first(found: Files, _: Files) -> bool:
        ids = {Path(path).stem for path in found if path.startswith("corpus/articles/")}
        return all(f"corpus/texts/{id}.txt" in found for id in ids)

    arguments = ([source], home / "corpus")
    return Scenario("onrecord.ingestion", "ingest", home, arguments, holds=texts_first)


def building(folder: Path) -> Scenario:
    """A dataset takes the place of another version's."""
    out = folder / "home" / "dist" / "fenmoor"
    build(FENMOOR, out)
    corpus = with_raised_version(folder / "corpus")
    return Scenario("onrecord.building", "build", folder / "home", (corpus, out), out)


def hydration(folder: Path) -> Scenario:
    """A corpus joined to the annotated text takes the place of one joined to an edited copy."""
    corpus = Path(shutil.copytree(FENMOOR, folder / "corpus"))
    texts = read_private_texts(CASES / "private")
    seal(corpus, "skerry-post-ferry-fares", texts)
    out = folder / "home" / "hydrated"
    edited = (f"{text}\nOne line more.\n" for text in texts.values())
    hydrate(corpus, {text_hash(text): text for text in edited}, out)
    arguments = (corpus, texts, out)
    return Scenario("onrecord.hydration", "hydrate", folder / "home", arguments, out)


def releasing(folder: Path) -> Scenario:
    """The first release of a checkout in which the dataset was built before."""
    home = new_checkout(folder / "home")
    out = home / "dist" / "onrecord-0.1.0"
    build(home / "corpus", out)
    return Scenario("onrecord.releases.writing", "release", home, (home, "2032-01-05"), out)


def publication(folder: Path) -> Scenario:
    """A second version beside the first."""
    home, url = folder / "home", f"file://{folder / 'home'}"
    publish(build(FENMOOR, folder / "first")[0], url)
    dataset, info = build(with_raised_version(folder / "corpus"), folder / "second")
    card = f"v{info.data_version}/README.md"

    def card_last(found: Files, new: Files) -> bool:
        return card not in found or found == new

    arguments = (dataset, url)
    module = "onrecord.publishing.sending"
    return Scenario(module, "publish", home, arguments, holds=card_last)


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [ingestion, building, hydration, releasing, publication])
def test_killed_at_a_random_moment_it_leaves_old_or_new_and_the_next_run_succeeds(
    prepare: Callable[[Path], Scenario], tmp_path: Path
) -> None:
    scenario = prepare(tmp_path)
    home, arguments = scenario.home, scenario.arguments
    before = Path(shutil.copytree(home, tmp_path / "before"))
    old = standing(scenario)

    def start_again() -> None:
        shutil.rmtree(home)
        shutil.copytree(before, home)

    with Victim(scenario.module, scenario.function, home) as victim:
        victim.call(*arguments)
        complete, new = contents(home, hidden=True), standing(scenario)
        assert old != new
        start_again()
        seconds = victim.call(*arguments)
        moments = random.Random(SEED)
        killed = calls = between = 0
        while killed < KILLS:
            start_again()
            in_time = victim.kill(moments.uniform(0, seconds), *arguments)
            calls, killed = calls + 1, killed + in_time
            seconds *= 1 if in_time else 0.9
            output, others = standing(scenario)
            assert output in (old[0], new[0]), calls
            for path in {*old[1], *new[1], *others}:
                assert others.get(path) in (old[1].get(path), new[1].get(path)), (calls, path)
            assert scenario.holds(others, new[1]), calls
            between += contents(home, hidden=True) not in (contents(before, hidden=True), complete)
            victim.call(*arguments)
            assert contents(home, hidden=True) == complete, calls
    figures = f"{killed} killed of {calls}, {between} of them half-way"
    print(f"{scenario.function}: {figures}; old or new stood each time, the next run succeeded")
