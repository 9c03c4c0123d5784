"""Compare: two texts with one reader, or one text with two readers."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr

from demo.analysis.attention import MEAN, ROLLOUT
from demo.analysis.compare import compare
from demo.figures import chips
from demo.figures import compare as figures
from demo.figures.theme import Theme
from demo.page.views import alignment
from demo.page.views.alignment import can_align
from demo.page.views.declaration import (
    Choice,
    Column,
    Html,
    Option,
    Own,
    Picture,
    Row,
    Text,
    Values,
    View,
    readers,
)
from demo.serving.panel import Panel

PAIRS = json.loads((Path(__file__).parents[3] / "assets" / "pairs.json").read_text("utf-8"))
SECOND = "Oil prices climb as strike shuts refineries along the coast"
TEXTS, READERS = "texts", "readers"


def several(panel: Panel, values: Values) -> list[Option]:
    """What can be compared: two readers only where there are two."""
    enough = len(readers(can_align)(panel, values)) > 1
    return [("Two texts", TEXTS), *([("Two readers", READERS)] if enough else [])]


def others(panel: Panel, values: Values) -> list[Option]:
    """The readers beside the chosen one."""
    return [option for option in readers(can_align)(panel, values) if option[1] != values["reader"]]


def prepared(panel: Panel) -> dict:
    """Pairs that are worth comparing, as chips."""
    asked = {
        pair["chip"]: {"text": pair["first"], "set": {"mode": TEXTS, "second": pair["second"]}}
        for pair in PAIRS
    }
    gr.HTML(chips.chips("Prepared pairs", asked), elem_id="pairs", elem_classes="chips")
    return {}


def draw(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    mode: str,
    reader: str,
    other: str | None,
    second: str,
    how: str,
) -> dict:
    """Both texts in colour, their probabilities, and where the attention differs."""
    two_texts = mode == TEXTS or other is None
    hints = {(pair["first"], pair["second"]): pair["shows"] for pair in PAIRS}
    if two_texts and not second.strip():
        raise ValueError("Type a second text to compare the headline with, then press Enter.")
    names = (reader, reader if two_texts else other)
    texts = (text, second if two_texts else text)
    left, right = (panel[name].read(said) for name, said in zip(names, texts, strict=True))
    found = compare(left, right, how)
    titles = ["Left", "Right"] if two_texts else [panel[name].info.title for name in names]
    title = " and ".join(dict.fromkeys(panel[name].info.title for name in names))
    return {
        "pair-hint": hints.get(texts, ""),
        "compare": figures.words(found, titles, theme),
        "compare-bars": figures.bars(left, right),
        "compare-difference": figures.difference(found, theme, f"{title}, difference"),
        "compare-difference-caption": figures.difference_in_words(found),
        "compare-sides": figures.sides(found, titles, theme, f"{title}, side by side"),
    }


VIEW = View(
    id="compare",
    title="Compare",
    main="compare-difference",
    fits=alignment.VIEW.fits,
    controls=(
        Choice(
            "mode",
            "Compare",
            "Two texts are read by one reader; two readers read the headline above.",
            options=several,
        ),
        Choice(
            "reader",
            "Reader",
            "Who reads both texts, or stands on the left.",
            options=readers(can_align),
        ),
        Choice(
            "other",
            "Second reader",
            "Who stands on the right.",
            when=lambda panel, values: values["mode"] == READERS,
            options=others,
        ),
        Choice(
            "how",
            "Attention",
            "How heads become one matrix. Bahdanau's reader has one row: what it looked at for the "
            "topic.",
            options=lambda panel, values: [("Mean of all heads", MEAN), ("Rollout", ROLLOUT)],
        ),
        Text(
            "second",
            "Second text",
            "It is compared with the headline above. Press Enter after it.",
            when=lambda panel, values: values["mode"] == TEXTS,
            value=SECOND,
            lines=2,
        ),
    ),
    layout=(
        Own(prepared),
        Html("pair-hint"),
        Row((Column(("mode", "reader", "other", "how", "second")),)),
        Html("compare", tools=("png", "svg", "csv", "json", "table", "present"), classes=()),
        Row(
            (
                Column(
                    (Picture("compare-difference"), Html("compare-difference-caption")), scale=5
                ),
                Column((Html("compare-bars", classes=()),), scale=3),
            )
        ),
        Picture("compare-sides"),
    ),
    draw=draw,
)
