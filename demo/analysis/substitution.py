"""A text with one of its words changed, to see what that word is worth.

A noun becomes another noun of its kind, so that the text still reads as one: people become people,
places places. `assets/nouns.json` has the nouns, and for each kind one from each of the four desks
of the news that the readers were trained on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo.analysis.erasure import Erasure, words_of
from demo.models.base import Reader
from demo.reading import Reading, Token
from demo.serving.panel import ServedReader

KINDS: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[2] / "assets" / "nouns.json").read_text("utf-8")
)
NAMES = "names"  # the kind whose words have no plural, and count as they are written
STAND_INS = ("minister", "striker", "shares", "software")  # of a word that is none of those nouns
MOST_WORDS = 40  # that are tried, the first of a text
# Words that say how others belong together: none of them is changed while there is another one.
GRAMMAR = frozenset(
    "a about after against all along also am among an and any are as at be because been before "
    "being between both but by can could did do does down during each every few for from had has "
    "have he her here him his how i if in into is it its just less may me might more most much "
    "must my no nor not of off on only or other our out over own per said say says she should "
    "since so some such than that the their them then there these they this those through to too "
    "under until up upon us very was we were what when where which while who whom whose why will "
    "with within without would yet you your".split()
)


@dataclass(frozen=True)
class Substitution:
    """A text in which `word` of the text before it became `stand_in`."""

    text: str
    word: Token
    stand_in: str


def change_one_word(reader: Reader | ServedReader, text: str) -> Substitution | None:
    """The text with one word changed, or None if it has no word.

    Of all nouns that become another one of their kind it is the one that costs the winning label
    most. A text without such a noun has the word changed without which that label loses most.
    """
    reading = reader.read(text)
    winner = int(reading.probabilities.argmax())
    every = [word for word, _ in words_of(reading)]
    words = [word for word in every if any(map(str.isalnum, word.as_read))][:MOST_WORDS]
    if not words:
        return None
    changed = [
        _changed(text, word, stand_in)
        for before, word in zip(["", *map(_lower, words)], words, strict=False)
        for stand_in in of_its_kind(word.text)
        if before != "an"  # which no stand-in may follow
    ]
    if not changed:
        word = _most_needed(reader, reading, every, words)
        changed = [
            _changed(text, word, _in_case_of(word.text, one))
            for one in STAND_INS
            if one != _lower(word)
        ]
    left = reader.classify([one.text for one in changed])[:, winner]
    return changed[int(left.argmin())]


def of_its_kind(word: str) -> list[str]:
    """The nouns that may stand for one, in its number and its case; none for any other word."""
    for kind, nouns in KINDS.items():
        if kind == NAMES:
            found, plural = word in nouns["words"], False
        else:
            singular = _singulars(word.lower()) & set(nouns["words"])
            found, plural = bool(singular), word.lower() not in singular
        if found:
            numbered = [_plural(one) if plural else one for one in nouns["stand_ins"]]
            return [_in_case_of(word, one) for one in numbered if one.lower() != word.lower()]
    return []


def _most_needed(
    reader: Reader | ServedReader, reading: Reading, every: Sequence[Token], words: Sequence[Token]
) -> Token:
    """Of some of the words of a text, the one without which its winning label loses most."""
    words = [word for word in words if _lower(word) not in GRAMMAR] or words
    if len(every) == 1:
        return words[0]
    erasure = Erasure(reader.classify, reading)
    places = [every.index(word) for word in words]
    without = erasure.winning(erasure.everything - {place} for place in places)
    return words[int(np.argmin(without))]


def _changed(text: str, word: Token, stand_in: str) -> Substitution:
    return Substitution(text[: word.start] + stand_in + text[word.end :], word, stand_in)


def _lower(word: Token) -> str:
    return word.as_read.lower()


def _singulars(word: str) -> set[str]:
    """What a noun may be the plural of, itself among it."""
    return {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"}


def _plural(noun: str) -> str:
    """The plural of a regular English noun."""
    if noun.endswith("y"):
        return noun.removesuffix("y") + "ies"
    return noun + ("es" if noun.endswith(("ch", "sh", "s", "x")) else "s")


def _in_case_of(word: str, stand_in: str) -> str:
    """The stand-in with a capital where the word has one."""
    if len(word) > 1 and word.isupper():
        return stand_in.upper()
    return stand_in[:1].upper() + stand_in[1:] if word[:1].isupper() else stand_in
