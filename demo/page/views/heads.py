"""Heads: every head of a layer small, one large, and the map of all."""

from __future__ import annotations

import json

from markupsafe import Markup

from demo.analysis import attention
from demo.analysis.atlas import of_reader
from demo.analysis.attention import MEAN, ROLLOUT, Specials
from demo.figures import heads
from demo.figures.atlas import habits
from demo.figures.heads_map import all_heads
from demo.figures.templates import html
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    TEXT,
    Choice,
    Column,
    Html,
    Option,
    Pick,
    Picture,
    Row,
    Switch,
    Values,
    View,
    info_of,
    picked_place,
    readers,
)
from demo.reading import Ability, ReaderInfo, Reading
from demo.sentences import say
from demo.serving.panel import Panel

LARGEST, ALL_OF_IT = "largest", "one"  # the weight that has the darkest shade: of the text, or 1
FEW_HEADS = 4  # up to so many are called "Head 1", more of them just "1"


def layers(panel: Panel, values: Values) -> list[Option]:
    """The layers of the chosen reader; people count from 1."""
    return [(str(layer + 1), layer) for layer in range(info_of(panel, values).layers)]


def heads_alone(panel: Panel, values: Values) -> list[Option]:
    """The heads of a layer of the chosen reader."""
    return [(str(head + 1), head) for head in range(info_of(panel, values).heads)]


def heads_and_means(panel: Panel, values: Values) -> list[Option]:
    """Every head of a layer, their mean, and, through several layers, the rollout."""
    info = info_of(panel, values)
    numbers: list[Option] = [
        (heads.head_name(head) if info.heads <= FEW_HEADS else str(head + 1), head)
        for head in range(info.heads)
    ]
    aggregates = [MEAN, ROLLOUT] if info.layers > 1 else [MEAN]
    return numbers + [(heads.head_name(name), name) for name in aggregates]


def has_heads(info: ReaderInfo) -> bool:
    """Whether a reader has self-attention."""
    return info.layers > 0


def has_pieces(panel: Panel, values: Values) -> bool:
    """Whether the chosen reader cuts words into pieces, and sets marks around a text."""
    return info_of(panel, values).pieces


def draw(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    reader: str,
    layer: int,
    head: int | str,
    specials: str,
    words: bool,
    shades: str,
    word: str,
) -> dict:
    """The heads of a layer, one of them large, and of a deep reader the map of all.

    One scale serves all of them, up to the largest weight of any head, so that shades compare.
    """
    reading, info = panel[reader].read(text), panel[reader].info
    by_word = words and info.pieces

    def view(part: Reading) -> attention.View:
        return attention.view(part, Specials(specials), by_word)

    every, one = view(reading), view(attention.of_head(reading, layer, head))
    top = 1.0 if shades == ALL_OF_IT else float(every.weights.max())
    opened = head if isinstance(head, int) else None
    row = picked_row(one, reading, word)
    deep = info.layers > 1
    named = heads.head_name(head, layer if deep else None)
    of_layer, of_head = heads.title_of(info, layer), heads.title_of(info, layer, head)
    one_layer = view(attention.of_layer(reading, layer))
    drawn = {
        "heads-small": heads.small_multiples(one_layer, theme, of_layer, top, opened),
        "head-large": heads.one_head(one, theme, of_head, top, row),
        "heads-caption": heads.description(one, named),
    }
    if opened is not None and Ability.TRACE in info.can:
        merged = by_word and len(attention.whole_words(reading.tokens)) < len(reading.tokens)
        drawn["heads-inside"] = way_inside(one, row, reader, layer, opened, merged)
    if opened is not None and (atlas := of_reader(panel[reader])):
        drawn["heads-caption"] += habits(atlas, layer, opened)
    if deep:
        title = say("heads.of_reader", reader=info.title, what=say("heads.every"))
        place = None if opened is None else (layer, opened)
        drawn |= {
            "heads-all": all_heads(every, info.layers, theme, title, top, place),
            "heads-all-caption": Markup("<p>{}</p>").format(say("heads.map_caption")),
        }
    return drawn


def picked_row(view: attention.View, reading: Reading, word: str) -> int | None:
    """The row of the token with a number that a person picked, None if there is none."""
    place = picked_place(word)
    if place is None or not 0 <= place < len(reading.tokens):
        return None
    mark_left_out = reading.tokens[place].special and place not in view.places
    return None if mark_left_out else view.row_of(place)


def way_inside(
    view: attention.View, row: int | None, reader: str, layer: int, head: int, merged: bool
) -> Markup:
    """HTML of the way to the arithmetic of a row, or else of the one with the largest weight.

    `merged` is whether there are words whose rows are means of those of their pieces.
    """
    (weights,) = view.weights
    at = int(weights.max(axis=1).argmax()) if row is None else row
    asked = {
        "view": "inside",
        "set": {
            "reader": reader,
            "layer": layer,
            "head": head,
            "word": f"{view.places[at] + 1}",
            "key": "",
            "factor": "",
        },
    }
    word = view.tokens[at].as_read
    return html("way_inside", word=word, asked=json.dumps(asked), merged=merged)


VIEW = View(
    id="heads",
    main="head-large",
    steps=("head", "layer"),
    fits=lambda panel: any(has_heads(reader.info) for reader in panel.values()),
    controls=(
        Choice("reader", options=readers(has_heads)),
        Choice("layer", options=layers),
        Choice("head", options=heads_and_means),
        Choice(
            "specials",
            when=has_pieces,
            folded=True,
            unnamed=str(Specials.SHOWN),
            options=lambda panel, values: [
                (say(f"views.heads.specials.{choice}"), str(choice)) for choice in Specials
            ],
        ),
        Switch("words", when=has_pieces, folded=True, on=True, unnamed=False),
        Choice(
            "shades",
            folded=True,
            options=lambda panel, values: [
                (say(f"views.heads.shades.{choice}"), choice) for choice in (LARGEST, ALL_OF_IT)
            ],
        ),
        Pick("word", belongs_to=TEXT),
    ),
    layout=(
        Row(
            (
                Column((Picture("heads-small"),), scale=6),
                Column(
                    (Picture("head-large", guess=True), Html("heads-inside", classes=())), scale=5
                ),
            )
        ),
        Html("heads-caption"),
        Picture("heads-all"),
        Html("heads-all-caption"),
    ),
    draw=draw,
)
