"""How the frameworks are imported: without what would only take time."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = ("matplotlib", "scipy", "sklearn")  # which Keras and TensorFlow import if they are there
LOOKS_ONCE = "transformers"  # which counts on what it has found, whenever that was


@contextmanager
def quick_imports() -> Iterator[None]:
    """What is imported meanwhile does without `UNUSED`, and is never looked through for garbage.

    What the frameworks make as they are imported stays: to look through it again and again as it
    grows would be a quarter of the start of the page, and what Keras uses to plot another tenth.
    """
    hidden = [] if LOOKS_ONCE in sys.modules else [one for one in UNUSED if one not in sys.modules]
    collects = gc.isenabled()
    gc.disable()
    for name in hidden:
        sys.modules[name] = None  # where a module is None, its import fails
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.freeze()
        if collects:
            gc.enable()
