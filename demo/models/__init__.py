"""The readers: `load_panel` opens each one that lies in a folder of trained weights."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from demo.models.transformer import TransformerReader
from demo.reading import Reading

log = logging.getLogger(__name__)

READERS = (TransformerReader,)  # in the order of their cards on the page


class Reader(Protocol):
    """What every reader can do; `name` is its key in the panel, `title` what the page calls it."""

    name: str
    title: str
    weights_file: str
    parameters: int

    def read(self, text: str) -> Reading: ...
    def read_batch(self, texts: list[str]) -> list[Reading]: ...


class Panel(dict[str, Reader]):
    """The readers by name; `missing` says, in a sentence each, which are not there and why."""

    def __init__(self):
        super().__init__()
        self.missing: dict[str, str] = {}


def load_panel(folder: str | Path = "trained") -> Panel:
    """Open and warm up every reader of `folder`; one that cannot be opened is left out and logged.

    Raises ValueError with one sentence if none can be opened.
    """
    panel = Panel()
    for kind in READERS:
        try:
            reader = kind.load(Path(folder) / kind.name)
        except ValueError as error:
            panel.missing[kind.name] = str(error)
            log.warning("%s is off: %s", kind.title, error)
            continue
        reader.warm_up()
        panel[kind.name] = reader
    if not panel:
        raise ValueError(
            f"No reader could be opened in {folder}: {'; '.join(panel.missing.values())}"
        )
    return panel
