"""The tabs under the cards, one file each: its controls, and what it draws from a text.

A tab draws when it is opened, when one of its controls is used, and when a new text is read while
it is open; the page wires that for every tab in the same way. One event of the page does all
drawing of a tab, so that the last thing asked for is the last one drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import gradio as gr
from gradio.components import Component

from demo.figures.look import Look
from demo.models.panel import log_failure

DRAW = "() => window.headlineAttention.draw()"  # as a script of an event: the tab that is open
READ = "() => window.headlineAttention.read()"  # as if the button had been pressed
TOOLS = "".join(
    f'<button data-tool="{tool}" data-picture="{{picture}}" title="{does}">{name}</button>'
    for tool, name, does in (
        ("png", "PNG", "Save the picture for a slide, 1920 x 1080 at twice the resolution"),
        ("svg", "SVG", "Save the picture as vectors, 1920 x 1080"),
        ("csv", "CSV", "Save the numbers behind the picture for a spreadsheet"),
        ("json", "JSON", "Save the numbers behind the picture for a program"),
        ("table", "Table", "Read the numbers behind the picture"),
        ("present", "Present", "Fill the screen with the picture"),
    )
)


@dataclass(frozen=True)
class Tab:
    """A built tab.

    `controls` stand under the names that they have in a link to the page. `draw(text, *values of
    controls, look)` returns a dict from components to what they show. `pickers` change other
    controls first: the function of a picker takes the value of its control and returns a dict of
    updates. `states` are what a session keeps for the tab, whose values follow those of the
    controls. `redraw` is the tab's `redraw_button`. `kept` is what else a person fills in: like the
    controls, the browser keeps it through a reload.
    """

    tab: gr.Tab
    redraw: gr.Button
    controls: dict[str, Component]
    outputs: list[Component]
    draw: Callable[..., dict]
    pickers: dict[Component, Callable[[object], dict]] = field(default_factory=dict)
    states: list[gr.State] = field(default_factory=list)
    kept: list[Component] = field(default_factory=list)

    def on_screen(self, text: str, *values) -> dict:
        """`draw` with the screen, the last value, as a `Look`.

        Where nothing can be drawn, a sentence says so and nothing changes.
        """
        *choices, screen = values
        try:
            return self.draw(text, *choices, Look(bool(screen["dark"]), int(screen["width"])))
        except ValueError as error:
            gr.Warning(str(error))
        except Exception as error:
            log_failure(self.tab.label, error)
            gr.Warning(f"{self.tab.label} cannot be drawn: try again, or another text.")
        return gr.skip()


def redraw_button(tab: str) -> gr.Button:
    """What the page's script presses to have the tab of this id drawn again; nobody sees it."""
    return gr.Button("Draw", visible="hidden", elem_classes="redraw", elem_id=f"redraw-{tab}")


def picture(elem_id: str, **settings) -> gr.Plot:
    """A plot over the buttons that save it, show its numbers and present it."""
    plot = gr.Plot(show_label=False, container=False, elem_id=elem_id, **settings)
    tools(elem_id)
    return plot


def tools(elem_id: str) -> None:
    """The buttons under the picture of this id; assets/save.js says what they do."""
    gr.HTML(TOOLS.format(picture=elem_id), elem_classes="tools")
