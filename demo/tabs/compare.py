"""Compare: two texts with one reader, or one text with two readers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import gradio as gr

from demo.attention import MEAN, ROLLOUT
from demo.compare import compare
from demo.figures import compare as figures
from demo.figures.look import Look
from demo.models import Panel
from demo.tabs import READ, Tab, picture, radio, redraw_button, sentence_in_place, tools

PAIRS = json.loads(
    (Path(__file__).parent.parent.parent / "assets" / "pairs.json").read_text("utf-8")
)
SECOND = "Oil prices climb as strike shuts refineries along the coast"
TEXTS, READERS = "texts", "readers"


def build(panel: Panel, headline: gr.Textbox) -> Tab:
    """The tab over every reader; a prepared pair is written into `headline` and a box here."""

    def boxes_of(what: str, _) -> dict:
        return {
            second: gr.Textbox(visible=what == TEXTS),
            other: gr.Radio(visible=what == READERS),
        }

    def others_of(name: str, controls: Mapping) -> dict:
        return {other: radio(readers(besides=name), controls["other"])}

    def readers(besides: str) -> list[tuple[str, str]]:
        return [(panel[name].title, name) for name in panel if name != besides]

    def draw(text, what, name, second_text, other_name, how_name, look: Look) -> dict:
        if what == TEXTS and not second_text.strip():
            raise ValueError("Type a second text to compare the headline with, then press Enter.")
        names = (name, name if what == TEXTS else other_name)
        texts = (text, second_text if what == TEXTS else text)
        left, right = (panel.read(one, said) for one, said in zip(names, texts, strict=True))
        found = compare(left, right, how_name)
        titles = ["Left", "Right"]
        if what == READERS:
            titles = [panel[one].title for one in names]
        title = " and ".join(dict.fromkeys(panel[one].title for one in names))
        return {
            texts_shown: figures.words(found, titles, look),
            bars: figures.bars(left, right),
            difference: figures.difference(found, look, f"{title}, difference"),
            caption: figures.difference_in_words(found),
            sides: figures.sides(found, titles, look, f"{title}, side by side"),
        }

    first = next(iter(panel))
    several = len(panel) > 1
    with gr.Tab("Compare", id="compare") as tab:
        redraw = redraw_button("compare")
        pairs = gr.Dataset(
            components=[headline, gr.Textbox(visible=False)],
            samples=[[pair["first"], pair["second"]] for pair in PAIRS],
            sample_labels=[pair["chip"] for pair in PAIRS],
            type="index",
            label="Prepared pairs",
            show_label=False,
            elem_id="pairs",
            elem_classes="chips",
        )
        hint = gr.HTML(elem_id="pair-hint", elem_classes="caption")
        with gr.Row(elem_classes="controls"):
            mode = gr.Radio(
                [("Two texts", TEXTS), *([("Two readers", READERS)] if several else [])],
                value=TEXTS,
                label="Compare",
                info="Two texts are read by one reader; two readers read the headline above.",
                visible=several,
                elem_id="compare-mode",
            )
            reader = gr.Radio(
                [(panel[name].title, name) for name in panel],
                value=first,
                label="Reader",
                info="Who reads both texts, or stands on the left.",
                visible=several,
                elem_id="compare-reader",
            )
            other = radio(
                readers(besides=first),
                label="Second reader",
                info="Who stands on the right.",
                visible=False,
                elem_id="compare-other",
            )
            how = gr.Radio(
                [("Mean of all heads", MEAN), ("Rollout", ROLLOUT)],
                value=MEAN,
                label="Attention",
                info="How heads become one matrix. Bahdanau's reader has one row: what it looked "
                "at for the topic.",
                elem_id="compare-how",
            )
            second = gr.Textbox(
                SECOND,
                label="Second text",
                info="It is compared with the headline above. Press Enter after it.",
                max_lines=2,
                elem_id="compare-second",
            )
        undrawn = sentence_in_place("compare")
        texts_shown = gr.HTML(elem_id="compare")
        tools("compare")
        with gr.Row():
            with gr.Column(scale=5, min_width=340):
                difference = picture("compare-difference")
                caption = gr.HTML(elem_id="compare-difference-caption", elem_classes="caption")
            with gr.Column(scale=3, min_width=340):
                bars = gr.HTML(elem_id="compare-bars")
        sides = picture("compare-sides")
    pairs.click(
        lambda index: [PAIRS[index]["first"], PAIRS[index]["second"], PAIRS[index]["shows"], TEXTS],
        pairs,
        [headline, second, hint, mode],
        api_visibility="private",
        show_progress="hidden",
    ).then(None, js=READ)
    return Tab(
        tab=tab,
        redraw=redraw,
        undrawn=undrawn,
        controls={"mode": mode, "reader": reader, "second": second, "other": other, "how": how},
        outputs=[texts_shown, bars, difference, caption, sides],
        draw=draw,
        pickers={mode: boxes_of, reader: others_of},
    )
