"""The public endpoints: what the page shows, as JSON for programs.

Each function is named, typed and documented here once; Gradio shows the same texts to people and
to programs that look for tools.
"""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr
import numpy as np

from demo.models import Panel
from demo.reading import CLASSES, Reading

DECIMALS = 6  # of an attention weight in JSON


def endpoints(panel: Panel) -> dict[str, Callable]:
    """The endpoints over a panel, by name: `classify` and `attention`."""

    def classify(text: str) -> dict:
        """Classify a headline with every reader.

        Args:
            text: the headline, or any news text of at most 20,000 characters.

        Returns:
            {reader: {class: probability}}; the four probabilities of a reader sum to 1.
        """
        return {
            name: dict(zip(CLASSES, read(text, name).probabilities.tolist(), strict=True))
            for name in panel
        }

    def attention(text: str, reader: str = "transformer") -> dict:
        """Read a headline and return every attention head of one reader.

        Args:
            text: the headline, or any news text of at most 20,000 characters.
            reader: the name of a reader, as `classify` lists them.

        Returns:
            tokens (list of strings), spans (start and end of each in the text), special and known
            (booleans, a token each), attention (layers x heads x tokens x tokens; a row is the
            token that looks and sums to 1), label, probabilities, truncated, seconds.
        """
        reading = read(text, reader)
        if reading.attention is None:
            raise gr.Error(f"{reader} has no self-attention.", print_exception=False)
        return {
            "reader": reader,
            "tokens": [token.text for token in reading.tokens],
            "spans": [[token.start, token.end] for token in reading.tokens],
            "special": [token.special for token in reading.tokens],
            "known": [token.known for token in reading.tokens],
            "attention": np.round(reading.attention.astype(np.float64), DECIMALS).tolist(),
            "label": reading.label,
            "probabilities": dict(zip(CLASSES, reading.probabilities.tolist(), strict=True)),
            "truncated": reading.truncated,
            "seconds": reading.seconds,
        }

    def read(text: str, name: str) -> Reading:
        if name not in panel:
            why = panel.missing.get(name, f"the readers are {', '.join(panel)}")
            raise gr.Error(
                f"There is no reader {str(name)[:40]!r}: {why.rstrip('.')}.", print_exception=False
            )
        try:
            return panel[name].read(text)
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from None

    return {"classify": classify, "attention": attention}
