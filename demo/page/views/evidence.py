"""Evidence: does the attention shown matter?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from demo.analysis import attention, faithfulness
from demo.figures import evidence as figures
from demo.figures.cards import alert
from demo.figures.heads import head_name
from demo.figures.theme import Theme
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
    info_of,
    readers,
)
from demo.page.views.heads import heads_alone, layers
from demo.reading import Ability
from demo.sentences import InputError, say
from demo.serving.panel import Panel, ServedReader

PROSE = Path(__file__).parents[3] / "assets" / "evidence.md"
ONE_HEAD = "one head"


def rankings(panel: Panel, values: Values) -> list[Option]:
    """The rankings of the words that the chosen reader allows."""
    info = info_of(panel, values)
    found = [faithfulness.DECOMPOSITION] if Ability.DECOMPOSE in info.can else []
    found += [faithfulness.ATTENTION] if can_align(info) else []
    found += [faithfulness.ROLLOUT] if info.layers else []
    found += [faithfulness.VALUE_NORM] if Ability.VALUE_NORMS in info.can else []
    found += [faithfulness.GRADIENT] if Ability.GRADIENT in info.can else []
    options: list[Option] = [
        (say(f"evidence.rankings.{name}"), name) for name in found or [faithfulness.LEAVE_ONE_OUT]
    ]
    return options + ([(say("views.evidence.by.one head"), ONE_HEAD)] if info.layers else [])


def of_one_head(panel: Panel, values: Values) -> bool:
    """Whether the words are coloured by one head."""
    return values["by"] == ONE_HEAD


def has_masks(panel: Panel, values: Values) -> bool:
    """Whether the heads of the chosen reader can be masked."""
    return Ability.HEAD_MASK in info_of(panel, values).can


def ablation(reader: ServedReader, text: str) -> np.ndarray | None:
    """What masking each head alone changes, to be kept with the evidence."""
    return faithfulness.ablation(reader, reader.read(text))


def draw(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    reader: str,
    by: str,
    layer: int | None,
    head: int | None,
    masked: str,
) -> dict:
    """The words in colour, the scores of the rankings, and the verdict without some heads."""
    served = panel[reader]
    found = served.kept(faithfulness.evidence, text)
    ranking = by
    if by == ONE_HEAD:
        ranking = head_name(head, layer)
        one = attention.of_head(found.reading, layer, head)
        found = found.with_ranking(ranking, one.attention[0, 0].mean(axis=0))
    title = served.info.title
    drawn = {
        "evidence": figures.strips(
            found, ranking, theme, say("views.evidence.pictures.words", reader=title)
        ),
        "evidence-scores": figures.table(found),
    }
    if Ability.FORCED_ALIGNMENT in served.info.can:
        forced = faithfulness.forced_alignment(served, found.reading)
        drawn["evidence"] += figures.forced(found.reading, forced, theme)
    if Ability.HEAD_MASK in served.info.can:
        drawn |= without_heads(served, text, masked, theme)
    return drawn


def without_heads(served: ServedReader, text: str, masked: str, theme: Theme) -> Mapping[str, Any]:
    """What masking each head alone changes, and the verdict with the `masked` ones gone.

    Where heads are named that are not there, a sentence says so in place of that verdict.
    """
    reading, changes = served.read(text), served.kept(ablation, text)
    try:
        chosen = heads_named(masked, changes.shape)
    except InputError as error:
        chosen, moved = set(), alert(str(error))
    else:
        mask = np.ones((1, *changes.shape), np.float32)
        for place in chosen:
            mask[0][place] = 0
        (after,) = served.mask_heads(text, mask)
        moved = figures.shares(reading, after, len(chosen))
    title = say("views.evidence.pictures.ablation", reader=served.info.title, label=reading.label)
    return {
        "ablation": figures.ablation_map(changes, reading.label, chosen, theme, title),
        "ablation-caption": figures.ablation_in_words(changes, reading.label),
        "evidence-bars": moved + (figures.reset() if masked.strip() else ""),
    }


def heads_named(written: str, shape: tuple[int, int]) -> set[tuple[int, int]]:
    """The heads that "6.11, 2.3" names, counted from 0; `shape` is (layers, heads).

    Raises InputError if one is not there.
    """
    found: set[tuple[int, int]] = set()
    for name in filter(None, re.split(r"[,;\s]+", written)):
        match = re.fullmatch(r"(\d{1,3})\.(\d{1,3})", name)
        place = (int(match[1]) - 1, int(match[2]) - 1) if match else (-1, -1)
        if not all(0 <= index < size for index, size in zip(place, shape, strict=True)):
            raise InputError(
                "problems.evidence.no_head", name=name[:20], layers=shape[0], heads=shape[1]
            )
        found.add(place)
    return found


def prose(panel: Panel) -> dict:
    """What attention does and does not show, folded away."""
    with gr.Accordion(say("views.evidence.prose"), open=False):
        gr.Markdown(PROSE.read_text("utf-8"))
    return {}


VIEW = View(
    id="evidence",
    main="evidence",
    steps=("by", "reader"),
    controls=(
        Choice("reader", options=readers()),
        Choice("by", options=rankings),
        Choice("layer", when=of_one_head, options=layers),
        Choice("head", when=of_one_head, options=heads_alone),
        Text(
            "masked",
            when=has_masks,
            aliases=("silenced",),
            belongs_to="reader",
        ),
    ),
    layout=(
        Html("evidence", tools=("png", "svg", "csv", "json", "table", "present"), classes=()),
        Row(
            (
                Column((Html("evidence-scores", classes=()),), scale=5),
                Column(
                    (
                        Picture("ablation"),
                        Html("ablation-caption"),
                        Html("evidence-bars", classes=()),
                        "masked",
                    ),
                    scale=6,
                ),
            )
        ),
        Own(prose),
    ),
    draw=draw,
)
