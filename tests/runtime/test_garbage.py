import gc

import pytest

from demo.runtime.garbage import nothing_collected


def fail():
    with nothing_collected():
        assert not gc.isenabled()
        raise KeyError


def test_garbage_is_looked_for_again_even_after_an_error():
    with pytest.raises(KeyError):
        fail()
    assert gc.isenabled()


def test_one_within_another_leaves_it_to_the_outer_one():
    with nothing_collected():
        with nothing_collected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_meanwhile_is_not_looked_through_again():
    with nothing_collected():
        made = [[] for _ in range(1_000)]
    there = {id(one) for one in gc.get_objects()}
    assert not there & {id(one) for one in made}
