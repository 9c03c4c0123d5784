"""What each word adds to the logits of Bahdanau's topic (`linearised.py`).

The encoder and the first step of the decoder (`encoder_decoder.py`, whose names these are) are gone
through backwards with alignment, gates, slopes and maxout choices held constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np

from demo.models.decoder import START, TOPIC, WORDS
from demo.models.linearised import GRU, Backward, Dense, contrasts, gathered, slope
from demo.reading import Decomposition


class Arrays(NamedTuple):
    """The weights that the topic is computed with, by layer; the logits are t @ topics."""

    embeddings: np.ndarray
    forward: GRU
    backward: GRU
    first_state: Dense
    decoder: GRU
    readout: Dense
    topics: np.ndarray

    @classmethod
    def of(cls, network: keras.Model, temperature: float) -> Arrays:
        """Those of the network `forced` of `encoder_decoder.Networks`."""
        weights = {layer.name: layer.get_weights() for layer in network.layers}
        (embeddings,), both = weights["embedding"], weights["encoder"]
        return cls(
            embeddings=embeddings,
            forward=GRU(*both[:3]),
            backward=GRU(*both[3:]),
            first_state=tuple(weights["W_s"]),
            decoder=GRU(*weights["decoder"]),
            readout=tuple(weights["t"]),
            topics=embeddings[TOPIC:WORDS].T / temperature,
        )


def decompose(
    w: Arrays,
    source: Sequence[int],
    h: np.ndarray,
    alpha: np.ndarray,
    s_1: np.ndarray,
    logits: np.ndarray,
    labels: Sequence[int],
) -> Decomposition:
    """The decomposition for some labels of a text whose words the encoder read as `source`.

    The network made of it the annotations h (words, 2 units), the topic's alignment `alpha`
    (words,), the state s_1 (units,) and the `logits` (labels,). START, which the decoder is fed,
    counts as a bias.
    """
    units = len(s_1)
    x, y = w.embeddings[source], w.embeddings[START]
    first = h[0, units:] @ w.first_state[0] + w.first_state[1]
    s_0 = np.tanh(first)
    given = np.concatenate([y, alpha @ h])  # y_0 and the context c_1
    step = w.decoder.gates(given[None], s_0[None])
    pairs = np.concatenate([s_1, given]) @ w.readout[0] + w.readout[1]  # of the maxout
    won = pairs.reshape(-1, 2).argmax(-1)[:, None] == [0, 1]  # (width, 2)

    back = Backward(len(labels))
    of_t = contrasts(labels, len(logits)) @ w.topics.T  # (labels, width)
    of_pairs = (of_t[..., None] * won).reshape(len(labels), -1)
    of_s, of_given = np.split(back.dense(of_pairs, *w.readout), [units], axis=-1)
    of_input, of_s = w.decoder.back(back, of_s, step, 0)
    of_y, of_c = np.split(of_given + of_input, [len(y)], axis=-1)
    back.bias(of_y, y)
    of_h = alpha[:, None] * of_c[:, None]  # (labels, words, 2 units)
    of_h[:, 0, units:] += back.dense(of_s * slope(s_0, first), *w.first_state)
    nothing = np.zeros((1, units))
    before = np.concatenate([nothing, h[:-1, :units]])
    of_x = _through(w.forward, back, of_h[..., :units], x, before)
    before = np.concatenate([h[1:, units:], nothing])[::-1]
    of_x += _through(w.backward, back, of_h[:, ::-1, units:], x[::-1], before)[:, ::-1]
    return gathered((of_x * x).sum(-1), back.remainder, logits, labels)


def _through(
    gru: GRU, back: Backward, of_h: np.ndarray, x: np.ndarray, before: np.ndarray
) -> np.ndarray:
    """The gradient of x (labels, words, width) from that of the states (labels, words, units).

    x and the states `before` each word stand in the order that the GRU reads them in.
    """
    gates = gru.gates(x, before)
    of_x, of_state = np.empty((len(of_h), *x.shape)), np.zeros_like(of_h[:, 0])
    for step in reversed(range(len(x))):
        of_x[:, step], of_state = gru.back(back, of_h[:, step] + of_state, gates, step)
    return of_x
