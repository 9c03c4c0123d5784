"""Classify every row of a table of texts: `python -m demo.batch in.csv out.csv`.

The input is a CSV file in any dialect, one headline a line, JSON, JSON Lines, an Excel file or a
Parquet file; the output is CSV. The same command again goes on where a run ended.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from demo import mending
from demo.batch.run import problem, write
from demo.batch.table import Table
from demo.serving.panel import load_panel, reader_folders


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.batch", description="Classify every row of a table of texts."
    )
    parser.add_argument("input", type=Path, help="a table, or one headline a line")
    parser.add_argument("output", type=Path, help="the CSV file to write, or to go on with")
    parser.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="the first row names the columns, or is a text (default: guessed)",
    )
    parser.add_argument("--column", default="", help="the column to read (default: guessed)")
    parser.add_argument(
        "--reader",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="who reads: folders in the folder of readers (default: all of them)",
    )
    parser.add_argument(
        "--trained",
        type=Path,
        default=Path("trained"),
        metavar="DIR",
        help="the folder of readers (default: trained)",
    )
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
    there = reader_folders(asked.trained, asked.reader)
    if unknown := [name for name in asked.reader or () if name not in there]:
        known = ", ".join(reader_folders(asked.trained)) or "none"
        raise ValueError(
            f"There is no reader {unknown[0][:40]!r}: the readers in {asked.trained} are {known}."
        )
    table = Table(
        str(asked.input), lambda: asked.input.open("rb"), asked.column, header=asked.header
    )
    panel = load_panel(asked.trained, asked.reader)
    if missing := [name for name in asked.reader or () if name not in panel]:
        raise ValueError(f"{missing[0]} cannot read: {panel.missing[missing[0]]}")
    counted = write(panel, table, asked.output, asked.raw)
    read = (row.cells[table.column] for row in table if not problem(row, table.column))
    mended = mending.in_words(mending.count(read))
    return (
        f"{asked.output}: {counted.total():,} rows, column {table.columns[table.column]!r} read by "
        f"{', '.join(panel)}. They agree on {counted['yes']:,} and differ on {counted['no']:,}; "
        f"{counted['']:,} cannot be read. {mended}".rstrip()
    )


if __name__ == "__main__":
    main()
