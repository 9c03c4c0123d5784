"""Evidence: why this verdict, word by word, which heads carry it, and what changes it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import gradio as gr

from demo.analysis import attention, faithfulness, flips
from demo.analysis.attribution import attribute
from demo.analysis.words_out import Question
from demo.figures import evidence as figures
from demo.figures import leaning, sums
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
from demo.page.views.evidence_heads import has_masks, heads_of, maps
from demo.page.views.heads import heads_alone, layers
from demo.reading import Ability
from demo.sentences import InputError, called, say
from demo.serving.panel import Panel, ServedReader

CAUTIONS = ("weights", "pictures", "leaving_out", "marks", "layers")  # points of the prose
ONE_HEAD = "one head"
TOOLS = ("png", "svg", "csv", "json", "table", "present")


def rankings(panel: Panel, values: Values) -> list[Option]:
    """The rankings of the words that the chosen reader allows."""
    info = info_of(panel, values)
    found = faithfulness.rankings(info) or [faithfulness.LEAVE_ONE_OUT]
    options: list[Option] = [(say(f"evidence.rankings.{name}"), name) for name in found]
    return options + ([(say("views.evidence.by.one head"), ONE_HEAD)] if info.layers else [])


def labels(panel: Panel, values: Values) -> list[Option]:
    """The label that wins, and each one that the chosen reader knows."""
    named: list[Option] = [(called(label), label) for label in info_of(panel, values).labels]
    return [(say("views.evidence.label.verdict"), ""), *named]


def adds_up(panel: Panel, values: Values) -> bool:
    """Whether the chosen reader says what its words add up to."""
    return Ability.DECOMPOSE in info_of(panel, values).can


def of_one_head(panel: Panel, values: Values) -> bool:
    """Whether the words are coloured by one head."""
    return values["by"] == ONE_HEAD


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
        named = {"reader": served.info.title, "label": called(found.reading.label)}
        title = say("views.evidence.pictures.left_out", **named)
        return drawn | {"evidence-sum": sums.left_out(asked.words, drops, theme, title)}
    why, shares = asked.why, asked.shares
    bars = sums.bars(asked.words, shares, why.remainder, why.contrast, theme)
    title = say("views.evidence.pictures.sum", reader=served.info.title, label=called(why.label))
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
    """The words in colour, what changes the verdict, every reader's words, and the map of heads."""
    served = panel[reader]
    asked = Question.of(served, text, out, label or "")
    found = served.kept(faithfulness.evidence if tested else faithfulness.left_out, text)
    single = flips.single_flip(found.erasure)
    searched = bool(flip) and single is None
    flipped = served.kept(flips.flip, text) if searched else single
    drawn = {
        "evidence": coloured(served, found, by, layer, head, theme),
        "evidence-flips": figures.flipped(flipped, found.reading, searched, asked.out),
        "evidence-readers": of_every_reader(panel, text, theme),
    }
    if tested:
        drawn["evidence-scores"] = figures.table(found)
    return drawn | heads_of(asked, map, masked, word, theme)


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


def of_every_reader(panel: Panel, text: str, theme: Theme) -> str:
    """HTML of the words that each reader leans on; nothing where there are not two that say so."""
    found = []
    for served in panel.values():
        if Ability.DECOMPOSE in served.info.can:
            with suppress(InputError):  # its card says why it has no answer
                found.append((served.info.title, served.kept(attribute, text)))
    title = say("views.evidence.pictures.readers")
    return leaning.side_by_side(found, theme, title) if len(found) > 1 else ""


def prose(panel: Panel) -> dict:
    """What attention does and does not show, folded away."""
    with gr.Accordion(say("views.evidence.prose"), open=False):
        points = "\n".join(f"* {say(f'evidence.prose.{name}')}" for name in CAUTIONS)
        how_to_read = [say(f"evidence.prose.{name}") for name in ("sum", "scores")]
        gr.Markdown("\n\n".join([say("evidence.prose.opening"), points, *how_to_read]))
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
        Html("evidence-readers", tools=TOOLS, classes=(), later=True),
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
