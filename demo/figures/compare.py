"""Two readings beside each other: what they say, where each looked, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape
from plotly.subplots import make_subplots

from demo.analysis.compare import RECEIVED, Comparison
from demo.figures import cards, labels
from demo.figures.evidence import coloured, legend
from demo.figures.templates import html
from demo.figures.theme import Behind, Theme
from demo.reading import Reading
from demo.sentences import say

HEIGHT, HEIGHT_PHONE, HEIGHT_ROW = 560, 460, 220  # px of a matrix, and of a single row
LABEL_ROOM = 170  # px of its height that slanted words take
LEAST_RANGE = 0.01  # smaller differences do not fill the colour scale
SAME = 0.0005  # differences below it are none


def words(comparison: Comparison, titles: Sequence[str], theme: Theme) -> str:
    """HTML of both texts: words coloured by the attention they receive, changed ones underlined."""
    left, right = titles
    sides = [
        (
            say(
                "compare.heading",
                title=title,
                label=reading.label,
                share=100 * reading.probabilities.max(),
            ),
            *_coloured(comparison, side, theme),
        )
        for side, (reading, title) in enumerate(zip(comparison.readings, titles, strict=True))
    ]
    said = [verdict(comparison), say("compare.coloured")]
    if comparison.cut:
        said.append(say("compare.cut", count=comparison.cut))
    title = say("compare.title", left=left, right=right)
    return html("compared", title=title, sides=sides, said=said)


def verdict(comparison: Comparison) -> str:
    """What changed in the probabilities, in words."""
    left, right = comparison.readings
    if left.text == right.text and left.reader == right.reader:
        return say("compare.same")
    moves = right.probabilities - left.probabilities
    most = int(np.abs(moves).argmax())
    if left.label == right.label:
        said = say("compare.both_say", label=left.label)
    else:
        said = say("compare.becomes", before=left.label, after=right.label)
    moved = say("compare.moves", label=left.labels[most], points=100 * moves[most])
    return f"{said} {moved}"


def bars(left: Reading, right: Reading) -> str:
    """HTML of the right side's probabilities, those of the left marked on them."""
    return cards.moved(left.labels, left.probabilities, right.probabilities, say("compare.bars"))


def difference(comparison: Comparison, theme: Theme, title: str = "") -> go.Figure:
    """Right minus left for each pair of words; blank where a side has no such word."""
    moved = comparison.difference
    top = max(float(np.nanmax(np.abs(moved), initial=0)), LEAST_RANGE)
    figure = go.Figure(
        go.Heatmap(
            z=moved,
            customdata=_hovered(comparison),
            hovertemplate=_hover("compare.difference_hover", difference="%{z:+.3f}"),
            hoverongaps=False,
            colorscale=theme.diverging,
            zmin=-top,
            zmax=top,
            xgap=1,
            ygap=1,
            colorbar=theme.colour_bar(say("compare.difference_scale")),
        )
    )
    height = _height(comparison, theme)
    _label(figure, comparison, theme, height)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 8})
    return theme.apply(figure, height, title, **_behind(comparison))


def sides(
    comparison: Comparison, titles: Sequence[str], theme: Theme, title: str = ""
) -> go.Figure:
    """Both matrices on one range, each in the colours of its reader."""
    count = 2 if theme.phone or len(comparison.rows) == 1 else 1
    figure = make_subplots(
        rows=count,
        cols=2 if count == 1 else 1,
        subplot_titles=[labels.of_title(name) for name in titles],
        horizontal_spacing=0.14,
        vertical_spacing=0.22,
    )
    height = _height(comparison, theme)
    top = float(np.nanmax([np.nanmax(comparison.left), np.nanmax(comparison.right)]))
    for index, weights in enumerate((comparison.left, comparison.right)):
        place = {"row": index + 1 if count == 2 else 1, "col": 1 if count == 2 else index + 1}
        figure.add_trace(
            go.Heatmap(
                z=weights,
                name=titles[index],
                customdata=_hovered(comparison),
                hovertemplate=_hover("compare.side_hover", weight="%{z:.3f}"),
                hoverongaps=False,
                colorscale=theme.scale(comparison.readings[index].reader),
                zmin=0,
                zmax=top,
                xgap=1,
                ygap=1,
                showscale=False,
                colorbar=theme.colour_bar(),
            ),
            **place,
        )
        _label(figure, comparison, theme, height, **place)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 40, "b": 8})
    return theme.apply(figure, count * height, title, **_behind(comparison))


