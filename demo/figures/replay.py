"""The replay of an alignment: what a decoder went by as it wrote each word."""

from __future__ import annotations

import json

import numpy as np

from demo.analysis.attention import Aligned
from demo.figures.packed import packed
from demo.figures.templates import html
from demo.mending import drawn
from demo.reading import Candidate

MOST = 3  # words that a row looked at most


def writing(aligned: Aligned, reader: int, given: bool = False) -> str:
    """HTML of the replay, to be drawn by assets/replay.js; "" where nothing was written.

    `reader` is the reader's place in the panel, which gives the colour. `given` says whether a
    person gave the headline, and the reader followed it.
    """
    written = aligned.written
    if written is None or written.states is None or written.log_probabilities is None:
        return ""
    numbers = {
        "given": given,
        "outputs": [drawn(output) for output in written.outputs],
        "probabilities": _rounded(np.exp(written.log_probabilities)),
        "copied": [] if written.copied is None else _rounded(written.copied),
        "candidates": [[_told(one) for one in several] for several in written.candidates],
        "most": [_most(aligned, row) for row in written.weights],
        "arrays": {"states": packed(written.states)},
    }
    return html("replay", reader=reader, numbers=json.dumps(numbers, separators=(",", ":")))


def _most(aligned: Aligned, row: np.ndarray) -> list[tuple[str, float]]:
    """The words with most weight in a row (tokens,), each with its weight."""
    order = np.argsort(-row, kind="stable")[:MOST]
    return [(drawn(aligned.tokens[place].as_read), round(float(row[place]), 4)) for place in order]


def _told(candidate: Candidate) -> tuple[str, float]:
    return drawn(candidate.text), round(candidate.probability, 4)


def _rounded(numbers: np.ndarray) -> list[float]:
    return [round(float(number), 4) for number in numbers]
