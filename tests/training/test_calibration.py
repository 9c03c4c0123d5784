"""A temperature makes a network as sure as it is right."""

import numpy as np
import pytest

from demo.training.calibration import best_temperature
from demo.training.evaluate import calibration


@pytest.fixture
def honest():
    """Logits of texts, and classes drawn from the probabilities that they mean."""
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 2, (20_000, 4))
    gumbel = rng.gumbel(size=logits.shape)
    return logits, (logits + gumbel).argmax(-1)


@pytest.mark.parametrize("by", [0.4, 0.7, 1.0, 1.5, 2.0, 3.3])
def test_the_temperature_that_logits_were_multiplied_by_is_found(honest, by):
    logits, labels = honest
    assert best_temperature(by * logits, labels) == pytest.approx(by, rel=0.03)


def test_what_is_added_to_all_logits_of_a_text_changes_nothing(honest):
    logits, labels = honest
    shifted = logits + np.arange(len(logits))[:, None]
    assert best_temperature(shifted, labels) == best_temperature(logits, labels)


def test_a_network_too_sure_is_calibrated_afterwards(honest):
    logits, labels = 2.5 * honest[0], honest[1]
    errors = []
    for temperature in (1.0, best_temperature(logits, labels)):
        shares = np.exp(logits / temperature)
        shares /= shares.sum(-1, keepdims=True)
        errors.append(calibration(shares.max(-1), shares.argmax(-1) == labels)[0])
    assert errors[0] > 0.1
    assert errors[1] < 0.02


def test_one_who_is_never_wrong_takes_the_lowest_temperature():
    assert best_temperature(np.eye(4), np.arange(4)) == pytest.approx(0.25)
