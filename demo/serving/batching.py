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
from typing import Any

LARGEST = 64  # questions that one pass answers


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
    until then. Where a pass fails, each of its items is tried alone, so that an error reaches only
    who asked for it.
    """

    def __init__(self, name: str):
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
                while len(taken) < LARGEST:
                    taken.append(self._asked.get_nowait())
            except Empty:
                pass
            passes: dict[Callable, list[Question]] = {}
            for question in taken:
                passes.setdefault(question.function, []).append(question)
            for questions in passes.values():
                _answer(questions)


def _answer(questions: list[Question]) -> None:
    """One pass for all of them, or one each if it fails."""
    first = questions[0]
    try:
        answers = first.context.run(first.function, [question.item for question in questions])
    except Exception as error:
        if len(questions) == 1:
            first.answer.set_exception(error)
        else:
            for question in questions:
                _answer([question])
        return
    for question, answer in zip(questions, answers, strict=True):
        question.answer.set_result(answer)
