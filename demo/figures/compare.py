"""Two readings beside each other: what they say, where each looked, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape

from demo.analysis.compare import RECEIVED, Comparison
from demo.figures import cards, labels
from demo.figures.evidence import coloured, largest, legend
from demo.figures.places import places
from demo.figures.templates import html
from demo.figures.theme import Behind, Names, Theme
from demo.reading import Reading
from demo.sentences import called, listed, number, say

ROW, ROW_PHONE, ROW_ALONE = 40, 22, 220  # px of a word's row, and of a single row
LOWEST, HIGHEST, HIGHEST_PHONE = 380, 760, 460  # px of a matrix
TITLE = 16  # px of type
LABEL_ROOM = 170  # px of its height that slanted words take
LEAST_RANGE = 0.01  # smaller differences do not fill the colour scale
SAME = 0.0005  # differences below it are none


def words(comparison: Comparison, titles: Sequence[str], theme: Theme, title: str = "") -> str:
    """HTML of both texts: words coloured by the attention they receive, changed ones underlined."""
    sides = [
        (
            say(
                "compare.heading",
                title=name,
                label=called(reading.label),
                share=100 * reading.probabilities.max(),
            ),
            *_coloured(comparison, side, theme),
        )
        for side, (reading, name) in enumerate(zip(comparison.readings, titles, strict=True))
    ]
    said = [verdict(comparison, titles), say("compare.coloured")]
    if comparison.cut:
        said.append(say("compare.cut", count=comparison.cut))
    return html("compared", title=title, sides=sides, said=said)


def verdict(comparison: Comparison, titles: Sequence[str]) -> str:
    """What changed in the probabilities, in words: of two texts, or of two readers of one."""
    left, right = comparison.readings
    of_texts = left.reader == right.reader
    if of_texts and left.text == right.text:
        return say("compare.same")
    says = {"before": called(left.label), "after": called(right.label)}
    if left.label == right.label:
        said = say(
            "compare.both_texts" if of_texts else "compare.both_say", label=called(left.label)
        )
    elif of_texts:
        said = say("compare.becomes", **says)
    else:
        said = say("compare.readers_differ", left=titles[0], right=titles[1], **says)
    if left.labels != right.labels:
        return said
    moves = right.probabilities - left.probabilities
    most = int(np.abs(moves).argmax())
    moved = say(
        "compare.moves" if of_texts else "compare.apart",
        label=called(left.labels[most]),
        before=100 * left.probabilities[most],
        after=100 * right.probabilities[most],
    )
    return f"{said} {moved}"


def bars(left: Reading, right: Reading, titles: Sequence[str]) -> str:
    """HTML of the right side's probabilities, those of the left marked on them."""
    kind = "texts" if left.reader == right.reader else "readers"
    heading = say(f"compare.bars.{kind}", left=titles[0], right=titles[1])
    return cards.moved(left.labels, left.probabilities, right.probabilities, heading)


def difference(comparison: Comparison, theme: Theme, title: str = "") -> go.Figure:
    """Right minus left for each pair of words; blank where a side has no such word."""
    moved = comparison.difference
    top = max(float(np.nanmax(np.abs(moved), initial=0)), LEAST_RANGE)
    heatmap = {
        "type": "heatmap",
        "z": moved,
        "customdata": _hovered(comparison),
        "hovertemplate": _hover("compare.difference_hover", difference="%{z:+.3f}"),
        "hoverongaps": False,
        "colorscale": theme.diverging,
        "zmin": -top,
        "zmax": top,
        "xgap": 1,
        "ygap": 1,
        "colorbar": theme.colour_bar(say("compare.difference_scale")),
    }
    height = _height(comparison, theme)
    rows, columns = _rows(comparison), list(comparison.names)
    x, y = _axes(rows, columns, theme, max(theme.width - 360, 240), height)
    layout = {"xaxis": x, "yaxis": y, "margin": {"l": 8, "r": 8, "t": 28, "b": 8}}
    behind = _behind(comparison, {"rows": rows, "columns": columns})
    return theme.figure([heatmap], layout, height, title, **behind)


