"""Batches of texts of like length, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

JITTER = 4.0  # tokens: how far apart in length the texts of one batch may be drawn


def of_like_length(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw batches of `size` indices into `lengths`, each of like length, in random order."""
    order = np.argsort(np.asarray(lengths) + rng.uniform(0, JITTER, len(lengths)), kind="stable")
    starts = rng.permutation(np.arange(0, len(order), size))
    return [order[start : start + size] for start in starts]
