"""What each head usually looks at: an atlas of the heads of a reader.

Of many readings, the mean share of attention that goes from a word to the word before it, to marks
such as [CLS], to words of one desk and so on (`HABITS`), beside what even attention would give to
the same places. A head goes by the habits that are large, by the rule of `Atlas.names`.

References:
1. Clark et al. (2019), "What Does BERT Look At?", sections 3 and 4: shares of attention to
   neighbours, marks and punctuation; entropy; attention between words summed over their pieces.
2. Voita et al. (2019), "Analyzing Multi-Head Self-Attention", section 5: positional heads, and what
   is lost without a head.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from demo.analysis import attention
from demo.models.base import Reader
from demo.models.words import key
from demo.reading import Reading, Token
from demo.serving.panel import ServedReader

BEFORE, AFTER, ITSELF, SAME, FIRST = "before", "after", "itself", "same", "first"
MARKS, PUNCTUATION = "marks", "punctuation"
HABITS = (BEFORE, AFTER, ITSELF, SAME, FIRST, MARKS, PUNCTUATION)
DESKS, DESK = "desks", "desk:"  # words of any desk; before a label, those of its desk
BROAD, NONE = "broad", "none"  # names of heads without a habit: everywhere alike, or neither

LEAST_SHARE = 0.1  # of all attention, that a habit has
LEAST_OF_WORDS = 0.25  # of what goes to words, or to marks
LEAST_ODDS = 2  # times the odds of even attention
BROAD_FROM = 0.85  # of the entropy of even attention
DECIMALS = 4
LEAST_WEIGHT = 1e-12  # of attention, that a logarithm is taken of

_WORD = re.compile(r"\w")


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

    def names(self, layer: int, head: int) -> list[Name]:
        """The habits of a head, the one with the largest share first.

        Much of what heads send to marks has no effect (Clark et al. 2019, section 3.2), so a habit
        has to be large among what goes to words: at least `LEAST_OF_WORDS` of it, with `LEAST_ODDS`
        times the odds that even attention gives, and `LEAST_SHARE` of everything. Marks themselves
        have to be as large among everything. `DESKS` counts where no single desk does. A head
        without a habit is `BROAD` if its entropy is `BROAD_FROM` of the largest, else `NONE`.
        """
        shares, marks = self.shares[layer, head], self.habits.index(MARKS)
        of_words = 1 - np.where(np.arange(len(shares)) == marks, 0, shares[marks])
        even_of_words = 1 - np.where(np.arange(len(shares)) == marks, 0, self.even[marks])
        among, even = shares / np.maximum(of_words, LEAST_WEIGHT), self.even / even_of_words
        large = (shares >= LEAST_SHARE) & (among >= LEAST_OF_WORDS)
        large &= among * (1 - even) >= LEAST_ODDS * even * (1 - among)
        found = [Name(self.habits[index], float(shares[index])) for index in np.flatnonzero(large)]
        if any(one.habit.startswith(DESK) for one in found):
            found = [one for one in found if one.habit != DESKS]
        if found:
            return sorted(found, key=lambda one: -one.share)
        evenness = float(self.evenness[layer, head])
        return [Name(BROAD if evenness >= BROAD_FROM else NONE, evenness)]

    def heads_of(self, habit: str) -> list[tuple[int, int]]:
        """The layer and number of all heads, those first that have most of a habit."""
        shares = self.shares[..., self.habits.index(habit)]
        places = np.argsort(-shares, axis=None, kind="stable")
        return [divmod(int(place), shares.shape[1]) for place in places]

    def to_json(self) -> dict:
        """What atlas.json holds: heads layer by layer, each with its names."""
        layers, heads = self.entropy.shape
        return {
            "reader": self.reader,
            "texts": self.texts,
            "even": dict(zip(self.habits, _rounded(self.even), strict=True)),
            "masked": {"texts": self.masked_texts, "accuracy": round(self.accuracy, DECIMALS)},
            "heads": [
                [self._head(layer, head) for head in range(heads)] for layer in range(layers)
            ],
        }

    def _head(self, layer: int, head: int) -> dict:
        names = self.names(layer, head)
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
                **numbers,
            )
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise ValueError("The atlas of the heads is damaged: measure it again.") from None


def measure(readings: Iterable[Reading], desks: Mapping[str, Collection[str]]) -> Atlas:
    """The atlas of a reader from readings of it, without the cost of its heads.

    `desks` holds for each label the keys of its words (`words.key`). Attention is that of whole
    words, from all that are no marks; a habit counts the words that have something to look at (the
    first word has none before it). Raises ValueError if there is no reading with self-attention.
    """
    habits = (*HABITS, DESKS, *(f"{DESK}{label}" for label in desks))
    of_desks = [frozenset(of_desk) for of_desk in desks.values()]
    name, shape, texts = "", (0, 0), 0
    totals: dict[str, np.ndarray] = {}
    for reading in readings:
        view = attention.view(reading, by_word=True)
        name, shape, texts = reading.reader, reading.attention.shape[:2], texts + 1
        for part, value in _sums(view.weights, view.tokens, of_desks).items():
            totals[part] = totals[part] + value if part in totals else value
    if not texts:
        raise ValueError("There is nothing to measure heads by: give some texts.")
    counts = np.maximum(totals["counts"], 1)  # (habits,)
    words = totals["words"]

    def by_head(values: np.ndarray) -> np.ndarray:
        return values.reshape(*shape, *values.shape[1:])

    return Atlas(
        reader=name,
        texts=texts,
        habits=habits,
        even=totals["even"] / counts,
        shares=by_head(totals["shares"] / counts),
        entropy=by_head(totals["entropy"] / words),
        evenness=by_head(totals["evenness"] / words),
        distance=by_head(totals["distance"] / np.maximum(totals["to_words"], LEAST_WEIGHT)),
    )


def _sums(
    weights: np.ndarray, tokens: Sequence[Token], desks: Sequence[frozenset[str]]
) -> dict[str, np.ndarray]:
    """What is added up over texts; `weights` (matrices, tokens, tokens)."""
    where = targets(tokens, desks)  # (habits, tokens, tokens)
    looks = ~np.array([token.special for token in tokens])  # (tokens,)
    weights, where = weights[:, looks].astype(np.float64), where[:, looks]
    has = where.any(-1)  # (habits, words)
    entropy = -(weights * np.log(np.maximum(weights, LEAST_WEIGHT))).sum(-1)  # (matrices, words)
    places = np.arange(len(tokens))
    far = np.abs(places[looks, None] - places) * looks  # (words, tokens)
    return {
        "shares": np.einsum("mqk,hqk->mh", weights, where, optimize=True),
        "even": where.mean(-1).sum(-1),
        "counts": has.sum(-1),
        "entropy": entropy.sum(-1),
        "evenness": (entropy / np.log(max(len(tokens), 2))).sum(-1),
        "distance": (weights * far).sum((1, 2)),
        "to_words": (weights * looks).sum((1, 2)),
        "words": looks.sum(),
    }


def targets(tokens: Sequence[Token], desks: Sequence[frozenset[str]]) -> np.ndarray:
    """Where each token looks by each habit, bool (habits, tokens, tokens), row = who looks."""
    keys = [key(token.as_read) for token in tokens]
    special = np.array([token.special for token in tokens])
    punctuation = np.array([not _WORD.search(one) for one in keys]) & ~special
    count = len(tokens)
    itself = np.eye(count, dtype=bool)
    neighbours = ~special[:, None] & ~special
    same = np.array([[one == other for other in keys] for one in keys]) & neighbours & ~itself
    first = ~special & (np.cumsum(~special) == 1)
    columns = [first, special, punctuation]
    for of_desk in (frozenset().union(*desks), *desks):
        columns.append(np.array([one in of_desk for one in keys]))
    anywhere = [np.broadcast_to(column, (count, count)) for column in columns]
    before, after = np.eye(count, k=-1, dtype=bool), np.eye(count, k=1, dtype=bool)
    return np.stack([before & neighbours, after & neighbours, itself, same, *anywhere])


def with_cost(
    atlas: Atlas, reader: Reader | ServedReader, texts: Sequence[str], labels: np.ndarray
) -> Atlas:
    """The atlas with what each head is worth: the accuracy on texts that is lost without it.

    `labels` int (texts,) are the true ones.
    """
    layers, heads = atlas.entropy.shape
    masks = 1 - np.eye(layers * heads, dtype=np.float32).reshape(-1, layers, heads)
    masks = np.concatenate([np.ones_like(masks[:1]), masks])  # the first one masks nothing
    right = np.zeros(len(masks))
    for text, label in zip(texts, labels, strict=True):
        right += reader.mask_heads(text, masks).argmax(-1) == label
    whole, *without = right / len(texts)
    cost = (whole - np.array(without)).reshape(layers, heads)
    return replace(atlas, cost=cost, accuracy=float(whole), masked_texts=len(texts))


def _rounded(values: np.ndarray) -> list[float]:
    return np.round(values.astype(np.float64), DECIMALS).tolist()
