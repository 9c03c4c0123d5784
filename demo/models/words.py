"""Words, their places in the user's text, and the vocabulary of the readers that read them.

Words are found in the mended text. A word is looked up by its key: lower case, with every digit
written 0, so that 20,000 entries hold "$10", "$47" and "9-2" as the shapes they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import regex

from demo.english import is_foreign
from demo.mending import Mended, mend
from demo.reading import Token

PAD, UNKNOWN = 0, 1  # the first two entries that TextVectorization gives every vocabulary

# A number with its sign and unit, or a word with what holds it together (AT&T, U.S, Kerry's). The
# vowel signs and accents that a letter cannot be composed with are part of its word.
_LETTERS = r"[\p{L}\p{N}_][\p{L}\p{N}\p{Mn}\p{Mc}_]*"
_WORD = regex.compile(
    rf"[$£€#]?\d+(?:[.,:/-]\d+)*(?:%|{_LETTERS})?|{_LETTERS}(?:['’.&]{_LETTERS})*"
)
_DIGIT = re.compile(r"\d")
_VISIBLE = re.compile(r"\S+")
_CLITIC = re.compile(r"['’](?:s|re|ve|ll|d|m)$", re.IGNORECASE)  # at the end of a word


def spans(text: str, clitics: bool = False) -> list[tuple[int, int]]:
    """Where the words of `text` start and end; of a text without any, its visible parts.

    With `clitics`, what is only leaned on a word is a word of its own: "Kerry" and "'s".
    """
    matches = list(_WORD.finditer(text)) or list(_VISIBLE.finditer(text))
    found = [match.span() for match in matches]
    return list(_without_clitics(text, found)) if clitics else found


def _without_clitics(text: str, found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in found:
        clitic = _CLITIC.search(text[start:end])
        if clitic and clitic.start():
            border = start + clitic.start()
            yield start, border
            yield border, end
        else:
            yield start, end


def key(word: str) -> str:
    """The vocabulary entry of a word: `key("Oil’s") == "oil's"`, `key("$47") == "$00"`."""
    return _DIGIT.sub("0", word.lower().replace("’", "'"))


def token_of(mended: Mended, start: int, end: int, known: bool = True) -> Token:
    """The token that stands at `mended.text[start:end]`, as a part of the user's own text."""
    first, last = mended.span(start, end)
    read, text = mended.text[start:end], mended.given[first:last]
    return Token(text, first, last, known=known, mended="" if read == text else read)


def known(tokens: Iterable[Token]) -> int:
    """How many of the words a reader knows, those not counted that only other languages use."""
    return sum(token.known and not is_foreign(token.as_read) for token in tokens)


def pad(rows: Sequence[Sequence[int]], length: int) -> np.ndarray:
    """Rows of indices, each at most `length` long, as int32 (rows, length) filled up with PAD."""
    batch = np.full((len(rows), length), PAD, dtype=np.int32)
    for index, row in enumerate(rows):
        batch[index, : len(row)] = row
    return batch


class Vocabulary:
    """The words a reader knows; entry 0 is padding and entry 1 stands for every other word.

    `clitics` says whether its words are those of `spans(text, clitics=True)`.
    """

    def __init__(self, entries: Sequence[str], clitics: bool = False):
        self.entries, self.clitics = tuple(entries), clitics
        self._index = {entry: index for index, entry in enumerate(self.entries)}

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def learn(cls, texts: Iterable[str], size: int, clitics: bool = False) -> Vocabulary:
        """The most frequent keys of `texts`, `size` entries in all, in the order of Keras."""
        counts = Counter(key(text[a:b]) for text in texts for a, b in spans(text, clitics))
        entries = sorted(counts, key=lambda entry: (counts[entry], entry.encode()), reverse=True)
        return cls(["", "[UNK]", *entries[: size - 2]], clitics)

    @classmethod
    def load(cls, path: str | Path, clitics: bool = False) -> Vocabulary:
        """Open what `save` wrote: one entry a line."""
        return cls(Path(path).read_text("utf-8").split("\n")[:-1], clitics)

    def save(self, path: str | Path) -> None:
        """Write one entry a line."""
        Path(path).write_text("".join(f"{entry}\n" for entry in self.entries), "utf-8")

    def tokens(self, text: str | Mended) -> list[Token]:
        """The words of `text` in order, each marked if it is outside the vocabulary."""
        mended = text if isinstance(text, Mended) else mend(text)
        return [
            token_of(mended, start, end, key(mended.text[start:end]) in self._index)
            for start, end in spans(mended.text, self.clitics)
        ]

    def row(self, text: str) -> list[int]:
        """`indices(tokens(text))`, for whom the tokens are of no use."""
        read = mend(text).text
        return [self.index(key(read[start:end])) for start, end in spans(read, self.clitics)]

    def indices(self, tokens: Iterable[Token]) -> list[int]:
        """The tokens as indices into the entries."""
        return [self.index(key(token.as_read)) for token in tokens]

    def index(self, entry: str) -> int:
        """The index of an entry, UNKNOWN if there is none."""
        return self._index.get(entry, UNKNOWN)
