"""What is logged and told of a failure: never its message, which may quote the text."""

from __future__ import annotations

import logging
import traceback

from demo.serving.batching import Answer

log = logging.getLogger(__name__)


def log_failure(what: str, error: BaseException) -> None:
    """Log that something failed, and where."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed, %s:\n%s", what, type(error).__name__, where)


def sendable(reader: str, answer: Answer) -> Answer:
    """An answer of a reader for another process; a failure is logged here, and its kind sent."""
    if answer.error is None or isinstance(answer.error, ValueError):
        return answer
    log_failure(reader, answer.error)
    return Answer(error=RuntimeError(type(answer.error).__name__))
