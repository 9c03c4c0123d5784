"""The tabs under the cards, one file each: its controls, and what it draws from a text.

A tab draws when it is opened, when one of its controls is used, and when a new text is read while
it is open; the page wires that for every tab in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import gradio as gr
from gradio.components import Component

from demo.figures.look import Look


@dataclass(frozen=True)
class Tab:
    """A built tab.

    `controls` stand under the names that they have in a link to the page. `draw(text, *values of
    controls, look)` returns a dict from components to what they show. `pickers` change other
    controls first: the function of a picker takes the value of its control and returns a dict of
    updates. `states` are what a session keeps for the tab, whose values follow those of the
    controls; after `endings`, events of the tab itself, it is drawn as after a new text.
    """

    tab: gr.Tab
    controls: dict[str, Component]
    outputs: list[Component]
    draw: Callable[..., dict]
    pickers: dict[Component, Callable[[object], dict]] = field(default_factory=dict)
    states: list[gr.State] = field(default_factory=list)
    endings: list = field(default_factory=list)

    def on_screen(self, text: str, *values) -> dict:
        """`draw` with the screen, the last value, as a `Look`.

        Where a control holds what cannot be drawn, a sentence says so and nothing changes.
        """
        *choices, screen = values
        try:
            return self.draw(text, *choices, Look(bool(screen["dark"]), int(screen["width"])))
        except ValueError as error:
            gr.Warning(str(error))
            return gr.skip()

    def if_open(self, text: str, *values):
        """`on_screen` if this is the tab that the screen shows; otherwise nothing changes."""
        return self.on_screen(text, *values) if values[-1]["tab"] == self.tab.label else gr.skip()
