"""The readers: `load_panel` opens each one that lies in a folder of trained weights."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Protocol

from demo.models.transformer import TransformerReader  # isort: skip, TensorFlow before PyTorch
from demo.models.bert import BertReader
from demo.reading import Reading

log = logging.getLogger(__name__)

READERS = (TransformerReader, BertReader)  # in the order of their cards on the page


class Reader(Protocol):
    """What every reader can do; `name` is its key in the panel, `title` what the page calls it."""

    name: str
    title: str
    weights_file: str
    parameters: int

    def read(self, text: str) -> Reading: ...
    def read_batch(self, texts: list[str]) -> list[Reading]: ...


class Panel(dict[str, Reader]):
    """The readers by name; `missing` says of each that could not be opened why, in a sentence."""

    def __init__(self):
        super().__init__()
        self.missing: dict[str, str] = {}


def load_panel(folder: str | Path = "trained") -> Panel:
    """Open and warm up every reader that has a folder of its own in `folder`.

    The environment variable BERT_DIR names another folder for BERT. A reader that cannot be opened
    is left out, logged and listed in `Panel.missing`. Raises ValueError with one sentence if none
    can be opened.
    """
    panel = Panel()
    for kind in READERS:
        place = Path(os.environ.get(f"{kind.name.upper()}_DIR") or Path(folder) / kind.name)
        if not place.is_dir():
            continue
        try:
            reader = kind.load(place)
        except ValueError as error:
            panel.missing[kind.name] = str(error)
            log.warning("%s is off: %s", kind.title, error)
            continue
        reader.warm_up()
        panel[kind.name] = reader
    if not panel:
        why = "; ".join(panel.missing.values()) or "it holds no folder of a reader"
        raise ValueError(f"No reader could be opened in {folder}: {why}.")
    return panel
