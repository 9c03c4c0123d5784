"""The readers side by side, as many people use them at once."""

from __future__ import annotations

import logging
import traceback
from collections import OrderedDict
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np

from demo.models.reader import Reader
from demo.models.together import Together
from demo.reading import Reading, check_text

log = logging.getLogger(__name__)
KEPT = 48  # readings that are remembered, so that cards and tabs do not read a text again


class Panel(dict[str, Reader]):
    """The readers by name, and the folder that each was opened from.

    `missing` says of each that could not be opened why, in a sentence.

    Each reader has a thread of its own in which it reads for everybody, so that the readers work
    side by side and the texts of several people go through a network together. `read` and
    `classify` raise ValueError with a sentence if the text cannot be read or the reader fails.
    """

    def __init__(self):
        super().__init__()
        self.folders: dict[str, Path] = {}
        self.missing: dict[str, str] = {}
        self._together = cache(Together)
        self._readings: OrderedDict[tuple[str, str, str | None], Future] = OrderedDict()
        self._changing = Lock()

    def classify(self, text: str) -> dict[str, np.ndarray]:
        """The probabilities that each reader gives to the classes of a text, float32 (4,)."""
        check_text(text)
        asked = {name: self._together(name).ask(self[name].classify, text) for name in self}
        return {name: self._answer(name, future) for name, future in asked.items()}

    def read(self, name: str, text: str, second: str | None = None) -> Reading:
        """What a reader makes of a text; the last few readings are kept in memory."""
        return self._finished((name, text, second), self._begun(name, text, second))

    def read_all(self, text: str) -> dict[str, Reading | ValueError]:
        """What each reader makes of a text, or the error, with its sentence, of one that fails.

        Raises ValueError with a sentence if the text cannot be read.
        """
        begun = {name: self._begun(name, text) for name in self}
        found = {}
        for name, future in begun.items():
            try:
                found[name] = self._finished((name, text, None), future)
            except ValueError as error:
                found[name] = error
        return found

    def _begun(self, name: str, text: str, second: str | None = None) -> Future:
        """The reading of a text, which may be there already or still be on its way."""
        for given in (text, second):
            if given is not None:
                check_text(given)
        key = (name, text, second)
        with self._changing:
            if key not in self._readings:
                reader, ask = self[name], self._together(name).ask
                self._readings[key] = (
                    ask(reader.read_batch, text)
                    if second is None
                    else ask(lambda pairs: [reader.read(*pair) for pair in pairs], (text, second))
                )
            self._readings.move_to_end(key)
            if len(self._readings) > KEPT:
                self._readings.popitem(last=False)
            return self._readings[key]

    def _finished(self, key: tuple[str, str, str | None], future: Future) -> Reading:
        """The reading, once it is there; one that failed is forgotten, so that it can be tried."""
        try:
            return self._answer(key[0], future)
        except ValueError:
            with self._changing:
                self._readings.pop(key, None)
            raise

    def _answer(self, name: str, future: Future):
        """What a reader answered; a failure is logged without the text, which its message may hold.

        Raises ValueError with one sentence.
        """
        try:
            return future.result()
        except ValueError:
            raise
        except Exception as error:
            log_failure(name, error)
            raise ValueError(
                f"{self[name].title} failed on this text: try again, or another text."
            ) from None


def log_failure(what: str, error: Exception) -> None:
    """Log that something failed and where, but not the error's message: it may quote the text."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed, %s:\n%s", what, type(error).__name__, where)
