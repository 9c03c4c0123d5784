"""The atlas of a reader's heads: a map coloured by habit, and a list of habits with their heads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup, escape

from demo.analysis.atlas import BROAD, DESK, MARKS, NONE, Atlas, Name
from demo.figures.labels import axes_of_heads, hover, of_title
from demo.figures.templates import html
from demo.figures.theme import Theme, kind_of
from demo.reading import ReaderInfo
from demo.sentences import called, listed, say

LEADING = "leading"  # of each head its own habit, and not one habit of all
CELL, CELL_PHONE = 72, 34  # px, height of a head in the map
NUMBERS_UP_TO = 12  # heads of a layer that have room for numbers
LEAST_RANGE = 0.01  # of attention; smaller shares do not fill the colour scale
BEST = 6  # heads of a habit that the list names
NAMED = 3  # heads that a map in words names
NUMBERS = ("entropy", "evenness", "distance", "cost")  # of a head, beside its shares


def name_of(habit: str) -> str:
    """What people call a habit."""
    kind, label = _parts(habit)
    return say(f"atlas.habits.{kind}", label=label)


def short_name(habit: str) -> str:
    """The same in a word or two."""
    kind, label = _parts(habit)
    return say(f"atlas.short.{kind}", label=label)


def habit_map(
    atlas: Atlas, info: ReaderInfo, theme: Theme, habit: str = LEADING, title: str = ""
) -> go.Figure:
    """A cell for each head, layers down the side.

    It is coloured by the head's largest habit among words (`Atlas.leading`), or by how much of its
    attention it gives to one `habit`. The number in it is that share.
    """
    layers, heads = atlas.entropy.shape
    coloured = _by_leading(atlas, theme) if habit == LEADING else _by_one(atlas, habit, info, theme)
    heatmap = {
        "type": "heatmap",
        **coloured,
        "texttemplate": "%{text}" if heads <= NUMBERS_UP_TO and not theme.phone else None,
        "textfont": {"size": 15},
        "customdata": [
            [[layer + 1, head + 1, of_title(_sentence(names))] for head, names in enumerate(row)]
            for layer, row in enumerate(atlas.names)
        ],
        "hovertemplate": hover(
            "atlas.hover",
            layer="%{customdata[0]}",
            head="%{customdata[1]}",
            habits="%{customdata[2]}",
        ),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    layout, _ = axes_of_heads(layers, heads)
    height = 80 + layers * (CELL_PHONE if theme.phone else CELL)
    tables = [_table(atlas, title)]
    return theme.figure([heatmap], layout, height, title, reader=info.name, tables=tables)


def _by_leading(atlas: Atlas, theme: Theme) -> dict[str, Any]:
    """Each head in the colour of its leading habit, and the share of that."""
    layers, heads = atlas.entropy.shape
    leading = [[atlas.leading(layer, head) for head in range(heads)] for layer in range(layers)]
    kinds = {kind_of(name.habit) for row in leading for name in row}
    bands = _in_order(atlas, kinds)[::-1]  # a bar of colours begins below
    return {
        "z": [[bands.index(kind_of(name.habit)) for name in row] for row in leading],
        "zmin": -0.5,
        "zmax": len(bands) - 0.5,
        "colorscale": _bands([theme.habit(one) for one in bands]),
        "colorbar": {
            **theme.colour_bar(say("atlas.looks_at")),
            "tickvals": list(range(len(bands))),
            "ticktext": [of_title(short_name(one)) for one in bands],
        },
        "text": [
            ["" if name.habit in (BROAD, NONE) else _percent(name.share) for name in row]
            for row in leading
        ],
    }


def _by_one(atlas: Atlas, habit: str, info: ReaderInfo, theme: Theme) -> dict[str, Any]:
    """Each head in the reader's colour by the share that one habit has."""
    shares = atlas.share(habit)
    return {
        "z": shares,
        "zmin": 0,
        "zmax": max(float(shares.max()), LEAST_RANGE),
        "colorscale": theme.scale(info.name),
        "colorbar": {**theme.colour_bar(say("atlas.share")), "tickformat": ".0%"},
        "text": [[_percent(share) for share in row] for row in shares],
    }


def habit_list(atlas: Atlas, info: ReaderInfo, habit: str = LEADING) -> str:
    """HTML of the habits, each with how many heads have it and the best of them as buttons.

    A click on a habit colours the map by it; on the one that does, by each head's own again.
    """
    found = {one: atlas.having(one) for one in (*atlas.habits, BROAD, NONE)}
    rows = [
        {
            "habit": one,
            "name": name_of(one),
            "count": len(places),
            "chosen": one == habit,
            "asked": json.dumps({"habit": LEADING if one == habit else one})
            if one in atlas.habits
            else "",
            "heads": [_button(atlas, info, one, *place) for place in places[:BEST]],
            "more": max(len(places) - BEST, 0),
        }
        for one, places in found.items()
        if places
    ]
    rows.sort(key=lambda row: row["habit"] in (MARKS, BROAD, NONE))
    missing = [name_of(one) for one, places in found.items() if not places and one in atlas.habits]
    return html("habits", rows=rows, missing=listed(missing), heads=atlas.entropy.size)


