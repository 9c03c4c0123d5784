"""CSV in the dialects that people have: which one a file is written in, and its rows.

A row that its dialect cannot be read by becomes a row with a problem, and reading goes on with the
next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, islice
from typing import Any, NamedTuple

from demo.batch.format import Row, Source, text_lines
from demo.sentences import InputError, say

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 100  # rows that a dialect is told from
MISFITS = 0.1  # share of rows that may have another number of cells than the first
_ONE_COLUMN = "\x1f"  # the unit separator: no headline holds it, so it splits none
_QUOTINGS: tuple[
    dict[str, Any], ...
] = (  # how csv.reader takes quotation marks; of equally good ones the first is chosen
    {},
    {"escapechar": "\\"},  # MySQL: \" in a cell
    {"skipinitialspace": True},  # 1, "Oil, gas"
    {"quoting": csv.QUOTE_NONE},
    {"quoting": csv.QUOTE_NONE, "escapechar": "\\"},  # MySQL without quotation marks
)
_SEPARATOR_LINE = re.compile(r"\"?sep=([^\w\s]|\t)\"?[\r\n]*", re.I)  # for Excel, no row
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", _ONE_COLUMN: "lines"}


class Dialect(NamedTuple):
    """What stands between cells, and how quotation marks are taken (arguments of csv.reader)."""

    delimiter: str
    quoting: dict


LINES = Dialect(_ONE_COLUMN, {"quoting": csv.QUOTE_NONE})  # every line is a text as it is


class Delimited:
    """The rows of a text file in one dialect; lines with nothing on them are no rows."""

    names: tuple[str, ...] | None = None

    def __init__(self, name: str, source: Source, dialect: Dialect):
        self.name, self.dialect, self._source = name, dialect, source

    @property
    def delimiter(self) -> str:
        """What stands between two cells; a comma where there is one column."""
        own = self.dialect.delimiter
        return "," if own == _ONE_COLUMN else own

    @property
    def said(self) -> str:
        """What people call the dialect."""
        own = self.dialect.delimiter
        return say(f"tables.formats.{_NAMES.get(own, 'other')}", delimiter=own)

    def __iter__(self) -> Iterator[Row]:
        return dropwhile(lambda row: not "".join(row.cells).strip(), self._rows())

    def faults(self, most: int | None = None) -> int:
        """How badly the dialect fits the first `most` rows; 0 if nothing speaks against it.

        A row that cannot be read counts twice, as it is lost; quotation marks that are kept around
        a cell count once.
        """
        kept = self.dialect.quoting.get("quoting") == csv.QUOTE_NONE
        width, count = None, 0
        for cells, problem in islice(self, most):
            width = width or len(cells)
            if problem or len(cells) != width:
                count += 2
            elif kept and any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells):
                count += 1
        return count

    def _rows(self) -> Iterator[Row]:
        delimiter, quoting = self.dialect
        source = iter(self._lines())
        taken: list[str] = []  # lines of the row that is being read
        again: deque[str] = deque()  # lines that a row took which was none

        def lines() -> Iterator[str]:
            while (line := again.popleft() if again else next(source, None)) is not None:
                taken.append(line)
                yield line

        def reader():
            return csv.reader(lines(), delimiter=delimiter, strict=True, **quoting)

        rows = reader()
        while True:
            taken.clear()
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                first, *others = taken
                again.extendleft(reversed(others))
                rows = reader()  # the other one still waits for a quotation mark
                yield Row(first.rstrip("\r\n").split(delimiter), _problem(error))
                continue
            if len(taken) > 1 or not taken[0].isspace() or delimiter in taken[0]:
                yield Row(["" if cell == r"\N" else cell for cell in cells])  # MySQL's NULL

    def _lines(self) -> Iterator[str]:
        """The lines of the file that hold cells."""
        lines = text_lines(self.name, self._source)
        null = None
        if "escapechar" in self.dialect.quoting:
            edge = re.escape(self.dialect.delimiter)
            null = re.compile(rf"(?<![^{edge}])\\N(?=[{edge}\r\n]|$)")
        for number, line in enumerate(lines):
            if number or not _SEPARATOR_LINE.fullmatch(line):
                yield null.sub("", line) if null else line


def told(
    name: str,
    source: Source,
    names_text: Callable[[Sequence[str]], bool],
    delimiters: Sequence[str] = DELIMITERS,
) -> Delimited | None:
    """The file in the dialect that fits it best, or None if none of `delimiters` splits it.

    `names_text` says whether a row names a column of texts: then it is a header for certain.
    """
    first_line = next(text_lines(name, source), "")
    if said := _SEPARATOR_LINE.fullmatch(first_line):
        return _best(name, source, said[1])
    best, most = None, (False, 1)
    for delimiter in delimiters:
        found = _best(name, source, delimiter, SAMPLE)
        sample = list(islice(found, SAMPLE))
        first = sample[0].cells if sample else []
        if len(first) < 2:
            continue
        known = names_text(first)
        prose = all(cell.startswith(" ") for row in sample for cell in row.cells[1:])
        fits = found.faults(SAMPLE) <= 2 * MISFITS * len(sample) and not prose
        if (known or fits) and (known, len(first)) > most:
            best, most = delimiter, (known, len(first))
    return _best(name, source, best) if best else None


def one_column(name: str, source: Source) -> Delimited:
    """The file as a column of texts, in quotation marks or not."""
    return _best(name, source, _ONE_COLUMN)


def _best(name: str, source: Source, delimiter: str, most: int | None = None) -> Delimited:
    """The way to take quotation marks that leaves the fewest faults in the first `most` rows."""
    best, fewest = None, None
    for quoting in _QUOTINGS:
        found = Delimited(name, source, Dialect(delimiter, quoting))
        faults = found.faults(most)
        if fewest is None or faults < fewest:
            best, fewest = found, faults
        if not faults:
            break
    return best


def _problem(error: csv.Error) -> InputError:
    if "field larger" in str(error):
        return InputError("problems.row.long_cell", most=csv.field_size_limit())
    return InputError("problems.row.quotation")
