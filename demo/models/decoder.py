"""The symbols that Bahdanau's reader writes, and the decoding of them step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from demo.models import beam, words
from demo.models.copying import TextSymbols, log_probabilities
from demo.reading import CLASSES, Alignment, Candidate, Token

START, END, TOPIC = 2, 3, 4  # symbols after PAD and UNKNOWN; the topics are TOPIC to TOPIC + 3
SYMBOLS = ("<start>", "<end>", *(f"<{name}>" for name in CLASSES))
WORDS = TOPIC + len(CLASSES)  # the first symbol that is a word


class Decoder:
    """The decoding of a batch of encoded texts, which starts with their topics.

    `step` is that of the networks, `output` the matrix E of its own words, `texts` the words of
    each text as symbols, `encoded` what the encoder made of them. It generates no symbol of
    `only_copied`: these are written only where the text holds them. `temperature` is that of
    the topics.

    Shapes: `topics` float32 (texts, 4), `topic_weights` float32 (texts, words).
    """

    def __init__(
        self,
        step: Callable,
        output: np.ndarray,
        texts: Sequence[TextSymbols],
        encoded: Sequence[np.ndarray],
        only_copied: np.ndarray,
        temperature: float,
    ):
        self.step, self.output, self.only_copied = step, output, only_copied
        self.h, self.keys, self.first_state = encoded
        self.texts, self.own = texts, output.shape[1]
        longest = self.h.shape[1]
        self.symbols = words.pad([text.symbols for text in texts], longest)
        self.mask = self.symbols != words.PAD
        further = [text.fed_further for text in texts]
        self.fed_further = words.pad(further, max(map(len, further)))
        start = np.full(len(self.h), START, np.int32)
        t, self.topic_weights, self.s, *_ = self.step(
            start, self.first_state, self.h, self.keys, self.mask
        )
        self.topics = topics(t, output, temperature)

    def emit(
        self, previous: np.ndarray, s: np.ndarray, texts: np.ndarray, never: np.ndarray | tuple = ()
    ) -> beam.Emission:
        """The next symbol of each row, after what the decoder was fed before it.

        START, PAD and the topics are no words; those of `never` are not generated either.
        """
        t, weights, s, gate = self.step(
            previous, s, self.h[texts], self.keys[texts], self.mask[texts]
        )
        # Not within the network: the matrix of all words, laid out for few rows, is three times as
        # fast.
        log_generated = _log_softmax(t @ self.output)
        log_generated[:, [words.PAD, START, *range(TOPIC, WORDS), *never]] = -np.inf
        size = self.own + self.fed_further.shape[1]
        log_p = log_probabilities(log_generated, gate, weights, self.symbols[texts], size)
        return beam.Emission(log_p, weights, 1 / (1 + np.exp(gate)), s)

    def write(self, width: int, longest: int) -> list[beam.Hypothesis]:
        """The headline of each text, by beam search after its winning topic."""

        def emit(previous, s, texts):
            return self.emit(self._fed(previous, texts), s, texts, self.only_copied)

        return beam.search(emit, self.s, self._first(), END, width, longest)

    def follow(self, headline: Sequence[Token], fed: Sequence[int]) -> beam.Hypothesis:
        """The given headline of the one text, word by word after its winning topic.

        `fed` are its words as the decoder is fed them, indices into the vocabulary.
        """
        (text,) = self.texts
        followed = beam.empty(self.s[0])
        fed = [*self._first(), *fed]
        for previous, symbol in zip(fed, text.of(headline), strict=False):
            emission = self.emit(
                np.array([previous], np.int32), followed.state[None], np.zeros(1, int)
            )
            candidates = self._of_its_own(emission.log_probabilities[0])
            followed = followed.and_then(symbol, 0, emission, candidates)
        return followed

    def _of_its_own(self, log_probabilities: np.ndarray) -> beam.Candidates:
        """What it would have written itself in the place of a given word of the one text."""
        possible = log_probabilities.copy()  # (symbols,)
        possible[np.setdiff1d(self.only_copied, self.symbols[0])] = -np.inf
        return beam.most_probable(possible, beam.CANDIDATES)

    def retraced(self, symbols: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """What each output of the one text was emitted from, the topic first.

        `symbols` are the words written after the topic. Returns y_(i-1) int32 (outputs,) as the
        decoder was fed it, and s_(i-1) (outputs, units).
        """
        one = np.zeros(1, int)
        fed = [np.array([START], np.int32), self._first().astype(np.int32)]
        fed += [self._fed(np.array([symbol], np.int32), one) for symbol in symbols[:-1]]
        states = [self.first_state, self.s]
        for previous in fed[1 : len(symbols)]:
            states.append(self.step(previous, states[-1], self.h, self.keys, self.mask)[2])
        outputs = 1 + len(symbols)
        return np.concatenate(fed)[:outputs], np.concatenate(states)[:outputs]

    def alignment(
        self,
        text: int,
        outputs: Sequence[str],
        written: beam.Hypothesis,
        tokens: int,
        surface: Callable[[int, np.ndarray], str],
    ) -> Alignment:
        """The topic and what was written after it, over the tokens of a text.

        `surface(symbol, weights)` is the word of a symbol as it is shown.
        """
        topics, steps = self.topics[text], written.steps
        order = np.argsort(-topics, kind="stable")
        of_topic = tuple(Candidate(CLASSES[place], float(topics[place])) for place in order)
        return Alignment(
            outputs=(CLASSES[order[0]], *outputs),
            weights=np.stack([self.topic_weights[text], *(step.weights for step in steps)])[
                :, :tokens
            ],
            log_probabilities=np.array(
                [np.log(topics.max()), *(step.log_probability for step in steps)], np.float32
            ),
            copied=np.array([0, *(step.copied for step in steps)], np.float32),
            states=np.stack([self.first_state[text], *(step.state for step in steps)]),
            candidates=(of_topic, *(_told(step, surface) for step in steps)),
        )

    def _first(self) -> np.ndarray:
        """The winning topic of each text, which the first word follows, int (texts,)."""
        return TOPIC + self.topics.argmax(-1)

    def _fed(self, symbols: np.ndarray, texts: np.ndarray) -> np.ndarray:
        """What the decoder is fed for symbols that it wrote, an index into the vocabulary each."""
        if not self.fed_further.shape[1]:
            return symbols
        place = np.maximum(symbols - self.own, 0)
        fed = np.where(symbols < self.own, symbols, self.fed_further[texts, place])
        return fed.astype(np.int32)


def topics(t: np.ndarray, output: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities of the topics, (texts, 4), by t_1 (texts, width) and the matrix E."""
    return np.exp(_log_softmax(t @ output[:, TOPIC:WORDS] / temperature))


def _told(step: beam.Step, surface: Callable[[int, np.ndarray], str]) -> tuple[Candidate, ...]:
    """The candidates of a step as they are shown, "" the end."""
    return tuple(
        Candidate("" if symbol == END else surface(int(symbol), step.weights), float(np.exp(score)))
        for symbol, score in zip(*step.candidates, strict=True)
    )


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log-probabilities over the last axis."""
    logits = logits - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))
