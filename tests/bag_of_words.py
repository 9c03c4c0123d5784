"""A reader whose true importances are known: each word is worth a number, whatever stands by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.models.base import Reader, Shape
from demo.reading import CLASSES, Ability, Decomposition, Reading, Token

WORTH = {"oil": 2.0, "goal": -1.0, "bank": 0.5, "the": 0.0, "of": 0.0, "coast": 0.25}
BIAS = 0.5


class BagOfWords(Reader):
    """The logit of the second class is `BIAS` and the worths of the words, summed up."""

    kind, title, weights_file = "bag", "Bag of words", "none"

    @classmethod
    def load(cls, folder: str | Path) -> BagOfWords:
        return cls()

    @property
    def shape(self) -> Shape:
        return Shape(0, 0, 1000, len(WORTH), frozenset({Ability.GRADIENT, Ability.DECOMPOSE}))

    def read_batch(
        self, texts: Sequence[str], seconds: Sequence[str | None] | None = None
    ) -> list[Reading]:
        return [Reading("bag", text, self.shares(text), self.tokens(text)) for text in texts]

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.shares(text) for text in texts])

    def shares(self, text: str) -> np.ndarray:
        return np.float32(shares_of(BIAS + self.gradient_x_input(text).sum()))

    def gradient_x_input(self, text: str) -> np.ndarray:
        return np.float32([WORTH[token.text.casefold()] for token in self.tokens(text)])

    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        worths = self.gradient_x_input(text)
        of_logit = np.eye(len(CLASSES), dtype=np.float32)[list(labels), 1] - 1 / len(CLASSES)
        return Decomposition(
            shares=of_logit[:, None] * worths,
            remainder=of_logit * BIAS,
            contrast=of_logit * (BIAS + worths.sum()),
        )

    def tokens(self, text: str) -> tuple[Token, ...]:
        return tuple(Token(found.group(), *found.span()) for found in re.finditer(r"\w+", text))


def shares_of(logit: float) -> np.ndarray:
    """The probabilities (4,) where the second class has this logit and the others 0."""
    shares = np.exp([0, logit, 0, 0])
    return shares / shares.sum()


def winning(*words: str) -> float:
    """The probability of the second class for these words."""
    return shares_of(BIAS + sum(WORTH[word] for word in words))[1]
