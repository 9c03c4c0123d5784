"""How good a ranking of words could be at all: what comprehensiveness is measured against.

Plain comprehensiveness is not comparable across networks: how much of a probability can be lost,
and how little, differs from one to the next. Each ranking's is therefore put between the lowest and
the highest of any order of the words, 0 to 1 (Edin et al. 2024, "Normalized AOPC", arXiv
2408.08137). There the two limits are searched by beam; here greedily, for each share of the words
at once, and no ranking that was measured may lie outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from demo.analysis.erasure import Erasure
from demo.analysis.faithfulness import firsts

LEAST_RANGE = 1e-4  # of probability; where all orders are worth the same there is nothing to scale


def comprehensiveness(erasure: Erasure, order: Sequence[int]) -> float:
    """That of an order of the words' places, see `faithfulness.Scores`."""
    kept = [frozenset(order[first:]) for first in firsts(len(order))]
    return erasure.whole - float(np.mean(erasure.winning(kept)))


def greedy_order(erasure: Erasure, sign: int) -> list[int]:
    """An order that costs the winning label much (`sign` 1) or little (-1).

    Up to the next share of the words, those are taken out whose loss alone costs most, or least, of
    what is left.
    """
    kept = erasure.everything
    order: list[int] = []
    for first in firsts(len(kept)):
        places = sorted(kept)
        without = erasure.winning(kept - {place} for place in places)
        ranked = [places[index] for index in np.argsort(sign * np.array(without), kind="stable")]
        order += ranked[: first - len(order)]
        kept = erasure.everything - set(order)
    return [*order, *sorted(kept)]


def limits(erasure: Erasure, measured: Iterable[float]) -> tuple[float, float]:
    """The lowest and the highest comprehensiveness known, those `measured` of rankings included."""
    known = [comprehensiveness(erasure, greedy_order(erasure, sign)) for sign in (1, -1)]
    known += measured
    return min(known), max(known)


def normalised(value: float, low: float, high: float) -> float | None:
    """Where a comprehensiveness lies between the limits, 0 to 1; None where they are the same."""
    return (value - low) / (high - low) if high - low > LEAST_RANGE else None
