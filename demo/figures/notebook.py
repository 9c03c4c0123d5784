"""The page's pictures in a notebook (Jupyter, marimo): of a reader and a text, without a server."""

from __future__ import annotations

import json
from dataclasses import dataclass

import plotly.graph_objects as go

from demo import sentences
from demo.analysis import arithmetic, attention, attribution
from demo.figures import alignment, heads, inside, sums
from demo.figures.templates import html
from demo.figures.theme import ASSETS, STYLE, Theme, css
from demo.reading import Ability, Reading
from demo.sentences import InputError, say
from demo.serving.panel import ServedReader

# What draws the six steps, in the order in which they build on each other.
SCRIPTS = ("bridge", "sentences", "letters", "tables", "strips", "walk", "arithmetic", "inside")
ROW, ABOVE = 27, 420  # px of a word's row inside a head, and of what stands over the rows


@dataclass(frozen=True)
class Drawing:
    """HTML that a notebook shows."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def draw_heads(
    reader: ServedReader,
    text: str,
    layer: int = 0,
    head: int | None = None,
    theme: Theme | None = None,
) -> go.Figure:
    """The heads of a layer as heatmaps, or one head large; both count from 0.

    Words are whole, and marks folded, as the page opens. Raises InputError if there is no such head
    or the text cannot be read.
    """
    _check(reader, layer, head)
    reading, info, theme = reader.read(text), reader.info, theme or Theme()
    title = heads.title_of(info, layer, head)

    def shown(part: Reading) -> attention.View:
        return attention.view(part, attention.Specials.FOLDED, by_word=info.pieces)

    every = shown(attention.of_layer(reading, layer))
    top = float(every.weights.max())  # so that one head has the shades that it has among all
    if head is None:
        return _titled(heads.small_multiples(every, theme, title, top))
    return _titled(
        heads.one_head(shown(attention.of_head(reading, layer, head)), theme, title, top)
    )


def draw_alignment(
    reader: ServedReader, text: str, headline: str | None = None, theme: Theme | None = None
) -> go.Figure:
    """What was written, or a headline that is followed, and where the reader looked for each word.

    Of a reader that does not write, its rollout. Raises InputError if the text cannot be read.
    """
    aligned = attention.align(reader.read(text, headline))
    kind = "written"
    if headline:
        kind = "own" if Ability.WRITE in reader.info.can else "second"
    title = say(f"views.alignment.pictures.{kind}", reader=reader.info.title)
    return _titled(alignment.matrix(aligned, theme or Theme(), title=title))


def draw_evidence(
    reader: ServedReader, text: str, label: str = "", theme: Theme | None = None
) -> go.Figure:
    """What each word adds to a label, or to the one that wins: bars that add up to its logit.

    Raises InputError if the reader has no such label, or cannot be taken apart so.
    """
    why, theme = attribution.attribute(reader, text, label), theme or Theme()
    title = say("views.evidence.pictures.sum", reader=reader.info.title, label=why.label)
    bars = sums.bars(why.words, why.shares, why.remainder, why.contrast, theme)
    return _titled(sums.picture(bars, theme, title))


def draw_inside(
    reader: ServedReader, text: str, layer: int = 0, head: int = 0, theme: Theme | None = None
) -> Drawing:
    """The six steps of a head, or of an alignment, in a frame that carries its own scripts.

    A click on a word has it ask; the slider multiplies the scores. Raises InputError if there is no
    such head or the text cannot be read.
    """
    info, theme = reader.info, theme or Theme()
    if info.layers:
        _check(reader, layer, head)
    steps = arithmetic.steps(reader.trace(text, layer, head))
    place = inside.Place(
        inside.title_of(info, layer, head), 0, layer, info.layers, info.heads, info.labels
    )
    given = {"theme": STYLE, "sentences": sentences.for_scripts(), "views": {}}
    bridge, *others = ((ASSETS / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    handed = f"Object.assign(window.headlineAttention, {json.dumps(given)});"
    document = html(
        "notebook",
        title=place.title,
        dark=theme.dark,
        styles=[css(), (ASSETS / "inside.css").read_text("utf-8")],
        font=STYLE["font"],
        picture=inside.picture(steps, place),
        scripts=[bridge, handed, *others],
    )
    height = ABOVE + ROW * len(steps.tokens)
    return Drawing(html("notebook_frame", title=place.title, height=height, document=document))


def _check(reader: ServedReader, layer: int, head: int | None) -> None:
    if not reader.info.layers:
        raise InputError("problems.reader.no_attention", reader=reader.info.title)
    reader.info.check_head(layer, head or 0)


def _titled(figure: go.Figure) -> go.Figure:
    """A figure under the title that the page writes over it."""
    title = {"text": figure.layout.meta["title"], "automargin": True, "yref": "container"}
    return figure.update_layout(title=title, height=figure.layout.height + 60)
