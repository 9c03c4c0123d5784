"""BertViz: its head view and its model view."""

from __future__ import annotations

from demo.analysis import attention
from demo.figures import bertviz
from demo.figures.theme import Theme
from demo.page.views import heads
from demo.page.views.declaration import Choice, Html, View, readers
from demo.sentences import say
from demo.serving.panel import Panel


def draw(panel: Panel, text: str, theme: Theme, *, reader: str, view: str) -> dict:
    """One of the two views as a frame of its own."""
    reading = panel[reader].read(text)
    what = (attention.view(reading), panel[reader].info.layers, view, theme)
    title = say(f"views.bertviz.pictures.{view}", reader=panel[reader].info.title)
    return {"bertviz": bertviz.frame(bertviz.document(*what), *what, title)}


VIEW = View(
    id="bertviz",
    main="bertviz",
    steps=("reader", "view"),
    fits=heads.VIEW.fits,
    controls=(
        Choice("reader", options=readers(heads.has_heads)),
        Choice(
            "view",
            options=lambda panel, values: [
                (say(f"views.bertviz.view.{name}"), name)
                for name in (bertviz.HEAD_VIEW, bertviz.MODEL_VIEW)
            ],
        ),
    ),
    layout=(Html("bertviz", tools=("png", "svg", "window", "html", "present"), classes=()),),
    draw=draw,
)
