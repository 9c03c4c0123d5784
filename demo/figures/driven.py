"""The headlines of a batch that drive a head most, as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from demo.figures.templates import html
from demo.mending import drawn
from demo.reading import ReaderInfo
from demo.sentences import say

SHORT = 140  # characters of a headline that the table shows


class Row(NamedTuple):
    """A headline, its class, what the head adds to that, and (query, key, weight) of its look."""

    text: str
    label: str
    adds: float
    looks: tuple[str, str, float]


def table(
    rows: Sequence[Row],
    info: ReaderInfo,
    layer: int,
    head: int,
    name: str,
    measured: int,
    of: int,
) -> str:
    """HTML of headlines with what a head, called `name`, adds to the verdict on each.

    A click on one opens the head on it. `measured` headlines of `of` were compared.
    """
    top = max([abs(row.adds) for row in rows] + [1e-9])
    opens = {"view": "heads", "set": {"reader": info.name, "layer": layer, "head": head}}
    return html(
        "driven",
        title=say("batch.driven.title", reader=info.title, head=name),
        measured=say("batch.driven.measured", count=measured, of=of),
        labels=list(info.labels),
        rows=[
            {
                "text": _short(drawn(row.text)),
                "opens": json.dumps({**opens, "text": row.text}),
                "label": row.label,
                "adds": row.adds,
                "width": 100 * max(row.adds, 0) / top,
                "looks": say(
                    "heads.pair",
                    query=drawn(row.looks[0]),
                    key=drawn(row.looks[1]),
                    weight=row.looks[2],
                ),
            }
            for row in rows
        ],
    )


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
