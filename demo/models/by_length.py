"""Many texts in batches of like length: what is padded costs as much as what is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Row = Sequence[int]


def in_batches(
    rows: Sequence[Row],
    most: int,
    run: Callable[[list[Row]], np.ndarray],
    each: Callable = map,
) -> np.ndarray:
    """What `run` makes of texts as rows of indices, (texts, ...), in their order.

    It is given texts of like length at a time, which are at most `most` indices, padding included;
    `each` is how it is called for every batch.
    """
    chosen = batches(np.array([len(row) for row in rows]), most)
    found = np.concatenate(list(each(run, [[rows[index] for index in batch] for batch in chosen])))
    return found[np.argsort(np.concatenate(chosen))]


def batches(lengths: np.ndarray, most: int) -> list[np.ndarray]:
    """Indices of texts by length, in batches of at most so many indices, padding included."""
    order = np.argsort(lengths, kind="stable")
    found, start = [], 0
    for end in range(1, len(order) + 1):
        if end == len(order) or (end + 1 - start) * lengths[order[end]] > most:
            found.append(order[start:end])
            start = end
    return found
