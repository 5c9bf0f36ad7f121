"""Verbs that publish a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import Json, app, put, reporting

if TYPE_CHECKING:
    from onrecord.publishing.sending import Publication


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A dataset folder.")],
    to: Annotated[
        str, typer.Option(metavar="URL", help="hf://datasets/OWNER/NAME or file:///FOLDER.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be sent and deleted.")
    ] = False,
    json: Json = False,
) -> None:
    """Verify a dataset and send it to the Hub or a folder, under a tag for its version."""
    from onrecord.progress import telling
    from onrecord.publishing.sending import publish as send

    with reporting(json):
        with telling(silent=json) as progress:
            done = send(folder, to, dry_run=dry_run, progress=progress)
        put(done, json, "\n".join(_lines(done)))


def _lines(done: "Publication") -> list[str]:
    files = done.files
    if done.dry_run:
        kinds = {"new": files.new, "changed": files.changed, "delete": files.gone}
        return [
            *(f"  {kind:8}{path}" for kind, paths in kinds.items() for path in paths),
            f"nothing was sent; it would be {done.bytes:,} bytes to {done.place}",
        ]
    sent = len(files.new) + len(files.changed)
    gone = f", {len(files.gone)} deleted" if files.gone else ""
    return [
        f"{done.place}: {sent} files sent ({done.bytes:,} bytes),"
        f" {len(files.same)} there already{gone}"
    ]
