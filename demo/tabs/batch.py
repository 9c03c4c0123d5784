"""Batch: many headlines at once, from a file or pasted, and a CSV file back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import gradio as gr

from demo.batch import Done, Table, as_csv, header, read
from demo.figures import batch as figures
from demo.figures.cards import alert
from demo.figures.look import Look
from demo.models import Panel
from demo.models.reader import Reader
from demo.tabs import DRAW, Tab, batch_source, picture, redraw_button
from demo.tabs.batch_source import AT_ONCE, KEPT_S, sendable

SHOWN = 200  # rows of the table, so that a browser stays quick
SAVE = "(file) => window.headlineAttention.saveFile(file)"
EVERYTHING, DIFFER, UNREAD = "Everything", "Readers differ", "Cannot be read"


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


def build(panel: Panel) -> Tab:
    """The tab over every reader."""

    def prepare(names: list[str], *source_values) -> dict:
        """Make the job of what is asked for; where that is nothing, a sentence says so."""
        try:
            found = batch_source.table(*source_values)
            if not names:
                raise ValueError("No reader is ticked: tick one or more.")
            header(found, names)
        except ValueError as error:
            return {job: None, bar: alert(sendable(str(error)))}
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
        said = figures.finished(count, seconds)
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
        source = batch_source.build()
        with gr.Row(elem_classes="controls"):
            readers = gr.CheckboxGroup(
                [(panel[name].title, name) for name in panel],
                value=list(panel),
                label="Readers",
                info="Who reads the headlines; without BERT it is many times faster.",
                visible=len(panel) > 1,
                elem_id="batch-readers",
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
        job = gr.State(time_to_live=KEPT_S)
        file = gr.JSON(visible=False)  # on its way to the browser

    prepared = run.click(prepare, [readers, *source], [job, bar, results, run, cancel], **AT_ONCE)
    prepared.then(
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
    )
