"""All rows of a table read, and written as CSV with what the readers made of them.

The result holds the columns of the input, then the class and the confidence of each reader, `agree`
(yes or no) and `problem`, a sentence for a row that could not be read. Rows are read and written
in chunks, so a file may be larger than memory; a run that was cut off can be taken up again.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from demo.batch.format import Row
from demo.batch.table import Table
from demo.reading import check_text
from demo.sentences import InputError
from demo.serving.panel import ServedReader

CHUNK = 128  # rows read at a time where others wait for the readers, too
BULK = 1_024  # rows read and written at a time where nobody else does
AGREE, PROBLEM = "agree", "problem"
BOM = "\ufeff"  # without it Excel takes UTF-8 for another encoding: “Zürich’s” as “ZÃ¼richâ€™s”

# What a spreadsheet runs as a formula (OWASP, "CSV injection"), full-width signs too; a number with
# its sign is none.
_FORMULA = re.compile(r"[=@＝＋－＠\t\r\n]|[+-](?![\d.,]*(?:e[+-]?\d+)?%?$)", re.I)
_HALF = re.compile("[\ud800-\udfff]")  # half an emoji, which no UTF-8 file can hold


class Verdict(NamedTuple):
    """The class and its probability by each reader, or why the text could not be read.

    Readers are `comparable` if they choose among the same labels.
    """

    classes: tuple[str, ...] = ()
    confidences: tuple[float, ...] = ()
    problem: ValueError | None = None
    comparable: bool = True

    @property
    def agree(self) -> bool | None:
        """Whether all readers name one class; None where they cannot."""
        return len(set(self.classes)) == 1 if self.classes and self.comparable else None


class Done(NamedTuple):
    """A row and what the readers made of it."""

    row: Row
    verdict: Verdict


def read(
    readers: Mapping[str, ServedReader], table: Table, skip: int = 0, at_a_time: int = CHUNK
) -> Iterator[list[Done]]:
    """Read the rows of a table after the first `skip`; gives a chunk at a time, in their order."""
    rows = islice(table, skip, None)
    while chunk := list(islice(rows, at_a_time)):
        yield list(map(Done, chunk, verdicts(readers, chunk, table.column)))


def verdicts(
    readers: Mapping[str, ServedReader], rows: Sequence[Row], column: int
) -> list[Verdict]:
    """What the readers make of a column of some rows."""
    found = [Verdict(problem=problem(row, column)) for row in rows]
    usable = [index for index, verdict in enumerate(found) if not verdict.problem]
    texts = [rows[index].cells[column] for index in usable]
    answers = [_answers(reader, texts) for reader in readers.values()]
    comparable = len({reader.info.labels for reader in readers.values()}) == 1
    for index, each in zip(usable, zip(*answers, strict=True), strict=True):
        refused = next((one.problem for one in each if one.problem), None)
        classes = tuple(name for one in each for name in one.classes)
        confidences = tuple(share for one in each for share in one.confidences)
        judged = Verdict(classes, confidences, comparable=comparable)
        found[index] = Verdict(problem=refused) if refused else judged
    return found


def header(table: Table, readers: Iterable[str]) -> list[str]:
    """The names of the columns that are written.

    Raises InputError if the table has one of the new ones already.
    """
    new = [name for reader in readers for name in (reader, f"{reader}_confidence")]
    new += [AGREE, PROBLEM]
    if taken := [name for name in table.columns if name in new]:
        raise InputError("problems.batch.taken", name=table.name, column=taken[0])
    return [*map(_whole, table.columns), *new]


def cells(done: Done, readers: int, raw: bool = False) -> list[str]:
    """A row as it is written; unless `raw`, nothing in it is a formula."""
    given, verdict = map(_whole, done.row.cells), done.verdict
    pairs = zip(verdict.classes, verdict.confidences, strict=True)
    judged = [cell for name, share in pairs for cell in (name, f"{share:.4f}")]
    agree = {None: "", True: "yes", False: "no"}[verdict.agree]
    shown = given if raw else map(harmless, given)
    return [*shown, *(judged or [""] * 2 * readers), agree, str(verdict.problem or "")]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run: a formula gets an apostrophe before it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_csv(table: Table, readers: Sequence[str], done: Iterable[Done]) -> str:
    """The text of the CSV file of what is done of a table."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv_writer(text, table.delimiter)
    writer.writerow(header(table, readers))
    writer.writerows(cells(one, len(readers)) for one in done)
    return text.getvalue()


