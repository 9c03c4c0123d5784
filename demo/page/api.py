"""The public endpoints: what the page shows, as JSON for programs.

Each function is named, typed and documented here once; Gradio shows the same texts to people and
to programs that look for tools.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import gradio as gr
import numpy as np

from demo.analysis.attribution import attribute, carried
from demo.analysis.flips import flip
from demo.reading import Ability, ReaderInfo, Reading
from demo.sentences import InputError
from demo.serving.panel import Panel, ServedReader

DECIMALS = 6  # of a weight in JSON


def endpoints(panel: Panel) -> dict[str, Callable]:
    """The endpoints over a panel, by name; `alignment` only where a reader writes."""

    def classify(text: str) -> dict:
        """Classify a headline with every reader.

        Args:
            text: the headline, or any news text of at most 20,000 characters.

        Returns:
            {reader: {label: probability}}; the probabilities of a reader sum to 1.
        """
        return {
            name: _shares(panel[name].info, shares) for name, shares in panel.classify(text).items()
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
            raise InputError("problems.reader.no_attention", reader=reader)
        return {
            "reader": reader,
            "tokens": [token.text for token in reading.tokens],
            "spans": [[token.start, token.end] for token in reading.tokens],
            "special": [token.special for token in reading.tokens],
            "known": [token.known for token in reading.tokens],
            "attention": _rounded(reading.attention),
            "label": reading.label,
            "probabilities": _shares(panel[reader].info, reading.probabilities),
            "truncated": reading.truncated,
            "seconds": reading.seconds,
        }

    def evidence(text: str, reader: str = "transformer", label: str = "") -> dict:
        """Say why one reader gives a headline a label: what each word adds, as a sum.

        Args:
            text: the headline, or any news text of at most 20,000 characters.
            reader: the name of a reader, as `classify` lists them.
            label: the label to explain, as `classify` names them; empty, the winning one.

        Returns:
            label; words (list of strings), spans (start and end of each in the text), shares (what
            each word adds to the logit; below 0 it speaks against the label); remainder (what no
            word adds: biases and marks); contrast (the logit of the label minus the mean logit,
            which shares and remainder sum to); heads (layers x heads, what each head carries of
            the contrast, the rest passing by all of them; empty where there are none); flips (the
            smallest set of words found without which the verdict is another one: places among the
            words, the words, the label then, and whether no smaller set does it; null if there is
            none).
        """
        why = attribute(named(reader), text, label)
        by_head, found = carried(panel[reader], why), panel[reader].kept(flip, text)
        return {
            "reader": reader,
            "label": why.label,
            "words": [word.text for word in why.words],
            "spans": [[word.start, word.end] for word in why.words],
            "shares": _rounded(why.shares),
            "remainder": round(why.remainder, DECIMALS),
            "contrast": round(why.contrast, DECIMALS),
            "heads": _rounded(by_head.heads) if by_head else [],
            "flips": {
                "places": list(found.places),
                "words": [word.text for word in found.words],
                "label": found.label,
                "smallest": found.smallest,
            }
            if found
            else None,
        }

    def alignment(text: str, headline: str = "") -> dict:
        """Have Bahdanau's encoder-decoder write topic and headline, and say where it looked.

        Args:
            text: the text to read, of at most 20,000 characters.
            headline: a headline to follow word by word; empty, the reader writes one.

        Returns:
            inputs (the words read), outputs (the topic, then the headline's words), weights
            (outputs x inputs; a row holds the weights that its output was emitted with and sums
            to 1), log_probabilities (an output each, given those before it), copied (an output
            each, how probable it was that a word is copied from the text), truncated, seconds.
        """
        reading = read(text, writer, headline or None)
        return {
            "inputs": [token.text for token in reading.tokens],
            "outputs": list(reading.alignment.outputs),
            "weights": _rounded(reading.alignment.weights),
            "log_probabilities": _rounded(reading.alignment.log_probabilities),
            "copied": _rounded(reading.alignment.copied),
            "truncated": reading.truncated,
            "seconds": reading.seconds,
        }

    def read(text: str, name: str, second: str | None = None) -> Reading:
        return named(name).read(text, second)

    def named(name: str) -> ServedReader:
        if name in panel.missing:
            raise InputError("problems.reader.off", name=name, why=panel.missing[name])
        if name not in panel:
            readers = ", ".join(panel)
            raise InputError("problems.reader.unknown", name=str(name)[:40], readers=readers)
        return panel[name]

    writer = next((n for n, one in panel.items() if Ability.WRITE in one.info.can), "")
    functions = [classify, attention, evidence, *([alignment] if writer else [])]
    return {function.__name__: _with_sentences(function) for function in functions}


def _with_sentences(function: Callable) -> Callable:
    """The function, whose ValueError reaches the caller as its sentence."""

    @wraps(function)
    def answer(*arguments, **named):
        try:
            return function(*arguments, **named)
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from None

    return answer


def _shares(info: ReaderInfo, probabilities: np.ndarray) -> dict[str, float]:
    return dict(zip(info.labels, probabilities.tolist(), strict=True))


def _rounded(numbers: np.ndarray) -> list:
    """Nested lists of a few decimals each."""
    return np.round(numbers.astype(np.float64), DECIMALS).tolist()
