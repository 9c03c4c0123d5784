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
    x, back = _embedded(w, indices), Backward(len(labels))
    of_attended = _attended_back(w, x, attention, back, contrasts(labels, len(logits)))
    back.bias(of_attended, w.output[1])
    of_values = _values_back(w, attention, of_attended)
    back.bias(of_values, w.value[1][:, None])
    of_x = of_attended + np.einsum("lhkd,whd->lkw", of_values, w.value[0])
    return gathered((of_x * x).sum(-1), back.remainder, logits, labels)


def head_shares(
    w: Arrays,
    indices: np.ndarray,
    attention: np.ndarray,
    classes: int,
    label: int,
    tokens: Sequence[int] | None,
) -> np.ndarray:
    """What each head carries of a label's contrast, or of the shares of `tokens`, (1, heads).

    There is one layer, so that each way to the logit has one head on it or none.
    """
    x = _embedded(w, indices)
    of_attended = _attended_back(w, x, attention, Backward(1), contrasts([label], classes))
    (of_values,) = _values_back(w, attention, of_attended)  # (heads, words, size)
    if tokens is None:
        return (of_values * _values(w, x)).sum((1, 2))[None].astype("f4")
    places = list(tokens)
    given = np.einsum("kw,whd->hkd", x[places], w.value[0])  # (heads, tokens, size)
    return (of_values[:, places] * given).sum((1, 2))[None].astype("f4")


def _embedded(w: Arrays, indices: np.ndarray) -> np.ndarray:
    return w.tokens[indices] + w.positions[: len(indices)]  # (words, width)


def _values(w: Arrays, x: np.ndarray) -> np.ndarray:
    return np.einsum("kw,whd->hkd", x, w.value[0]) + w.value[1][:, None]  # (heads, words, size)


def _values_back(w: Arrays, attention: np.ndarray, of_attended: np.ndarray) -> np.ndarray:
    """The gradient of the values, (contrasts, heads, words, size)."""
    return attention.swapaxes(1, 2) @ np.einsum("lqw,hdw->lhqd", of_attended, w.output[0])


def _attended_back(
    w: Arrays, x: np.ndarray, attention: np.ndarray, back: Backward, of_logits: np.ndarray
) -> np.ndarray:
    """The gradient of what leaves the attention, its residual included, (contrasts, words, width).

    `of_logits` (contrasts, labels) is that of the logits.
    """
    heads = np.matmul(attention @ _values(w, x), w.output[0])  # (heads, words, width)
    attended = x + heads.sum(0) + w.output[1]
    fed = w.norm_1(attended)
    expanded = fed @ w.expand[0] + w.expand[1]
    projected = fed + np.maximum(expanded, 0) @ w.project[0] + w.project[1]
    hidden = w.norm_2(projected).mean(0) @ w.hidden[0] + w.hidden[1]

    gradient = back.dense(of_logits, *w.classes) * (hidden > 0)
    gradient = back.dense(gradient, *w.hidden)[:, None] / len(x)  # of the average
    gradient = np.repeat(gradient, len(x), axis=1)  # (contrasts, words, width)
    gradient = w.norm_2.back(back, gradient, projected)
    of_expanded = back.dense(gradient, *w.project) * (expanded > 0)
    gradient = gradient + back.dense(of_expanded, *w.expand)
    return w.norm_1.back(back, gradient, attended)
