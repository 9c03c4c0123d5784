"""Evidence as words in colour, as a table, and as a map of heads that can be masked."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence

import numpy as np
import plotly.graph_objects as go

from demo.analysis.faithfulness import LEAVE_ONE_OUT, RANDOM, UNIFORM, Evidence
from demo.figures import cards
from demo.figures.theme import Theme, tint
from demo.mending import drawn
from demo.reading import Reading, Token

CELL, CELL_PHONE = 46, 34  # px, height of a head in the map
LEAST_RANGE = 0.01  # of probability; smaller changes do not fill the colour scale
LEAST_SHOWN = 0.005  # of probability; smaller differences do not show in two digits
LEAST_POINT = 0.0005  # of probability; smaller changes do not show in points with one digit
NUMBERS_UP_TO = 12  # heads of a layer that have room for numbers
RESET = """<button class="reset" data-set='{"masked": ""}'>Reset</button>"""  # masks no head


def strip(
    text: str,
    words: Sequence[Token],
    values: np.ndarray,
    scale: list,
    signed: bool,
    marked: Collection[int] = (),
) -> str:
    """HTML of a text with its words coloured by `values` (words,), numbers under the pointer.

    The scale runs from 0 to the largest value or, if `signed`, from minus to plus the largest. The
    words at the places `marked` are underlined.
    """
    top = max(float(np.abs(values).max()), 1e-9)
    parts, end = [], 0
    for place, (word, value) in enumerate(zip(words, values, strict=True)):
        ground, ink = tint(scale, (value / top + 1) / 2 if signed else value / top)
        parts.append(html.escape(drawn(text[end : word.start])))
        parts.append(
            f'<span class="word{" marked" if place in marked else ""}" tabindex="0" '
            f'data-value="{value:.6f}" '
            f'title="{html.escape(word.as_read)}: {value:+.3f}" '
            f'style="background:{ground};color:{ink}">{html.escape(drawn(word.text))}</span>'
        )
        end = word.end
    parts.append(html.escape(drawn(text[end:])))
    return f'<p class="strip">{"".join(parts)}</p>'


def strips(evidence: Evidence, ranking: str, theme: Theme, title: str = "") -> str:
    """HTML of two strips, by a ranking and by leave-one-out, and of how far the two agree."""
    reading, words = evidence.reading, evidence.words
    values = evidence.importance[ranking]
    signed = bool((values < 0).any())
    scale = theme.diverging if signed else theme.scale(reading.reader)
    shown = strip(reading.text, words, values, scale, signed)
    drops = evidence.importance[LEAVE_ONE_OUT]
    proof = strip(reading.text, words, drops, theme.diverging, signed=True)
    name = html.escape(ranking[0].upper() + ranking[1:])
    return (
        f'<section class="evidence" data-title="{html.escape(title)}"><h3>{name}</h3>{shown}'
        f"<h3>Leave-one-out: how much of “{reading.label}” is lost without the word</h3>{proof}"
        f'<p class="agreement">{_agreement(evidence, ranking, name)}</p></section>'
    )


def _agreement(evidence: Evidence, ranking: str, name: str) -> str:
    """HTML of a sentence on how far a ranking, called `name`, and leave-one-out agree."""
    label, drops = evidence.reading.label, evidence.importance[LEAVE_ONE_OUT]
    if evidence.tied(LEAVE_ONE_OUT):
        return (
            f"<b>A tie</b>: without any one of its {len(drops)} words the text loses the same, "
            f"{drops[0]:+.3f} of “{label}”. No word matters more than another, so there is no "
            "order that a ranking could agree with."
        )
    if evidence.tied(ranking):
        return (
            f"<b>A tie</b>: {name} gives every word the same. It has no order that could agree "
            "with what the words are worth."
        )
    found = evidence.agreement(ranking)
    ranked = f"{found.least}" if found.least == found.most else f"{found.least} to {found.most}"
    why = "" if found.least == found.most else " (it gives some words the same)"
    those = "words that matter" if found.top > 1 else "word that matters"
    return (
        f"{name} ranks <b>{ranked} of the {found.top}</b> {those} most among its top "
        f"{found.top}{why}; "
        f"a random ranking would find {found.chance:.1f}."
    )


def forced(reading: Reading, values: np.ndarray, theme: Theme) -> str:
    """HTML of a strip by the winning probability with all attention forced onto each word.

    `values` (1 + tokens,) as `faithfulness.forced_alignment` gives them: with the row spread
    evenly, then a token each.
    """
    even, alone = values[0], values[1:]
    shown = strip(reading.text, reading.tokens, alone, theme.scale(reading.reader), False)
    whole = reading.probabilities.max()
    least, most = (reading.tokens[int(pick(alone))].as_read for pick in (np.argmin, np.argmax))
    if alone.max() - alone.min() < LEAST_SHOWN:
        each = f"at any one word alone <b>{alone.max():.2f}</b>: a tie"
    else:
        each = (
            f"at “{html.escape(most)}” alone <b>{alone.max():.2f}</b>, "
            f"at “{html.escape(least)}” alone <b>{alone.min():.2f}</b>"
        )
    return (
        f'<section class="evidence"><h3>“{reading.label}” with all of the topic’s attention forced '
        f'onto one word</h3>{shown}<p class="agreement">As it looked, {reading.label} got '
        f"<b>{whole:.2f}</b>; looking evenly at every word <b>{even:.2f}</b>; {each}.</p></section>"
    )


def table(evidence: Evidence) -> str:
    """HTML of the scores of every ranking, the best of each column marked."""
    names = [name for name in evidence.scores if name not in (RANDOM, UNIFORM)]
    names += [RANDOM, UNIFORM]
    scores = [evidence.scores[name] for name in names]
    most = max(one.comprehensiveness for one in scores)
    least = min(one.sufficiency for one in scores)
    rows = []
    for name, one in zip(names, scores, strict=True):
        cells = _cell(one.comprehensiveness, most) + _cell(one.sufficiency, least)
        tau = "tie" if one.tau is None else f"{one.tau:+.2f}"
        rows.append(f'<tr><th scope="row">{html.escape(name)}</th>{cells}<td>{tau}</td></tr>')
    return (
        '<table class="scores"><caption>Rankings of the words, judged by taking words out</caption>'
        '<thead><tr><th scope="col">ranking</th>'
        '<th scope="col" title="drop without the words ranked first; higher is better">'
        "comprehensiveness ↑</th>"
        '<th scope="col" title="drop with the words ranked first alone; lower is better">'
        "sufficiency ↓</th>"
        '<th scope="col" title="rank correlation with leave-one-out; a tie has no order">'
        "Kendall’s τ</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


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
            hovertemplate=(
                "layer %{customdata[0]}, head %{customdata[1]}<br>"
                f"masked, {label} changes by %{{customdata[2]:+.1f}} points<extra></extra>"
            ),
            customdata=np.stack([*places, points], axis=-1),
            colorscale=theme.diverging,
            zmin=-top,
            zmax=top,
            xgap=2,
            ygap=2,
            showscale=False,
        )
    )
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "automargin": True}
    figure.update_xaxes(
        tickvals=list(range(heads)),
        ticktext=[f"{n + 1}" for n in range(heads)],
        title_text="head",
        side="top",
        **axis,
    )
    figure.update_yaxes(
        tickvals=list(range(layers)),
        ticktext=[f"layer {n + 1}" for n in range(layers)],
        autorange="reversed",
        **axis,
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return theme.apply(
        figure,
        80 + layers * (CELL_PHONE if theme.phone else CELL),
        title,
        rows=[f"layer {layer + 1}" for layer in range(layers)],
        columns=[f"head {head + 1}" for head in range(heads)],
    )


def ablation_in_words(changes: np.ndarray, label: str) -> str:
    """HTML of the map in words: the heads that the verdict leans on most."""
    if np.abs(changes).max() < LEAST_POINT:
        said = f"A tie: no single head moves {label} by a tenth of a point, whichever is masked."
        return html.escape(said)
    places = np.argsort(changes, axis=None)[:3]
    named = [
        f"layer {layer + 1}, head {head + 1} ({100 * changes[layer, head]:+.1f} points)"
        for layer, head in zip(*np.unravel_index(places, changes.shape), strict=True)
    ]
    return html.escape(f"{label} without a single head, in points: {'; '.join(named)}.")


def shares(reading: Reading, after: np.ndarray, masked: int) -> str:
    """HTML of the probabilities (labels,) with some heads masked, the old ones marked on them."""
    heads = "head" if masked == 1 else "heads"
    said = f"With {masked} {heads} masked" if masked else "No head masked: click one in the map"
    return cards.moved(reading.labels, reading.probabilities, after, said)


def _cell(value: float, best: float) -> str:
    return f"<td{' class=best' if value == best else ''}>{value:+.3f}</td>"
