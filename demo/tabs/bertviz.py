"""BertViz: its head view and its model view."""

from __future__ import annotations

import gradio as gr

from demo import attention
from demo.figures import bertviz
from demo.figures.look import Look
from demo.models import Panel
from demo.tabs import Tab, redraw_button, sentence_in_place


def build(panel: Panel, names: list[str]) -> Tab:
    """The tab over the readers of these names."""

    def draw(text, name, view_kind, look: Look) -> dict:
        reading = panel.read(name, text)
        view = attention.view(reading)
        what = (view, len(reading.attention), view_kind, look)
        title = f"{panel[name].title}, BertViz {view_kind} view"
        return {drawing: bertviz.frame(bertviz.document(*what), *what, title)}

    with gr.Tab("BertViz", id="bertviz") as tab:
        redraw = redraw_button("bertviz")
        with gr.Row(elem_classes="controls"):
            reader = gr.Radio(
                [(panel[name].title, name) for name in names],
                value=names[0],
                label="Reader",
                info="Whose heads are drawn: each line runs from a word to one it looks at.",
                visible=len(names) > 1,
                elem_id="bertviz-reader",
            )
            kind = gr.Radio(
                [("Head view", bertviz.HEAD_VIEW), ("Model view", bertviz.MODEL_VIEW)],
                value=bertviz.HEAD_VIEW,
                label="View",
                info="The head view lays all heads of a layer over each other, a colour each; the "
                "model view draws every head of every layer on its own.",
                elem_id="bertviz-kind",
            )
            window = gr.Button("Open in a window", size="sm", scale=0, elem_id="bertviz-open")
            save = gr.Button("Save HTML", size="sm", scale=0, elem_id="bertviz-save")
        undrawn = sentence_in_place("bertviz")
        drawing = gr.HTML(elem_id="bertviz")
    window.click(None, js="() => window.headlineAttention.openView()", api_visibility="private")
    save.click(None, js="() => window.headlineAttention.saveView()", api_visibility="private")
    return Tab(
        tab=tab,
        redraw=redraw,
        undrawn=undrawn,
        controls={"reader": reader, "view": kind},
        outputs=[drawing],
        draw=draw,
    )
