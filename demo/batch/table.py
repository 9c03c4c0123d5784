"""A table with a column of texts, streamed from a file of any format that is read here.

Header and column are told from the first rows; then all rows are gone through once, so that what
cannot be read is known before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from itertools import islice

from demo.batch import formats, guess
from demo.batch.format import Limits, Row, Source
from demo.sentences import InputError, say

SAMPLE = 100  # rows that header and column are told from
MAX_COLUMNS = 1_000  # a short row is filled up to all of them


class Table:
    """A table named `name`; `source` opens its bytes, as often as they are needed.

    `wanted` is the name of the column to read; without it the one named text, headline or title
    is taken, else the one with the longest texts. With `lines` it is what a person pasted. Where
    the format does not name its columns, the first row does if `header` is True, or if it is None
    and the row looks like it. Iterating gives each `Row`, one cell for each column. Raises
    InputError if it is no such table, or larger than `limits`.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        wanted: str = "",
        lines: bool = False,
        header: bool | None = None,
        limits: Limits | None = None,
    ):
        self.name, self._limits = name, limits or Limits()
        self._format = formats.told(name, source, wanted, lines, self._limits)
        self._lay_out(wanted, header)

    def __iter__(self) -> Iterator[Row]:
        count = len(self.columns)
        for row in islice(self._format, int(self.header), None):
            yield row if len(row.cells) == count else self._fitted(row)

    @property
    def delimiter(self) -> str:
        """What stands between two cells of a row in what is written of the table."""
        return self._format.delimiter

    @property
    def said(self) -> str:
        """What people call the format."""
        return self._format.said

    @property
    def named(self) -> bool:
        """Whether the format names the columns, so that no row has to."""
        return self._format.names is not None

    def by(self, column: int) -> Table:
        """The same table, read by another column."""
        other = copy(self)
        other.column = column
        return other

    def with_header(self, header: bool | None) -> Table:
        """The same table, its first row taken for the names of the columns or for a text."""
        other = copy(self)
        other._lay_out("", header)
        return other

    def _lay_out(self, wanted: str, header: bool | None) -> None:
        """Tell header, names and the column to read from the first rows, and count all rows."""
        sample = list(islice(self._format, SAMPLE))
        if not sample:
            raise InputError("problems.file.empty", name=self.name)
        first = self._format.names or sample[0].cells
        if len(first) > MAX_COLUMNS:
            raise InputError(
                "problems.file.too_many_columns",
                name=self.name,
                count=len(first),
                most=MAX_COLUMNS,
            )
        others = [
            cells
            for cells, problem in (sample if self.named else sample[1:])
            if len(cells) == len(first) and not problem
        ]
        if self.named:
            self.header = False
        elif header is None:
            self.header = guess.is_header(first, others, wanted)
        else:
            self.header = header
        names = [say("tables.column", number=index + 1) for index in range(len(first))]
        given = self.named or self.header
        self.columns = tuple(first if given else names if len(names) > 1 else ["text"])
        self.column = self._told_column(wanted, others or [first])
        self.rows = self._counted()

    def _told_column(self, wanted: str, sample: Sequence[Sequence[str]]) -> int:
        known = guess.text_column(self.columns, wanted)
        if wanted and (known is None or guess.key(self.columns[known]) != guess.key(wanted)):
            raise InputError(
                "problems.file.no_column",
                name=self.name,
                column=wanted[:40],
                columns=", ".join(name[:40] for name in self.columns),
            )
        if known is not None:
            return known
        column = guess.longest(sample)
        if not any(letter.isalpha() for row in sample for letter in row[column]):
            raise InputError("problems.file.no_text", name=self.name)
        return column

    def _counted(self) -> int:
        """How many rows there are; raises InputError if there are none, or too many."""
        count = characters = 0
        for cells, _ in self:
            count += 1
            characters += sum(map(len, cells))
            if count > self._limits.rows:
                raise InputError(
                    "problems.file.too_many_rows", name=self.name, most=self._limits.rows
                )
            if characters > self._limits.unpacked:
                raise InputError(
                    "problems.file.unpacks_to_more",
                    name=self.name,
                    most=self._limits.unpacked / 1e6,
                )
        if not count:
            raise InputError("problems.file.no_headline", name=self.name)
        return count

    def _fitted(self, row: Row) -> Row:
        """A row of another width with a cell for each column; what is too much is in the last."""
        (cells, problem), count = row, len(self.columns)
        last = self.delimiter.join(cells[count - 1 :])
        whole = [*cells[: count - 1], last, *[""] * (count - 1 - len(cells))]
        return Row(
            whole, problem or InputError("problems.row.width", count=len(cells), first=count)
        )
