"""Why a label, with some words out of the text: what each of those left adds to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from demo.analysis.attribution import Attribution, attribute
from demo.analysis.erasure import places_left, without, words_of
from demo.reading import Reading, Token
from demo.sentences import InputError
from demo.serving.panel import ServedReader


@dataclass(frozen=True)
class Question:
    """A text of at least two words, of which some are out, and the label that is asked about."""

    reader: ServedReader
    reading: Reading
    out: frozenset[int]
    asked: str

    @classmethod
    def of(cls, reader: ServedReader, text: str, out: str, label: str) -> Question:
        """Raises InputError if the text has a single word."""
        reading = reader.read(text)
        if len(words_of(reading)) < 2:
            raise InputError("problems.evidence.one_word")
        return cls(reader, reading, places_named(out, reading), label or reading.label)

    @cached_property
    def words(self) -> list[Token]:
        """All words of the text."""
        return [word for word, _ in words_of(self.reading)]

    @cached_property
    def left(self) -> Reading:
        """The reading of the text without the words that are out.

        What was too far behind to be read does not take their places.
        """
        if not self.out:
            return self.reading
        unread = len(self.reading.text) - self.words[-1].end if self.reading.truncated else 0
        text = without(self.reading, self.out)
        return self.reader.read(text[: len(text) - unread])

    @cached_property
    def why(self) -> Attribution:
        """What the words that are left add to the label; of their own verdict it may be there."""
        if self.asked == self.left.label:
            return self.reader.kept(attribute, self.left.text)
        return attribute(self.reader, self.left.text, self.asked)

    @property
    def places(self) -> list[int]:
        """Where in the text the words stand that are left."""
        return places_left(self.reading, self.out, self.left)

    def named(self, written: str) -> frozenset[int]:
        """As `places_named`."""
        return places_named(written, self.reading)

    def place_left(self, word: str) -> int | None:
        """Where a word of the text stands among those that are left, if it does."""
        named = self.named(word)
        return next((index for index, place in enumerate(self.places) if place in named), None)

    @property
    def shares(self) -> np.ndarray:
        """What each word adds to the label, NaN where it is out."""
        found = np.where([place in self.out for place in range(len(self.words))], np.nan, 0.0)
        np.add.at(found, self.places, self.why.shares)
        return found


def places_named(written: str, reading: Reading) -> frozenset[int]:
    """The places of the words that begin where "0.14" says, in characters of the text.

    What is no word of the text names none, and one word at least is left.
    """
    starts = {word.start: place for place, (word, _) in enumerate(words_of(reading))}
    asked = [int(one) for one in written.split(".") if one.isdecimal() and len(one) < 6]
    found = frozenset(starts[start] for start in asked if start in starts)
    return found if len(found) < len(starts) else frozenset()


def spelled(words: Sequence[Token], places: Collection[int]) -> str:
    """Some words as `places_named` takes them."""
    return ".".join(str(words[place].start) for place in sorted(places))
