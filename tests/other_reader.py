"""A fourth reader, like none of the three: two labels, no heads, and no ability besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.models.base import Card, Reader, Shape
from demo.reading import Reading, Token, check_text

LABELS = ("Quiet", "Loud")


def words(text: str) -> tuple[Token, ...]:
    """What stands between spaces."""
    return tuple(Token(found[0], *found.span()) for found in re.finditer(r"\S+", text))


class CapitalsReader(Reader):
    """Takes a text for loud by the share of its letters that are capitals."""

    kind, title, weights_file = "capitals", "Capitals", "none"
    name, card = "mine", Card("capitals", "Counts capitals", LABELS)

    @classmethod
    def load(cls, folder: str | Path) -> CapitalsReader:
        return cls()

    @property
    def shape(self) -> Shape:
        return Shape(layers=0, heads=0, longest=1000, parameters=1, can=frozenset())

    def read_batch(
        self, texts: Sequence[str], seconds: Sequence[str | None] | None = None
    ) -> list[Reading]:
        if any(second is not None for second in seconds or ()):
            raise ValueError("Counts capitals reads one text, not two.")
        shares = self.classify(texts)
        return [
            Reading("mine", text, share, words(text), labels=LABELS)
            for text, share in zip(texts, shares, strict=True)
        ]

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        loud = [
            (1 + sum(map(str.isupper, check_text(text)))) / (2 + sum(map(str.isalpha, text)))
            for text in texts
        ]
        return np.array([[1 - share, share] for share in loud], np.float32)
