"""Words on the axes of a picture: shortened, escaped, and small enough to fit."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from demo.mending import drawn
from demo.reading import Token
from demo.sentences import called, say

LONGEST = 14  # characters of a word
SMALLEST_TYPE = 11  # px
CLOSEST = 1.6  # times the size of the type, between words at 50 degrees whose lines do not touch


def of_token(token: Token) -> str:
    """A token as Plotly can show it, with a mark if its reader does not know it."""
    return of_word(token.as_read) + ("" if token.known else " ?")


def of_word(word: str) -> str:
    """A word as Plotly can show it: shortened, its markup characters escaped."""
    word = drawn(word)
    if len(word) > LONGEST:
        word = word[: LONGEST - 1] + "…"
    return html.escape(word, quote=False)


def written(outputs: Sequence[str], topic: bool = True) -> list[str]:
    """What a reader wrote, its topic, which is a label, as people call that."""
    return [called(outputs[0]), *outputs[1:]] if topic else list(outputs)


def letters(text: str) -> int:
    """How wide a text is in Latin letters, of which one of Hangul, Kanji or Kana takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def hover(key: str, /, **values: str) -> str:
    """A sentence as Plotly writes it under the pointer, its values in Plotly's form ("%{x}")."""
    return f"{say(key, **values)}<extra></extra>"


def of_title(title: str) -> str:
    """A title as Plotly can show it."""
    return html.escape(title, quote=False)


def axis(labels: Sequence[str], room: int, largest: int) -> dict:
    """An axis of integers with words on it: as categories, equal words would be merged into one.

    The type shrinks from `largest` px until all words fit `room` px; where even the smallest does
    not fit, every second, third ... word is written.
    """
    step = -(-len(labels) * (SMALLEST_TYPE + 2) // room)
    shown = list(range(0, len(labels), step))
    return {
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": [labels[index] for index in shown],
        "tickfont": {"size": min(max(room // len(shown) - 2, SMALLEST_TYPE), largest)},
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
    }


def words(
    along: Sequence[str], down: Sequence[str], places: Sequence[float] | None = None
) -> dict[str, dict]:
    """Every word of both axes, for a slide: it has other room for them than the page.

    The words down the side stand at `places` on their axis, or at 0, 1, 2 ...
    """
    return {
        "x": {"tickvals": list(range(len(along))), "ticktext": list(along)},
        "y": {"tickvals": list(places or range(len(down))), "ticktext": list(down)},
    }


def slanted(axis: dict, room: int) -> dict:
    """An axis whose words stand over or under it: aslant, or upright where slanted ones touch."""
    apart = room / len(axis["tickvals"])
    upright = apart < CLOSEST * axis["tickfont"]["size"]
    return axis | {"tickangle": -90 if upright else -50}


def pairs(rows: Sequence[str], columns: Sequence[str]) -> np.ndarray:
    """The words of row and column for each cell, (rows, columns, 2) strings."""
    down, along = (np.array(list(words), dtype=object) for words in (rows, columns))
    return np.stack(np.broadcast_arrays(down[:, None], along[None, :]), axis=-1)


def axes_of_heads(layers: int, heads: int) -> tuple[dict[str, Any], list[str]]:
    """The layout of a map of all heads, a row a layer, and what its rows are called."""
    names = [say("heads.map_layer", number=layer + 1) for layer in range(layers)]
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "automargin": True}
    across = {
        "tickvals": list(range(heads)),
        "ticktext": [f"{head + 1}" for head in range(heads)],
        "title": {"text": say("evidence.head_axis")},
        "side": "top",
    }
    down = {"tickvals": list(range(layers)), "ticktext": names, "autorange": "reversed"}
    margin = {"l": 8, "r": 8, "t": 8, "b": 8}
    return {"xaxis": across | axis, "yaxis": down | axis, "margin": margin}, names
