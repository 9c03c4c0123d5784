"""Heads: every head of a layer small, one large, and the map of all."""

from __future__ import annotations

from markupsafe import Markup

from demo.analysis import attention
from demo.analysis.atlas import of_reader
from demo.analysis.attention import MEAN, ROLLOUT, Specials
from demo.figures import heads
from demo.figures.atlas import habits
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    Choice,
    Column,
    Html,
    Option,
    Picture,
    Row,
    Switch,
    Values,
    View,
    info_of,
    readers,
)
from demo.reading import ReaderInfo, Reading
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
) -> dict:
    """The heads of a layer, one of them large, and of a deep reader the map of all.

    One scale serves all of them, up to the largest weight of any head, so that shades compare.
    """
    reading, info = panel[reader].read(text), panel[reader].info

    def view(part: Reading) -> attention.View:
        return attention.view(part, Specials(specials), words)

    every, one = view(reading), view(attention.of_head(reading, layer, head))
    top = 1.0 if shades == ALL_OF_IT else float(every.weights.max())
    opened = head if isinstance(head, int) else None
    deep = info.layers > 1
    named = heads.head_name(head, layer if deep else None)
    of_layer = say("heads.of_layer", reader=info.title, layer=layer + 1) if deep else info.title
    of_head = say("heads.of_reader", reader=info.title, what=named)
    one_layer = view(attention.of_layer(reading, layer))
    drawn = {
        "heads-small": heads.small_multiples(one_layer, theme, of_layer, top, opened),
        "head-large": heads.one_head(one, theme, of_head, top),
        "heads-caption": heads.description(one, named),
    }
    if opened is not None and (atlas := of_reader(panel[reader])):
        drawn["heads-caption"] += habits(atlas, layer, opened)
    if deep:
        title = say("heads.of_reader", reader=info.title, what=say("heads.every"))
        place = None if opened is None else (layer, opened)
        drawn |= {
            "heads-all": heads.all_heads(every, info.layers, theme, title, top, place),
            "heads-all-caption": Markup("<p>{}</p>").format(say("heads.map_caption")),
        }
    return drawn


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
            options=lambda panel, values: [
                (say(f"views.heads.specials.{choice}"), str(choice)) for choice in Specials
            ],
        ),
        Switch("words", when=has_pieces, folded=True),
        Choice(
            "shades",
            folded=True,
            options=lambda panel, values: [
                (say(f"views.heads.shades.{choice}"), choice) for choice in (LARGEST, ALL_OF_IT)
            ],
        ),
    ),
    layout=(
        Row(
            (
                Column((Picture("heads-small"),), scale=6),
                Column((Picture("head-large"),), scale=5),
            )
        ),
        Html("heads-caption"),
        Picture("heads-all"),
        Html("heads-all-caption"),
    ),
    draw=draw,
)
