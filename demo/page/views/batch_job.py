"""A run over a batch, as the server keeps it for a session."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from demo.batch import Done, Table
from demo.reading import ReaderInfo
from demo.serving.panel import ServedReader


@dataclass(frozen=True, eq=False)
class Driven:
    """Rows that could be read, and what each head adds to the verdict on them.

    Shapes: `adds` float32 (rows, layers, heads), as `Reader.head_shares`.
    """

    rows: list[Done]
    adds: np.ndarray


@dataclass
class Job:
    """A run of some readers over a table: what is done of it, and whether it has ended.

    One that was cancelled has ended. `driven` says by reader what its heads add, where asked for.
    """

    table: Table
    readers: dict[str, ServedReader]
    done: list[Done] = field(default_factory=list)
    ended: bool = False
    driven: dict[str, Driven] = field(default_factory=dict)

    @property
    def infos(self) -> list[ReaderInfo]:
        """What each reader is, in the order of the verdicts."""
        return [reader.info for reader in self.readers.values()]

    @property
    def has_results(self) -> bool:
        """Whether there is anything to show and to save."""
        return self.ended and bool(self.done)
