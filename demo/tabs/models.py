"""Models: what each reader is, how good it is, and what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import gradio as gr

from demo.figures import models as figures
from demo.figures.look import Look
from demo.records import VARIANTS, Record
from demo.tabs import Tab, picture, radio, redraw_button, sentence_in_place

KNOWN = Path(__file__).parent.parent.parent / "assets" / "known.json"


def build(found: dict[str, Record]) -> Tab:
    """The tab over the records of the readers that have been scored."""
    known = json.loads(KNOWN.read_text("utf-8"))

    def variants_of(name: str, controls: Mapping) -> dict:
        return {variant: radio(choices(name), controls["variant"])}

    def choices(name: str) -> list[tuple[str, str]]:
        return [(VARIANTS[variant], variant) for variant in found[name].test]

    def draw(text, name, variant_name, look: Look) -> dict:
        record = found[name]
        every = list(found.values())
        return {
            overview: figures.overview(every, known, look),
            overview_caption: figures.overview_in_words(every),
            card: figures.card(record),
            scores: figures.evidence(record),
            confusion: figures.confusion(record, variant_name, look),
            confusion_caption: figures.confusion_in_words(record, variant_name),
            reliability: figures.reliability(record, variant_name, look),
            reliability_caption: figures.reliability_in_words(record, variant_name),
        }

    first = next(iter(found))
    with gr.Tab("Models", id="models") as tab:
        redraw = redraw_button("models")
        undrawn = sentence_in_place("models")
        overview = picture("models-overview")
        overview_caption = gr.HTML(elem_id="models-overview-caption", elem_classes="caption")
        with gr.Row(elem_classes="controls"):
            reader = gr.Radio(
                [(found[name].title, name) for name in found],
                value=first,
                label="Reader",
                info="Whose card is shown.",
                elem_id="models-reader",
            )
            variant = gr.Radio(
                choices(first),
                value=choices(first)[0][1],
                label="Tested on",
                info="People type headlines: titles alone say how good a reader is at those.",
                elem_id="models-variant",
            )
        with gr.Row():
            with gr.Column(min_width=340):
                card = gr.HTML(elem_id="record")
                scores = gr.HTML(elem_id="record-evidence")
            with gr.Column(min_width=340):
                confusion = picture("confusion")
                confusion_caption = gr.HTML(elem_id="confusion-caption", elem_classes="caption")
                reliability = picture("reliability")
                reliability_caption = gr.HTML(elem_id="reliability-caption", elem_classes="caption")
    return Tab(
        tab=tab,
        redraw=redraw,
        undrawn=undrawn,
        controls={"reader": reader, "variant": variant},
        outputs=[
            *(overview, overview_caption, card, scores),
            *(confusion, confusion_caption, reliability, reliability_caption),
        ],
        draw=draw,
        pickers={reader: variants_of},
    )
