"""What every format of a table gives: rows of cells that are text."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import BinaryIO, NamedTuple, Protocol

from demo.sentences import InputError, say

Source = Callable[[], BinaryIO]  # opens the bytes of a file, as often as they are needed


class Row(NamedTuple):
    """The cells of a row, and what is wrong with it if it cannot be taken as it is."""

    cells: list[str]
    problem: InputError | None = None


class Limits(NamedTuple):
    """The most that is taken of a table: rows, and bytes (or characters) of what is unpacked."""

    rows: int = sys.maxsize
    unpacked: int = sys.maxsize


class Format(Protocol):
    """A file as rows of cells.

    `said` is what people call the format, `names` those of its columns where the format has them
    (else the first row may), `delimiter` what stands between two cells that are written of it.
    Iterating raises InputError where the file cannot be read on.
    """

    names: tuple[str, ...] | None

    @property
    def said(self) -> str: ...

    @property
    def delimiter(self) -> str: ...

    def __iter__(self) -> Iterator[Row]: ...


def text_lines(name: str, source: Source) -> Iterator[str]:
    """The lines of a UTF-8 file with their ends; raises InputError if it is no such text."""
    count = 0
    # Half an emoji passes, as it does in what people paste, and is a problem of its row alone.
    with io.TextIOWrapper(
        source(), encoding="utf-8-sig", errors="surrogatepass", newline=""
    ) as file:
        try:
            for line in file:
                count += 1
                yield line
        except UnicodeDecodeError:
            raise InputError("problems.file.not_utf8", name=name, line=count + 1) from None


def as_text(value: object) -> str:
    """A cell of any kind as text: nothing for what is missing, JSON for what is nested."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # only NaN and its like differ from themselves
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):  # a datetime too
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return say("tables.cells.bytes", count=len(value))
    if isinstance(value, list | tuple | dict):
        try:
            return json.dumps(value, ensure_ascii=False, default=as_text)
        except (ValueError, RecursionError):
            return say("tables.cells.nested")
    return str(value)
