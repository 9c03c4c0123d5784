"""The map of all heads: a row for each layer, a column for each head."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from demo.analysis.attention import View
from demo.figures import labels
from demo.figures.heads import FRAME, MARKS_GAP, names_of, width_of_marks
from demo.figures.theme import Theme
from demo.sentences import say

NAMED_WIDTH = 80  # px of the screen for each head of the map, below which it has a number alone
MOST_CELLS = 32  # a side of each head
MARKS_MOST = 0.75  # cells that the column of the marks is wide
HOVER = "%{z:.3f}<extra></extra>"


def all_heads(
    view: View,
    layers: int,
    theme: Theme,
    title: str = "",
    top: float = 1.0,
    opened: tuple[int, int] | None = None,
) -> go.Figure:
    """Every head of every layer in one picture: a row for each layer, a column for each head.

    They are shaded from 0 to `top`; the one `opened`, (layer, head), is framed. What goes to marks
    that are folded is the last column of each head, grey and from 0 to 1.

    A long text is drawn coarser: each cell is then the largest weight of the cells it stands for.
    """
    step = -(-len(view.tokens) // MOST_CELLS)
    coarse = _coarser(_coarser(view.weights, step, axis=1), step, axis=2)
    rows = columns = coarse.shape[-1]
    if view.to_marks is not None:
        columns += 1
    heads = len(coarse) // layers
    down, across = rows + 1, columns + 1  # from a head to the one below, and beside it
    tiles = np.zeros((layers * down - 1, heads * across - 1), np.float32)
    for index, weights in enumerate(coarse):
        y, x = down * (index // heads), across * (index % heads)
        tiles[y : y + rows, x : x + rows] = weights
    heatmap = {
        "type": "heatmap",
        "z": tiles,
        "colorscale": theme.scale(view.reader),
        "zmin": 0,
        "zmax": top,
        "showscale": False,
        "colorbar": theme.colour_bar(),
        "hovertemplate": HOVER,
    }
    traces = [heatmap]
    if view.to_marks is not None:
        traces.append(_marks(view, _coarser(view.to_marks, step, axis=1), heads, theme))
    numbers_alone = theme.width < heads * NAMED_WIDTH
    x, y = (
        {
            "tickvals": [(cells - 1) / 2 + (cells + 1) * index for index in range(number)],
            "ticktext": [
                str(index + 1) if numbers_alone else say(name, number=index + 1)
                for index in range(number)
            ],
            "ticks": "",
            "showgrid": False,
            "zeroline": False,
        }
        for number, name, cells in (
            (heads, "heads.map_head", columns),
            (layers, "heads.map_layer", rows),
        )
    )
    layout: dict[str, Any] = {
        "xaxis": x | {"side": "top", "tickangle": 0},
        "yaxis": y | {"autorange": "reversed", "automargin": True},
        "margin": {"l": 8, "r": 8, "t": 32, "b": 8},
    }
    if opened:
        top_edge, left = down * opened[0] - 1, across * opened[1] - 1
        frame = {
            "type": "rect", "x0": left, "x1": left + across, "y0": top_edge, "y1": top_edge + down,
            "line": {"color": theme.accent, "width": FRAME},
        }  # fmt: skip
        layout["shapes"] = [frame]
    names = names_of(view)[0][::step]
    marks = [] if view.to_marks is None else [view.marks]
    keys = "heads.map_keys_and_marks" if marks else "heads.map_keys"
    return theme.figure(
        traces,
        layout,
        60 + (50 if theme.phone else 96) * layers,
        title,
        rows=names,
        columns=names + marks,
        blocks={"layers": layers, "heads": heads, "rows": rows, "columns": columns},
        axes={"x": say(keys, marks=view.marks), "y": say("heads.map_queries")},
    )


def _marks(view: View, to_marks: np.ndarray, heads: int, theme: Theme) -> dict[str, Any]:
    """The last column of every head, (heads of all layers, cells): with nothing in between."""
    layers, rows = len(to_marks) // heads, to_marks.shape[1]
    z = np.full((layers * (rows + 1) - 1, 2 * heads - 1), np.nan, np.float32)
    for index, given in enumerate(to_marks):
        y = (rows + 1) * (index // heads)
        z[y : y + rows, 2 * (index % heads)] = given
    start, wide = rows - 0.5 + MARKS_GAP, min(width_of_marks(view), MARKS_MOST)
    ends = [start + (rows + 2) * head + side for head in range(heads) for side in (0, wide)]
    marks = labels.of_title(view.marks)
    return {
        "type": "heatmap",
        "x": ends,
        "y": np.arange(len(z)),
        "z": z,
        "colorscale": theme.beside,
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": f"{marks}: {HOVER}",
    }


def _coarser(weights: np.ndarray, step: int, axis: int) -> np.ndarray:
    """The largest of each `step` weights along an axis."""
    return np.maximum.reduceat(weights, range(0, weights.shape[axis], step), axis=axis)
