"""Readers in processes of their own beside the page's, one for each framework.

The frameworks are then imported side by side, and while the page is; and a pass takes another core
than the page does. `python -m demo.serving.processes` is such a process: it takes questions from
its input and writes answers to its output, each a pickle, and ends where its input does.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any, NamedTuple

from demo.models import framework_of
from demo.runtime.cluster import ROOT
from demo.serving.batching import Answer
from demo.serving.failures import sendable
from demo.serving.limits import ServingLimits
from demo.serving.panel import Panel, sources
from demo.serving.records import Record
from demo.serving.worker import LocalWorker

log = logging.getLogger(__name__)
OPEN = "open"  # in place of a method: its arguments are those of `LocalWorker.open` but the name


class Question(NamedTuple):
    """What a reader is asked: a method of `Reader`, or `OPEN`."""

    number: int
    reader: str
    method: str
    arguments: tuple


class Waiting(NamedTuple):
    """A question that is on its way, where its answer goes, and whether it was asked before."""

    question: Question
    answer: Future
    again: bool = False


class ReaderProcess:
    """A process of this machine, and the readers that it was asked to open.

    If it dies, another one opens them and is asked what was not answered yet: once more, so that no
    question ends one process after the other.
    """

    def __init__(self) -> None:
        self._numbers = count()
        self._opened: list[Question] = []
        self._waiting: dict[int, Waiting] = {}
        self._noting, self._writing = Lock(), Lock()
        self._process = self._started()

    def open(self, reader: str, *arguments: Any) -> Future:
        """Have it open a reader; returns the future of its record."""
        question = Question(next(self._numbers), reader, OPEN, arguments)
        self._opened.append(question)
        return self._send(question, Future())

    def ask(
        self, reader: str, method: str, arguments: tuple, answer: Future | None = None
    ) -> Future:
        """As `ReaderWorker.ask`, of the reader of this name."""
        question = Question(next(self._numbers), reader, method, arguments)
        return self._send(question, answer or Future())

    def _send(self, question: Question, answer: Future) -> Future:
        with self._noting:
            self._waiting[question.number] = Waiting(question, answer)
            self._process = process = self._process or self._started()
        self._write(process, question)
        return answer

    def _write(self, process: subprocess.Popen, question: Question) -> None:
        try:
            with self._writing:
                write(process.stdin, question)
        except OSError:
            pass  # it has died: whoever receives its answers finds out, and asks another one

    def _started(self) -> subprocess.Popen:
        """A new process, which opens what the one before had opened."""
        places = (str(ROOT), os.environ.get("PYTHONPATH", ""))
        process = subprocess.Popen(
            [sys.executable, "-m", "demo.serving.processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        )
        for question in self._opened:
            self._write(process, question)
        Thread(target=self._receive, args=(process,), daemon=True).start()
        return process

    def _receive(self, process: subprocess.Popen) -> None:
        """Hand on what a process answers until it ends; then have another one go on."""
        try:
            while True:
                number, found = pickle.load(process.stdout)
                with self._noting:
                    waiting = self._waiting.pop(number, None)
                if waiting:
                    fill(waiting.answer, found)
        except (EOFError, OSError, pickle.UnpicklingError):
            process.kill()
            log.warning("A process of readers ended with %s: another one goes on.", process.wait())
            self._go_on()

    def _go_on(self) -> None:
        """Where nobody waits, another process begins with the next question."""
        with self._noting:
            lost = [self._waiting[number] for number in sorted(self._waiting)]
            again = [one._replace(again=True) for one in lost if not one.again]
            given_up = [one for one in lost if one.again]
            self._waiting = {one.question.number: one for one in again}
            for one in given_up:
                if one.question in self._opened:
                    self._opened.remove(one.question)
            process = self._process = self._started() if again else None
        for one in again:
            if one.question not in self._opened:
                self._write(process, one.question)
        for one in given_up:
            one.answer.set_exception(RuntimeError("its process ended twice, perhaps for want of memory"))


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
    found = sources(Path(folder), also=also)
    for name, (source, title) in found.items():
        try:
            place = source.folder().absolute()
            framework = framework_of(place)
        except ValueError as error:
            panel.miss(name, title, str(error))
            continue
        process = processes.get(framework) or processes.setdefault(framework, ReaderProcess())
        begun[name] = process, process.open(name, place, source.labels, limits)

    def opened() -> Panel:
        for name, (process, record) in begun.items():
            try:
                panel.serve(ProcessWorker(process, record.result()))
            except (ValueError, RuntimeError) as error:
                panel.miss(name, found[name][1], str(error))
        return panel.check(f"in {folder}")

    return opened


def fill(answer: Future, found: Answer) -> None:
    """Give what was found, or the error, to who waits for it."""
    if found.error is None:
        answer.set_result(found.found)
    else:
        answer.set_exception(found.error)


def write(file: IO[bytes], thing: Any) -> None:
    """Write a pickle for a process that waits for it; raises OSError if none does."""
    pickle.dump(thing, file, pickle.HIGHEST_PROTOCOL)
    file.flush()


class Answering:
    """What such a process does: it opens readers, and answers as their passes are done."""

    def __init__(self, output: IO[bytes]):
        self._output, self._writing = output, Lock()
        self._workers: dict[str, LocalWorker] = {}

    def take(self, question: Question) -> None:
        """Have a question answered, now or in time."""
        number, reader, method, arguments = question
        try:
            if method == OPEN:
                folder, *more = arguments
                self._workers[reader] = LocalWorker.open(folder, reader, *more)
                return self._give(number, Answer(self._workers[reader].record))
            asked = self._workers[reader].ask(method, arguments)
        except Exception as error:
            return self._give(number, sendable(reader, Answer(error=error)))
        asked.add_done_callback(partial(self._done, number, reader))

    def _done(self, number: int, reader: str, asked: Future) -> None:
        try:
            answer = Answer(asked.result())
        except Exception as error:
            answer = sendable(reader, Answer(error=error))
        self._give(number, answer)

    def _give(self, number: int, answer: Answer) -> None:
        with self._writing:
            write(self._output, (number, answer))


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # which the page gets as well
    logging.basicConfig(format="%(message)s")
    logging.getLogger("demo").setLevel(logging.INFO)
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    answering = Answering(output)
    try:
        while True:
            answering.take(pickle.load(sys.stdin.buffer))
    except EOFError:
        os._exit(0)  # without the seconds that the frameworks take to leave


if __name__ == "__main__":
    main()
