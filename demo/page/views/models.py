"""Models: what each reader is, how good it is, and what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from demo.analysis.atlas import Atlas, of_reader
from demo.analysis.habits import example_texts, measure_quickly
from demo.figures import atlas as atlas_figures
from demo.figures import batch as batch_figures
from demo.figures import overview
from demo.figures import record as figures
from demo.figures.cards import alert
from demo.figures.theme import Theme
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
    readers,
)
from demo.page.views.events import IN_TURN, by_name
from demo.reading import ReaderInfo
from demo.sentences import say
from demo.serving.failures import log_failure
from demo.serving.panel import Panel

KNOWN = Path(__file__).parents[3] / "assets" / "known.json"
DRAW = "() => window.headlineAttention.drawView('models')"


def variants(panel: Panel, values: Values) -> list[Option]:
    """The texts that the chosen reader was tested on."""
    tested = panel[values["reader"]].record.test
    return [(say(f"models.variants.{variant}"), variant) for variant in tested]


def has_atlas(panel: Panel, values: Values) -> bool:
    """Whether the heads of the chosen reader have been measured."""
    return of_reader(panel[values["reader"]]) is not None


def can_be_measured(panel: Panel, values: Values) -> bool:
    """Whether the chosen reader has heads that have not been measured."""
    return bool(panel[values["reader"]].info.layers) and not has_atlas(panel, values)


def habits(panel: Panel, values: Values) -> list[Option]:
    """What the map of heads can be coloured by."""
    atlas = of_reader(panel[values["reader"]])
    if atlas is None:
        return []
    every = (atlas_figures.LEADING, *atlas.habits)
    return [(atlas_figures.short_name(habit), habit) for habit in every]


def draw(
    panel: Panel, text: str, theme: Theme, *, reader: str, variant: str | None, habit: str | None
) -> dict:
    """All readers on one axis, and everything about one of them."""
    served = panel[reader]
    record = served.record
    every = [one.record for one in panel.scored.values()]
    known = json.loads(KNOWN.read_text("utf-8"))
    drawn = {
        "models-overview": overview.overview(every, known, theme),
        "models-overview-caption": overview.overview_in_words(every),
        "record": figures.card(record, list(panel).index(reader)),
    }
    atlas = of_reader(served)
    if atlas:
        drawn |= of_heads(atlas, served.info, theme, habit or atlas_figures.LEADING)
    else:
        drawn["no-atlas"] = atlas_figures.without(served.info, len(example_texts()))
    if variant:
        drawn |= {
            "confusion": figures.confusion(record, variant, theme),
            "confusion-caption": figures.confusion_in_words(record, variant),
            "reliability": figures.reliability(record, variant, theme),
            "reliability-caption": figures.reliability_in_words(record, variant),
        }
    if record.rankings:
        drawn["record-evidence"] = figures.evidence(record)
    return drawn


def of_heads(atlas: Atlas, info: ReaderInfo, theme: Theme, habit: str) -> dict[str, Any]:
    """The map of the heads, coloured by a habit, and the list beside it."""
    if habit == atlas_figures.LEADING:
        title = say("atlas.title", reader=info.title)
    else:
        named = atlas_figures.name_of(habit)
        title = say("atlas.title_of", reader=info.title, habit=named)
    return {
        "atlas": atlas_figures.habit_map(atlas, info, theme, habit, title),
        "atlas-caption": atlas_figures.in_words(atlas, info, habit),
        "habits": atlas_figures.habit_list(atlas, info, habit),
    }


def measuring(panel: Panel) -> dict[str, Any]:
    """The button that has the heads of a reader measured, and how far that is."""
    button = gr.Button(say("views.models.measure"), size="sm", scale=0, elem_id="models-measure")
    return {"measure": button, "measured": gr.HTML(elem_id="models-measured")}


def connect(panel: Panel, parts: dict[str, Any]) -> None:
    """Measure heads beside everything else that the page is asked; then the view is drawn."""
    parts["measure"].click(
        by_name(parts, partial(measure, panel)),
        parts["reader"],
        parts["measured"],
        concurrency_id="atlas",  # who asks for the same meanwhile finds it done
        **IN_TURN,
    ).then(None, js=DRAW)


def measure(panel: Panel, reader: str) -> Iterator[dict[str, str]]:
    """Measure the heads of a reader on the example texts, and say how far that is."""
    said = ""
    try:
        for done, count in measure_quickly(panel[reader]):
            progress = say("views.models.measuring", done=done, count=count)
            yield {"measured": batch_figures.progress(progress, done, count)}
    except ValueError as error:
        said = alert(str(error))
    except Exception as error:
        log_failure(VIEW.id, error)
        said = alert(say("problems.not_drawn", view=VIEW.title))
    yield {"measured": said}


VIEW = View(
    id="models",
    main="models-overview",
    steps=("reader", "variant"),
    of_text=False,
    connect=connect,
    controls=(
        Choice("reader", options=readers()),
        Choice("variant", options=variants),
        Choice("habit", when=has_atlas, options=habits),
    ),
    layout=(
        Picture("models-overview"),
        Html("models-overview-caption"),
        Row((Column(("reader", "variant")),)),
        Row(
            (
                Column((Html("record", classes=()), Html("record-evidence", classes=()))),
                Column(
                    (
                        Picture("confusion"),
                        Html("confusion-caption"),
                        Picture("reliability"),
                        Html("reliability-caption"),
                    )
                ),
            )
        ),
        Row((Column(("habit",)),)),
        Row(
            (
                Column((Picture("atlas"), Html("atlas-caption")), scale=5),
                Column((Html("habits", classes=()),), scale=4),
            )
        ),
        Html("no-atlas"),
        Own(measuring, when=can_be_measured),
    ),
    draw=draw,
)
