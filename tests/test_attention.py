import numpy as np
import pytest

from demo import attention
from demo.reading import Reading, Token

TOKENS = (Token("a", 0, 1), Token("b", 2, 3))
HEADS = np.array([[[[1, 0], [0.5, 0.5]], [[0, 1], [0.3, 0.7]]]], np.float32)


def test_the_mean_of_heads_is_their_mean():
    reading = Reading("r", "a b", np.full(4, 0.25, np.float32), TOKENS, HEADS)
    mean = attention.head_mean(attention.layer_heads(reading, 0))
    assert mean == pytest.approx(np.array([[0.5, 0.5], [0.4, 0.6]]))


def test_a_layer_that_is_not_there_is_refused():
    reading = Reading("r", "a b", np.full(4, 0.25, np.float32), TOKENS, HEADS)
    with pytest.raises(ValueError, match="no layer 1: pick 0 to 0"):
        attention.layer_heads(reading, 1)
    with pytest.raises(ValueError, match="no self-attention"):
        attention.layer_heads(Reading("r", "a b", reading.probabilities, TOKENS), 0)
