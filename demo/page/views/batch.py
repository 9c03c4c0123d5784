"""Batch: many headlines at once, from a file or pasted, and a CSV file back.

A run goes on beside everything else: it has events of its own, which draw nothing but its progress,
and once it has ended the view is drawn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from demo.batch import Done, as_csv, header, read
from demo.figures import batch as figures
from demo.figures.cards import alert
from demo.figures.theme import Theme
from demo.page.views import batch_heads, batch_source
from demo.page.views.batch_job import Job
from demo.page.views.batch_source import SOURCE, sendable
from demo.page.views.declaration import (
    Choice,
    Column,
    Html,
    Option,
    Own,
    Picture,
    Row,
    Values,
    View,
)
from demo.page.views.events import AT_ONCE, IN_TURN, by_name
from demo.sentences import InputError, say
from demo.serving.failures import log_failure
from demo.serving.panel import Panel

SHOWN = 200  # rows of the table, so that a browser stays quick
SAVE = "(file) => window.headlineAttention.saveFile(file)"
DRAW = "() => window.headlineAttention.drawView('batch')"
BUTTONS = ("run", "cancel", "save")
EVERYTHING, DIFFER, UNREAD = "Everything", "Readers differ", "Cannot be read"


def has_results(panel: Panel, values: Values) -> bool:
    """Whether the session's job has anything to show."""
    return values["job"] is not None and values["job"].has_results


def kinds_of_rows(panel: Panel, values: Values) -> list[Option]:
    """Which rows can be shown: a lone reader differs from none."""
    kinds = [EVERYTHING, DIFFER, UNREAD] if len(panel) > 1 else [EVERYTHING, UNREAD]
    return [(say(f"views.batch.show.{kind}"), kind) for kind in kinds]


def chosen(done: Sequence[Done], show: str) -> list[Done]:
    """The rows to show: those where the readers differ first, then the least certain."""
    kept = {
        EVERYTHING: lambda one: True,
        DIFFER: lambda one: one.verdict.agree is False,
        UNREAD: lambda one: one.verdict.problem,
    }[show]
    return sorted(
        filter(kept, done),
        key=lambda one: (
            bool(one.verdict.problem),
            one.verdict.agree is not False,
            min(one.verdict.confidences, default=0),
        ),
    )


def draw(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    show: str,
    reader: str | None,
    layer: int | None,
    head: int | None,
    job: Job | None,
) -> dict:
    """What the readers made of all rows, some of the rows, and those that drive a head.

    Before a run has ended there is nothing.
    """
    if job is None or not job.has_results:
        return {}
    rows = chosen(job.done, show)
    drawn = {
        "batch-summary": figures.picture(job.infos, job.done, theme),
        "batch-summary-caption": figures.in_words(job.infos, job.done, job.table.column),
        "batch-rows": sendable(figures.table(job.infos, rows[:SHOWN], job.table.column, len(rows))),
    }
    if reader in job.driven:
        drawn["batch-driven"] = sendable(batch_heads.draw(job, reader, layer, head))
    return drawn


def start(panel: Panel) -> dict[str, Any]:
    """Where the headlines come from, who reads them, and the run."""
    source = batch_source.controls()
    with gr.Row(elem_classes="controls"):
        readers = gr.CheckboxGroup(
            [(reader.info.title, name) for name, reader in panel.items()],
            value=list(panel),
            label=say("views.batch.readers.label"),
            info=say("views.batch.readers.help"),
            visible=len(panel) > 1,
            elem_id="batch-readers",
        )
        run = gr.Button(say("views.batch.run"), size="sm", scale=0, elem_id="batch-run")
        cancel = gr.Button(
            say("views.batch.cancel"),
            size="sm",
            scale=0,
            interactive=False,
            elem_id="batch-cancel",
        )
    progress = gr.HTML(elem_id="batch-progress")
    return {**source, "readers": readers, "run": run, "cancel": cancel, "progress": progress}


def saving(panel: Panel) -> dict[str, Any]:
    """The button that saves the results."""
    name = say("views.batch.save")
    save = gr.Button(name, size="sm", scale=0, visible=False, elem_id="batch-save")
    return {"save": save, "result": gr.JSON(visible=False)}  # the latter on its way to the browser


