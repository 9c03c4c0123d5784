"""Where a batch comes from: a file that is opened or dropped, or what is pasted.

A file is read in the browser and sent as an event's value, so that the server stores none of it.
"""

from __future__ import annotations

import base64
import io

import gradio as gr
from gradio.components import Component

from demo.batch import Limits, Table
from demo.figures import batch as figures
from demo.figures.cards import alert

MAX_BYTES = 10_000_000  # of a file; batch.js does not send a larger one
MAX_ROWS = 20_000
LIMITS = Limits(rows=MAX_ROWS, unpacked=50_000_000)
HEADER_WORDS = 2  # a first line of so few words may name the column
KEPT_S = 3600  # how long a session's rows stay in memory after they were last used
PICK = f"() => window.headlineAttention.pickFile({MAX_BYTES})"
AT_ONCE = {"api_visibility": "private", "show_progress": "hidden", "queue": False}


def opened(name: str, data: bytes, lines: bool = False, header: bool | None = None) -> Table:
    """The table in `data`; raises ValueError with a sentence if it is none or too large."""
    if len(data) > MAX_BYTES:
        raise ValueError(too_large(name, len(data)))
    return Table(name, lambda: io.BytesIO(data), lines=lines, header=header, limits=LIMITS)


def received(file: dict) -> Table:
    """The table in a file as batch.js sends it: its name, its size and, unless too large, its data.

    Raises ValueError, as `opened`.
    """
    name, size = sendable(str(file["name"])), int(file["size"])
    if size > MAX_BYTES:
        raise ValueError(too_large(name, size))
    return opened(name, base64.b64decode(file["data"], validate=True))


def table(
    typed: str, file: Table | None, asked: tuple[str, bool] | None, column: int | None
) -> Table:
    """The table that the controls ask for: the file that is open, else what is typed or pasted.

    `asked` is a first line and whether the person wants it to name the columns; it says nothing of
    another. Raises ValueError, as `opened`.
    """
    header = asked[1] if asked and asked[0] == first_line(typed) else None
    data = typed.encode("utf-8", "surrogatepass")
    found = file or opened("The box above", data, lines=True, header=header)
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


def too_large(name: str, size: int) -> str:
    """The sentence for a file of `size` bytes."""
    return (
        f"{name} has {size / 1e6:,.0f} MB and at most {MAX_BYTES / 1e6:.0f} MB are read here: "
        "split it, or use the command line (python -m demo.batch)."
    )


def sendable(text: str) -> str:
    """A text without half emojis, which JSON cannot carry to the browser."""
    return text.encode("utf-8", "replace").decode("utf-8")


def build() -> list[Component]:
    """The controls; returns those whose values `table` takes."""
    lines = gr.Textbox(
        label="Headlines, one a line",
        info="Paste or type the headlines to read, each on a line of its own, or cells of a "
        "spreadsheet; or drop a file here: CSV, TXT, JSON, Excel (.xlsx) or Parquet.",
        lines=6,
        max_lines=6,
        elem_id="batch-lines",
    )
    look = gr.Button("Look", visible="hidden", elem_id="batch-look")  # batch.js presses it
    with gr.Row(elem_classes="controls"):
        pick = gr.Button("Open a file", size="sm", scale=0, elem_id="batch-open")
        close = gr.Button("Close file", size="sm", scale=0, visible=False, elem_id="batch-close")
        column = gr.Dropdown(
            [],
            label="Column",
            info="The column that holds the headlines.",
            visible=False,
            elem_id="batch-column",
        )
        names_columns = gr.Checkbox(
            label="First row names the columns",
            info="At first this is guessed; off, the first row is read like the others.",
            visible=False,
            interactive=True,
            elem_id="batch-header",
        )
    note = gr.HTML(elem_id="batch-note")
    file, asked = gr.State(time_to_live=KEPT_S), gr.State(time_to_live=KEPT_S)
    sent = gr.JSON(visible=False)  # a file on its way from the browser
    inputs = [lines, file, asked, column]
    shown = [note, column, names_columns]

    def understood(found: Table, is_file: bool) -> dict:
        """Show how a table is understood: its first rows, its columns, and who names them."""
        names = [
            (sendable(name) or f"column {index + 1}", index)
            for index, name in enumerate(found.columns)
        ]
        return {
            note: sendable(figures.opened(found, is_file) + figures.first_rows(found)),
            column: gr.Dropdown(names, value=found.column, visible=len(names) > 1),
            names_columns: gr.Checkbox(found.header, visible=not found.named),
        }

    def hidden(said: str = "") -> dict:
        return {
            note: said,
            column: gr.Dropdown([], value=None, visible=False),
            names_columns: gr.Checkbox(False, visible=False),
        }

    def open_file(given: dict | None):
        if given is None:  # the person closed the file picker
            return gr.skip()
        try:
            found = received(given)
        except ValueError as error:
            return {note: alert(sendable(str(error)))}
        return {
            file: found,
            asked: None,
            lines: gr.Textbox(visible=False),
            close: gr.Button(visible=True),
            **understood(found, True),
        }

    def close_file(typed: str) -> dict:
        return {
            file: None,
            asked: None,
            lines: gr.Textbox(visible=True),
            close: gr.Button(visible=False),
            **look_at(typed, None, None),
        }

    def look_at(typed: str, found: Table | None, said: tuple[str, bool] | None) -> dict:
        """Show how what is pasted is understood, where that is not plain to see."""
        if found is not None:
            return {note: gr.skip()}
        if not typed.strip():
            return hidden()
        try:
            pasted = table(typed, None, said, None)
        except ValueError as error:
            return hidden(alert(sendable(str(error))))
        return hidden() if plain(pasted) else understood(pasted, False)

    def name_columns(said: bool, typed: str, found: Table | None) -> dict:
        """Have the first row name the columns, or be a text."""
        if found is None:
            of = (first_line(typed), said)
            return {asked: of, **look_at(typed, None, of)}
        try:
            found = found.with_header(said)
        except ValueError as error:
            return {note: alert(sendable(str(error))), names_columns: not said}
        return {file: found, **understood(found, True)}

    def choose_column(*values) -> dict:
        """Mark the column that will be read."""
        try:
            return understood(table(*values), values[1] is not None)
        except ValueError as error:
            return {note: alert(sendable(str(error)))}

    opening = [*shown, file, asked, lines, close]
    pick.click(open_file, sent, opening, js=PICK, **AT_ONCE)
    close.click(close_file, lines, opening, **AT_ONCE)
    look.click(look_at, [lines, file, asked], shown, **AT_ONCE)
    names_columns.input(
        name_columns, [names_columns, lines, file], [*shown, file, asked], **AT_ONCE
    )
    column.input(choose_column, inputs, shown, **AT_ONCE)
    return inputs
