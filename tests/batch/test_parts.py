"""Parts of a result: each whole or not there, joined to the file of one process."""

import csv
import io
from dataclasses import replace

import pytest
from pyarrow import parquet

from demo.batch import parts
from demo.batch.parts import PART_ROWS, BulkRun, InputFile

ROWS = [
    ["oil", "World", "0.5000", "yes", ""],
    ["=1+1", "Sports", "0.2500", "yes", ""],
    ["", "", "", "", "The row is empty."],
]


@pytest.fixture
def run(tmp_path):
    return BulkRun(
        place="in.csv",
        files=(
            InputFile("in.csv", 0, PART_ROWS + 1, 0),
            InputFile("more.csv", 1, 3, PART_ROWS + 1),
        ),
        columns=("title",),
        column=0,
        wanted="",
        header=None,
        readers=("tiny",),
        trained="trained",
        folder=str(tmp_path / "out"),
    )


def test_parts_cover_the_rows_of_all_files_in_their_order(run):
    assert [(part.number, part.file.number, part.start, part.rows) for part in run.parts] == [
        (0, 0, 0, PART_ROWS),
        (1, 0, PART_ROWS, 1),
        (2, 1, 0, 3),
    ]


@pytest.mark.parametrize("kind", [parts.CSV, parts.PARQUET])
def test_a_part_holds_numbered_rows_and_counts_once_it_is_whole(run, kind):
    run = replace(run, files=run.files[1:], kind=kind)
    run.begin()
    assert run.done() == set()
    run.write(run.parts[0], ROWS)
    assert run.done() == {0}
    first = PART_ROWS + 2
    assert list(run.read()) == [[[str(first + at), *row] for at, row in enumerate(ROWS)]]


def test_parts_join_into_what_one_process_writes(run, tmp_path):
    run = replace(run, files=run.files[1:])
    run.begin()
    run.write(run.parts[0], ROWS)
    run.join(str(tmp_path / "out.csv"), ";")
    text = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
    assert text.startswith("title;tiny;tiny_confidence;agree;problem\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[2][0] == "'=1+1"
    run.join(str(tmp_path / "out.parquet"), ";")
    found = parquet.read_table(tmp_path / "out.parquet")
    assert found["title"].to_pylist() == ["oil", "=1+1", ""]
    assert found["tiny_confidence"].to_pylist() == [0.5, 0.25, None]


def test_another_run_does_not_go_on_with_these_parts(run):
    run.begin()
    run.begin()
    with pytest.raises(ValueError, match="another input or of other readers"):
        replace(run, readers=("other",)).begin()
