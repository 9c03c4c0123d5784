"""What Inside draws of a trace."""

import re
from dataclasses import replace

import numpy as np
import pytest

from demo.analysis import arithmetic
from demo.models.words import Vocabulary
from demo.reading import Token

HEADLINE = "Oil prices climb as storm shuts the court"


def test_the_steps_of_a_head_lead_from_its_scores_to_its_weights(tiny_reader):
    trace = tiny_reader.trace(HEADLINE, 0, 1)
    steps = arithmetic.steps(trace)
    powers = np.exp(steps.scaled)
    assert np.abs(steps.weights - powers / powers.sum(-1, keepdims=True)).max() < 1e-5
    assert np.abs(steps.mixed - steps.weights @ steps.values).max() < 1e-5
    assert steps.asking == tuple(HEADLINE.split())
    assert steps.query == trace.weights.sum(0).argmax()
    assert steps.summed
    assert not steps.additive
    assert not steps.relative


def test_it_opens_with_a_word_and_not_with_a_mark():
    weights = np.array([[0.9, 0.0, 0.1], [0.8, 0.1, 0.1], [0.6, 0.1, 0.3]])
    assert arithmetic.most_looked_at(weights, [False, True, True]) == 2
    assert arithmetic.most_looked_at(weights, [False, False, False]) == 0


def test_likeness_is_the_cosine():
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    expected = [
        *([1, 0, -1, 0.5**0.5, 0], [0, 1, 0, 0.5**0.5, 0], [-1, 0, 1, -(0.5**0.5), 0]),
        *([0.5**0.5, 0.5**0.5, -(0.5**0.5), 1, 0], [0, 0, 0, 0, 0]),
    ]
    assert np.allclose(arithmetic.likeness(vectors), expected)


@pytest.mark.parametrize(
    "text", ["Oil, prices climb!", "Kerry's  plan — wins", "a b", "the the the"]
)
def test_shuffled_words_are_the_same_in_another_order(text):
    tokens = tuple(Vocabulary(["", "[UNK]"], clitics=True).tokens(text))
    other = arithmetic.shuffled(text, tokens)
    words = re.findall(r"[\w']+", text)
    found = re.findall(r"[\w']+", other)
    assert sorted(found) == sorted(words)
    assert found != words or len(set(words)) == 1
    assert re.sub(r"[\w']+", "_", other) == re.sub(r"[\w']+", "_", text)
    assert arithmetic.shuffled(text, tokens) == other  # a link brings the same one


def test_one_word_stays_and_marks_are_no_words():
    tokens = (Token("[CLS]", 0, 0, special=True), Token("Oil", 0, 3), Token("[SEP]", 3, 3, True))
    assert arithmetic.shuffled("Oil!", tokens) == "Oil!"


def test_a_key_that_may_not_be_looked_at_does_not_drown_the_other_scores(tiny_reader):
    trace = tiny_reader.trace(HEADLINE)
    added = np.zeros_like(trace.scores)
    added[:, 0] = np.finfo(np.float32).min
    steps = arithmetic.steps(replace(trace, added=added))
    assert steps.scaled.min() == arithmetic.FLOOR
    assert steps.relative
