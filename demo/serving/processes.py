"""Readers in processes of their own beside the page's, one for each framework.

The frameworks are then imported side by side, and while the page is; and a pass takes another core
than the page does. `python -m demo.serving.processes` is such a process: it takes questions from
its input and writes answers to its output, each a pickle, and ends where its input does.
"""

from __future__ import annotations

import logging
import math
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import IO, NamedTuple

from demo.models import framework_of
from demo.runtime.cluster import ROOT
from demo.serving.batching import Answer
from demo.serving.failures import sendable
from demo.serving.limits import ServingLimits
from demo.serving.panel import Panel, reader_places
from demo.serving.records import Record
from demo.serving.worker import LocalWorker

log = logging.getLogger(__name__)
OPEN = "open"  # in place of a method: its arguments are those of `LocalWorker.open` but the name


class Message(NamedTuple):
    """What a reader is asked: a method of `Reader`, or `OPEN`."""

    number: int
    reader: str
    method: str
    arguments: tuple


class Waiting(NamedTuple):
    """A message that is not answered yet, where its answer goes, and whether it was sent before."""

    message: Message
    answer: Future
    again: bool = False


class ReaderProcess:
    """A process of this machine, and the readers that it was asked to open.

    If it dies, what it had not answered is asked once more, of another one that opens the same
    readers: a question that ends processes fails at its second, and what was asked beside it may.
    Two processes that end without any answer are followed by none for `limits.pause_s`.
    """

    def __init__(self, limits: ServingLimits):
        self._limits = limits
        self._numbers = count()
        self._opened: dict[str, Waiting] = {}  # by reader; the answer is its record
        self._waiting: dict[int, Waiting] = {}  # by the number of the message
        self._changing = Lock()  # what is above and below
        self._process: subprocess.Popen | None = None
        self._without_answer, self._pause_ends = 0, 0.0
        self._writing = Lock()

    def open(self, reader: str, folder: Path, labels: Sequence[str]) -> Future:
        """Have it open a reader, which goes by this name; returns the future of its record."""
        message = Message(next(self._numbers), reader, OPEN, (folder, labels, self._limits))
        return self._send(Waiting(message, Future()))

    def ask(
        self, reader: str, method: str, arguments: tuple, answer: Future | None = None
    ) -> Future:
        """As `ReaderWorker.ask`, of the reader of this name."""
        message = Message(next(self._numbers), reader, method, arguments)
        return self._send(Waiting(message, answer or Future()))

    def close(self) -> None:
        """End it for good."""
        with self._changing:
            self._pause_ends = math.inf
            if self._process:
                self._process.stdin.close()

    def _send(self, waiting: Waiting) -> Future:
        message = waiting.message
        try:
            written = pickled(message)
            with self._changing:
                process = self._running()
                if message.number in self._waiting:  # it was sent as the process was started
                    return waiting.answer
                self._waiting[message.number] = waiting
                if message.method == OPEN:
                    self._opened[message.reader] = waiting
        except Exception as error:
            waiting.answer.set_exception(error)
        else:
            self._write(process, written)
        return waiting.answer

    def _running(self) -> subprocess.Popen:
        """The process, or a new one that opens what the one before had opened."""
        if self._process is None:
            if time.monotonic() < self._pause_ends:
                raise RuntimeError("its process ended twice, perhaps for want of memory")
            process = started()
            try:
                Thread(target=self._receive, args=(process,), daemon=True).start()
            except RuntimeError:  # there are too many
                process.kill()
                raise
            self._process = process
            for waiting in self._opened.values():
                self._waiting[waiting.message.number] = waiting
                self._write(process, pickled(waiting.message))
        return self._process

    def _write(self, process: subprocess.Popen, written: bytes) -> None:
        try:
            with self._writing:
                process.stdin.write(written)
                process.stdin.flush()
        except (OSError, ValueError):
            pass  # it has ended, or is closed: `_receive` finds out

    def _receive(self, process: subprocess.Popen) -> None:
        """Hand on what a process answers until it ends."""
        answered = 0
        try:
            while True:
                number, answer = pickle.load(process.stdout)
                with self._changing:
                    waiting = self._waiting.pop(number)
                answered += waiting.message.method != OPEN
                if not waiting.answer.done():
                    answer.give_to(waiting.answer)
                elif answer.error:
                    log.warning("%s was not opened again: %s", waiting.message.reader, answer.error)
        except Exception as error:  # whatever it was, no answer of this process can be trusted
            process.kill()
            code, kind = process.wait(), type(error).__name__
            if self._pause_ends < math.inf:
                log.warning("A process of readers ended with %s (%s).", code, kind)
        self._ended(answered)

    def _ended(self, answered: int) -> None:
        """Ask once more what was not answered."""
        with self._changing:
            self._process = None
            lost = [self._waiting[number] for number in sorted(self._waiting)]
            self._waiting = {}
            self._without_answer = 0 if answered else self._without_answer + 1
            if self._without_answer > 1:
                self._pause_ends = max(self._pause_ends, time.monotonic() + self._limits.pause_s)
            # Readers are opened one after the other: the first that is not was being opened.
            opening = [one for one in lost if one.message.method == OPEN and not one.answer.done()]
            culprit = opening[0] if opening else None
            if culprit:
                del self._opened[culprit.message.reader]
        for waiting in lost:
            if waiting.again or waiting is culprit:
                waiting.answer.set_exception(RuntimeError("its process ended"))
            elif not waiting.answer.done():
                self._send(waiting._replace(again=waiting.message.method != OPEN))


