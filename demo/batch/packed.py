"""Excel and Parquet files as rows of cells, read from memory and without running anything in them.

Both are packed, so that a small file can hold very much: what they unpack to has a limit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from demo.batch.format import Limits, Row, Source, as_text

SAMPLE = 100  # rows that the width of a sheet is told from
SHEET_ROWS = 1_048_576  # of a sheet; a file may claim more
PARQUET_ROWS = 16  # unpacked at a time: one value may be as large as all limits allow
_WORKBOOK = "xl/workbook.xml"


class Excel:
    """The first sheet of an .xlsx file that is not hidden; of a formula, the value it had."""

    names: tuple[str, ...] | None = None
    delimiter = ","

    def __init__(self, name: str, source: Source, limits: Limits):
        self.name, self._source = name, source
        with _sentence(name, "Excel file"), source() as file, zipfile.ZipFile(file) as packed:
            inside = {entry.filename: entry.file_size for entry in packed.infolist()}
        if _WORKBOOK not in inside:
            raise ValueError(
                f"{name} is an archive or another kind of document: unpack it, or save the table "
                "as “CSV UTF-8” or .xlsx."
            )
        _check_size(name, sum(inside.values()), limits)
        with _sentence(name, "Excel file"), self._sheet() as sheet:
            self.said = f"the sheet “{sheet.title}”"
        self._width = 0
        self._width = max((len(row.cells) for row in islice(self, SAMPLE)), default=0)

    def __iter__(self) -> Iterator[Row]:
        with _sentence(self.name, "Excel file"), self._sheet() as sheet:
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
    said = "Parquet"

    def __init__(self, name: str, source: Source, limits: Limits):
        self.name, self._source = name, source
        with self._open() as file:
            groups = range(file.metadata.num_row_groups)
            size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
            self.names = tuple(file.schema_arrow.names)
        _check_size(name, size, limits)

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
            raise ValueError(
                f"{self.name} is a Parquet file, which the package pyarrow reads: install it "
                "(pip install pyarrow), or save the table as “CSV UTF-8”."
            ) from None
        with _sentence(self.name, "Parquet file"), self._source() as file:
            yield ParquetFile(file)


def _check_size(name: str, size: int, limits: Limits) -> None:
    if size > limits.unpacked:
        raise ValueError(
            f"{name} unpacks to {size / 1e6:,.0f} MB and at most {limits.unpacked / 1e6:,.0f} MB "
            "are read here: split it, or save the column of texts alone."
        )


@contextmanager
def _sentence(name: str, kind: str) -> Iterator[None]:
    """What the packages raise of a damaged file, of whatever type, as a ValueError."""
    try:
        yield
    except Exception as error:
        raise ValueError(
            f"{name} cannot be read as the {kind} that it seems to be ({type(error).__name__}): "
            "open it where it was made and save it again."
        ) from None
