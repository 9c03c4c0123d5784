"""Arithmetic on attention weights, in plain numpy: a reading in, matrices to draw out."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np

from demo.reading import Alignment, Reading, Token
from demo.sentences import InputError, say

PROBABILITY, COPYING = "its probability", "probability of copying"  # said of what was written
MEAN, ROLLOUT = "mean", "rollout"  # in place of the number of a head


class Specials(StrEnum):
    """What happens to [CLS] and [SEP], and to the attention that they draw."""

    FOLDED = "folded"
    SHOWN = "shown"
    HIDDEN = "hidden"
    RESCALED = "hidden, rows rescaled to 1"


@dataclass(frozen=True, eq=False)
class View:
    """Some attention matrices of a reading over the tokens that are shown.

    Shapes: `weights` float32 (matrices, tokens, tokens), row = the token that looks. `note` says
    what was done to the reader's own numbers, "" for nothing. `places` (tokens,) are the places of
    the tokens, or of their first pieces, among those of the reading.

    Where special tokens are folded, `marks` names them, and `to_marks` float32 (matrices, tokens)
    is what each row gives to all of them: with its `weights` it sums to 1.
    """

    reader: str
    weights: np.ndarray
    tokens: tuple[Token, ...]
    note: str = ""
    places: tuple[int, ...] = ()
    marks: str = ""
    to_marks: np.ndarray | None = None

    def row_of(self, place: int) -> int | None:
        """The row of the token at a place among those of the reading, or of the word it is in."""
        rows = [row for row, first in enumerate(self.places) if first <= place]
        return rows[-1] if rows else None


@dataclass(frozen=True, eq=False)
class Aligned:
    """Outputs over the tokens that they looked at.

    Shapes: `weights` float32 (outputs, tokens). `topic` says whether the first output is one;
    `of_outputs` holds what else is said of each, float32 (outputs,) by name, where something was
    written. `what` is a sentence that says what the numbers are, `caution` what misleads in them.
    `written` is what the reader says of its writing, None where it wrote nothing.
    """

    reader: str
    outputs: tuple[str, ...]
    tokens: tuple[Token, ...]
    weights: np.ndarray
    what: str
    topic: bool = False
    of_outputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    caution: str = ""
    written: Alignment | None = None

    @property
    def probabilities(self) -> np.ndarray | None:
        """Of each output, given those before it, (outputs,); None where nothing was written."""
        return self.of_outputs.get(PROBABILITY)


def view(reading: Reading, specials: Specials = Specials.SHOWN, by_word: bool = False) -> View:
    """All heads of all layers of a reading as (layers * heads) matrices, layer by layer.

    Raises InputError if the reader has no self-attention.
    """
    if reading.attention is None:
        raise InputError("problems.reader.no_attention", reader=reading.reader)
    layers, heads, count, _ = reading.attention.shape
    shown = View(
        reading.reader,
        reading.attention.reshape(layers * heads, count, count),
        reading.tokens,
        places=tuple(range(count)),
    )
    if by_word:
        shown = merge_pieces(shown)
    if specials is Specials.FOLDED:
        return fold_specials(shown)
    return shown if specials is Specials.SHOWN else drop_specials(shown, specials)


def of_layer(reading: Reading, layer: int) -> Reading:
    """The reading with one of its layers; raises InputError if it has no such layer."""
    count = 0 if reading.attention is None else len(reading.attention)
    if not 0 <= layer < count:
        raise InputError(
            "problems.reader.no_layer", reader=reading.reader, count=count, layer=layer
        )
    return replace(reading, attention=reading.attention[layer : layer + 1])


def of_head(reading: Reading, layer: int, head: int | str) -> Reading:
    """The reading with one matrix: a head of a layer, the layer's `MEAN`, or the `ROLLOUT`.

    Raises InputError if there is no such layer or head.
    """
    if head == ROLLOUT:
        return rollout(reading)
    heads = of_layer(reading, layer).attention
    if head == MEAN:
        return replace(reading, attention=head_mean(heads[0])[None, None])
    if not isinstance(head, int) or not 0 <= head < heads.shape[1]:
        raise InputError(
            "problems.reader.no_head", reader=reading.reader, count=heads.shape[1], head=head
        )
    return replace(reading, attention=heads[:, head : head + 1])


def head_mean(weights: np.ndarray) -> np.ndarray:
    """The mean of heads: (heads, tokens, tokens) -> (tokens, tokens); rows still sum to 1."""
    return weights.mean(axis=0)


def mean_of_all(reading: Reading) -> Reading:
    """The reading with one layer and one head: the mean of all heads of all layers."""
    return replace(reading, attention=reading.attention.mean(axis=(0, 1))[None, None])


def rollout(reading: Reading) -> Reading:
    """The reading with one layer and one head: attention rollout.

    Follows attention through all layers: each layer passes on half of a token's content by the
    residual connection and half by the mean of its heads, A = (mean + I) / 2, and the layers are
    multiplied, A_L ... A_1 (Abnar & Zuidema 2020, section 3). Rows sum to 1.
    """
    assert reading.attention is not None
    count = len(reading.tokens)
    through: np.ndarray = np.eye(count, dtype=np.float32)
    for heads in reading.attention:
        through = (head_mean(heads) + np.eye(count, dtype=np.float32)) / 2 @ through
    return replace(reading, attention=through[None, None])


def align(reading: Reading) -> Aligned:
    """What looked where, output by output: the reading's alignment, or else its rollout.

    The rollout is that of whole words without special tokens. Of a pair of texts, which a special
    token parts, it is the block from the words of the second to those of the first.
    """
    if (found := reading.alignment) is not None:
        of_outputs = {}
        if found.log_probabilities is not None:
            of_outputs[PROBABILITY] = np.exp(found.log_probabilities)
        if found.copied is not None:
            of_outputs[COPYING] = found.copied
        return Aligned(
            reading.reader,
            found.outputs,
            reading.tokens,
            found.weights,
            say("alignment_of.writing"),
            topic=True,
            of_outputs=of_outputs,
            caution=say("alignment_of.caution.writing"),
            written=found,
        )
    shown = view(rollout(reading), by_word=True)
    (weights,) = shown.weights
    specials = [index for index, token in enumerate(shown.tokens) if token.special]
    words = [index for index, token in enumerate(shown.tokens) if not token.special]
    rows = columns = words
    what = "alignment_of.words_alone" if specials else "alignment_of.words"
    if inner := [index for index in specials if words and words[0] < index < words[-1]]:
        rows = [index for index in words if index > inner[0]]
        columns = [index for index in words if index < inner[0]]
        what = "alignment_of.pair"
    return Aligned(
        reading.reader,
        tuple(shown.tokens[index].as_read for index in rows),
        tuple(shown.tokens[index] for index in columns),
        weights[np.ix_(rows, columns)],
        say(what),
        caution=say("alignment_of.caution.rollout"),
    )


def merge_pieces(shown: View) -> View:
    """Whole words from pieces: attention to a word is the sum over its pieces, from it the mean."""
    words = whole_words(shown.tokens)
    if len(words) == len(shown.tokens):
        return shown
    starts, sizes = [pieces[0] for _, pieces in words], [len(pieces) for _, pieces in words]
    to_words = np.add.reduceat(shown.weights, starts, axis=2)
    weights = np.add.reduceat(to_words, starts, axis=1) / np.array(sizes)[None, :, None]
    return replace(
        shown,
        weights=weights,
        tokens=tuple(word for word, _ in words),
        note=say("heads.notes.merged"),
        places=tuple(shown.places[start] for start in starts),
    )


def whole_words(tokens: tuple[Token, ...]) -> list[tuple[Token, range]]:
    """The words that tokens are pieces of, each with the places of its pieces."""
    starts = [
        index
        for index, token in enumerate(tokens)
        if index == 0 or not _continues(tokens[index - 1], token)
    ]
    places = [range(start, end) for start, end in pairwise([*starts, len(tokens)])]
    return [(_joined(tokens[place.start : place.stop]), place) for place in places]


def drop_specials(shown: View, specials: Specials) -> View:
    """The view without its special tokens, rows rescaled to 1 or left as they are."""
    kept = _words_alone(shown)
    if len(kept.tokens) == len(shown.tokens):
        return shown
    if specials is Specials.HIDDEN:
        return _noted(kept, say("heads.notes.hidden"))
    weights = kept.weights / np.maximum(kept.weights.sum(axis=-1, keepdims=True), 1e-12)
    return _noted(replace(kept, weights=weights), say("heads.notes.rescaled"))


def fold_specials(shown: View) -> View:
    """The view of the words alone, beside what each of them gives to all special tokens together.

    What the special tokens themselves look at is left out: their rows are no word's.
    """
    specials = [index for index, token in enumerate(shown.tokens) if token.special]
    if not specials:
        return shown
    kept = _words_alone(shown)
    words = [index for index, token in enumerate(shown.tokens) if not token.special]
    names = dict.fromkeys(shown.tokens[index].as_read for index in specials)
    to_marks = shown.weights[:, words][:, :, specials].sum(axis=-1)  # (matrices, words)
    folded = replace(kept, marks=", ".join(names), to_marks=to_marks)
    return _noted(folded, say("heads.notes.folded"))


def _words_alone(shown: View) -> View:
    """The view without the rows and the columns of special tokens."""
    kept = [index for index, token in enumerate(shown.tokens) if not token.special]
    return replace(
        shown,
        weights=shown.weights[:, kept][:, :, kept],
        tokens=tuple(shown.tokens[index] for index in kept),
        places=tuple(shown.places[index] for index in kept),
    )


def _noted(shown: View, note: str) -> View:
    """The view with one more note on what was done to it."""
    return replace(shown, note="; ".join([shown.note, note] if shown.note else [note]))


def _continues(before: Token, token: Token) -> bool:
    """Whether a token is a further piece of the word that the token before it belongs to.

    A character that a tokenizer takes apart (a Hangul syllable) gives pieces with one shared span.
    A space that is a piece of its own has none, and belongs to the word that it stands before.
    """
    if before.special or token.special:
        return False
    touching = before.end == token.start
    if touching and not before.text:
        return True
    inside = touching and _in_words(before.as_read[-1:]) and _in_words(token.as_read[:1])
    return inside or token.start < before.end


def _in_words(character: str) -> bool:
    """Whether a character is a letter or a digit, or a mark on one."""
    return character.isalnum() or unicodedata.category(character or " ").startswith("M")


def _joined(pieces: tuple[Token, ...]) -> Token:
    first, last = pieces[0], pieces[-1]
    if first is last:
        return first
    text, read, end = "", "", first.start
    for piece in pieces:
        if piece.text and piece.start >= end:  # no space, nor one more piece of the same character
            text, read, end = text + piece.text, read + piece.as_read, piece.end
    known = all(piece.known for piece in pieces)
    return Token(text, first.start, last.end, known=known, mended="" if read == text else read)
