"""Words, their places in the user's text, and the vocabulary of the readers that read them.

A word is looked up by its key: lower case, with every digit written 0, so that 20,000 entries
hold "$10", "$47" and "9-2" as the shapes they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from demo.reading import Token

PAD, UNKNOWN = 0, 1  # the first two entries that TextVectorization gives every vocabulary

# A number with its sign and unit, or a word with what holds it together (AT&T, U.S, Kerry's).
_WORD = re.compile(r"[$£€#]?\d+(?:[.,:/-]\d+)*(?:%|\w+)?|\w+(?:['’.&]\w+)*")
_DIGIT = re.compile(r"\d")
_VISIBLE = re.compile(r"\S+")


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of `text` start and end; of a text without any, its visible parts."""
    matches = list(_WORD.finditer(text)) or list(_VISIBLE.finditer(text))
    return [match.span() for match in matches]


def key(word: str) -> str:
    """The vocabulary entry of a word: `key("Oil’s") == "oil's"`, `key("$47") == "$00"`."""
    return _DIGIT.sub("0", word.lower().replace("’", "'"))


def pad(rows: Sequence[Sequence[int]], length: int) -> np.ndarray:
    """Rows of indices, each at most `length` long, as int32 (rows, length) filled up with PAD."""
    batch = np.full((len(rows), length), PAD, dtype=np.int32)
    for index, row in enumerate(rows):
        batch[index, : len(row)] = row
    return batch


class Vocabulary:
    """The words a reader knows; entry 0 is padding and entry 1 stands for every other word."""

    def __init__(self, entries: Sequence[str]):
        self.entries = tuple(entries)
        self._index = {entry: index for index, entry in enumerate(self.entries)}

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def learn(cls, texts: Iterable[str], size: int) -> Vocabulary:
        """The most frequent keys of `texts`, `size` entries in all (Keras's TextVectorization)."""
        from keras.layers import TextVectorization

        layer = TextVectorization(max_tokens=size, standardize=None, split=None)
        layer.adapt(np.array([key(t[a:b]) for t in texts for a, b in spans(t)], dtype=object))
        return cls([str(entry) for entry in layer.get_vocabulary()])

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Open what `save` wrote: one entry a line."""
        return cls(Path(path).read_text("utf-8").split("\n")[:-1])

    def save(self, path: str | Path) -> None:
        """Write one entry a line."""
        Path(path).write_text("".join(f"{entry}\n" for entry in self.entries), "utf-8")

    def tokens(self, text: str) -> list[Token]:
        """The words of `text` in order, each marked if it is outside the vocabulary."""
        return [
            Token(text[start:end], start, end, known=key(text[start:end]) in self._index)
            for start, end in spans(text)
        ]

    def indices(self, tokens: Iterable[Token]) -> list[int]:
        """The tokens as indices into the entries."""
        return [self.index(key(token.text)) for token in tokens]

    def index(self, entry: str) -> int:
        """The index of an entry, UNKNOWN if there is none."""
        return self._index.get(entry, UNKNOWN)
