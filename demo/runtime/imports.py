"""How the frameworks and Gradio are imported: without what would only take time and memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# What the frameworks import if it is there, and what Gradio does; Gradio cannot do without pandas.
UNUSED = ("matplotlib", "pandas", "pyarrow", "scipy", "sklearn")
UNUSED_BY_GRADIO = tuple(name for name in UNUSED if name != "pandas")
LOOKS_ONCE = "transformers"  # which counts on what it has found, whenever that was


@contextmanager
def quick_imports(unused: Sequence[str] = UNUSED) -> Iterator[None]:
    """What is imported meanwhile does without `unused`, and is never looked through for garbage.

    What the frameworks make as they are imported stays: to look through it again and again as it
    grows would be a quarter of the start of the page, and what Keras uses to plot another tenth.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        with hidden(*(() if LOOKS_ONCE in sys.modules else unused)):
            yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Modules that were not imported before are not to be had meanwhile."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # where a module is None, its import fails
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
