"""What every reader can do, whatever network reads inside it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from demo.reading import Reading


class Reader(ABC):
    """A trained classifier; `name` is its key in the panel, `title` what the page calls it.

    `second_text` says what `read` does with a second text: "written" as if the reader had written
    it, "read" together with the first, or None, nothing. `note` is what a card says of the reader
    with every text, "" for nothing.
    """

    name: str
    title: str
    weights_file: str
    second_text: str | None = None
    note: str = ""

    @classmethod
    @abstractmethod
    def load(cls, folder: str | Path) -> Self:
        """Open a folder of trained weights.

        Raises ValueError with one sentence if a file is missing, damaged or of another network.
        """

    @property
    @abstractmethod
    def parameters(self) -> int:
        """How many trained numbers the network holds."""

    @abstractmethod
    def read_batch(self, texts: Sequence[str]) -> list[Reading]:
        """Read several texts in one pass; `Reading.seconds` is that pass's time over its texts.

        Raises ValueError, as `check_text`, if one of them cannot be read.
        """

    def read(self, text: str, second: str | None = None) -> Reading:
        """Read one text, and a second as `second_text` says.

        Raises ValueError, as `check_text`, if a text cannot be read, or there is one too many.
        """
        if second is not None:
            raise ValueError(f"{self.title} reads one text, not two.")
        return self.read_batch([text])[0]

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        """The probabilities of several texts alone, float32 (texts, 4).

        Raises ValueError, as `check_text`, if one of them cannot be read.
        """
        return np.stack([reading.probabilities for reading in self.read_batch(texts)])

    def warm_up(self) -> None:
        """Run once, so that the first text of a user does not pay for tracing."""
        self.read_batch(["Warm", "Warm up the network"])

    # What the evidence asks of a reader beyond a reading; a reader without it says None.

    def silenced(self, text: str, gates: np.ndarray) -> np.ndarray | None:
        """Probabilities, float32 (variants, 4), of a text read with some heads silenced.

        `gates` (variants, layers, heads) is 0 where the output of a head is zeroed before the
        output projection, 1 elsewhere.
        """
        return None

    def value_norms(self, text: str) -> np.ndarray | None:
        """How much each head can pass on from each token, float32 (layers, heads, tokens).

        That is ||f(x)||, the norm of the value vector after the output projection (Kobayashi et al.
        2020, "Attention is Not Only a Weight", section 2.2).
        """
        return None

    def gradient_x_input(self, text: str) -> np.ndarray | None:
        """Gradient times word embedding for each token, float32 (tokens,), of the winning class.

        It is how fast the winning probability grows with the length of the word's embedding.
        """
        return None

    def bent(self, text: str, rows: np.ndarray) -> np.ndarray | None:
        """Probabilities, float32 (rows, 4), had the verdict been written with other weights.

        `rows` (rows, tokens) stand each in place of the alignment's first row.
        """
        return None
