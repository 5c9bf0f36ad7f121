"""Verbs that annotate in Label Studio: `onrecord annotate …`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.cli.app import (
    Json,
    Texts,
    app,
    corpus_or_ours,
    counted,
    finish,
    private_texts,
    put,
    render,
    reporting,
)
from onrecord.issues import MisuseError
from onrecord.model import LayerKind

if TYPE_CHECKING:
    from onrecord.labelstudio.pulling import Standing
    from onrecord.labelstudio.pushing import Pushed

annotate = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Annotate articles in Label Studio."
)
app.add_typer(annotate, name="annotate")

Articles = Annotated[
    list[str], typer.Argument(metavar="ARTICLE...", help="Article ids; * stands for any letters.")
]
CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", help="A corpus folder; by default the one that comes along."),
]
Suggest = Annotated[
    str,
    typer.Option(help="What to suggest: gold, none, a layer, an extractor, or a predictions file."),
]
Annotators = Annotated[
    list[str] | None,
    typer.Option("--annotator", metavar="WHO[=NAME]", help="Whose work, and its layer's name."),
]
Kind = Annotated[
    str | None,
    typer.Option(help="machine, human or mixed; by default mixed where something was suggested."),
]

Folder = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="Its folder; by default one of this user's.")
]
ProjectTitle = Annotated[str, typer.Option("--project", metavar="NAME", help="Its title.")]
Url = Annotated[
    str | None,
    typer.Option(help="Its address; else LABEL_STUDIO_URL, or the server of `annotate start`."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The token's file; else LABEL_STUDIO_API_KEY."),
]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="In place of annotators/ or gold/ of the corpus.")
]


def say(words: str) -> None:
    """Tell a person what takes so long."""
    print(words, file=sys.stderr, flush=True)


def kind_of(kind: str | None) -> LayerKind | None:
    """The kind of a layer, if it is one."""
    match kind:
        case "machine" | "human" | "mixed" | None:
            return kind
    raise MisuseError(f"there is no kind {kind!r}; there are machine, human, mixed")


@annotate.command()
def config(
    issues: Annotated[int, typer.Option(min=1, max=3, help="Issues an article has at most.")] = 3,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there.")] = None,
    json: Json = False,
) -> None:
    """Print the labeling config, generated from the model and labels.json."""
    from onrecord.files import write_atomic
    from onrecord.labelstudio.config import labeling_config

    with reporting(json):
        xml = labeling_config(issues)
        if out is not None:
            write_atomic(out, xml.encode())
        put({"config": xml}, json, xml.rstrip("\n") if out is None else str(out))


@annotate.command("export")
def export_(
    articles: Articles,
    out: Annotated[Path, typer.Option(metavar="FILE.json", help="The file to write.")],
    suggest: Suggest = "none",
    corpus: CorpusOption = None,
    texts: Texts = None,
    json: Json = False,
) -> None:
    """Write articles as a file that Label Studio imports."""
    from onrecord.labelstudio.task_files import export_tasks

    with reporting(json):
        count, issues = export_tasks(
            corpus_or_ours(corpus), articles, suggest, out, private_texts(texts)
        )
        finish(issues, json, {"tasks": count})


@annotate.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.json...", help="JSON exports.")],
    out: Out = None,
    annotator: Annotators = None,
    kind: Kind = None,
    corpus: CorpusOption = None,
    json: Json = False,
) -> None:
    """Read finished annotations from files that Label Studio exported, as layers."""
    from onrecord.labelstudio.task_files import import_tasks

    with reporting(json):
        home = corpus_or_ours(corpus)
        written = import_tasks(files, home, out, annotator or (), kind_of(kind))
        finish(list(written.issues), json, written.counts())


@annotate.command()
def start(folder: Folder = None, json: Json = False) -> None:
    """Start a Label Studio of your own on this machine, and say where it is."""
    from onrecord.labelstudio.server import default_folder, start_server

    with reporting(json):
        server = start_server(folder or default_folder(), say)
        shown = {"url": server.url, "email": server.email, "folder": server.folder}
        lines = [
            f"Label Studio: {server.url}",
            f"sign in as:   {server.email}",
            f"password:     in {server.password_file}",
        ]
        put(shown, json, "\n".join(lines))


@annotate.command()
def stop(folder: Folder = None, json: Json = False) -> None:
    """End the Label Studio that `start` started."""
    from onrecord.labelstudio.server import default_folder, stop_server

    with reporting(json):
        stopped = stop_server(folder or default_folder())
        put({"stopped": stopped}, json, "stopped" if stopped else "none was running")


@annotate.command("push")
def push_(
    articles: Articles,
    project: ProjectTitle,
    suggest: Suggest,
    corpus: CorpusOption = None,
    texts: Texts = None,
    url: Url = None,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Put articles into a project, each once, with suggestions."""
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.pushing import push
    from onrecord.progress import counting

    with reporting(json):
        studio = connect(url, token_file)
        home, own = corpus_or_ours(corpus), private_texts(texts)
        with counting("pushing", silent=json) as progress:
            done = push(studio, home, articles, project, suggest, texts=own, progress=progress)
        show_pushed(done, json)


