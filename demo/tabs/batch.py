"""Batch: many headlines at once, from a file or pasted, and a CSV file back.

A file is read in the browser and sent as an event's value, so that the server stores none of it.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import gradio as gr

from demo.batch import Done, as_csv, header, read
from demo.figures import batch as figures
from demo.figures.cards import alert
from demo.figures.look import Look
from demo.models import Panel
from demo.models.reader import Reader
from demo.table import Table
from demo.tabs import DRAW, Tab, picture, redraw_button

MAX_BYTES = 10_000_000  # of a file; page.js does not send a larger one
MAX_ROWS = 20_000
SHOWN = 200  # rows of the table, so that a browser stays quick
KEPT_S = 3600  # how long a session's rows stay in memory after they were last used
PICK = f"() => window.headlineAttention.pickFile({MAX_BYTES})"
SAVE = "(file) => window.headlineAttention.saveFile(file)"
EVERYTHING, DIFFER, UNREAD = "Everything", "Readers differ", "Cannot be read"
AT_ONCE = {"api_visibility": "private", "show_progress": "hidden", "queue": False}


@dataclass
class Job:
    """A run of some readers over a table: what is done of it, and whether it has to end."""

    table: Table
    readers: dict[str, Reader]
    done: list[Done] = field(default_factory=list)
    cancelled: bool = False

    @property
    def titles(self) -> dict[str, str]:
        """What the page calls each reader."""
        return {name: reader.title for name, reader in self.readers.items()}


def opened(name: str, data: bytes, lines: bool = False) -> Table:
    """The table in `data`; raises ValueError with a sentence if it is none or too large."""
    if len(data) > MAX_BYTES:
        raise ValueError(too_large(name, len(data)))
    table = Table(name, lambda: io.BytesIO(data), lines=lines)
    if table.rows > MAX_ROWS:
        raise ValueError(
            f"{name} has {table.rows:,} rows and at most {MAX_ROWS:,} are read here: split it, or "
            "use the command line (python -m demo.batch)."
        )
    return table


def too_large(name: str, size: int) -> str:
    """The sentence for a file of `size` bytes."""
    return (
        f"{name} has {size / 1e6:,.0f} MB and at most {MAX_BYTES / 1e6:.0f} MB are read here: "
        "split it, or use the command line (python -m demo.batch)."
    )


def chosen(done: list[Done], show: str) -> list[Done]:
    """The rows to show: those where the readers differ first, then the least certain."""
    kept = {
        EVERYTHING: lambda one: True,
        DIFFER: lambda one: one.verdict.classes and not one.verdict.agree,
        UNREAD: lambda one: one.verdict.problem,
    }[show]
    return sorted(
        filter(kept, done),
        key=lambda one: (
            bool(one.verdict.problem),
            one.verdict.agree,
            min(one.verdict.confidences, default=0),
        ),
    )


def sendable(text: str) -> str:
    """A text without half emojis, which JSON cannot carry to the browser."""
    return text.encode("utf-8", "replace").decode("utf-8")


def build(panel: Panel) -> Tab:
    """The tab over every reader."""

    def open_file(file: dict | None):
        """Take a file that page.js has read: its name, its size and, unless too large, its data."""
        if file is None:  # the person closed the file picker
            return gr.skip()
        name, size = sendable(str(file["name"])), int(file["size"])
        try:
            if size > MAX_BYTES:
                raise ValueError(too_large(name, size))
            found = opened(name, base64.b64decode(file["data"], validate=True))
        except ValueError as error:
            return {note: alert(sendable(str(error)))}
        names = [(sendable(column), index) for index, column in enumerate(found.columns)]
        return {
            table: found,
            note: figures.opened(found),
            lines: gr.Textbox(visible=False),
            column: gr.Dropdown(names, value=found.column, visible=len(names) > 1),
            close: gr.Button(visible=True),
        }

    def close_file() -> dict:
        return {
            table: None,
            note: "",
            lines: gr.Textbox(visible=True),
            column: gr.Dropdown([], value=None, visible=False),
            close: gr.Button(visible=False),
        }

    def prepare(typed: str, found: Table | None, index: int | None, names: list[str]) -> dict:
        """Make the job of what is asked for; where that is nothing, a sentence says so."""
        try:
            if found is None:
                found = opened(
                    "The box above", typed.rstrip().encode("utf-8", "surrogatepass"), True
                )
            elif index is not None:
                found = found.by(index)
            if not names:
                raise ValueError("No reader is ticked: tick one or more.")
            header(found, names)
        except ValueError as error:
            return {job: None, bar: alert(str(error))}
        return {
            job: Job(found, {name: panel[name] for name in panel if name in names}),
            bar: figures.progress("Waiting for the readers …", 0, found.rows),
            results: gr.Column(visible=False),
            **running(True),
        }

    def work(current: Job | None) -> Iterator[dict]:
        """Read the job's rows; a job that was cancelled has had its last word already."""
        if current is None or current.cancelled:
            yield {bar: gr.skip()}
            return
        started, total = time.monotonic(), current.table.rows
        for chunk in read(current.readers, current.table):
            if current.cancelled:
                yield {bar: gr.skip()}  # else Gradio repeats what was said last
                return
            current.done += chunk
            count, seconds = len(current.done), time.monotonic() - started
            yield {bar: figures.progress(figures.pace(count, total, seconds), count, total)}
        said = f"{count:,} rows read in {seconds:,.1f} s, {count / seconds:,.0f} a second."
        yield {bar: figures.progress(said, count, total), **running(False)}

    def stop(current: Job) -> dict:
        current.cancelled = True
        count, total = len(current.done), current.table.rows
        said = f"Cancelled: {count:,} of {total:,} rows were read and are kept."
        return {bar: figures.progress(said, count, total), **running(False)}

    def running(now: bool) -> dict:
        return {run: gr.Button(interactive=not now), cancel: gr.Button(interactive=now)}

    def draw(text: str, shown: str, current: Job | None, look: Look) -> dict:
        if current is None or not current.done:
            return {results: gr.Column(visible=False)}
        rows = chosen(current.done, shown)
        column = current.table.column
        return {
            results: gr.Column(visible=True),
            summary: figures.picture(current.titles, current.done, look),
            caption: figures.in_words(current.titles, current.done),
            rows_shown: sendable(figures.table(current.titles, rows[:SHOWN], column, len(rows))),
        }

    def csv_of(current: Job | None) -> dict:
        if current is None:
            raise gr.Error("This batch is kept no longer: run it again.", print_exception=False)
        text = as_csv(current.table, list(current.readers), current.done)
        return {"name": "headlines.csv", "type": "text/csv", "text": sendable(text)}

    with gr.Tab("Batch", id="batch") as tab:
        redraw = redraw_button("batch")
        lines = gr.Textbox(
            label="Headlines, one a line",
            info="Paste or type the headlines to read, each on a line of its own.",
            lines=6,
            max_lines=6,
            elem_id="batch-lines",
        )
        note = gr.HTML(elem_id="batch-note")
        with gr.Row(elem_classes="controls"):
            column = gr.Dropdown(
                [],
                label="Column",
                info="The column of the file that holds the headlines.",
                visible=False,
                elem_id="batch-column",
            )
            readers = gr.CheckboxGroup(
                [(panel[name].title, name) for name in panel],
                value=list(panel),
                label="Readers",
                info="Who reads the headlines; without BERT it is many times faster.",
                visible=len(panel) > 1,
                elem_id="batch-readers",
            )
            pick = gr.Button("Open CSV or TXT", size="sm", scale=0, elem_id="batch-open")
            close = gr.Button(
                "Close file", size="sm", scale=0, visible=False, elem_id="batch-close"
            )
            run = gr.Button("Run", size="sm", scale=0, elem_id="batch-run")
            cancel = gr.Button(
                "Cancel", size="sm", scale=0, interactive=False, elem_id="batch-cancel"
            )
        bar = gr.HTML(elem_id="batch-progress")
        with gr.Column(visible=False) as results:
            summary = picture("batch-summary")
            caption = gr.HTML(elem_id="batch-summary-caption", elem_classes="caption")
            with gr.Row(elem_classes="controls"):
                show = gr.Radio(
                    [EVERYTHING, DIFFER, UNREAD],
                    value=EVERYTHING,
                    label="Rows",
                    info="Which rows stand below; where the readers differ first, then the least "
                    "certain.",
                    elem_id="batch-show",
                )
                save = gr.Button("Save CSV", size="sm", scale=0, elem_id="batch-save")
            rows_shown = gr.HTML(elem_id="batch-rows")
        table, job = gr.State(time_to_live=KEPT_S), gr.State(time_to_live=KEPT_S)
        file = gr.JSON(visible=False)  # on its way from the browser, or to it

    opening = [table, note, lines, column, close]
    pick.click(open_file, file, opening, js=PICK, **AT_ONCE)
    close.click(close_file, None, opening, **AT_ONCE)
    asked = run.click(
        prepare, [lines, table, column, readers], [job, bar, results, run, cancel], **AT_ONCE
    )
    asked.then(
        work,
        job,
        [bar, run, cancel],
        api_visibility="private",
        concurrency_id="batch",  # so that it keeps nobody from reading a headline
        concurrency_limit=1,
        trigger_mode="multiple",  # or a run is lost that is asked for while a cancelled one ends
        show_progress="hidden",
    ).then(None, js=DRAW)
    cancel.click(stop, job, [bar, run, cancel], **AT_ONCE).then(None, js=DRAW)
    saved = save.click(csv_of, job, file, **AT_ONCE)
    saved.success(None, file, js=SAVE, api_visibility="private")
    return Tab(
        tab=tab,
        redraw=redraw,
        controls={"show": show},
        outputs=[results, summary, caption, rows_shown],
        draw=draw,
        states=[job],
        kept=[lines, readers],
    )
