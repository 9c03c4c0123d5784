"""The seam between who asks a reader and where it computes: a question goes in, a future comes out.

`LocalWorker` computes in a thread of this process; `demo.serving.processes.ProcessWorker` has
another process on this machine compute, `demo.serving.cluster.ClusterWorker` the replicas of a Ray
cluster. Nothing above this package knows which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from demo.models import open_reader
from demo.models.base import Reader
from demo.serving.batching import BatchingWorker
from demo.serving.limits import ServingLimits
from demo.serving.records import Record, record


class ReaderWorker(Protocol):
    """One reader, wherever it computes; `record` says what it is and what was measured of it."""

    record: Record

    def ask(self, method: str, arguments: tuple, answer: Future | None = None) -> Future:
        """What a method of `Reader` gives for these arguments, in time; in `answer`, if given.

        Methods are named, so that a question can be sent elsewhere. Those named in `TOGETHER` are
        answered for many people in one pass, each other one in a pass of its own. An error reaches
        only who asked for it.
        """


def _read(reader: Reader, asked: Sequence[tuple]) -> Sequence:
    texts, seconds = zip(*asked, strict=True)
    return reader.read_batch(texts, seconds)


def _classify(reader: Reader, asked: Sequence[tuple[Sequence[str]]]) -> Sequence[np.ndarray]:
    # A text that several people ask for, or that stands in several rows, is read once.
    different = list(dict.fromkeys(text for (texts,) in asked for text in texts))
    found = reader.classify(different)  # (texts, labels)
    place = {text: index for index, text in enumerate(different)}
    return [found[[place[text] for text in texts]] for (texts,) in asked]


# The methods of `Reader` that one pass answers for many: (reader, arguments of each) -> answers.
TOGETHER: dict[str, Callable[[Reader, Sequence[tuple]], Sequence]] = {
    "read": _read,
    "classify": _classify,
}


def alone(reader: Reader, method: str, asked: Sequence[tuple]) -> list:
    """The answers of a method that takes one question at a time."""
    return [getattr(reader, method)(*arguments) for arguments in asked]


class LocalWorker:
    """A reader in this process, all of whose passes run in one thread."""

    @classmethod
    def open(
        cls, folder: Path, name: str, labels: Sequence[str], limits: ServingLimits
    ) -> LocalWorker:
        """A worker of the reader in a folder, opened and warmed up; errors as `open_reader`."""
        reader = open_reader(folder, name, labels)
        reader.warm_up()
        return cls(reader, folder, limits)

    def __init__(self, reader: Reader, folder: Path, limits: ServingLimits):
        self.record = record(reader.info, folder / reader.weights_file)
        self._reader = reader
        self._together = {name: partial(ask, reader) for name, ask in TOGETHER.items()}
        self._thread = BatchingWorker(reader.info.name, limits.questions)

    def ask(self, method: str, arguments: tuple, answer: Future | None = None) -> Future:
        """As `ReaderWorker.ask`."""
        function = self._together.get(method) or partial(alone, self._reader, method)
        return self._thread.ask(function, arguments, answer)
