"""Heads: every head of a layer small, one large, and the map of all."""

from __future__ import annotations

import gradio as gr

from demo import attention
from demo.attention import MEAN, ROLLOUT, Specials
from demo.figures import heads
from demo.figures.look import Look
from demo.models import Panel
from demo.reading import Reading
from demo.tabs import Tab, picture, redraw_button

FEW_HEADS = 4  # up to so many are called "Head 1", more of them just "1"

MAP_CAPTION = (
    "<p>Every head: a row for each layer, a column for each head. A click opens a head large; "
    "the pickers Layer and Head do the same by keyboard.</p>"
)


def build(panel: Panel, shapes: dict[str, tuple[int, int]]) -> Tab:
    """The tab over the readers in `shapes`: how many layers and heads each of them has."""

    def choices_of(name: str) -> dict:
        layers, count = shapes[name]
        return {
            layer: gr.Radio(layer_choices(layers), value=0, visible=layers > 1),
            head: gr.Radio(head_choices(layers, count), value=0),
        }

    def draw(text, name, layer_index, head_index, specials_shown, whole_words, look: Look) -> dict:
        reading = panel.read(name, text)
        specials = Specials(specials_shown)

        def view(part: Reading) -> attention.View:
            return attention.view(part, specials, whole_words)

        one = view(attention.of_head(reading, layer_index, head_index))
        layers = len(reading.attention)
        deep = layers > 1
        named = heads.head_name(head_index, layer_index if deep else None)
        title = panel[name].title
        of_layer = f"{title}, layer {layer_index + 1}" if deep else title
        one_layer = view(attention.of_layer(reading, layer_index))
        drawn = {
            small: heads.small_multiples(one_layer, look, of_layer),
            large: heads.one_head(one, look, f"{title}, {named[0].lower()}{named[1:]}"),
            caption: heads.description(one, named),
            map_column: gr.Column(visible=deep),
        }
        if deep:
            drawn[every] = heads.all_heads(view(reading), layers, look, f"{title}, every head")
        return drawn

    first = next(iter(shapes))
    layers, count = shapes[first]
    with gr.Tab("Heads", id="heads") as tab:
        redraw = redraw_button("heads")
        with gr.Row(elem_classes="controls", visible=len(shapes) > 1):
            reader = gr.Radio(
                [(panel[name].title, name) for name in shapes],
                value=first,
                label="Reader",
                info="Whose heads are drawn. Bahdanau's reader has none: it is in Alignment.",
                elem_id="reader",
            )
            layer = gr.Radio(
                layer_choices(layers),
                value=0,
                label="Layer",
                info="The first layer reads the words, each further one what the one before wrote.",
                visible=layers > 1,
                elem_id="layer",
            )
            specials = gr.Radio(
                [str(choice) for choice in Specials],
                value=str(Specials.SHOWN),
                label="Special tokens",
                info="[CLS] and [SEP] are marks that BERT sets around a text. They draw much "
                "attention: hide them to compare words.",
                elem_id="specials",
            )
            whole = gr.Checkbox(
                False,
                label="Whole words",
                info="BERT cuts rare words into pieces. Merged, attention to a word is the sum "
                "over its pieces, from a word their mean.",
                elem_id="whole-words",
            )
        with gr.Row():
            with gr.Column(scale=6, min_width=340):
                small = picture("heads-small")
            with gr.Column(scale=5, min_width=340):
                head = gr.Radio(
                    head_choices(layers, count),
                    value=0,
                    label="Head",
                    info="One way of looking. The mean is over the heads of the layer; rollout "
                    "follows attention through all layers.",
                    elem_id="head",
                )
                large = picture("head-large")
        caption = gr.HTML(elem_id="heads-caption")
        with gr.Column(visible=layers > 1) as map_column:
            every = picture("heads-all")
            gr.HTML(MAP_CAPTION, elem_id="heads-all-caption", elem_classes="caption")
    return Tab(
        tab=tab,
        redraw=redraw,
        controls={
            "reader": reader,
            "layer": layer,
            "head": head,
            "specials": specials,
            "words": whole,
        },
        outputs=[small, large, caption, map_column, every],
        draw=draw,
        pickers={reader: choices_of},
    )


def layer_choices(layers: int) -> list[tuple[str, int]]:
    """The choices of the layer picker; people count from 1."""
    return [(str(layer + 1), layer) for layer in range(layers)]


def head_choices(layers: int, count: int) -> list[tuple[str, int | str]]:
    """Every head of a layer, their mean, and, through several layers, the rollout."""
    numbers: list[tuple[str, int | str]] = [
        (heads.head_name(head) if count <= FEW_HEADS else str(head + 1), head)
        for head in range(count)
    ]
    aggregates = [MEAN, ROLLOUT] if layers > 1 else [MEAN]
    return numbers + [(heads.head_name(name), name) for name in aggregates]
