"""The page: text box, cards and tabs, and what happens when."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from demo import api
from demo.figures import cards
from demo.models import Panel, reader_class
from demo.reading import check_text
from demo.tabs import Tab, alignment, batch, bertviz, evidence, heads

ASSETS = Path(__file__).parent.parent / "assets"
EXAMPLES = json.loads((ASSETS / "examples.json").read_text("utf-8"))
WITH_SCREEN = "(...values) => window.headlineAttention.withScreen(...values)"
SWITCH_THEME = "() => window.headlineAttention.switchTheme()"
QUEUE_SIZE = 64  # requests that wait; one more is told that the page is busy
QUIET = {  # of an event that answers at once; of several in a hurry, the last one is answered
    "api_visibility": "private",
    "concurrency_id": "readers",
    "show_progress": "hidden",
    "trigger_mode": "always_last",
}

# Of the fonts that Gradio carries, few hold every letter; this one does, in 400 and 700 only.
FONT = LocalFont("IBM Plex Sans", weights=(400, 700))
ACCENT = gr.themes.Color(
    *("#f7f5fe", "#ece8fb", "#dcd6f7", "#c3b8ef", "#a99be6"),
    *("#8672d8", "#6d56c9", "#5a45b5", "#4b36a8", "#2c1a7d", "#1d1155"),
    name="accent",
)
THEME = gr.themes.Base(
    primary_hue=ACCENT,
    secondary_hue=ACCENT,
    neutral_hue="zinc",
    radius_size="lg",
    text_size="lg",
    font=[FONT, "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


def build(panel: Panel) -> gr.Blocks:
    """The page over a panel of readers."""
    hints = {example["headline"]: example["shows"] for example in EXAMPLES}
    first = EXAMPLES[0]["headline"]
    shapes = {  # layers and heads of the readers that have self-attention
        name: reading.attention.shape[:2]
        for name, reading in ((name, panel[name].read(first)) for name in panel)
        if reading.attention is not None
    }

    def read(text):
        """Fill the cards; a text that cannot be read changes nothing but the notice."""
        try:
            check_text(text)
        except ValueError as error:
            return {notice: cards.alert(str(error))}
        filled = {
            card[name]: cards.verdict(panel[name].read(text), panel[name].title) for name in panel
        }
        return {notice: cards.hint(hints.get(text, "")), shown: text, **filled}

    with gr.Blocks(title="Headline Attention", analytics_enabled=False) as page:
        with gr.Row(elem_id="masthead"):
            gr.HTML((ASSETS / "masthead.html").read_text("utf-8"))
            theme = gr.Button("Light / dark", elem_id="theme", size="sm", scale=0)
        with gr.Row(elem_id="ask"):
            headline = gr.Textbox(
                first,
                label="Headline",
                placeholder="Type a headline and press Enter",
                max_lines=4,
                elem_id="headline",
                scale=1,
            )
            button = gr.Button("Read", variant="primary", elem_id="read", scale=0)
        examples = gr.Dataset(
            components=[headline],
            samples=[[example["headline"]] for example in EXAMPLES],
            sample_labels=[example["chip"] for example in EXAMPLES],
            label="Examples",
            show_label=False,
            elem_id="examples",
        )
        notice = gr.HTML(cards.hint(""), elem_id="notice")
        with gr.Row(elem_id="cards"):
            card = {
                name: gr.HTML(
                    cards.waiting(panel[name].title), min_width=320, elem_id=f"card-{name}"
                )
                for name in panel
            }
            for name, why in panel.missing.items():
                gr.HTML(cards.off(reader_class(name).title, why), min_width=320)
        with gr.Tabs():
            tabs = [
                *([heads.build(panel, shapes)] if shapes else []),
                alignment.build(panel),
                *([bertviz.build(panel, list(shapes))] if shapes else []),
                evidence.build(panel, shapes),
                batch.build(panel),
            ]

        shown = gr.State(first)  # the text that cards and tabs show
        screen = gr.JSON({}, visible=False)
        filled = [notice, shown, *card.values()]
        picked = examples.click(lambda sample: sample[0], examples, headline, **QUIET)
        answers = [
            gr.on([headline.submit, button.click, page.load], read, headline, filled, **QUIET),
            picked.then(read, headline, filled, **QUIET),
            theme.click(None, js=SWITCH_THEME, api_visibility="private"),
        ]
        for tab in tabs:
            wire(tab, answers, shown, screen)
        for name, function in api.endpoints(panel).items():
            gr.api(function, api_name=name, concurrency_id="readers")

    return page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=1)  # so answers come in order


def wire(tab: Tab, answers: list, shown: gr.State, screen: gr.JSON) -> None:
    """Have a tab drawn when it is opened, when a control is used, and after each of `answers`."""
    every = list(tab.controls.values())
    inputs = [shown, *every, *tab.states, screen]
    drawing = {"inputs": inputs, "outputs": tab.outputs, "js": WITH_SCREEN, **QUIET}
    for answer in [*answers, *tab.endings]:
        answer.then(tab.if_open, **drawing)
    plain = [
        control.submit if isinstance(control, gr.Textbox) else control.input
        for control in every
        if control not in tab.pickers
    ]
    gr.on([tab.tab.select, *plain], tab.on_screen, **drawing)
    for control, update in tab.pickers.items():
        controls = [other for other in every if other is not control]
        control.input(update, control, controls, **QUIET).then(tab.on_screen, **drawing)


def launch_settings() -> dict:
    """What `Blocks.launch` needs for this page to look as designed and to keep no history."""
    script = (ASSETS / "page.js").read_text("utf-8")
    return {
        "theme": THEME,
        "css_paths": ASSETS / "page.css",
        "head": f"<script>{script}</script>",
        "footer_links": ["api"],
        "run_history": False,
        "allowed_paths": [],
        "max_file_size": 1,  # byte: no file is ever uploaded, the browser reads it
    }
