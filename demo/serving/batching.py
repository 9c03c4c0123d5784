"""Dynamic batching: what many people ask of one network goes through it together.

Each reader has one worker, a thread in which all of its passes run. While a pass runs, questions
gather; the next pass answers all of them that ask the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple


@dataclass(eq=False)
class Question:
    """An item, the function of several items that shall answer it, and where the answer goes.

    `context` is that of who asks, by which a Space with ZeroGPU knows whose GPU time it is.
    """

    function: Callable[[list], Sequence]
    item: Any
    answer: Future
    context: Context = field(default_factory=copy_context)


class BatchingWorker:
    """A thread that answers what many threads ask, an item each.

    Nobody waits for others to come: whenever the thread is free it takes all that has been asked
    until then, `largest` at most.
    """

    def __init__(self, name: str, largest: int):
        self._largest = largest
        self._asked: SimpleQueue[Question] = SimpleQueue()
        Thread(target=self._work, name=name, daemon=True).start()

    def ask(
        self, function: Callable[[list], Sequence], item: Any, answer: Future | None = None
    ) -> Future:
        """`function([item])[0]`, in time; the same function of other items may be asked with it.

        It comes in `answer`, if one is given.
        """
        question = Question(function, item, answer or Future())
        self._asked.put(question)
        return question.answer

    def _work(self) -> None:
        while True:
            taken = [self._asked.get()]
            try:
                while len(taken) < self._largest:
                    taken.append(self._asked.get_nowait())
            except Empty:
                pass
            passes: dict[Callable, list[Question]] = {}
            for question in taken:
                passes.setdefault(question.function, []).append(question)
            for questions in passes.values():
                for question, answer in zip(questions, answers(_pass, questions), strict=True):
                    answer.give_to(question.answer)


def _pass(questions: list[Question]) -> Sequence:
    """What the one function of all these questions gives for their items."""
    first = questions[0]
    return first.context.run(first.function, [question.item for question in questions])


class Answer(NamedTuple):
    """What was found for an item, or why nothing was."""

    found: Any = None
    error: Exception | None = None

    def give_to(self, future: Future) -> None:
        """Tell whoever waits."""
        if self.error is None:
            future.set_result(self.found)
        else:
            future.set_exception(self.error)


def answers(ask: Callable[[list], Sequence], items: list) -> list[Answer]:
    """What `ask` gives for each of several items.

    Where it fails, each item is tried alone, so that an error reaches only who asked for it.
    """
    try:
        found = ask(items)
        assert len(found) == len(items)
        return [Answer(each) for each in found]
    except Exception as error:
        if len(items) == 1:
            return [Answer(error=error)]
    return [answer for item in items for answer in answers(ask, [item])]
