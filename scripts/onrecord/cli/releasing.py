"""Verbs that compare, release and verify versions of a dataset."""

from typing import Annotated

import typer

from onrecord.cli.app import Json, app, put, reporting
from onrecord.issues import MisuseError


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A dataset or corpus folder, REV or REV:CORPUS.")],
    new: Annotated[str, typer.Argument(help="The same, of the later version.")],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print it as Markdown.")] = False,
    json: Json = False,
) -> None:
    """Say what changed between two versions, and the smallest version number for it."""
    from onrecord.progress import counting
    from onrecord.releases.comparison import diff as compare
    from onrecord.releases.rendering import render_markdown, render_text

    with reporting(json):
        if markdown and json:
            raise MisuseError("--markdown or --json, not both")
        with counting("comparing", silent=json) as progress:
            difference = compare(old, new, progress=progress)
        render = render_markdown if markdown else render_text
        put(difference, json, render(difference))
