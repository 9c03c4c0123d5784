"""Models: what each reader is, how good it is, and what it cannot do."""

from __future__ import annotations

import json
from pathlib import Path

from demo.figures import overview
from demo.figures import record as figures
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    Choice,
    Column,
    Html,
    Option,
    Picture,
    Row,
    Values,
    View,
)
from demo.sentences import say
from demo.serving.panel import Panel

KNOWN = Path(__file__).parents[3] / "assets" / "known.json"


def scored(panel: Panel, values: Values) -> list[Option]:
    """The readers whose scores are known."""
    return [(reader.info.title, name) for name, reader in panel.scored.items()]


def variants(panel: Panel, values: Values) -> list[Option]:
    """The texts that the chosen reader was tested on."""
    tested = panel[values["reader"]].record.test
    return [(say(f"models.variants.{variant}"), variant) for variant in tested]


def draw(panel: Panel, text: str, theme: Theme, *, reader: str, variant: str) -> dict:
    """All readers on one axis, and everything about one of them."""
    record = panel[reader].record
    every = [served.record for served in panel.scored.values()]
    known = json.loads(KNOWN.read_text("utf-8"))
    drawn = {
        "models-overview": overview.overview(every, known, theme),
        "models-overview-caption": overview.overview_in_words(every),
        "record": figures.card(record, list(panel).index(reader)),
        "confusion": figures.confusion(record, variant, theme),
        "confusion-caption": figures.confusion_in_words(record, variant),
        "reliability": figures.reliability(record, variant, theme),
        "reliability-caption": figures.reliability_in_words(record, variant),
    }
    if record.rankings:
        drawn["record-evidence"] = figures.evidence(record)
    return drawn


VIEW = View(
    id="models",
    main="models-overview",
    steps=("reader", "variant"),
    of_text=False,
    fits=lambda panel: bool(panel.scored),
    controls=(
        Choice("reader", options=scored),
        Choice("variant", options=variants),
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
    ),
    draw=draw,
)
