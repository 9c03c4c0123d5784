"""A declared view as Gradio components, and what they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from demo.figures.cards import alert
from demo.figures.templates import html
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    KEPT_S,
    Choice,
    Column,
    Control,
    Html,
    Item,
    Own,
    Picture,
    Row,
    Setting,
    Switch,
    View,
    always,
    settle,
)
from demo.sentences import has, say
from demo.serving.failures import log_failure
from demo.serving.panel import Panel

OF_PICTURES = ("png", "svg", "csv", "json", "table", "present")
LEAST_WIDTH = 340  # px of a column, below which columns stand under each other


class BuiltView:
    """A view whose components exist: `tab`, `controls` and `states` by name.

    `opened` is what the page opens with, the value of each control.
    """

    def __init__(self, view: View, panel: Panel):
        self.view, self.panel = view, panel
        self.controls: dict[str, Any] = {}
        self._outputs: dict[str, list[Any]] = {}  # of each, what is shown and hidden with it
        self._columns: list[tuple[gr.Column, Column]] = []
        self._own: list[tuple[gr.Column, Own]] = []  # of those that are not always shown
        opened = settle(view, panel, {})
        self.opened = {name: setting.value for name, setting in opened.items()}
        own: dict[str, Component] = {}
        placed = {item for item in view.items() if isinstance(item, str)}
        above = [one for one in view.controls if one.name not in placed]
        with gr.Tab(view.title, id=view.id) as self.tab:
            # Inside: beside the tabs, a state would count as one, and shift those behind it.
            self.states = {name: gr.State(time_to_live=KEPT_S) for name in view.states}
            self._note = gr.HTML(elem_id=f"{view.id}-note", elem_classes="note")
            self._place_above(above, opened)
            for part in view.layout:
                self._place(part, opened, own)
        if view.connect:
            view.connect(panel, self._named() | own)

    @property
    def components(self) -> list[Any]:
        """Everything that `show` may change."""
        shown = [component for several in self._outputs.values() for component in several]
        columns = [column for column, _ in [*self._columns, *self._own]]
        return [self._note, *self.controls.values(), *shown, *columns]

    def show(
        self,
        text: str,
        theme: Theme,
        values: Mapping[str, Any],
        changes: Mapping[str, Any],
        later: bool = False,
        anew: bool = False,
    ) -> dict[Component, Any]:
        """The view of a text as its controls, and its states, stand in `values`, or in `changes`.

        Only what the view draws `later`, or else all the rest. What comes later stays as it is
        until then, or is taken away where the view is drawn `anew`, as of another reader. Where
        nothing can be drawn, a sentence says why in its place.
        """
        settled = settle(self.view, self.panel, {**values, **changes})
        given = {name: setting.value for name, setting in settled.items()}
        given |= {name: values[name] for name in self.states}
        said = ""
        try:
            draw = self.view.later if later and self.view.later else self.view.draw
            drawn = draw(self.panel, text, theme, **given)
        except ValueError as error:
            drawn, said = {}, str(error)
        except Exception as error:
            log_failure(self.view.id, error)
            drawn, said = {}, say("problems.not_drawn", view=self.view.title)
        updates: dict[Any, Any] = {}
        if said or not later:
            updates[self._note] = alert(said) if said else ""
        if not later:
            updates |= self._controls(settled, values)
        taken_away = not later and bool(said or anew)
        of_now = {one.id for one in self.view.outputs() if one.later == later or taken_away}
        for name in of_now:
            component, *others = self._outputs[name]
            there = name in drawn
            updates[component] = gr.update(value=drawn.get(name), visible=there)
            updates |= {other: gr.update(visible=there) for other in others}
        for component, column in self._columns:
            names = [_name(item) for item in column.items]
            if later and not of_now.intersection(names):
                continue
            there = any(
                name in drawn
                or (name in settled and settled[name].shown)
                or (name in self._outputs and name not in of_now)
                or name is None
                for name in names
            )
            updates[component] = gr.update(visible=there)
        for component, item in self._own:
            updates[component] = gr.update(visible=item.when(self.panel, given))
        return updates

    def reopen(self, values: Mapping[str, Any]) -> dict[Component, Any]:
        """Its controls at `values`, as the page opens; the view is not drawn."""
        return self._controls(settle(self.view, self.panel, values), self.opened)

    def _controls(
        self, settled: Mapping[str, Setting], sent: Mapping[str, Any]
    ) -> dict[Component, Any]:
        return {
            self.controls[control.name]: _update(control, settled[control.name], sent[control.name])
            for control in self.view.controls
        }

    def _place_above(self, controls: Sequence[Control], opened: Mapping[str, Setting]) -> None:
        """Controls over the pictures: as many as fit stand side by side, some behind "More"."""
        folded = [control.name for control in controls if control.folded]
        more = f"{self.view.id}-more"
        if controls:
            with gr.Row(elem_classes="controls"):
                for control in controls:
                    if not control.folded:
                        self._make(control.name, opened, {})
                if folded:
                    gr.HTML(html("more", unfolds=more), elem_classes="unfolds")
        if folded:
            with gr.Row(elem_classes="controls more", elem_id=more):
                for name in folded:
                    self._make(name, opened, {})

    def _place(
        self, part: Row | Item, opened: Mapping[str, Setting], own: dict[str, Component]
    ) -> None:
        if not isinstance(part, Row):
            self._make(part, opened, own)
        elif len(part.columns) == 1:  # of controls: as many as fit stand side by side
            with gr.Row(elem_classes="controls"):
                for item in part.columns[0].items:
                    self._make(item, opened, own)
        else:
            with gr.Row():
                for column in part.columns:
                    with gr.Column(scale=column.scale, min_width=LEAST_WIDTH) as made:
                        for item in column.items:
                            self._make(item, opened, own)
                    self._columns.append((made, column))

    def _make(self, item: Item, opened: Mapping[str, Setting], own: dict[str, Component]) -> None:
        if isinstance(item, str):
            (control,) = (one for one in self.view.controls if one.name == item)
            self.controls[item] = _component(self.view.id, control, opened[item])
        elif isinstance(item, Picture):
            tools = _tools(item.id, (*OF_PICTURES, "guess") if item.guess else OF_PICTURES)
            waits = ["later"] if item.later else []
            plot = gr.Plot(show_label=False, container=False, elem_id=item.id, elem_classes=waits)
            self._outputs[item.id] = [plot, tools]
        elif isinstance(item, Html):
            above = [_tools(item.id, item.tools)] if item.tools else []
            waits = ["later"] if item.later else []
            piece = gr.HTML(elem_id=item.id, elem_classes=[*item.classes, *waits])
            self._outputs[item.id] = [piece, *above]
        elif item.when is always:
            own |= item.build(self.panel)
        else:
            given = {name: setting.value for name, setting in opened.items()}
            given |= dict.fromkeys(self.states)
            with gr.Column(visible=item.when(self.panel, given)) as made:
                own |= item.build(self.panel)
            self._own.append((made, item))

    def _named(self) -> dict[str, Component]:
        return {**self.controls, **self.states}


def _name(item: Item) -> str | None:
    """The name of a control, the id of what is drawn, or None for what is always there."""
    return None if isinstance(item, Own) else item if isinstance(item, str) else item.id


def _component(view: str, control: Control, setting: Setting) -> Component:
    """The component of a control, as the page opens."""
    key = f"views.{view}.{control.name}"
    common = {
        "label": say(f"{key}.label"),
        "info": say(f"{key}.help"),
        "visible": setting.shown,
        "elem_id": f"{view}-{control.name}",
        "value": setting.value,
    }
    if isinstance(control, Choice):
        return gr.Radio(setting.options, **common)
    if isinstance(control, Switch):
        return gr.Checkbox(**common)
    placeholder = say(f"{key}.placeholder") if has(f"{key}.placeholder") else None
    return gr.Textbox(placeholder=placeholder, max_lines=control.lines, **common)


def _update(control: Control, setting: Setting, sent: Any) -> dict:
    """A control as it now stands; a value that the browser has sent is not sent back.

    The person may have chosen another one meanwhile, which must not be undone.
    """
    changes: dict[str, Any] = {"visible": setting.shown}
    if isinstance(control, Choice):
        changes["choices"] = setting.options
    if setting.value != sent:
        changes["value"] = setting.value
    return gr.update(**changes)


def _tools(picture: str, tools: Sequence[str]) -> gr.HTML:
    """The line over the picture of this id; assets/save.js says what they do."""
    return gr.HTML(html("tools", picture=picture, tools=tools), elem_classes="tools")
