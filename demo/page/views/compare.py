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
from demo.sentences import InputError, say
from demo.serving.panel import Panel

PAIRS = json.loads((Path(__file__).parents[3] / "assets" / "pairs.json").read_text("utf-8"))
SECOND = "Oil prices climb as strike shuts refineries along the coast"
TEXTS, READERS = "texts", "readers"


def several(panel: Panel, values: Values) -> list[Option]:
    """What can be compared: two readers only where there are two."""
    enough = len(readers(can_align)(panel, values)) > 1
    modes = [TEXTS, READERS] if enough else [TEXTS]
    return [(say(f"views.compare.mode.{mode}"), mode) for mode in modes]


def others(panel: Panel, values: Values) -> list[Option]:
    """The readers beside the chosen one."""
    return [option for option in readers(can_align)(panel, values) if option[1] != values["reader"]]


def prepared(panel: Panel) -> dict:
    """Pairs that are worth comparing, as chips."""
    asked = {
        say(f"views.compare.pairs.{pair['id']}.chip"): {
            "text": pair["first"],
            "set": {"mode": TEXTS, "second": pair["second"]},
        }
        for pair in PAIRS
    }
    row = chips.chips(say("views.compare.prepared"), asked)
    gr.HTML(row, elem_id="pairs", elem_classes="chips")
    return {}


def hint(texts: tuple[str, str]) -> str:
    """What to look for in a prepared pair, or nothing."""
    found = [pair["id"] for pair in PAIRS if (pair["first"], pair["second"]) == texts]
    return say(f"views.compare.pairs.{found[0]}.hint") if found else ""


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
    if two_texts and not second.strip():
        raise InputError("problems.compare.no_second")
    names = (reader, reader if two_texts else other)
    texts = (text, second if two_texts else text)
    left, right = (panel[name].read(said) for name, said in zip(names, texts, strict=True))
    found = compare(left, right, how)
    who = [panel[name].info.title for name in names]
    both = who[0] if two_texts else say("views.compare.both", left=who[0], right=who[1])
    titles = [say("views.compare.left"), say("views.compare.right")] if two_texts else who
    return {
        "pair-hint": hint(texts),
        "compare": figures.words(found, titles, theme),
        "compare-bars": figures.bars(left, right),
        "compare-difference": figures.difference(
            found, theme, say("views.compare.pictures.difference", readers=both)
        ),
        "compare-difference-caption": figures.difference_in_words(found),
        "compare-sides": figures.sides(
            found, titles, theme, say("views.compare.pictures.sides", readers=both)
        ),
    }


VIEW = View(
    id="compare",
    main="compare-difference",
    steps=("reader", "how"),
    fits=alignment.VIEW.fits,
    controls=(
        Choice("mode", options=several),
        Choice("reader", options=readers(can_align)),
        Choice(
            "other",
            when=lambda panel, values: values["mode"] == READERS,
            options=others,
        ),
        Choice(
            "how",
            options=lambda panel, values: [
                (say(f"views.compare.how.{how}"), how) for how in (MEAN, ROLLOUT)
            ],
        ),
        Text(
            "second",
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
