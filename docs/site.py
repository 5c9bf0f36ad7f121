"""The documentation as a site (a hook of mkdocs): the pages of the repository, in place.

Pages keep their paths, so that their links lead the same way as in the repository. What can be
generated is: verbs from the command line, records from the JSON Schemas, Python from docstrings.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.cli import get_docs_for_click

import onrecord
from onrecord.cli import app

ROOT = Path(__file__).parents[1]
FENCED = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)
LIST_AFTER_TEXT = re.compile(r"^([^\s>|-].*\n)(?=- |1\. )", re.MULTILINE)
PATTERNS = ("*.md", "LICENSE*", "corpus/GUIDELINES.md", "docs/*.md", "docs/figures/*", "schemas/*")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The theme's files, the repository's and the generated ones."""
    kept = [file for file in files if file.src_dir != config.docs_dir]
    own = [
        File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path))
        for pattern in PATTERNS
        for path in sorted(ROOT.glob(pattern))
    ]
    made = {"VERBS": render_verbs(), "SCHEMAS": render_schemas(), "PYTHON": render_python()}
    pages = [File.generated(config, f"docs/{name}.md", content=text) for name, text in made.items()]
    return Files([*kept, *own, *pages])


def on_page_markdown(markdown: str, **_: Any) -> str:
    """A list may follow a line of text at once, as in CommonMark."""
    parts = FENCED.split(markdown)
    parts[::2] = [LIST_AFTER_TEXT.sub(r"\1\n", part) for part in parts[::2]]
    return "".join(parts)


def render_verbs() -> str:
    """Every verb with its arguments and options."""
    group = typer.main.get_command(app)
    with group.make_context("onrecord", [], resilient_parsing=True) as context:
        verbs = [
            get_docs_for_click(obj=verb, ctx=context, name=name, indent=1, call_prefix="onrecord")
            for name, verb in group.commands.items()
        ]
    return "\n\n".join(["# Verbs", str(group.help), *verbs])


def render_python() -> str:
    """What `import onrecord` offers."""
    names = [f"::: onrecord.{name}" for name in onrecord.__all__]
    return "\n\n".join(["# Python", str(onrecord.__doc__), *names])


def render_schemas() -> str:
    """The records of all schemas, each once, with their fields."""
    records: dict[str, Any] = {}
    lines = ["# Schemas", "", "| file | holds |", "| --- | --- |"]
    for path in sorted((ROOT / "schemas").glob("*.schema.json")):
        schema = orjson.loads(path.read_bytes())
        records |= schema.get("$defs", {})
        lines.append(f"| [{path.name}](../schemas/{path.name}) | {_type(schema)} |")
    for name, record in sorted(records.items()):
        lines += ["", f"## {name}", "", record.get("description", ""), "", *_fields(record)]
    return "\n".join(lines) + "\n"


def _fields(record: dict[str, Any]) -> Iterator[str]:
    yield from ("| field | type | default | |", "| --- | --- | --- | --- |")
    for name, field in record.get("properties", {}).items():
        default = "" if "default" not in field else f"`{orjson.dumps(field['default']).decode()}`"
        text = " ".join(field.get("description", "").split("\n"))
        yield f"| `{name}` | {_type(field)} | {default} | {text} |"


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, with links to records."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("additionalProperties"):
        return f"object of {_type(schema['additionalProperties'])}"
    return str(schema.get("type", "any"))
