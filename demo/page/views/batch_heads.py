"""The headlines of a batch that drive a head: what every head adds to the verdict on each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from demo.analysis import attention
from demo.analysis.attention import Specials
from demo.figures import batch as figures
from demo.figures import driven as driven_figures
from demo.figures.cards import alert
from demo.figures.heads import head_name
from demo.page.views.batch_job import Driven, Job
from demo.page.views.declaration import Option, Values
from demo.page.views.events import IN_TURN, by_name
from demo.reading import Ability, ReaderInfo
from demo.sentences import say
from demo.serving.failures import log_failure
from demo.serving.panel import Panel, ServedReader

MOST = 500  # headlines that are measured, the first ones of a longer table
SHOWN = 10  # headlines that drive a head most
STEP = 10  # headlines after which the page says how far it is


def can_tell(info: ReaderInfo) -> bool:
    """Whether a reader has heads and says what they add."""
    return info.layers > 0 and Ability.DECOMPOSE in info.can


def readers(panel: Panel, values: Values) -> list[Option]:
    """The readers of the session's job whose heads can be asked for."""
    job = values.get("job")
    if job is None:
        return []
    return [(info.title, info.name) for info in job.infos if can_tell(info)]


def layers(panel: Panel, values: Values) -> list[Option]:
    """The layers of the chosen reader; people count from 1."""
    return _numbers(panel[values["reader"]].info.layers) if values["reader"] else []


def heads(panel: Panel, values: Values) -> list[Option]:
    """The heads of a layer of the chosen reader."""
    return _numbers(panel[values["reader"]].info.heads) if values["reader"] else []


def may_measure(panel: Panel, values: Values) -> bool:
    """Whether there are results of a reader with heads."""
    job = values.get("job")
    return job is not None and job.has_results and bool(readers(panel, values))


def is_measured(panel: Panel, values: Values) -> bool:
    """Whether it is known what the heads of the chosen reader add."""
    return may_measure(panel, values) and values["reader"] in values["job"].driven


def components(panel: Panel) -> dict[str, Any]:
    """The button, and how far what it asks for is."""
    with gr.Row(elem_classes="controls"):
        drive = gr.Button(say("views.batch.drive"), size="sm", scale=0, elem_id="batch-drive")
    return {"drive": drive, "driving": gr.HTML(elem_id="batch-driving")}


def connect(parts: dict[str, Any], draw: str) -> None:
    """Measure beside everything else that the page is asked; then `draw` draws the view."""
    parts["drive"].click(
        by_name(parts, measure),
        [parts["job"], parts["reader"]],
        parts["driving"],
        concurrency_id="batch-heads",
        **IN_TURN,
    ).then(None, js=draw)


def measure(job: Job | None, name: str | None) -> Iterator[dict[str, str]]:
    """What the heads of a reader add to the verdicts of a job, kept with the job."""
    if job is None or name not in job.readers or name in job.driven:
        yield {"driving": ""}
        return
    reader, place = job.readers[name], list(job.readers).index(name)
    rows = [one for one in job.done if not one.verdict.problem][:MOST]
    adds: list[np.ndarray] = []
    said = ""
    try:
        for one in rows:
            if len(adds) % STEP == 0:
                how_far = say("views.batch.driving", done=len(adds), count=len(rows))
                yield {"driving": figures.progress(how_far, len(adds), len(rows))}
            text = one.row.cells[job.table.column]
            label = reader.info.labels.index(one.verdict.classes[place])
            adds.append(reader.head_shares(text, label))
        if rows:
            job.driven[name] = Driven(rows, np.stack(adds))
    except Exception as error:
        log_failure("batch", error)
        said = alert(say("problems.batch.broke_off", count=len(adds), total=len(rows)))
    yield {"driving": said}


def draw(job: Job, reader: str, layer: int, head: int) -> str:
    """HTML of the headlines that drive a head most."""
    served, driven = job.readers[reader], job.driven[reader]
    adds = driven.adds[:, layer, head]
    order = np.argsort(-adds, kind="stable")[:SHOWN]
    place, column = list(job.readers).index(reader), job.table.column
    rows = [
        driven_figures.Row(
            text=(text := driven.rows[row].row.cells[column]),
            label=driven.rows[row].verdict.classes[place],
            adds=float(adds[row]),
            looks=strongest(served, text, layer, head),
        )
        for row in order
    ]
    name = head_name(head, layer if served.info.layers > 1 else None)
    return driven_figures.table(
        rows, served.info, layer, head, name, measured=len(adds), of=len(job.done)
    )


def _numbers(count: int) -> list[Option]:
    return [(str(number + 1), number) for number in range(count)]


def strongest(reader: ServedReader, text: str, layer: int, head: int) -> tuple[str, str, float]:
    """Which word looks most at which other word by a head, and how much."""
    one = attention.of_head(reader.read(text), layer, head)
    seen = attention.view(one, Specials.HIDDEN, by_word=True)
    (weights,) = seen.weights
    query, key = np.unravel_index(weights.argmax(), weights.shape)
    return seen.tokens[query].as_read, seen.tokens[key].as_read, float(weights[query, key])
