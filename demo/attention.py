"""Arithmetic on attention weights, in plain numpy: a reading in, a matrix to draw out."""

from __future__ import annotations

import numpy as np

from demo.reading import Reading


def layer_heads(reading: Reading, layer: int) -> np.ndarray:
    """The heads of one layer, float32 (heads, tokens, tokens).

    Raises ValueError if the reading has no such layer.
    """
    if reading.attention is None:
        raise ValueError(f"The reader {reading.reader} has no self-attention to show.")
    if not 0 <= layer < len(reading.attention):
        raise ValueError(f"There is no layer {layer}: pick 0 to {len(reading.attention) - 1}.")
    return reading.attention[layer]


def head_mean(heads: np.ndarray) -> np.ndarray:
    """The mean of heads: (heads, tokens, tokens) -> (tokens, tokens); rows still sum to 1."""
    return heads.mean(axis=0)
