"""Does a written headline turn a word of its text into its opposite?

`opposites.txt` holds a pair a line, both words with their forms: `rise rises ... | fall falls ...`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from demo.models import words

FILE = Path(__file__).with_name("opposites.txt")


class Turned(NamedTuple):
    """A word of a headline, and the word of its text that means the opposite."""

    written: str
    read: str


@cache
def pairs() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The forms of each word and of its opposite, in both directions."""
    lines = FILE.read_text("utf-8").splitlines()
    sides = [[frozenset(side.split()) for side in line.split("|")] for line in lines]
    there_and_back = [((here, there), (there, here)) for here, there in sides]
    return tuple(pair for both in there_and_back for pair in both)


@cache
def _opposite_of() -> dict[str, list[tuple[frozenset[str], frozenset[str]]]]:
    """The pairs that each form stands on the first side of."""
    found: dict[str, list] = {}
    for here, there in pairs():
        for form in here:
            found.setdefault(form, []).append((here, there))
    return found


def are_opposites(one: str, other: str) -> bool:
    """Whether two words, as `words.key` gives them, are forms of a pair."""
    return any(other in there for _, there in _opposite_of().get(one, ()))


def turned(headline: str, text: str) -> list[Turned]:
    """The words of a headline whose opposite stands in the text while they do not.

    A word stands in a text in any of its forms: who reads "rose" and writes "rises" turned nothing.
    """
    read = _keys(text)
    present = set(read)
    found = []
    for word in _keys(headline):
        for here, there in _opposite_of().get(word, ()):
            if not here & present and (opposite := next((k for k in read if k in there), None)):
                found.append(Turned(word, opposite))
                break
    return found


def share(headlines: Sequence[str], texts: Sequence[str]) -> float:
    """The share of headlines that turn at least one word of their text."""
    count = sum(bool(turned(*pair)) for pair in zip(headlines, texts, strict=True))
    return count / max(len(headlines), 1)


def _keys(text: str) -> list[str]:
    """The words of a text as the table writes them, in their order."""
    return [words.key(text[start:end]).removesuffix("'s") for start, end in words.spans(text)]
