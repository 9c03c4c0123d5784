"""Which format a file is in, told from what it holds and not from its name."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from demo.batch import delimited, guess, json_rows
from demo.batch.format import Format, Limits, Source
from demo.batch.packed import Excel, Parquet
from demo.sentences import InputError

HEAD_BYTES = 65_536
_OTHERS = {  # how files begin that people have and that are read nowhere here
    b"\xd0\xcf\x11\xe0": "old_excel",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"%PDF": "pdf",
    b"ARROW1": "arrow",
    b"SQLite format 3": "database",
    BOM_UTF16_LE: "utf16",
    BOM_UTF16_BE: "utf16",
}


def told(
    name: str, source: Source, wanted: str = "", lines: bool = False, limits: Limits | None = None
) -> Format:
    """The file as rows of cells; raises InputError if it is in no format read here.

    `wanted` is the name of a column that is known to be there. With `lines` the file is what a
    person pasted: JSON or cells of a spreadsheet, between tabs, else every line is a text.
    """
    with source() as file:
        head = file.read(HEAD_BYTES)
    limits = limits or Limits()
    if head.startswith(b"PK\x03\x04"):
        return Excel(name, source, limits)
    if head.startswith(b"PAR1"):
        return Parquet(name, source, limits)
    for start, kind in _OTHERS.items():
        if head.startswith(start):
            raise InputError(f"problems.file.kinds.{kind}", name=name)
    if b"\0" in head:
        raise InputError("problems.file.kinds.binary", name=name)
    if json := json_rows.told(name, source, head.decode("utf-8-sig", "replace")):
        return json
    if cells := delimited.told(
        name,
        source,
        lambda row: guess.names_text(row, wanted),
        ("\t",) if lines else delimited.DELIMITERS,
    ):
        return cells
    if lines:
        return delimited.Delimited(name, source, delimited.LINES)
    return delimited.one_column(name, source)
