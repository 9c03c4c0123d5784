"""The readers side by side, as many people use them at once."""

from __future__ import annotations

import logging
import traceback
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from demo.models.reader import Reader
from demo.models.together import Together
from demo.reading import Reading, check_text

log = logging.getLogger(__name__)
KEPT = 48  # readings that are remembered, so that cards and tabs do not read a text again


class Panel(dict[str, Reader]):
    """The readers by name, and the folder that each was opened from.

    `missing` says of each that could not be opened why, in a sentence.

    `read` and `classify` take one text each; the texts of several threads go through a network
    together. Both raise ValueError with a sentence if the text cannot be read or the reader fails.
    """

    def __init__(self):
        super().__init__()
        self.folders: dict[str, Path] = {}
        self.missing: dict[str, str] = {}
        self._together = cache(lambda name, how: Together(getattr(self[name], how)))
        self._remembered = lru_cache(KEPT)(self._read)

    def read(self, name: str, text: str, second: str | None = None) -> Reading:
        """What a reader makes of a text; the last few readings are kept in memory."""
        for given in (text, second):
            if given is not None:
                check_text(given)
        return self._remembered(name, text, second)

    def classify(self, name: str, text: str) -> np.ndarray:
        """The probabilities that a reader gives to the classes of a text, float32 (4,)."""
        return self._guarded(name, self._together(name, "classify"), check_text(text))

    def _read(self, name: str, text: str, second: str | None) -> Reading:
        if second is not None:
            return self._guarded(name, self[name].read, text, second)
        return self._guarded(name, self._together(name, "read_batch"), text)

    def _guarded(self, name: str, function, *texts: str):
        """The function's answer; a failure is logged without the text, which no message may hold.

        Raises ValueError with one sentence.
        """
        try:
            return function(*texts)
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
