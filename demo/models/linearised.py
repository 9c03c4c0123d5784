"""A network held still at one text, where it is linear: its logits as a sum over the tokens.

Held constant is what the text has decided already: attention weights and alignments, gates, the
deviations that LayerNorm divides by, the slope y / x of every activation y = f(x), and which part
of every maxout won. The logits are then linear in the embeddings of the tokens, so the gradient of
a logit times the embedding of each token, and what the biases are worth, sum to that logit.

A share takes many ways to the logit, each through one head of a layer at most, or past all of them.
What a way carries is split evenly among the heads on it, so that the heads of all layers and what
passes by every one of them sum to the share. This is the Shapley value of each head, had the heads
been switched on one after another in any order; Owen's integral gives it for all of them at once:
the slope of the share by a head, all heads being scaled by t, over t from 0 to 1. The share is a
polynomial of t with the degree of the number of layers, so a few points of t give it exactly.

References:
1. Modarressi et al. (2023), "DecompX": activations as slopes, the decomposition up to the logits.
2. Ferrando, Gállego & Costa-jussà (2022), "Measuring the Mixing of Contextual Information in the
   Transformer" (ALTI): attention weights and LayerNorm's deviations held constant.
3. Achtibat et al. (2024), "AttnLRP": the same as a gradient, in one backward pass.
4. Owen (1972), "Multilinear Extensions of Games", section 5: the Shapley value as that integral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from demo.reading import Decomposition

Dense = tuple[np.ndarray, np.ndarray]  # kernel and bias


def contrasts(labels: Sequence[int], count: int) -> np.ndarray:
    """The gradient, by the logits, of each label's logit minus the mean of all, (labels, count)."""
    return np.eye(count)[list(labels)] - 1 / count


def gathered(
    shares: np.ndarray,
    remainder: np.ndarray,
    logits: np.ndarray,
    labels: Sequence[int],
) -> Decomposition:
    """What was found for some labels, beside what the network itself says in its `logits`."""
    contrast = logits[list(labels)] - logits.mean()
    return Decomposition(*(part.astype("f4") for part in (shares, remainder, contrast)))


def points(layers: int) -> tuple[np.ndarray, np.ndarray]:
    """Points from 0 to 1, and their weights, that integrate what depends on so many layers exactly.

    They are Gauss's, for polynomials of a degree below `layers`.
    """
    places, weights = np.polynomial.legendre.leggauss(max(1, -(-layers // 2)))
    return (places + 1) / 2, weights / 2


def slope(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """y / x of an activation y = f(x) with f(0) = 0 and, at 0, the slope 1 of tanh."""
    return np.divide(y, x, out=np.ones_like(y), where=x != 0)


class Backward:
    """Takes the gradients of some contrasts back through a network, layer by layer.

    A gradient has the shape (contrasts, ...). `remainder` (contrasts,) adds up what the biases on
    the way are worth.
    """

    def __init__(self, contrasts: int):
        self.remainder = np.zeros(contrasts)

    def bias(self, gradient: np.ndarray, bias: np.ndarray) -> None:
        """Count a bias that was added where the gradient is."""
        self.remainder += (gradient * bias).reshape(len(gradient), -1).sum(-1)

    def dense(self, gradient: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Through y = x kernel + bias, from y to x."""
        self.bias(gradient, bias)
        return gradient @ kernel.T


@dataclass(frozen=True, eq=False)
class LayerNorm:
    """y = scale (x - mean) / deviation + shift, over the last axis of x."""

    epsilon: float
    scale: np.ndarray
    shift: np.ndarray

    def deviation(self, x: np.ndarray) -> np.ndarray:
        """What it divides by, (..., 1)."""
        return np.sqrt(x.var(-1, keepdims=True) + self.epsilon)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.scale * (x - x.mean(-1, keepdims=True)) / self.deviation(x) + self.shift

    def back(self, backward: Backward, gradient: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The gradient of x from that of y."""
        backward.bias(gradient, self.shift)
        gradient = gradient * self.scale / self.deviation(x)
        return gradient - gradient.mean(-1, keepdims=True)


class Gates(NamedTuple):
    """What a GRU decided at some steps: z, r and the slope of its tanh, (steps, units) each."""

    z: np.ndarray
    r: np.ndarray
    slope: np.ndarray


@dataclass(frozen=True, eq=False)
class GRU:
    """A gated recurrent unit as Keras computes it, with the reset gate after the matrix product.

        s_i = z s_(i-1) + (1 - z) tanh(x W + b + r (s_(i-1) U + d))

    Shapes: `kernel` (inputs, 3 units), `recurrent` (units, 3 units), `bias` (2, 3 units): b and d.
    Each holds the parts of z, r and the candidate.
    """

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray

    def gates(self, x: np.ndarray, before: np.ndarray) -> Gates:
        """Its gates at inputs x (steps, inputs) and the states before them (steps, units)."""
        of_x = np.split(x @ self.kernel + self.bias[0], 3, axis=-1)
        of_state = np.split(before @ self.recurrent + self.bias[1], 3, axis=-1)
        z, r = (1 / (1 + np.exp(-a - b)) for a, b in zip(of_x[:2], of_state[:2], strict=True))
        candidate = of_x[2] + r * of_state[2]
        return Gates(z, r, slope(np.tanh(candidate), candidate))

    def back(
        self, backward: Backward, gradient: np.ndarray, gates: Gates, step: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The gradients of x and of the state before it from that of the state after a step."""
        z, r, tangent = (part[step] for part in gates)
        w, u, bias = (np.split(part, 3, -1)[2] for part in (self.kernel, self.recurrent, self.bias))
        candidate = gradient * (1 - z) * tangent
        of_x = backward.dense(candidate, w, bias[0])
        return of_x, gradient * z + backward.dense(candidate * r, u, bias[1])
