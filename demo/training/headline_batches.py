"""Batches of texts with what is to be written for them, as Bahdanau's network takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from demo.models import words
from demo.models.copying import TextSymbols
from demo.models.decoder import END, START, TOPIC
from demo.models.encoder_decoder import Config
from demo.reading import Token
from demo.training.keras_batches import SourceBatches

SPAN_SHARE = 0.3  # of the words of a text, hidden at most for it to write them

Guide = Callable[[Sequence[Token], Sequence[Token]], list[tuple[int, int]]]


@dataclass(frozen=True)
class Drawing:
    """How batches are drawn: texts in one, the share of words hidden in it, and the seed."""

    batch: int
    word_dropout: float
    seed: int


@dataclass(frozen=True)
class Line:
    """What is to be written: its symbols, and the same words as the decoder is fed them.

    `guided` are places in the line and in the text, of words and of where to look for them; `ended`
    says whether the line ends after its last word.
    """

    symbols: list[int]
    fed: list[int]
    guided: list[tuple[int, int]]
    ended: bool


@dataclass(frozen=True)
class Example:
    """A text as the encoder reads it and as symbols, and what is to be written for it."""

    read: list[int]
    symbols: list[int]
    line: Line


def examples(
    vocabulary: words.Vocabulary,
    config: Config,
    texts: Iterable[str],
    titles: Iterable[str],
    guide: Guide,
) -> list[Example]:
    """Texts with the titles to write for them, "" for none; `guide` says where to look."""
    found = []
    for text, title in zip(texts, titles, strict=True):
        tokens = vocabulary.tokens(text)[: config.maxlen]
        symbols = TextSymbols(vocabulary, config.own_words, tokens)
        written = vocabulary.tokens(title)
        line = Line(
            symbols.of(written)[: config.written],
            vocabulary.indices(written)[: config.written],
            [pair for pair in guide(tokens, written) if pair[0] < config.written],
            ended=len(written) <= config.written,
        )
        found.append(Example(symbols.read, symbols.symbols, line))
    return found


class Batches(SourceBatches):
    """Examples, and what is true of their topics: probabilities, float32 (examples, 4)."""

    def __init__(
        self, config: Config, drawing: Drawing, chosen: Sequence[Example], topics: np.ndarray
    ):
        self.config, self.topics, self.examples = config, topics, chosen
        rows = [example.read for example in chosen]
        super().__init__(rows, drawing.batch, config.maxlen, drawing.seed, drawing.word_dropout)

    def __getitem__(self, index: int) -> tuple[dict, dict, dict]:
        source = self.source(index)
        chosen, longest = self.order[index], self.config.written
        symbols = words.pad([self.examples[text].symbols for text in chosen], source.shape[1])
        lines = self.drawn(chosen, source, symbols)
        size = len(chosen)
        topics = self.topics[chosen]
        previous = np.full((size, longest + 2), words.PAD, np.int32)
        previous[:, 0], previous[:, 1] = START, TOPIC + topics.argmax(-1)
        following = np.full((size, longest + 1), words.PAD, np.int32)
        looked_at = np.zeros((size, longest + 2), np.int32)
        guided = np.zeros((size, longest + 2), np.float32)
        for row, line in enumerate(lines):
            following[row, : len(line.symbols)] = line.symbols
            if line.symbols and line.ended:
                following[row, len(line.symbols)] = END
            previous[row, 2 : len(line.fed) + 2] = line.fed
            for output, place in line.guided:
                looked_at[row, output + 1], guided[row, output + 1] = place, 1
        inputs = {
            "source": source,
            "previous": previous,
            "following": following,
            "symbols": symbols,
        }
        targets = {"topic": topics, "words": following, "alignment": looked_at}
        weights = {
            "topic": np.ones(size, np.float32),
            "words": (following != words.PAD).astype(np.float32),
            "alignment": guided,
        }
        return inputs, targets, weights

    def drawn(self, chosen: np.ndarray, source: np.ndarray, symbols: np.ndarray) -> list[Line]:
        """What is to be written for the chosen texts, whose arrays may be changed for it."""
        return [self.examples[text].line for text in chosen]


class Spans(Batches):
    """Texts with some words on end hidden, which are to be written: a language model of all parts.

    Encoder, alignment and decoder learn from every text, those without a title too, what words
    follow each other (Song et al. 2019, "MASS", section 3.2).
    """

    def drawn(self, chosen: np.ndarray, source: np.ndarray, symbols: np.ndarray) -> list[Line]:
        return [
            self._hidden(text, *arrays)
            for text, *arrays in zip(chosen, source, symbols, strict=True)
        ]

    def _hidden(self, text: int, source: np.ndarray, symbols: np.ndarray) -> Line:
        """Some words of a text, taken out of its rows."""
        count = min(len(self.rows[text]), len(source))
        length = min(int(count * SPAN_SHARE), self.config.written)
        start = self.rng.integers(count - length + 1)
        span = slice(start, start + length)
        fed, wanted = self.rows[text][span], symbols[span].tolist()
        source[span], symbols[span] = words.UNKNOWN, words.PAD
        # What is not its own can be written only while it stands elsewhere in the text, too.
        left = set(symbols.tolist())
        wanted = [
            symbol if symbol < self.config.own_words or symbol in left else words.UNKNOWN
            for symbol in wanted
        ]
        return Line(wanted, fed, [], ended=False)
