"""The release gate in real repositories: what it refuses, what it writes, and the same bytes again."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from checkouts import CHANGELOG, CITATION, GULL, commit, fill_card, git, new_checkout
from conftest import ROOT
from edits import apply
from onrecord.cli import app
from onrecord.issues import InputError, MisuseError
from onrecord.manifests import read_manifest
from onrecord.releases.gate import CODES
from onrecord.releases.revisions import latest_tag
from onrecord.releases.verification import verify
from onrecord.releases.writing import Release, release
from versions import (
    GOLD,
    NEGATED,
    SALE,
    SPEAKER,
    STONE,
    TOLL,
    Edits,
    edited,
    plain_article,
    remove_article,
    rewrite,
    set_value,
    text_of,
)

DAY = "2032-01-05"


@pytest.fixture(autouse=True)
def gull(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's author, and no settings of the machine."""
    for name, value in GULL.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of the small corpus, ready for its first release."""
    return new_checkout(tmp_path / "checkout")


def carry_out(made: Release, root: Path) -> None:
    """Run the commands that a release leaves to a person, but for those that reach others."""
    *local, push, publish = made.commands
    assert push == "git push --follow-tags"
    assert publish == f"onrecord publish {made.folder} --to hf://datasets/OWNER/NAME"
    for command in local:
        subprocess.run(shlex.split(command), cwd=root, check=True, capture_output=True)


def change(root: Path, edits: Edits, version: str) -> None:
    """Commit the next version of a released corpus."""
    apply([*edits, set_value("manifest.json", "/data_version", version)], root / "corpus")
    fill_card(root)
    card = root / "DATASET_CARD.md"
    card.write_text(re.sub(r"onrecord-[\d.]+\d", f"onrecord-{version}", card.read_text()))
    changelog = root / "CHANGELOG.md"
    entries = "## Unreleased\n\n### Data\n- More fog.\n"
    changelog.write_text(changelog.read_text().replace("## Unreleased\n", entries, 1))
    commit(root)


@pytest.fixture
def released(checkout: Path) -> Path:
    """A repository whose version 0.1.0 is released and tagged."""
    carry_out(release(checkout, DAY), checkout)
    return checkout


def refused(root: Path, **options: Any) -> dict[str, str]:
    """Messages by code of a release that is refused and changes nothing."""
    before = git(root, "status", "--porcelain"), git(root, "diff")
    with pytest.raises(InputError) as caught:
        release(root, DAY, **options)
    assert (git(root, "status", "--porcelain"), git(root, "diff")) == before
    assert all(issue.file and issue.message and issue.hint for issue in caught.value.issues)
    return {issue.code: issue.message for issue in caught.value.issues}


def test_the_first_release_needs_no_predecessor(checkout: Path) -> None:
    made = release(checkout, DAY)
    assert (made.version, made.tag, made.predecessor, made.difference) == (
        "0.1.0",
        "v0.1.0",
        None,
        None,
    )
    folder = checkout / "dist" / "onrecord-0.1.0"
    assert made.folder == str(folder) and verify(folder).issues == ()
    assert read_manifest(folder).released == DAY
    assert json.loads((checkout / "corpus/manifest.json").read_bytes())["released"] == DAY
    assert (checkout / "CHANGELOG.md").read_text() == (
        f"# Changelog\n\n## Unreleased\n\n## 0.1.0 ({DAY})\n\n### Data\n- Fog.\n\n### Code\n- Bells.\n"
    )
    assert (folder / "CHANGELOG.md").read_bytes() == (checkout / "CHANGELOG.md").read_bytes()
    assert (checkout / "CITATION.cff").read_text() == (
        f'{CITATION}version: "0.1.0"\ndate-released: "{DAY}"\n'
    )
    carry_out(made, checkout)
    assert git(checkout, "status", "--porcelain") == ""
    assert made.sums_sha256 and made.sums_sha256 in git(checkout, "tag", "-n9", "v0.1.0")
    assert latest_tag(checkout) == "v0.1.0"


@pytest.mark.parametrize(
    ("edits", "smallest"),
    [
        (NEGATED, "0.1.1"),
        ([*remove_article(SALE), set_value("manifest.json", "/tombstones", [STONE])], "0.1.1"),
        ([{"file": "speakers.json", "append": "", "value": SPEAKER}], "0.2.0"),
        (plain_article("fenmoor-echo-ice", "train"), "0.2.0"),
        (plain_article("fenmoor-echo-ice", "test"), "1.0.0"),
        (rewrite(TOLL, text_of(TOLL).replace("👍", "👎")), "1.0.0"),
        (remove_article(SALE), "1.0.0"),
        ([set_value("splits.json", f"/{SALE}", "train")], "1.0.0"),
        ([], "0.1.1"),
    ],
)
def test_a_version_below_the_smallest_legal_is_refused(
    released: Path, edits: Edits, smallest: str
) -> None:
    ladder = ["0.1.0", "0.1.1", "0.2.0", "1.0.0"]
    change(released, edits, "0.1.0")
    for version in ladder[: ladder.index(smallest)]:
        apply([set_value("manifest.json", "/data_version", version)], released / "corpus")
        card = released / "DATASET_CARD.md"
        card.write_text(re.sub(r"onrecord-[\d.]+\d", f"onrecord-{version}", card.read_text()))
        git(released, "commit", "--allow-empty", "-am", version)
        found = refused(released)
        assert f"at least {smallest} is needed after 0.1.0" in found["release-version"]
        assert found.keys() <= {
            "release-version",
            "release-test-split",
            *(["release-tag", "release-changelog"] if version == "0.1.0" else []),
        }
    apply([set_value("manifest.json", "/data_version", smallest)], released / "corpus")
    card.write_text(re.sub(r"onrecord-[\d.]+\d", f"onrecord-{smallest}", card.read_text()))
    commit(released)
    made = release(released, "2032-02-06", dry_run=True)
    assert made.predecessor == "v0.1.0" and made.difference
    assert made.difference.new.data_version == smallest


def test_test_articles_are_frozen_within_a_major_version(released: Path) -> None:
    change(released, rewrite(TOLL, text_of(TOLL).replace("👍", "👎")), "0.9.0")
    found = refused(released)
    assert found.keys() == {"release-version", "release-test-split"}
    assert TOLL in found["release-test-split"]
    change(released, [], "1.0.0")
    assert release(released, DAY, dry_run=True).version == "1.0.0"


def test_everything_that_stands_in_the_way_comes_at_once(released: Path) -> None:
    edits = [
        *rewrite(TOLL, text_of(TOLL).replace("👍", "👎")),
        set_value("manifest.json", "/hydrated", True),
        set_value("speakers.json", "/0/affiliation", "nobody"),
    ]
    apply(edits, released / "corpus")
    (released / "schemas" / "gold.schema.json").write_text("{}")
    (released / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n- Fog.\n\n## 0.1.0\n")
    (released / "constraints.txt").write_text("pyarrow==1.0.0\n")
    assert refused(released).keys() == {
        "registry-reference",
        "release-uncommitted",
        "release-tag",
        "release-schemas",
        "release-changelog",
        "release-environment",
        "release-hydrated",
    }


def test_an_invalid_corpus_hides_no_other_refusal(released: Path) -> None:
    """As far as it can be read, it is compared; and where it cannot, the rest is still told."""
    edits = [
        set_value("splits.json", f"/{SALE}", "train"),
        set_value("speakers.json", "/0/affiliation", "nobody"),
    ]
    change(released, edits, "0.1.0")
    expected = {"registry-reference", "release-version", "release-tag", "release-changelog"}
    assert refused(released).keys() == expected | {"release-test-split"}
    apply([set_value(GOLD, "/quotes/0/speaker", ["nobody"])], released / "corpus")
    commit(released)
    assert refused(released).keys() == {"registry-reference", "speaker-unknown"} | (
        expected - {"release-version"}
    )
    apply([{"file": GOLD, "content": "{"}], released / "corpus")
    commit(released)
    assert refused(released).keys() == {"registry-reference", "json-syntax"} | (
        expected - {"release-version"}
    )


def broken(root: Path, code: str) -> None:
    """Put one thing in the way of a first release."""
    path = {
        "release-card": root / "DATASET_CARD.md",
        "release-changelog": root / "CHANGELOG.md",
        "release-predecessor": root / "CHANGELOG.md",
        "release-schemas": root / "schemas" / "tables.json",
        "release-uncommitted": root / "corpus" / "notes.txt",
    }.get(code, root / "constraints.txt")
    text = path.read_text() if path.exists() else ""
    path.write_text(
        {
            "release-card": text.replace("2 open", "3 open"),
            "release-changelog": "# Changelog\n\n## Unreleased\n\n### Data\n\n### Code\n",
            "release-predecessor": f"{text}\n## 0.0.9 (2031-12-31)\n\n### Data\n- Ice.\n",
            "release-schemas": "{}",
            "release-environment": "pyarrow==1.0.0\nnothing-of-ours==2.0\n",
        }.get(code, "Fog.\n")
    )
    if code == "release-tag":
        git(root, "tag", "v0.1.0")
    if code == "release-hydrated":
        apply([set_value("manifest.json", "/hydrated", True)], root / "corpus")
    if code != "release-uncommitted":
        commit(root)


ALONE = sorted(CODES.keys() - {"release-version", "release-date", "release-test-split"})
"""The others need a predecessor, and are met above."""


@pytest.mark.parametrize("code", ALONE)
def test_each_refusal_alone(checkout: Path, code: str) -> None:
    broken(checkout, code)
    expected = {code} | ({"release-version"} if code == "release-tag" else set())
    assert refused(checkout).keys() == expected


@pytest.mark.parametrize(
    ("unreleased", "message"),
    [
        ("", "says nothing"),
        ("## Unreleased\n", "says nothing"),
        ("## Unreleased\n- Fog.\n", "says nothing"),
        ("## Unreleased\n\n### Data\n- Fog.\n\n### Bells\n- One.\n", "neither in Data nor in Code"),
        ("## Unreleased\n- Fog.\n\n### Data\n- More.\n", "neither in Data nor in Code"),
    ],
)
def test_a_changelog_says_what_is_new(checkout: Path, unreleased: str, message: str) -> None:
    (checkout / "CHANGELOG.md").write_text(
        f"# Changelog\n\n{unreleased}\n## 0.0.1\n\n### Data\n- Old.\n"
    )
    commit(checkout)
    assert message in refused(checkout)["release-changelog"]


def test_a_version_in_the_card_is_that_of_the_data(released: Path) -> None:
    change(released, NEGATED, "0.1.1")
    card = released / "DATASET_CARD.md"
    card.write_text(card.read_text().replace("onrecord-0.1.1", "onrecord-0.1.0"))
    commit(released)
    assert "dist/onrecord-0.1.0" in refused(released)["release-card"]


def test_the_predecessor_may_be_a_dataset_or_a_revision(released: Path, tmp_path: Path) -> None:
    change(released, NEGATED, "0.1.1")
    for against in (str(released / "dist" / "onrecord-0.1.0"), "HEAD~1", "v0.1.0:corpus"):
        made = release(released, DAY, against=against, dry_run=True)
        assert made.difference and made.difference.bump == "patch"
    hydrated = edited(tmp_path, "hydrated", [set_value("manifest.json", "/hydrated", True)])
    assert refused(released, against=str(hydrated)).keys() == {"release-hydrated"}
    damaged = edited(tmp_path, "damaged", [{"file": GOLD, "content": "{"}])
    assert refused(released, against=str(damaged)).keys() == {"json-syntax"}
    dataset = released / "dist" / "onrecord-0.1.0"
    next((dataset / "quotes").iterdir()).unlink()
    assert refused(released, against=str(dataset)).keys() == {"file-missing"}
    with pytest.raises(MisuseError, match="neither a folder nor a revision"):
        release(released, DAY, against="v9.9.9")


def test_a_second_release_comes_above_the_first(released: Path) -> None:
    change(released, NEGATED, "0.1.1")
    carry_out(release(released, "2032-02-06"), released)
    assert (released / "CHANGELOG.md").read_text() == (
        "# Changelog\n\n## Unreleased\n\n## 0.1.1 (2032-02-06)\n\n### Data\n- More fog.\n\n"
        f"## 0.1.0 ({DAY})\n\n### Data\n- Fog.\n\n### Code\n- Bells.\n"
    )
    citation = (released / "CITATION.cff").read_text()
    assert citation.endswith('version: "0.1.1"\ndate-released: "2032-02-06"\n')
    assert citation.count("version:") == 2
    assert latest_tag(released) == "v0.1.1"


def test_a_release_is_not_older_than_its_predecessor(released: Path) -> None:
    change(released, NEGATED, "0.1.1")
    with pytest.raises(InputError, match=f"release-date: 2032-01-04 is before {DAY}"):
        release(released, "2032-01-04", dry_run=True)
    assert release(released, DAY, dry_run=True).date == DAY


def test_a_dry_run_writes_nothing(checkout: Path) -> None:
    made = release(checkout, DAY, dry_run=True)
    assert made.sums_sha256 is None and made.commands[0].startswith("git add ")
    assert not (checkout / "dist").exists()
    assert git(checkout, "status", "--porcelain") == ""


def test_a_release_that_fails_late_puts_everything_back(checkout: Path) -> None:
    foreign = checkout / "dist" / "onrecord-0.1.0" / "letter.txt"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("Dear")
    with pytest.raises(MisuseError, match="not a dataset folder"):
        release(checkout, DAY)
    assert git(checkout, "status", "--porcelain") == "" and foreign.read_text() == "Dear"


def test_a_release_that_was_killed_is_made_again_unless_its_files_were_changed(
    checkout: Path,
) -> None:
    release(checkout, DAY)
    (checkout / "corpus" / ".manifest.json.v4f1exic").write_bytes(b"{")
    made = release(checkout, "2032-01-06")
    assert f"## {made.version} (2032-01-06)" in (checkout / "CHANGELOG.md").read_text()
    with (checkout / "CHANGELOG.md").open("a") as changelog:
        changelog.write("More.\n")
    assert "release-uncommitted" in refused(checkout)


@pytest.mark.parametrize("date", ["2032-02-30", "20320105", "2032-W01-1", "today", ""])
def test_a_date_is_a_day(checkout: Path, date: str) -> None:
    with pytest.raises(MisuseError, match="no day"):
        release(checkout, date)


def test_elsewhere_there_is_nothing_to_release(tmp_path: Path, fenmoor: Path) -> None:
    with pytest.raises(MisuseError, match="not a checkout"):
        release(tmp_path / "nowhere", DAY)
    shutil.copytree(fenmoor, tmp_path / "plain" / "corpus")
    with pytest.raises(MisuseError, match="not a git repository"):
        release(tmp_path / "plain", DAY)


def test_the_verb(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(released)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["release", "--date", DAY, *words])
        assert "Traceback" not in done.output
        return done.exit_code, done.output

    status, output = run("--dry-run")
    assert status == 1 and "release-tag" in output and "v0.1.0 is set" in output
    change(released, NEGATED, "0.1.1")
    status, output = run("--dry-run")
    assert status == 0 and "after v0.1.0 (0.1.0): patch, smallest legal version 0.1.1" in output
    status, output = run("--json")
    assert status == 0
    made = msgspec.json.decode(output, type=Release)
    assert made.folder == "dist/onrecord-0.1.1" and verify(Path(made.folder)).issues == ()
    assert run("--against", "nothing")[0] == 2


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_release_can_be_built_again_from_its_tag(tmp_path: Path) -> None:
    """From two clean clones in other folders, by their own code, to the same bytes."""
    root = tmp_path / "checkout"
    skip = shutil.ignore_patterns("__pycache__", "dist")
    for name in ("scripts", "corpus", "schemas", "docs/figures"):
        shutil.copytree(ROOT / name, root / name, ignore=skip)
    pages = ("README.md", "DATASET_CARD.md", "docs/likeness.json")
    for name in (*pages, "LICENSE-CORPUS", "CITATION.cff", ".gitignore"):
        shutil.copyfile(ROOT / name, root / name)
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    git(root, "init", "--initial-branch=main")
    commit(root)
    made = release(root, DAY)
    carry_out(made, root)
    expected = contents(Path(made.folder))
    for number, folder in enumerate(("one", "deep/other")):
        clone = tmp_path / folder
        git(
            tmp_path,
            "clone",
            "--branch",
            made.tag,
            "--config",
            "advice.detachedHead=false",
            str(root),
            str(clone),
        )
        environment = {
            **os.environ,
            "PYTHONPATH": str(clone / "scripts"),
            "PYTHONHASHSEED": str(number),
        }
        command = [sys.executable, "-m", "onrecord", "build", "corpus"]
        subprocess.run(command, cwd=clone, env=environment, check=True, capture_output=True)
        assert contents(clone / "dist" / f"onrecord-{made.version}") == expected
