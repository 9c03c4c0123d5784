"""Links that open the page on a text, a view and its controls: `?text=...&tab=heads&layer=3`.

In a link numbers count from 1, as people do; a switch is 1 or 0; what is not named, or is not
there, stays as the page opens, or as it opened when the first links were made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlencode

from demo.page.views.declaration import (
    TEXT,
    Choice,
    Control,
    Pick,
    Setting,
    Switch,
    Values,
    View,
    settle,
)
from demo.reading import check_text
from demo.sentences import say
from demo.serving.panel import Panel

TAB = "tab"  # with `TEXT` the two parameters that are no control of a view


@dataclass(frozen=True)
class Opened:
    """What a link asks for; `problems` has a sentence for everything that could not be had."""

    text: str | None
    view: View | None
    values: dict[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def spelled(value: object) -> str:
    """The value of a control as it stands in a link."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return str(value + 1) if isinstance(value, int) else str(value)


def link(panel: Panel, view: View, text: str, values: Values) -> str:
    """The query that opens a view as it stands; what it means without being named is left out."""
    settled, opened = settle(view, panel, values), settle(view, panel, {})

    def meant(control: Control) -> Any:
        return opened[control.name].value if control.unnamed is None else control.unnamed

    changed = {
        control.name: spelled(settled[control.name].value)
        for control in view.controls
        if (settled[control.name].shown or isinstance(control, Pick))
        and settled[control.name].value != meant(control)
    }
    return "?" + urlencode({TEXT: text, TAB: view.id} | changed)


def query(link: str) -> dict[str, str]:
    """The parameters of a link, of which only the query counts."""
    return dict(parse_qsl(link.partition("?")[2], keep_blank_values=True))


def opened(query: Mapping[str, str], panel: Panel, views: Sequence[View]) -> Opened:
    """What the query of a link asks for; what is not there stays None."""
    text, problems = query.get(TEXT), []
    if text is not None:
        try:
            check_text(text)
        except ValueError as error:
            text = None
            problems.append(say("problems.link.text", why=error))
    chosen = query.get(TAB, views[0].id)
    view = next((view for view in views if view.id == chosen.lower()), None)
    if view is None:
        problems.append(say("problems.link.tab", tab=chosen[:40]))
        return Opened(text, None, {}, tuple(problems))
    values: dict[str, Any] = {}
    is_link = any(name in query for name in (TEXT, TAB, *chain(*map(_names, view.controls))))
    for control in view.controls:
        written = next((query[name] for name in _names(control) if name in query), None)
        # The controls before it are settled, and say what it can be.
        setting = settle(view, panel, values)[control.name]
        if written is None:
            if is_link and setting.shown and control.unnamed is not None:
                values[control.name] = control.unnamed
            continue
        try:
            values[control.name] = _understood(written, control, setting)
        except ValueError:
            problems.append(say("problems.link.control", control=control.name, value=written[:40]))
    return Opened(text, view, values, tuple(problems))


def _names(control: Control) -> tuple[str, ...]:
    return (control.name, *control.aliases)


def _understood(written: str, control: Control, setting: Setting) -> object:
    """The value that a link means; raises ValueError if the control has no such choice."""
    if isinstance(control, Choice | Switch):
        offered = [True, False] if isinstance(control, Switch) else [v for _, v in setting.options]
        found = {spelled(value): value for value in offered}
        if written not in found:
            raise ValueError(f"no choice {written!r}")
        return found[written]
    return written and check_text(written)
