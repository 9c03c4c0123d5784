"""A text read again with some of its words taken out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from demo.analysis.attention import whole_words
from demo.reading import Reading, Token

Classify = Callable[[Sequence[str]], np.ndarray]  # of texts: probabilities (texts, labels)


class Erasure:
    """Classifies a text again with some of its words taken out, each version once.

    `words` are the words of the text; what is kept or taken out is a set of their places. `winner`
    is the label that wins on the whole text, and `whole` its probability there.
    """

    def __init__(self, classify: Classify, reading: Reading):
        self.classify, self.reading = classify, reading
        self.words = tuple(word for word, _ in words_of(reading))
        self.winner = int(reading.probabilities.argmax())
        self.whole = float(reading.probabilities[self.winner])
        self.everything = frozenset(range(len(self.words)))
        self._known = {self.everything: reading.probabilities}

    def probabilities(self, kept: Iterable[frozenset[int]]) -> np.ndarray:
        """The probabilities of all labels for each set of words kept, float32 (sets, labels)."""
        kept = list(kept)
        new = [one for one in dict.fromkeys(kept) if one not in self._known]
        if new:
            found = self.classify([self.text_of(one) for one in new])
            self._known |= zip(new, found, strict=True)
        return np.array([self._known[one] for one in kept])

    def winning(self, kept: Iterable[frozenset[int]]) -> list[float]:
        """The probability of the `winner` for each set of words kept."""
        return [float(one[self.winner]) for one in self.probabilities(kept)]

    def text_of(self, kept: frozenset[int]) -> str:
        """The text with every other word taken out."""
        return without(self.reading, self.everything - kept)


def without(reading: Reading, out: Collection[int]) -> str:
    """The text of a reading without the words at the places `out`."""
    text, end = [], 0
    for place, (word, _) in enumerate(words_of(reading)):
        if place in out:
            text.append(reading.text[end : word.start])
            end = word.end
    return "".join([*text, reading.text[end:]])


def places_left(reading: Reading, out: Collection[int], left: Reading) -> list[int]:
    """Where in a text each word stands of `left`, the reading of it without the words `out`.

    A reader may cut the shorter text otherwise: such a word counts with the one it begins in.
    """
    starts, places, gone = [], [], 0
    for place, (word, _) in enumerate(words_of(reading)):
        if place in out:
            gone += word.end - word.start
        else:
            starts.append(word.start - gone)
            places.append(place)
    found = [bisect_right(starts, word.start) - 1 for word, _ in words_of(left)]
    return [places[max(index, 0)] for index in found]


def words_of(reading: Reading) -> list[tuple[Token, range]]:
    """The words that a reading is about, with the places of their pieces among its tokens."""
    return [pair for pair in whole_words(reading.tokens) if not pair[0].special]


def by_word(reading: Reading, by_token: np.ndarray) -> np.ndarray:
    """What each word is worth, float32 (words,): the sum over its pieces, `by_token` (tokens,)."""
    return np.array([by_token[place].sum() for _, place in words_of(reading)], np.float32)
