"""Raw articles to drafts: in this process or in several, in order, within a time."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from onrecord.ingestion.drafts import ONRECORD, Draft, Kind, Raw, Tool
from onrecord.ingestion.fields import read_record
from onrecord.ingestion.pages import page_tool, read_page
from onrecord.ingestion.plain import read_plain
from onrecord.issues import InputError, Issue

T = TypeVar("T")
Issues = tuple[Issue, ...]
Extracted = tuple[Raw, Draft | Issues]

MAX_SECONDS: Final = 20.0
"""What one source may take; a page takes some hundredths."""

_BATCH: Final = 32
_BATCH_BYTES: Final = 2**20
_READ: Final = {"text": read_plain, "page": read_page, "record": read_record}


def tool_for(kind: Kind) -> Tool:
    """What finds the text in a source of this kind; raises `MisuseError` if not installed."""
    return page_tool() if kind == "page" else ONRECORD


def extract(raw: Raw) -> Draft | Issues:
    """The draft of one article, or what is wrong with its source."""
    try:
        with _time_limit(MAX_SECONDS):
            return _READ[raw.kind](raw)
    except InputError as error:
        return error.issues
    except (TimeoutError, RecursionError, MemoryError) as error:
        return (_too_much(raw, type(error).__name__),)


def extract_all(items: Iterable[Raw | T], processes: int) -> Iterator[Extracted | T]:
    """Every raw article with its draft, in order; whatever else is among them comes through.

    A source on which a process dies is a finding; the others are done again.
    """
    if processes == 1:
        yield from map(_extracted, items)
        return
    waiting: deque[tuple[list[Any], Future[list[Any]]]] = deque()
    pool = _pool(processes)
    try:
        for batch in _batches(items):
            waiting.append((batch, pool.submit(_extract_batch, batch)))
            if len(waiting) > 3 * processes:
                pool = yield from _first(waiting, pool, processes)
        while waiting:
            pool = yield from _first(waiting, pool, processes)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _first(waiting: Any, pool: Any, processes: int) -> Any:
    """Yield what came of the first batch; returns the pool that goes on."""
    batch, future = waiting.popleft()
    try:
        yield from future.result()
    except BrokenProcessPool:
        pool.shutdown(wait=False)
        yield from _one_by_one(batch)
        pool = _pool(processes)
        again = [(each, pool.submit(_extract_batch, each)) for each, _ in waiting]
        waiting.clear()
        waiting.extend(again)
    return pool


def _one_by_one(batch: Iterable[Any]) -> Iterator[Any]:
    """A batch on which a process may have died: each article in a process of its own."""
    for item in batch:
        with _pool(1) as pool:
            try:
                yield from pool.submit(_extract_batch, [item]).result()
            except BrokenProcessPool:
                yield item, (_too_much(item, "process died"),)


def _extract_batch(batch: list[Any]) -> list[Any]:
    return [_extracted(item) for item in batch]


def _extracted(item: Any) -> Any:
    return (item, extract(item)) if isinstance(item, Raw) else item


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.data) if isinstance(item, Raw) else 0
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pool(processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_set_up)


def _set_up() -> None:
    """An interrupt is the parent's to handle, and a process does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` after this time, where signals can be had: in a main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _too_much(raw: Raw, what: str) -> Issue:
    return Issue(
        file=raw.source,
        pointer="",
        code="source-size",
        message=f"takes too much to read ({what})",
        hint="no page of an article does: save it again, or leave it out",
    )
