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
    """What the words of a text add to a label, and which heads carry it.

    `contrast` is the logit of the label minus the mean logit of all: the sum of `shares` and
    `remainder`. Shares above 0 speak for the label, those below against it.

    Shapes: `shares` float32 (words,); `heads` float32 (layers, heads), what each head adds to the
    contrast through its output.
    """

    reading: Reading
    label: str
    words: tuple[Token, ...]
    shares: np.ndarray
    remainder: float
    contrast: float
    heads: np.ndarray

    @property
    def past_heads(self) -> np.ndarray:
        """What passes by the heads of each layer, float32 (layers,).

        With them it sums to the contrast: it is what the residual connection carries, and biases.
        """
        return self.contrast - self.heads.sum(-1)


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
        heads=found.heads[0],
    )


def of_heads(reader: Reader | ServedReader, text: str, label: str) -> np.ndarray:
    """What each head alone adds to a label through its output, float32 (layers, heads).

    Raises ValueError, as `attribute`; the text is read in no other way.
    """
    return reader.decompose(text, [reader.info.labels.index(label)]).heads[0]
