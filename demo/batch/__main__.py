"""Classify every row of a table of texts: `python -m demo.batch in.csv out.csv`.

The input is a CSV file in any dialect, one headline a line, JSON, JSON Lines, an Excel file or a
Parquet file; the output is CSV. The same command again goes on where a run ended. With `--cluster`
a Ray cluster reads, of any number of files (see `demo/batch/cluster.py`).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from demo import mending
from demo.batch.run import problem, write
from demo.batch.table import Table
from demo.runtime import cluster
from demo.serving import limits
from demo.serving.panel import load_panel, reader_folders


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.batch", description="Classify every row of a table of texts."
    )
    parser.add_argument("input", help="a table, or one headline a line")
    parser.add_argument("output", help="the CSV file to write, or to go on with")
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
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=f"read by a Ray cluster: {cluster.SYNTAX}; then the input may be a folder, a pattern "
        "or an address that pyarrow opens (s3://...), and the output a folder of parts",
    )
    parser.add_argument(
        "--format",
        choices=("parquet", "csv"),
        default="parquet",
        help="of the parts that a cluster writes into a folder (default: parquet)",
    )
    asked = parser.parse_args(arguments)
    try:
        print(_run_by_cluster(asked) if asked.cluster else _run(asked))
    except ValueError as error:
        parser.exit(2, f"{error}\n")
    except OSError as error:
        parser.exit(2, f"{error.filename or asked.output}: {error.strerror}.\n")
    except KeyboardInterrupt:
        parser.exit(130, "Stopped: the same command goes on from here.\n")


def _run(asked: argparse.Namespace) -> str:
    """Do what was asked, and return a sentence about it."""
    given, out = Path(asked.input), Path(asked.output)
    if out.exists() and out.samefile(given):
        raise ValueError(f"{out} is the input: name another file for the result.")
    _reader_names(asked)
    table = Table(str(given), lambda: given.open("rb"), asked.column, header=asked.header)
    panel = load_panel(asked.trained, asked.reader, limits=limits.BULK)
    if missing := [name for name in asked.reader or () if name not in panel]:
        raise ValueError(f"{missing[0]} cannot read: {panel.missing[missing[0]]}")
    counted = write(panel, table, out, asked.raw)
    read = (row.cells[table.column] for row in table if not problem(row, table.column))
    mended = mending.in_words(mending.count(read))
    return f"{_said(asked, table.columns[table.column], panel, counted)} {mended}".rstrip()


def _run_by_cluster(asked: argparse.Namespace) -> str:
    """The same by a Ray cluster."""
    from demo.batch import cluster as by_cluster

    trained = asked.trained.absolute() if asked.cluster == cluster.LOCAL else asked.trained
    bulk, counted = by_cluster.run(
        by_cluster.Asked(
            place=asked.input,
            out=asked.output,
            column=asked.column,
            header=asked.header,
            readers=_reader_names(asked),
            trained=str(trained),
            kind=asked.format,
            raw=asked.raw,
        ),
        asked.cluster,
    )
    return _said(asked, bulk.columns[bulk.column], bulk.readers, counted)


def _reader_names(asked: argparse.Namespace) -> tuple[str, ...]:
    """The names of the readers that shall read; raises ValueError if there is no such reader."""
    there = reader_folders(asked.trained, asked.reader)
    if unknown := [name for name in asked.reader or () if name not in there]:
        known = ", ".join(reader_folders(asked.trained)) or "none"
        raise ValueError(
            f"There is no reader {unknown[0][:40]!r}: the readers in {asked.trained} are {known}."
        )
    return tuple(there)


def _said(
    asked: argparse.Namespace, column: str, readers: Iterable[str], counted: Counter[str]
) -> str:
    """A sentence about a result."""
    return (
        f"{asked.output}: {counted.total():,} rows, column {column!r} read by "
        f"{', '.join(readers)}. They agree on {counted['yes']:,} and differ on {counted['no']:,}; "
        f"{counted['']:,} cannot be read."
    )


if __name__ == "__main__":
    main()
