"""Two readings beside each other: their words matched, and where their attention differs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from demo.analysis import attention
from demo.analysis.attention import MEAN, ROLLOUT, Specials
from demo.reading import Reading, Token

MOST_WORDS = 40  # that are matched and drawn
RECEIVED = "received"  # the name of the one row where there is no matrix of words
LEAST_ALIKE = 0.5  # of the words of both sides that match, below which no difference is told
NOTHING = "–"  # in place of a word that the other side does not have


@dataclass(frozen=True)
class Slot:
    """A word of the left reading and the word of the right one that stands in its place."""

    left: Token | None
    right: Token | None

    def side(self, right: int) -> Token | None:
        """The word of the left reading (0) or of the right one (1)."""
        return self.right if right else self.left

    @property
    def changed(self) -> bool:
        """Whether the two are not the same word."""
        return _key(self.left) != _key(self.right)

    @property
    def name(self) -> str:
        """What people see: the word, or both."""
        words = [token.as_read if token else NOTHING for token in (self.left, self.right)]
        return " → ".join(words) if self.changed else words[0]


@dataclass(frozen=True, eq=False)
class Comparison:
    """The attention of two readings over their matched words.

    Shapes: `left` and `right` float32 (rows, slots), NaN where a side has no such word. The rows
    are the slots again or, `rows` being `RECEIVED` alone, what each word gets on average. A whole
    row sums to 1. `received` is the latter for each side, (slots,). `cut` says how many words were
    left out, `matched` how many slots hold the same word twice, of all, and `alike` which share of
    the words of both sides that is.
    """

    readings: tuple[Reading, Reading]
    slots: tuple[Slot, ...]
    rows: tuple[str, ...]
    left: np.ndarray
    right: np.ndarray
    received: tuple[np.ndarray, np.ndarray]
    cut: int
    matched: int
    alike: float

    @property
    def comparable(self) -> bool:
        """Whether so many words match that a difference of their attention says something."""
        return self.alike >= LEAST_ALIKE

    @property
    def difference(self) -> np.ndarray:
        """Right minus left, (rows, slots)."""
        return self.right - self.left

    @property
    def names(self) -> tuple[str, ...]:
        """What the slots are called."""
        return tuple(slot.name for slot in self.slots)


def compare(left: Reading, right: Reading, how: str = MEAN) -> Comparison:
    """Match the words of two readings and lay their attention over them.

    `how` is `MEAN`, of all heads of all layers, or `ROLLOUT`. Of a reader without self-attention it
    is the row of its alignment that the topic was written with.
    """
    sides = [_matrix(reading, how) for reading in (left, right)]
    (words_left, _), (words_right, _) = sides
    slots = match(words_left, words_right)
    shown = slots[:MOST_WORDS]
    pairs = [(i, j) for i, j in slots if i is not None and j is not None]
    matched = sum(_key(words_left[i]) == _key(words_right[j]) for i, j in pairs)
    square = all(len(weights) == len(words) > 1 for words, weights in sides)
    received = tuple(
        _spread(weights.mean(axis=0)[None], places)[0]
        for (_, weights), places in zip(sides, zip(*shown, strict=True), strict=True)
    )
    if square:
        matrices = [
            _spread(_spread(weights, places).T, places).T
            for (_, weights), places in zip(sides, zip(*shown, strict=True), strict=True)
        ]
    else:
        matrices = [one[None] for one in received]
    named = tuple(
        Slot(
            None if i is None else words_left[i],
            None if j is None else words_right[j],
        )
        for i, j in shown
    )
    return Comparison(
        readings=(left, right),
        slots=named,
        rows=tuple(slot.name for slot in named) if square else (RECEIVED,),
        left=matrices[0],
        right=matrices[1],
        received=received,
        cut=len(slots) - len(shown),
        matched=matched,
        alike=2 * matched / (len(words_left) + len(words_right)),
    )


def match(left: tuple[Token, ...], right: tuple[Token, ...]) -> list[tuple[int | None, int | None]]:
    """The places of words that belong together; None where one side has nothing.

    Equal words are found whatever their case; between them, words pair up in their order.
    """
    a, b = ([_key(token) for token in tokens] for tokens in (left, right))
    slots: list[tuple[int | None, int | None]] = []
    for _, i, i_end, j, j_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        both = min(i_end - i, j_end - j)
        slots += [(i + step, j + step) for step in range(both)]
        slots += [(place, None) for place in range(i + both, i_end)]
        slots += [(None, place) for place in range(j + both, j_end)]
    return slots


def _key(token: Token | None) -> str | None:
    return token.as_read.casefold() if token else None


def _matrix(reading: Reading, how: str) -> tuple[tuple[Token, ...], np.ndarray]:
    """The words of a reading and who looks at them, (rows, words), each row of sum 1."""
    if reading.attention is None:
        return reading.tokens, reading.alignment.weights[:1]
    part = attention.rollout(reading) if how == ROLLOUT else attention.mean_of_all(reading)
    shown = attention.view(part, Specials.RESCALED, by_word=True)
    return shown.tokens, shown.weights[0]


def _spread(weights: np.ndarray, places: tuple[int | None, ...]) -> np.ndarray:
    """Columns laid into slots: (rows, words) -> (rows, slots), NaN where there is no word."""
    empty = np.full((len(weights), 1), np.nan, np.float32)
    columns = [empty[:, 0] if place is None else weights[:, place] for place in places]
    return np.stack(columns, axis=1).astype(np.float32)
