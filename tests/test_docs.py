"""Documentation that cannot drift: every snippet runs, every number is fresh, every link leads."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from conftest import CASES, ROOT
from onrecord.benchmark.listing import render_measures
from onrecord.card import stale_files
from onrecord.loading import load
from onrecord.validation.listing import render_checks
from test_cli import run

PAGES = [ROOT / "README.md", ROOT / "DATASET_CARD.md"]
MARKDOWN = [*PAGES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SNIPPETS = [
    pytest.param(page, snippet, id=f"{page.name}-{number}")
    for page in PAGES
    for number, snippet in enumerate(
        re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize(("page", "snippet"), SNIPPETS)
def test_every_python_snippet_runs(page: Path, snippet: str, dataset: Path) -> None:
    code = re.sub(r"dist/onrecord-[0-9.]+", str(dataset), snippet)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(code, page.name, "exec"), {})
    except ModuleNotFoundError as error:
        pytest.skip(f"{error.name} is not installed; run `make test`")
    assert output.getvalue().strip()


@pytest.mark.slow
def test_the_page_on_extractors_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are written, and its commands typed in their order."""
    page = (ROOT / "docs" / "EXTRACTORS.md").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    (tmp_path / "article.txt").write_text("“We owe nobody a bridge,” said Venn.", "utf-8")
    commands = 0
    for kind, block in re.findall(r"```(python|console)\n(.*?)```", page, re.DOTALL):
        if kind == "python":
            name = block.split("\n", 1)[0].removeprefix("# ")
            (tmp_path / name).write_text(block, "utf-8")
            continue
        for line in block.splitlines():
            done = run(*shlex.split(line)[1:])
            commands += 1
            assert done.exit_code == 0, f"{line}\n{done.output}"
    assert commands == 8


def test_numbers_are_those_of_the_data() -> None:
    assert stale_files(PAGES, ROOT / "corpus") == {}, "run `make card`"
    assert all(
        "<!-- generated: size -->\n<!-- end -->" not in page.read_text("utf-8") for page in PAGES
    )


def test_stale_numbers_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "card.md"
    page.write_text("a\n<!-- generated: size -->\n9 articles\n<!-- end -->\nb\n")
    (fresh,) = stale_files([page], CASES / "valid" / "fenmoor").values()
    assert "9 articles" not in fresh and fresh.startswith("a\n") and fresh.endswith("\nb\n")


def test_versions_in_snippets_are_the_data_version() -> None:
    import json

    version = json.loads((ROOT / "corpus" / "manifest.json").read_text())["data_version"]
    for page in PAGES:
        assert set(re.findall(r"dist/onrecord-([0-9.]+[0-9])", page.read_text("utf-8"))) == {
            version
        }


def test_list_of_checks_is_fresh() -> None:
    assert (ROOT / "docs" / "CHECKS.md").read_text("utf-8") == render_checks(), "run `make schemas`"


def test_list_of_measures_is_fresh() -> None:
    page = (ROOT / "docs" / "MEASURES.md").read_text("utf-8")
    assert page == render_measures(), "run `make schemas`"


def test_lists_of_changes_refusals_and_findings_are_fresh() -> None:
    from onrecord.releases import gate, rules, verification

    releasing, kept = (
        (ROOT / "docs" / name).read_text("utf-8") for name in ("RELEASING.md", "RECORDS.md")
    )
    changes = [f"| {bump} | `{code}` | {text} |" for code, (bump, text) in rules.RULES.items()]
    refusals = [f"| `{code}` | {text} |" for code, text in gate.CODES.items()]
    findings = [f"| `{code}` | {text} |" for code, text in verification.CODES.items()]
    for page, rows in ((releasing, changes), (releasing, refusals), (kept, findings)):
        assert "\n".join(rows) in page


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_labels_are_those_of_the_model() -> None:
    import json
    from typing import get_args

    from onrecord import model

    labels = json.loads((ROOT / "corpus" / "labels.json").read_text("utf-8"))
    for field, alias in {
        "zone.kind": model.ZoneKind,
        "mark.kind": model.MarkKind,
        "speaker.kind": model.SpeakerKind,
        "speaker.ident": model.Ident,
        "mention.form": model.MentionForm,
        "quote.form": model.QuoteForm,
        "quote.act": model.Act,
        "quote.status": model.Status,
        "quote.join": model.Join,
        "quote.type": model.QuoteType,
        "quote.tier": model.Tier,
        "quote.attribution": model.Attribution,
        "target.kind": model.TargetKind,
        "stance.label": model.StanceLabel,
        "stance.basis": model.Basis,
        "stance.carrier": model.Carrier,
        "layer.kind": model.LayerKind,
        "article.rights": model.Rights,
    }.items():
        assert set(labels.pop(field)) == {str(value) for value in get_args(alias)}, field
    assert labels == {}


def test_load_yields_typed_records_again_and_again() -> None:
    first, second = load("test"), load("test")
    assert first == second and first[0].title
    with pytest.raises(ValueError, match="train, validation, test"):
        load("dev")


def test_signs_of_the_report_are_those_of_the_docs() -> None:
    from onrecord.benchmark.outcomes import KINDS
    from onrecord.benchmark.report.pages import NAMES, SIGNS

    page = (ROOT / "docs" / "BENCHMARK.md").read_text("utf-8")
    rows = [f"| {SIGNS[kind]} | {NAMES.get(kind, kind)} | {text} |" for kind, text in KINDS.items()]
    assert "\n".join(rows) in page
