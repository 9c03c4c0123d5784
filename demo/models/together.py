"""Dynamic batching: what several threads ask of a network at the same time is one pass of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Any

LARGEST = 64  # items in one pass


class Together:
    """`function`, which takes several items and gives an answer to each, as a function of one.

    Nobody waits for others to come: who finds the network free takes all that has been asked until
    then. Where a pass fails, each of its items is tried alone, so that an error reaches only who
    asked for it.
    """

    def __init__(self, function: Callable[[list], Sequence]):
        self.function = function
        self._waiting: deque[tuple[Any, Future]] = deque()
        self._turn = Lock()

    def __call__(self, item):
        mine: Future = Future()
        self._waiting.append((item, mine))
        while not mine.done():
            with self._turn:
                if not mine.done():
                    self._run([self._waiting.popleft() for _ in range(self._next())])
        return mine.result()

    def _next(self) -> int:
        return min(len(self._waiting), LARGEST)

    def _run(self, asked: list[tuple[Any, Future]]) -> None:
        try:
            answers = self.function([item for item, _ in asked])
        except Exception as error:
            if len(asked) == 1:
                asked[0][1].set_exception(error)
            else:
                for one in asked:
                    self._run([one])
            return
        for (_, future), answer in zip(asked, answers, strict=True):
            future.set_result(answer)
