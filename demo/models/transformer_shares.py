"""What each word and each head adds to the logits of the small transformer (`linearised.py`).

Its layers (`transformer.py`) are gone through backwards with attention weights, deviations and
slopes held constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np

from demo.models.linearised import Backward, Dense, LayerNorm, contrasts, gathered
from demo.reading import Decomposition


class Arrays(NamedTuple):
    """The weights of the network, by layer; `value` and `output` are those of the attention.

    Shapes of their kernels: (width, heads, size) and (heads, size, width).
    """

    tokens: np.ndarray
    positions: np.ndarray
    value: Dense
    output: Dense
    norm_1: LayerNorm
    expand: Dense
    project: Dense
    norm_2: LayerNorm
    hidden: Dense
    classes: Dense

    @classmethod
    def of(cls, network: keras.Model) -> Arrays:
        """Those of a network that `transformer.build` made."""
        block = network.get_layer("block")
        tokens, positions = network.get_layer("embedding").get_weights()
        return cls(
            tokens=tokens,
            positions=positions,
            value=tuple(block.attention.value_dense.get_weights()),
            output=tuple(block.attention.output_dense.get_weights()),
            norm_1=LayerNorm(block.norm_1.epsilon, *block.norm_1.get_weights()),
            expand=tuple(block.expand.get_weights()),
            project=tuple(block.project.get_weights()),
            norm_2=LayerNorm(block.norm_2.epsilon, *block.norm_2.get_weights()),
            hidden=tuple(network.get_layer("hidden").get_weights()),
            classes=tuple(network.get_layer("classes").get_weights()),
        )


def decompose(
    w: Arrays,
    indices: np.ndarray,
    attention: np.ndarray,
    logits: np.ndarray,
    labels: Sequence[int],
) -> Decomposition:
    """The decomposition for some labels of a text of these indices (words,).

    `attention` (heads, words, words) and `logits` (labels,) are what the network made of it.
    """
    x = w.tokens[indices] + w.positions[: len(indices)]  # (words, width)
    values = np.einsum("kw,whd->hkd", x, w.value[0]) + w.value[1][:, None]
    heads = np.matmul(attention @ values, w.output[0])  # (heads, words, width)
    attended = x + heads.sum(0) + w.output[1]
    fed = w.norm_1(attended)
    expanded = fed @ w.expand[0] + w.expand[1]
    projected = fed + np.maximum(expanded, 0) @ w.project[0] + w.project[1]
    hidden = w.norm_2(projected).mean(0) @ w.hidden[0] + w.hidden[1]

    back = Backward(len(labels))
    gradient = back.dense(contrasts(labels, len(logits)), *w.classes) * (hidden > 0)
    gradient = back.dense(gradient, *w.hidden)[:, None] / len(x)  # of the average
    gradient = np.repeat(gradient, len(x), axis=1)  # (labels, words, width)
    gradient = w.norm_2.back(back, gradient, projected)
    of_expanded = back.dense(gradient, *w.project) * (expanded > 0)
    gradient = gradient + back.dense(of_expanded, *w.expand)
    gradient = w.norm_1.back(back, gradient, attended)
    back.bias(gradient, w.output[1])
    of_heads = np.einsum("lqw,hqw->lh", gradient, heads)
    of_mixed = np.einsum("lqw,hdw->lhqd", gradient, w.output[0])
    of_values = attention.swapaxes(1, 2) @ of_mixed  # (labels, heads, words, size)
    back.bias(of_values, w.value[1][:, None])
    gradient = gradient + np.einsum("lhkd,whd->lkw", of_values, w.value[0])
    return gathered((gradient * x).sum(-1), back.remainder, of_heads[:, None], logits, labels)