def in_words(atlas: Atlas, info: ReaderInfo, habit: str = LEADING) -> str:
    """HTML of what was measured, and of the map in words."""
    if habit == LEADING:
        leading = [
            atlas.leading(layer, head).habit
            for layer in range(info.layers)
            for head in range(info.heads)
        ]
        counts = [
            say("atlas.counted", name=name_of(one), count=leading.count(one))
            for one in _in_order(atlas, set(leading))
        ]
        said = say("atlas.map", counts=listed(counts, "semicolon"))
    else:
        said = _of_habit(atlas, info, habit)
    return escape(f"{_measured(atlas)} {said}")


def _of_habit(atlas: Atlas, info: ReaderInfo, habit: str) -> str:
    """A map that is coloured by one habit, in words."""
    shares = atlas.share(habit)
    places = np.argsort(-shares, axis=None, kind="stable")[:NAMED]
    heads = [
        say("atlas.gives", head=_head_name(info, layer, head), share=shares[layer, head])
        for layer, head in zip(*np.unravel_index(places, shares.shape), strict=True)
    ]
    even = atlas.even[atlas.habits.index(habit)]
    return say("atlas.map_of", habit=name_of(habit), heads=listed(heads), even=even)


def habits(atlas: Atlas, layer: int, head: int) -> str:
    """HTML of what a head usually does, for its picture in Heads."""
    said = {"habits": _sentence(atlas.names[layer][head])}
    if atlas.quick:
        sentence = say("heads.usually_quickly", texts=atlas.texts, **said)
    else:
        sentence = say("heads.usually", articles=atlas.texts // 2, **said)
    return Markup("<p>{}</p>").format(sentence)


def without(info: ReaderInfo, examples: int) -> str:
    """HTML of a sentence in place of an atlas: there are no heads, or they are not measured.

    A quick atlas is of so many `examples`.
    """
    key = "atlas.not_measured" if info.layers else "atlas.no_heads"
    return escape(say(key, reader=info.title, texts=examples))


def _measured(atlas: Atlas) -> str:
    """On how many texts, and that a quick atlas is one."""
    if atlas.quick:
        return say("atlas.quick", texts=atlas.texts)
    return say("atlas.measured", articles=atlas.texts // 2)


def _button(atlas: Atlas, info: ReaderInfo, habit: str, layer: int, head: int) -> dict[str, Any]:
    """A head in the list: its short name, its share, and what a click opens."""
    share = next(name.share for name in atlas.names[layer][head] if name.habit == habit)
    opens = {"view": "heads", "set": {"reader": info.name, "layer": layer, "head": head}}
    return {
        "name": _head_name(info, layer, head),
        "title": say("atlas.opens", layer=layer + 1, head=head + 1),
        "share": "" if habit in (BROAD, NONE) else _percent(share),
        "opens": json.dumps(opens),
    }


def _head_name(info: ReaderInfo, layer: int, head: int) -> str:
    """What a head is called where there is little room: 3.12, or "Head 2" of a lone layer."""
    key = "atlas.head" if info.layers > 1 else "atlas.lone_head"
    return say(key, layer=layer + 1, head=head + 1)


def _table(atlas: Atlas, title: str) -> dict[str, Any]:
    """The numbers behind the map, a row a head."""
    layers, heads = atlas.entropy.shape
    numbers = {name_of(habit): atlas.share(habit) for habit in atlas.habits}
    for name in NUMBERS:
        values = getattr(atlas, name)
        if values is not None:
            numbers[say(f"atlas.numbers.{name}")] = values
    every = np.stack(list(numbers.values()), axis=-1).reshape(layers * heads, -1)
    return {
        "name": title,
        "rows": [
            say("heads.names_in_layer.head", layer=layer + 1, head=head + 1)
            for layer in range(layers)
            for head in range(heads)
        ],
        "columns": list(numbers),
        "values": np.round(every.astype(float), 4).tolist(),
    }


def _in_order(atlas: Atlas, habits: set[str]) -> list[str]:
    """Habits as the atlas has them, those behind that are none."""
    return [one for one in (*atlas.habits, BROAD, NONE) if one in habits]


def _bands(colours: Sequence[str]) -> list[list]:
    """A scale of equal bands, one of each colour."""
    count = len(colours)
    return [
        [end / count, colour] for place, colour in enumerate(colours) for end in (place, place + 1)
    ]


def _sentence(names: Sequence[Name]) -> str:
    """The habits of a head, as they follow "this head looks"."""
    said = [(*_parts(one.habit), one.share) for one in names]
    return listed(
        say(f"heads.habits.{kind}", label=label, share=share) for kind, label, share in said
    )


def _parts(habit: str) -> tuple[str, str]:
    """A kind of habit, and what the label is called whose words it is of, "" for none."""
    kind, _, label = habit.partition(DESK[-1])
    return kind, called(label)


def _percent(share: float) -> str:
    return say("atlas.percent", share=share)
