"""Beam search: the most probable outputs of a decoder that emits one symbol at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

CANDIDATES = 5  # that are kept of each place


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


class Candidates(NamedTuple):
    """The most probable symbols at a place (candidates,), the likeliest first."""

    symbols: np.ndarray
    log_probabilities: np.ndarray


class Step(NamedTuple):
    """A symbol of a hypothesis, and how it came about.

    `weights` (tokens,) of the attention, `log_probability` of the symbol and `copied`, that of its
    being copied, `state` (units,) before it, and the `candidates` for its place.
    """

    symbol: int
    weights: np.ndarray
    log_probability: float
    copied: float
    state: np.ndarray
    candidates: Candidates


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """The steps so far, and the `state` (units,) after them."""

    steps: tuple[Step, ...]
    state: np.ndarray

    def and_then(
        self, symbol: int, row: int, emission: Emission, candidates: Candidates
    ) -> Hypothesis:
        """The hypothesis with one more symbol, which a row of an emission speaks of."""
        step = Step(
            symbol,
            emission.weights[row],
            float(emission.log_probabilities[row, symbol]),
            float(emission.copied[row]),
            self.state,
            candidates,
        )
        return Hypothesis((*self.steps, step), emission.state[row])

    @property
    def symbols(self) -> tuple[int, ...]:
        """The symbols so far."""
        return tuple(step.symbol for step in self.steps)

    @property
    def score(self) -> float:
        """Mean log-probability of a symbol, so that a long output is not at a disadvantage."""
        return float(np.mean([step.log_probability for step in self.steps]))

    @property
    def repeats(self) -> bool:
        """Whether the last symbol has been written before."""
        *before, last = self.symbols
        return last in before


def empty(state: np.ndarray) -> Hypothesis:
    """Nothing written yet; `state` (units,)."""
    return Hypothesis((), state)


def most_probable(log_probabilities: np.ndarray, count: int) -> Candidates:
    """The `count` most probable of the possible symbols; `log_probabilities` (symbols,)."""
    count = min(count, len(log_probabilities))
    best = np.argpartition(-log_probabilities, count - 1)[:count]
    best = best[np.argsort(-log_probabilities[best], kind="stable")]
    best = best[np.isfinite(log_probabilities[best])]
    return Candidates(best, log_probabilities[best])


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
        previous = [h.steps[-1].symbol if h.steps else first[text] for text, h in rows]
        emission = emit(np.array(previous, np.int32), np.stack([h.state for _, h in rows]), texts)
        if step == 0:
            emission.log_probabilities[:, end] = -np.inf
        alive = [[] for _ in alive]
        for text in np.unique(texts):
            own = np.flatnonzero(texts == text)
            grown = _grown([rows[row][1] for row in own], own, emission, beam)
            ended = [h for h in grown if h.steps[-1].symbol == end]
            done[text] += ended
            if step == longest:  # room for the end alone: cut there
                done[text] += [rows[row][1] for row in own]
            elif len(done[text]) < beam:
                alive[text] = [h for h in grown if h.steps[-1].symbol != end]
    return [_without(max(several, key=lambda h: h.score), end) for several in done]


def _grown(
    before: list[Hypothesis], rows: np.ndarray, emission: Emission, beam: int
) -> list[Hypothesis]:
    """The `beam` most probable continuations of the hypotheses that lie in `rows`."""
    continuations = []
    for hypothesis, row in zip(before, rows, strict=True):
        enough = max(beam + len(hypothesis.steps), CANDIDATES)  # some may have been written
        best = most_probable(emission.log_probabilities[row], enough)
        shown = Candidates(best.symbols[:CANDIDATES], best.log_probabilities[:CANDIDATES])
        total = sum(step.log_probability for step in hypothesis.steps)
        continuations += [
            (total + score, int(symbol), hypothesis, row, shown)
            for symbol, score in zip(*best, strict=True)
        ]
    continuations.sort(key=lambda continuation: (-continuation[0], continuation[1]))
    grown = []
    for _, symbol, hypothesis, row, shown in continuations:
        longer = hypothesis.and_then(symbol, row, emission, shown)
        if not longer.repeats:
            grown.append(longer)
        if len(grown) == beam:
            break
    return grown


def _without(hypothesis: Hypothesis, end: int) -> Hypothesis:
    """The hypothesis without its end symbol."""
    if hypothesis.steps[-1].symbol != end:
        return hypothesis
    return Hypothesis(hypothesis.steps[:-1], hypothesis.state)
