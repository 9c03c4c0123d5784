"""Where a batch comes from: a file that is opened or dropped, or what is pasted.

A file is read in the browser and sent as an event's value, so that the server stores none of it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import gradio as gr

from demo.batch import Limits, Table
from demo.figures import batch as figures
from demo.figures.cards import alert
from demo.page.views.declaration import KEPT_S
from demo.page.views.events import AT_ONCE, by_name
from demo.sentences import InputError, say

MAX_BYTES = 10_000_000  # of a file; batch.js does not send a larger one
MAX_ROWS = 20_000
LIMITS = Limits(rows=MAX_ROWS, unpacked=50_000_000)
HEADER_WORDS = 2  # a first line of so few words may name the column
PICK = f"() => window.headlineAttention.batch.pickFile({MAX_BYTES})"
CONNECT = "window.headlineAttention.batch.connect({ trigger })"
SOURCE = ("lines", "file", "asked", "column")  # the components whose values `table` takes
SHOWN = ("preview", "column", "names_columns")


def opened(name: str, data: bytes, lines: bool = False, header: bool | None = None) -> Table:
    """The table in `data`; raises InputError if it is none or too large."""
    check_size(name, len(data))
    return Table(name, lambda: io.BytesIO(data), lines=lines, header=header, limits=LIMITS)


def received(file: dict) -> Table:
    """The table in a file as batch.js sends it: its name, its size and, unless too large, its data.

    Raises InputError, as `opened`.
    """
    name, size = sendable(str(file["name"])), int(file["size"])
    check_size(name, size)
    return opened(name, base64.b64decode(file["data"], validate=True))


def table(
    typed: str, file: Table | None, asked: tuple[str, bool] | None, column: int | None
) -> Table:
    """The table that the controls ask for: the file that is open, else what is typed or pasted.

    `asked` is a first line and whether the person wants it to name the columns; it says nothing of
    another. Raises InputError, as `opened`.
    """
    header = asked[1] if asked and asked[0] == first_line(typed) else None
    data = typed.encode("utf-8", "surrogatepass")
    found = file or opened(say("views.batch.box"), data, lines=True, header=header)
    # The box may have changed since the column was chosen.
    known = column is not None and column < len(found.columns)
    return found.by(column) if known else found


def first_line(typed: str) -> str:
    """The first line of what is typed that holds anything."""
    return typed.strip().partition("\n")[0].strip()


def plain(pasted: Table) -> bool:
    """Whether what is pasted is a text a line and its first line names nothing."""
    if pasted.named or pasted.header or len(pasted.columns) > 1:
        return False
    first = next(iter(pasted)).cells[0]
    return pasted.rows == 1 or len(first.split()) > HEADER_WORDS


def check_size(name: str, size: int) -> None:
    """Raises InputError if a file of `size` bytes is too large."""
    if size > MAX_BYTES:
        most = MAX_BYTES / 1e6
        raise InputError("problems.file.too_large", name=name, megabytes=size / 1e6, most=most)


def sendable(text: str) -> str:
    """A text without half emojis, which JSON cannot carry to the browser."""
    return text.encode("utf-8", "replace").decode("utf-8")


def controls() -> dict[str, Any]:
    """The components, by name."""
    lines = gr.Textbox(
        label=say("views.batch.lines.label"),
        info=say("views.batch.lines.help"),
        lines=6,
        max_lines=6,
        elem_id="batch-lines",
    )
    with gr.Row(elem_classes="controls"):
        pick = gr.Button(say("views.batch.open"), size="sm", scale=0, elem_id="batch-open")
        close = gr.Button(
            say("views.batch.close"), size="sm", scale=0, visible=False, elem_id="batch-close"
        )
        column = gr.Dropdown(
            [],
            label=say("views.batch.column.label"),
            info=say("views.batch.column.help"),
            visible=False,
            elem_id="batch-column",
        )
        names_columns = gr.Checkbox(
            label=say("views.batch.header.label"),
            info=say("views.batch.header.help"),
            visible=False,
            interactive=True,
            elem_id="batch-header",
        )
    return {
        "lines": lines,
        "pick": pick,
        "close": close,
        "column": column,
        "names_columns": names_columns,
        "preview": gr.HTML(elem_id="batch-preview"),
        "browser": gr.HTML({}, html_template="", js_on_load=CONNECT),  # says what is typed, dropped
        "file": gr.State(time_to_live=KEPT_S),
        "asked": gr.State(time_to_live=KEPT_S),
        "sent": gr.JSON(visible=False),  # a file on its way from the browser
    }


def connect(parts: dict[str, Any]) -> None:
    """Show how what is given is understood, whenever that changes."""

    def on(event: Callable, function: Callable, given: tuple, changed: tuple, **more: Any) -> None:
        inputs, outputs = ([parts[name] for name in names] for names in (given, changed))
        event(by_name(parts, function), inputs, outputs, **more, **AT_ONCE)

    opening = (*SHOWN, "file", "asked", "lines", "close")
    on(parts["pick"].click, open_file, ("sent",), opening, js=PICK)
    on(parts["browser"].upload, open_file, ("sent",), opening, js=PICK)
    on(parts["browser"].input, look_at, ("lines", "file", "asked"), SHOWN)
    on(parts["close"].click, close_file, ("lines",), opening)
    on(
        parts["names_columns"].input,
        name_columns,
        ("names_columns", "lines", "file"),
        (*SHOWN, "file", "asked"),
    )
    on(parts["column"].input, choose_column, SOURCE, SHOWN)


def open_file(given: dict | None) -> dict[str, Any]:
    """Open a file as it comes from the browser; None if the person closed the file picker."""
    if given is None:
        return {}
    try:
        found = received(given)
    except InputError as error:
        return {"preview": alert(sendable(str(error)))}
    return {
        "file": found,
        "asked": None,
        "lines": gr.Textbox(visible=False),
        "close": gr.Button(visible=True),
        **understood(found, True),
    }


def close_file(typed: str) -> dict[str, Any]:
    """Go back to what is typed."""
    return {
        "file": None,
        "asked": None,
        "lines": gr.Textbox(visible=True),
        "close": gr.Button(visible=False),
        **look_at(typed, None, None),
    }


def look_at(typed: str, found: Table | None, said: tuple[str, bool] | None) -> dict[str, Any]:
    """Show how what is pasted is understood, where that is not plain to see."""
    if found is not None:
        return {}
    if not typed.strip():
        return hidden()
    try:
        pasted = table(typed, None, said, None)
    except InputError as error:
        return hidden(alert(sendable(str(error))))
    return hidden() if plain(pasted) else understood(pasted, False)


def name_columns(said: bool, typed: str, found: Table | None) -> dict[str, Any]:
    """Have the first row name the columns, or be a text."""
    if found is None:
        asked = (first_line(typed), said)
        return {"asked": asked, **look_at(typed, None, asked)}
    try:
        found = found.with_header(said)
    except InputError as error:
        return {"preview": alert(sendable(str(error))), "names_columns": not said}
    return {"file": found, **understood(found, True)}


def choose_column(*source: Any) -> dict[str, Any]:
    """Mark the column that will be read."""
    try:
        return understood(table(*source), source[1] is not None)
    except InputError as error:
        return {"preview": alert(sendable(str(error)))}


def understood(found: Table, is_file: bool) -> dict[str, Any]:
    """How a table is understood: its first rows, its columns, and who names them."""
    names = [
        (sendable(name) or say("tables.column", number=index + 1), index)
        for index, name in enumerate(found.columns)
    ]
    return {
        "preview": sendable(figures.opened(found, is_file) + figures.first_rows(found)),
        "column": gr.Dropdown(names, value=found.column, visible=len(names) > 1),
        "names_columns": gr.Checkbox(found.header, visible=not found.named),
    }


def hidden(said: str = "") -> dict[str, Any]:
    """Nothing but a sentence."""
    return {
        "preview": said,
        "column": gr.Dropdown([], value=None, visible=False),
        "names_columns": gr.Checkbox(False, visible=False),
    }
