"""Maps of all heads, a row for each layer: what each carries, and what masking it costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape

from demo.analysis.attribution import Carried
from demo.analysis.words_out import spelled
from demo.figures.evidence import asked
from demo.figures.labels import axes_of_heads, hover, of_title
from demo.figures.templates import html
from demo.figures.theme import Theme
from demo.reading import Token
from demo.sentences import called, listed, say

CELL, CELL_PHONE = 46, 34  # px, height of a head in the map
LEAST_RANGE = 0.05  # of probability; smaller changes do not fill the colour scale
LEAST_CARRIED = 1e-3  # of a logit, in the same way
LEAST_POINT = 0.0005  # of probability; smaller changes do not show in points with one digit
NUMBERS_UP_TO = 12  # heads of a layer that have room for numbers
TICKS = (-1, -0.5, 0, 0.5, 1)  # times the end of the colour scale
NAMED = 3  # heads that the sentence below a map names
COMPARED = 5  # heads, at most, that the two maps are compared by


def carried_map(
    found: Carried, masked: Collection[tuple[int, int]], theme: Theme, title: str = ""
) -> go.Figure:
    """What each head carries of a contrast or of a share; heads in `masked` are crossed."""
    top = max(float(np.abs(found.heads).max()), LEAST_CARRIED)
    said = hover(
        "evidence.carried.hover",
        layer="%{customdata[0]}",
        head="%{customdata[1]}",
        value="%{z:+.3f}",
    )
    bar = {
        **theme.colour_bar(say("evidence.carried.colours")),
        "tickvals": [share * top for share in TICKS],
        "ticktext": [f"{share * top:+.2f}" for share in TICKS],
    }
    numbers = np.round(found.heads, 2)
    return _map(found.heads, numbers, "+.2f", said, masked, top, bar, theme, title)


def ablation_map(
    changes: np.ndarray, label: str, masked: Collection[tuple[int, int]], theme: Theme, title=""
) -> go.Figure:
    """The change of the winning probability with each head masked alone, (layers, heads).

    Heads in `masked` are crossed.
    """
    top = max(float(np.abs(changes).max()), LEAST_RANGE)
    said = hover(
        "evidence.head_hover",
        label=of_title(called(label)),
        layer="%{customdata[0]}",
        head="%{customdata[1]}",
        points="%{customdata[2]:+.1f}",
    )
    bar = {
        **theme.colour_bar(say("evidence.points")),
        "tickvals": [share * top for share in TICKS],
        "ticktext": [f"{100 * share * top:+.1f}" for share in TICKS],
    }
    points = np.round(100 * changes, 1)
    return _map(changes, points, "+.1f", said, masked, top, bar, theme, title)


def carried_in_words(found: Carried, label: str, words: Sequence[Token], picked: int | None) -> str:
    """HTML of what the heads carry, and of buttons that pick a word, or all of them."""
    order = np.argsort(-np.abs(found.heads), axis=None, kind="stable")[:NAMED]
    named = [
        say(
            "evidence.carried.head",
            layer=layer + 1,
            head=head + 1,
            value=found.heads[layer, head],
        )
        for layer, head in zip(*np.unravel_index(order, found.heads.shape), strict=True)
    ]
    key = "evidence.carried.whole" if picked is None else "evidence.carried.share"
    sums = {"whole": found.whole, "heads": found.heads.sum(), "past": found.past}
    word = "" if picked is None else words[picked].as_read
    buttons = [(say("evidence.carried.all"), asked("word", ""), picked is None)]
    buttons += [
        (one.as_read, asked("word", spelled(words, [place])), place == picked)
        for place, one in enumerate(words)
    ]
    most = listed(named, "semicolon")
    said = say(key, label=called(label), word=word, most=most, **sums)
    return html("carried", said=said, buttons=buttons)


def ablation_in_words(changes: np.ndarray, label: str, carried: Carried | None = None) -> str:
    """HTML of the map in words: the heads that the verdict leans on most.

    And how many of those that carry most are among them.
    """
    if np.abs(changes).max() < LEAST_POINT:
        return escape(say("evidence.heads_tie", label=called(label)))
    order = np.argsort(changes, axis=None, kind="stable")
    named = [
        say(
            "evidence.head_changes",
            layer=layer + 1,
            head=head + 1,
            points=100 * changes[layer, head],
        )
        for layer, head in zip(*np.unravel_index(order[:NAMED], changes.shape), strict=True)
    ]
    said = [say("evidence.heads", label=called(label), heads=listed(named, "semicolon"))]
    top = min(COMPARED, changes.size // 4)
    if carried is not None and top:
        most = np.argsort(-carried.heads, axis=None, kind="stable")[:top]
        both = len(set(most.tolist()) & set(order[:top].tolist()))
        chance = top * top / changes.size
        said.append(say("evidence.carried.agree", count=top, found=both, chance=chance))
    return escape(" ".join(said))


def _map(
    values: np.ndarray,
    numbers: np.ndarray,
    form: str,
    said: str,
    masked: Collection[tuple[int, int]],
    top: float,
    bar: dict,
    theme: Theme,
    title: str,
) -> go.Figure:
    """A cell for each head, coloured from minus to plus `top`, with its number where that fits."""
    numbers = numbers + 0.0  # and no "-0.0"
    written = [
        ["×" if (row, column) in masked else f"{value:{form}}" for column, value in enumerate(line)]
        for row, line in enumerate(numbers)
    ]
    heatmap = {
        "type": "heatmap",
        "z": values,
        "text": written,
        "texttemplate": "%{text}"
        if numbers.shape[1] <= NUMBERS_UP_TO and not theme.phone
        else None,
        "hovertemplate": said,
        "customdata": np.stack([*(np.indices(values.shape) + 1), numbers], axis=-1),
        "colorscale": theme.diverging,
        "zmin": -top,
        "zmax": top,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "colorbar": bar,
    }
    layers, heads = values.shape
    layout, names = axes_of_heads(layers, heads)
    return theme.figure(
        [heatmap],
        layout,
        80 + layers * (CELL_PHONE if theme.phone else CELL),
        title,
        rows=names,
        columns=[say("heads.map_head", number=head + 1) for head in range(heads)],
    )
