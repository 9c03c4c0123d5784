import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.models.together import LARGEST, Together


def together_with_a_gate():
    """A function that waits at its first call until the gate opens, and what it was called with."""
    calls, gate = [], threading.Event()

    def double(items):
        calls.append(list(items))
        if len(calls) == 1:
            assert gate.wait(20)
        if "bad" in items:
            raise RuntimeError("bad")
        return [item * 2 for item in items]

    return Together(double), calls, gate


def ask(pool, together, items, calls):
    """Futures of the items' answers; the first is being computed, the others wait."""
    first = pool.submit(together, items[0])
    while not calls:
        pass
    others = [pool.submit(together, item) for item in items[1:]]
    while len(together._waiting) < len(others):
        pass
    return [first, *others]


def test_what_is_asked_meanwhile_is_one_pass_and_everyone_gets_their_own():
    together, calls, gate = together_with_a_gate()
    with ThreadPoolExecutor(50) as pool:
        asked = ask(pool, together, list(range(50)), calls)
        gate.set()
        assert [future.result(20) for future in asked] == [2 * item for item in range(50)]
    assert [len(call) for call in calls] == [1, 49]


def test_a_pass_has_an_upper_bound():
    together, calls, gate = together_with_a_gate()
    with ThreadPoolExecutor(LARGEST + 20) as pool:
        asked = ask(pool, together, list(range(LARGEST + 20)), calls)
        gate.set()
        assert [future.result(20) for future in asked] == [2 * i for i in range(LARGEST + 20)]
    assert [len(call) for call in calls] == [1, LARGEST, 19]


def test_an_error_reaches_only_who_asked_for_it():
    together, calls, gate = together_with_a_gate()
    with ThreadPoolExecutor(4) as pool:
        first, one, bad, other = ask(pool, together, ["a", "b", "bad", "c"], calls)
        gate.set()
        assert [first.result(20), one.result(20), other.result(20)] == ["aa", "bb", "cc"]
        with pytest.raises(RuntimeError, match="bad"):
            bad.result(20)
    assert together("d") == "dd"
