"""Tables of any number of rows, read by a Ray cluster: `python -m demo.batch IN OUT --cluster ...`.

    files -> parts of `PART_ROWS` rows -> readers, an actor each -> a file a part -> one, if asked

Ray Data streams the parts through the actors, which open their readers once and write what they
read. A part is the unit that may be lost: when a worker or a node dies it is read again, elsewhere,
and when the driver dies the same command reads those that are not there. A part is cut and read in
the chunks of one process, and so has the same rows.
"""

from __future__ import annotations

import logging
import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from demo.batch import places
from demo.batch.parts import PARQUET, PART_ROWS, ROW, BulkRun, InputFile, Part, kind_of
from demo.batch.run import BULK, Done, cells, header, verdicts
from demo.batch.table import Table
from demo.runtime.cluster import connect, one_core
from demo.serving import limits
from demo.serving.panel import load_panel

LOOK_S = 2.0  # between two looks at the parts that a cluster wrote
FEWEST_ACTORS = 1  # that Ray Data goes on with; at most, each core or each GPU has one


@dataclass(frozen=True)
class Asked:
    """What a command line asks for; `kind` is the format of the parts of a folder."""

    place: str
    out: str
    column: str = ""
    header: bool | None = None
    readers: tuple[str, ...] = ()
    trained: str = "trained"
    kind: str = PARQUET
    raw: bool = False


def run(asked: Asked, address: str) -> tuple[BulkRun, Counter[str]]:
    """Do what is asked in the cluster at an address; the rows of the result counted by `agree`.

    Raises ValueError with one sentence if a file cannot be read or the result cannot be written.
    """
    ray = connect(address)
    bulk, delimiter = _looked_at(ray, asked)
    if kind_of(asked.out) and places.is_there(asked.out):
        raise ValueError(f"{asked.out} is there already: delete it, or name another file.")
    if any(file.path.startswith(f"{bulk.folder}/") for file in bulk.files):
        raise ValueError(f"{asked.out} is a part of the input: name another folder.")
    bulk.begin()
    done = bulk.done()
    left = [part for part in bulk.parts if part.number not in done]
    with tqdm(
        total=sum(part.rows for part in bulk.parts),
        initial=sum(part.rows for part in bulk.parts if part.number in done),
        unit="row",
        disable=None,
    ) as progress:
        try:
            write = _written_there if ray.util.client.ray.is_connected() else _written
            for part in write(ray, bulk, left) if left else ():
                progress.update(part["rows"])
        except ray.exceptions.RayError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            raise ValueError(f"The cluster gave up, and has kept what it read: {reason}") from None
    bulk.remove_drafts()
    counted = Counter(row[-2] for rows in bulk.read() for row in rows)
    if kind_of(asked.out):
        bulk.join(asked.out, delimiter)
        bulk.remove()
    return bulk, counted


def _looked_at(ray: Any, asked: Asked) -> tuple[BulkRun, str]:
    """The run that is asked for, once every file was gone through; and the delimiter of the first.

    Raises ValueError with one sentence if a file is no such table or has other columns.
    """
    _, found = places.files(asked.place)
    look = ray.remote(num_cpus=1)(_look)
    looked = ray.get([look.remote(one.path, asked) for one in found])
    for one in looked:
        if isinstance(one, ValueError):
            raise one
    first = looked[0]
    for info, one in zip(found, looked, strict=True):
        if (one.columns, one.column) != (first.columns, first.column):
            raise ValueError(
                f"{info.path} has other columns than {found[0].path}: read them one by one."
            )
    before = accumulate((one.rows for one in looked), initial=0)
    files = tuple(
        InputFile(info.path, number, one.rows, rows)
        for number, (info, one, rows) in enumerate(zip(found, looked, before, strict=False))
    )
    out = asked.out if "://" in asked.out else str(Path(asked.out).absolute())
    bulk = BulkRun(
        place=asked.place,
        files=files,
        columns=first.columns,
        column=first.column,
        header=asked.header,
        wanted=asked.column,
        readers=asked.readers,
        trained=asked.trained,
        folder=f"{out}.parts" if kind_of(out) else out,
        kind=PARQUET if kind_of(out) else asked.kind,
        raw=asked.raw,
    )
    return bulk, first.delimiter


@dataclass(frozen=True)
class Looked:
    """What a file is, as a `Table` tells."""

    columns: tuple[str, ...]
    column: int
    rows: int
    delimiter: str