@annotate.command("pull")
def pull_(
    project: ProjectTitle,
    annotator: Annotators = None,
    out: Out = None,
    kind: Kind = None,
    corpus: CorpusOption = None,
    url: Url = None,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Bring finished annotations back as layers."""
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.pulling import pull
    from onrecord.progress import counting

    with reporting(json):
        studio, home = connect(url, token_file), corpus_or_ours(corpus)
        with counting("pulling", silent=json) as progress:
            written = pull(
                studio,
                project,
                home,
                out,
                annotators=annotator or (),
                kind=kind_of(kind),
                progress=progress,
            )
        finish(list(written.issues), json, written.counts())


@annotate.command()
def status(
    project: ProjectTitle,
    corpus: CorpusOption = None,
    url: Url = None,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Say how far every annotator of a project is."""
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.pulling import standings
    from onrecord.progress import counting

    with reporting(json):
        studio = connect(url, token_file)
        with counting("reading", silent=json) as progress:
            rows, issues = standings(studio, project, corpus_or_ours(corpus), progress=progress)
        put({"annotators": rows, "findings": len(issues)}, json, "")
        if not json:
            if rows:
                render(standings_table(rows))
            else:
                print("nobody has begun")
            if issues:
                print(f"{counted(len(issues), 'findings')}: `onrecord annotate pull` shows them")


def show_pushed(done: "Pushed", json: bool) -> None:
    """Print what a push did; exit 1 where there is a finding."""
    if done.project and not json:
        print(done.project)
    shown = {"project": done.project} if json else {}
    finish(done.issues, json, shown | {"added": done.added, "already there": done.present})


def standings_table(rows: "list[Standing]") -> Any:
    """How far everybody is, as a table."""
    from rich.table import Table

    fields = ("annotator", "done", "empty", "skipped", "drafts", "left", "minutes", "edits")
    table = Table(header_style="bold")
    for name in fields:
        table.add_column(name, justify="left" if name == "annotator" else "right")
    for row in rows:
        table.add_row(*(str(getattr(row, name)) for name in fields))
    return table


@annotate.command()
def adjudicate(
    layers: Annotated[list[str], typer.Argument(metavar="LAYER LAYER...", help="Their names.")],
    project: ProjectTitle,
    articles: Annotated[
        list[str] | None, typer.Option("--article", help="Article ids; by default all.")
    ] = None,
    corpus: CorpusOption = None,
    texts: Texts = None,
    url: Url = None,
    token_file: TokenFile = None,
    json: Json = False,
) -> None:
    """Make a project that shows where layers differ; `pull` brings gold from it."""
    from onrecord.labelstudio.adjudication import disputes
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.pushing import send
    from onrecord.progress import counting

    with reporting(json):
        studio, home = connect(url, token_file), corpus_or_ours(corpus)
        prepared = disputes(home, layers, articles or ("*",), texts=private_texts(texts))
        with counting("pushing", silent=json) as progress:
            done = send(studio, prepared, project, home, adjudicating=True, progress=progress)
        show_pushed(done, json)
