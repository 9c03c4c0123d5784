"""Attention heads as heatmaps: who looks (rows) at whom (columns)."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape
from plotly.subplots import make_subplots

from demo.analysis.attention import ROLLOUT, View
from demo.figures import labels
from demo.figures.theme import Behind, Theme
from demo.reading import Token
from demo.sentences import say

SMALL_HEIGHT, TINY_HEIGHT = 420, 185  # px of one small multiple, with words and without
TINY_EDGE = 50  # px of a tiny one that its title takes, and the gap below it
STRIP, STRIP_LARGE = 170, 320  # px of width of one of them on a phone
LARGE_HEIGHT, LARGE_HEIGHT_PHONE = 500, 420  # px
FRAME = 3  # px of the line around the head that is open
LABEL_ROOM = 130  # px of a picture's height that slanted words and titles take
GRID_WORDS = 60  # with more words the lines between cells would hide the cells
NAMED_WIDTH = 80  # px of the screen for each head of the map, below which it has a number alone
MAP_TOKENS = 32  # a map of all heads draws at most this many cells a side of each head
HOVER_BARE = "%{z:.3f}<extra></extra>"
UNSEEN = "\u200b"  # zero width; tells equal words apart where a name may stand once only


def small_multiples(
    view: View, theme: Theme, title: str = "", top: float = 1.0, opened: int | None = None
) -> go.Figure:
    """The heads of a layer as heatmaps of their own, shaded from 0 to `top`.

    The one that is `opened` has a frame. Up to two heads are drawn with their words on both axes;
    more of them in four columns, with words along the outer edges where they fit. On a phone they
    stand in one row, to be swiped.
    """
    count = len(view.weights)
    large = count <= 2
    columns = count if theme.phone else min(count, 4)
    rows = -(-count // columns)
    height = (SMALL_HEIGHT if large else TINY_HEIGHT) * rows + 60
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=[head_name(head) for head in range(count)],
        horizontal_spacing=(0.28 if large else 0.08) / columns,
        vertical_spacing=(0.3 if large else 0.17) / rows,
    )
    fit = large or len(view.tokens) * (labels.SMALLEST_TYPE + 1) <= TINY_HEIGHT - TINY_EDGE
    for head in range(count):
        row, column = head // columns, head % columns
        place = {"row": row + 1, "col": column + 1}
        trace = _heatmap(view, view.weights[head], theme, top, grid=large)
        figure.add_trace(trace.update(name=head_name(head)), **place)
        _label_axes(figure, view.tokens, SMALL_HEIGHT if large else TINY_HEIGHT, 13, **place)
        if not large:
            lowest = head + columns >= count
            figure.update_xaxes(showticklabels=fit and lowest, **place)
            figure.update_yaxes(showticklabels=fit and column == 0, **place)
        if head == opened:
            figure.add_shape(
                type="rect", x0=0, x1=1, y0=0, y1=1, **_domain(head),
                line={"color": theme.accent, "width": FRAME},
            )  # fmt: skip
    figure.update_annotations(font_size=16 if large else 14, yshift=4 if large else 0)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 30, "b": 8})
    strip = count * (STRIP_LARGE if large else STRIP) if theme.phone else 0
    behind: Behind = {**_behind(view), "strip": strip}
    return theme.apply(figure, height, title, **behind)


def one_head(view: View, theme: Theme, title: str = "", top: float = 1.0) -> go.Figure:
    """The one matrix of a view, large and with a colour bar, shaded from 0 to `top`."""
    (weights,) = view.weights
    figure = go.Figure(_heatmap(view, weights, theme, top))
    figure.update_traces(showscale=True)
    height = LARGE_HEIGHT_PHONE if theme.phone else LARGE_HEIGHT
    _label_axes(figure, view.tokens, height, largest=13 if theme.phone else 16)
    if not theme.phone:
        figure.update_xaxes(title_text=say("heads.keys"), title_standoff=8)
        figure.update_yaxes(title_text=say("heads.queries"), title_standoff=8)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return theme.apply(figure, height, title, **_behind(view))


def all_heads(
    view: View,
    layers: int,
    theme: Theme,
    title: str = "",
    top: float = 1.0,
    opened: tuple[int, int] | None = None,
) -> go.Figure:
    """Every head of every layer in one picture: a row for each layer, a column for each head.

    They are shaded from 0 to `top`; the one `opened`, (layer, head), is framed.

    A long text is drawn coarser: each cell is then the largest weight of the cells it stands for.
    """
    coarse = _coarser(view.weights)
    count = coarse.shape[-1]
    heads = len(coarse) // layers
    tiles = np.zeros((layers * (count + 1) - 1, heads * (count + 1) - 1), np.float32)
    for index, weights in enumerate(coarse):
        row, column = (count + 1) * (index // heads), (count + 1) * (index % heads)
        tiles[row : row + count, column : column + count] = weights
    figure = go.Figure(
        go.Heatmap(
            z=tiles,
            colorscale=theme.scale(view.reader),
            zmin=0,
            zmax=top,
            showscale=False,
            colorbar=theme.colour_bar(),
            hovertemplate=HOVER_BARE,
        )
    )
    if opened:
        row, column = ((count + 1) * place - 1 for place in opened)
        figure.add_shape(
            type="rect", x0=column, x1=column + count + 1, y0=row, y1=row + count + 1,
            line={"color": theme.accent, "width": FRAME},
        )  # fmt: skip
    middle = (count - 1) / 2
    numbers_alone = theme.width < heads * NAMED_WIDTH
    for update, number, name in (
        (figure.update_xaxes, heads, "heads.map_head"),
        (figure.update_yaxes, layers, "heads.map_layer"),
    ):
        update(
            tickvals=[middle + (count + 1) * index for index in range(number)],
            ticktext=[
                str(index + 1) if numbers_alone else say(name, number=index + 1)
                for index in range(number)
            ],
            ticks="",
            showgrid=False,
            zeroline=False,
        )
    figure.update_xaxes(side="top", tickangle=0)
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 32, "b": 8})
    step = -(-len(view.tokens) // count)
    height = 60 + (50 if theme.phone else 96) * layers
    names = _names(view)[::step]
    blocks = {"layers": layers, "heads": heads, "size": count}
    axes = {"x": say("heads.map_keys"), "y": say("heads.map_queries")}
    return theme.apply(figure, height, title, rows=names, columns=names, blocks=blocks, axes=axes)


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
    return escape(say("heads.description", name=name, tokens=what + note, pairs="; ".join(pairs)))


def _heatmap(
    view: View, weights: np.ndarray, theme: Theme, top: float, grid: bool = True
) -> go.Heatmap:
    """One matrix of a view, shaded from 0 to `top`, with lines between its cells, or not.

    Weights are sent as the reader gave them, four bytes a cell, and words once for each row and
    column: a pair of words for each cell would be four times as much as the weights.
    """
    gap = int(grid and len(view.tokens) <= GRID_WORDS)
    names = _unique(view.tokens)
    return go.Heatmap(
        x=names,
        y=names,
        z=weights.astype(np.float32),
        hovertemplate=labels.hover("heads.hover", query="%{y}", key="%{x}", weight="%{z:.3f}"),
        colorscale=theme.scale(view.reader),
        zmin=0,
        zmax=top,
        xgap=gap,
        ygap=gap,
        showscale=False,
        colorbar=theme.colour_bar(),
    )


def _domain(number: int) -> dict[str, str]:
    """Where a shape stands that spans the axes of a small multiple, counted from 0."""
    axis = "" if number == 0 else str(number + 1)
    return {"xref": f"x{axis} domain", "yref": f"y{axis} domain"}


def _label_axes(figure: go.Figure, tokens: tuple[Token, ...], height: int, largest: int, **place):
    """Write the words of a picture `height` px high on both of its axes."""
    axis = labels.axis([labels.of_token(token) for token in tokens], height - LABEL_ROOM, largest)
    names = _unique(tokens)
    axis |= {"type": "category", "tickvals": [names[place] for place in axis["tickvals"]]}
    figure.update_xaxes(**axis, tickangle=-50, side="bottom", constrain="domain", **place)
    figure.update_yaxes(**axis, autorange="reversed", constrain="domain", **place)


def _unique(tokens: tuple[Token, ...]) -> list[str]:
    """The words as categories of an axis: equal ones differ in what nobody sees."""
    names: dict[str, None] = {}
    for name in map(labels.of_token, tokens):
        while name in names:
            name += UNSEEN
        names[name] = None
    return list(names)


def _names(view: View) -> list[str]:
    """What the rows and the columns of a view's matrices are called."""
    return [token.as_read for token in view.tokens]


def _behind(view: View) -> Behind:
    """What is said of matrices whose rows and columns are the tokens of a view."""
    names, categories = _names(view), _unique(view.tokens)
    words = {"tickvals": categories, "ticktext": categories}
    return {
        "rows": names,
        "columns": names,
        "words": [{"x": words, "y": words}],
        "axes": {"x": say("heads.keys"), "y": say("heads.queries")},
    }


def _coarser(weights: np.ndarray) -> np.ndarray:
    """Matrices of at most `MAP_TOKENS` a side: the largest weight of each block of cells."""
    step = -(-weights.shape[-1] // MAP_TOKENS)
    starts = range(0, weights.shape[-1], step)
    return np.maximum.reduceat(np.maximum.reduceat(weights, starts, axis=1), starts, axis=2)
