"""A table with a column of texts, streamed from a CSV file or from one headline a line.

Delimiter, header and column are told from the first rows; then all rows are gone through once, so
that what cannot be read is known before anything is written. No more than a row is held at a time.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import dropwhile, islice
from typing import BinaryIO, NamedTuple

TEXT_NAMES = ("text", "headline", "title")  # a column of such a name is the one to read
DELIMITERS = (",", ";", "\t")
SAMPLE = 100  # rows that delimiter, header and column are told from
HEAD_BYTES = 65_536
# What csv.reader needs to know. No headline holds the unit separator, so it splits none.
_ONE_COLUMN = {"delimiter": "\x1f"}
_LINES = {"delimiter": "\x1f", "quoting": csv.QUOTE_NONE}


class Row(NamedTuple):
    """A cell for each column, and a sentence if the row does not fit the columns."""

    cells: list[str]
    problem: str = ""


class Table:
    """A table named `name`; `source` opens its bytes, as often as they are needed.

    `wanted` is the name of the column to read; without it the one named text, headline or title
    is taken, else the one with the longest texts. With `lines` every line is a text, whatever it
    holds. Iterating gives each `Row`. Raises ValueError with one sentence if it is no such table.
    """

    def __init__(
        self, name: str, source: Callable[[], BinaryIO], wanted: str = "", lines: bool = False
    ):
        self.name, self._source = name, source
        with source() as file:
            head = file.read(HEAD_BYTES)
        self.bom = head.startswith(BOM_UTF8)
        if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            raise ValueError(f"{name} is UTF-16 text: save it as “CSV UTF-8” and try again.")
        if b"\0" in head:
            raise ValueError(f"{name} is no text but a binary file: save it as “CSV UTF-8”.")
        try:
            self._lay_out(_LINES if lines else self._sniffed(wanted), wanted)
        except csv.Error:  # one column with stray quotation marks: every line is a text
            self._lay_out(_LINES, wanted)

    def __iter__(self) -> Iterator[Row]:
        count = len(self.columns)
        for cells in islice(self._parsed(self._form), int(self.header), None):
            if len(cells) == count:
                yield Row(cells)
            elif cells:
                last = self.delimiter.join(cells[count - 1 :])
                whole = [*cells[: count - 1], last, *[""] * (count - 1 - len(cells))]
                yield Row(whole, f"The row has {len(cells)} cells and the first row has {count}.")
            elif count == 1:  # elsewhere a blank line is no row
                yield Row([""])

    @property
    def delimiter(self) -> str:
        """What stands between two cells of a row, here and in what is written of the table."""
        delimiter = self._form["delimiter"]
        return delimiter if delimiter in DELIMITERS else DELIMITERS[0]

    def by(self, column: int) -> Table:
        """The same table, read by another column."""
        other = copy(self)
        other.column = column
        return other

    def _parsed(self, form: dict) -> Iterator[list[str]]:
        """The cells of each row from the first that is not blank, the header among them."""
        return dropwhile(lambda cells: not "".join(cells).strip(), self._cells(form))

    def _cells(self, form: dict) -> Iterator[list[str]]:
        # A half emoji passes, as it does in what people paste, and is a problem of its row alone.
        with io.TextIOWrapper(
            self._source(), encoding="utf-8-sig", errors="surrogatepass", newline=""
        ) as file:
            rows = csv.reader(file, **form, strict=True)
            try:
                yield from rows
            except UnicodeDecodeError:
                raise ValueError(
                    f"{self.name} is not UTF-8 text, at line {rows.line_num + 1} or soon after: "
                    "save it as “CSV UTF-8” and try again."
                ) from None
            except csv.Error as error:
                if form == _ONE_COLUMN:
                    raise
                raise ValueError(
                    f"{self.name} is no CSV from line {rows.line_num} on ({error}): look for a "
                    "quotation mark that is not closed or not doubled."
                ) from None

    def _sniffed(self, wanted: str) -> dict:
        """The form in which the first rows have as many cells each."""
        best, most = _ONE_COLUMN, 1
        for delimiter in DELIMITERS:
            form = {"delimiter": delimiter}
            try:
                rows = self._parsed(form)
                first = next(rows, [])
                if len(first) > 1 and _names_text(first, wanted):
                    return form
                sample = [first, *filter(None, islice(rows, SAMPLE - 1))]
            except ValueError:
                continue
            prose = all(cell.startswith(" ") for row in sample for cell in row[1:])
            if len(first) > most and {len(row) for row in sample} == {len(first)} and not prose:
                best, most = form, len(first)
        return best

    def _lay_out(self, form: dict, wanted: str) -> None:
        """Tell header, names and the column to read from the first rows, and count all rows."""
        self._form = form
        sample = [row for row in islice(self._parsed(form), SAMPLE) if row]
        if not sample:
            raise ValueError(f"{self.name} is empty: put a headline on each line, or in each row.")
        first = sample[0]
        others = [row for row in sample[1:] if len(row) == len(first)]
        guessed = _longest(others or [first])
        self.header = _names_text(first, wanted) or _is_header(first, others, guessed)
        names = [f"column {number + 1}" for number in range(len(first))]
        self.columns = tuple(first if self.header else names if len(names) > 1 else ["text"])
        keys = [_key(name) for name in self.columns]
        if wanted and _key(wanted) not in keys:
            raise ValueError(
                f"{self.name} has no column {wanted[:40]!r}: its columns are "
                f"{', '.join(name[:40] for name in self.columns)}."
            )
        known = next((name for name in (_key(wanted), *TEXT_NAMES) if name in keys), None)
        self.column = keys.index(known) if known else guessed
        texts = [row[guessed] for row in others or [first]]
        if known is None and not any(letter.isalpha() for text in texts for letter in text):
            raise ValueError(f"No column of {self.name} holds text: each holds numbers or nothing.")
        self.rows = sum(1 for _ in self)
        if not self.rows:
            raise ValueError(f"{self.name} holds no headline: put one in each row.")


def _key(name: str) -> str:
    return name.strip().casefold()


def _names_text(row: Sequence[str], wanted: str) -> bool:
    """Whether a row names the wanted column, or one that is known to hold texts."""
    return any(_key(cell) in (_key(wanted) or None, *TEXT_NAMES) for cell in row)


def _longest(rows: Sequence[Sequence[str]]) -> int:
    """The column with the most words; an address is long and yet one word."""
    columns = list(zip(*rows, strict=True))
    sizes = [(sum(len(text.split()) for text in c), sum(map(len, c))) for c in columns]
    return sizes.index(max(sizes))


def _is_header(first: Sequence[str], others: Sequence[Sequence[str]], column: int) -> bool:
    """Whether the first of several rows names the columns: no number, and short over the texts."""
    keys = [_key(name) for name in first]
    if len(keys) == 1 or not others or len(set(keys)) < len(keys):
        return False
    numbers = any(not key or key.replace(".", "").isdigit() for key in keys)
    mean = sum(len(row[column]) for row in others) / len(others)
    return not numbers and 2 * len(keys[column]) < mean