def connect(panel: Panel, parts: dict[str, Any]) -> None:
    """Run, cancel and save; the results are drawn as the view is, once a run has ended."""

    def prepare(names: list[str], *source: Any) -> dict[str, Any]:
        """The job of what is asked for; if that is nothing, a sentence, and the last job stays."""
        try:
            table = batch_source.table(*source)
            if not names:
                raise InputError("problems.batch.no_reader")
            header(table, names)
        except InputError as error:
            return {"progress": alert(sendable(str(error)))}
        job = Job(table, {name: panel[name] for name in panel if name in names})
        said = figures.progress(say("views.batch.waiting"), 0, table.rows)
        return {"job": job, "progress": said, **_buttons(job)}

    batch_source.connect(parts)
    source = [parts[name] for name in SOURCE]
    prepared = parts["run"].click(
        by_name(parts, prepare),
        [parts["readers"], *source],
        [parts[name] for name in ("job", "progress", *BUTTONS)],
        **AT_ONCE,
    )
    prepared.then(None, js=DRAW)  # the results of the job before it go
    prepared.then(
        by_name(parts, work),
        parts["job"],
        [parts[name] for name in ("progress", *BUTTONS)],
        concurrency_id="batch",  # so that it keeps nobody from reading a headline
        trigger_mode="multiple",  # or a run is lost that is asked for while a cancelled one ends
        **IN_TURN,
    ).then(None, js=DRAW)
    parts["cancel"].click(
        by_name(parts, cancel),
        parts["job"],
        [parts[name] for name in ("progress", *BUTTONS)],
        **AT_ONCE,
    ).then(None, js=DRAW)
    batch_heads.connect(parts, DRAW)
    saved = parts["save"].click(csv_of, parts["job"], parts["result"], **AT_ONCE)
    saved.success(None, parts["result"], js=SAVE, api_visibility="private")


def work(job: Job | None) -> Iterator[dict[str, Any]]:
    """Read the job's rows; a job that was cancelled has had its last word already."""
    if job is None or job.ended:
        yield {}
        return
    started, total, count, seconds = time.monotonic(), job.table.rows, 0, 0.0
    try:
        for chunk in read(job.readers, job.table):
            if job.ended:
                return
            job.done += chunk
            count, seconds = len(job.done), time.monotonic() - started
            yield {"progress": figures.progress(figures.pace(count, total, seconds), count, total)}
        said = figures.progress(figures.finished(count, seconds), count, total)
    except Exception as error:
        log_failure(VIEW.id, error)
        said = alert(say("problems.batch.broke_off", count=count, total=total))
    job.ended = True
    yield {"progress": said, **_buttons(job)}


def cancel(job: Job | None) -> dict[str, Any]:
    """End the job; what is done of it is kept."""
    if job is None:
        return _buttons(None)
    job.ended = True
    count, total = len(job.done), job.table.rows
    said = say("views.batch.cancelled", count=count, total=total)
    return {"progress": figures.progress(said, count, total), **_buttons(job)}


def csv_of(job: Job | None) -> dict[str, str]:
    """The file that the browser shall save."""
    if job is None:
        raise gr.Error(say("problems.batch.gone"), print_exception=False)
    text = as_csv(job.table, list(job.readers), job.done)
    return {"name": "headlines.csv", "type": "text/csv", "text": sendable(text)}


def _buttons(job: Job | None) -> dict[str, Any]:
    """What can be done with a job as it stands, or without one."""
    ended = job is None or job.ended
    return {
        "run": gr.Button(interactive=ended),
        "cancel": gr.Button(interactive=not ended),
        "save": gr.Button(visible=job is not None and job.has_results),
    }


VIEW = View(
    id="batch",
    main="batch-summary",
    of_text=False,
    states=("job",),
    connect=connect,
    controls=(
        Choice("show", when=has_results, options=kinds_of_rows),
        Choice("reader", when=batch_heads.may_measure, options=batch_heads.readers),
        Choice("layer", when=batch_heads.is_measured, options=batch_heads.layers),
        Choice("head", when=batch_heads.is_measured, options=batch_heads.heads),
    ),
    layout=(
        Own(start),
        Picture("batch-summary"),
        Html("batch-summary-caption"),
        Row((Column(("show", Own(saving))),)),
        Html("batch-rows", classes=()),
        Own(batch_heads.components, when=batch_heads.may_measure),
        Row((Column(("reader", "layer", "head")),)),
        Html("batch-driven", classes=()),
    ),
    draw=draw,
)