def _look(path: str, asked: Asked) -> Looked | ValueError:
    try:
        table = open_table(path, asked.place, asked.column, asked.header)
        names = header(table, asked.readers)
        if ROW in names:
            raise ValueError(f"{path} has a column {ROW!r}, as the result would: rename it there.")
        return Looked(table.columns, table.column, table.rows, table.delimiter)
    except ValueError as error:
        return error


def open_table(path: str, place: str, wanted: str, named: bool | None) -> Table:
    """A file as a table, on the filesystem of the place that was named."""
    filesystem = places.filesystem_of(place)
    return Table(Path(path).name, lambda: filesystem.open_input_file(path), wanted, header=named)


def _written(ray: Any, bulk: BulkRun, left: Sequence[Part]) -> Iterator[Mapping[str, int]]:
    """Have the parts that are left read and written; gives each as soon as it is there."""
    from ray.data import ActorPoolStrategy, DataContext, from_items

    logging.getLogger("ray.data").setLevel(logging.WARNING)
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = 1  # byte: each part is a block of its own, for any actor
    of_file: dict[InputFile, list[Part]] = {}
    for part in left:
        of_file.setdefault(part.file, []).append(part)
    resources = ray.cluster_resources()
    gpus = int(resources.get("GPU", 0))
    most = gpus or max(int(resources.get("CPU", 1)), FEWEST_ACTORS)
    actor: Any = ReadAndWrite
    files = [{"parts": pickle.dumps(parts)} for parts in of_file.values()]
    yield from (
        from_items(files, override_num_blocks=len(files))
        .flat_map(Cut(bulk), num_cpus=0)
        .map(
            actor,
            fn_constructor_args=(bulk,),
            compute=ActorPoolStrategy(
                min_size=FEWEST_ACTORS, max_size=most, initial_size=min(most, len(left))
            ),
            num_cpus=1,
            num_gpus=1 if gpus else 0,
            runtime_env=one_core(),
        )
        .iter_rows()
    )


def _written_there(ray: Any, bulk: BulkRun, left: Sequence[Part]) -> Iterator[Mapping[str, int]]:
    """As `_written`, from a machine outside the cluster, where Ray Data cannot run: by a task."""
    everything = ray.remote(num_cpus=0)(_everything_written).remote(bulk, left)
    rows = {part.number: part.rows for part in left}
    while True:
        ended, _ = ray.wait([everything], timeout=LOOK_S)
        for number in bulk.done() & rows.keys():
            yield {"number": number, "rows": rows.pop(number)}
        if ended:
            ray.get(everything)
            return


def _everything_written(bulk: BulkRun, left: Sequence[Part]) -> None:
    import ray

    for _ in _written(ray, bulk, left):
        pass


class Cut:
    """Cuts a file into those of its parts that are left, as Ray Data calls it."""

    def __init__(self, bulk: BulkRun):
        self.bulk = bulk

    def __call__(self, row: dict) -> Iterator[dict]:
        left: list[Part] = pickle.loads(row["parts"])
        bulk = self.bulk
        table = open_table(left[0].file.path, bulk.place, bulk.wanted, bulk.header)
        rows, at = iter(table), 0
        for part in left:
            chosen = list(islice(rows, part.start - at, part.start - at + part.rows))
            at = part.start + part.rows
            yield {"part": pickle.dumps((part, chosen))}


class ReadAndWrite:
    """The readers of one actor: reads a part and writes its file, as Ray Data calls it."""

    def __init__(self, bulk: BulkRun):
        self.bulk = bulk
        self.panel = load_panel(bulk.trained, bulk.readers, limits=limits.BULK)
        for name in bulk.readers:
            if name not in self.panel:
                raise ValueError(f"{name} cannot read: {self.panel.missing[name]}")

    def __call__(self, row: dict) -> dict:
        part, rows = pickle.loads(row["part"])
        raw = self.bulk.raw or self.bulk.kind == PARQUET  # which no spreadsheet runs
        chunks = [rows[at : at + BULK] for at in range(0, part.rows, BULK)]
        done = [
            Done(*both)
            for chunk in chunks
            for both in zip(chunk, verdicts(self.panel, chunk, self.bulk.column), strict=True)
        ]
        self.bulk.write(part, [cells(one, len(self.panel), raw) for one in done])
        return {"number": part.number, "rows": part.rows}


assert PART_ROWS % BULK == 0
