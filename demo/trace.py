"""The arithmetic behind attention, number by number: what `Reader.trace` gives.

Arrays are float32 numpy. The letters are those of Vaswani et al. (2017), "Attention Is All You
Need", section 3.2, and of Bahdanau, Cho & Bengio (2015), "Neural Machine Translation by Jointly
Learning to Align and Translate", section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.reading import Token


@dataclass(frozen=True, eq=False)
class Stage:
    """What a step of a network gives: (tokens, numbers), or (numbers,) where tokens are one.

    `name` says which step it is: a key of the sentences of `demo/figures/inside.py`.
    """

    name: str
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class HeadTrace:
    """One head of self-attention on one text, step by step.

        queries = x W_q, keys = x W_k, values = x W_v     biases of the projections included
        scores  = queries keys^T
        weights = softmax(factor * (scale * scores + added))      over the keys
        mixed   = weights values
        output  = mixed W_o                     what this head adds to the sum over heads

    Shapes: `x` (tokens, width), what the layer is given; `queries`, `keys`, `values`, `mixed`
    (tokens, head width); `scores`, `weights` (tokens, tokens), row = the token that looks (query);
    `output` (tokens, width). `scale` is 1 / sqrt(head width) in most families. `added` (tokens,
    tokens) is what a family adds to the scaled scores, as for relative positions; None if nothing.

    `parts` are what `x` is the sum of where the layer is the first one, (tokens, width) each; in
    encoders of Hugging Face the sum is then normed. `stages` are the way on, after all heads of the
    layer. `probabilities` (labels,). `padding` (tokens,) is what the padding draws of each row, 0
    where it is masked: `weights.sum(-1) + padding` is 1.
    """

    tokens: tuple[Token, ...]
    x: np.ndarray
    queries: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    scores: np.ndarray
    scale: float
    weights: np.ndarray
    mixed: np.ndarray
    output: np.ndarray
    probabilities: np.ndarray
    padding: np.ndarray
    added: np.ndarray | None = None
    parts: tuple[Stage, ...] = ()
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, eq=False)
class AlignmentTrace:
    """Additive attention for everything that an encoder-decoder wrote about one text.

        states   = W [s_(i-1); y_(i-1)], keys = U h_j
        energies = v . tanh(states_i + keys_j)
        weights  = softmax(factor * energies)        over the tokens
        context  = sum over j of weights_ij h_j

    Shapes: `annotations` h (tokens, 2 units); `states` (outputs, alignment); `keys` (tokens,
    alignment); `v` (alignment,); `energies`, `weights` (outputs, tokens), row i with what output i
    was emitted from; `context` (outputs, 2 units). `copied` (outputs,) is the probability that a
    word is copied from where its row looks, 0 for the topic. `probabilities` (labels,).
    """

    tokens: tuple[Token, ...]
    outputs: tuple[str, ...]
    annotations: np.ndarray
    states: np.ndarray
    keys: np.ndarray
    v: np.ndarray
    energies: np.ndarray
    weights: np.ndarray
    context: np.ndarray
    copied: np.ndarray
    probabilities: np.ndarray
