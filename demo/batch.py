"""Classify every row of a CSV file: `python -m demo.batch in.csv out.csv`.

The result holds the columns of the input, then the class and the confidence of each reader, `agree`
(yes or no) and `problem`, a sentence for a row that could not be read. Rows are read and written
in chunks, so a file may be larger than memory; the same command again goes on where a run ended.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from demo import load_panel
from demo.models.base import Reader
from demo.reading import CLASSES, check_text
from demo.table import Row, Table

CHUNK = 128  # rows read and written at a time
BATCH = 32  # texts of like length that go through a reader in one pass
AGREE, PROBLEM = "agree", "problem"

# What a spreadsheet runs as a formula (OWASP, "CSV injection"), full-width signs too; a number with
# its sign is none.
_FORMULA = re.compile(r"[=@＝＋－＠\t\r\n]|[+-](?![\d.,]*(?:e[+-]?\d+)?%?$)", re.I)


class Verdict(NamedTuple):
    """The class and its probability by each reader, or why the text could not be read."""

    classes: tuple[str, ...] = ()
    confidences: tuple[float, ...] = ()
    problem: str = ""

    @property
    def agree(self) -> bool:
        """Whether all readers name one class."""
        return len(set(self.classes)) == 1


class Done(NamedTuple):
    """A row and what the readers made of it."""

    row: Row
    verdict: Verdict


def read(readers: Mapping[str, Reader], table: Table, skip: int = 0) -> Iterator[list[Done]]:
    """Read the rows of a table after the first `skip`; gives a chunk at a time, in their order."""
    rows = islice(table, skip, None)
    while chunk := list(islice(rows, CHUNK)):
        yield list(map(Done, chunk, verdicts(readers, chunk, table.column)))


def verdicts(readers: Mapping[str, Reader], rows: Sequence[Row], column: int) -> list[Verdict]:
    """What the readers make of a column of some rows, texts of like length read together."""
    found = [Verdict(problem=_problem(row, column)) for row in rows]
    texts = [row.cells[column] for row in rows]
    usable = [index for index, verdict in enumerate(found) if not verdict.problem]
    usable.sort(key=lambda index: len(texts[index]))
    for start in range(0, len(usable), BATCH):
        chosen = usable[start : start + BATCH]
        passed = [texts[index] for index in chosen]
        shares = np.stack([reader.classify(passed) for reader in readers.values()], axis=1)
        for index, each in zip(chosen, shares, strict=True):  # each (readers, 4)
            classes = tuple(CLASSES[winner] for winner in each.argmax(axis=1))
            found[index] = Verdict(classes, tuple(each.max(axis=1).tolist()))
    return found


def header(table: Table, readers: Iterable[str]) -> list[str]:
    """The names of the columns that are written.

    Raises ValueError if the table has one of the new ones already.
    """
    new = [name for reader in readers for name in (reader, f"{reader}_confidence")]
    new += [AGREE, PROBLEM]
    if taken := [name for name in table.columns if name in new]:
        raise ValueError(
            f"{table.name} has a column {taken[0]!r}, as the result would: rename it there."
        )
    return [*table.columns, *new]


def cells(done: Done, readers: int, raw: bool = False) -> list[str]:
    """A row as it is written; unless `raw`, nothing in it is a formula."""
    (given, _), verdict = done
    pairs = zip(verdict.classes, verdict.confidences, strict=True)
    judged = [cell for name, share in pairs for cell in (name, f"{share:.4f}")]
    agree = "" if verdict.problem else "yes" if verdict.agree else "no"
    shown = given if raw else map(harmless, given)
    return [*shown, *(judged or [""] * 2 * readers), agree, verdict.problem]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run: a formula gets an apostrophe before it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_csv(table: Table, readers: Sequence[str], done: Iterable[Done]) -> str:
    """The text of the CSV file of what is done of a table."""
    text = io.StringIO()
    writer = _writer(text, table)
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
                    yield line.decode("utf-8", "surrogatepass").removeprefix("\ufeff")

    try:
        found = csv.reader(whole_lines(), delimiter=table.delimiter)
        if next(found, None) != names:
            raise other
        counted, end, rows = Counter(), read_to, iter(table)
        for written in found:
            if len(written) < len(names) and next(found, None) is None:
                break
            row = next(rows, None)
            text = row.cells[table.column] if row else None
            if row is None or written[table.column] not in (text, harmless(text)):
                raise other
            counted[written[-2]] += 1
            end = read_to
    except (UnicodeDecodeError, csv.Error, IndexError):
        raise other from None
    return counted, end


def write(readers: Mapping[str, Reader], table: Table, out: Path, raw: bool = False) -> Counter:
    """Write what the readers make of a table to `out`, after the rows that stand there already.

    Returns the rows of the whole file, counted by their `agree`. Raises ValueError, as `resume`.
    """
    names = header(table, readers)
    counted, end = resume(out, table, names)
    with (
        out.open("ab") as binary,
        io.TextIOWrapper(binary, "utf-8", errors="surrogatepass", newline="") as file,
        tqdm(total=table.rows, initial=counted.total(), unit="row", disable=None) as progress,
    ):
        binary.truncate(end)
        writer = _writer(file, table)
        if not end:
            file.write("\ufeff" if table.bom else "")
            writer.writerow(names)
        for chunk in read(readers, table, skip=counted.total()):
            rows = [cells(done, len(readers), raw) for done in chunk]
            writer.writerows(rows)
            file.flush()
            counted.update(row[-2] for row in rows)
            progress.update(len(rows))
    return counted


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.batch", description="Classify every row of a CSV file."
    )
    parser.add_argument("input", type=Path, help="a CSV file, or one headline a line")
    parser.add_argument("output", type=Path, help="the CSV file to write, or to go on with")
    parser.add_argument("--column", default="", help="the column to read (default: guessed)")
    parser.add_argument(
        "--reader", nargs="+", action="extend", metavar="NAME", help=f"of {', '.join(READERS)}"
    )
    parser.add_argument("--trained", type=Path, default=Path("trained"), metavar="DIR")
    parser.add_argument(
        "--raw", action="store_true", help="leave cells that a spreadsheet would run as they are"
    )
    asked = parser.parse_args(arguments)
    try:
        print(_run(asked))
    except ValueError as error:
        parser.exit(2, f"{error}\n")
    except OSError as error:
        parser.exit(2, f"{error.filename or asked.output}: {error.strerror}.\n")
    except KeyboardInterrupt:
        parser.exit(130, "Stopped: the same command goes on from here.\n")


def _run(asked: argparse.Namespace) -> str:
    """Do what was asked, and return a sentence about it."""
    if asked.output.exists() and asked.output.samefile(asked.input):
        raise ValueError(f"{asked.output} is the input: name another file for the result.")
    if unknown := [name for name in asked.reader or () if name not in READERS]:
        raise ValueError(
            f"There is no reader {unknown[0][:40]!r}: the readers are {', '.join(READERS)}."
        )
    table = Table(str(asked.input), lambda: asked.input.open("rb"), asked.column)
    panel = load_panel(asked.trained, asked.reader or READERS)
    if missing := [name for name in asked.reader or () if name not in panel]:
        why = panel.missing.get(missing[0], f"{asked.trained / missing[0]} is no folder.")
        raise ValueError(f"{missing[0]} cannot read: {why}")
    counted = write(panel, table, asked.output, asked.raw)
    return (
        f"{asked.output}: {counted.total():,} rows, column {table.columns[table.column]!r} read by "
        f"{', '.join(panel)}. They agree on {counted['yes']:,} and differ on {counted['no']:,}; "
        f"{counted['']:,} cannot be read."
    )


def _problem(row: Row, column: int) -> str:
    """Why a row cannot be read, or nothing."""
    text = row.cells[column]
    if row.problem or not text.strip():
        return row.problem or "The cell is empty."
    try:
        check_text(text)
    except ValueError as error:
        return str(error)
    return ""


def _writer(file, table: Table):
    return csv.writer(file, delimiter=table.delimiter, lineterminator="\n")


if __name__ == "__main__":
    main()
