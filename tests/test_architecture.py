"""What may import what, how fast it starts, and that files stay small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

PACKAGE = ROOT / "scripts" / "onrecord"
FILES = sorted(PACKAGE.rglob("*.py"))
NETWORK = {
    "requests",
    "httpx",
    "httpx2",
    "urllib",
    "socket",
    "http",
    "huggingface_hub",
    "label_studio_sdk",
}
MAY_USE_NETWORK = ("labelstudio", "publishing", "downloading", "extractors")
NEVER = {
    "model": ("onrecord",),
    "loading": ("ingestion", "labelstudio", "validation", "building", "publishing"),
    "editions": ("ingestion", "labelstudio", "validation", "building", "publishing"),
    "benchmark": ("ingestion", "labelstudio", "validation", "building", "publishing"),
    "corpora": ("ingestion", "labelstudio"),
    "converting": ("corpora", "ingestion", "labelstudio"),
    "ingestion": ("corpora", "labelstudio"),
    "labelstudio": ("corpora", "ingestion"),
}


def imports(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    module = path.relative_to(PACKAGE).with_suffix("").parts[0]
    names = imports(path)
    if module not in ("__main__", "cli"):
        assert not any(name.startswith("onrecord.cli") for name in names)
    for forbidden in NEVER.get(module, ()):
        prefix = "onrecord" if forbidden == "onrecord" else f"onrecord.{forbidden}"
        assert not any(name == prefix or name.startswith(f"{prefix}.") for name in names)
    if module not in MAY_USE_NETWORK:
        assert not {name.split(".")[0] for name in names} & NETWORK


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    if path.parent.name == "cli":
        return
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"print", "exit", "quit"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_stay_small(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= 400


def test_no_module_bears_the_name_of_a_public_function() -> None:
    import onrecord

    assert not {path.stem for path in PACKAGE.glob("*")} & set(onrecord.__all__)
    for name in onrecord.__all__:
        assert callable(getattr(onrecord, name))


def test_import_loads_nothing_heavy() -> None:
    heavy = "{'pyarrow', 'pandas', 'datasets', 'msgspec', 'typer', 'rich'}"
    code = f"import sys, onrecord; print(sorted(set(sys.modules) & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'pyarrow', 'pandas', 'datasets', 'numpy', 'orjson', 'yaml'}"
    code = f"""
import sys
from onrecord.cli import app
try:
    app(['--help'])
except SystemExit:
    print(sorted(set(sys.modules) & {heavy}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
