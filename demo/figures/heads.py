"""Attention heads as heatmaps: who looks (rows) at whom (columns)."""

from __future__ import annotations

import html

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from demo import attention
from demo.figures.look import Look
from demo.reading import Reading, Token

MEAN = "mean"  # in place of a head's number: the mean of the layer's heads
SMALL_HEIGHT, LARGE_HEIGHT, LARGE_HEIGHT_PHONE = 420, 500, 420  # px
LABEL_ROOM = 130  # px of a picture's height that slanted words and titles take
LABEL_CHARACTERS = 14
SMALLEST_TYPE = 11  # px
GRID_WORDS = 60  # with more words the lines between cells would hide the cells
HOVER = "<b>%{customdata[0]}</b> looks at <b>%{customdata[1]}</b>: %{z:.3f}<extra></extra>"


def small_multiples(reading: Reading, layer: int, look: Look) -> go.Figure:
    """Every head of a layer as a heatmap of its own, on one colour scale."""
    heads = attention.layer_heads(reading, layer)
    columns = 1 if look.phone else min(len(heads), 4)
    rows = -(-len(heads) // columns)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=[head_name(head) for head in range(len(heads))],
        horizontal_spacing=0.14 / columns * 2,
        vertical_spacing=0.3 / rows,
    )
    for head, weights in enumerate(heads):
        place = {"row": head // columns + 1, "col": head % columns + 1}
        figure.add_trace(_heatmap(weights, reading, heads.max(), look, bar=False), **place)
        _label_axes(figure, reading.tokens, SMALL_HEIGHT, largest=13, **place)
    figure.update_annotations(font_size=16, yshift=4)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 40, "b": 8})
    return look.apply(figure, height=rows * SMALL_HEIGHT + 60)


def one_head(reading: Reading, layer: int, head: int | str, look: Look) -> go.Figure:
    """One head, or the mean of the layer's heads, large and with a colour bar."""
    heads = attention.layer_heads(reading, layer)
    weights = attention.head_mean(heads) if head == MEAN else heads[head]
    figure = go.Figure(_heatmap(weights, reading, weights.max(), look, bar=True))
    height = LARGE_HEIGHT_PHONE if look.phone else LARGE_HEIGHT
    _label_axes(figure, reading.tokens, height, largest=13 if look.phone else 16)
    if not look.phone:
        figure.update_xaxes(title_text="looked at (key)", title_standoff=8)
        figure.update_yaxes(title_text="looking word (query)", title_standoff=8)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 8})
    return look.apply(figure, height=height)


def head_name(head: int | str) -> str:
    """What people call a head: numbers start at 1."""
    return "Mean of heads" if head == MEAN else f"Head {head + 1}"


def description(reading: Reading, layer: int, head: int | str, strongest: int = 3) -> str:
    """The picture of one head in words, for those who do not see it."""
    heads = attention.layer_heads(reading, layer)
    weights = attention.head_mean(heads) if head == MEAN else heads[head]
    looks = np.argsort(weights, axis=None)[::-1][:strongest]
    pairs = [
        f"“{reading.tokens[q].text}” looks at “{reading.tokens[k].text}” ({weights[q, k]:.2f})"
        for q, k in zip(*np.unravel_index(looks, weights.shape), strict=True)
    ]
    count = len(reading.tokens)
    words = "1 word" if count == 1 else f"{count} words"
    return f"{head_name(head)}, {words}. Strongest: {'; '.join(pairs)}."


def _heatmap(weights, reading: Reading, top: float, look: Look, bar: bool) -> go.Heatmap:
    words = [_label(token) for token in reading.tokens]
    pairs = np.empty((*weights.shape, 2), dtype=object)
    pairs[..., 0] = np.array(words, dtype=object)[:, None]
    pairs[..., 1] = np.array(words, dtype=object)[None, :]
    return go.Heatmap(
        z=weights,
        customdata=pairs,
        hovertemplate=HOVER,
        colorscale=look.scale(reading.reader),
        zmin=0,
        zmax=float(top),
        xgap=int(len(words) <= GRID_WORDS),
        ygap=int(len(words) <= GRID_WORDS),
        showscale=bar,
        colorbar={
            "title": {"text": "weight", "side": "top" if look.phone else "right"},
            "orientation": "h" if look.phone else "v",
            "thickness": 12,
            "outlinewidth": 0,
            "nticks": 5,
        },
    )


def _label_axes(figure: go.Figure, tokens: tuple[Token, ...], height: int, largest: int, **place):
    """Write words on integer axes: as categories, equal words would be merged into one row.

    The type shrinks from `largest` px until all words fit a picture `height` px high; where even
    the smallest does not fit, every second, third ... word is written.
    """
    room = height - LABEL_ROOM
    step = -(-len(tokens) * (SMALLEST_TYPE + 2) // room)
    shown = list(range(0, len(tokens), step))
    size = min(max(room // len(shown) - 2, SMALLEST_TYPE), largest)
    axis = {
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": [_label(tokens[index]) for index in shown],
        "tickfont": {"size": size},
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
    }
    figure.update_xaxes(**axis, tickangle=-50, side="bottom", constrain="domain", **place)
    figure.update_yaxes(**axis, autorange="reversed", constrain="domain", **place)


def _label(token: Token) -> str:
    """A word as Plotly can show it: shortened, its markup characters escaped."""
    text = token.text
    if len(text) > LABEL_CHARACTERS:
        text = text[: LABEL_CHARACTERS - 1] + "…"
    return html.escape(text if token.known else f"{text} ?", quote=False)
