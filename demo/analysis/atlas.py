"""What each head usually looks at: an atlas of the heads of a reader.

Of many readings, the mean share of attention that goes from a word to the word before it, to marks
such as [CLS], to words of one desk and so on (`HABITS`), beside what even attention would give to
the same places. A head goes by the habits that are large, by the rule of `Atlas.names`.
`demo.analysis.habits` measures it.

References:
1. Clark et al. (2019), "What Does BERT Look At?", sections 3 and 4: shares of attention to
   neighbours, marks and punctuation; entropy; attention between words summed over their pieces.
2. Voita et al. (2019), "Analyzing Multi-Head Self-Attention", section 5: positional heads, and what
   is lost without a head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from demo.serving.panel import ServedReader

BEFORE, AFTER, NEAR, ITSELF, SAME = "before", "after", "near", "itself", "same"
FIRST, MARKS, PUNCTUATION = "first", "marks", "punctuation"
HABITS = (BEFORE, AFTER, NEAR, ITSELF, SAME, FIRST, MARKS, PUNCTUATION)
DESKS, DESK = "desks", "desk:"  # words of any desk; before a label, those of its desk
BROAD, NONE = "broad", "none"  # names of heads without a habit: everywhere alike, or neither

LEAST_SHARE = 0.1  # of all attention, that a habit has
LEAST_OF_WORDS = 0.25  # of what goes to words, or to marks
LEAST_ODDS = 1.8  # times the odds of even attention
STANDS_OUT = 1.25  # times the odds of a wider habit, to be named in its place
BROAD_FROM = 0.85  # of the entropy of even attention
DECIMALS = 4
LEAST_WEIGHT = 1e-12  # that is divided by


class Name(NamedTuple):
    """What a head goes by: a habit and its share, or how even it is of `BROAD` and `NONE`."""

    habit: str
    share: float


@dataclass(frozen=True, eq=False)
class Atlas:
    """What the heads of a reader usually look at, over some texts.

    Shapes: `shares` float (layers, heads, habits) in the order of `habits`; `even` (habits,), what
    even attention would give; (layers, heads) each `entropy`, in nats, `evenness`, the entropy over
    that of even attention, and `distance`, in words, of what goes to words. `cost` (layers, heads)
    is the accuracy lost without a head, of `accuracy` on `masked_texts`; None if not measured.
    One that is `quick` was made while the page ran, of a few example texts.
    """

    reader: str
    texts: int
    habits: tuple[str, ...]
    even: np.ndarray
    shares: np.ndarray
    entropy: np.ndarray
    evenness: np.ndarray
    distance: np.ndarray
    cost: np.ndarray | None = None
    accuracy: float = 0.0
    masked_texts: int = 0
    quick: bool = False

    @cached_property
    def names(self) -> list[list[list[Name]]]:
        """Of each layer and head, the habits that it goes by, the one with the largest share first.

        Much of what heads send to marks has no effect (Clark et al. 2019, section 3.2), so a habit
        has to be large among what goes to words: at least `LEAST_OF_WORDS` of it, with `LEAST_ODDS`
        times the odds that even attention gives, and `LEAST_SHARE` of everything. Marks themselves
        have to be as large among everything. A habit that is part of a wider one, as the word
        before is of those near by and a desk is of all desks, takes its place if its odds are
        `STANDS_OUT` times as far from even; else the wider one counts. A head is `BROAD` if nothing
        but marks is large and its entropy is `BROAD_FROM` of the largest, and `NONE` if it has no
        habit at all.
        """
        layers, heads = self.entropy.shape
        return [[self._names(layer, head) for head in range(heads)] for layer in range(layers)]

    def _names(self, layer: int, head: int) -> list[Name]:
        shares = self.shares[layer, head]
        among, odds = self._among_words(shares)
        large = (shares >= LEAST_SHARE) & (among >= LEAST_OF_WORDS) & (odds >= LEAST_ODDS)
        parts = {
            place: self.habits.index(wider)
            for place, habit in enumerate(self.habits)
            if (wider := _wider(habit)) in self.habits
        }
        for part, whole in parts.items():
            large[part] &= odds[part] >= STANDS_OUT * odds[whole]
        for part, whole in parts.items():
            large[whole] &= not large[part]
        found = [Name(self.habits[place], float(shares[place])) for place in np.flatnonzero(large)]
        evenness = float(self.evenness[layer, head])
        if evenness >= BROAD_FROM and all(one.habit == MARKS for one in found):
            return [Name(BROAD, evenness)]
        return sorted(found, key=lambda one: -one.share) or [Name(NONE, evenness)]

    def _among_words(self, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The shares of what goes to words, of marks that of everything, and how far from even.

        The latter is the odds of a share over those that even attention gives it.
        """
        marks = np.array([habit == MARKS for habit in self.habits])

        def among(of: np.ndarray) -> np.ndarray:
            return of / np.where(marks, 1, np.maximum(1 - of[marks].sum(), LEAST_WEIGHT))

        share, even = among(shares), among(self.even)
        return share, share * (1 - even) / np.maximum(even * (1 - share), LEAST_WEIGHT)

    def share(self, habit: str) -> np.ndarray:
        """How much of its attention each head gives to a habit, float (layers, heads)."""
        return self.shares[..., self.habits.index(habit)]

    def leading(self, layer: int, head: int) -> Name:
        """What a map shows of a head: its largest habit among words, or else its first name."""
        names = self.names[layer][head]
        return next((name for name in names if name.habit != MARKS), names[0])

    def having(self, habit: str) -> list[tuple[int, int]]:
        """The layer and number of the heads that go by a habit, the one with most of it first."""
        found = [
            (-name.share, layer, head)
            for layer, row in enumerate(self.names)
            for head, names in enumerate(row)
            for name in names
            if name.habit == habit
        ]
        return [(layer, head) for _, layer, head in sorted(found)]

    def to_json(self) -> dict:
        """What atlas.json holds: heads layer by layer, each with its names."""
        layers, heads = self.entropy.shape
        return {
            "reader": self.reader,
            "texts": self.texts,
            "quick": self.quick,
            "even": dict(zip(self.habits, _rounded(self.even), strict=True)),
            "masked": {"texts": self.masked_texts, "accuracy": round(self.accuracy, DECIMALS)},
            "heads": [
                [self._head(layer, head) for head in range(heads)] for layer in range(layers)
            ],
        }

    def _head(self, layer: int, head: int) -> dict:
        names = self.names[layer][head]
        found = {
            "names": [{"habit": one.habit, "share": round(one.share, DECIMALS)} for one in names],
            "shares": dict(zip(self.habits, _rounded(self.shares[layer, head]), strict=True)),
        }
        numbers = {"entropy": self.entropy, "evenness": self.evenness, "distance": self.distance}
        if self.cost is not None:
            numbers["cost"] = self.cost
        of_head = {
            name: round(float(part[layer, head]), DECIMALS) for name, part in numbers.items()
        }
        return found | of_head

    @classmethod
    def from_json(cls, found: Mapping) -> Atlas:
        """What `to_json` wrote; raises ValueError with one sentence if it is something else."""
        try:
            heads = found["heads"]
            numbers = {
                name: np.array([[head[name] for head in layer] for layer in heads])
                for name in ("entropy", "evenness", "distance", "cost")
                if name in heads[0][0]
            }
            habits = tuple(found["even"])
            return cls(
                reader=found["reader"],
                texts=found["texts"],
                habits=habits,
                even=np.array(list(found["even"].values())),
                shares=np.array(
                    [[[head["shares"][one] for one in habits] for head in row] for row in heads]
                ),
                accuracy=found["masked"]["accuracy"],
                masked_texts=found["masked"]["texts"],
                quick=found.get("quick", False),
                **numbers,
            )
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise ValueError("The atlas of the heads is damaged: measure it again.") from None


def of_reader(reader: ServedReader) -> Atlas | None:
    """What the record of a reader says of its heads; None without an atlas that fits them."""
    try:
        found = Atlas.from_json(reader.record.atlas)
    except ValueError:
        return None
    return found if found.entropy.shape == (reader.info.layers, reader.info.heads) else None


def _wider(habit: str) -> str:
    """The habit that another one is part of, or ""."""
    if habit.startswith(DESK):
        return DESKS
    return NEAR if habit in (BEFORE, AFTER) else ""


def _rounded(values: np.ndarray) -> list[float]:
    return np.round(values.astype(np.float64), DECIMALS).tolist()
