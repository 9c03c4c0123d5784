"""Batches of texts with what is to be written for them, as Bahdanau's network takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Batches(SourceBatches):
    """Texts, the titles to write for them ("" for none), and what is true of their topics.

    `topics` float32 (texts, 4) are probabilities; `guide` says where words of a title should look.
    """

    def __init__(
        self,
        vocabulary: words.Vocabulary,
        config: Config,
        drawing: Drawing,
        texts: Sequence[str],
        titles: Sequence[str],
        topics: np.ndarray,
        guide: Guide,
    ):
        self.config, self.topics = config, topics
        self.symbols, self.lines, rows = [], [], []
        for text, title in zip(texts, titles, strict=True):
            read = vocabulary.tokens(text)[: config.maxlen]
            symbols = TextSymbols(vocabulary, config.own_words, read, config.copies)
            rows.append(symbols.read)
            self.symbols.append(symbols.symbols)
            self.lines.append(self._line(symbols, read, vocabulary.tokens(title), guide))
        super().__init__(rows, drawing.batch, config.maxlen, drawing.seed, drawing.word_dropout)

    def __getitem__(self, index: int) -> tuple[dict, dict, dict]:
        source = self.source(index)
        chosen, longest = self.order[index], self.config.written
        symbols = words.pad([self.symbols[text] for text in chosen], source.shape[1])
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
        inputs = {"source": source, "previous": previous, "following": following}
        if self.config.copies:
            inputs["symbols"] = symbols
        targets = {"topic": topics, "words": following, "alignment": looked_at}
        weights = {
            "topic": np.ones(size, np.float32),
            "words": (following != words.PAD).astype(np.float32),
            "alignment": guided,
        }
        return inputs, targets, weights

    def drawn(self, chosen: np.ndarray, source: np.ndarray, symbols: np.ndarray) -> list[Line]:
        """What is to be written for the chosen texts, whose arrays may be changed for it."""
        return [self.lines[text] for text in chosen]

    def _line(self, symbols: TextSymbols, read, title, guide: Guide) -> Line:
        """A title, cut to what the network writes."""
        longest = self.config.written
        return Line(
            symbols.of(title)[:longest],
            symbols.fed(title)[:longest],
            [pair for pair in guide(read, title) if pair[0] < longest],
            ended=len(title) <= longest,
        )


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
        fed = self.rows[text][span]
        if not self.config.copies:
            fed = symbols[span].tolist()
        line = Line(symbols[span].tolist(), fed, [], ended=False)
        source[span], symbols[span] = words.UNKNOWN, words.PAD
        return line
