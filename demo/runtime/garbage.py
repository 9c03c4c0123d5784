"""When Python looks for garbage: not while a framework is imported."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_collected() -> Iterator[None]:
    """What is made meanwhile stays, and is never looked through for garbage.

    What the frameworks make as they are imported does stay; to look through it again and again as
    it grows would be a quarter of the page's start.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
