"""A result in parts: which rows each one holds, and its file, which is whole or is not there.

A file is written under another name and then renamed. What a run was asked for stands beside the
parts, so that no other run goes on with them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs, parquet

from demo.batch import places
from demo.batch.run import AGREE, BOM, BULK, PROBLEM, csv_writer, harmless

PART_ROWS = 2 * BULK
CSV, PARQUET = "csv", "parquet"
ROW = "row"  # the column of the rows' numbers, from 1, through all files
_ASKED = "_asked.json"
_DRAFT, _UNFINISHED = ".draft-", ".unfinished"  # before and after names of what is not whole


@dataclass(frozen=True)
class InputFile:
    """A file of the input: its number, and how many rows come before its own."""

    path: str
    number: int
    rows: int
    before: int


@dataclass(frozen=True)
class Part:
    """Some rows of one file: `start` is the first of them there, `number` counts all parts."""

    number: int
    file: InputFile
    start: int

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return min(PART_ROWS, self.file.rows - self.start)


@dataclass(frozen=True)
class BulkRun:
    """What a run was asked for: the same for all of its parts, and for those who go on with it.

    `place` is the input as it was named, `columns` are its columns, `column` the one that is read;
    `wanted` and `header` are what `Table` takes. `folder` is where the parts are.
    """

    place: str
    files: tuple[InputFile, ...]
    columns: tuple[str, ...]
    column: int
    wanted: str
    header: bool | None
    readers: tuple[str, ...]
    trained: str
    folder: str
    kind: str = PARQUET
    raw: bool = False

    @cached_property
    def parts(self) -> list[Part]:
        """All parts, in the order of their rows."""
        starts = [(file, at) for file in self.files for at in range(0, file.rows, PART_ROWS)]
        return [Part(number, file, at) for number, (file, at) in enumerate(starts)]

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of a part: the row's number, those of the input as text, what was found."""
        found = [
            column
            for reader in self.readers
            for column in ((reader, pa.string()), (f"{reader}_confidence", pa.float64()))
        ]
        texts = [(name, pa.string()) for name in self.columns]
        last = [(AGREE, pa.string()), (PROBLEM, pa.string())]
        return pa.schema([(ROW, pa.int64()), *texts, *found, *last])

    def begin(self) -> None:
        """Make the folder, or see that it holds this run's parts; raises ValueError if others'."""
        filesystem, folder = places.opened(self.folder)
        filesystem.create_dir(folder)
        other = [
            one.base_name
            for one in filesystem.get_file_info(fs.FileSelector(folder))
            if not one.base_name.startswith(_DRAFT)
        ]
        asked = json.dumps(asdict(self), indent=1).encode()
        if _ASKED not in other:
            if other:
                raise ValueError(f"{self.folder} holds something else: name another folder.")
            with filesystem.open_output_stream(f"{folder}/{_ASKED}") as file:
                file.write(asked)
            return
        with filesystem.open_input_stream(f"{folder}/{_ASKED}") as file:
            if file.readall() != asked:
                raise ValueError(
                    f"{self.folder} holds the result of another input or of other readers: "
                    "name another folder."
                )

    def done(self) -> set[int]:
        """The numbers of the parts that are there."""
        filesystem, folder = places.opened(self.folder)
        found = filesystem.get_file_info(fs.FileSelector(folder))
        names = {self._file_name(part): part.number for part in self.parts}
        return {names[one.base_name] for one in found if one.base_name in names}

    def write(self, part: Part, rows: Sequence[Sequence[str]]) -> None:
        """Write the file of a part: its rows as `run.cells` gives them, without formulas for CSV.

        A part that is written twice is the same twice.
        """
        first = 1 + part.file.before + part.start
        numbered = [[str(number), *cells] for number, cells in enumerate(rows, first)]
        filesystem, folder = places.opened(self.folder)
        draft = f"{folder}/{_DRAFT}{uuid4().hex}"
        with filesystem.open_output_stream(draft) as file:
            if self.kind == PARQUET:
                parquet.write_table(_table(self.schema, numbered), file)
            else:
                file.write(f"{BOM}{_csv([self.schema.names, *numbered])}".encode())
        filesystem.move(draft, f"{folder}/{self._file_name(part)}")

    def read(self) -> Iterator[list[list[str]]]:
        """The rows of each part, their numbers first, in their order."""
        filesystem, folder = places.opened(self.folder)
        for part in self.parts:
            with filesystem.open_input_file(f"{folder}/{self._file_name(part)}") as file:
                if self.kind == PARQUET:
                    yield _cells(parquet.read_table(file))
                else:
                    text = file.readall().decode("utf-8-sig")
                    yield list(csv.reader(io.StringIO(text, newline="")))[1:]

    def join(self, out: str, delimiter: str) -> None:
        """Write all parts, which are Parquet, into one file, without the rows' numbers.

        It is Parquet if it is named so, else the CSV file that one process writes.
        """
        filesystem, path = places.opened(out)
        with filesystem.open_output_stream(f"{path}{_UNFINISHED}") as file:
            (self._join_parquet if kind_of(out) == PARQUET else self._join_csv)(file, delimiter)
        filesystem.move(f"{path}{_UNFINISHED}", path)

    def _join_parquet(self, file: pa.NativeFile, _: str) -> None:
        schema = self.schema.remove(0)
        with parquet.ParquetWriter(file, schema) as writer:
            for rows in self.read():
                writer.write_table(_table(schema, [cells for _, *cells in rows]))

    def _join_csv(self, file: pa.NativeFile, delimiter: str) -> None:
        given, safe = len(self.columns), str if self.raw else harmless
        file.write(f"{BOM}{_csv([self.schema.names[1:]], delimiter)}".encode())
        for rows in self.read():
            shown = [[*map(safe, cells[:given]), *cells[given:]] for _, *cells in rows]
            file.write(_csv(shown, delimiter).encode())

    def remove_drafts(self) -> None:
        """Delete what a worker that was killed had not finished."""
        filesystem, folder = places.opened(self.folder)
        for one in filesystem.get_file_info(fs.FileSelector(folder)):
            if one.base_name.startswith(_DRAFT):
                filesystem.delete_file(one.path)

    def remove(self) -> None:
        """Delete the folder of the parts."""
        filesystem, folder = places.opened(self.folder)
        filesystem.delete_dir(folder)

    def _file_name(self, part: Part) -> str:
        return f"part-{part.number:08}.{self.kind}"


def kind_of(out: str) -> str:
    """The format of one file that its name says, "" for a folder."""
    return next((kind for kind in (CSV, PARQUET) if out.lower().endswith(f".{kind}")), "")


def _table(schema: pa.Schema, rows: Sequence[Sequence[str]]) -> pa.Table:
    """Rows of text as a table; in a column of numbers, nothing is no number."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    read = {pa.int64(): int, pa.float64(): float}
    arrays = [
        pa.array(
            column
            if field.type not in read
            else [read[field.type](cell) if cell else None for cell in column],
            field.type,
        )
        for field, column in zip(schema, columns, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def _cells(table: pa.Table) -> list[list[str]]:
    """The rows of a table as `run.cells` wrote them."""
    columns = [
        [(f"{value:.4f}" if isinstance(value, float) else str(value or "")) for value in column]
        for column in (column.to_pylist() for column in table.columns)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _csv(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv_writer(text, delimiter).writerows(rows)
    return text.getvalue()
