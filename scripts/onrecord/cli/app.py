"""What all verbs share: the application, common options, and how results and errors come out.

Exit status: 0 done, 1 findings, 2 misuse.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from onrecord.issues import InputError, Issue, MisuseError, harmless, printable

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"onrecord {version('onrecord')}")
        raise typer.Exit


@app.callback()
def onrecord(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """onrecord: who said what in the news, and where they stand."""


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Corpus = Annotated[
    Path | None, typer.Argument(help="A corpus folder; by default the one that comes along.")
]
Jsonl = Annotated[
    Path | None, typer.Option("--from", metavar="FILE.jsonl", help="A corpus in one JSONL file.")
]
Texts = Annotated[
    Path | None,
    typer.Option("--texts", metavar="DIR", help="Your own copies of licensed texts (*.txt)."),
]


def corpus_or_ours(corpus: Path | None, jsonl: Path | None = None) -> Path:
    """The corpus folder named, or the one that comes with this version.

    Raises `MisuseError` where a folder and a JSONL file are named.
    """
    from onrecord.paths import corpus_dir

    if corpus is not None and jsonl is not None:
        raise MisuseError("name a corpus folder or --from FILE.jsonl, not both")
    return corpus or corpus_dir()


def private_texts(texts: Path | None, issues: list[Issue] | None = None) -> dict[str, str] | None:
    """The user's own copies of licensed texts by sha256; `issues` as in `read_private_texts`."""
    from onrecord.licensed.texts import read_private_texts

    return read_private_texts(texts, issues) if texts else None


@contextmanager
def reporting(json: bool) -> Iterator[list[Issue]]:
    """Turn errors of input and use into output and an exit status.

    Yields a list for findings that stop nothing; an error of input comes out behind them.
    """
    issues: list[Issue] = []
    try:
        yield issues
    except InputError as error:
        finish([*issues, *error.issues], json, {})
    except MisuseError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or 'writing'}: {error.strerror or error}")


def finish(issues: list[Issue], json: bool, counts: dict[str, Any]) -> None:
    """Print findings and counts; exit 1 where there is a finding."""
    if json:
        put({**counts, "issues": issues}, json, "")
    else:
        summary = ", ".join(counted(value, name) for name, value in counts.items())
        lines = [str(issue) for issue in issues]
        lines.append(f"{summary + ': ' if summary else ''}{counted(len(issues), 'findings')}")
        put(None, json, "\n".join(lines))
    if issues:
        raise typer.Exit(1)


def findings(issues: Sequence[Issue], json: bool) -> None:
    """After a result that stands beside them: print findings (JSON holds them), exit 1 if any."""
    if issues:
        put(None, False, "" if json else "\n".join(map(str, issues)))
        raise typer.Exit(1)


def counted(number: int, names: str) -> str:
    """A number with the plural of what is counted, without its s where it is one."""
    return f"{number:,} {names.removesuffix('s') if number == 1 else names}"


def fail(message: str) -> None:
    """Say in one line why nothing was done; exit 2."""
    print(f"onrecord: {printable(message)}", file=sys.stderr)
    raise typer.Exit(2)


def render(what: Any) -> None:
    """Print something of rich's, with control characters in its words as escapes."""
    from rich.console import Console
    from rich.segment import Segment, Segments

    console = Console(highlight=False)
    parts = [
        part if part.control else Segment(harmless(part.text), part.style)
        for part in console.render(what)
    ]
    console.print(Segments(parts))


def put(value: Any, json: bool, text: str) -> None:
    """Print a result: as JSON, or as text for people with control characters as escapes."""
    if json:
        sys.stdout.write(f"{_encoded(value)}\n")
    elif text:
        print(harmless(text))


def _encoded(value: Any) -> str:
    """A result as JSON; paths in it may have names that are not UTF-8, which become escapes."""
    import msgspec

    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))
