"""The readers: `load_panel` opens each one that lies in a folder of trained weights."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from demo.models import device
from demo.models.panel import Panel
from demo.models.reader import Reader

device.choose()
log = logging.getLogger(__name__)

# In the order of their cards. TensorFlow has to be imported before PyTorch in one process.
READERS = {
    "transformer": "TransformerReader",
    "bert": "BertReader",
    "rnnsearch": "RnnSearchReader",
}


def reader_class(name: str) -> type[Reader]:
    """The class of a reader; its module, with its framework, is imported only now."""
    return getattr(import_module(f"demo.models.{name}"), READERS[name])


def load_panel(folder: str | Path = "trained", names: Iterable[str] = READERS) -> Panel:
    """Open and warm up every reader of these names that has a folder of its own in `folder`.

    The environment variable BERT_DIR names another folder for BERT. A reader that cannot be opened
    is left out, logged and listed in `Panel.missing`. Raises ValueError with one sentence if none
    can be opened.
    """
    panel = Panel()
    for name in [name for name in READERS if name in names]:
        place = Path(os.environ.get(f"{name.upper()}_DIR") or Path(folder) / name)
        if not place.is_dir():
            continue
        try:
            with _nothing_collected():
                reader = reader_class(name).load(place)
        except ValueError as error:
            panel.missing[name] = str(error)
            log.warning("%s is off: %s", reader_class(name).title, error)
            continue
        reader.warm_up()
        panel[name], panel.folders[name] = reader, place
    if not panel:
        why = "; ".join(panel.missing.values()) or "it holds no folder of a reader"
        raise ValueError(f"No reader could be opened in {folder}: {why.rstrip('.')}.")
    return panel


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What the frameworks make as they are imported stays: looking through it for garbage, again
    and again as it grows, would be a quarter of the page's start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
