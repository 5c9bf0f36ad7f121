"""Verbs that compare, release and verify versions of a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import Json, app, finish, put, reporting
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


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A dataset folder, built or downloaded.")],
    content: Annotated[
        bool, typer.Option("--content", help="Read all rows, too, for their content hashes.")
    ] = False,
    json: Json = False,
) -> None:
    """Check that a copy of a dataset is whole: every byte of every file, and the tables."""
    from onrecord.progress import counting
    from onrecord.releases.verification import verify as check

    with reporting(json):
        with counting("verifying", "rows", silent=json) as progress:
            verified = check(folder, content=content, progress=progress)
        put(verified, json, f"SHA-256 of SHA256SUMS: {verified.sums_sha256}")
        if not json:
            counts = {"files": verified.files, "rows": verified.rows}
            finish(list(verified.issues), json, counts)
        elif verified.issues:
            raise typer.Exit(1)


@app.command()
def release(
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The day of the release.")],
    against: Annotated[
        str | None,
        typer.Option(metavar="DIR|REV", help="The predecessor; default the newest release tag."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; write nothing.")] = False,
    json: Json = False,
) -> None:
    """Release the corpus of this checkout, or say all that stands in the way."""
    from onrecord.progress import counting
    from onrecord.releases.writing import release as make

    with reporting(json):
        with counting("releasing", silent=json) as progress:
            made = make(Path(), date, against=against, dry_run=dry_run, progress=progress)
        lines = [f"{made.folder} {'could be released' if dry_run else 'is ready'}"]
        if made.difference:
            old, bump = made.difference.old, made.difference.bump
            smallest = made.difference.version
            lines.append(
                f"after {old.name} ({old.data_version}): {bump}, smallest legal version {smallest}"
            )
        lines += ["now:", *(f"  {command}" for command in made.commands)]
        put(made, json, "\n".join(lines))
