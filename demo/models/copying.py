"""What lets a decoder copy: the words of a text as symbols, and the mixture they come from.

A symbol below `own` is a word of the vocabulary that the decoder writes by itself. From `own` on
come the other words of a text in the order that they appear in, those outside of any vocabulary
with them: together they are the extended vocabulary of See, Liu & Manning (2017), "Get To The
Point", section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from demo.models import words
from demo.reading import Token


class TextSymbols:
    """The words of one text as symbols to write.

    `read` are the words as the encoder reads them, indices into the vocabulary; `symbols` the same
    words as the decoder writes them, x_j; `further` the keys of those from `own` on. Where a
    decoder `copies` nothing there are none: a word that is not its own is the unknown word.
    """

    def __init__(
        self, vocabulary: words.Vocabulary, own: int, tokens: Sequence[Token], copies: bool
    ):
        self._vocabulary, self._own, self._copies = vocabulary, own, copies
        self._further: dict[str, int] = {}
        self.read = vocabulary.indices(tokens)
        if copies:
            for token, index in zip(tokens, self.read, strict=True):
                if not self._is_own(index):
                    self._further.setdefault(words.key(token.as_read), own + len(self._further))
        self.further = tuple(self._further)
        self.symbols = self.of(tokens)

    def of(self, tokens: Iterable[Token]) -> list[int]:
        """The symbols of the words of a headline: some are UNKNOWN, neither own nor in the text."""
        return [
            index
            if self._is_own(index)
            else self._further.get(words.key(token.as_read), words.UNKNOWN)
            for token, index in self._indexed(tokens)
        ]

    def fed(self, tokens: Iterable[Token]) -> list[int]:
        """The words of a headline as the decoder is fed them, indices into the vocabulary."""
        return [
            index if self._copies or self._is_own(index) else words.UNKNOWN
            for _, index in self._indexed(tokens)
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

    def _indexed(self, tokens: Iterable[Token]) -> Iterable[tuple[Token, int]]:
        tokens = list(tokens)
        return zip(tokens, self._vocabulary.indices(tokens), strict=True)

    def _is_own(self, index: int) -> bool:
        return words.UNKNOWN < index < self._own


def mixture(
    log_vocabulary: np.ndarray, gate: np.ndarray, alpha: np.ndarray, symbols: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """P(w) = p_gen P_vocabulary(w) + (1 - p_gen) sum over j with x_j = w of alpha_ij.

    That is equation (9) of See, Liu & Manning (2017); p_gen is the logistic function of `gate`,
    their (8). Shapes: `log_vocabulary` (rows, own), `gate` (rows,), `alpha` and `symbols` (rows,
    words); `size` symbols in all. Returns log P and the share of each P that was copied, float32
    (rows, size) both.
    """
    rows, own = log_vocabulary.shape
    log_p = np.full((rows, size), -np.inf, np.float32)
    log_p[:, :own] = log_vocabulary - np.logaddexp(0, -gate)[:, None]
    mass = np.zeros((rows, size), np.float32)
    row = np.arange(rows)[:, None]
    np.add.at(mass, (row, symbols), alpha)
    shares = np.zeros_like(mass)
    with np.errstate(divide="ignore"):  # of a word that gets no weight
        log_copied = np.log(mass[row, symbols]) - np.logaddexp(0, gate)[:, None]
    total = np.logaddexp(log_p[row, symbols], log_copied)
    log_p[row, symbols] = total
    shares[row, symbols] = np.exp(log_copied - np.where(np.isfinite(total), total, 0))
    return log_p, shares
