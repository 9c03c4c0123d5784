"""The page: components and events. What they show comes from the panel and from the figures."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from demo import api, attention
from demo.attention import MEAN, ROLLOUT, Specials
from demo.figures import cards, heads
from demo.figures.look import Look
from demo.models import Panel
from demo.reading import Reading, check_text

ASSETS = Path(__file__).parent.parent / "assets"
EXAMPLES = json.loads((ASSETS / "examples.json").read_text("utf-8"))
WITH_SCREEN = "(...values) => window.headlineAttention.withScreen(...values)"
SWITCH_THEME = "(...values) => window.headlineAttention.switchTheme(...values)"
QUEUE_SIZE = 64  # requests that wait; one more is told that the page is busy
QUIET = {"api_visibility": "private", "concurrency_id": "readers", "show_progress": "hidden"}

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
    shapes = {  # layers and heads of the readers that have them
        name: found.attention.shape[:2]
        for name, found in ((name, reader.read(first)) for name, reader in panel.items())
        if found.attention is not None
    }

    def read(text, *choices):
        """Fill the cards and draw the heads of a new text."""
        try:
            check_text(text)
        except ValueError as error:
            return {notice: cards.alert(str(error))}
        readings = {name: panel[name].read(text) for name in panel}
        return {
            notice: cards.hint(hints.get(text, "")),
            shown: text,
            **{card[name]: cards.verdict(readings[name], panel[name].title) for name in panel},
            **draw(readings[choices[0]], *choices),
        }

    def redraw(text, name, *choices):
        """Draw the text that is shown for other choices or another screen."""
        return draw(panel[name].read(text), name, *choices)

    def choose(text, name, *choices):
        """Offer the layers and heads of another reader, and draw its first."""
        layers, count = shapes[name]
        return {
            layer: gr.Radio(_layer_choices(layers), value=0, visible=layers > 1),
            head: gr.Radio(_head_choices(layers, count), value=0),
            **redraw(text, name, 0, 0, *choices[2:]),
        }

    def draw(reading: Reading, name, layer_index, head_index, specials_shown, whole_words, screen):
        look = Look(**screen)
        specials = Specials(specials_shown)

        def view(part: Reading) -> attention.View:
            return attention.view(part, specials, whole_words)

        one = view(attention.of_head(reading, layer_index, head_index))
        title = heads.head_name(head_index)
        if len(reading.attention) > 1 and head_index != ROLLOUT:
            title = f"Layer {layer_index + 1}, {title[0].lower()}{title[1:]}"
        pictures = {
            small: heads.small_multiples(view(attention.of_layer(reading, layer_index)), look),
            large: heads.one_head(one, look),
            caption: heads.description(one, title),
        }
        if len(reading.attention) > 1:
            pictures[every] = heads.all_heads(view(reading), len(reading.attention), look)
        return pictures

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
                name: gr.HTML(cards.waiting(panel[name].title), elem_id=f"card-{name}")
                for name in panel
            }
        with gr.Tabs(), gr.Tab("Heads", id="heads"):
            names = list(shapes)
            layers, count = shapes[names[0]]
            pieces = any(
                token.special for name in names for token in panel[name].read(first).tokens
            )
            with gr.Row(elem_id="heads-controls"):
                reader = gr.Radio(
                    [(panel[name].title, name) for name in names],
                    value=names[0],
                    label="Reader",
                    visible=len(names) > 1,
                    elem_id="reader",
                )
                layer = gr.Radio(
                    _layer_choices(layers),
                    value=0,
                    label="Layer",
                    visible=layers > 1,
                    elem_id="layer",
                )
                specials = gr.Radio(
                    [str(choice) for choice in Specials],
                    value=str(Specials.SHOWN),
                    label="Special tokens",
                    visible=pieces,
                    elem_id="specials",
                )
                whole = gr.Checkbox(label="Whole words", visible=pieces, elem_id="whole-words")
            with gr.Row():
                with gr.Column(scale=6, min_width=340):
                    small = gr.Plot(show_label=False, elem_id="heads-small", container=False)
                with gr.Column(scale=5, min_width=340):
                    head = gr.Radio(
                        _head_choices(layers, count),
                        value=0,
                        label="Head",
                        show_label=False,
                        container=False,
                        elem_id="head",
                    )
                    large = gr.Plot(show_label=False, elem_id="head-large", container=False)
            caption = gr.HTML(elem_id="heads-caption")
            every = gr.Plot(
                show_label=False,
                elem_id="heads-all",
                container=False,
                visible=max(shape[0] for shape in shapes.values()) > 1,
            )

        shown = gr.State(first)  # the text that the pictures show
        screen = gr.JSON({}, visible=False)
        choices = [reader, layer, head, specials, whole, screen]
        pictures = [small, large, caption, every]
        cards_and_pictures = [notice, shown, *card.values(), *pictures]
        gr.on(
            [headline.submit, button.click, page.load],
            read,
            [headline, *choices],
            cards_and_pictures,
            js=WITH_SCREEN,
            **QUIET,
        )
        examples.click(lambda sample: sample[0], examples, headline, **QUIET).then(
            read, [headline, *choices], cards_and_pictures, js=WITH_SCREEN, **QUIET
        )
        gr.on(
            [layer.input, head.input, specials.input, whole.input],
            redraw,
            [shown, *choices],
            pictures,
            js=WITH_SCREEN,
            **QUIET,
        )
        reader.input(choose, [shown, *choices], [layer, head, *pictures], js=WITH_SCREEN, **QUIET)
        theme.click(redraw, [shown, *choices], pictures, js=SWITCH_THEME, **QUIET)
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


def _layer_choices(layers: int) -> list[tuple[str, int]]:
    return [(str(layer + 1), layer) for layer in range(layers)]


def _head_choices(layers: int, count: int) -> list[tuple[str, int | str]]:
    """Every head of a layer, their mean, and, through several layers, the rollout."""
    numbers: list[tuple[str, int | str]] = [
        (heads.head_name(head) if count <= 4 else str(head + 1), head) for head in range(count)
    ]
    aggregates = [MEAN, ROLLOUT] if layers > 1 else [MEAN]
    return numbers + [(heads.head_name(name), name) for name in aggregates]
