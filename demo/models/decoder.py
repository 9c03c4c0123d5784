"""The symbols that Bahdanau's reader writes, and the decoding of them step by step."""

from __future__ import annotations

import numpy as np

from demo.models import beam, words
from demo.reading import CLASSES, Alignment

START, END, TOPIC = 2, 3, 4  # symbols after PAD and UNKNOWN; the topics are TOPIC to TOPIC + 3
SYMBOLS = ("<start>", "<end>", *(f"<{name}>" for name in CLASSES))
WORDS = TOPIC + len(CLASSES)  # the first symbol that is a word


class Decoder:
    """The decoding of a batch of encoded texts, which starts with their topics.

    Shapes: `topics` float32 (texts, 4), `topic_weights` float32 (texts, words).
    """

    def __init__(self, step, output, h, keys, s, mask):
        self.step, self.output, self.h, self.keys, self.mask = step, output, h, keys, mask
        start = np.full(len(s), START, np.int32)
        t, self.topic_weights, self.s = step(start, s, h, keys, mask)
        self.topics = np.exp(_log_softmax(t @ output[:, TOPIC:WORDS]))

    def emit(self, previous: np.ndarray, s: np.ndarray, texts: np.ndarray) -> beam.Emission:
        """The next word of each row; START, PAD and the topics are no words."""
        t, weights, s = self.step(previous, s, self.h[texts], self.keys[texts], self.mask[texts])
        # Not within the network: the matrix of all words, laid out for few rows, is three times as
        # fast.
        log_probabilities = _log_softmax(t @ self.output)
        log_probabilities[:, [words.PAD, START, *range(TOPIC, WORDS)]] = -np.inf
        return beam.Emission(log_probabilities, weights, s)

    def write(self, width: int, longest: int) -> list[beam.Hypothesis]:
        """The headline of each text, by beam search after its winning topic."""
        first = TOPIC + self.topics.argmax(-1)
        return beam.search(self.emit, self.s, first, END, width, longest, copy=words.UNKNOWN)

    def follow(self, headline: list[int]) -> beam.Hypothesis:
        """The given headline of the one text, word by word after its winning topic."""
        emissions, s = [], self.s
        for previous in [TOPIC + self.topics[0].argmax(), *headline[:-1]]:
            emissions.append(self.emit(np.array([previous], np.int32), s, np.zeros(1, int)))
            s = emissions[-1].state
        return beam.Hypothesis(
            tuple(headline),
            tuple(emission.weights[0] for emission in emissions),
            tuple(e.log_probabilities[0, w] for w, e in zip(headline, emissions, strict=True)),
            s[0],
        )

    def alignment(self, text: int, outputs: list[str], written: beam.Hypothesis, tokens: int):
        """The topic and what was written after it, over the tokens of a text."""
        topics = self.topics[text]
        return Alignment(
            outputs=(CLASSES[int(topics.argmax())], *outputs),
            weights=np.stack([self.topic_weights[text], *written.weights])[:, :tokens],
            log_probabilities=np.array(
                [np.log(topics.max()), *written.log_probabilities], np.float32
            ),
        )


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log-probabilities over the last axis."""
    logits = logits - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))
