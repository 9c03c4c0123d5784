"""The look of every picture: colours and type from assets/theme.json, for light and dark.

The same file gives the style sheet its variables (`css`). Labels are coloured after Okabe & Ito
(2008), with a contrast of 3:1 or more on both grounds; readers and labels take their colours by
their place, so that any of them has one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale, unlabel_rgb

from demo.sentences import say

ASSETS = Path(__file__).parents[2] / "assets"
STYLE = json.loads((ASSETS / "theme.json").read_text("utf-8"))
FONT = STYLE["font"]
PHONE = 640  # px; below this width things stand under each other
LINE = 3  # of the five colours of a reader's scale, the one that lines and marks take


class Names(TypedDict, total=False):
    """What the rows (None for a gap) and the columns of a matrix are called."""

    rows: Sequence[str | None]
    columns: Sequence[str]


class Behind(Names, total=False):
    """What the page's scripts cannot see in a figure's traces.

    For the numbers as a table: the names of its matrices, or those of each of several `matrices`,
    what else is said `of_rows`, the `blocks` that one matrix is laid out in, or the `names` of the
    places on an axis; a matrix on the axes of the one before it has further columns; where colours
    stand for no number, the `tables` themselves. For a row that is clicked: the places of the
    `tokens` that the rows are. For a click on a head: its `reader`. For a slide: all `words` on the
    axes of each part, or of all alike, as `labels.words` gives them; what the `axes` "x" and "y"
    are called; and the lines that say what the picture is `about`, in place of the text that is
    read. For a phone: how wide it is, to be swiped (`strip`, px).
    """

    matrices: Sequence[Names]
    of_rows: Mapping[str, Sequence[float | None]]
    blocks: Mapping[str, int]
    names: Sequence[str]
    tokens: Sequence[int]
    tables: Sequence[Mapping]
    reader: str
    words: Sequence[Mapping[str, Mapping[str, list]]]
    axes: Mapping[str, str]
    about: Sequence[str]
    strip: int


@dataclass(frozen=True)
class Theme:
    """Where a picture will be seen: on a dark page or a light one, and how wide in px.

    `readers` are the names of the panel's readers, whose places choose their colours.
    """

    dark: bool = False
    width: int = 1280
    readers: tuple[str, ...] = ()

    @property
    def phone(self) -> bool:
        """Whether the screen is too narrow for two pictures beside each other."""
        return self.width < PHONE

    @property
    def ink(self) -> str:
        """The colour of text."""
        return self._colour("ink")

    @property
    def soft(self) -> str:
        """The colour of text beside other text."""
        return self._colour("ink-soft")

    @property
    def faint(self) -> str:
        """The colour of what stands behind: figures from elsewhere, the line of comparison."""
        return self._colour("faint")

    @property
    def line(self) -> str:
        """The colour of rules and grids."""
        return self._colour("line")

    @property
    def paper(self) -> str:
        """The colour of the ground."""
        return self._colour("paper")

    @property
    def accent(self) -> str:
        """The colour of what is neither a reader's nor a label's."""
        return self._colour("accent")

    @property
    def diverging(self) -> list[list]:
        """The scale from what speaks against to what speaks for, the ground in the middle."""
        return _scale(STYLE["diverging"][self.dark])

    @property
    def matters(self) -> list[list]:
        """The half of the diverging scale that speaks for something, from the ground on."""
        return _scale(STYLE["diverging"][self.dark][len(STYLE["diverging"][self.dark]) // 2 :])

    @property
    def beside(self) -> list[list]:
        """The scale of what stands beside a matrix: from the ground to what is faint."""
        return _scale([self.paper, self.line, self.faint])

    def scale(self, reader: str) -> list[list]:
        """The sequential colour scale of a reader, in Plotly's form."""
        place = self.readers.index(reader) if reader in self.readers else 0
        return _scale(_at(STYLE["readers"], place)[self.dark])

    def reader(self, reader: str) -> str:
        """The one colour of a reader, for lines and marks."""
        return self.scale(reader)[LINE][1]

    def label(self, place: int) -> str:
        """The colour of the label at a place among its reader's."""
        return _at(STYLE["labels"], place)[self.dark]

    def habit(self, name: str) -> str:
        """The colour of a habit of heads; those of one desk and of any share one."""
        return STYLE["habits"][kind_of(name)][self.dark]

    def colour_bar(self, title: str = "") -> dict:
        """The bar of a matrix, whose colours mean weights or what its title says, for Plotly."""
        below = {
            "ticks": "outside",
            "tickcolor": self.ink,
            "ticklabelposition": "outside bottom",
        }
        return {
            "title": {"text": title or say("theme.weight"), "side": "top"},
            "orientation": "h" if self.phone else "v",
            "thickness": 12,
            "outlinewidth": 0,
            "nticks": 5,
            "ticklabeloverflow": "allow",
            # A number beside the very top would run into the title.
            **({} if self.phone else below),
        }

    def figure(
        self,
        traces: Sequence[Mapping[str, Any]],
        layout: Mapping[str, Any],
        height: int,
        title: str,
        **behind: Unpack[Behind],
    ) -> go.Figure:
        """A figure on this ground, `height` px high.

        It is made at once: each change of one that is there takes Plotly several milliseconds.
        `title` heads the picture where it is saved or shown alone.
        """
        return go.Figure(list(traces), {**layout, **self._ground(height, title, behind)})

    def apply(
        self, figure: go.Figure, height: int, title: str, **behind: Unpack[Behind]
    ) -> go.Figure:
        """Give a finished figure what `figure` gives one."""
        return figure.update_layout(**self._ground(height, title, behind))

    def _ground(self, height: int, title: str, behind: Behind) -> dict[str, Any]:
        """What every layout has: its ground, type and size."""
        return {
            "template": "none",
            "height": height,
            "meta": {"title": title, **behind},
            "paper_bgcolor": self.paper,
            "plot_bgcolor": self.paper,
            "font": {"family": FONT, "size": 14, "color": self.ink},
            "hoverlabel": {"font": {"family": FONT, "size": 15}},
            "separators": say("number.decimal") + say("number.thousands"),
            "dragmode": False,
        }

    def _colour(self, name: str) -> str:
        return STYLE["colours"][name][self.dark]


