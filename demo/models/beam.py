"""Beam search: the most probable outputs of a decoder that emits one symbol at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Emission(NamedTuple):
    """What a decoder says of its next symbol, for some rows at once.

    Shapes: `log_probabilities` (rows, symbols), `weights` (rows, tokens) of the attention that it
    was computed with, `copied` (rows,), the probability that it is copied, `state` (rows, units)
    after it.
    """

    log_probabilities: np.ndarray
    weights: np.ndarray
    copied: np.ndarray
    state: np.ndarray


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """Symbols so far; the attention row, the log-probability of each, and of its being copied."""

    symbols: tuple[int, ...]
    weights: tuple[np.ndarray, ...]
    log_probabilities: tuple[float, ...]
    copied: tuple[float, ...]
    state: np.ndarray

    def and_then(self, symbol: int, row: int, emission: Emission) -> Hypothesis:
        """The hypothesis with one more symbol, which a row of an emission speaks of."""
        return Hypothesis(
            (*self.symbols, symbol),
            (*self.weights, emission.weights[row]),
            (*self.log_probabilities, float(emission.log_probabilities[row, symbol])),
            (*self.copied, float(emission.copied[row])),
            emission.state[row],
        )

    @property
    def score(self) -> float:
        """Mean log-probability of a symbol, so that a long output is not at a disadvantage."""
        return float(np.mean(self.log_probabilities))

    @property
    def repeats(self) -> bool:
        """Whether the last symbol has been written before."""
        return self.symbols[-1] in self.symbols[:-1]


def empty(state: np.ndarray) -> Hypothesis:
    """Nothing written yet; `state` (units,)."""
    return Hypothesis((), (), (), (), state)


def search(
    emit: Callable[[np.ndarray, np.ndarray, np.ndarray], Emission],
    state: np.ndarray,
    first: np.ndarray,
    end: int,
    beam: int,
    longest: int,
) -> list[Hypothesis]:
    """The best output for each text; a `beam` of 1 is greedy decoding.

    `emit(previous, state, texts)` is given the symbol before, the state (rows, units) and the
    index of the text of each row. `state` (texts, units) and `first` (texts,) are what the first
    call is given. An output has at least one symbol and at most `longest`, holds none twice, and
    stops before the symbol `end`.
    """
    alive = [[empty(row)] for row in state]
    done: list[list[Hypothesis]] = [[] for _ in alive]
    for step in range(longest + 1):
        rows = [(text, hypothesis) for text, several in enumerate(alive) for hypothesis in several]
        if not rows:
            break
        texts = np.array([text for text, _ in rows])
        previous = [h.symbols[-1] if h.symbols else first[text] for text, h in rows]
        emission = emit(np.array(previous, np.int32), np.stack([h.state for _, h in rows]), texts)
        if step == 0:
            emission.log_probabilities[:, end] = -np.inf
        alive = [[] for _ in alive]
        for text in np.unique(texts):
            own = np.flatnonzero(texts == text)
            grown = _grown([rows[row][1] for row in own], own, emission, beam)
            ended = [h for h in grown if h.symbols[-1] == end]
            done[text] += ended
            if step == longest:  # room for the end alone: cut there
                done[text] += [rows[row][1] for row in own]
            elif len(done[text]) < beam:
                alive[text] = [h for h in grown if h.symbols[-1] != end]
    return [_without(max(several, key=lambda h: h.score), end) for several in done]


def _grown(
    before: list[Hypothesis], rows: np.ndarray, emission: Emission, beam: int
) -> list[Hypothesis]:
    """The `beam` most probable continuations of the hypotheses that lie in `rows`."""
    candidates = []
    for hypothesis, row in zip(before, rows, strict=True):
        scores = emission.log_probabilities[row]
        enough = min(beam + len(hypothesis.symbols), len(scores))  # some may have been written
        best = np.argpartition(-scores, enough - 1)[:enough]
        total = sum(hypothesis.log_probabilities)
        candidates += [(total + scores[symbol], int(symbol), hypothesis, row) for symbol in best]
    candidates.sort(key=lambda candidate: (-candidate[0], candidate[1]))
    grown = []
    for _, symbol, hypothesis, row in candidates:
        longer = hypothesis.and_then(symbol, row, emission)
        if np.isfinite(longer.score) and not longer.repeats:
            grown.append(longer)
        if len(grown) == beam:
            break
    return grown


def _without(hypothesis: Hypothesis, end: int) -> Hypothesis:
    """The hypothesis without its end symbol."""
    if hypothesis.symbols[-1] != end:
        return hypothesis
    return Hypothesis(
        hypothesis.symbols[:-1],
        hypothesis.weights[:-1],
        hypothesis.log_probabilities[:-1],
        hypothesis.copied[:-1],
        hypothesis.state,
    )
