"""The smallest set of words whose loss changes the verdict, against trying every set."""

import re
from itertools import combinations

import numpy as np
import pytest

from demo.analysis import flips
from demo.analysis.erasure import Erasure
from demo.analysis.flips import single_flip, smallest_flip
from demo.reading import Reading, Token

LABELS = ("Left", "Right")


def erasure_of(worths):
    """A text of words w0, w1, ...: "Right" wins as long as what is left is worth more than 0."""
    text = " ".join(f"w{place}" for place in range(len(worths)))
    tokens = tuple(Token(found[0], *found.span()) for found in re.finditer(r"\w+", text))
    asked = []

    def classify(texts):
        asked.append(len(texts))
        sums = [sum(worths[int(word[1:])] for word in one.split()) for one in texts]
        right = 1 / (1 + np.exp(-np.array(sums)))
        return np.float32(np.stack([1 - right, right], axis=1))

    (shares,) = classify([text])
    return Erasure(classify, Reading("sum", text, shares, tokens, labels=LABELS)), asked


def smallest_by_trying(worths):
    """How many words must go, by trying every set; None if no set does it."""
    verdict = sum(worths) > 0
    for size in range(1, len(worths)):
        for out in combinations(range(len(worths)), size):
            left = sum(worth for place, worth in enumerate(worths) if place not in out)
            if (left > 0) != verdict:
                return size
    return None


@pytest.mark.parametrize("seed", range(25))
def test_it_is_as_small_as_trying_every_set_finds(seed):
    rng = np.random.default_rng(seed)
    worths = rng.normal(rng.uniform(-0.6, 0.6), 1, rng.integers(2, 9))
    found, smallest = smallest_flip(erasure_of(worths)[0]), smallest_by_trying(worths)
    if smallest is None:
        assert found is None
        return
    assert len(found.places) == smallest  # of a sum, the greedy search is exact as well
    assert found.smallest == (smallest <= flips.MOST_WORDS + 1)
    verdict = LABELS[int(sum(worths) > 0)]
    assert found.label != verdict
    left = [worth for place, worth in enumerate(worths) if place not in found.places]
    assert LABELS[int(sum(left) > 0)] == found.label
    assert [word.text for word in found.words] == [f"w{place}" for place in found.places]


def test_two_words_that_matter_only_together_are_found():
    text = "either or nothing"
    tokens = tuple(Token(found[0], *found.span()) for found in re.finditer(r"\w+", text))

    def classify(texts):
        there = np.array([bool({"either", "or"} & set(one.split())) for one in texts])
        return np.float32(np.stack([0.9 - 0.8 * there, 0.1 + 0.8 * there], axis=1))

    reading = Reading("pair", text, classify([text])[0], tokens, labels=LABELS)
    found = smallest_flip(Erasure(classify, reading))
    assert found == flips.Flip((0, 1), tokens[:2], "Left", smallest=True)


def test_where_there_are_too_many_sets_words_go_one_after_another():
    worths = [1.0] * 60 + [-45.5]
    erasure, asked = erasure_of(worths)
    found = smallest_flip(erasure)
    assert len(found.places) == 15
    assert not found.smallest
    assert 60 not in found.places
    assert sum(asked) < 1 + 61 + flips.CANDIDATES**2


def test_a_verdict_that_no_words_carry_is_left_alone():
    assert smallest_flip(erasure_of([1.0, 1.0, 1.0])[0]) is None
    assert smallest_flip(erasure_of([1.0])[0]) is None
    assert smallest_flip(erasure_of([1.0] * 61)[0]) is None


def test_one_word_flips_it_or_none_does_without_asking_again():
    erasure, asked = erasure_of([0.5, 2.0, -1.0, -1.2])
    erasure.winning(erasure.everything - {place} for place in range(4))
    known = len(asked)
    found = single_flip(erasure)
    assert (found.places, found.label, found.smallest) == ((1,), "Left", True)
    assert len(asked) == known
    assert single_flip(erasure_of([1.0, 1.0, 1.0])[0]) is None
    assert single_flip(erasure_of([1.0])[0]) is None
