"""Inside: the arithmetic of one row of attention, six steps from left to right.

Python sends the numbers once, and what stands around them; assets/inside.js draws the rows, and
draws them anew where a person picks another word or moves the scale.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from demo.analysis.arithmetic import Arithmetic, likeness
from demo.figures import cards, formulas, labels
from demo.figures.packed import packed
from demo.figures.templates import html
from demo.mending import drawn
from demo.reading import ReaderInfo, Token
from demo.sentences import called, listed, number, say

NUMBERS = 64  # of a wide vector are sent and drawn
NUMBERS_OF_LONG, LONG = 16, 40  # or so many, in texts of more tokens
PLACES = 24  # positions that are compared


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


def title_of(info: ReaderInfo, layer: int | None, head: int | None) -> str:
    """What heads the picture of a head, or of an alignment where none is chosen."""
    if layer is None or head is None or not info.layers:
        return say("views.inside.pictures.alignment", reader=info.title)
    if info.layers == 1:
        return say("views.inside.pictures.head", reader=info.title, head=head + 1)
    place = {"layer": layer + 1, "head": head + 1}
    return say("views.inside.pictures.deep", reader=info.title, **place)


def picture(
    steps: Arithmetic, place: Place, query: int | None = None, key: int | None = None
) -> str:
    """HTML of the six steps, to be drawn by assets/inside.js.

    `query` is the row that asks, if not the one that the steps open with, and `key` the token whose
    product is open, if not the one that gets most weight.
    """
    return html("inside", parts=[_part(steps, place, query, key)], title=place.title)


def pair(
    dot_product: tuple[Arithmetic, Place],
    additive: tuple[Arithmetic, Place],
    query: int | None = None,
    key: int | None = None,
    output: int | None = None,
) -> str:
    """HTML of two kinds of attention on one text, step beside step.

    `query` and `key` are those of the dot product, as in `picture`; the other one opens with its
    row `output`, and with the same word as key.
    """
    steps, place = dot_product
    other, other_place = additive
    query = picked(query, len(steps.asking), steps.query)
    key = picked(key, len(steps.tokens), int(steps.weights[query].argmax()))
    same = same_word(steps.tokens[key], other.tokens)
    return html(
        "inside",
        parts=[
            _part(steps, place, query, key, paired=True),
            _part(other, other_place, output, same, paired=True),
        ],
        title=say("inside.pair", one=place.title, other=other_place.title),
    )


def same_word(token: Token, tokens: Sequence[Token]) -> int | None:
    """Where a token's word stands among the tokens of another reader, None if nowhere."""
    for place, other in enumerate(tokens):
        if not token.special and other.start < token.end and token.start < other.end:
            return place
    return None


def _part(
    steps: Arithmetic, place: Place, query: int | None, key: int | None, paired: bool = False
) -> dict[str, Any]:
    """What the template is told of one reader's steps."""
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
        "asking": [drawn(name) for name in labels.written(steps.asking, steps.additive)],
        "query": query,
        "key": key,
        "copied": [] if steps.copied is None else np.round(steps.copied, 3).tolist(),
        "parts": [part.name for part in steps.parts],
        "arrays": {
            name: packed(array if name in rows else array[..., :shown])
            for name, array in wide.items()
        },
    }
    if paired:
        numbers["of"] = place.title
        numbers["spans"] = [[one.start, one.end] for one in steps.tokens]
    width = steps.x.shape[1]
    return {
        "steps": _additive(steps) if steps.additive else _of_head(steps, place),
        "stack": _stack(place) if place.layers > 1 else "",
        "cut": say("inside.first_numbers", shown=shown, count=width) if shown < width else "",
        "title": place.title,
        "reader": place.reader,
        "numbers": json.dumps(numbers, separators=(",", ":")),
    }


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
    titles = {stage.name: say(f"inside.stages.{stage.name}.title") for stage in steps.stages}
    if places:
        titles["position"] = say("inside.positions.position")
        titles["likeness"] = say("inside.positions.likeness")
    numbers = {
        "tokens": [_name(token) for token in steps.tokens],
        "query": picked(query, len(steps.asking), steps.query),
        "labels": [*map(called, place.labels)],
        "titles": titles,
        "arrays": {name: packed(array) for name, array in arrays.items()},
    }
    return html(
        "onward",
        stages=[(stage.name, _shape(stage.values)) for stage in steps.stages],
        positions=bool(places),
        title=say("inside.onward_from", place=place.title),
        reader=place.reader,
        numbers=json.dumps(numbers, separators=(",", ":")),
    )


