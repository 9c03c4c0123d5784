"""Inside: the arithmetic of one row of attention, six steps from left to right.

Python sends the numbers once, and what stands around them; assets/inside.js draws the rows, and
draws them anew where a person picks another word or moves the scale.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demo.analysis.arithmetic import Arithmetic, likeness
from demo.figures import cards, formulas
from demo.figures.theme import reader_style
from demo.mending import drawn
from demo.reading import Token

SENTENCES = {
    "words": "Word and position",
    "words-said": "What the word means and where it stands, {width} numbers each, are added.",
    "normed": "Word and position",
    "normed-said": "What the word means and where it stands are added, and brought to one scale.",
    "word": "Word",
    "word-said": "What the word means, brought to one scale. Where it stands tells in the scores.",
    "below": "From the layer below",
    "below-said": "Layer {layer} reads what layer {before} wrote: {width} numbers a word, which by "
    "now hold some of the other words.",
    "projections": "Query and keys",
    "projections-said": "Two learned tables: the query says what a word looks for, a key what it "
    "offers.",
    "product": "Their product",
    "product-said": "Query times key, number by number, and summed: high where the two fit. Pick a "
    "row to see its product.",
    "scale": "The scale",
    "scale-said": "Divided by √{d} = {root}, so that long vectors do not sharpen the next step by "
    "themselves.",
    "scale-more-said": "Divided by √{d} = {root}; this family then adds a learned number for the "
    "distance of two words.",
    "softmax": "Softmax",
    "softmax-said": "Each e to the power of z, by their sum: weights that add up to 1. Heads draws "
    "this row.",
    "mix": "What is passed on",
    "mix-said": "The values of all words, each by its weight, are summed; a last table takes them "
    "to the width of the words.",
    "annotations": "Annotations",
    "annotations-said": "Two GRUs read the text, one from each end; what both hold at a word "
    "describes it in its surroundings.",
    "states": "State and keys",
    "states-said": "What the decoder has written so far asks; the annotations offer.",
    "energies": "Their energy",
    "energies-said": "State plus key, through tanh, times v, and summed. Pick a row to see its "
    "numbers.",
    "unscaled": "No scale",
    "unscaled-said": "tanh stays between −1 and 1, so nothing is divided. The slider multiplies "
    "all the same.",
    "alignment-softmax-said": "Each e to the power of z, by their sum: weights that add up to 1. "
    "Alignment draws this row.",
    "context": "The context",
    "context-said": "The annotations, each by its weight, are summed: what the decoder writes the "
    "next word from.",
    "onward": "And then: from this head to the verdict",
    "attended": "All heads",
    "attended-said": "What the heads pass on, summed.",
    "norm_1": "Residual, norm",
    "norm_1-said": "Added to the word itself, brought to one scale.",
    "expanded": "Feed-forward",
    "expanded-said": "Each word alone, negative numbers cut to 0.",
    "fed": "Back to width",
    "fed-said": "A second table.",
    "norm_2": "Residual, norm",
    "norm_2-said": "Added again, scaled again.",
    "average": "Average",
    "average-said": "The mean of all words: order is gone.",
    "hidden": "Dense, ReLU",
    "hidden-said": "Twenty numbers for the whole text.",
    "logits": "Dense",
    "logits-said": "One number a class.",
    "layer": "Feed-forward, norm",
    "layer-said": "Each word alone: what the layer writes.",
    "verdict": "The verdict",
    "verdict-said": "Read off at the top of the stack.",
    "probabilities": "Softmax",
    "probabilities-said": "The verdict.",
    "stack": "Layer {layer} of {layers}: what its {heads} heads pass on is summed, added to the "
    "words, and goes through a feed-forward network{rest}.",
    "stack-rest": "; {left} more layers do the same before the verdict is read off",
    "stack-one": "; one more layer does the same before the verdict is read off",
    "stack-last": "; from what it then holds, the verdict is read off",
    "positions": "Positions",
    "position": "vectors of the places",
    "likeness": "likeness of the places",
    "positions-said": "On the left the learned vector of each place in the text, on the right how "
    "alike any two are (cosine, −1 to 1).",
    "first-numbers": "the first {shown} of {all} numbers",
    "hint": "Pick a word that asks, then any word in the rows.",
    "reads": "asks",
    "writes": "writes",
    "what-if": "The verdict as it is: move the scale, shuffle the words or take the mask away",
    "changed": "The verdict with {changes}",
    "change-factor": "all scores × {factor}",
    "change-shuffled": "the words shuffled",
    "change-unmasked": "the padding read as words",
    "shuffled-text": "Read as: {text}",
    "padding-draws": "Padding draws {share} of this head’s attention: the mask keeps it at 0.",
}
NUMBERS = 64  # of a wide vector are sent and drawn
NUMBERS_OF_LONG, LONG = 16, 40  # or so many, in texts of more tokens
PLACES = 24  # positions that are compared
LARGEST = 32_767  # of a number that is sent, as a share of its array's largest

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.policies["json.dumps_kwargs"] = {"separators": (",", ":")}  # in the order that they have


@dataclass(frozen=True)
class Step:
    """One of the six: its name in the script, what stands above it, and its shape."""

    name: str
    title: str
    formula: Markup
    shape: str
    said: str


@dataclass(frozen=True)
class Place:
    """Which head is drawn: of which reader, whose place in the panel gives the colour."""

    title: str
    reader: int
    layer: int = 0
    layers: int = 0
    heads: int = 0
    labels: tuple[str, ...] = ()


def picture(
    steps: Arithmetic, place: Place, query: int | None = None, key: int | None = None
) -> str:
    """HTML of the six steps, to be drawn by assets/inside.js.

    `query` is the row that asks, if not the one that the steps open with, and `key` the token whose
    product is open, if not the one that gets most weight.
    """
    query = picked(query, len(steps.asking), steps.query)
    key = picked(key, len(steps.tokens), int(steps.weights[query].argmax()))
    shown = shown_numbers(steps)
    arrays = {
        "x": steps.x,
        "queries": steps.queries,
        "keys": steps.keys,
        "scores": steps.scores,
        "scaled": steps.scaled,
        "values": steps.values,
        "mixed": steps.mixed,
        "v": steps.v,
        "output": steps.output,
    }
    wide = {name: array for name, array in arrays.items() if array is not None}
    wide |= {part.name: part.values for part in steps.parts}
    rows = {"scores", "scaled"}  # they are as wide as the text is long
    numbers = {
        "additive": steps.additive,
        "relative": steps.relative,
        "summed": steps.summed,
        "tokens": [_name(token) for token in steps.tokens],
        "asking": [drawn(name) for name in steps.asking],
        "query": query,
        "key": key,
        "copied": [] if steps.copied is None else np.round(steps.copied, 3).tolist(),
        "parts": [part.name for part in steps.parts],
        "arrays": {
            name: packed(array if name in rows else array[..., :shown])
            for name, array in wide.items()
        },
    }
    return TEMPLATES.get_template("inside.html").render(
        steps=_additive(steps) if steps.additive else _of_head(steps, place),
        stack=_stack(place) if place.layers > 1 else "",
        title=place.title,
        style=reader_style(place.reader),
        said=SENTENCES,
        numbers=numbers,
    )


def onward(steps: Arithmetic, place: Place, query: int | None = None) -> str:
    """HTML of the way on to the verdict and of the places in the text, "" where neither is known.

    assets/onward.js draws it; `query` as in `picture`.
    """
    places = {part.name: part.values[:PLACES] for part in steps.parts if part.name == "position"}
    if not places and not steps.stages:
        return ""
    shown = shown_numbers(steps)
    arrays = {stage.name: stage.values[..., :shown] for stage in steps.stages}
    arrays |= {name: values[:, :shown] for name, values in places.items()}
    if places:
        arrays["likeness"] = likeness(places["position"])
    numbers = {
        "tokens": [_name(token) for token in steps.tokens],
        "query": picked(query, len(steps.asking), steps.query),
        "labels": list(place.labels),
        "titles": {name: _said(name) for name in arrays},
        "arrays": {name: packed(array) for name, array in arrays.items()},
    }
    return TEMPLATES.get_template("onward.html").render(
        stages=[
            (stage.name, _said(stage.name), _said(f"{stage.name}-said"), _shape(stage.values))
            for stage in steps.stages
        ],
        positions=bool(places),
        title=place.title,
        style=reader_style(place.reader),
        said=SENTENCES,
        numbers=numbers,
    )


def picked(place: int | None, count: int, first: int) -> int:
    """The place that was picked, if it is one of `count`, or else the first one to show."""
    return first if place is None or not 0 <= place < count else place


def shown_numbers(steps: Arithmetic) -> int:
    """How many numbers of a wide vector are sent and drawn."""
    return NUMBERS_OF_LONG if len(steps.tokens) > LONG else NUMBERS


def packed(array: np.ndarray) -> dict[str, Any]:
    """An array as the script unpacks it: 16-bit whole numbers in base64, times `step`.

    Text would take twice as much; what is lost is a 65,000th of the largest.
    """
    array = np.asarray(array, np.float64)
    step = max(float(np.abs(array).max(initial=0)), 1e-9) / LARGEST
    whole = np.round(array / step).astype("<i2")
    return {
        "shape": list(array.shape),
        "step": float(f"{step:.9g}"),
        "bytes": base64.b64encode(whole.tobytes()).decode(),
    }


def verdict(
    labels: tuple[str, ...],
    before: np.ndarray,
    after: np.ndarray,
    factor: float,
    shuffled: str,
    padding: float | None,
) -> str:
    """HTML of the verdict as something is changed, the old one marked on it.

    `shuffled` is the text with its words in another order, "" if they are in theirs; `padding` the
    share of the head's attention that unmasked padding draws, None if it is masked.
    """
    changes = []
    if factor != 1:
        changes.append(_said("change-factor", factor=f"{factor:.2g}"))
    if shuffled:
        changes.append(SENTENCES["change-shuffled"])
    if padding is not None:
        changes.append(SENTENCES["change-unmasked"])
    if not changes:
        return TEMPLATES.from_string('<p class="what-if" data-factor="1">{{ said }}</p>').render(
            said=SENTENCES["what-if"]
        )
    remarks = []
    if shuffled:
        remarks.append(_said("shuffled-text", text=drawn(shuffled)))
    if padding is not None:
        remarks.append(_said("padding-draws", share=f"{padding:.0%}"))
    return TEMPLATES.get_template("what_if.html").render(
        bars=Markup(
            cards.moved(labels, before, after, _said("changed", changes=", ".join(changes)))
        ),
        remarks=remarks,
        factor=factor,
    )


def _of_head(steps: Arithmetic, place: Place) -> list[Step]:
    """The steps of a head."""
    width, d = steps.x.shape[1], steps.keys.shape[1]
    count = len(steps.tokens)
    root = {"d": d, "root": f"{d**0.5:.2f}"}
    more = "scale-more-said" if steps.relative else "scale-said"
    scaled = formulas.SCALED_AND_MORE if steps.relative else formulas.SCALED
    return [
        _first(steps, place, f"{count} × {width}"),
        _step("project", "projections", formulas.PROJECTIONS, f"{count} × {d}"),
        _step("product", "product", formulas.DOT_PRODUCT, f"{count} × {count}"),
        Step("scale", _said("scale"), scaled, f"{count} × {count}", _said(more, **root)),
        _step("softmax", "softmax", formulas.SOFTMAX, f"{count} × {count}"),
        _step("mix", "mix", formulas.MIXED, f"{count} × {d} → {count} × {width}"),
    ]


def _first(steps: Arithmetic, place: Place, shape: str) -> Step:
    """What the layer of a head is given."""
    width = steps.x.shape[1]
    if place.layer:
        before = {"layer": place.layer + 1, "before": place.layer, "width": width}
        return Step("x", _said("below"), formulas.FROM_BELOW, shape, _said("below-said", **before))
    if steps.summed:
        said = _said("words-said", width=width)
        return Step("x", _said("words"), formulas.WORD_AND_POSITION, shape, said)
    if any(part.name == "position" for part in steps.parts):
        return _step("x", "normed", formulas.NORMED_SUM, shape)
    return _step("x", "word", formulas.NORMED, shape)


def _additive(steps: Arithmetic) -> list[Step]:
    """The steps of an alignment."""
    outputs, count, d = *steps.scores.shape, steps.keys.shape[1]
    width = steps.x.shape[1]
    softmax = _said("alignment-softmax-said")
    rows = f"{outputs} × {count}"
    return [
        _step("x", "annotations", formulas.ANNOTATION, f"{count} × {width}"),
        _step("project", "states", formulas.STATE_AND_KEYS, f"{outputs} × {d}, {count} × {d}"),
        _step("product", "energies", formulas.ADDITIVE, rows),
        _step("scale", "unscaled", formulas.UNSCALED, rows),
        Step("softmax", _said("softmax"), formulas.SOFTMAX, rows, softmax),
        _step("mix", "context", formulas.CONTEXT, f"{outputs} × {width}"),
    ]


def _step(name: str, sentences: str, formula: Markup, shape: str) -> Step:
    return Step(name, _said(sentences), formula, shape, _said(f"{sentences}-said"))


def _stack(place: Place) -> str:
    """Where in the stack of layers a head stands."""
    left = place.layers - place.layer - 1
    rest = ("stack-last", "stack-one", "stack-rest")[min(left, 2)]
    return _said(
        "stack",
        layer=place.layer + 1,
        layers=place.layers,
        heads=place.heads,
        rest=_said(rest, left=left),
    )


def _said(name: str, **numbers: Any) -> str:
    return SENTENCES[name].format(**numbers)


def _shape(values: np.ndarray) -> str:
    return " × ".join(map(str, values.shape))


def _name(token: Token) -> str:
    """A token as the rows are named."""
    return drawn(token.as_read) + ("" if token.known else " ?")
