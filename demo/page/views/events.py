"""Events that a view's own components have, beside the one that answers the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr

AT_ONCE = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
IN_TURN = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": 1}


def by_name(parts: dict[str, Any], function: Callable) -> Callable:
    """An event's function that returns, or yields, what changes by the names of `parts`."""

    def update(changes: dict[str, Any]):
        return {parts[name]: value for name, value in changes.items()} or gr.skip()

    if isgeneratorfunction(function):

        @wraps(function)
        def updates(*values: Any) -> Iterator:
            yield from map(update, function(*values))

        return updates
    return wraps(function)(lambda *values: update(function(*values)))
