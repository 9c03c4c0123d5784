"""Batches of texts for a Keras network that reads words."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from demo.models import words
from demo.training.batches import of_like_length

FEW_SHAPES = keras.backend.backend() == "jax"  # XLA compiles the network anew for each of them
WIDTHS = (16, 36, 48, 72)  # words: the shapes that it has then, beside the widest


def width_of(index: int, longest: int, limit: int) -> int:
    """How wide batch `index` is made whose longest text has `longest` words, at most `limit`.

    Keras on TensorFlow takes the width of the first batches for that of all if they share it, so
    even batches get an even width and odd ones an odd width.
    """
    if FEW_SHAPES:
        return min((width for width in (*WIDTHS, limit) if width >= longest), default=limit)
    return min(longest + (longest + index) % 2, limit)


class SourceBatches(keras.utils.PyDataset):
    """Texts of like length in batches; a subclass adds what the network shall answer."""

    def __init__(
        self, rows: Sequence[list[int]], size: int, longest: int, seed: int, word_dropout: float = 0
    ):
        super().__init__()
        self.rows, self.size, self.longest = rows, size, longest
        self.word_dropout = word_dropout
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self.order)

    def on_epoch_end(self) -> None:
        """Draw new batches."""
        self.order = of_like_length(
            [len(row) for row in self.rows], self.size, self.rng, FEW_SHAPES
        )

    def source(self, index: int) -> np.ndarray:
        """The words of a batch, int32 (texts, words), some of them hidden by word dropout."""
        rows = [self.rows[i] for i in self.order[index]]
        batch = words.pad(rows, width_of(index, max(map(len, rows)), self.longest))
        if self.word_dropout:
            hidden = self.rng.random(batch.shape) < self.word_dropout
            batch[hidden & (batch != words.PAD)] = words.UNKNOWN
        return batch
