"""Why this label: the words that speak for it and against it, as a sum.

The logit of a label minus the mean logit of all is what its words add to it, plus one remainder for
what no word can be given: the network's biases, and marks such as [CLS]. It is exact for the
network as it computes at this text, with everything held constant that the text has decided there
(see `demo/models/linearised.py` for what that is, and for the papers). It says nothing of what
the network would compute of another text: for that, words are taken out (`faithfulness`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.analysis.erasure import by_word, words_of
from demo.models.base import Reader
from demo.reading import Reading, Token
from demo.sentences import InputError
from demo.serving.panel import ServedReader


@dataclass(frozen=True, eq=False)
class Attribution:
    """What the words of a text add to a label.

    `contrast` is the logit of the label minus the mean logit of all: the sum of `shares`, float32
    (words,), and `remainder`. Shares above 0 speak for the label, those below against it.
    """

    reading: Reading
    label: str
    words: tuple[Token, ...]
    shares: np.ndarray
    remainder: float
    contrast: float


@dataclass(frozen=True, eq=False)
class Carried:
    """Which heads carry what speaks for a label: its whole contrast, or the share of one word.

    `whole` is that contrast or share: the sum of `heads`, float32 (layers, heads), and `past`, what
    passes by all of them.
    """

    whole: float
    heads: np.ndarray

    @property
    def past(self) -> float:
        """What no head carries: the residual connection does, and biases on the way."""
        return self.whole - float(self.heads.sum())


def attribute(reader: Reader | ServedReader, text: str, label: str = "") -> Attribution:
    """What the words of a text add to a label, or to the winning one.

    Raises ValueError, as `check_text`, or with the labels if it is none of them, or if the reader
    cannot be decomposed.
    """
    reading = reader.read(text)
    label = label or reading.label
    if label not in reading.labels:
        labels = ", ".join(reading.labels)
        named = {"reader": reader.info.title, "label": label[:40], "labels": labels}
        raise InputError("problems.evidence.no_label", **named)
    found = reader.decompose(text, [reading.labels.index(label)])
    special = [token.special for token in reading.tokens]
    return Attribution(
        reading=reading,
        label=label,
        words=tuple(word for word, _ in words_of(reading)),
        shares=by_word(reading, found.shares[0]),
        remainder=float(found.remainder[0] + found.shares[0, special].sum()),
        contrast=float(found.contrast[0]),
    )


def carried(
    reader: Reader | ServedReader, why: Attribution, place: int | None = None
) -> Carried | None:
    """Which heads of a reader carry what it was attributed, or the share of the word at a place.

    None where it has no heads.
    """
    if not reader.info.layers:
        return None
    reading = why.reading
    pieces = None if place is None else words_of(reading)[place][1]
    heads = reader.head_shares(reading.text, reading.labels.index(why.label), pieces)
    return Carried(why.contrast if place is None else float(why.shares[place]), heads)
