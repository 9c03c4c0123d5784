"""Batches of texts of like length, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

JITTER = 4.0  # tokens: how far apart in length the texts of one batch may be drawn


def of_like_length(
    lengths: Sequence[int], size: int, rng: np.random.Generator, full: bool = False
) -> list[np.ndarray]:
    """Draw batches of `size` indices into `lengths`, each of like length, in random order.

    The last one is smaller, or, if all are to be `full`, shares some with the one before it.
    """
    order = np.argsort(np.asarray(lengths) + rng.uniform(0, JITTER, len(lengths)), kind="stable")
    starts = np.arange(0, len(order), size)
    if full:
        starts = np.minimum(starts, max(0, len(order) - size))
    starts = rng.permutation(starts)
    return [order[start : start + size] for start in starts]
