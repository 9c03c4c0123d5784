"""The tray of slides: what the browser has put into it comes back as a PowerPoint file.

The file is made in memory and sent back as a value, so that the server stores neither it nor what
it is made of.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import partial
from typing import Any

import gradio as gr

from demo.figures.deck import Slide, Verdicts, deck
from demo.figures.deck_table import Matrix, Scale
from demo.page.views.events import IN_TURN
from demo.reading import MAX_CHARACTERS, Reading
from demo.sentences import InputError, called
from demo.serving.panel import Panel

MOST_SLIDES = 40  # of a tray; assets/tray.js does not take more
MOST_BYTES = 40_000_000  # of all pictures of a deck
MOST_TEXTS = 8  # in a picture
MOST_SIDE = 32  # rows, or columns, of a table: 24 words, and what is said of them
CONNECT = "window.headlineAttention.tray.connect({ trigger })"
SEND = "() => window.headlineAttention.tray.posted()"
SAVE = "(made) => window.headlineAttention.tray.save(made)"
FAIL = "() => window.headlineAttention.tray.fail()"


def tray(panel: Panel) -> None:
    """The components and events of the tray, of which nothing is seen: assets/tray.js draws it."""
    asking: Any = gr.HTML({}, html_template="", js_on_load=CONNECT, elem_id="tray-asks")
    sent, made = gr.JSON(visible=False), gr.JSON(visible=False)  # on their way
    event = asking.submit(
        partial(answer, panel), sent, made, js=SEND, concurrency_id="deck", **IN_TURN
    )
    event.success(None, made, js=SAVE, api_visibility="private")
    event.failure(None, js=FAIL, api_visibility="private")


def answer(panel: Panel, posted: dict[str, Any]) -> dict[str, str]:
    """The deck of what the browser has posted, in base64; raises gr.Error with a sentence."""
    try:
        slides = [*with_verdicts(panel, received(posted["slides"]))]
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None
    data = deck(slides, str(posted["language"])[:20])
    return {"data": base64.b64encode(data).decode()}


def received(posted: list[dict[str, Any]]) -> list[tuple[str, Slide]]:
    """The slides as assets/tray.js posts them, each with the text that it is of, "" for none.

    Raises InputError if they are too many or too large, or have a table that is.
    """
    if len(posted) > MOST_SLIDES:
        raise InputError("problems.slides.too_many", count=len(posted), most=MOST_SLIDES)
    size = sum(len(one.get("image") or "") for one in posted) * 3 / 4
    if size > MOST_BYTES:
        most = MOST_BYTES / 1e6
        raise InputError("problems.slides.too_large", megabytes=size / 1e6, most=most)
    return [(str(one["text"]), _slide(one)) for one in posted]


def with_verdicts(panel: Panel, slides: list[tuple[str, Slide]]) -> Iterator[Verdicts | Slide]:
    """The slides, and before the first one of each text what the readers make of it.

    Raises ValueError with a sentence if a text cannot be read.
    """
    known = {""}
    for text, slide in slides:
        if text not in known:
            known.add(text)
            yield Verdicts(text, _shares(panel, text), slide.link, slide.dark)
        yield slide


def _shares(panel: Panel, text: str) -> dict[str, dict[str, float]]:
    """The probability of each label, by the title of its reader; none of a reader that fails."""
    return {
        panel[name].info.title: dict(
            zip(map(called, found.labels), found.probabilities.tolist(), strict=True)
        )
        for name, found in panel.read_all(text).items()
        if isinstance(found, Reading)
    }


def _slide(posted: dict[str, Any]) -> Slide:
    """One slide; what is none raises an error without a sentence, since the page sends none such.

    No text is longer than one that is read, and its link.
    """
    matrix = posted.get("matrix")
    image = base64.b64decode(posted["image"], validate=True) if not matrix else b""
    return Slide(
        title=str(posted["title"])[:MAX_CHARACTERS],
        content=_matrix(matrix) if matrix else image,
        about=tuple(str(text)[:MAX_CHARACTERS] for text in posted["about"][:2]),
        texts=tuple(str(text)[:MAX_CHARACTERS] for text in posted.get("texts", [])[:MOST_TEXTS]),
        caption=str(posted["caption"])[:MAX_CHARACTERS],
        alternative=str(posted["alternative"])[:MAX_CHARACTERS],
        link=str(posted["link"])[: 4 * MAX_CHARACTERS],
        dark=bool(posted["dark"]),
    )


def _matrix(posted: dict[str, Any]) -> Matrix:
    if max(len(posted["rows"]), len(posted["columns"])) > MOST_SIDE:
        raise InputError("problems.slides.too_wide", most=MOST_SIDE)
    return Matrix(
        rows=tuple(map(str, posted["rows"])),
        columns=tuple(map(str, posted["columns"])),
        values=tuple(
            tuple(None if v is None else float(v) for v in row) for row in posted["values"]
        ),
        scales=tuple(
            Scale(
                int(one["columns"]),
                tuple((float(place), str(colour)) for place, colour in one["colours"]),
                float(one["least"]),
                float(one["most"]),
            )
            for one in posted["scales"]
        ),
    )
