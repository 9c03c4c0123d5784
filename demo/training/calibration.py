"""Temperature scaling (Guo et al. 2017): make a reader as sure as it is right.

A network's logits are divided by one number, chosen where it gives the smallest negative
log-likelihood on texts that were not learned from. Verdicts stay what they are.
"""

from __future__ import annotations

import numpy as np

TEMPERATURES = np.geomspace(0.25, 4, 321)  # those that are tried, 0.9 % apart


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature to divide logits (texts, classes) by; labels are int (texts,).

    Log-probabilities do as logits: a number added to all of a text's changes nothing.
    """
    assert len(logits) == len(labels) > 0
    logits = np.asarray(logits, np.float64)
    costs = [_negative_log_likelihood(logits / t, labels) for t in TEMPERATURES]
    return float(TEMPERATURES[np.argmin(costs)])


def _negative_log_likelihood(logits: np.ndarray, labels: np.ndarray) -> float:
    logits = logits - logits.max(axis=-1, keepdims=True)
    log_likelihood = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -float(log_likelihood[np.arange(len(labels)), labels].mean())
