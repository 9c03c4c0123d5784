"""Evidence: does the attention shown matter?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import gradio as gr
import numpy as np

from demo import attention, faithfulness
from demo.figures import evidence as figures
from demo.figures.cards import alert
from demo.figures.look import Look
from demo.models import Panel
from demo.tabs import Tab, picture, radio, redraw_button, sentence_in_place, tools
from demo.tabs.heads import layer_choices

PROSE = Path(__file__).parent.parent.parent / "assets" / "evidence.md"
RESET = "() => window.headlineAttention.silence('')"
ONE_HEAD = "one head"
KEPT = 16  # readings whose evidence is kept, so that a click on a head does not compute it again


def build(panel: Panel, shapes: dict[str, tuple[int, int]]) -> Tab:
    """The tab over every reader; `shapes` are the layers and heads of those that have heads."""

    @lru_cache(maxsize=KEPT)
    def gathered(name: str, text: str) -> tuple[faithfulness.Evidence, np.ndarray | None]:
        found = faithfulness.evidence(panel[name], text)
        return found, faithfulness.ablation(panel[name], found.reading)

    def choices_of(name: str, controls: Mapping) -> dict:
        layers, heads = shapes.get(name, (0, 0))
        return {
            by: radio(rankings(name), controls["by"]),
            layer: radio(layer_choices(layers), visible=False),
            head: radio(layer_choices(heads), visible=False),
            muted: gr.Textbox(value=""),
        }

    def rankings(name: str) -> list[str]:
        if name in shapes:
            names = [faithfulness.ATTENTION, faithfulness.ROLLOUT, faithfulness.VALUE_NORM]
            return [*names, faithfulness.GRADIENT, ONE_HEAD]
        return [faithfulness.ATTENTION, faithfulness.GRADIENT]

    def draw(text, name, ranking, layer_index, head_index, silenced, look: Look) -> dict:
        found, changes = gathered(name, text)
        if one_head := ranking == ONE_HEAD:
            ranking = f"layer {layer_index + 1}, head {head_index + 1}"
            one = attention.of_head(found.reading, layer_index, head_index)
            found = found.with_ranking(ranking, one.attention[0, 0].mean(axis=0))
        drawn = {
            strips: figures.strips(found, ranking, look, f"{panel[name].title}, evidence"),
            scores: figures.table(found),
            layer: gr.Radio(visible=one_head and shapes[name][0] > 1),
            head: gr.Radio(visible=one_head),
        }
        if changes is None:
            forced = faithfulness.bent(panel[name], found.reading)
            drawn[strips] += figures.bent(found.reading, forced, look)
            return drawn | {heads_column: gr.Column(visible=False)}
        label = found.reading.label
        try:
            chosen = heads_named(silenced, changes.shape)
        except ValueError as error:  # of the box: what is in no doubt stays
            chosen, moved = set(), alert(str(error))
        else:
            gates = np.ones((1, *changes.shape), np.float32)
            for place in chosen:
                gates[0][place] = 0
            (after,) = panel[name].silenced(text, gates)
            moved = figures.shares(found.reading.probabilities, after, len(chosen))
        return drawn | {
            heads_column: gr.Column(visible=True),
            heads_map: figures.ablation_map(
                changes, label, chosen, look, f"{panel[name].title}, {label} without a head"
            ),
            heads_caption: figures.ablation_in_words(changes, label),
            bars: moved,
        }

    first = next(iter(panel))
    layers, count = shapes.get(first, (0, 0))
    with gr.Tab("Evidence", id="evidence") as tab:
        redraw = redraw_button("evidence")
        with gr.Row(elem_classes="controls"):
            reader = gr.Radio(
                [(panel[name].title, name) for name in panel],
                value=first,
                label="Reader",
                info="Whose verdict is put to the test.",
                visible=len(panel) > 1,
                elem_id="evidence-reader",
            )
            by = gr.Radio(
                rankings(first),
                value=faithfulness.ATTENTION,
                label="Words coloured by",
                info="A ranking of the words. Below it, leave-one-out says what each is worth to "
                "the verdict: compare the two.",
                elem_id="evidence-by",
            )
            layer = radio(
                layer_choices(layers),
                label="Layer",
                info="The layer of the one head.",
                visible=False,
                elem_id="evidence-layer",
            )
            head = radio(
                layer_choices(count),
                label="Head",
                info="Words are coloured by the attention that they get from this head.",
                visible=False,
                elem_id="evidence-head",
            )
        undrawn = sentence_in_place("evidence")
        strips = gr.HTML(elem_id="evidence")
        tools("evidence")
        with gr.Row():
            with gr.Column(scale=5, min_width=340):
                scores = gr.HTML(elem_id="evidence-scores")
            with gr.Column(scale=6, min_width=340, visible=bool(layers)) as heads_column:
                heads_map = picture("ablation")
                heads_caption = gr.HTML(elem_id="ablation-caption")
                bars = gr.HTML(elem_id="evidence-bars")
                with gr.Row(elem_classes="controls"):
                    muted = gr.Textbox(
                        label="Silenced heads",
                        info="A silenced head passes nothing on. The bars above move; the marks "
                        "stay where they were.",
                        placeholder="click heads in the map, or type layer.head: 6.11, 2.3",
                        max_lines=1,
                        elem_id="muted",
                    )
                    reset = gr.Button("Reset", size="sm", scale=0, elem_id="evidence-reset")
        with gr.Accordion("What attention does and does not show", open=False):
            gr.Markdown(PROSE.read_text("utf-8"))
    reset.click(None, js=RESET, api_visibility="private")
    return Tab(
        tab=tab,
        redraw=redraw,
        undrawn=undrawn,
        controls={
            "reader": reader,
            "by": by,
            "layer": layer,
            "head": head,
            "silenced": muted,
        },
        outputs=[strips, scores, layer, head, heads_column, heads_map, heads_caption, bars],
        draw=draw,
        pickers={reader: choices_of},
    )


def heads_named(written: str, shape: tuple[int, int]) -> set[tuple[int, int]]:
    """The heads that "6.11, 2.3" names, counted from 0; `shape` is (layers, heads).

    Raises ValueError with a sentence if one is not there.
    """
    found = set()
    for name in re.split(r"[,;\s]+", written.strip()):
        match = re.fullmatch(r"(\d{1,3})\.(\d{1,3})", name)
        place = tuple(int(number) - 1 for number in match.groups()) if match else (-1, -1)
        if name and not all(0 <= index < size for index, size in zip(place, shape, strict=True)):
            raise ValueError(
                f"There is no head {name[:20]!r}: write layer.head, as 1.1, up to "
                f"{shape[0]}.{shape[1]}."
            )
        found |= {place} if name else set()
    return found
