"""Evidence as words in colour, as a table, and the verdict with words or heads gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from demo.analysis.erasure import words_of
from demo.analysis.faithfulness import (
    DECOMPOSITION,
    LEAVE_ONE_OUT,
    RANDOM,
    UNIFORM,
    Evidence,
)
from demo.analysis.flips import Flip
from demo.analysis.words_out import spelled
from demo.figures import cards
from demo.figures.templates import html, marked
from demo.figures.theme import Theme, tint
from demo.mending import drawn
from demo.reading import Reading, Token
from demo.sentences import called, has, listed, number, say

LEAST_RANGE = 0.05  # of probability; smaller changes do not fill the colour scale
LEAST_SHOWN = 0.005  # of probability; smaller differences do not show in two digits
SHADES = 9  # of a legend


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
        "low": number(-top, "+.2f") if signed else "0",
        "high": number(top, "+.2f" if signed else ".2f"),
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
        label=called(reading.label),
        ranked=coloured(reading.text, words, values, scale, top, signed),
        ranked_legend=legend(scale, top, signed),
        left_out=coloured(reading.text, words, drops, theme.diverging, drop, signed=True),
        left_out_legend=legend(theme.diverging, drop, signed=True),
        said=[_moves(evidence, ranking), _agreement(evidence, ranking, name)],
    )


def _moves(evidence: Evidence, ranking: str) -> Markup:
    """A sentence on how the verdict moves without a ranking's first words, and with them alone."""
    if ranking not in evidence.scores:  # one head, which is not scored
        return Markup()
    points = {
        name: -100 * value
        for one, prefix in ((evidence.scores[ranking], ""), (evidence.scores[RANDOM], "random_"))
        for name, value in (
            (f"{prefix}out", one.comprehensiveness),
            (f"{prefix}alone", one.sufficiency),
        )
    }
    by = say(f"evidence.rankings.{ranking}")
    return marked("evidence.moves_by", ranking=by, label=called(evidence.reading.label), **points)


def _agreement(evidence: Evidence, ranking: str, name: str) -> Markup:
    """A sentence on how far a ranking, called `name`, and leave-one-out agree."""
    if evidence.tied(LEAVE_ONE_OUT):
        drops = evidence.importance[LEAVE_ONE_OUT]
        tie = {"count": len(drops), "drop": drops[0], "label": called(evidence.reading.label)}
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
    got = {"label": called(reading.label), "whole": reading.probabilities.max(), "even": even}
    if alone.max() - alone.min() < LEAST_SHOWN:
        said = marked("evidence.forced_tie", alone=alone.max(), **got)
    else:
        best, worst = (reading.tokens[int(pick(alone))].as_read for pick in (np.argmax, np.argmin))
        span = {"best": best, "most": alone.max(), "worst": worst, "least": alone.min()}
        said = marked("evidence.forced_words", **span, **got)
    return html(
        "forced",
        label=called(reading.label),
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
    return html("rankings", rows=rows, label=called(evidence.reading.label))


def shares(reading: Reading, after: np.ndarray, masked: int) -> str:
    """HTML of the probabilities (labels,) with some heads masked, the old ones marked on them."""
    said = say("evidence.masked", count=masked) if masked else say("evidence.none_masked")
    return cards.moved(reading.labels, reading.probabilities, after, said)


def reset() -> str:
    """HTML of the button that masks no head."""
    button = """<button class="reset" data-set='{}'>{}</button>"""
    return Markup(button).format(Markup(asked("masked", "")), say("evidence.reset"))


def words_out(reading: Reading, out: Collection[int], left: Reading, title: str) -> str:
    """HTML of a text whose words are taken out, and put back, by a click, and of its verdict.

    `left` is the reading without the words at the places `out`; marks stand where the probabilities
    of the whole text are.
    """
    words = [word for word, _ in words_of(reading)]
    pieces: list[str | dict[str, Any]] = []
    end = 0
    for place, word in enumerate(words):
        others = set(out) ^ {place}
        pieces.append(drawn(reading.text[end : word.start]))
        pieces.append(
            {
                "text": drawn(word.text),
                "name": word.as_read,
                "out": place in out,
                "last": len(others) == len(words),
                "asked": asked("out", spelled(words, others)),
            }
        )
        end = word.end
    pieces.append(drawn(reading.text[end:]))
    said = say("evidence.all_in", label=called(reading.label))
    if out:
        said = say("evidence.without", count=len(out), label=called(left.label))
    bars = cards.moved(reading.labels, reading.probabilities, left.probabilities, said)
    back = asked("out", "") if out else ""
    return html("words_out", title=title, pieces=pieces, back=back, bars=bars)


def flipped(found: Flip | None, reading: Reading, searched: bool, out: Collection[int] = ()) -> str:
    """HTML of the smallest set of words whose loss changes the verdict.

    Unless it was `searched` for among several words, a button asks for that. Once found, a button
    takes these words out, or puts them back if they are those that are `out`.
    """
    words = [word for word, _ in words_of(reading)]
    if found is None:
        key = "evidence.flip.none" if searched else "evidence.flip.no_single"
        more = "" if searched else asked("flip", "1")
        return html("flip", said=say(key, label=called(reading.label)), asked=more, button="search")
    kind = "smallest" if found.smallest else "greedy"
    said = marked(
        f"evidence.flip.{kind}",
        count=len(found.words),
        words=listed(say("evidence.flip.word", word=word.as_read) for word in found.words),
        label=called(found.label),
        before=called(reading.label),
    )
    gone = set(found.places) == set(out)
    take = asked("out", "" if gone else spelled(words, found.places))
    return html("flip", said=said, asked=take, button="put_back" if gone else "take_out")


def asked(control: str, value: str) -> str:
    """What a button of the page asks for: that a control has this value."""
    return json.dumps({control: value})
