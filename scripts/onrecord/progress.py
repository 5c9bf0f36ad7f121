"""Progress of long work: on a terminal only, and silent in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

_SECONDS: Final = 0.1
"""Between two updates: showing each would cost more than the work."""


@contextmanager
def counting(
    what: str, unit: str = "articles", *, silent: bool = False
) -> Iterator[Callable[[int], None] | None]:
    """A function that shows a number of articles or others, or None where nobody would see it."""
    if silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what)

        shown = 0.0

        def show(number: int) -> None:
            nonlocal shown
            if (now := monotonic()) >= shown + _SECONDS:
                shown = now
                bar.update(task, description=f"{what}: {number:,} {unit}")

        yield show


@contextmanager
def telling(*, silent: bool = False) -> Iterator[Callable[[str], None] | None]:
    """A function that shows what is being done, or None where nobody would see it."""
    if silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update
