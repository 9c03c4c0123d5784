"""The heads of the Evidence tab: what each carries or costs, and the verdict without some."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np

from demo.analysis import attribution, faithfulness
from demo.analysis.words_out import Question
from demo.figures import evidence as figures
from demo.figures import head_maps
from demo.figures.cards import alert
from demo.figures.theme import Theme
from demo.page.views.declaration import Option, Values, info_of
from demo.reading import Ability, Reading
from demo.sentences import InputError, called, say
from demo.serving.panel import Panel, ServedReader

CARRIED, MASKED = "carried", "masked"  # what the map is of


def maps(panel: Panel, values: Values) -> list[Option]:
    """What can be drawn of all heads of the chosen reader."""
    info = info_of(panel, values)
    found = [CARRIED] if Ability.DECOMPOSE in info.can and info.layers else []
    found += [MASKED] if Ability.HEAD_MASK in info.can else []
    return [(say(f"views.evidence.map.{name}"), name) for name in found]


def has_masks(panel: Panel, values: Values) -> bool:
    """Whether the heads of the chosen reader can be masked."""
    return Ability.HEAD_MASK in info_of(panel, values).can


def heads_of(
    asked: Question, map: str | None, masked: str, word: str, theme: Theme
) -> dict[str, Any]:
    """The map that is chosen, and the verdict without the heads that are masked."""
    drawn: dict[str, Any] = {}
    chosen: set[tuple[int, int]] = set()
    if Ability.HEAD_MASK in asked.reader.info.can:
        chosen, drawn["evidence-bars"] = without_heads(asked.reader, asked.left, masked)
    if map == MASKED:
        drawn |= costs(asked, chosen, theme)
    elif map == CARRIED:
        drawn |= carries(asked, chosen, word, theme)
    return drawn


def ablation(reader: ServedReader, text: str) -> np.ndarray | None:
    """What masking each head alone changes, to be kept with the evidence."""
    return faithfulness.ablation(reader, reader.read(text))


def carries(
    asked: Question, masked: Collection[tuple[int, int]], word: str, theme: Theme
) -> dict[str, Any]:
    """Which heads carry what speaks for the label, or the share of one word that is left."""
    why, title = asked.why, asked.reader.info.title
    picked = asked.place_left(word)
    found = attribution.carried(asked.reader, why, picked)
    assert found is not None  # or there would be no such map to choose
    named = {"reader": title, "label": called(why.label), "whole": found.whole, "past": found.past}
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
    named = {"reader": served.info.title, "label": called(label)}
    title = say("views.evidence.pictures.ablation", **named)
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