def difference_in_words(comparison: Comparison) -> str:
    """HTML of the largest differences in words."""
    moved, rows = np.nan_to_num(comparison.difference), _rows(comparison)
    if np.abs(moved).max(initial=0) < SAME:
        return say("compare.no_difference")
    most = np.argsort(np.abs(moved), axis=None)[::-1][:3]
    pairs = [
        say(
            "compare.differs",
            row=rows[row],
            column=comparison.names[column],
            difference=moved[row, column],
        )
        for row, column in zip(*np.unravel_index(most, moved.shape), strict=True)
    ]
    return escape(say("compare.largest", pairs="; ".join(pairs)))


def _coloured(
    comparison: Comparison, side: int, theme: Theme
) -> tuple[list[str | dict[str, Any]], dict[str, Any]]:
    """The text of one side in pieces, its words in their order, and the legend of its colours."""
    reading = comparison.readings[side]
    own = [
        (slot.right if side else slot.left, slot.changed, value)
        for slot, value in zip(comparison.slots, comparison.received[side], strict=True)
    ]
    kept = [(token, changed, value) for token, changed, value in own if token]
    kept.sort(key=lambda one: one[0].start)
    values, scale = np.array([value for _, _, value in kept]), theme.scale(reading.reader)
    pieces = coloured(
        reading.text,
        [token for token, _, _ in kept],
        values,
        scale,
        signed=False,
        underlined={place for place, (_, changed, _) in enumerate(kept) if changed},
    )
    return pieces, legend(values, scale, signed=False)


def _rows(comparison: Comparison) -> list[str]:
    """What the rows are called; the one row that is no word has a name of its own."""
    alone = comparison.rows == (RECEIVED,)
    return [say("compare.received")] if alone else list(comparison.rows)


def _behind(comparison: Comparison) -> Behind:
    """What is said of matrices with the words of both sides."""
    rows, columns = _rows(comparison), list(comparison.names)
    words = {"x": columns, "y": rows}
    axes = {"x": say("heads.keys"), "y": "" if len(rows) == 1 else say("heads.queries")}
    return {
        "rows": rows,
        "columns": columns,
        "words": {letter: labels.ticks([*map(labels.of_word, words[letter])]) for letter in words},
        "axes": axes,
        "about": _about(comparison),
    }


def _about(comparison: Comparison) -> list[str]:
    """Both texts, each with its side; nothing where two readers read the same."""
    left, right = (reading.text for reading in comparison.readings)
    if left == right:
        return []
    return [say("compare.left_text", text=left), say("compare.right_text", text=right)]


def _hover(key: str, **numbers: str) -> str:
    """What stands under the pointer, in Plotly's own form; not every sentence names all values."""
    places = ("row", "column", "left", "right")
    cells = {name: f"%{{customdata[{place}]}}" for place, name in enumerate(places)}
    return say(key, **cells, **numbers) + "<extra></extra>"


def _height(comparison: Comparison, theme: Theme) -> int:
    if len(comparison.rows) == 1:
        return HEIGHT_ROW
    return HEIGHT_PHONE if theme.phone else HEIGHT


def _label(figure: go.Figure, comparison: Comparison, theme: Theme, height: int, **place) -> None:
    """Write the words of both sides on the axes."""
    largest = 12 if theme.phone else 15
    along = [labels.of_word(name) for name in comparison.names]
    width = max(theme.width // 2 - 200, 240)
    figure.update_xaxes(**labels.axis(along, width, largest), tickangle=-50, **place)
    down = [labels.of_word(name) for name in _rows(comparison)]
    room = max(height - LABEL_ROOM, 40)
    figure.update_yaxes(**labels.axis(down, room, largest), autorange="reversed", **place)


def _hovered(comparison: Comparison) -> np.ndarray:
    """For each cell the two words and both weights, (rows, slots, 4)."""
    names = labels.pairs(
        [labels.of_word(name) for name in _rows(comparison)],
        [labels.of_word(name) for name in comparison.names],
    )
    weights = [
        np.vectorize(lambda weight: "–" if np.isnan(weight) else f"{weight:.3f}", otypes=[object])(
            side
        )
        for side in (comparison.left, comparison.right)
    ]
    return np.concatenate([names, np.stack(weights, axis=-1)], axis=-1)
