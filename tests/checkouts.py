"""Repositories of the small corpus, ready to be released."""

import os
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from onrecord.cli import app
from onrecord.schema_export import write_schemas
from versions import edited

CARD = """---
pretty_name: Fenmoor
license: cc-by-4.0
---
# Fenmoor
<!-- generated: size -->
<!-- end -->
Read dist/onrecord-0.1.0.
"""
CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Data\n- Fog.\n\n### Code\n- Bells.\n"
CITATION = "cff-version: 1.2.0\ntitle: Fenmoor\nmessage: Cite it.\nauthors: [{name: A. Gull}]\n"
GULL = {
    **{f"GIT_{role}_NAME": "Ada Gull" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ada@example.org" for role in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
}
"""The author of all commits, and no settings of the machine."""


def git(repository: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *words],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **GULL},
    )
    return done.stdout


def new_checkout(root: Path) -> Path:
    """A repository of the small corpus, committed, with nothing in the way of its first release."""
    edited(root, "corpus", [])
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    (root / "CITATION.cff").write_text(CITATION)
    (root / "DATASET_CARD.md").write_text(CARD)
    (root / ".gitignore").write_text("dist/\n")
    write_schemas(root / "schemas")
    fill_card(root)
    git(root, "init", "--initial-branch=main")
    commit(root)
    return root


def fill_card(root: Path) -> None:
    done = CliRunner().invoke(
        app, ["card", str(root / "DATASET_CARD.md"), "--corpus", str(root / "corpus")]
    )
    assert done.exit_code == 0, done.output


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "-m", "Change")
