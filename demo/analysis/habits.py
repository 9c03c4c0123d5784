"""Measure what the heads of a reader look at: the numbers of its atlas."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from demo.analysis import attention
from demo.analysis.atlas import DESK, DESKS, HABITS, Atlas
from demo.models.base import Reader
from demo.models.words import key
from demo.reading import Reading, Token
from demo.serving.panel import ServedReader

ASSETS = Path(__file__).parents[2] / "assets"
EXAMPLES_FILE = ASSETS / "atlas_texts.txt"  # one a line
DESKS_FILE = ASSETS / "desk_words.json"
AT_ONCE = 20  # example texts, after which others have their turn
CLOSE = 3  # words away, at most, is near
LEAST_WEIGHT = 1e-12  # of attention, that a logarithm is taken of

_WORD = re.compile(r"\w")


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
        for part, value in _of_text(view.weights, view.tokens, of_desks).items():
            totals[part] = totals[part] + value if part in totals else value
    if not texts:
        raise ValueError("There is nothing to measure heads by: give some texts.")
    counts = np.maximum(totals["counts"], 1)  # (habits,)

    def by_head(values: np.ndarray) -> np.ndarray:
        return values.reshape(*shape, *values.shape[1:])

    return Atlas(
        reader=name,
        texts=texts,
        habits=habits,
        even=totals["even"] / counts,
        shares=by_head(totals["shares"] / counts),
        entropy=by_head(totals["entropy"] / texts),
        evenness=by_head(totals["evenness"] / texts),
        distance=by_head(totals["distance"] / texts),
    )


def _of_text(
    weights: np.ndarray, tokens: Sequence[Token], desks: Sequence[frozenset[str]]
) -> dict[str, np.ndarray]:
    """The means over the words of one text; `weights` (matrices, tokens, tokens).

    `counts` (habits,) is 1 where some word has something to look at, else 0, as the means then are.
    """
    where = targets(tokens, desks)  # (habits, tokens, tokens)
    looks = ~np.array([token.special for token in tokens])  # (tokens,)
    weights, where = weights[:, looks].astype(np.float64), where[:, looks]
    having = where.any(-1).sum(-1)  # (habits,) words
    each = np.maximum(having, 1)
    entropy = -(weights * np.log(np.maximum(weights, LEAST_WEIGHT))).sum(-1).mean(-1)  # (matrices,)
    places = np.arange(len(tokens))
    far = np.abs(places[looks, None] - places) * looks  # (words, tokens)
    to_words = (weights * looks).sum((1, 2))
    return {
        "shares": np.einsum("mqk,hqk->mh", weights, where, optimize=True) / each,
        "even": where.mean(-1).sum(-1) / each,
        "counts": np.minimum(having, 1),
        "entropy": entropy,
        "evenness": entropy / np.log(max(len(tokens), 2)),
        "distance": (weights * far).sum((1, 2)) / np.maximum(to_words, LEAST_WEIGHT),
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
    away = np.subtract.outer(np.arange(count), np.arange(count))  # > 0 where it looks back
    close = (away == 1, away == -1, (away != 0) & (np.abs(away) <= CLOSE))
    return np.stack([*(one & neighbours for one in close), itself, same, *anywhere])


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


def example_texts() -> list[str]:
    """The short texts of all desks that a quick atlas is made of."""
    return EXAMPLES_FILE.read_text("utf-8").splitlines()


def measure_quickly(reader: ServedReader) -> Iterator[tuple[int, int]]:
    """Measure the heads of a reader on the example texts, and keep that as its atlas.

    Gives how many texts are read and how many there are, as it goes on. A reader that has an atlas
    by then keeps that. Raises ValueError with one sentence if the reader fails.
    """
    texts = example_texts()
    readings: list[Reading] = []
    for start in range(0, len(texts), AT_ONCE):
        if reader.record.atlas:
            return
        yield start, len(texts)
        readings += reader.read_batch(texts[start : start + AT_ONCE], keep=False)
    found = measure(readings, json.loads(DESKS_FILE.read_text("utf-8")))
    reader.keep_atlas(replace(found, quick=True).to_json())