def sides(
    comparison: Comparison, titles: Sequence[str], theme: Theme, title: str = ""
) -> go.Figure:
    """Both matrices on one range, each with its own words and in the colours of its reader."""
    alone = len(comparison.rows) == 1
    count = 2 if theme.phone or alone else 1  # of rows of pictures
    height = _height(comparison, theme)
    top = float(np.nanmax([np.nanmax(comparison.left), np.nanmax(comparison.right)]))
    traces: list[dict] = []
    layout: dict[str, Any] = {"annotations": [], "margin": {"l": 8, "r": 8, "t": 40, "b": 8}}
    named: list[Names] = []
    both = (comparison.left, comparison.right)
    for side, place in enumerate(places(2, 2 // count, across=0.28, down=0.44)):
        kept = [slot for slot, one in enumerate(comparison.slots) if one.side(side)]
        columns = [comparison.slots[slot].side(side).as_read for slot in kept]
        rows = _rows(comparison) if alone else columns
        own = both[side][:, kept] if alone else both[side][np.ix_(kept, kept)]
        named.append({"rows": rows, "columns": columns})
        heatmap = {
            "type": "heatmap",
            "z": own,
            "name": titles[side],
            "customdata": labels.pairs(
                [labels.of_word(name) for name in rows],
                [labels.of_word(name) for name in columns],
            ),
            "hovertemplate": _hover("compare.side_hover", weight="%{z:.3f}"),
            "colorscale": theme.scale(comparison.readings[side].reader),
            "zmin": 0,
            "zmax": top,
            "xgap": 1,
            "ygap": 1,
            "showscale": False,
            "colorbar": theme.colour_bar(),
        }
        traces.append(heatmap | place.axes)
        width = max(theme.width // 2 - 200, 240)
        layout |= place.layout(*_axes(rows, columns, theme, width, height))
        layout["annotations"].append(place.title(labels.of_title(titles[side]), TITLE))
    return theme.figure(traces, layout, count * height, title, **_behind(comparison, *named))


def difference_in_words(comparison: Comparison, titles: Sequence[str]) -> str:
    """HTML of the largest differences in words, or of why none are drawn."""
    if not comparison.comparable:
        if not comparison.matched:
            return say("compare.none")
        return say("compare.few", count=comparison.matched)
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
    left, right = comparison.readings
    kind = "texts" if left.reader == right.reader else "readers"
    names = {"left": titles[0], "right": titles[1]}
    return escape(say(f"compare.largest.{kind}", **names, pairs=listed(pairs, "semicolon")))


def _coloured(
    comparison: Comparison, side: int, theme: Theme
) -> tuple[list[str | dict[str, Any]], dict[str, Any]]:
    """The text of one side in pieces, its words in their order, and the legend of its colours."""
    reading = comparison.readings[side]
    own = [
        (slot.side(side), slot.changed, value)
        for slot, value in zip(comparison.slots, comparison.received[side], strict=True)
    ]
    kept = [(token, changed, value) for token, changed, value in own if token]
    kept.sort(key=lambda one: one[0].start)
    scale = theme.scale(reading.reader)
    top = largest(np.concatenate(comparison.received))  # of both sides, so that shades compare
    pieces = coloured(
        reading.text,
        [token for token, _, _ in kept],
        np.array([value for _, _, value in kept]),
        scale,
        top,
        signed=False,
        underlined={place for place, (_, changed, _) in enumerate(kept) if changed},
    )
    return pieces, legend(scale, top, signed=False)


def _rows(comparison: Comparison) -> list[str]:
    """What the rows are called; the one row that is no word has a name of its own."""
    alone = comparison.rows == (RECEIVED,)
    return [say("compare.received")] if alone else list(comparison.rows)


def _behind(comparison: Comparison, *matrices: Names) -> Behind:
    """What is said of matrices with these names."""
    alone = len(comparison.rows) == 1
    said: Behind = {
        "words": [
            labels.words(
                [labels.of_word(name) for name in one["columns"]],
                [labels.of_word(name) for name in one["rows"]],
            )
            for one in matrices
        ],
        "axes": {"x": say("heads.keys"), "y": "" if alone else say("heads.queries")},
        "about": _about(comparison),
    }
    if len(matrices) == 1:
        return {**said, **matrices[0]}
    return {**said, "matrices": matrices}


def _about(comparison: Comparison) -> list[str]:
    """Both texts, each with its side; nothing where two readers read the same."""
    left, right = (reading.text for reading in comparison.readings)
    if left == right:
        return []
    return [say("compare.first_text", text=left), say("compare.second_text", text=right)]


def _hover(key: str, **numbers: str) -> str:
    """What stands under the pointer, in Plotly's own form; not every sentence names all values."""
    places = ("row", "column", "left", "right")
    cells = {name: f"%{{customdata[{place}]}}" for place, name in enumerate(places)}
    return labels.hover(key, **cells, **numbers)


def _height(comparison: Comparison, theme: Theme) -> int:
    """As high as its rows ask for, within what a screen can show."""
    rows = len(comparison.rows)
    if rows == 1:
        return ROW_ALONE
    wanted = rows * (ROW_PHONE if theme.phone else ROW) + LABEL_ROOM
    return int(np.clip(wanted, LOWEST, HIGHEST_PHONE if theme.phone else HIGHEST))


def _axes(
    rows: Sequence[str], columns: Sequence[str], theme: Theme, width: int, height: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both axes of a matrix of `width` x `height` px, with its words on them."""
    largest = 12 if theme.phone else 15
    along = [labels.of_word(name) for name in columns]
    down = labels.axis(
        [labels.of_word(name) for name in rows], max(height - LABEL_ROOM, 40), largest
    )
    across = labels.slanted(labels.axis(along, width, largest), width)
    return across, down | {"autorange": "reversed"}


def _hovered(comparison: Comparison) -> np.ndarray:
    """For each cell the two words and both weights, (rows, slots, 4)."""
    names = labels.pairs(
        [labels.of_word(name) for name in _rows(comparison)],
        [labels.of_word(name) for name in comparison.names],
    )
    written = np.vectorize(
        lambda weight: "–" if np.isnan(weight) else number(weight, ".3f"), otypes=[object]
    )
    weights = [written(side) for side in (comparison.left, comparison.right)]
    return np.concatenate([names, np.stack(weights, axis=-1)], axis=-1)
