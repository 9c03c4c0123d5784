"""A reader made of Keras layers: one folder holds its config, its vocabulary and its weights."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Self

import keras
import numpy as np

from demo.models import words
from demo.models.base import Card, Reader
from demo.models.by_length import in_batches
from demo.reading import Token, check_text

CONFIG_FILE, VOCABULARY_FILE = "config.json", "vocabulary.txt"
MOST_WORDS = 8_192  # of a batch that is only classified, padding too


class KerasReader(Reader):
    """Opens and saves what its subclasses read with.

    `Config` is the dataclass of a network's sizes, with `vocabulary` and `clitics` (how texts are
    cut into words) among them, and `build` makes the network, or the networks, of a config.
    """

    weights_file = "model.weights.h5"
    Config: ClassVar[type]
    build: ClassVar[Callable]

    def __init__(self, network: Any, config: Any, vocabulary: words.Vocabulary):
        self.network, self.config, self.vocabulary = network, config, vocabulary

    @property
    @abstractmethod
    def weights(self) -> keras.Model:
        """The network that holds every weight."""

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        folder = Path(folder)
        for name in (CONFIG_FILE, VOCABULARY_FILE, cls.weights_file):
            if not (folder / name).is_file():
                raise ValueError(f"{folder / name} is missing: train {cls.kind} again.")
        try:
            config = cls.Config(**json.loads((folder / CONFIG_FILE).read_text("utf-8")))
            vocabulary = words.Vocabulary.load(folder / VOCABULARY_FILE, config.clitics)
            if len(vocabulary) != config.vocabulary:
                raise ValueError(f"{len(vocabulary)} words for {config.vocabulary} embeddings.")
            reader = cls(cls.build(config), config, vocabulary)
            reader.weights.load_weights(folder / cls.weights_file)
        except (OSError, ValueError, TypeError, KeyError) as error:
            reason = str(error).strip().split("\n")[0]
            if "could not be loaded" in reason:  # Keras, of weights whose shapes are others
                reason = "its weights are those of another network."
            raise ValueError(f"{folder} holds no readable {cls.kind}: {reason}") from None
        return reader

    def save(self, folder: str | Path) -> None:
        """Write config, vocabulary, weights and card into `folder`."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CONFIG_FILE).write_text(json.dumps(asdict(self.config), indent=2) + "\n", "utf-8")
        self.vocabulary.save(folder / VOCABULARY_FILE)
        self.weights.save_weights(folder / self.weights_file)
        (self.card or Card(self.kind, self.title)).save(folder)

    @property
    def parameters(self) -> int:
        return self.weights.count_params()

    def _tokens(self, text: str) -> list[Token]:
        """The words of a text that it reads."""
        return self.vocabulary.tokens(check_text(text))[: self.config.maxlen]

    def _row(self, text: str) -> list[int]:
        """The indices of the same words."""
        return self.vocabulary.row(check_text(text))[: self.config.maxlen]

    def _classes(self, texts: Sequence[str], run: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """What `run` gives each label of texts, by batches of indices, int32 (texts, words)."""
        rows = [self._row(text) for text in texts]
        return in_batches(
            rows, MOST_WORDS, lambda batch: run(words.pad(batch, max(map(len, batch))))
        )
