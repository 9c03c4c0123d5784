"""How good a ranking of words could be at all: what comprehensiveness is measured against.

Plain comprehensiveness is not comparable across networks: how much of a probability can be lost,
and how little, differs from one to the next. Each ranking's is therefore put between the lowest and
the highest of any order of the words, 0 to 1 (Edin et al. 2024, "Normalized AOPC", arXiv
2408.08137). There the two limits are searched by beam; here the highest is searched greedily, a few
words at a time, and both lie at least as far out as every measured ranking and its reverse. So a 1
means: no better order is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from demo.analysis.erasure import Erasure
from demo.analysis.faithfulness import firsts, order

STEP = 3  # words that the greedy search takes out at once
LEAST_RANGE = 1e-4  # of probability; where all orders are worth the same there is nothing to scale


def comprehensiveness(erasure: Erasure, places: Sequence[int]) -> float:
    """That of the words' places in an order, see `faithfulness.Scores`."""
    kept = [frozenset(places[first:]) for first in firsts(len(places))]
    return erasure.whole - float(np.mean(erasure.winning(kept)))


def greedy_order(erasure: Erasure) -> list[int]:
    """An order of the words' places that costs the winning label much.

    `STEP` words at a time, those are taken out whose loss alone costs most of what is left.
    """
    places: list[int] = []
    while len(places) < firsts(len(erasure.words))[-1]:
        kept = sorted(erasure.everything - set(places))
        without = erasure.winning(frozenset(kept) - {place} for place in kept)
        places += [kept[index] for index in np.argsort(without, kind="stable")[:STEP]]
    return [*places, *sorted(erasure.everything - set(places))]


def limits(erasure: Erasure, rankings: Iterable[np.ndarray]) -> tuple[float, float]:
    """The lowest and the highest comprehensiveness known, those of some rankings included.

    A ranking is what each word is worth, (words,).
    """
    orders = [greedy_order(erasure)]
    for values in rankings:
        orders += [order(values).tolist(), order(-values).tolist()]
    found = [comprehensiveness(erasure, each) for each in orders]
    return min(found), max(found)


def normalised(value: float, low: float, high: float) -> float | None:
    """Where a comprehensiveness lies between the limits, 0 to 1; None where they are the same."""
    return (value - low) / (high - low) if high - low > LEAST_RANGE else None
