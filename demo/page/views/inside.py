"""Inside: the arithmetic of one head, or of an alignment, on the words that were typed."""

from __future__ import annotations

import numpy as np

from demo.analysis import arithmetic
from demo.figures import inside
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    TEXT,
    Choice,
    Html,
    Option,
    Pick,
    Switch,
    Values,
    View,
    info_of,
    picked_place,
    readers,
)
from demo.page.views.heads import heads_alone, layers
from demo.reading import Ability, ReaderInfo
from demo.sentences import say
from demo.serving.panel import Panel, ServedReader
from demo.trace import HeadTrace

LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
ONE, BOTH = "one", "both"  # kinds of attention that are shown
TOOLS = ("png", "svg", "csv", "json", "table", "present")


def can_trace(info: ReaderInfo) -> bool:
    """Whether a reader says how its attention comes about."""
    return Ability.TRACE in info.can


def has_heads(panel: Panel, values: Values) -> bool:
    """Whether the chosen reader has heads to choose from."""
    return info_of(panel, values).layers > 0


def is_alone(panel: Panel, values: Values) -> bool:
    """Whether one reader is shown, whose verdict can be changed."""
    return values["kinds"] == ONE


def can_unmask(panel: Panel, values: Values) -> bool:
    """Whether the padding mask of the one reader can be taken away."""
    return is_alone(panel, values) and Ability.UNMASK in info_of(panel, values).can


def additive(panel: Panel) -> str | None:
    """The first reader that traces an alignment, whose score is additive; None if there is none."""
    names = (name for name, one in panel.items() if can_trace(one.info) and not one.info.layers)
    return next(names, None)


def kinds(panel: Panel, values: Values) -> list[Option]:
    """One reader, and two side by side where the panel has both kinds of attention."""
    dot_products = any(can_trace(one.info) and one.info.layers for one in panel.values())
    names = [ONE, BOTH] if dot_products and additive(panel) else [ONE]
    return [(say(f"views.inside.kinds.{name}"), name) for name in names]


def shown_readers(panel: Panel, values: Values) -> list[Option]:
    """The readers to choose from: beside the additive score, those with heads."""
    both = values.get("kinds") == BOTH
    return readers(lambda info: can_trace(info) and (info.layers > 0 or not both))(panel, values)


def draw(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    kinds: str,
    reader: str,
    layer: int | None,
    head: int | None,
    shuffle: bool,
    unmask: bool,
    factor: str,
    word: str,
    key: str,
    output: str,
) -> dict:
    """The six steps of a row, the verdict had something been otherwise, and the way on to it.

    Of two kinds of attention side by side, the steps alone.
    """
    steps, place = _traced(panel, text, theme, reader, layer, head)
    other = additive(panel)
    if kinds == BOTH and other:
        beside = _traced(panel, text, theme, other, None, None)
        picked = map(picked_place, (word, key, output))
        return {
            "inside": inside.pair((steps, place), beside, *picked),
            "inside-verdict": inside.two_kinds(_factor(factor)),
        }
    served = panel[reader]
    drawn = {
        "inside": inside.picture(steps, place, picked_place(word), picked_place(key)),
        "inside-verdict": what_if(
            served, text, layer or 0, head or 0, _factor(factor), shuffle, unmask
        ),
    }
    onward = inside.onward(steps, place, picked_place(word))
    return drawn | ({"inside-onward": onward} if onward else {})


def what_if(
    served: ServedReader,
    text: str,
    layer: int,
    head: int,
    factor: float,
    shuffle: bool,
    unmask: bool,
) -> str:
    """HTML of the verdict with the changes asked for; the reading itself stays as it is."""
    reading = served.read(text)
    masked = not (unmask and Ability.UNMASK in served.info.can)
    other = arithmetic.shuffled(reading.text, reading.tokens) if shuffle else ""
    after, padding = reading.probabilities, None
    if factor != 1 or not masked:
        trace = served.trace(other or text, layer, head, factor, masked)
        after = trace.probabilities
        if not masked and isinstance(trace, HeadTrace):
            padding = float(np.mean(trace.padding))
    elif other:
        (after,) = served.classify([other])
    return inside.verdict(served.info.labels, reading.probabilities, after, factor, other, padding)


def _traced(
    panel: Panel, text: str, theme: Theme, reader: str, layer: int | None, head: int | None
) -> tuple[arithmetic.Arithmetic, inside.Place]:
    """The steps of a head, or of an alignment, and what is drawn."""
    info = panel[reader].info
    place = inside.Place(
        _title(info, layer, head),
        theme.readers.index(reader) if reader in theme.readers else 0,
        layer or 0,
        info.layers,
        info.heads,
        info.labels,
    )
    return arithmetic.steps(panel[reader].trace(text, layer or 0, head or 0)), place


def _title(info: ReaderInfo, layer: int | None, head: int | None) -> str:
    if layer is None or head is None:
        return say("views.inside.pictures.alignment", reader=info.title)
    if info.layers == 1:
        return say("views.inside.pictures.head", reader=info.title, head=head + 1)
    place = {"layer": layer + 1, "head": head + 1}
    return say("views.inside.pictures.deep", reader=info.title, **place)


def _factor(written: str) -> float:
    """What the scores are multiplied by; 1 if that is no number within the slider's reach."""
    try:
        factor = float(written or 1)
    except ValueError:
        return 1.0
    return factor if LEAST_FACTOR <= factor <= MOST_FACTOR else 1.0


VIEW = View(
    id="inside",
    main="inside",
    steps=("head", "layer"),
    fits=lambda panel: any(can_trace(reader.info) for reader in panel.values()),
    controls=(
        Choice("kinds", options=kinds),
        Choice("reader", options=shown_readers),
        Choice("layer", when=has_heads, options=layers),
        Choice("head", when=has_heads, options=heads_alone),
        Switch("shuffle", when=is_alone),
        Switch("unmask", when=can_unmask),
        Pick("factor"),
        Pick("word", belongs_to=TEXT),
        Pick("key", belongs_to=TEXT),
        Pick("output", belongs_to=TEXT),
    ),
    layout=(
        Html("inside", tools=TOOLS, classes=()),
        Html("inside-verdict", classes=()),
        Html("inside-onward", tools=TOOLS, classes=()),
    ),
    draw=draw,
)
