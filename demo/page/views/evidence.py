"""Evidence: why this verdict, word by word, which heads carry it, and what changes it."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from demo.analysis import attention, attribution, faithfulness, flips
from demo.analysis.words_out import Question
from demo.figures import evidence as figures
from demo.figures import head_maps, sums
from demo.figures.cards import alert
from demo.figures.heads import head_name
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    TEXT,
    Choice,
    Column,
    Html,
    Option,
    Own,
    Pick,
    Picture,
    Row,
    Switch,
    Text,
    Values,
    View,
    info_of,
    readers,
)
from demo.page.views.heads import heads_alone, layers
from demo.reading import Ability, Reading
from demo.sentences import InputError, say
from demo.serving.panel import Panel, ServedReader

PROSE = Path(__file__).parents[3] / "assets" / "evidence.md"
ONE_HEAD = "one head"
TOOLS = ("png", "svg", "csv", "json", "table", "present")
CARRIED, MASKED = "carried", "masked"  # what the map of heads is of


def rankings(panel: Panel, values: Values) -> list[Option]:
    """The rankings of the words that the chosen reader allows."""
    info = info_of(panel, values)
    found = faithfulness.rankings(info) or [faithfulness.LEAVE_ONE_OUT]
    options: list[Option] = [(say(f"evidence.rankings.{name}"), name) for name in found]
    return options + ([(say("views.evidence.by.one head"), ONE_HEAD)] if info.layers else [])


def labels(panel: Panel, values: Values) -> list[Option]:
    """The label that wins, and each one that the chosen reader knows."""
    named: list[Option] = [(label, label) for label in info_of(panel, values).labels]
    return [(say("views.evidence.label.verdict"), ""), *named]


def maps(panel: Panel, values: Values) -> list[Option]:
    """What can be drawn of all heads of the chosen reader."""
    info = info_of(panel, values)
    found = [CARRIED] if Ability.DECOMPOSE in info.can and info.layers else []
    found += [MASKED] if Ability.HEAD_MASK in info.can else []
    return [(say(f"views.evidence.map.{name}"), name) for name in found]


def adds_up(panel: Panel, values: Values) -> bool:
    """Whether the chosen reader says what its words add up to."""
    return Ability.DECOMPOSE in info_of(panel, values).can


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
    label: str | None,
    out: str,
    word: str,
    **_: Any,
) -> dict:
    """The verdict as a sum, and the words that can be taken out of it.

    Of a reader that does not say what its words add up to, leave-one-out takes the sum's place.
    """
    served = panel[reader]
    asked = Question.of(served, text, out, label or "")
    title = say("views.evidence.pictures.out")
    drawn = {"evidence-words": figures.words_out(asked.reading, asked.out, asked.left, title)}
    if Ability.DECOMPOSE not in served.info.can:
        found = served.kept(faithfulness.left_out, text)
        drops = found.importance[faithfulness.LEAVE_ONE_OUT]
        named = {"reader": served.info.title, "label": found.reading.label}
        title = say("views.evidence.pictures.left_out", **named)
        return drawn | {"evidence-sum": sums.left_out(asked.words, drops, theme, title)}
    why, shares = asked.why, asked.shares
    bars = sums.bars(asked.words, shares, why.remainder, why.contrast, theme)
    title = say("views.evidence.pictures.sum", reader=served.info.title, label=why.label)
    said = sums.in_words(asked.words, shares, why.remainder, why.contrast, why.label)
    picked = next((asked.words[place].start for place in asked.named(word)), None)
    return drawn | {
        "evidence-sum": sums.picture(bars, theme, title, picked),
        "evidence-sum-caption": said,
    }


def later(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    reader: str,
    label: str | None,
    by: str,
    layer: int | None,
    head: int | None,
    tested: bool,
    map: str | None,
    masked: str,
    out: str,
    word: str,
    flip: str,
) -> dict:
    """The words in colour, what changes the verdict, and the map of heads."""
    served = panel[reader]
    asked = Question.of(served, text, out, label or "")
    found = served.kept(faithfulness.evidence if tested else faithfulness.left_out, text)
    single = flips.single_flip(found.erasure)
    searched = bool(flip) and single is None
    flipped = served.kept(flips.flip, text) if searched else single
    drawn = {
        "evidence": coloured(served, found, by, layer, head, theme),
        "evidence-flips": figures.flipped(flipped, found.reading, searched, asked.out),
    }
    if tested:
        drawn["evidence-scores"] = figures.table(found)
    chosen: set[tuple[int, int]] = set()
    if Ability.HEAD_MASK in served.info.can:
        chosen, drawn["evidence-bars"] = without_heads(served, asked.left, masked)
    if map == MASKED:
        drawn |= costs(asked, chosen, theme)
    elif map == CARRIED:
        drawn |= carries(asked, chosen, word, theme)
    return drawn


def coloured(
    served: ServedReader,
    found: faithfulness.Evidence,
    by: str,
    layer: int | None,
    head: int | None,
    theme: Theme,
) -> str:
    """HTML of the words coloured by a ranking or by one head, and by leave-one-out."""
    ranking = by
    if by == ONE_HEAD:
        ranking = head_name(head, layer)
        one = attention.of_head(found.reading, layer, head)
        found = found.with_ranking(ranking, one.attention[0, 0].mean(axis=0))
    elif by not in found.importance:
        found = found.with_ranking(by, faithfulness.by_token(served, found.reading, by))
    title = say("views.evidence.pictures.words", reader=served.info.title)
    strips = figures.strips(found, ranking, theme, title)
    if Ability.FORCED_ALIGNMENT in served.info.can:
        forced = faithfulness.forced_alignment(served, found.reading)
        strips += figures.forced(found.reading, forced, theme)
    return strips


def carries(
    asked: Question, masked: Collection[tuple[int, int]], word: str, theme: Theme
) -> dict[str, Any]:
    """Which heads carry what speaks for the label, or the share of one word that is left."""
    why, title = asked.why, asked.reader.info.title
    picked = asked.place_left(word)
    found = attribution.carried(asked.reader, why, picked)
    assert found is not None  # or there would be no such map to choose
    named = {"reader": title, "label": why.label, "whole": found.whole, "past": found.past}
    heading = say("views.evidence.pictures.carried", **named)
    if picked is not None:
        heading = say("views.evidence.pictures.of_word", word=why.words[picked].as_read, **named)
    return {
        "head-shares": head_maps.carried_map(found, masked, theme, heading),
        "head-shares-caption": head_maps.carried_in_words(found, why.label, why.words, picked),
    }


def costs(asked: Question, masked: Collection[tuple[int, int]], theme: Theme) -> dict[str, Any]:
    """What masking each head alone changes, and how far those that carry most are the same."""
    served, label = asked.reader, asked.left.label
    changes = served.kept(ablation, asked.left.text)
    carried = None
    if Ability.DECOMPOSE in served.info.can:
        verdict = attribution.attribute(served, asked.left.text)
        carried = attribution.carried(served, verdict)
    title = say("views.evidence.pictures.ablation", reader=served.info.title, label=label)
    return {
        "ablation": head_maps.ablation_map(changes, label, masked, theme, title),
        "ablation-caption": head_maps.ablation_in_words(changes, label, carried),
    }


def without_heads(
    served: ServedReader, reading: Reading, masked: str
) -> tuple[set[tuple[int, int]], str]:
    """The `masked` heads, and HTML of the verdict with them gone.

    Where heads are named that are not there, a sentence says so in place of that verdict.
    """
    shape = (served.info.layers, served.info.heads)
    try:
        chosen = heads_named(masked, shape)
    except InputError as error:
        return set(), alert(str(error)) + figures.reset()
    after = reading.probabilities
    if chosen:
        mask = np.ones((1, *shape), np.float32)
        for place in chosen:
            mask[0][place] = 0
        (after,) = served.mask_heads(reading.text, mask)
    moved = figures.shares(reading, after, len(chosen))
    return chosen, moved + (figures.reset() if masked.strip() else "")


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
    main="evidence-sum",
    steps=("label", "reader"),
    controls=(
        Choice("reader", options=readers()),
        Choice("label", when=adds_up, options=labels),
        Choice("by", options=rankings),
        Choice("layer", when=of_one_head, options=layers),
        Choice("head", when=of_one_head, options=heads_alone),
        Choice("map", options=maps),
        Text(
            "masked",
            when=has_masks,
            aliases=("silenced",),
            belongs_to="reader",
        ),
        Switch("tested"),
        Pick("out", belongs_to=TEXT),
        Pick("word", belongs_to=TEXT),
        Pick("flip", belongs_to=TEXT),
    ),
    layout=(
        Picture("evidence-sum"),
        Html("evidence-sum-caption"),
        Row((Column(("by", "layer", "head")),)),
        Row(
            (
                Column(
                    (
                        Html("evidence-words", classes=()),
                        Html("evidence-flips", classes=(), later=True),
                    ),
                    scale=5,
                ),
                Column((Html("evidence", tools=TOOLS, classes=(), later=True),), scale=6),
            )
        ),
        Row((Column(("map",)),)),
        Row(
            (
                Column(
                    (
                        Picture("head-shares", later=True),
                        Html("head-shares-caption", later=True),
                        Picture("ablation", later=True),
                        Html("ablation-caption", later=True),
                    ),
                    scale=6,
                ),
                Column(("masked", Html("evidence-bars", classes=(), later=True)), scale=5),
            )
        ),
        "tested",
        Html("evidence-scores", classes=(), later=True),
        Own(prose),
    ),
    draw=draw,
    later=later,
)
