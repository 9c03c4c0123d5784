"""A text with one of its words changed, to see what that word is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.analysis.erasure import Erasure, words_of
from demo.models.base import Reader
from demo.reading import Token
from demo.serving.panel import ServedReader

# A word from each desk of the news that the readers were trained on.
STAND_INS = ("minister", "striker", "shares", "software")
MOST_WORDS = 40  # that are tried, the first of a text


@dataclass(frozen=True)
class Substitution:
    """A text in which `word` of the text before it became `stand_in`."""

    text: str
    word: Token
    stand_in: str


def change_one_word(reader: Reader | ServedReader, text: str) -> Substitution | None:
    """The text with the word that matters most changed, or None if it has no word.

    It is the word without which the winning label loses most. Of `STAND_INS` it becomes the one
    with which that label loses most.
    """
    reading = reader.read(text)
    winner = int(reading.probabilities.argmax())
    every = [word for word, _ in words_of(reading)]
    words = [word for word in every if any(map(str.isalnum, word.as_read))][:MOST_WORDS]
    if not words:
        return None
    word = words[0]
    if len(every) > 1:
        erasure = Erasure(reader.classify, reading)
        places = [every.index(one) for one in words]
        without = erasure.winning(erasure.everything - {place} for place in places)
        word = words[int(np.argmin(without))]
    changed = [
        Substitution(text[: word.start] + stand_in + text[word.end :], word, stand_in)
        for stand_in in (_in_case_of(word.text, one) for one in STAND_INS)
        if stand_in.casefold() != word.as_read.casefold()
    ]
    left = reader.classify([one.text for one in changed])[:, winner]
    return changed[int(left.argmin())]


def _in_case_of(word: str, stand_in: str) -> str:
    """The stand-in with a capital where the word has one."""
    if len(word) > 1 and word.isupper():
        return stand_in.upper()
    return stand_in.capitalize() if word[:1].isupper() else stand_in
