"""Attention heads as heatmaps: who looks (rows) at whom (columns)."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape

from demo.analysis.attention import ROLLOUT, View
from demo.figures import labels
from demo.figures.places import places
from demo.figures.theme import Behind, Theme
from demo.reading import ReaderInfo, Token
from demo.sentences import listed, say

SMALL_HEIGHT, TINY_HEIGHT = 420, 185  # px of one small multiple, with words and without
TINY_EDGE = 50  # px of a tiny one that its title takes, and the gap below it
STRIP, STRIP_LARGE = 170, 320  # px of width of one of them on a phone
FEW_WORDS = 8  # of which two large ones stand beside each other on a phone
LARGE_HEIGHT, LARGE_HEIGHT_PHONE = 500, 420  # px
FRAME = 3  # px of the line around the head that is open
LABEL_ROOM = 130  # px of a picture's height that slanted words and titles take
GRID_WORDS = 60  # with more words the lines between cells would hide the cells
LABEL_LINE = 26  # px over a picture that the label of its marks takes
# The column of the marks, in widths of a word: the gap before it, how wide it is at least, and of
# how wide a share of many words.
MARKS_GAP, MARKS_LEAST, MARKS_SHARE = 0.25, 0.5, 1 / 30
UNSEEN = "\u200b"  # zero width; tells equal words apart where a name may stand once only


def small_multiples(
    view: View, theme: Theme, title: str = "", top: float = 1.0, opened: int | None = None
) -> go.Figure:
    """The heads of a layer as heatmaps of their own, shaded from 0 to `top`.

    The one that is `opened` has a frame. Up to two heads are drawn with their words on both axes;
    more of them in four columns, with words along the outer edges where they fit. On a phone they
    stand in one row, to be swiped, but two of a few words fit beside each other.
    """
    count = len(view.weights)
    large = count <= 2
    columns = count if theme.phone else min(count, 4)
    rows = -(-count // columns)
    each = SMALL_HEIGHT if large else TINY_HEIGHT
    x, y = _axes(view, each, 13)
    fit = large or len(view.tokens) * (labels.SMALLEST_TYPE + 1) <= TINY_HEIGHT - TINY_EDGE
    traces: list[dict] = []
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    close = large and theme.phone and len(view.tokens) <= FEW_WORDS
    gaps = {"across": 0.28, "down": 0.3} if large else {"across": 0.08, "down": 0.17}
    if close:
        gaps["across"] = 0.06
    for head, place in enumerate(places(count, columns, **gaps)):
        trace = _heatmap(view, view.weights[head], theme, top, grid=large)
        traces.append(trace | {"name": head_name(head), **place.axes})
        if view.to_marks is not None:
            traces.append(_marks(view, view.to_marks[head], theme, grid=large) | place.axes)
        lowest, leftmost = head + columns >= count, head % columns == 0
        layout |= place.layout(
            x | {"showticklabels": large or (fit and lowest)},
            y | {"showticklabels": (large and not close) or (fit and leftmost)},
        )
        size, above = (16, 4) if large else (14, 0)
        layout["annotations"].append(place.title(head_name(head), size, above))
        if head == opened:
            layout["shapes"].append(place.frame(theme.accent, FRAME))
    layout["margin"] = {"l": 8, "r": 8, "t": 30, "b": 8}
    one = STRIP_LARGE if large and not close else STRIP
    strip = count * one if theme.phone else 0
    behind: Behind = {**_behind(view), "strip": strip}
    return theme.figure(traces, layout, each * rows + 60, title, **behind)


def one_head(
    view: View, theme: Theme, title: str = "", top: float = 1.0, row: int | None = None
) -> go.Figure:
    """The one matrix of a view, large and with a colour bar, shaded from 0 to `top`.

    A `row` that is picked has a frame, which assets/page.js moves to the one that is clicked.
    """
    (weights,) = view.weights
    height = LARGE_HEIGHT_PHONE if theme.phone else LARGE_HEIGHT
    x, y = _axes(view, height, largest=13 if theme.phone else 16)
    if not theme.phone:
        x |= {"title": {"text": _keys(view), "standoff": 8}}
        y |= {"title": {"text": say("heads.queries"), "standoff": 8}}
    words = _heatmap(view, weights, theme, top) | {"showscale": True}
    at = row or 0
    frame = {
        "type": "rect", "xref": "x domain", "x0": 0, "x1": 1, "y0": at - 0.5, "y1": at + 0.5,
        "visible": row is not None, "line": {"color": theme.accent, "width": FRAME},
    }  # fmt: skip
    layout = {
        "xaxis": x,
        "yaxis": y,
        "shapes": [frame],
        "margin": {"l": 8, "r": 8, "t": 8 if view.to_marks is None else LABEL_LINE, "b": 8},
    }
    traces = [words]
    if view.to_marks is not None:
        traces.append(_marks(view, view.to_marks[0], theme))
        said = say("heads.marks", marks=view.marks, share=draw_of_marks(view))
        label = {
            "text": labels.of_title(said), "font": {"size": 14, "color": theme.ink},
            "showarrow": False, "xref": "paper", "x": 1, "xanchor": "right",
            "yref": "paper", "y": 1, "yanchor": "bottom",
        }  # fmt: skip
        layout["annotations"] = [label]
        if theme.phone:  # the bar stands over the picture, and the label between them
            words["colorbar"] |= {"y": 1.1}
    behind: Behind = {**_behind(view), "tokens": view.places}
    return theme.figure(traces, layout, height, title, **behind)


def title_of(info: ReaderInfo, layer: int, head: int | str | None = None) -> str:
    """What heads the picture of the heads of a layer, or of one of them."""
    deep = info.layers > 1
    if head is not None:
        named = head_name(head, layer if deep else None)
        return say("heads.of_reader", reader=info.title, what=named)
    return say("heads.of_layer", reader=info.title, layer=layer + 1) if deep else info.title


def head_name(head: int | str, layer: int | None = None) -> str:
    """What people call a head, of a layer if there are several: numbers start at 1."""
    kind = head if isinstance(head, str) else "head"
    number = None if isinstance(head, str) else head + 1
    if layer is None or head == ROLLOUT:
        return say(f"heads.names.{kind}", head=number)
    return say(f"heads.names_in_layer.{kind}", head=number, layer=layer + 1)


def description(view: View, name: str, strongest: int = 3) -> str:
    """HTML of the picture of the one matrix of a view in words, for those who do not see it."""
    (weights,) = view.weights
    looks = np.argsort(weights, axis=None)[::-1][:strongest]
    pairs = [
        say(
            "heads.pair",
            query=view.tokens[query].as_read,
            key=view.tokens[key].as_read,
            weight=weights[query, key],
        )
        for query, key in zip(*np.unravel_index(looks, weights.shape), strict=True)
    ]
    what = say("heads.tokens", count=len(view.tokens))
    note = f" ({view.note})" if view.note else ""
    said = [
        say("heads.description", name=name, tokens=what + note, pairs=listed(pairs, "semicolon"))
    ]
    if view.to_marks is not None:
        share = draw_of_marks(view)
        said.append(say("heads.to_marks", marks=view.marks, share=share))
    return escape(" ".join(said))


def draw_of_marks(view: View) -> float:
    """Which share of its attention a word gives to the marks of the one matrix, on average."""
    assert view.to_marks is not None
    return float(view.to_marks[0].mean())


def _heatmap(
    view: View, weights: np.ndarray, theme: Theme, top: float, grid: bool = True
) -> dict[str, Any]:
    """One matrix of a view, shaded from 0 to `top`, with lines between its cells, or not.

    Weights are sent as the reader gave them, four bytes a cell, and words once for each row and
    column: a pair of words for each cell would be four times as much as the weights.
    """
    gap = int(grid and len(view.tokens) <= GRID_WORDS)
    names = _unique(view.tokens)
    return {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": weights.astype(np.float32),
        "hovertemplate": labels.hover("heads.hover", query="%{y}", key="%{x}", weight="%{z:.3f}"),
        "colorscale": theme.scale(view.reader),
        "zmin": 0,
        "zmax": top,
        "xgap": gap,
        "ygap": gap,
        "showscale": False,
        "colorbar": theme.colour_bar(),
    }


def _marks(view: View, to_marks: np.ndarray, theme: Theme, grid: bool = True) -> dict[str, Any]:
    """The thin column beside a matrix: what each word gives to the marks, shaded from 0 to 1.

    It is grey, since its scale is not that of the words.
    """
    count, wide = len(view.tokens), width_of_marks(view)
    marks = labels.of_title(view.marks)
    return {
        "type": "heatmap",
        "x0": count - 0.5 + MARKS_GAP + wide / 2,  # its middle; words stand at 0, 1, 2 ...
        "dx": wide,
        "y": _unique(view.tokens),
        "z": to_marks.astype(np.float32)[:, None],
        "hovertemplate": labels.hover("heads.hover", query="%{y}", key=marks, weight="%{z:.3f}"),
        "colorscale": theme.beside,
        "zmin": 0,
        "zmax": 1,
        "ygap": int(grid and count <= GRID_WORDS),
        "showscale": False,
    }


def width_of_marks(view: View) -> float:
    """How wide the column of the marks is, in widths of a word."""
    return max(MARKS_LEAST, MARKS_SHARE * len(view.tokens))


def _keys(view: View) -> str:
    """What the columns of a view are."""
    if view.to_marks is None:
        return say("heads.keys")
    return say("heads.keys_and_marks", marks=view.marks)


def _axes(view: View, height: int, largest: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both axes of a picture `height` px high, with its words on them."""
    words = [labels.of_token(token) for token in view.tokens]
    axis = labels.axis(words, height - LABEL_ROOM, largest)
    names = _unique(view.tokens)
    axis |= {
        "type": "category",
        "tickvals": [names[place] for place in axis["tickvals"]],
        "constrain": "domain",
    }
    end = len(names) - 0.5 + (0 if view.to_marks is None else MARKS_GAP + width_of_marks(view))
    along = {"range": [-0.5, end], "tickangle": -50, "side": "bottom"}
    return axis | along, axis | {"autorange": "reversed"}


def _unique(tokens: tuple[Token, ...]) -> list[str]:
    """The words as categories of an axis: equal ones differ in what nobody sees."""
    names: dict[str, None] = {}
    for name in map(labels.of_token, tokens):
        while name in names:
            name += UNSEEN
        names[name] = None
    return list(names)


def names_of(view: View) -> tuple[list[str], list[str]]:
    """What the rows and the columns of a view's matrices are called."""
    names = [token.as_read for token in view.tokens]
    return names, names if view.to_marks is None else [*names, view.marks]


def _behind(view: View) -> Behind:
    """What is said of matrices whose rows and columns are the tokens of a view."""
    rows, columns = names_of(view)
    categories = _unique(view.tokens)
    words = {"tickvals": categories, "ticktext": categories}
    return {
        "rows": rows,
        "columns": columns,
        "words": [{"x": words, "y": words}],
        "axes": {"x": _keys(view), "y": say("heads.queries")},
    }
