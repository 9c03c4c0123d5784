"""The limits of comprehensiveness, against every order of a few words."""

from itertools import permutations

import numpy as np
import pytest

from demo.analysis.erasure import Erasure
from demo.analysis.faithfulness import DECOMPOSITION, evidence
from demo.analysis.limits import comprehensiveness, greedy_order, limits, normalised
from tests.bag_of_words import WORTH, BagOfWords

TEXT = "the bank of oil goal coast"


@pytest.fixture
def erasure():
    reader = BagOfWords()
    return Erasure(reader.classify, reader.read(TEXT))


def test_the_limits_of_a_bag_of_words_are_those_of_its_best_and_worst_orders(erasure):
    every = [comprehensiveness(erasure, order) for order in permutations(range(6))]
    worths = np.array([WORTH[word.text] for word in erasure.words])
    assert limits(erasure, [worths]) == pytest.approx((min(every), max(every)), abs=1e-6)
    best = greedy_order(erasure)
    assert sorted(best) == list(range(6))
    assert comprehensiveness(erasure, best) == pytest.approx(max(every), abs=1e-6)
    assert limits(erasure, [])[1] == pytest.approx(max(every), abs=1e-6)


def test_an_order_scores_as_a_ranking_that_has_it(erasure):
    found = evidence(BagOfWords(), TEXT)
    order = np.argsort(-found.importance[DECOMPOSITION], kind="stable").tolist()
    expected = found.scores[DECOMPOSITION].comprehensiveness
    assert comprehensiveness(erasure, order) == pytest.approx(expected, abs=1e-6)


def test_a_ranking_that_was_measured_lies_within_the_limits(erasure):
    rankings = np.random.default_rng(0).random((20, 6))
    low, high = limits(erasure, rankings)
    for values in rankings:
        found = comprehensiveness(erasure, np.argsort(-values).tolist())
        assert 0 <= normalised(found, low, high) <= 1


def test_a_value_is_put_between_the_limits():
    assert normalised(0.3, 0.1, 0.5) == pytest.approx(0.5)
    assert normalised(0.2, 0.2, 0.2) is None
