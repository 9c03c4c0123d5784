"""Each score on a bag of words whose true importances are known."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from demo.analysis import faithfulness
from demo.analysis.erasure import Erasure
from demo.analysis.faithfulness import (
    DECOMPOSITION,
    GRADIENT,
    LEAVE_ONE_OUT,
    RANDOM,
    UNIFORM,
    evidence,
    kendall_tau,
    score,
)
from tests.bag_of_words import BagOfWords, winning

TEXT = "the bank, of oil: the coast goal"


def test_leave_one_out_recovers_the_true_importances():
    found = evidence(BagOfWords(), TEXT)
    drops = found.importance[LEAVE_ONE_OUT]
    words = [word.text for word in found.words]
    assert words == ["the", "bank", "of", "oil", "the", "coast", "goal"]
    kept = [word for word in words if word != "oil"]
    assert drops[words.index("oil")] == pytest.approx(winning(*words) - winning(*kept), abs=1e-6)
    ranked = [words[place] for place in faithfulness.order(drops)]
    assert ranked == ["oil", "bank", "coast", "the", "of", "the", "goal"]
    assert found.scores[LEAVE_ONE_OUT].tau == pytest.approx(1)
    for name in (GRADIENT, DECOMPOSITION):
        assert found.scores[name].tau == pytest.approx(1)
    assert found.scores[UNIFORM].tau is None


def test_comprehensiveness_and_sufficiency_by_hand():
    found = evidence(BagOfWords(), TEXT)
    words = [word.text for word in found.words]
    ranked = [words[place] for place in faithfulness.order(found.importance[GRADIENT])]
    # 5, 10, 20 and 50 % of seven words are 1, 1, 2 and 4 words.
    whole = winning(*words)
    without = [whole - winning(*ranked[first:]) for first in (1, 1, 2, 4)]
    alone = [whole - winning(*ranked[:first]) for first in (1, 1, 2, 4)]
    assert found.scores[GRADIENT].comprehensiveness == pytest.approx(np.mean(without), abs=1e-6)
    assert found.scores[GRADIENT].sufficiency == pytest.approx(np.mean(alone), abs=1e-6)


def test_random_does_not_beat_what_is_true():
    scores = evidence(BagOfWords(), TEXT).scores
    for other in (RANDOM, UNIFORM):
        assert scores[LEAVE_ONE_OUT].comprehensiveness > scores[other].comprehensiveness + 0.05
        assert scores[LEAVE_ONE_OUT].sufficiency < scores[other].sufficiency - 0.05
    assert abs(scores[RANDOM].tau) < 0.3


def test_the_text_is_read_once_and_every_version_of_it_once_in_one_batch():
    reader = BagOfWords()
    batches = []

    def noting(ask):
        return lambda texts, *more: batches.append((ask.__name__, list(texts))) or ask(texts, *more)

    reader.read_batch = noting(reader.read_batch)
    reader.classify = noting(reader.classify)
    evidence(reader, TEXT)
    text, (kind, versions) = (batch for batch in batches if batch[1])
    assert text == ("read_batch", [TEXT])
    assert kind == "classify"
    assert TEXT not in versions
    assert len(versions) == len(set(versions)) > 20


def test_a_word_is_taken_out_of_the_users_own_text():
    reader = BagOfWords()
    reading = reader.read(TEXT)
    erasure = Erasure(reader.classify, reading)
    assert erasure.text_of(erasure.everything) == TEXT
    assert erasure.text_of(erasure.everything - {1, 3}) == "the , of : the coast goal"
    assert erasure.text_of(frozenset({3})).split() == [",", "oil:"]


def test_agreement_counts_the_words_that_matter_among_the_first():
    found = evidence(BagOfWords(), TEXT)
    assert found.agreement(GRADIENT) == faithfulness.Agreement(3, 3, 3, pytest.approx(9 / 7))
    turned = {**found.importance, "turned": -found.importance[LEAVE_ONE_OUT]}
    worst = faithfulness.Evidence(found.reading, found.words, turned, {})
    assert worst.agreement("turned").most == 0


@pytest.mark.parametrize("different", [1, 2, 5, 50])
def test_agreement_of_two_rankings_is_that_of_scipy(different):
    rng = np.random.default_rng(different)
    for words in range(1, 30):
        one, other = rng.integers(different, size=(2, words)).astype(np.float32)
        expected = kendalltau(one, other).statistic
        found = kendall_tau(one, other)
        assert np.isnan(expected) if found is None else found == pytest.approx(expected)


def test_a_single_word_gets_a_sentence():
    with pytest.raises(ValueError, match="type a second one"):
        evidence(BagOfWords(), "oil")


def test_two_words_can_be_scored():
    found = evidence(BagOfWords(), "oil bank")
    assert (
        score(
            Erasure(BagOfWords().classify, found.reading),
            found.importance[GRADIENT],
            found.importance,
        )
        == found.scores[GRADIENT]
    )
