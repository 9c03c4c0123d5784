"""Alignment: what was written, and which words were looked at for it."""

from __future__ import annotations

import gradio as gr

from demo import attention
from demo.figures import alignment
from demo.figures.look import Look
from demo.models import Panel
from demo.tabs import Tab, picture, redraw_button, sentence_in_place

THEME, PAPER = "Theme", "As in the paper: 0 black, 1 white"


def build(panel: Panel) -> Tab:
    """The tab over every reader; it opens on one that writes, if there is one."""

    def own_of(name: str, _) -> dict:
        return {own: gr.Textbox(visible=panel[name].second_text is not None, label=label_of(name))}

    def label_of(name: str) -> str:
        if panel[name].second_text == "written":
            return "A headline of your own, to follow word by word (empty: it writes one)"
        return "A second text, to see where it looks in the first"

    def draw(text, name, own_text, scale_name, look: Look) -> dict:
        second = own_text if panel[name].second_text and own_text.strip() else None
        aligned = attention.align(panel.read(name, text, second))
        return {
            drawn: alignment.matrix(
                aligned,
                look,
                as_in_the_paper=scale_name == PAPER,
                title=f"{panel[name].title}, alignment",
            ),
            caption: alignment.description(aligned),
        }

    first = next(
        (name for name in panel if panel[name].second_text == "written"), next(iter(panel))
    )
    with gr.Tab("Alignment", id="alignment") as tab:
        redraw = redraw_button("alignment")
        with gr.Row(elem_classes="controls"):
            reader = gr.Radio(
                [(panel[name].title, name) for name in panel],
                value=first,
                label="Reader",
                info="Bahdanau's reader writes a topic and a headline; of the others, rollout "
                "shows how far each word drew on each.",
                visible=len(panel) > 1,
                elem_id="alignment-reader",
            )
            scale = gr.Radio(
                [THEME, PAPER],
                value=THEME,
                label="Colours",
                info="The paper's runs from 0 to 1, the theme's up to the largest weight.",
                elem_id="alignment-scale",
            )
            own = gr.Textbox(
                label=label_of(first),
                info="Press Enter after it. Each row then shows where the reader would have looked "
                "to write that word.",
                max_lines=1,
                visible=panel[first].second_text is not None,
                elem_id="alignment-own",
            )
        undrawn = sentence_in_place("alignment")
        drawn = picture("alignment")
        caption = gr.HTML(elem_id="alignment-caption")
    return Tab(
        tab=tab,
        redraw=redraw,
        undrawn=undrawn,
        controls={"reader": reader, "own": own, "colours": scale},
        outputs=[drawn, caption],
        draw=draw,
        pickers={reader: own_of},
        of_text=[own],
    )
