"""Evidence as words in colour, as a table, and as a map of heads that can be masked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup, escape

from demo.analysis.faithfulness import (
    DECOMPOSITION,
    LEAVE_ONE_OUT,
    RANDOM,
    UNIFORM,
    Evidence,
)
from demo.figures import cards
from demo.figures.labels import hover, of_title
from demo.figures.templates import html, marked
from demo.figures.theme import Theme, tint
from demo.mending import drawn
from demo.reading import Reading, Token
from demo.sentences import has, say

CELL, CELL_PHONE = 46, 34  # px, height of a head in the map
LEAST_RANGE = 0.05  # of probability; smaller changes do not fill the colour scale
LEAST_SHOWN = 0.005  # of probability; smaller differences do not show in two digits
LEAST_POINT = 0.0005  # of probability; smaller changes do not show in points with one digit
SHADES = 9  # of a legend
NUMBERS_UP_TO = 12  # heads of a layer that have room for numbers


def coloured(
    text: str,
    words: Sequence[Token],
    values: np.ndarray,
    scale: list,
    top: float,
    signed: bool,
    underlined: Collection[int] = (),
) -> list[str | dict[str, Any]]:
    """A text in pieces, its words coloured by `values` (words,), as the template `strip` draws it.

    The scale runs from 0 to `top` or, if `signed`, from minus to plus that. The words at the places
    `underlined` are underlined.
    """
    pieces: list[str | dict[str, Any]] = []
    end = 0
    for place, (word, value) in enumerate(zip(words, values, strict=True)):
        ground, ink = tint(scale, (value / top + 1) / 2 if signed else value / top)
        pieces.append(drawn(text[end : word.start]))
        pieces.append(
            {
                "text": drawn(word.text),
                "name": word.as_read,
                "value": value,
                "ground": ground,
                "ink": ink,
                "marked": place in underlined,
            }
        )
        end = word.end
    return [*pieces, drawn(text[end:])]


def legend(scale: list, top: float, signed: bool) -> dict[str, Any]:
    """What the colours of a text mean that is `coloured` so: the ends, and shades between them."""
    return {
        "low": f"{-top:+.2f}" if signed else "0",
        "high": f"{top:+.2f}" if signed else f"{top:.2f}",
        "shades": [tint(scale, place / (SHADES - 1))[0] for place in range(SHADES)],
    }


def largest(values: np.ndarray, least: float = 1e-9) -> float:
    """The value, without its sign, that has the strongest colour: `least`, or more."""
    return max(float(np.nanmax(np.abs(values))), least)


def strips(evidence: Evidence, ranking: str, theme: Theme, title: str = "") -> str:
    """HTML of two strips, by a ranking and by leave-one-out, and of how far the two agree.

    In both, and in the map of heads, one colour means that something matters, and one that it
    speaks against the verdict.
    """
    reading, words = evidence.reading, evidence.words
    values, drops = evidence.importance[ranking], evidence.importance[LEAVE_ONE_OUT]
    signed = bool((values < 0).any())
    scale = theme.diverging if signed else theme.matters
    top, drop = largest(values), largest(drops, LEAST_RANGE)
    key = f"evidence.headings.{ranking}"
    name = say(key) if has(key) else ranking  # one head is called by its own name
    return html(
        "strips",
        title=title,
        name=name,
        adds=ranking == DECOMPOSITION,
        label=reading.label,
        ranked=coloured(reading.text, words, values, scale, top, signed),
        ranked_legend=legend(scale, top, signed),
        left_out=coloured(reading.text, words, drops, theme.diverging, drop, signed=True),
        left_out_legend=legend(theme.diverging, drop, signed=True),
        said=[_loses(evidence, ranking), _agreement(evidence, ranking, name)],
    )


def _loses(evidence: Evidence, ranking: str) -> Markup:
    """A sentence on what the verdict loses without a ranking's first words, and with them alone."""
    if ranking not in evidence.scores:  # one head, which is not scored
        return Markup()
    points = {
        name: 100 * value
        for one, prefix in ((evidence.scores[ranking], ""), (evidence.scores[RANDOM], "random_"))
        for name, value in (
            (f"{prefix}out", one.comprehensiveness),
            (f"{prefix}alone", one.sufficiency),
        )
    }
    by = say(f"evidence.rankings.{ranking}")
    return marked("evidence.loses", ranking=by, label=evidence.reading.label, **points)


def _agreement(evidence: Evidence, ranking: str, name: str) -> Markup:
    """A sentence on how far a ranking, called `name`, and leave-one-out agree."""
    if evidence.tied(LEAVE_ONE_OUT):
        drops = evidence.importance[LEAVE_ONE_OUT]
        tie = {"count": len(drops), "drop": drops[0], "label": evidence.reading.label}
        return marked("evidence.tie_of_words", **tie)
    if evidence.tied(ranking):
        return marked("evidence.tie_of_ranking", name=name)
    found = evidence.agreement(ranking)
    said = {"name": name, "count": found.top, "chance": found.chance}
    if found.least == found.most:
        return marked("evidence.ranks", found=found.least, **said)
    return marked("evidence.ranks_between", least=found.least, most=found.most, **said)


