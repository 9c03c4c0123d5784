"""Heads: every head of a layer small, one large, and the map of all."""

from __future__ import annotations

from markupsafe import Markup

from demo.analysis import attention
from demo.analysis.attention import MEAN, ROLLOUT, Specials
from demo.figures import heads
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
) -> dict:
    """The heads of a layer, one of them large, and of a deep reader the map of all."""
    reading, info = panel[reader].read(text), panel[reader].info

    def view(part: Reading) -> attention.View:
        return attention.view(part, Specials(specials), words)

    one = view(attention.of_head(reading, layer, head))
    deep = info.layers > 1
    named = heads.head_name(head, layer if deep else None)
    of_layer = say("heads.of_layer", reader=info.title, layer=layer + 1) if deep else info.title
    one_layer = view(attention.of_layer(reading, layer))
    drawn = {
        "heads-small": heads.small_multiples(one_layer, theme, of_layer),
        "head-large": heads.one_head(
            one, theme, say("heads.of_reader", reader=info.title, what=named)
        ),
        "heads-caption": heads.description(one, named),
    }
    if deep:
        every = heads.all_heads(
            view(reading),
            info.layers,
            theme,
            say("heads.of_reader", reader=info.title, what=say("heads.every")),
        )
        drawn |= {
            "heads-all": every,
            "heads-all-caption": Markup("<p>{}</p>").format(say("heads.map_caption")),
        }
    return drawn


VIEW = View(
    id="heads",
    main="head-large",
    fits=lambda panel: any(has_heads(reader.info) for reader in panel.values()),
    controls=(
        Choice("reader", options=readers(has_heads)),
        Choice("layer", options=layers),
        Choice("head", options=heads_and_means),
        Choice(
            "specials",
            options=lambda panel, values: [
                (say(f"views.heads.specials.{choice}"), str(choice)) for choice in Specials
            ],
        ),
        Switch("words"),
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
