"""Links that open the page on a text, a tab and its controls: `?text=...&tab=heads&layer=3`.

In a link numbers count from 1, as people do; a switch is 1 or 0; what is not named, or is not
there, stays as the page opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from demo.reading import check_text
from demo.tabs import Tab

TEXT, TAB = "text", "tab"  # the two parameters that are no control of a tab


def spelled(value: object) -> str:
    """The value of a control as it stands in a link."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return str(value + 1) if isinstance(value, int) else str(value)


def defaults(tabs: Sequence[Tab]) -> dict[str, dict[str, str]]:
    """The controls of each tab as the page opens: a link need not name them."""
    return {
        tab.tab.id: {name: spelled(control.value) for name, control in tab.controls.items()}
        for tab in tabs
    }


@dataclass(frozen=True)
class View:
    """What a link asks for; `problems` has a sentence for everything that could not be had."""

    text: str | None
    tab: str | None
    updates: dict[Component, dict]
    problems: list[str]


def opened(query: Mapping[str, str], tabs: Sequence[Tab]) -> View:
    """What the query of a link asks for; what is not there stays None."""
    text, problems = query.get(TEXT), []
    if text is not None:
        try:
            check_text(text)
        except ValueError as error:
            text = None
            problems.append(f"The link's text cannot be read. {error}")
    chosen = query.get(TAB, tabs[0].tab.id)
    tab = next((tab for tab in tabs if tab.tab.id == chosen.lower()), None)
    if tab is None:
        problems.append(f"The link names a tab that is not there, {chosen[:40]!r}.")
        return View(text, None, {}, problems)
    updates: dict[Component, dict] = {}
    pickers_first = sorted(tab.controls.items(), key=lambda item: item[1] not in tab.pickers)
    for name, control in pickers_first:  # a picker says what the others can be
        if name not in query:
            continue
        settings = updates.get(control, {})
        try:
            value = _understood(query[name], control, settings)
        except ValueError:
            problems.append(f"The link's {name}, {query[name][:40]!r}, is not there.")
            continue
        updates[control] = {**settings, "value": value}
        if control in tab.pickers:
            for other, update in tab.pickers[control](value).items():
                updates[other] = update.constructor_args
    shown = {control: gr.update(**settings) for control, settings in updates.items()}
    return View(text, tab.tab.id, shown, problems)


def reopened(query: Mapping[str, str], kept: object, tabs: Sequence[Tab]) -> View:
    """What a link asks for and, beside it, what the browser `kept` of an earlier visit.

    `kept` is {"tab": its id, "controls": {tab: {control: word}}}, spelled as in a link; what of it
    is not there any more stays as the page opens. The tab of a link is as the link has it.
    """
    link = opened(query, tabs)
    names = {TEXT, TAB, *(name for tab in tabs for name in tab.controls)}
    linked = not names.isdisjoint(query)
    kept = kept if isinstance(kept, dict) else {}
    controls = kept.get("controls")
    updates: dict[Component, dict] = {}
    for tab in tabs:
        words = controls.get(tab.tab.id) if isinstance(controls, dict) else None
        if not isinstance(words, dict) or (linked and tab.tab.id == link.tab):
            continue
        spoken = {name: word for name, word in words.items() if isinstance(word, str)}
        updates |= opened({**spoken, TAB: tab.tab.id}, [tab]).updates
    known = {tab.tab.id for tab in tabs}
    was = kept.get("tab") if kept.get("tab") in known else None
    return View(
        link.text,
        link.tab if linked else was or link.tab,
        {**updates, **link.updates},
        link.problems,
    )


def _understood(written: str, control: Component, settings: dict) -> object:
    """The value that a link means; raises ValueError if the control has no such choice."""
    if isinstance(control, gr.Textbox):
        return written and check_text(written)
    if isinstance(control, gr.Checkbox):
        choices = [True, False]
    else:
        choices = [value for _, value in settings.get("choices", control.choices)]
    found = {spelled(value): value for value in choices}
    if written not in found:
        raise ValueError(f"no choice {written!r}")
    return found[written]
