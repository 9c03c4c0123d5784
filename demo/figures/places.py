"""Several matrices in one figure: where each stands, with axes and a title of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where one of several stands: from `x` and `y` on to their ends, in shares of the figure.

    `number` is that of its axes as Plotly counts them: "", "2", "3" ...
    """

    number: str
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def axes(self) -> dict[str, str]:
        """What says of a trace that it stands here."""
        return {"xaxis": f"x{self.number}", "yaxis": f"y{self.number}"}

    def layout(self, x: Mapping[str, Any], y: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The axes here, as parts of a layout."""
        return {
            f"xaxis{self.number}": {**x, "domain": self.x, "anchor": f"y{self.number}"},
            f"yaxis{self.number}": {**y, "domain": self.y, "anchor": f"x{self.number}"},
        }

    def title(self, text: str, size: int, above: int = 0) -> dict[str, Any]:
        """A title in type of `size` px, `above` px over the place."""
        return {
            "text": text, "showarrow": False, "font": {"size": size}, "yshift": above,
            "xref": "paper", "x": sum(self.x) / 2, "xanchor": "center",
            "yref": "paper", "y": self.y[1], "yanchor": "bottom",
        }  # fmt: skip

    def frame(self, colour: str, width: int) -> dict[str, Any]:
        """A frame around the place, its line `width` px wide."""
        return {
            "type": "rect", "x0": 0, "x1": 1, "y0": 0, "y1": 1,
            "xref": f"x{self.number} domain", "yref": f"y{self.number} domain",
            "line": {"color": colour, "width": width},
        }  # fmt: skip


def places(count: int, columns: int, across: float, down: float) -> list[Place]:
    """So many places in rows of `columns`, from the top left on.

    The gaps between columns and rows are `across` and `down` divided by their number.
    """
    rows = -(-count // columns)
    along, from_below = _ends(columns, across), _ends(rows, down)
    return [
        Place(
            str(one + 1) if one else "", along[one % columns], from_below[rows - 1 - one // columns]
        )
        for one in range(count)
    ]


def _ends(count: int, gaps: float) -> list[tuple[float, float]]:
    """Where each of several begins and ends, with gaps between."""
    gap = gaps / count
    wide = (1 - gap * (count - 1)) / count
    return [(one * (wide + gap), one * (wide + gap) + wide) for one in range(count)]
