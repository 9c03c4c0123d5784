"""The smallest set of words whose loss changes the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from demo.analysis.erasure import Erasure
from demo.models.base import Reader
from demo.reading import Token
from demo.serving.panel import ServedReader

MOST_WORDS = 3  # of the sets that are all tried
MOST_SETS = 1_000  # of one size, that are all tried
AT_ONCE = 64  # sets of one batch
CANDIDATES = 24  # words that are taken out one after another where not all sets are tried


@dataclass(frozen=True)
class Flip:
    """Words without which a text gets another label.

    `places` are those of the `words` among the words of the text, `label` the verdict without
    them. `smallest` says that every smaller set was tried and leaves the verdict as it is; else
    the words were found one after another, and fewer may do.
    """

    places: tuple[int, ...]
    words: tuple[Token, ...]
    label: str
    smallest: bool


def flip(reader: Reader | ServedReader, text: str) -> Flip | None:
    """The smallest flip of a reader's verdict on a text; raises ValueError as `check_text`."""
    return smallest_flip(Erasure(reader.classify, reader.read(text)))


def single_flip(erasure: Erasure) -> Flip | None:
    """The one word whose loss changes the verdict most, which leave-one-out knows already."""
    if len(erasure.words) < 2:
        return None
    found = _first(erasure, [(place,) for place in range(len(erasure.words))])
    return _flip(erasure, found, smallest=True) if found else None


def smallest_flip(erasure: Erasure) -> Flip | None:
    """The smallest set of words whose loss changes the verdict, or None if none was found.

    All sets of up to `MOST_WORDS` words are tried, of each size as long as there are no more than
    `MOST_SETS`; then words are taken out one after another, each time the one that costs the
    winning label most. One word at least stays in the text.
    """
    count = len(erasure.words)
    single = np.array(erasure.winning(erasure.everything - {place} for place in range(count)))
    tried = 0
    for size in range(1, min(MOST_WORDS, count - 1) + 1):
        if comb(count, size) > MOST_SETS:
            break
        # Those first that cost most alone: mostly the first batch holds a flip, if there is one.
        sets = sorted(
            combinations(range(count), size), key=lambda places: single[list(places)].sum()
        )
        if found := _first(erasure, sets):
            return _flip(erasure, found, smallest=True)
        tried = size
    found = _one_after_another(erasure, np.argsort(single, kind="stable")[:CANDIDATES].tolist())
    return _flip(erasure, found, smallest=len(found) == tried + 1) if found else None


def _first(erasure: Erasure, sets: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The first of some sets that changes the verdict; of one batch the one that does so most."""
    for start in range(0, len(sets), AT_ONCE):
        several = sets[start : start + AT_ONCE]
        leads = _leads(erasure, several)
        if leads.min() < 0:
            return several[int(leads.argmin())]
    return None


def _one_after_another(erasure: Erasure, places: list[int]) -> tuple[int, ...] | None:
    out: tuple[int, ...] = ()
    while places and len(out) < len(erasure.words) - 1:
        further = [(*out, place) for place in places]
        leads = _leads(erasure, further)
        out = further[int(leads.argmin())]
        if leads.min() < 0:
            return out
        places.remove(out[-1])
    return None


def _leads(erasure: Erasure, sets: Iterable[tuple[int, ...]]) -> np.ndarray:
    """How far the winning label leads without each of some sets, below 0 where it does not."""
    found = erasure.probabilities(erasure.everything - set(places) for places in sets)
    others = np.delete(found, erasure.winner, axis=1)
    return found[:, erasure.winner] - others.max(-1)  # (sets,)


def _flip(erasure: Erasure, places: tuple[int, ...], smallest: bool) -> Flip:
    places = tuple(sorted(places))
    (without,) = erasure.probabilities([erasure.everything - set(places)])
    words = tuple(erasure.words[place] for place in places)
    return Flip(places, words, erasure.reading.labels[int(without.argmax())], smallest)
