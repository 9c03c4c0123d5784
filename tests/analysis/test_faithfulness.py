"""Each score on a bag of words whose true importances are known."""

import re

import numpy as np
import pytest

from demo.analysis import faithfulness
from demo.analysis.faithfulness import (
    GRADIENT,
    LEAVE_ONE_OUT,
    RANDOM,
    UNIFORM,
    Erasure,
    evidence,
    score,
)
from demo.models.base import Reader, Shape
from demo.reading import Ability, Reading, Token

WORTH = {"oil": 2.0, "goal": -1.0, "bank": 0.5, "the": 0.0, "of": 0.0, "coast": 0.25}


class BagOfWords(Reader):
    """The logit of the second class is the sum of the worths of the words."""

    kind, title, weights_file = "bag", "Bag of words", "none"

    @classmethod
    def load(cls, folder):
        return cls()

    @property
    def shape(self):
        return Shape(0, 0, 100, len(WORTH), frozenset({Ability.GRADIENT}))

    def read_batch(self, texts, seconds=None):
        return [self.reading_of(text) for text in texts]

    def classify(self, texts):
        self.asked = texts
        return np.array([self.reading_of(text).probabilities for text in texts])

    def reading_of(self, text):
        tokens = tuple(Token(m.group(), *m.span()) for m in re.finditer(r"\w+", text))
        logits = np.array([0, 0.5 + sum(WORTH[token.text] for token in tokens), 0, 0])
        shares = np.exp(logits) / np.exp(logits).sum()
        return Reading(self.kind, text, shares.astype(np.float32), tokens)

    def gradient_x_input(self, text):
        return np.array([WORTH[token.text] for token in self.reading_of(text).tokens], np.float32)


TEXT = "the bank, of oil: the coast goal"


def winning(*words):
    logit = 0.5 + sum(WORTH[word] for word in words)
    return np.exp(logit) / (np.exp(logit) + 3)


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
    assert found.scores[GRADIENT].tau == pytest.approx(1)
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
    reading = reader.reading_of(TEXT)
    erasure = Erasure(reader.classify, reading, reading.tokens)
    assert erasure.text_of(erasure.everything) == TEXT
    assert erasure.text_of(erasure.everything - {1, 3}) == "the , of : the coast goal"
    assert erasure.text_of(frozenset({3})).split() == [",", "oil:"]


def test_agreement_counts_the_words_that_matter_among_the_first():
    found = evidence(BagOfWords(), TEXT)
    assert found.agreement(GRADIENT) == faithfulness.Agreement(3, 3, 3, pytest.approx(9 / 7))
    turned = {**found.importance, "turned": -found.importance[LEAVE_ONE_OUT]}
    worst = faithfulness.Evidence(found.reading, found.words, turned, {})
    assert worst.agreement("turned").most == 0


def test_a_single_word_gets_a_sentence():
    with pytest.raises(ValueError, match="type a second one"):
        evidence(BagOfWords(), "oil")


def test_two_words_can_be_scored():
    found = evidence(BagOfWords(), "oil bank")
    assert (
        score(
            Erasure(BagOfWords().classify, found.reading, found.words),
            found.importance[GRADIENT],
            found.importance,
        )
        == found.scores[GRADIENT]
    )
