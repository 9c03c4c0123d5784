"""A verdict as a sum: what each word adds to a label, one bar after the other up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape

from demo.figures import labels
from demo.figures.theme import STYLE, Theme
from demo.reading import Token
from demo.sentences import called, listed, say

MOST_WORDS = 60  # drawn one by one; of more, those that add least are one bar
HEIGHT, ROW_PHONE = 430, 24  # px of the picture, on a phone of each bar in it
EDGES = 150  # px of the screen beside the bars
LABEL_ROOM = 150  # px, at most, of a phone's width that words take
NUMBER = 46  # px of width that a number needs on top of its bar
HEADROOM, HEADROOM_PHONE = 0.12, 0.2  # of the range, for numbers beyond the bars
NAMED = 3  # words for a label, and against it, that the sentence below names
LEAST_NAMED = 0.005  # of a logit; less would be written as 0
LETTER = 0.56  # of the size of type, the width of a letter


@dataclass(frozen=True)
class Bar:
    """A bar of the sum: from `start` by `value`, which is NaN where its word is out.

    `begins` is where the word begins in the text, "" where the bar is no word's.
    """

    name: str
    value: float
    start: float
    colour: str
    begins: int | str = ""


def bars(
    words: Sequence[Token], shares: np.ndarray, remainder: float, contrast: float, theme: Theme
) -> list[Bar]:
    """The words in their order, what is left, and the sum.

    `shares` (words,) is NaN where a word is out. Of more than `MOST_WORDS`, those that add least
    are one bar behind the others.
    """
    there = np.nan_to_num(shares)
    shown = np.sort(np.argsort(-np.abs(there), kind="stable")[:MOST_WORDS])
    folded = np.setdiff1d(np.arange(len(words)), shown)
    against, *_, in_favour = STYLE["diverging"][theme.dark]
    found: list[Bar] = []
    total = 0.0

    def add(name: str, value: float, colour: str = "", begins: int | str = "") -> None:
        nonlocal total
        colour = colour or (in_favour if value > 0 else against)
        found.append(Bar(name, value, total, colour, begins))
        total += 0.0 if np.isnan(value) else value

    for place in shown.tolist():
        name = labels.of_word(words[place].as_read)
        out = np.isnan(shares[place])
        name = say("evidence.sum.out", word=name) if out else name
        add(name, float(shares[place]), begins=words[place].start)
    if len(folded):
        add(say("evidence.sum.folded", count=len(folded)), float(there[folded].sum()))
    add(say("evidence.sum.remainder"), remainder, theme.faint)
    found.append(Bar(say("evidence.sum.whole"), contrast, 0.0, theme.accent))
    return found


def left_out(words: Sequence[Token], drops: np.ndarray, theme: Theme, title: str) -> go.Figure:
    """What leaving out each word costs the verdict, `drops` (words,): bars that do not add up."""
    against, *_, in_favour = STYLE["diverging"][theme.dark]
    found = [
        Bar(
            labels.of_word(word.as_read),
            float(drop),
            0.0,
            in_favour if drop > 0 else against,
            word.start,
        )
        for word, drop in zip(words, drops, strict=True)
    ]
    return picture(found[:MOST_WORDS], theme, title)


def picture(found: Sequence[Bar], theme: Theme, title: str, picked: int | None = None) -> go.Figure:
    """The bars from left to right, as the text is read; on a phone from top to bottom.

    The one of the `picked` word, which is named by where it begins, has a frame.
    """
    places, names = list(range(len(found))), [one.name for one in found]
    values, starts = ([getattr(one, name) for one in found] for name in ("value", "start"))
    across = not theme.phone
    room = (max(theme.width - EDGES, 300)) if across else len(found) * ROW_PHONE
    fits = not across or room / len(found) >= NUMBER
    rounded = np.round(values, 2) + 0.0  # and no "-0.00"
    letters = [f"{value:+.2f}" if fits and not np.isnan(value) else "" for value in rounded]
    trace = {
        "type": "bar",
        "x": places if across else values,
        "y": values if across else places,
        "base": starts,
        "orientation": "v" if across else "h",
        "text": letters,
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"size": 14 if across else 12, "color": theme.ink},
        "cliponaxis": False,
        "constraintext": "none",
        "marker": {
            "color": [one.colour for one in found],
            "line": {
                "color": theme.ink,
                "width": [3 if one.begins == picked else 0 for one in found],
            },
        },
        "customdata": [[one.begins, one.name] for one in found],
        "hovertemplate": labels.hover(
            "evidence.sum.hover",
            word="%{customdata[1]}",
            value="%{y:+.3f}" if across else "%{x:+.3f}",
        ),
    }
    ends = [0.0, *(one.start for one in found)]
    ends += [one.start + float(np.nan_to_num(one.value)) for one in found]
    low, high = min(ends), max(ends)
    margin = (HEADROOM if across else HEADROOM_PHONE) * (high - low or 1.0)
    numbers = {
        "range": [low - margin, high + margin],
        "gridcolor": theme.line,
        "zerolinecolor": theme.faint,
        "zerolinewidth": 2,
        "nticks": 6,
    }
    words = _words(names, room, across)
    if across:
        axis = {"text": say("evidence.sum.axis"), "standoff": 8}
        x, y = words, numbers | {"title": axis, "automargin": True}
    else:
        x, y = numbers | {"side": "top"}, words | {"range": [len(found) - 0.4, -0.6]}
    top = 12 if across else 34  # on a phone, the numbers stand there
    layout = {
        "xaxis": x,
        "yaxis": y,
        "shapes": _connecting(found, theme, across),
        "bargap": 0.28,
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": top, "b": 8},
    }
    height = HEIGHT if across else 50 + len(found) * ROW_PHONE
    all_words: dict[str, list] = {"tickvals": places, "ticktext": names}
    words_of = [{"x" if across else "y": all_words}]
    return theme.figure([trace], layout, height, title, names=names, words=words_of)


def in_words(
    words: Sequence[Token], shares: np.ndarray, remainder: float, contrast: float, label: str
) -> str:
    """HTML of the sum in words; `shares` (words,) is NaN where a word is out."""
    there = np.nan_to_num(shares)
    order = np.argsort(-there, kind="stable")
    said = [
        say(
            "evidence.sum.adds_up",
            label=called(label),
            words=there.sum(),
            remainder=remainder,
            contrast=contrast,
        )
    ]
    speak = [place for place in order.tolist() if abs(there[place]) > LEAST_NAMED]
    for key, places in (
        ("evidence.sum.most", [place for place in speak if there[place] > 0][:NAMED]),
        ("evidence.sum.least", [place for place in speak[::-1] if there[place] < 0][:NAMED]),
    ):
        named = [
            say("evidence.sum.word", word=words[place].as_read, value=there[place])
            for place in places
        ]
        if named:
            said.append(say(key, label=called(label), words=listed(named)))
    if (folded := len(words) - MOST_WORDS) > 0:
        said.append(say("evidence.sum.says_folded", count=folded, shown=MOST_WORDS))
    return escape(" ".join(said))


def _connecting(found: Sequence[Bar], theme: Theme, across: bool) -> list[dict]:
    """Thin lines from where a bar ends to where the next one begins."""
    lines = []
    for place, one in enumerate(found[:-1]):
        end = one.start + float(np.nan_to_num(one.value))
        ends = ((place - 0.36, place + 1.36), (end, end))
        (x0, x1), (y0, y1) = ends if across else ends[::-1]
        line = {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "layer": "below"}
        lines.append(line | {"line": {"color": theme.faint, "width": 1}})
    return lines


def _words(names: Sequence[str], room: int, across: bool) -> dict:
    """The axis of the words: side by side where they fit, else aslant."""
    axis = labels.axis(names, room, 16 if across else 13)
    if not across:
        return axis
    longest = max(map(labels.letters, names)) * LETTER * axis["tickfont"]["size"]
    fits = longest <= room / len(axis["tickvals"])
    return axis | {"tickangle": 0} if fits else labels.slanted(axis, room)
