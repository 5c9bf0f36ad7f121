"""Raw articles to drafts, in order, in processes that may be ended if a source takes too long.

Pages are always read in a process of their own: the parser is C, and a hostile page can keep it
busy for hours where no signal reaches it. Texts and records are too plain for that.
"""

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from onrecord.ingestion.drafts import ONRECORD, Draft, Kind, Raw, Tool
from onrecord.ingestion.fields import read_record
from onrecord.ingestion.findings import finding
from onrecord.ingestion.pages import page_tool, read_page
from onrecord.ingestion.plain import read_plain
from onrecord.issues import InputError, Issue

T = TypeVar("T")
Issues = tuple[Issue, ...]
Extracted = tuple[Raw, Draft | Issues]

MAX_SECONDS: Final = 20.0
"""What one source may take; a page takes some hundredths."""

_PATIENCE: Final = 1.5
"""How many times that a process gets before it is ended, alone or with a batch."""

_BATCH: Final = 32
_BATCH_BYTES: Final = 2**20
_READ: Final = {"text": read_plain, "record": read_record}


def tool_for(kind: Kind) -> Tool:
    """What finds the text in a source of this kind; raises `ImportError` if not installed."""
    return page_tool() if kind == "page" else ONRECORD


def extract(raw: Raw) -> Draft | Issues:
    """The draft of one article, or what is wrong with its source."""
    try:
        if raw.kind != "page":
            return _READ[raw.kind](raw)
        with _time_limit(MAX_SECONDS):
            return read_page(raw)
    except InputError as error:
        return error.issues
    except (TimeoutError, RecursionError, MemoryError) as error:
        return (_too_much(raw, type(error).__name__),)


def extract_all(items: Iterable[Raw | T], processes: int) -> Iterator[Extracted | T]:
    """Every raw article with its draft, in order; whatever else is among them comes through.

    A source on which a process dies or hangs is a finding, and the others are done again.
    """
    workers = _Workers(processes)
    try:
        for batch in _batches(items):
            if processes == 1 and not any(_is_page(item) for item in batch):
                yield from workers.finish()
                yield from map(_extracted, batch)
            else:
                yield from workers.take(batch)
        yield from workers.finish()
    finally:
        workers.stop()


class _Workers:
    """Processes that extract batches; what they did comes back in the order they were given."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._idle: list[_Worker] = []
        self._busy: deque[_Worker] = deque()

    def take(self, batch: list[Any]) -> Iterator[Any]:
        """Start on a batch; yields the oldest one's items if all processes were busy."""
        if len(self._busy) < self._processes:
            worker = self._idle.pop() if self._idle else _Worker()
            done: list[Any] = []
        else:
            worker = self._busy.popleft()
            done = worker.receive()
        worker.send(batch)
        self._busy.append(worker)
        yield from done

    def finish(self) -> Iterator[Any]:
        """The items of all batches that were begun."""
        while self._busy:
            worker = self._busy.popleft()
            done = worker.receive()
            self._idle.append(worker)
            yield from done

    def stop(self) -> None:
        """End all processes, whatever they do."""
        for worker in (*self._idle, *self._busy):
            worker.stop()


class _Worker:
    """One process, with the batch that it was given."""

    def __init__(self) -> None:
        self._start()
        self._batch: list[Any] = []

    def send(self, batch: list[Any]) -> None:
        """Give it a batch. It waits for one, so this does not block."""
        self._batch = batch
        self._pipe.send(batch)

    def receive(self) -> list[Any]:
        """The batch with drafts; where the process died or hung, item by item."""
        done = self._answer(len(self._batch))
        if done is not None:
            return done
        return [self._alone(item) for item in self._batch]

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _alone(self, item: Any) -> Any:
        self._pipe.send([item])
        done = self._answer(1)
        return (item, (_too_much(item, "its process was ended"),)) if done is None else done[0]

    def _answer(self, items: int) -> list[Any] | None:
        """What the process says in time, else None and a new process."""
        try:
            if self._pipe.poll(_PATIENCE * MAX_SECONDS * (1 + items / _BATCH)):
                answer: list[Any] = self._pipe.recv()
                return answer
        except (EOFError, ConnectionError):
            pass
        self.stop()
        self._start()
        return None


def _serve(pipe: Any) -> None:
    """Extract batches until the parent is gone; an interrupt is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            pipe.send([_extracted(item) for item in pipe.recv()])
    except (EOFError, ConnectionError):
        return


def _extracted(item: Any) -> Any:
    return (item, extract(item)) if isinstance(item, Raw) else item


def _is_page(item: Any) -> bool:
    return isinstance(item, Raw) and item.kind == "page"


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of items, none of them long or heavy."""
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
    hint = "no page of an article does: save it again, or leave it out"
    return finding(raw.source, "source-size", f"takes too much to read ({what})", hint)
