"""The page: components and events. What they show comes from the panel and from the figures."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from demo import api
from demo.figures import cards, heads
from demo.figures.look import Look
from demo.models import Panel
from demo.reading import check_text

ASSETS = Path(__file__).parent.parent / "assets"
EXAMPLES = json.loads((ASSETS / "examples.json").read_text("utf-8"))
WITH_SCREEN = "(...values) => window.headlineAttention.withScreen(...values)"
SWITCH_THEME = "(...values) => window.headlineAttention.switchTheme(...values)"
QUEUE_SIZE = 64  # requests that wait; one more is told that the page is busy

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
    shows = {example["headline"]: example["shows"] for example in EXAMPLES}
    first = EXAMPLES[0]["headline"]
    readers = list(panel)

    def read(text, head, screen):
        """Fill the cards and draw the heads of a new text."""
        try:
            check_text(text)
        except ValueError as error:
            return {notice: cards.alert(str(error))}
        readings = {name: reader.read(text) for name, reader in panel.items()}
        filled = {
            card[name]: cards.verdict(reading, panel[name].title)
            for name, reading in readings.items()
        }
        return {
            notice: cards.hint(shows.get(text, "")),
            shown: text,
            **filled,
            **draw(readings[readers[0]], head, screen),
        }

    def redraw(text, head, screen):
        """Draw the heads of the text that is shown, for another head or another screen."""
        return draw(panel[readers[0]].read(text), head, screen)

    def draw(reading, head, screen):
        look = Look(**screen)
        return {
            overview: heads.small_multiples(reading, 0, look),
            large: heads.one_head(reading, 0, head, look),
            caption: heads.description(reading, 0, head),
        }

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
                name: gr.HTML(cards.waiting(reader.title), elem_id=f"card-{name}")
                for name, reader in panel.items()
            }
        with gr.Tabs(), gr.Tab("Heads", id="heads"):
            with gr.Row():
                with gr.Column(scale=6, min_width=340):
                    overview = gr.Plot(show_label=False, elem_id="heads-overview", container=False)
                with gr.Column(scale=5, min_width=340):
                    head = gr.Radio(
                        choices=_head_choices(panel[readers[0]]),
                        value=0,
                        label="Head",
                        show_label=False,
                        container=False,
                        elem_id="head",
                    )
                    large = gr.Plot(show_label=False, elem_id="head-large", container=False)
            caption = gr.HTML(elem_id="heads-caption")

        shown = gr.State(first)  # the text that the pictures show
        screen = gr.JSON({}, visible=False)
        outputs = [notice, shown, *card.values(), overview, large, caption]
        pictures = [overview, large, caption]
        quiet = {
            "api_visibility": "private",
            "concurrency_id": "readers",
            "show_progress": "hidden",
        }
        gr.on(
            [headline.submit, button.click, page.load],
            read,
            [headline, head, screen],
            outputs,
            js=WITH_SCREEN,
            **quiet,
        )
        examples.click(lambda sample: sample[0], examples, headline, **quiet).then(
            read, [headline, head, screen], outputs, js=WITH_SCREEN, **quiet
        )
        head.change(redraw, [shown, head, screen], pictures, js=WITH_SCREEN, **quiet)
        theme.click(redraw, [shown, head, screen], pictures, js=SWITCH_THEME, **quiet)
        for name, function in api.endpoints(panel).items():
            gr.api(function, api_name=name, concurrency_id="readers")

    return page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=2)


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
    }


def _head_choices(reader) -> list[tuple[str, int | str]]:
    """The choices of the head picker: every head by number, and their mean."""
    count = reader.read("A headline").attention.shape[1]
    return [(heads.head_name(head), head) for head in [*range(count), heads.MEAN]]
