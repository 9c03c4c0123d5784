"""The limits of comprehensiveness, against every order of a few words."""

from itertools import permutations

import numpy as np
import pytest

from demo.analysis.erasure import Erasure
from demo.analysis.faithfulness import DECOMPOSITION, evidence
from demo.analysis.limits import comprehensiveness, greedy_order, limits, normalised
from tests.bag_of_words import BagOfWords

TEXT = "the bank of oil goal coast"


@pytest.fixture
def erasure():
    reader = BagOfWords()
    return Erasure(reader.classify, reader.read(TEXT))


def test_the_greedy_orders_reach_the_limits_of_a_bag_of_words(erasure):
    every = [comprehensiveness(erasure, order) for order in permutations(range(6))]
    assert limits(erasure, []) == pytest.approx((min(every), max(every)), abs=1e-6)
    worst, best = greedy_order(erasure, -1), greedy_order(erasure, 1)
    assert sorted(worst) == sorted(best) == list(range(6))
    assert erasure.words[best[0]].text == "oil"
    assert erasure.words[worst[0]].text == "goal"


def test_an_order_scores_as_a_ranking_that_has_it(erasure):
    found = evidence(BagOfWords(), TEXT)
    order = np.argsort(-found.importance[DECOMPOSITION], kind="stable").tolist()
    expected = found.scores[DECOMPOSITION].comprehensiveness
    assert comprehensiveness(erasure, order) == pytest.approx(expected, abs=1e-6)


def test_a_ranking_that_was_measured_lies_within_the_limits(erasure):
    assert limits(erasure, [-2.0, 0.1, 3.0]) == (-2.0, 3.0)


def test_a_value_is_put_between_the_limits():
    assert normalised(0.3, 0.1, 0.5) == pytest.approx(0.5)
    assert normalised(0.2, 0.2, 0.2) is None