def forced(reading: Reading, values: np.ndarray, theme: Theme) -> str:
    """HTML of a strip by the winning probability with all attention forced onto each word.

    `values` (1 + tokens,) as `faithfulness.forced_alignment` gives them: with the row spread
    evenly, then a token each.
    """
    even, alone = values[0], values[1:]
    got = {"label": reading.label, "whole": reading.probabilities.max(), "even": even}
    if alone.max() - alone.min() < LEAST_SHOWN:
        said = marked("evidence.forced_tie", alone=alone.max(), **got)
    else:
        best, worst = (reading.tokens[int(pick(alone))].as_read for pick in (np.argmax, np.argmin))
        span = {"best": best, "most": alone.max(), "worst": worst, "least": alone.min()}
        said = marked("evidence.forced_words", **span, **got)
    return html(
        "forced",
        label=reading.label,
        pieces=coloured(reading.text, reading.tokens, alone, theme.matters, 1.0, signed=False),
        legend=legend(theme.matters, 1.0, signed=False),
        said=said,
    )


def table(evidence: Evidence) -> str:
    """HTML of the scores of every ranking as bars, in points, the best of each column marked."""
    names = [name for name in evidence.scores if name not in (RANDOM, UNIFORM)]
    names += [RANDOM, UNIFORM]
    out = 100 * np.array([evidence.scores[name].comprehensiveness for name in names])
    alone = 100 * np.array([evidence.scores[name].sufficiency for name in names])
    rows = [
        {
            "name": say(f"evidence.rankings.{name}"),
            "losses": [
                (out[place], place == out.argmax()),
                (alone[place], place == alone.argmin()),
            ],
            "tau": evidence.scores[name].tau,
        }
        for place, name in enumerate(names)
    ]
    return html("rankings", rows=rows, label=evidence.reading.label)


def ablation_map(
    changes: np.ndarray, label: str, masked: set[tuple[int, int]], theme: Theme, title: str = ""
) -> go.Figure:
    """The change of the winning probability with each head masked alone, (layers, heads).

    Heads in `masked` are crossed.
    """
    layers, heads = changes.shape
    top = max(float(np.abs(changes).max()), LEAST_RANGE)
    points = np.round(100 * changes, 1) + 0.0  # and no "-0.0"
    written = [
        ["×" if (row, column) in masked else f"{value:+.1f}" for column, value in enumerate(line)]
        for row, line in enumerate(points)
    ]
    places = np.indices(changes.shape) + 1
    figure = go.Figure(
        go.Heatmap(
            z=changes,
            text=written,
            texttemplate="%{text}" if heads <= NUMBERS_UP_TO and not theme.phone else None,
            hovertemplate=hover(
                "evidence.head_hover",
                label=of_title(label),
                layer="%{customdata[0]}",
                head="%{customdata[1]}",
                points="%{customdata[2]:+.1f}",
            ),
            customdata=np.stack([*places, points], axis=-1),
            colorscale=theme.diverging,
            zmin=-top,
            zmax=top,
            xgap=2,
            ygap=2,
            showscale=False,
            colorbar={
                **theme.colour_bar(say("evidence.points")),
                "tickvals": [-top, -top / 2, 0, top / 2, top],
                "ticktext": [f"{100 * share * top:+.1f}" for share in (-1, -0.5, 0, 0.5, 1)],
            },
        )
    )
    names = [say("heads.map_layer", number=layer + 1) for layer in range(layers)]
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "automargin": True}
    figure.update_xaxes(
        tickvals=list(range(heads)),
        ticktext=[f"{n + 1}" for n in range(heads)],
        title_text=say("evidence.head_axis"),
        side="top",
        **axis,
    )
    figure.update_yaxes(
        tickvals=list(range(layers)),
        ticktext=names,
        autorange="reversed",
        **axis,
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return theme.apply(
        figure,
        80 + layers * (CELL_PHONE if theme.phone else CELL),
        title,
        rows=names,
        columns=[say("heads.map_head", number=head + 1) for head in range(heads)],
    )


def ablation_in_words(changes: np.ndarray, label: str) -> str:
    """HTML of the map in words: the heads that the verdict leans on most."""
    if np.abs(changes).max() < LEAST_POINT:
        return escape(say("evidence.heads_tie", label=label))
    places = np.argsort(changes, axis=None)[:3]
    named = [
        say(
            "evidence.head_changes",
            layer=layer + 1,
            head=head + 1,
            points=100 * changes[layer, head],
        )
        for layer, head in zip(*np.unravel_index(places, changes.shape), strict=True)
    ]
    return escape(say("evidence.heads", label=label, heads="; ".join(named)))


def shares(reading: Reading, after: np.ndarray, masked: int) -> str:
    """HTML of the probabilities (labels,) with some heads masked, the old ones marked on them."""
    said = say("evidence.masked", count=masked) if masked else say("evidence.none_masked")
    return cards.moved(reading.labels, reading.probabilities, after, said)


def reset() -> str:
    """HTML of the button that masks no head."""
    asked = """<button class="reset" data-set='{{"masked": ""}}'>{}</button>"""
    return Markup(asked).format(say("evidence.reset"))
