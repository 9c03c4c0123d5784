"""A trace as the six steps that are drawn: of one row of attention, whatever the kind of score.

    1  x          what the layer is given           h_j      annotations
    2  q_i, k_j   projections                       W s, U h_j
    3  s_ij       q_i . k_j                         v . tanh(W s + U h_j)
    4  z_ij       s_ij / sqrt(d)                    s_ij, as it is
    5  a_ij       softmax over j of z_ij            the same
    6             sum over j of a_ij v_j            sum over j of a_ij h_j

On the left a head of self-attention, on the right additive attention (Bahdanau et al. 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.analysis.attention import whole_words
from demo.reading import Token
from demo.trace import AlignmentTrace, HeadTrace, Stage

FLOOR = -100.0  # of a scaled score: a key that may not be looked at is given less, and weighs 0
SHUFFLE = 1  # the seed of the order of shuffled words, so that a link brings the same one


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """The steps of every row: rows are what asks (queries), columns the tokens (keys).

    `asking` names the rows. Shapes: `x` (tokens, width), `queries` (rows, d), `keys` (tokens, d),
    `v` (d,) of an additive score or None; `scores`, `scaled`, `weights` (rows, tokens); `values`
    (tokens, n), `mixed` (rows, n), `output` (rows, width) or None; `copied` (rows,) or None.
    `query` is the row to open with.
    """

    tokens: tuple[Token, ...]
    asking: tuple[str, ...]
    x: np.ndarray
    queries: np.ndarray
    keys: np.ndarray
    scores: np.ndarray
    scaled: np.ndarray
    weights: np.ndarray
    values: np.ndarray
    mixed: np.ndarray
    query: int
    scale: float = 1.0
    v: np.ndarray | None = None
    output: np.ndarray | None = None
    copied: np.ndarray | None = None
    parts: tuple[Stage, ...] = ()
    stages: tuple[Stage, ...] = ()
    relative: bool = False  # whether the family adds something for relative positions

    @property
    def summed(self) -> bool:
        """Whether `x` is the sum of its parts, as it is, and not brought to one scale after it."""
        if any(part.values.shape != self.x.shape for part in self.parts):
            return False
        total = np.sum([part.values for part in self.parts], axis=0)
        return bool(np.allclose(total, self.x, atol=1e-5))

    @property
    def additive(self) -> bool:
        """Whether the score is that of Bahdanau's reader, and no dot product."""
        return self.v is not None


def steps(trace: HeadTrace | AlignmentTrace) -> Arithmetic:
    """The steps of a trace."""
    return of_head(trace) if isinstance(trace, HeadTrace) else of_alignment(trace)


def of_head(trace: HeadTrace) -> Arithmetic:
    """The steps of one head; it opens with the word that the others look at most."""
    scaled = trace.scores * np.float32(trace.scale)
    if trace.added is not None:
        scaled = np.maximum(scaled + trace.added, FLOOR)
    query = most_looked_at(trace.weights, [not token.special for token in trace.tokens])
    return Arithmetic(
        tokens=trace.tokens,
        asking=tuple(token.as_read for token in trace.tokens),
        x=trace.x,
        queries=trace.queries,
        keys=trace.keys,
        scores=trace.scores,
        scaled=scaled,
        weights=trace.weights,
        values=trace.values,
        mixed=trace.mixed,
        query=query,
        scale=trace.scale,
        output=trace.output,
        parts=trace.parts,
        stages=trace.stages,
        relative=trace.added is not None,
    )


def of_alignment(trace: AlignmentTrace) -> Arithmetic:
    """The steps of every output; it opens with the first one, the topic."""
    return Arithmetic(
        tokens=trace.tokens,
        asking=trace.outputs,
        x=trace.annotations,
        queries=trace.states,
        keys=trace.keys,
        scores=trace.energies,
        scaled=trace.energies,
        weights=trace.weights,
        values=trace.annotations,
        mixed=trace.context,
        query=0,
        v=trace.v,
        copied=trace.copied,
    )


def most_looked_at(weights: np.ndarray, allowed: Sequence[bool]) -> int:
    """The column with most weight, of those allowed, or of all; `weights` (rows, tokens)."""
    drawn = weights.sum(0)
    return int(np.where(allowed, drawn, -1).argmax() if any(allowed) else drawn.argmax())


def likeness(vectors: np.ndarray) -> np.ndarray:
    """The cosine of the angle between any two vectors (count, width): (count, count)."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit @ unit.T


def shuffled(text: str, tokens: tuple[Token, ...]) -> str:
    """The text with its words in another order, what stands between them where it was.

    What touches ("Kerry" and "'s") stays together. A text of one word is as it was.
    """
    words: list[tuple[int, int]] = []
    for word, _ in whole_words(tokens):
        if not word.special:
            start = words.pop()[0] if words and words[-1][1] >= word.start else word.start
            words.append((start, word.end))
    order = np.random.default_rng(SHUFFLE).permutation(len(words))
    if len(words) > 1 and (order == np.arange(len(words))).all():
        order = np.roll(order, 1)
    parts, end = [], 0
    for (start, stop), other in zip(words, order, strict=True):
        parts += [text[end:start], text[slice(*words[other])]]
        end = stop
    return "".join([*parts, text[end:]])
