import threading
from contextvars import ContextVar

import pytest

from demo.serving.batching import BatchingWorker

LIMIT_S = 20
LARGEST = 64
USER = ContextVar("user", default="nobody")


class Doubling:
    """A function of several numbers that waits at its first call until the gate opens."""

    def __init__(self):
        self.calls, self.users, self.started = [], [], threading.Event()
        self.gate = threading.Event()

    def __call__(self, items):
        self.calls.append(list(items))
        self.users.append(USER.get())
        self.started.set()
        assert self.gate.wait(LIMIT_S)
        if "bad" in items:
            raise RuntimeError("bad")
        return [item * 2 for item in items]

    def asked(self, worker, items):
        """The answers to come; the first item is being computed while the others are asked for."""
        first = worker.ask(self, items[0])
        assert self.started.wait(LIMIT_S)
        return [first, *(worker.ask(self, item) for item in items[1:])]


@pytest.fixture
def double():
    return Doubling()


@pytest.fixture
def worker():
    return BatchingWorker("test", LARGEST)


def test_what_is_asked_meanwhile_is_one_pass_and_everyone_gets_their_own(worker, double):
    asked = double.asked(worker, list(range(50)))
    double.gate.set()
    assert [answer.result(LIMIT_S) for answer in asked] == [2 * item for item in range(50)]
    assert [len(call) for call in double.calls] == [1, 49]


def test_a_pass_has_an_upper_bound(worker, double):
    asked = double.asked(worker, list(range(LARGEST + 20)))
    double.gate.set()
    assert [answer.result(LIMIT_S) for answer in asked] == [2 * i for i in range(LARGEST + 20)]
    assert [len(call) for call in double.calls] == [1, LARGEST, 19]


def test_only_the_same_function_is_asked_together(worker, double):
    first, one, other = Doubling(), double, Doubling()
    started = first.asked(worker, [0])
    asked = [worker.ask(function, item) for item in (1, 2) for function in (one, other)]
    for function in (first, one, other):
        function.gate.set()
    assert [answer.result(LIMIT_S) for answer in [*started, *asked]] == [0, 2, 2, 4, 4]
    assert one.calls == other.calls == [[1, 2]]


def test_an_error_reaches_only_who_asked_for_it(worker, double):
    first, one, bad, other = double.asked(worker, ["a", "b", "bad", "c"])
    double.gate.set()
    answers = [answer.result(LIMIT_S) for answer in (first, one, other)]
    assert answers == ["aa", "bb", "cc"]
    with pytest.raises(RuntimeError, match="bad"):
        bad.result(LIMIT_S)
    assert worker.ask(double, "d").result(LIMIT_S) == "dd"


def test_a_pass_knows_who_asked_for_it(worker, double):
    """A Space with ZeroGPU takes the GPU time from the user in whose context a pass runs."""
    USER.set("somebody")
    double.gate.set()
    assert worker.ask(double, 1).result(LIMIT_S) == 2
    assert double.users == ["somebody"]
