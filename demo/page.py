"""The page: text box, cards and tabs, and what happens when."""

from __future__ import annotations

import json
import os
from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from demo import api, links, records
from demo.blocks import Page
from demo.figures import cards
from demo.figures.look import TWINS
from demo.models import Panel, reader_class
from demo.tabs import DRAW, READ, Tab, alignment, batch, bertviz, compare, evidence, heads, models

ASSETS = Path(__file__).parent.parent / "assets"
# The first one is what the others add to.
SCRIPTS = ("page", "letters", "say", "save", "present", "tour", "keep", "print")
EXAMPLES = json.loads((ASSETS / "examples.json").read_text("utf-8"))
WITH_SCREEN = "(...values) => window.headlineAttention.withScreen(...values)"
SWITCH_THEME = "() => window.headlineAttention.switchTheme()"
PRESENT = "() => window.headlineAttention.present()"
TOUR = "() => window.headlineAttention.tour()"
KEPT = "() => window.headlineAttention.kept()"
OPENED = "() => window.headlineAttention.opened()"
AS_YOU_TYPE_S = 0.25  # readers that need longer for a headline wait for Enter
QUEUE_SIZE = 64  # requests that wait; one more is told that the page is busy
AT_ONCE = 16  # requests that are worked on, whose texts the readers take together
QUIET = {  # of an event that answers at once; of several in a hurry, the last one is answered
    "api_visibility": "private",
    "concurrency_id": "readers",
    "show_progress": "hidden",
    "show_progress_on": [],  # else the browser copies every shown component at each event
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
    scored = records.load(panel)
    readings = {name: panel.read(name, first) for name in panel}
    fast = sum(reading.seconds for reading in readings.values()) < AS_YOU_TYPE_S
    shapes = {  # layers and heads of the readers that have self-attention
        name: reading.attention.shape[:2]
        for name, reading in readings.items()
        if reading.attention is not None
    }

    def read(text):
        """Fill the cards; a text that cannot be read changes nothing but the notice."""
        try:
            readings = panel.read_all(text)
        except ValueError as error:
            return {notice: cards.alert(str(error))}
        labels, filled = {}, {}
        for name, found in readings.items():
            title = panel[name].title
            if isinstance(found, ValueError):  # of this reader alone
                filled[card[name]] = cards.off(title, str(found), text)
            else:
                labels[title] = found.label
                filled[card[name]] = cards.verdict(found, title)
        said = cards.agreement(labels) + cards.hint(hints.get(text, ""))
        return {notice: said, shown: text, **filled}

    def open_link(kept, request: gr.Request):
        """Show what the page's address asks for, and say what of it is not there.

        What it does not ask for is as the browser has `kept` it.
        """
        view = links.reopened(request.query_params, kept, tabs)
        if view.problems:
            gr.Warning(" ".join(view.problems))
        return {
            headline: gr.skip() if view.text is None else view.text,
            tabs_shown: gr.Tabs(selected=view.tab) if view.tab else gr.skip(),
            **view.updates,
        }

    with Page(title="Headline Attention", analytics_enabled=False) as page:
        with gr.Row(elem_id="masthead"):
            gr.HTML((ASSETS / "masthead.html").read_text("utf-8"))
            with gr.Row(elem_id="actions"):
                tour = gr.Button("Tour", elem_id="tour", size="sm", scale=0)
                present = gr.Button("Present", elem_id="present", size="sm", scale=0)
                link = gr.Button("Copy link", elem_id="link", size="sm", scale=0)
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
            as_you_type = gr.Checkbox(
                fast,
                label="As you type",
                info="The cards follow the typing, a quarter of a second after the last key.",
                interactive=True,
                elem_id="as-you-type",
                scale=0,
            )
        examples = gr.Dataset(
            components=[headline],
            samples=[[example["headline"]] for example in EXAMPLES],
            sample_labels=[example["chip"] for example in EXAMPLES],
            label="Examples",
            show_label=False,
            elem_id="examples",
            elem_classes="chips",
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
        with gr.Tabs() as tabs_shown:
            tabs = [
                *([heads.build(panel, shapes)] if shapes else []),
                alignment.build(panel),
                *([bertviz.build(panel, list(shapes))] if shapes else []),
                evidence.build(panel, shapes),
                compare.build(panel, headline),
                batch.build(panel),
                *([models.build(scored)] if scored else []),
            ]

        shown = gr.State(first)  # the text that cards and tabs show
        screen, kept = gr.JSON({}, visible=False), gr.JSON({}, visible=False)
        filled = [notice, shown, *card.values()]
        # Everything that has a text read presses the button, so that one event sees all texts in
        # the order in which they were asked, and the last one is answered last.
        reading = gr.on([headline.submit, button.click], read, headline, filled, **QUIET)
        examples.click(lambda sample: sample[0], examples, headline, **QUIET).then(None, js=READ)
        controls = [control for tab in tabs for control in tab.controls.values()]
        boxes = [headline, as_you_type, *(box for tab in tabs for box in tab.kept)]
        # A list, as choices have it, is filtered: a reader may be gone since it was kept.
        choices = json.dumps(
            [[value for _, value in getattr(box, "choices", [])] or None for box in boxes]
        )
        filled_in = f"(...values) => window.headlineAttention.keptBoxes({choices}, values)"
        page.load(None, boxes, boxes, js=filled_in)
        page.load(open_link, kept, [headline, tabs_shown, *controls], js=KEPT, **QUIET).then(
            None, js=OPENED
        )
        present.click(None, js=PRESENT)
        tour.click(None, js=TOUR)
        views = json.dumps(links.defaults(tabs))
        copy = f"(...values) => window.headlineAttention.copyLink({views}, values)"
        link.click(None, [headline, *controls], js=copy)
        keep = f"(...values) => window.headlineAttention.keep({views}, values)"
        gr.on(
            [*(tab.tab.select for tab in tabs), *(one.change for one in [*boxes, *controls])],
            None,
            [headline, *controls, *boxes[1:]],
            js=keep,
        )
        reading.then(None, js=DRAW)
        theme.click(None, js=SWITCH_THEME)
        for tab in tabs:
            wire(tab, shown, screen)
        for name, function in api.endpoints(panel).items():
            gr.api(function, api_name=name, concurrency_id="readers")

    return page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=AT_ONCE)


def wire(tab: Tab, shown: gr.State, screen: gr.JSON) -> None:
    """Have a tab drawn when it is opened, a control is used, or its button is pressed."""
    controls = list(tab.controls.values())
    used = [
        control.submit if isinstance(control, gr.Textbox) else control.input
        for control in controls
        if control not in tab.pickers
    ]
    gr.on(
        [tab.tab.select, tab.redraw.click, *used],
        tab.on_screen,
        [shown, *controls, *tab.states, screen],
        tab.outputs,
        js=WITH_SCREEN,
        **QUIET,
    )
    for control, update in tab.pickers.items():
        others = [other for other in controls if other is not control]
        control.input(update, control, others, **QUIET).then(None, js=DRAW)


def launch_settings() -> dict:
    """What `Blocks.launch` needs for this page to look as designed and to keep no history."""
    scripts = [(ASSETS / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    scripts.append(f"window.headlineAttention.colours = {json.dumps(TWINS)};")
    return {
        "theme": THEME,
        "css_paths": ASSETS / "page.css",
        "head": "".join(f"<script>{script}</script>" for script in scripts),
        "footer_links": ["api"],
        "run_history": False,
        "allowed_paths": [],
        # Gradio's server-side rendering does not find the page behind a path prefix.
        "ssr_mode": False if os.environ.get("GRADIO_ROOT_PATH") else None,
        "max_file_size": 1,  # byte: no file is ever uploaded, the browser reads it
    }
