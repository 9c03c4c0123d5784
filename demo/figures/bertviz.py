"""BertViz's head view and model view as documents that fetch nothing.

BertViz (Vig 2019) draws with scripts of its own over d3 and jQuery, which it loads from another
host through require.js. Here the same scripts are put into one HTML document together with the
two libraries, as installed with the packages mpld3 and XStatic-jQuery.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from markupsafe import Markup

from demo.analysis.attention import View
from demo.figures.templates import html
from demo.figures.theme import FONT, Theme
from demo.sentences import say

HEAD_VIEW, MODEL_VIEW = "head", "model"
DECIMALS = 3  # of a weight; the views draw it as the strength of a line
HEAD_VIEW_TOKENS = 64  # drawn at most
MODEL_VIEW_LINES = 60_000  # drawn at most: heads of all layers x tokens^2
ZOOM, ZOOM_FROM_WIDTH = 1.4, 1280  # on large screens; BertViz draws for a notebook's column
LONGEST_PX = 1400  # of a frame; a longer view scrolls in it


def document(view: View, layers: int, kind: str, theme: Theme) -> str:
    """The `HEAD_VIEW` or `MODEL_VIEW` of a view of all heads as one HTML document.

    A long text is cut to the tokens that a browser draws without freezing; a sentence says so.
    """
    heads = len(view.weights) // layers
    most = _most_tokens(len(view.weights), kind)
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
        "include_layers": list(range(layers)),
        "include_heads": list(range(heads)),
        "total_heads": heads,
        "display_mode": "dark" if theme.dark else "light",
    }
    return html(
        "bertviz",
        theme=theme,
        printed=Theme(),  # light
        font=Markup(FONT),
        zoom=_zoom(theme),
        most=most,
        count=len(view.tokens),
        picks_layer=kind == HEAD_VIEW,
        libraries=Markup(_libraries()),
        script=Markup(_script(kind).replace("PYTHON_PARAMS", _json(parameters))),
    )


def frame(document: str, view: View, layers: int, kind: str, theme: Theme, title: str = "") -> str:
    """The document in a frame that may run its scripts and nothing else.

    `title` heads it where it is shown alone.
    """
    heads = len(view.weights) // layers
    rows = min(len(view.tokens), _most_tokens(len(view.weights), kind))
    # As BertViz's scripts reckon: px of a token's row, and of what stands around the rows.
    if kind == HEAD_VIEW:
        height = 22.5 * rows + 130
    else:
        height = max(layers * (84 / heads * rows + 10), 18 * rows + 55) + 110
    return html(
        "bertviz_frame",
        name=say(f"bertviz.frame.{kind}", count=len(view.tokens)),
        title=title,
        height=min(height * _zoom(theme), LONGEST_PX),
        document=document,
    )


def _zoom(theme: Theme) -> float:
    return ZOOM if theme.width >= ZOOM_FROM_WIDTH else 1.0


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


@cache
def _script(kind: str) -> str:
    return _package_file("bertviz", f"{kind}_view.js")


@cache
def _libraries() -> str:
    d3 = _package_file("mpld3", "js/d3.v5.min.js")
    jquery = _package_file("xstatic.pkg.jquery", "data/jquery.min.js")
    return f"{d3}\n{jquery}\n"


def _package_file(package: str, name: str) -> str:
    """A text file of an installed package, which is not imported for it."""
    (folder, *_) = find_spec(package).submodule_search_locations
    return Path(folder, name).read_text("utf-8")
