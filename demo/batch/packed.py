"""Excel and Parquet files as rows of cells, read from memory and without running anything in them.

Both are packed, so that a small file can hold very much: what they unpack to has a limit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from demo.batch.format import Limits, Row, Source, as_text
from demo.sentences import InputError, say

SAMPLE = 100  # rows that the width of a sheet is told from
SHEET_ROWS = 1_048_576  # of a sheet; a file may claim more
PARQUET_ROWS = 16  # unpacked at a time: one value may be as large as all limits allow
_WORKBOOK = "xl/workbook.xml"
DAMAGED_EXCEL, DAMAGED_PARQUET = "problems.file.damaged_excel", "problems.file.damaged_parquet"


class Excel:
    """The first sheet of an .xlsx file that is not hidden; of a formula, the value it had."""

    names: tuple[str, ...] | None = None
    delimiter = ","

    def __init__(self, name: str, source: Source, limits: Limits):
        self.name, self._source = name, source
        with _whole(name, DAMAGED_EXCEL), source() as file, zipfile.ZipFile(file) as packed:
            inside = {entry.filename: entry.file_size for entry in packed.infolist()}
        if _WORKBOOK not in inside:
            raise InputError("problems.file.kinds.archive", name=name)
        _check_size(name, sum(inside.values()), limits)
        with _whole(name, DAMAGED_EXCEL), self._sheet() as sheet:
            self._title = sheet.title
        self._width = 0
        self._width = max((len(row.cells) for row in islice(self, SAMPLE)), default=0)

    @property
    def said(self) -> str:
        """What people call the format, with the name of the sheet."""
        return say("tables.formats.sheet", title=self._title)

    def __iter__(self) -> Iterator[Row]:
        with _whole(self.name, DAMAGED_EXCEL), self._sheet() as sheet:
            for values in islice(sheet.iter_rows(values_only=True), SHEET_ROWS):
                cells = [as_text(value) for value in values]
                while cells and not cells[-1].strip():
                    cells.pop()
                if cells:
                    yield Row(cells + [""] * (self._width - len(cells)))

    @contextmanager
    def _sheet(self):
        from openpyxl import load_workbook  # takes longer than the rest of the page's start

        with self._source() as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                shown = [one for one in book.worksheets if one.sheet_state == "visible"]
                sheet = (shown or book.worksheets)[0]
                sheet.reset_dimensions()  # some programs write wrong ones
                yield sheet
            finally:
                book.close()


class Parquet:
    """The rows of a Parquet file; needs the package pyarrow."""

    delimiter = ","

    def __init__(self, name: str, source: Source, limits: Limits):
        self.name, self._source = name, source
        with self._open() as file:
            groups = range(file.metadata.num_row_groups)
            size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
            self.names = tuple(file.schema_arrow.names)
        _check_size(name, size, limits)

    @property
    def said(self) -> str:
        """What people call the format."""
        return say("tables.formats.parquet")

    def __iter__(self) -> Iterator[Row]:
        with self._open() as file:
            for batch in file.iter_batches(PARQUET_ROWS):
                for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield Row([as_text(value) for value in values])

    @contextmanager
    def _open(self):
        try:
            from pyarrow.parquet import ParquetFile
        except ImportError:
            raise InputError("problems.file.no_pyarrow", name=self.name) from None
        with _whole(self.name, DAMAGED_PARQUET), self._source() as file:
            yield ParquetFile(file)


def _check_size(name: str, size: int, limits: Limits) -> None:
    if size > limits.unpacked:
        raise InputError(
            "problems.file.unpacks_to",
            name=name,
            megabytes=size / 1e6,
            most=limits.unpacked / 1e6,
        )


@contextmanager
def _whole(name: str, damaged: str) -> Iterator[None]:
    """What the packages raise of a file that is not whole, as the InputError `damaged`."""
    try:
        yield
    except Exception as error:
        raise InputError(damaged, name=name, error=type(error).__name__) from None