def picked(place: int | None, count: int, first: int) -> int:
    """The place that was picked, if it is one of `count`, or else the first one to show."""
    return first if place is None or not 0 <= place < count else place


def shown_numbers(steps: Arithmetic) -> int:
    """How many numbers of a wide vector are sent and drawn."""
    return NUMBERS_OF_LONG if len(steps.tokens) > LONG else NUMBERS


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
        changes.append(say("inside.changes.factor", factor=factor))
    if shuffled:
        changes.append(say("inside.changes.shuffled"))
    if padding is not None:
        changes.append(say("inside.changes.unmasked"))
    heading = say("inside.changed", changes=listed(changes))
    remarks = []
    if shuffled:
        remarks.append(say("inside.shuffled", text=drawn(shuffled)))
    if padding is not None:
        remarks.append(say("inside.padding_draws", share=padding))
    return html(
        "what_if",
        said=cards.moved(labels, before, after, heading) if changes else say("inside.unchanged"),
        remarks=remarks,
        factor=f"{factor:g}",
    )


def two_kinds(factor: float) -> str:
    """HTML of what sets two kinds of attention apart, all scores being multiplied by a factor."""
    return html("what_if", said=say("inside.kinds"), remarks=[], factor=f"{factor:g}")


def _of_head(steps: Arithmetic, place: Place) -> list[Step]:
    """The steps of a head."""
    width, d = steps.x.shape[1], steps.keys.shape[1]
    count = len(steps.tokens)
    root = {"d": d, "root": number(d**0.5, ".2f")}
    scale = (
        ("scale_and_more", formulas.SCALED_AND_MORE)
        if steps.relative
        else ("scale", formulas.SCALED)
    )
    return [
        _first(steps, place, f"{count} × {width}"),
        _step("project", "projections", formulas.PROJECTIONS, f"{count} × {d}"),
        _step("product", "product", formulas.DOT_PRODUCT, f"{count} × {count}"),
        _step("scale", *scale, f"{count} × {count}", **root),
        _step("softmax", "softmax", formulas.SOFTMAX, f"{count} × {count}"),
        _step("mix", "mix", formulas.MIXED, f"{count} × {d} → {count} × {width}"),
    ]


def _first(steps: Arithmetic, place: Place, shape: str) -> Step:
    """What the layer of a head is given."""
    width = steps.x.shape[1]
    if place.layer:
        before = {"layer": place.layer + 1, "before": place.layer, "width": width}
        return _step("x", "below", formulas.FROM_BELOW, shape, **before)
    if steps.summed:
        return _step("x", "words", formulas.WORD_AND_POSITION, shape, width=width)
    if any(part.name == "position" for part in steps.parts):
        return _step("x", "normed", formulas.NORMED_SUM, shape)
    return _step("x", "word", formulas.NORMED, shape)


def _additive(steps: Arithmetic) -> list[Step]:
    """The steps of an alignment."""
    outputs, count, d = *steps.scores.shape, steps.keys.shape[1]
    width = steps.x.shape[1]
    rows = f"{outputs} × {count}"
    return [
        _step("x", "annotations", formulas.ANNOTATION, f"{count} × {width}"),
        _step("project", "states", formulas.STATE_AND_KEYS, f"{outputs} × {d}, {count} × {d}"),
        _step("product", "energies", formulas.ADDITIVE, rows),
        _step("scale", "unscaled", formulas.UNSCALED, rows),
        _step("softmax", "alignment_softmax", formulas.SOFTMAX, rows),
        _step("mix", "context", formulas.CONTEXT, f"{outputs} × {width}"),
    ]


def _step(name: str, sentences: str, formula: Markup, shape: str, **numbers: Any) -> Step:
    title = say(f"inside.steps.{sentences}.title")
    return Step(name, title, formula, shape, say(f"inside.steps.{sentences}.text", **numbers))


def _stack(place: Place) -> str:
    """Where in the stack of layers a head stands."""
    left = place.layers - place.layer - 1
    place_of = {"layer": place.layer + 1, "layers": place.layers, "heads": place.heads}
    if left:
        return say("inside.stack.further", count=left, **place_of)
    return say("inside.stack.last", **place_of)


def _shape(values: np.ndarray) -> str:
    return " × ".join(map(str, values.shape))


def _name(token: Token) -> str:
    """A token as the rows are named."""
    return drawn(token.as_read) + ("" if token.known else " ?")
