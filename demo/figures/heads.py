"""Attention heads as heatmaps: who looks (rows) at whom (columns)."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape
from plotly.subplots import make_subplots

from demo.analysis.attention import ROLLOUT, View
from demo.figures import labels
from demo.figures.theme import Theme
from demo.reading import Token
from demo.sentences import say

SMALL_HEIGHT, TINY_HEIGHT = 420, 185  # px of one small multiple, with words and without
LARGE_HEIGHT, LARGE_HEIGHT_PHONE = 500, 420  # px
LABEL_ROOM = 130  # px of a picture's height that slanted words and titles take
GRID_WORDS = 60  # with more words the lines between cells would hide the cells
NAMED_WIDTH = 80  # px of the screen for each head of the map, below which it has a number alone
MAP_TOKENS = 32  # a map of all heads draws at most this many cells a side of each head
HOVER_BARE = "%{z:.3f}<extra></extra>"
UNSEEN = "\u200b"  # zero width; tells equal words apart where a name may stand once only


def small_multiples(view: View, theme: Theme, title: str = "") -> go.Figure:
    """The heads of a layer as heatmaps of their own, on one colour scale.

    Up to two heads are drawn with their words on both axes; more of them without, in four columns.
    """
    count = len(view.weights)
    with_words = count <= 2
    columns = (1 if with_words else 3) if theme.phone else min(count, 4)
    rows = -(-count // columns)
    height = rows * (SMALL_HEIGHT if with_words else TINY_HEIGHT) + 60
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=[head_name(head) for head in range(count)],
        horizontal_spacing=(0.28 if with_words else 0.08) / columns,
        vertical_spacing=(0.3 if with_words else 0.17) / rows,
    )
    for head in range(count):
        place = {"row": head // columns + 1, "col": head % columns + 1}
        trace = _heatmap(view, view.weights[head], theme, top=view.weights.max(), words=with_words)
        figure.add_trace(trace.update(name=head_name(head)), **place)
        if with_words:
            _label_axes(figure, view.tokens, SMALL_HEIGHT, largest=13, **place)
        else:
            bare = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False}
            figure.update_xaxes(**bare, **place)
            figure.update_yaxes(**bare, autorange="reversed", **place)
    figure.update_annotations(font_size=16 if with_words else 14, yshift=4 if with_words else 0)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 40, "b": 8})
    return theme.apply(figure, height, title, **_words(view))


def one_head(view: View, theme: Theme, title: str = "") -> go.Figure:
    """The one matrix of a view, large and with a colour bar."""
    (weights,) = view.weights
    figure = go.Figure(_heatmap(view, weights, theme, top=weights.max(), words=True))
    figure.update_traces(showscale=True)
    height = LARGE_HEIGHT_PHONE if theme.phone else LARGE_HEIGHT
    _label_axes(figure, view.tokens, height, largest=13 if theme.phone else 16)
    if not theme.phone:
        figure.update_xaxes(title_text=say("heads.keys"), title_standoff=8)
        figure.update_yaxes(title_text=say("heads.queries"), title_standoff=8)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 8})
    return theme.apply(figure, height, title, **_words(view))


def all_heads(view: View, layers: int, theme: Theme, title: str = "") -> go.Figure:
    """Every head of every layer in one picture: a row for each layer, a column for each head.

    A long text is drawn coarser: each cell is then the largest weight of the cells it stands for.
    """
    coarse = _coarser(view.weights)
    count = coarse.shape[-1]
    heads = len(coarse) // layers
    tiles = np.zeros((layers * (count + 1) - 1, heads * (count + 1) - 1), np.float32)
    for index, weights in enumerate(coarse):
        top, left = (count + 1) * (index // heads), (count + 1) * (index % heads)
        tiles[top : top + count, left : left + count] = weights
    figure = go.Figure(
        go.Heatmap(
            z=tiles,
            colorscale=theme.scale(view.reader),
            zmin=0,
            zmax=float(tiles.max()),
            showscale=False,
            hovertemplate=HOVER_BARE,
        )
    )
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
    words = {side: names[::step] for side, names in _words(view).items()}
    blocks = {"layers": layers, "heads": heads, "size": count}
    return theme.apply(figure, height, title, **words, blocks=blocks)


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


def _heatmap(view: View, weights: np.ndarray, theme: Theme, top: float, words: bool) -> go.Heatmap:
    """One matrix of a view, colours from 0 to `top`; with its `words` under the pointer, or not.

    Weights are sent as the reader gave them, four bytes a cell, and words once for each row and
    column: a pair of words for each cell would be four times as much as the weights.
    """
    grid = int(words and len(view.tokens) <= GRID_WORDS)
    names = _unique(view.tokens) if words else None
    return go.Heatmap(
        x=names,
        y=names,
        z=weights.astype(np.float32),
        hovertemplate=_hover() if words else HOVER_BARE,
        colorscale=theme.scale(view.reader),
        zmin=0,
        zmax=float(top),
        xgap=grid,
        ygap=grid,
        showscale=False,
        colorbar=theme.colour_bar(),
    )


def _hover() -> str:
    """What stands under the pointer, in Plotly's own form."""
    return say("heads.hover", query="%{y}", key="%{x}", weight="%{z:.3f}") + "<extra></extra>"


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


def _words(view: View) -> dict[str, list[str]]:
    """The names of the rows and columns of a view's matrices."""
    names = [token.as_read for token in view.tokens]
    return {"rows": names, "columns": names}


def _coarser(weights: np.ndarray) -> np.ndarray:
    """Matrices of at most `MAP_TOKENS` a side: the largest weight of each block of cells."""
    step = -(-weights.shape[-1] // MAP_TOKENS)
    starts = range(0, weights.shape[-1], step)
    return np.maximum.reduceat(np.maximum.reduceat(weights, starts, axis=1), starts, axis=2)
