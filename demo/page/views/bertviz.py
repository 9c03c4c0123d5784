"""BertViz: its head view and its model view."""

from __future__ import annotations

from demo.analysis import attention
from demo.figures import bertviz
from demo.figures.theme import Theme
from demo.page.views import heads
from demo.page.views.declaration import Choice, Html, View, readers
from demo.serving.panel import Panel


def draw(panel: Panel, text: str, theme: Theme, *, reader: str, view: str) -> dict:
    """One of the two views as a frame of its own."""
    reading = panel[reader].read(text)
    what = (attention.view(reading), panel[reader].info.layers, view, theme)
    title = f"{panel[reader].info.title}, BertViz {view} view"
    return {"bertviz": bertviz.frame(bertviz.document(*what), *what, title)}


VIEW = View(
    id="bertviz",
    title="BertViz",
    main="bertviz",
    fits=heads.VIEW.fits,
    controls=(
        Choice(
            "reader",
            "Reader",
            "Whose heads are drawn: each line runs from a word to one it looks at.",
            options=readers(heads.has_heads),
        ),
        Choice(
            "view",
            "View",
            "The head view lays all heads of a layer over each other, a colour each; the model "
            "view draws every head of every layer on its own.",
            options=lambda panel, values: [
                ("Head view", bertviz.HEAD_VIEW),
                ("Model view", bertviz.MODEL_VIEW),
            ],
        ),
    ),
    layout=(Html("bertviz", tools=("window", "html", "present"), classes=()),),
    draw=draw,
)