def css() -> str:
    """The style sheet's variables: each colour by its name, readers and labels by their place."""
    blocks = []
    for dark, selector in enumerate((":root", ".dark")):
        named = {name: pair[dark] for name, pair in STYLE["colours"].items()}
        named |= {f"reader-{n}": pair[dark][LINE] for n, pair in enumerate(STYLE["readers"])}
        named |= {f"label-{n}": pair[dark] for n, pair in enumerate(STYLE["labels"])}
        named |= {f"habit-{name}": pair[dark] for name, pair in STYLE["habits"].items()}
        against, *_, in_favour = STYLE["diverging"][dark]
        named |= {"diverging-against": against, "diverging-for": in_favour}
        variables = "".join(f"--{name}:{colour};" for name, colour in named.items())
        blocks.append(f"{selector}{{{variables}}}")
    return "".join(blocks)


def reader_style(place: int) -> str:
    """The style attribute of what belongs to the reader at a place."""
    return f"--reader:var(--reader-{place % len(STYLE['readers'])})"


def label_style(place: int) -> str:
    """The style attribute of what belongs to the label at a place."""
    return f"--class:var(--label-{place % len(STYLE['labels'])})"


def habit_style(name: str) -> str:
    """The style attribute of what belongs to a habit of heads."""
    return f"--habit:var(--habit-{kind_of(name)})"


def tint(scale: list[list], share: float) -> tuple[str, str]:
    """The colour at `share` (0 to 1) of a scale, and the ink that is read best on it."""
    (ground,) = sample_colorscale(scale, [min(max(float(share), 0.0), 1.0)])
    light = np.dot([0.299, 0.587, 0.114], unlabel_rgb(ground)) / 255
    return ground, "#17181f" if light > 0.5 else "#ffffff"


def kind_of(habit: str) -> str:
    """The kind of a habit: "desk:World" is one of "desks"."""
    kind, _, label = habit.partition(":")
    return f"{kind}s" if label else kind


def _at(colours: list, place: int) -> list:
    return colours[place % len(colours)]


def _scale(colours: list[str]) -> list[list]:
    return [[step / (len(colours) - 1), colour] for step, colour in enumerate(colours)]