def resume(out: Path, table: Table, names: list[str]) -> tuple[Counter, int]:
    """What stands in `out` already: rows counted by their `agree`, and the byte where they end.

    A last row that was cut off does not count. Raises ValueError if the rows are not the first of
    this table, or the columns are not `names`.
    """
    if not out.exists() or out.stat().st_size == 0:
        return Counter(), 0
    other = ValueError(
        f"{out} holds something else than this result of {table.name}: name another file."
    )
    read_to = 0

    def whole_lines() -> Iterator[str]:
        nonlocal read_to
        with out.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    read_to += len(line)
                    yield line.decode("utf-8-sig" if read_to == len(line) else "utf-8")

    try:
        found = csv.reader(whole_lines(), delimiter=table.delimiter)
        if next(found, None) != names:
            raise other
        counted: Counter[str] = Counter()
        end, rows = read_to, iter(table)
        for written in found:
            if len(written) < len(names) and next(found, None) is None:
                break
            row = next(rows, None)
            text = _whole(row.cells[table.column]) if row else None
            if row is None or written[table.column] not in (text, harmless(text)):
                raise other
            counted[written[-2]] += 1
            end = read_to
    except (UnicodeDecodeError, csv.Error, IndexError):
        raise other from None
    return counted, end


def write(
    readers: Mapping[str, ServedReader], table: Table, out: Path, raw: bool = False
) -> Counter:
    """Write what the readers make of a table to `out`, after the rows that stand there already.

    Returns the rows of the whole file, counted by their `agree`. Raises ValueError, as `resume`.
    """
    names = header(table, readers)
    counted, end = resume(out, table, names)
    with (
        out.open("ab") as binary,
        io.TextIOWrapper(binary, "utf-8", newline="") as file,
        tqdm(total=table.rows, initial=counted.total(), unit="row", disable=None) as progress,
    ):
        binary.truncate(end)
        writer = csv_writer(file, table.delimiter)
        if not end:
            file.write(BOM)
            writer.writerow(names)
        for chunk in read(readers, table, skip=counted.total(), at_a_time=BULK):
            rows = [cells(done, len(readers), raw) for done in chunk]
            writer.writerows(rows)
            file.flush()
            counted.update(row[-2] for row in rows)
            progress.update(len(rows))
    return counted


def _answers(reader: ServedReader, texts: Sequence[str]) -> list[Verdict]:
    """The verdicts of one reader; where it fails, on the texts that it fails on and no others."""
    try:
        shares = reader.classify(texts)  # (texts, labels)
    except ValueError as error:
        if len(texts) == 1:
            return [Verdict(problem=_alone(error))]
        return [verdict for text in texts for verdict in _answers(reader, [text])]
    labels = reader.info.labels
    return [Verdict((labels[int(each.argmax())],), (float(each.max()),)) for each in shares]


def problem(row: Row, column: int) -> ValueError | None:
    """Why a row cannot be read, if so."""
    text = row.cells[column]
    if row.problem or not text.strip():
        return row.problem or InputError("problems.row.empty")
    try:
        check_text(text)
    except InputError as error:
        return _alone(error)
    return None


def _alone(error: ValueError) -> ValueError:
    """The error without the frames that it went through: what they hold would be kept with it."""
    error.__context__ = None
    return error.with_traceback(None)


def _whole(cell: str) -> str:
    """A cell that a UTF-8 file can hold."""
    return _HALF.sub("\ufffd", cell)


def csv_writer(file, delimiter: str):
    """A writer of CSV rows between whose cells the delimiter stands."""
    # csv.writer puts a cell into quotation marks for each character that ends its lines; before
    # Python 3.11.9 for no other, so both are named here.
    return csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
