"""How every picture looks: one palette, one type scale, light and dark.

All colour scales run in one hue from the colour of the page to its opposite, so that they read in
greys and for every kind of colour vision; the class colours follow Okabe & Ito (2008), darkened
for white and lightened for black grounds until each has a contrast of 3:1 or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale, unlabel_rgb

FONT = "'IBM Plex Sans', 'Noto Sans', system-ui, sans-serif"
PHONE = 640  # px; below this width things stand under each other

READER_SCALES = {  # light and dark, from weight 0 to the largest
    "transformer": (
        ("#ffffff", "#dcd6f7", "#a99be6", "#6d56c9", "#2c1a7d"),
        ("#17181f", "#33295f", "#5b48ad", "#9787ee", "#f0edff"),
    ),
    "bert": (
        ("#ffffff", "#cde6e9", "#8abfc8", "#34808f", "#0a3a47"),
        ("#17181f", "#173f49", "#2d7886", "#6fb9c4", "#e6f7f9"),
    ),
    "rnnsearch": (
        ("#ffffff", "#f8dccb", "#e5a27c", "#b55a2b", "#4f1f06"),
        ("#17181f", "#4a2716", "#8a4a29", "#d98f63", "#fdeee5"),
    ),
}
CLASS_COLOURS = {  # light and dark; the style sheet gives the cards the same
    "World": ("#0068a8", "#5ab4ec"),
    "Sports": ("#007a5a", "#35c79f"),
    "Business": ("#b25a00", "#f2a640"),
    "Sci/Tech": ("#a13f7c", "#e58fc4"),
}
DIVERGING = (  # light and dark: orange speaks against, blue for
    ("#a04a00", "#e5a56a", "#ffffff", "#79b4dd", "#005a94"),
    ("#f2a640", "#8a5a1c", "#17181f", "#245f88", "#6dc0f5"),
)
INK, FAINT, LINE, PAPER = (
    ("#1b1d26", "#eceef4"),
    ("#74798a", "#8d92a5"),
    ("#dcdde6", "#30323f"),
    ("#ffffff", "#17181f"),
)
# Each colour of the light page and its dark twin, scale by scale: what is printed is always light.
TWINS = (
    *READER_SCALES.values(),
    DIVERGING,
    *(((light,), (dark,)) for light, dark in (*CLASS_COLOURS.values(), INK, FAINT, LINE, PAPER)),
)


@dataclass(frozen=True)
class Look:
    """Where a picture will be seen: on a dark page or a light one, and how wide in px."""

    dark: bool = False
    width: int = 1280

    @property
    def phone(self) -> bool:
        """Whether the screen is too narrow for two pictures beside each other."""
        return self.width < PHONE

    @property
    def ink(self) -> str:
        """The colour of text."""
        return INK[self.dark]

    @property
    def faint(self) -> str:
        """The colour of what stands behind: figures from elsewhere, the line of comparison."""
        return FAINT[self.dark]

    @property
    def line(self) -> str:
        """The colour of rules and grids."""
        return LINE[self.dark]

    @property
    def paper(self) -> str:
        """The colour of the ground."""
        return PAPER[self.dark]

    def scale(self, reader: str) -> list[list]:
        """The sequential colour scale of a reader, in Plotly's form."""
        colours = READER_SCALES[reader][self.dark]
        return [[step / (len(colours) - 1), colour] for step, colour in enumerate(colours)]

    @property
    def diverging(self) -> list[list]:
        """The scale from what speaks against to what speaks for, the ground in the middle."""
        colours = DIVERGING[self.dark]
        return [[step / (len(colours) - 1), colour] for step, colour in enumerate(colours)]

    def colour_bar(self, title: str = "weight") -> dict:
        """The bar that says what the colours of a matrix mean, in Plotly's form."""
        return {
            "title": {"text": f"{title}<br> ", "side": "top"},  # a line of air above the ticks
            "orientation": "h" if self.phone else "v",
            "thickness": 12,
            "outlinewidth": 0,
            "nticks": 5,
        }

    def apply(self, figure: go.Figure, height: int, title: str, **numbers) -> go.Figure:
        """Give a finished figure its ground, type and size (`height` in px).

        `title` heads the picture where it is saved or shown alone. `numbers` says what the page's
        script cannot see in the traces when it writes them as a table: the `rows` and `columns`
        of their matrices (a row None is a gap), the `blocks` that one matrix is laid out in, or the
        `names` of the places on an axis.
        """
        return figure.update_layout(
            template="none",
            height=height,
            meta={"title": title, **numbers},
            paper_bgcolor=self.paper,
            plot_bgcolor=self.paper,
            font={"family": FONT, "size": 14, "color": self.ink},
            hoverlabel={"font": {"family": FONT, "size": 15}},
            dragmode=False,
        )


def tint(scale: list[list], share: float) -> tuple[str, str]:
    """The colour at `share` (0 to 1) of a scale, and the ink that is read best on it."""
    (ground,) = sample_colorscale(scale, [min(max(float(share), 0.0), 1.0)])
    light = np.dot([0.299, 0.587, 0.114], unlabel_rgb(ground)) / 255
    return ground, "#17181f" if light > 0.5 else "#ffffff"
