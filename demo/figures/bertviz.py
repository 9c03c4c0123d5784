"""BertViz's head view and model view as documents that fetch nothing.

BertViz (Vig 2019) draws with scripts of its own over d3 and jQuery, which it loads from another
host through require.js. Here the same scripts are put into one HTML document together with the
two libraries, as installed with the packages mpld3 and XStatic-jQuery. They draw for a notebook's
column: the few sizes that stand in them as constants are replaced, so that a view fills its frame.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from markupsafe import Markup

from demo.analysis.attention import View
from demo.figures.templates import html
from demo.figures.theme import FONT, Theme
from demo.sentences import say, spoken

HEAD_VIEW, MODEL_VIEW = "head", "model"
DECIMALS = 3  # of a weight; the views draw it as the strength of a line
HEAD_VIEW_TOKENS = 64  # drawn at most
MODEL_VIEW_LINES = 60_000  # drawn at most: heads of all layers x tokens^2
EDGE = 8  # px around a view
WIDEST, GUTTER, GUTTER_SHARE = (
    1840,
    60,
    0.03,
)  # px of the page, and beside it at most; of the screen
INSIDE, INSIDE_PHONE = 42, 38  # px between the page's edge and a frame, on both sides together

# Sizes in px as BertViz's scripts have them, or as they are put in their place.
HEAD_ROW, HEAD_TOP, HEAD_WORDS = 22.5, 30, 110
HEAD_LETTER = 8.4  # px of a letter of its type, on average
LEAST_WEIGHT = 0.04  # of a line that the head view draws
FAINTER = 4  # heads, up to which a line is the fainter the more of them are drawn
HEAD_CONTROLS = 36  # px of the line that picks a layer
HEAD_HEIGHT = 620  # px of a frame that a view of few words fills
MOST_ENLARGED = 1.9
MODEL_AXIS, MODEL_PADDING, MODEL_LETTER = 38, 10, 7.4
MODEL_HEIGHT = 900  # px that all layers take if their rows can be so low
MODEL_ROW, MODEL_ROW_MOST = 10, 22  # px of a word's row in a small picture
MODEL_LEAST_WIDTH = 760  # px; on a phone, the view is swiped
STAGE = 2.2  # about the width of a presentation by its height
MODEL_ROW_LEAST = 4  # px, in a presentation
LEAST_TYPE, MOST_TYPE = 9, 15  # px; where the least does not fit, every second word is written
DETAIL_ROW, DETAIL_WORDS, DETAIL_LINES, DETAIL_REST = 18, 80, 140, 55
LONGEST_WORD = 24  # letters of a word that columns are made wide for
SENTENCE = 40  # px of the sentence about a text that is cut
LONGEST_PX = 2400  # of a frame; a longer view scrolls in it


@dataclass(frozen=True)
class Drawing:
    """The sizes of a view in px, before its frame scales it to its own width.

    `words` is the room for words on each side, `row` the height of a word's row, `above` what
    stands over the rows. `replaced` has the lines of BertViz's script that another takes the place
    of.
    """

    width: float
    height: float
    words: float
    row: float
    above: float
    replaced: dict[str, str]


def drawing(view: View, layers: int, kind: str, theme: Theme) -> Drawing:
    """How large a view is drawn, for the words and the heads that it has."""
    most = _most_tokens(len(view.weights), kind)
    shown = view.tokens[:most]
    letters = min(max(len(token.as_read) for token in shown), LONGEST_WORD)
    above = SENTENCE if most < len(view.tokens) else 0
    make = _head_drawing if kind == HEAD_VIEW else _model_drawing
    return make(len(shown), letters, layers, above, theme)


def _head_drawing(rows: int, letters: int, layers: int, above: int, theme: Theme) -> Drawing:
    words = max(HEAD_WORDS, letters * HEAD_LETTER + EDGE)
    height = rows * HEAD_ROW + HEAD_TOP + HEAD_CONTROLS + above
    enlarged = 1.0 if theme.phone else min(max(HEAD_HEIGHT / height, 1.0), MOST_ENLARGED)
    width = max(_room(theme) / enlarged, 2.5 * words)
    replaced = _constants(BOXWIDTH=f"{words:.1f}", MATRIX_WIDTH=f"given.width - {2 * words:.1f}")
    # The lines of many heads, each as much fainter, would not be seen; but thousands of lines
    # that are not seen one by one would darken the ground.
    line = f"return d < {LEAST_WEIGHT} ? 0 : d / Math.min(activeHeads(), {FAINTER})"
    replaced[r"return d / activeHeads\(\)"] = line
    return Drawing(width, height, words, HEAD_ROW, height - rows * HEAD_ROW, replaced)


def _model_drawing(rows: int, letters: int, layers: int, above: int, theme: Theme) -> Drawing:
    row = min(max((MODEL_HEIGHT / layers - MODEL_PADDING) / rows, MODEL_ROW), MODEL_ROW_MOST)
    words = letters * word_px(row) * MODEL_LETTER / 13 + EDGE
    width = max(_room(theme), MODEL_LEAST_WIDTH)
    detail = max(DETAIL_WORDS, letters * MODEL_LETTER + EDGE)
    height = max(
        layers * (rows * row + MODEL_PADDING) + MODEL_AXIS, DETAIL_ROW * rows + DETAIL_REST
    )
    replaced = _constants(
        DIV_WIDTH="given.width - 2 * given.beside",
        DETAIL_BOX_WIDTH=f"{detail:.1f}",
        DETAIL_WIDTH=f"{2 * detail + DETAIL_LINES:.1f}",
    )
    replaced |= {
        r"BoxHeight = 7 \* \(12 / config\.totalHeads\);": "BoxHeight = given.row;",
        "'background': 'black'": f"'background': '{Theme(dark=True).paper}'",
    }
    return Drawing(width, height + above, words, row, MODEL_AXIS + above, replaced)


def word_px(row: float) -> float:
    """The size of the type that fits a row of the model view."""
    return min(max(0.92 * row, LEAST_TYPE), MOST_TYPE)


def document(view: View, layers: int, kind: str, theme: Theme) -> str:
    """The `HEAD_VIEW` or `MODEL_VIEW` of a view of all heads as one HTML document.

    Layers and heads count from 1. A long text is cut to the tokens that a browser draws without
    freezing; a sentence says so.
    """
    heads = len(view.weights) // layers
    most = _most_tokens(len(view.weights), kind)
    drawn = drawing(view, layers, kind, theme)
    tokens = [token.as_read for token in view.tokens[:most]]
    weights = view.weights.reshape(layers, heads, *view.weights.shape[1:])[..., :most, :most]
    parameters = {
        "attention": [
            {
                "name": None,
                "attn": np.round(weights.astype(np.float64), DECIMALS).tolist(),
                "left_text": tokens,
                "right_text": tokens,
            }
        ],
        "default_filter": "0",
        "root_div_id": "bertviz",
        "layer": None,
        "heads": None,
        "include_layers": list(range(1, layers + 1)),
        "include_heads": list(range(1, heads + 1)),
        "total_heads": heads,
        "display_mode": "dark" if theme.dark else "light",
    }
    given = {
        "words": tokens,
        "width": drawn.width,
        "beside": drawn.words,
        "row": drawn.row,
        "rows": len(tokens),
        "layers": layers,
        "above": drawn.above + 2 * EDGE,
        "between": MODEL_PADDING,
        "least": 2.5 * drawn.words,
        "leastRow": MODEL_ROW_LEAST,
        "picksLayer": kind == HEAD_VIEW,
        "layer": say("bertviz.layer"),
    }
    return html(
        "bertviz",
        language=spoken(),
        theme=theme,
        printed=Theme(),  # light
        font=Markup(FONT),
        edge=EDGE,
        most=most,
        count=len(view.tokens),
        picks_layer=kind == HEAD_VIEW,
        stage=STAGE,
        least_type=LEAST_TYPE,
        most_type=MOST_TYPE,
        given=Markup(_json(given)),
        libraries=Markup(_libraries()),
        script=Markup(_script(kind, drawn).replace("PYTHON_PARAMS", _json(parameters))),
    )


def frame(document: str, view: View, layers: int, kind: str, theme: Theme, title: str = "") -> str:
    """The document in a frame that may run its scripts and nothing else.

    `title` heads it where it is shown alone.
    """
    drawn = drawing(view, layers, kind, theme)
    width, height = drawn.width + 2 * EDGE, drawn.height + 2 * EDGE
    return html(
        "bertviz_frame",
        name=say(f"bertviz.frame.{kind}", count=len(view.tokens)),
        title=title,
        width=width,
        height=height,
        least=MODEL_LEAST_WIDTH if kind == MODEL_VIEW else 0,
        most=LONGEST_PX,
        document=document,
    )


def _room(theme: Theme) -> float:
    """About how wide a frame is, px; it scales what is drawn to its width."""
    beside = 20 if theme.phone else 2 * min(GUTTER_SHARE * theme.width, GUTTER)
    inside = INSIDE_PHONE - 20 if theme.phone else INSIDE
    return min(theme.width, WIDEST) - beside - inside - 2 * EDGE


def _most_tokens(matrices: int, kind: str) -> int:
    if kind == HEAD_VIEW:
        return HEAD_VIEW_TOKENS
    return min(HEAD_VIEW_TOKENS, int((MODEL_VIEW_LINES / matrices) ** 0.5))


def _json(value) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, separators=(",", ":"))  # ASCII: U+2028 and its like are escaped
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _constants(**sizes: str) -> dict[str, str]:
    """What puts other sizes, as JavaScript, in the place of a script's own."""
    return {rf"const {name} = [\d.]+;": f"const {name} = {size};" for name, size in sizes.items()}


def _script(kind: str, drawn: Drawing) -> str:
    """BertViz's script for a view with the sizes of a drawing."""
    script = _package_file("bertviz", f"{kind}_view.js")
    for line, other in drawn.replaced.items():
        script, found = re.subn(line, other, script)
        assert found == 1, f"bertviz's {kind} view has changed: {line}"
    return script


@cache
def _libraries() -> str:
    d3 = _package_file("mpld3", "js/d3.v5.min.js")
    jquery = _package_file("xstatic.pkg.jquery", "data/jquery.min.js")
    return f"{d3}\n{jquery}\n"


@cache
def _package_file(package: str, name: str) -> str:
    """A text file of an installed package, which is not imported for it."""
    (folder, *_) = find_spec(package).submodule_search_locations
    return Path(folder, name).read_text("utf-8")
