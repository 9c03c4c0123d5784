"""A matrix on a slide as a table of PowerPoint's own: numbers in cells of their colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn

from demo.figures.deck_text import Box, Writer, clean, fitted, hexadecimal, px, width_of
from demo.figures.theme import Theme, tint
from demo.sentences import number

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's table without style and grid
LARGEST, LEAST = 36, 14  # px, type of words and numbers
READABLE = 20  # px, down to which the type of an upright name shrinks for it to be whole
CELL_WIDE, CELL_HIGH = 230, 120  # px at most
NAMES_WIDE, NAMES_HIGH = 340, 260  # px at most, of the words beside the rows and over the columns
BETWEEN = 0.6  # sizes of type beside a word or number
LINE = 1.25  # sizes of type from one line to the next
# A cell is written as XML: set property by property, a table of 24 words takes a second.
CELL = (
    f"<a:tc {nsdecls('a')}><a:txBody><a:bodyPr/><a:lstStyle/>"
    '<a:p><a:pPr algn="{alignment}"/><a:r><a:rPr lang={language} sz="{size}" b="0">'
    '<a:solidFill><a:srgbClr val="{ink}"/></a:solidFill></a:rPr><a:t>{text}</a:t></a:r></a:p>'
    '</a:txBody><a:tcPr marL="{beside}" marR="{beside}" marT="0" marB="0" anchor="ctr"{direction}>'
    '{lines}<a:solidFill><a:srgbClr val="{ground}"/></a:solidFill></a:tcPr></a:tc>'
)
LINE_OF_GRID = (
    '<a:ln{side} w="9525"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln{side}>'
)


@dataclass(frozen=True)
class Scale:
    """What colours the numbers of some columns have, from the `least` to the `most`.

    `colours` are (place from 0 to 1, colour), as Plotly has them.
    """

    columns: int
    colours: tuple[tuple[float, str], ...]
    least: float
    most: float


@dataclass(frozen=True)
class Matrix:
    """Numbers with named rows and columns, None where there is none.

    The columns take their colours from the scales in their order; those behind them have none.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    scales: tuple[Scale, ...] = ()

    def __post_init__(self):
        assert len(self.values) == len(self.rows)
        assert all(len(row) == len(self.columns) for row in self.values)

    def scale(self, column: int) -> Scale | None:
        """The scale of a column."""
        for scale in self.scales:
            if column < scale.columns:
                return scale
            column -= scale.columns
        return None

    def written(self, value: float | None, column: int) -> str:
        """A number as its cell shows it, with its sign where some are below 0."""
        if value is None:
            return ""
        scale = self.scale(column)
        if scale and scale.least < 0:
            return number(value, "+.2f").replace("-", "−")
        return number(value, ".2f")


def add(slide: Any, matrix: Matrix, theme: Theme, room: Box, write: Writer) -> Any:
    """Put a matrix into a room on a slide; returns the frame of the table."""
    plan = _Plan(matrix, room)
    count = len(matrix.rows) + 1, len(matrix.columns) + 1
    frame = slide.shapes.add_table(*count, *plan.box.emu)
    table = frame.table
    table.first_row = table.first_col = True  # they are headings to a screen reader
    table.horz_banding = False
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE
    for place, column in enumerate(table.columns):
        column.width = px(plan.cell_wide if place else plan.names_wide)
    for place, row in enumerate(table.rows):
        row.height = px(plan.cell_high if place else plan.names_high)
    for row, line in enumerate(table._tbl.tr_lst, start=-1):
        for column, empty in enumerate(line.tc_lst, start=-1):
            cell = _cell(matrix, row, column, plan, theme, write.language)
            line.replace(empty, cell)
    return frame


class _Plan:
    """How large the type of a matrix and its cells are in a room, in px."""

    def __init__(self, matrix: Matrix, room: Box):
        numbers = [
            matrix.written(value, column)
            for row in matrix.values
            for column, value in enumerate(row)
        ]
        digits = max(map(len, numbers), default=1)
        rows, columns = len(matrix.rows), len(matrix.columns)

        def widest(names: tuple[str, ...], size: float) -> float:
            return max(_wide(name, size) for name in names)

        self.size = float(LARGEST)
        while True:
            self.names_wide = min(widest(matrix.rows, self.size), NAMES_WIDE)
            self.cell_wide = min((room.width - self.names_wide) / columns, CELL_WIDE)
            self.upright = widest(matrix.columns, self.size) > self.cell_wide
            over = max(_wide(name, self.size_over(name)) for name in matrix.columns)
            self.names_high = min(over, NAMES_HIGH) if self.upright else self.size * 1.6
            self.cell_high = min((room.height - self.names_high) / rows, CELL_HIGH)
            least_wide = width_of("0" * digits, self.size) + 0.4 * self.size
            fits = least_wide <= self.cell_wide and self.size * LINE <= self.cell_high
            if fits or self.size <= LEAST:
                break
            self.size -= 1
        wide = self.names_wide + columns * self.cell_wide
        high = self.names_high + rows * self.cell_high
        self.box = Box(room.left, room.top, wide, high)

    def size_over(self, name: str) -> float:
        """The type of the name of a column: a long one that stands upright is smaller."""
        size = self.size
        while self.upright and size > READABLE and _wide(name, size) > NAMES_HIGH:
            size -= 1
        return size


def _wide(name: str, size: float) -> float:
    """The px that a name takes, with what is beside it."""
    return width_of(name, size) + 2 * BETWEEN * size


def _cell(matrix: Matrix, row: int, column: int, plan: _Plan, theme: Theme, language: str) -> Any:
    """The cell of a row and a column, of which -1 holds the names."""
    named = row < 0 or column < 0
    upright = row < 0 <= column and plan.upright
    ground, ink, alignment = theme.paper, theme.ink, "ctr"
    size = plan.size
    if row >= 0 and column >= 0:
        value, scale = matrix.values[row][column], matrix.scale(column)
        text = matrix.written(value, column)
        if scale and value is not None:
            share = (value - scale.least) / ((scale.most - scale.least) or 1)
            ground, ink = tint([list(stop) for stop in scale.colours], share)
    else:
        room = plan.names_wide if column < 0 else plan.names_high if upright else plan.cell_wide
        name = (
            ""
            if row < 0 and column < 0
            else (matrix.columns[column] if row < 0 else matrix.rows[row])
        )
        size = plan.size_over(name) if row < 0 else plan.size
        text = fitted(name, size, room - size * BETWEEN, 1)
        alignment = "r" if column < 0 else "l" if upright else "ctr"
    return parse_xml(
        CELL.format(
            language=quoteattr(language),
            size=px(size).centipoints,
            text=escape(clean(text)),
            alignment=alignment,
            ink=hexadecimal(ink),
            ground=hexadecimal(ground),
            beside=px(size * BETWEEN / 2) if named else 0,
            direction=' vert="vert270"' if upright else "",
            lines="".join(
                LINE_OF_GRID.format(side=side, colour=hexadecimal(theme.paper)) for side in "LRTB"
            ),
        )
    )
