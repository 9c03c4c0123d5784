"""How much is taken at once and how long it may take, for everything that serves, in one object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServingLimits:
    """The limits of a panel of readers and of the page before it."""

    waiting: int = 64  # requests that wait; one more is told that the page is busy
    at_once: int = 16  # requests that are worked on, whose texts the readers take together
    questions: int = 64  # that one pass of a reader answers
    texts: int = 64  # of one pass of `classify`, after which others have their turn
    kept: int = 64  # answers that are remembered, so that no network is asked again
    pause_s: float = 30  # after two processes of readers that ended without an answer
    # Of a cluster's replicas of each reader:
    cores: float = 0.5  # kept for one, which computes on one thread
    replicas_least: int = 1
    replicas_most: int = 4
    ongoing: int = 8  # questions of a replica, of which more have another one started
    answer_s: float = 60  # until a question is given up, however many replicas died of it
    start_s: float = 180  # until the first one is there
    health_s: float = 10  # between two looks at a replica, which must answer within as much


# Of readers that work for one person alone, on a whole file.
BULK = ServingLimits(texts=512)