def pickled(thing: object) -> bytes:
    """What is written of a thing: all of it or nothing, so that what follows can be read."""
    return pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)


def started() -> subprocess.Popen:
    """A process that answers; Ctrl+C reaches the page alone, at whose end it ends."""
    places = (str(ROOT), os.environ.get("PYTHONPATH", ""))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "demo.serving.processes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        start_new_session=True,
    )


class ProcessWorker:
    """A reader whose passes run in a process of its framework."""

    def __init__(self, process: ReaderProcess, record: Record):
        self.record, self._process = record, process

    def ask(self, method: str, arguments: tuple, answer: Future | None = None) -> Future:
        """As `ReaderWorker.ask`."""
        return self._process.ask(self.record.info.name, method, arguments, answer)


def begin_panel(
    folder: str | Path = ROOT / "trained",
    also: Mapping[str, str | Path] | None = None,
    limits: ServingLimits = ServingLimits(),
) -> Callable[[], Panel]:
    """Have processes open the readers in `folder` and those of `also`.

    The names are as those of `demo.serving.panel.load_panel`. What is returned waits for the
    readers; it raises ValueError with one sentence if none can be opened.
    """
    processes: dict[str, ReaderProcess] = {}  # by framework
    begun: dict[str, tuple[ReaderProcess, Future]] = {}
    panel = Panel(limits)
    places = reader_places(Path(folder), also=also)
    for name, (source, title) in places.items():
        try:
            place = source.folder().absolute()
            framework = framework_of(place)
        except ValueError as error:
            panel.miss(name, title, str(error))
            continue
        if framework not in processes:
            processes[framework] = ReaderProcess(limits)
        begun[name] = processes[framework], processes[framework].open(name, place, source.labels)

    def opened() -> Panel:
        for name, (process, record) in begun.items():
            try:
                panel.serve(ProcessWorker(process, record.result()))
            except ValueError as error:
                panel.miss(name, places[name][1], str(error))
            except Exception as error:
                panel.miss(name, places[name][1], f"it could not be opened ({error})")
        for process in processes.values():
            if not any(begun[name][0] is process for name in panel):
                process.close()
        return panel.check(f"in {folder}")

    return opened


class Answering:
    """What such a process does: it opens readers, and answers as their passes are done."""

    def __init__(self, output: IO[bytes]):
        self._output, self._writing = output, Lock()
        self._workers: dict[str, LocalWorker] = {}

    def take(self, message: Message) -> None:
        """Have a message answered, now or in time."""
        number, reader, method, arguments = message
        asked: Future = Future()
        asked.add_done_callback(partial(self._done, number, reader))
        try:
            if method == OPEN:
                asked.set_result(self._open(reader, *arguments))
            else:
                self._workers[reader].ask(method, arguments, asked)
        except Exception as error:
            asked.set_exception(error)

    def _open(
        self, reader: str, folder: Path, labels: Sequence[str], limits: ServingLimits
    ) -> Record:
        worker = self._workers[reader] = LocalWorker.open(folder, reader, labels, limits)
        return worker.record

    def _done(self, number: int, reader: str, asked: Future) -> None:
        try:
            answer = Answer(asked.result())
        except Exception as error:
            answer = Answer(error=error)
        self._give(number, reader, answer)

    def _give(self, number: int, reader: str, answer: Answer) -> None:
        answer = sendable(reader, answer)
        try:
            written = pickled((number, answer))
        except Exception as error:
            written = pickled((number, sendable(reader, Answer(error=error))))
        try:
            with self._writing:
                self._output.write(written)
                self._output.flush()
        except OSError:
            os._exit(0)  # nobody is there any more


def main() -> None:
    """Answer until nobody asks any more."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("demo").setLevel(logging.INFO)
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    answering = Answering(output)
    try:
        while True:
            answering.take(pickle.load(sys.stdin.buffer))
    except (EOFError, pickle.UnpicklingError):
        os._exit(0)  # without the seconds that the frameworks take to leave


if __name__ == "__main__":
    main()
