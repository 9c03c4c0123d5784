"""Dynamic batching: what is asked of a network while it computes is one pass of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

LARGEST = 64  # items in one pass


@dataclass(eq=False)
class Asked:
    """An item, the function that shall answer it, and where the answer goes.

    `context` is that of who asks, by which a Space with ZeroGPU knows whose GPU time it is.
    """

    function: Callable[[list], Sequence]
    item: Any
    answer: Future = field(default_factory=Future)
    context: Context = field(default_factory=copy_context)


class Together:
    """A thread in which functions of several items answer what many threads ask, an item each.

    Nobody waits for others to come: whenever the thread is free it takes all that has been asked
    until then. Where a pass fails, each of its items is tried alone, so that an error reaches only
    who asked for it.
    """

    def __init__(self, name: str):
        self._asked: SimpleQueue[Asked] = SimpleQueue()
        Thread(target=self._work, name=name, daemon=True).start()

    def ask(self, function: Callable[[list], Sequence], item) -> Future:
        """`function([item])[0]`, in time; the same function of other items may be asked with it."""
        asked = Asked(function, item)
        self._asked.put(asked)
        return asked.answer

    def _work(self) -> None:
        while True:
            taken = [self._asked.get()]
            try:
                while len(taken) < LARGEST:
                    taken.append(self._asked.get_nowait())
            except Empty:
                pass
            passes: dict[Callable, list[Asked]] = {}
            for asked in taken:
                passes.setdefault(asked.function, []).append(asked)
            for several in passes.values():
                _answer(several)


def _answer(several: list[Asked]) -> None:
    """One pass for all of them, or one each if it fails."""
    first = several[0]
    try:
        answers = first.context.run(first.function, [asked.item for asked in several])
    except Exception as error:
        if len(several) == 1:
            first.answer.set_exception(error)
        else:
            for asked in several:
                _answer([asked])
        return
    for asked, answer in zip(several, answers, strict=True):
        asked.answer.set_result(answer)
