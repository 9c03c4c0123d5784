"""Other texts every epoch: cut out, shortened and with words hidden, all drawn on the fly.

What was said of a text should stay true of what is left of it, so every change is a light one: a
crop keeps at least half of the text, a gap takes at most a third out, and texts too short to lose
words keep them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from demo.models import words
from demo.training.batches import of_like_length
from demo.training.keras_batches import FEW_SHAPES, width_of

SHORTEST = 12  # words: a text with fewer is neither cropped nor shortened
CROP = 0.5  # of the text is left at least
GAP = 1 / 3  # of the text is taken out at most


@dataclass(frozen=True)
class Augmentation:
    """How often texts are changed; nothing is with the defaults."""

    cropped: float = 0.0  # share of the texts of which one stretch is left
    shortened: float = 0.0  # share of the texts out of which one stretch is taken
    word_dropout: float = 0.0  # a text's share of hidden words is drawn from 0 to twice this


UNCHANGED = Augmentation()


class AugmentedBatches(keras.utils.PyDataset):
    """Batches of texts, int32 (texts, words), and of targets, float32 (texts, classes).

    Its epochs differ and are the same in every run: `draw` each before it begins.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[int]],
        targets: np.ndarray,
        size: int,
        limit: int,
        seed: int,
        augmentation: Augmentation = UNCHANGED,
    ):
        super().__init__()
        self.targets, self.size, self.limit, self.seed = targets, size, limit, seed
        self.augmentation = augmentation
        lengths = np.array([len(row) for row in rows])
        self.words = np.fromiter((word for row in rows for word in row), np.int32, lengths.sum())
        self.starts = np.cumsum(lengths) - lengths
        self.lengths = np.minimum(lengths, limit)
        self.draw(0)

    def __len__(self) -> int:
        return -(-len(self.starts) // self.size)

    def draw(self, epoch: int) -> None:
        """Draw the crops, the gaps and the batches of an epoch."""
        self.epoch = epoch
        rng = np.random.default_rng((self.seed, epoch))
        count, drawn = len(self.starts), self.augmentation
        self.first, self.left = self.starts, self.lengths
        cropped = (rng.random(count) < drawn.cropped) & (self.left >= SHORTEST)
        lost = np.where(cropped, (self.left * rng.uniform(0, 1 - CROP, count)).astype(int), 0)
        self.first = self.starts + rng.integers(0, lost, endpoint=True)
        self.left = self.lengths - lost
        shortened = (rng.random(count) < drawn.shortened) & (self.left >= SHORTEST) & ~cropped
        self.gap = np.where(shortened, (self.left * rng.uniform(0, GAP, count)).astype(int), 0)
        self.left = self.left - self.gap
        self.before_gap = rng.integers(0, self.left, endpoint=True)  # words that stand before it
        self.order = of_like_length(self.left, self.size, rng, FEW_SHAPES)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[index]
        left, dropout = self.left[chosen, None], self.augmentation.word_dropout  # (texts, 1)
        places = np.arange(width_of(index, int(left.max()), self.limit))[None]  # (1, words)
        gap = np.where(places >= self.before_gap[chosen, None], self.gap[chosen, None], 0)
        found = np.minimum(self.first[chosen, None] + places + gap, len(self.words) - 1)
        batch = np.where(places < left, self.words[found], words.PAD)
        if dropout:
            rng = np.random.default_rng((self.seed, self.epoch, index))
            share = rng.uniform(0, 2 * dropout, left.shape)
            hidden = rng.random(batch.shape, np.float32) < share
            batch[hidden & (places < left)] = words.UNKNOWN
        return batch, self.targets[chosen]


class DrawEveryEpoch(keras.callbacks.Callback):
    """Draws the batches of each epoch by its number, so that a resumed run goes on as it would."""

    def __init__(self, batches: AugmentedBatches):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.batches.draw(epoch)
