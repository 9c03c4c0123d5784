"""An alignment as a matrix: what was written down the side, what was read along the top.

In the paper's grey scale it is figure 3 of Bahdanau, Cho & Bengio (2015): 0 black, 1 white.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup, escape

from demo.analysis.attention import Aligned
from demo.figures import labels
from demo.figures.theme import Theme
from demo.sentences import listed, number, say

ROW, ROW_PHONE = 44, 42  # px
MOST_ROWS_PX = 900  # of all rows; more rows than fit are lower
WORDS_ROOM = 110  # px for the words along the top
GAP = 0.45  # rows between the topic and what was written after it
BARS, BARS_PHONE = 0.9, 0.84  # share of the picture where the probabilities of the rows begin
SPACE = 0.015  # of the picture's width between them and the matrix
BAR = 0.34  # of a row's height
LEAST_WRITTEN = 0.01  # probability; smaller ones are not written as numbers
GREYS = [[0, "#000000"], [1, "#ffffff"]]
FRAME = "#808080"


def matrix(
    aligned: Aligned,
    theme: Theme,
    as_in_the_paper: bool = False,
    title: str = "",
    about: Sequence[str] = (),
) -> go.Figure:
    """The alignment on one colour scale; the row of a topic is set apart.

    `about` are the lines that say which texts it is of, where it is not of the one that is read.
    """
    rows, columns = aligned.weights.shape
    outputs = labels.written(aligned.outputs, aligned.topic)
    side = [labels.of_word(word) for word in outputs]
    along = [labels.of_token(token) for token in aligned.tokens]
    row_px = min(ROW_PHONE if theme.phone else ROW, MOST_ROWS_PX // rows)
    hovered = labels.pairs(side, along)
    for shares in aligned.of_outputs.values():
        said = np.array([number(share, ".3f") for share in shares], dtype=object)
        each = np.broadcast_to(said[:, None, None], (rows, columns, 1))
        hovered = np.concatenate([hovered, each], axis=-1)
    places, edges, order = _rows(rows, aligned.topic)
    heatmap = {
        "type": "heatmap",
        "z": np.vstack([aligned.weights, np.full(columns, np.nan, np.float32)])[order],
        "y": edges,
        "customdata": np.vstack([hovered, np.full_like(hovered[:1], "")])[order],
        "hovertemplate": _hover(aligned),
        "hoverongaps": False,
        "colorscale": GREYS if as_in_the_paper else theme.scale(aligned.reader),
        "zmin": 0,
        "zmax": 1 if as_in_the_paper else float(aligned.weights.max()),
        "showscale": not theme.phone,
        "colorbar": theme.colour_bar(),
    }
    room = max(theme.width - 300, 300)
    start = BARS_PHONE if theme.phone else BARS
    if aligned.probabilities is not None:
        room = int(room * start)
    across = labels.slanted(labels.axis(along, room, largest=13 if theme.phone else 17), room)
    down = labels.axis(side, int(rows * row_px), largest=13 if theme.phone else 17)
    down["tickvals"] = [places[index] for index in down["tickvals"]]
    layout: dict[str, Any] = {
        "xaxis": across | {"side": "top"},
        "yaxis": down | {"autorange": "reversed"},
    }
    if (probabilities := aligned.probabilities) is not None:
        layout |= _at_the_ends(aligned.reader, places, probabilities, start, theme)
        layout["xaxis"] |= {"domain": [0, start - SPACE]}
    if as_in_the_paper:  # white on a white page has to end somewhere
        box = {"mirror": True, "showline": True, "linecolor": FRAME, "linewidth": 1}
        layout["xaxis"] |= box
        layout["yaxis"] |= box
    # The last slanted word ends beyond its column, if no probabilities stand there.
    right = 48 if theme.phone and aligned.probabilities is None else 8
    layout["margin"] = {"l": 8, "r": right, "t": 8, "b": 8}
    named = [*outputs, None]
    return theme.figure(
        [heatmap],
        layout,
        int(rows * row_px) + WORDS_ROOM,
        title,
        rows=[named[index] for index in order],
        columns=[token.as_read for token in aligned.tokens],
        words=[labels.words(along, side, places)],
        axes={"x": say("alignment.read"), "y": say("alignment.written")},
        about=about,
        of_rows={
            say(f"alignment.of_outputs.{name}"): [
                None if index == rows else round(float(numbers[index]), 6) for index in order
            ]
            for name, numbers in aligned.of_outputs.items()
        },
    )


def caution(aligned: Aligned) -> str:
    """HTML of what misleads in such a picture."""
    return Markup("<p>{}</p>").format(aligned.caution)


def description(aligned: Aligned) -> str:
    """HTML of the picture in words, for those who do not see it: where each row looked most."""
    outputs = labels.written(aligned.outputs, aligned.topic)
    rows = [
        say(
            "alignment.looked",
            output=output,
            word=aligned.tokens[int(row.argmax())].as_read,
            weight=row.max(),
        )
        for output, row in zip(outputs, aligned.weights, strict=True)
    ]
    return escape(say("alignment.description", what=aligned.what, rows=listed(rows)))


def _at_the_ends(
    reader: str, places: list[float], probabilities: np.ndarray, start: float, theme: Theme
) -> dict[str, list[dict]]:
    """How probable its output was, from `start` to the end of each row: a number over a bar."""
    written = {"xref": "paper", "showarrow": False, "xanchor": "left", "x": start}
    size = 11 if theme.phone else 14
    shapes, annotations = [], []
    for place, probability in zip(places, map(float, probabilities), strict=True):
        for share, colour in ((1, theme.line), (probability, theme.reader(reader))):
            bar = {
                "type": "rect",
                "xref": "paper",
                "x0": start,
                "x1": start + (1 - start) * share,
                "y0": place + BAR / 2,
                "y1": place + BAR,
                "line": {"width": 0},
                "fillcolor": colour,
            }
            shapes.append(bar)
        small = probability < LEAST_WRITTEN
        said = say(
            "alignment.probability_small" if small else "alignment.probability", share=probability
        )
        number = {
            "text": said, "y": place + BAR / 2, "yanchor": "bottom", "font": {"size": size}
        }  # fmt: skip
        annotations.append(number | written)
    heading = {
        "text": say("alignment.probability_title"),
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 6,
        "font": {"size": 10 if theme.phone else size},  # of 320 px, it takes what is left
    }
    return {"shapes": shapes, "annotations": [*annotations, heading | written]}


def _hover(aligned: Aligned) -> str:
    """What stands under the pointer, in Plotly's own form: two words, then what else is said."""
    lines = [
        say(
            "alignment.hover",
            output="%{customdata[0]}",
            word="%{customdata[1]}",
            weight="%{z:.3f}",
        )
    ]
    for place, name in enumerate(aligned.of_outputs, start=2):
        what = say(f"alignment.of_outputs.{name}")
        lines.append(say("alignment.hover_further", what=what, number=f"%{{customdata[{place}]}}"))
    return "<br>".join(lines) + "<extra></extra>"


def _rows(count: int, topic: bool) -> tuple[list[float], list[float], list[int]]:
    """The middle of each row, the edges of all, and their order; `count` stands for the gap."""
    if not topic or count == 1:
        return list(range(count)), [row - 0.5 for row in range(count + 1)], list(range(count))
    places = [0.0, *(row + GAP for row in range(1, count))]
    edges = [-0.5, 0.5, *(row + GAP - 0.5 for row in range(1, count + 1))]
    return places, edges, [0, count, *range(1, count)]
