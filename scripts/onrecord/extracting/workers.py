"""Extractors in processes of their own, which are ended when they hang.

Nothing that an extractor does to its process, such as dying in C code or never coming back, costs
more than the article it was reading. Answers come in the order of the articles, however many
processes there are.
"""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Final

from onrecord.extracting.inputs import Item
from onrecord.extracting.serving import Answer, Ready, serve
from onrecord.extractors.catalogue import Recipe
from onrecord.issues import Issue, MisuseError

_AHEAD: Final = 2_000
"""How many articles may wait for a slow one before them."""

_FAREWELL: Final = 5
"""Seconds that a process may take to end once it has closed its pipe."""


class Workers:
    """Processes that each make an extractor by the same recipe.

    `time_limit` is in seconds for an article. A context manager, which ends all of them.
    """

    def __init__(self, recipe: Recipe, processes: int, time_limit: float) -> None:
        """Start the first and wait for it; raises `MisuseError` where it cannot be made."""
        self._recipe = recipe
        self._time_limit = time_limit
        self._workers = [_Worker(recipe)]
        self._missing = processes - 1
        try:
            self.ready = self._workers[0].wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all processes, whatever they do."""
        for worker in self._workers:
            worker.stop()

    def extract(self, items: Iterable[Item | Issue]) -> Iterator[Answer | Issue]:
        """An answer for every item, in order; issues come through."""
        queue = _Queue(items, self.ready.batch)
        while True:
            self._hand_out(queue)
            busy = [worker for worker in self._workers if worker.batch]
            if not busy:
                yield from queue.finished()
                return
            self._collect(busy, queue)
            yield from queue.finished()

    def _hand_out(self, queue: "_Queue") -> None:
        for worker in self._workers:
            if not worker.batch and (batch := queue.take()):
                worker.send(batch)
        while self._missing and (batch := queue.take()):
            self._missing -= 1
            self._workers.append(worker := _Worker(self._recipe))
            worker.send(batch)

    def _collect(self, busy: list["_Worker"], queue: "_Queue") -> None:
        """What the first of the busy ones say, or what time says about them."""
        deadlines = [worker.deadline(self._time_limit) for worker in busy]
        patience = max(0.0, min(deadlines) - time.monotonic())
        wait([worker.pipe for worker in busy], None if patience == float("inf") else patience)
        for worker, deadline in zip(busy, deadlines, strict=True):
            if worker.pipe.poll():
                worker.receive(queue)
            elif time.monotonic() >= deadline:
                worker.give_up(queue, f"took more than {self._time_limit:g} seconds, and was ended")


class _Queue:
    """Batches to read, and answers kept until those before them are there."""

    def __init__(self, items: Iterable[Item | Issue], batch: int) -> None:
        self._items = enumerate(items)
        self._batch = batch
        self._again: deque[Batch] = deque()
        self._done: dict[int, Answer | Issue] = {}
        self._next = 0
        self._last = -1

    def take(self) -> "Batch":
        """The next batch; empty where there is none, or none yet."""
        if self._again:
            return self._again.popleft()
        batch: Batch = []
        while len(batch) < self._batch and self._last - self._next < _AHEAD:
            number, item = next(self._items, (-1, None))
            if item is None:
                break
            self._last = number
            if isinstance(item, Issue):
                self._done[number] = item
            else:
                batch.append((number, item))
        return batch

    def put(
        self,
        batch: "Batch",
        answers: Sequence[Answer] | None,
        error: str = "",
        seconds: float = 0.0,
    ) -> None:
        """Answers to a batch; without any, an error if it is one article, or each is read alone."""
        if answers is None and len(batch) > 1:
            self._again += [[each] for each in batch]
            return
        if answers is None:
            answers = [
                Answer(item.article.id, None, error=error, seconds=seconds) for _, item in batch
            ]
        self._done.update(zip([number for number, _ in batch], answers, strict=True))

    def finished(self) -> Iterator[Answer | Issue]:
        """The answers whose turn it is."""
        while self._next in self._done:
            yield self._done.pop(self._next)
            self._next += 1


Batch = list[tuple[int, Item]]


class _Worker:
    """One process, with the batch that it has; it has said nothing while it is `loading`."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self.batch: Batch = []
        self._start()

    def send(self, batch: Batch) -> None:
        """Give it a batch, at once or when it is ready."""
        self.batch = batch
        if not self._loading:
            self._hand_over()

    def deadline(self, time_limit: float) -> float:
        """The moment from which its batch takes too long; loading may take any time."""
        if self._loading:
            return float("inf")
        return self._since + time_limit * len(self.batch)

    def receive(self, queue: _Queue) -> None:
        """Take what it says; raises `MisuseError` where its extractor cannot be made."""
        if self._loading:
            self.wait_until_ready()
            self._hand_over()
            return
        try:
            answers = self.pipe.recv()
        except (EOFError, ConnectionError):
            self.give_up(queue, self._death())
            return
        batch, self.batch = self.batch, []
        queue.put(batch, answers)

    def give_up(self, queue: _Queue, error: str) -> None:
        """End the process and begin a new one; its batch is answered by the error."""
        self.stop()
        batch, self.batch = self.batch, []
        queue.put(batch, None, error, time.monotonic() - self._since)
        self._start()

    def wait_until_ready(self) -> Ready:
        """What it says once its extractor is made; raises `MisuseError` with what went wrong."""
        try:
            ready = self.pipe.recv()
        except (EOFError, ConnectionError):
            ready = f"{self._recipe.with_} cannot be started: {self._death()}"
        if isinstance(ready, str):
            raise MisuseError(ready)
        self._loading = False
        assert isinstance(ready, Ready)
        return ready

    def stop(self) -> None:
        """End the process and all that it started."""
        assert self._process.pid is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self.pipe.close()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, self._recipe))
        self._process.start()
        theirs.close()
        self._loading = True

    def _hand_over(self) -> None:
        self._since = time.monotonic()
        with suppress(ConnectionError):  # It died; reading says so.
            self.pipe.send([item for _, item in self.batch])

    def _death(self) -> str:
        """How it ended by itself."""
        self._process.join(_FAREWELL)
        code = self._process.exitcode
        how = signal.Signals(-code).name if code and code < 0 else f"exit status {code}"
        return f"its process died ({how})"
