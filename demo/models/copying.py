"""What lets a decoder copy: the words of a text as symbols, and the probability of each symbol.

A symbol below `own` is a word of the vocabulary that the decoder can generate. From `own` on come
the other words of a text in the order that they appear in, those outside of any vocabulary with
them: together they are the extended vocabulary of See, Liu & Manning (2017), "Get To The Point",
section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from demo.models import words
from demo.reading import Token


class TextSymbols:
    """The words of one text as symbols to write.

    `read` are the words as the encoder reads them, indices into the vocabulary; `symbols` the same
    words as the decoder writes them, x_j; `further` the keys of those from `own` on.
    """

    def __init__(self, vocabulary: words.Vocabulary, own: int, tokens: Sequence[Token]):
        self._vocabulary, self._own = vocabulary, own
        self._further: dict[str, int] = {}
        self.read = vocabulary.indices(tokens)
        for token, index in zip(tokens, self.read, strict=True):
            if not self._is_own(index):
                self._further.setdefault(words.key(token.as_read), own + len(self._further))
        self.further = tuple(self._further)
        self.symbols = self.of(tokens)

    def of(self, tokens: Iterable[Token]) -> list[int]:
        """The symbols of the words of a headline: some are UNKNOWN, neither own nor in the text."""
        tokens = list(tokens)
        return [
            index
            if self._is_own(index)
            else self._further.get(words.key(token.as_read), words.UNKNOWN)
            for token, index in zip(tokens, self._vocabulary.indices(tokens), strict=True)
        ]

    @property
    def fed_further(self) -> list[int]:
        """The words from `own` on as the decoder is fed them."""
        return [self._vocabulary.index(key) for key in self.further]

    def entry(self, symbol: int) -> str:
        """The key of the word that a symbol stands for."""
        if symbol < self._own:
            return self._vocabulary.entries[symbol]
        return self.further[symbol - self._own]

    def _is_own(self, index: int) -> bool:
        return words.UNKNOWN < index < self._own


def log_probabilities(
    log_generated: np.ndarray, gate: np.ndarray, alpha: np.ndarray, symbols: np.ndarray, size: int
) -> np.ndarray:
    """log P(w) of the next symbol as `encoder_decoder` says, float32 (rows, size).

    Shapes: `log_generated` (rows, own), `gate`, the logit of p_gen, (rows,), `alpha` and `symbols`
    (rows, words); `size` symbols in all.
    """
    rows, own = log_generated.shape
    found = np.full((rows, size), -np.inf, np.float32)
    found[:, :own] = log_generated - np.logaddexp(0, -gate)[:, None]
    mass = np.zeros((rows, size), np.float32)
    row = np.arange(rows)[:, None]
    np.add.at(mass, (row, symbols), alpha)
    with np.errstate(divide="ignore"):  # of a word that gets no weight
        found[row, symbols] = np.log(mass[row, symbols]) - np.logaddexp(0, gate)[:, None]
    return found
