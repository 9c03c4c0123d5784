"""Bahdanau's reader reads a text and writes its topic, then a headline (`encoder_decoder.py`)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import keras
import numpy as np
from keras import ops

from demo.mending import mend
from demo.models import beam, rnnsearch_shares, tracing, words
from demo.models.base import Shape
from demo.models.copying import TextSymbols
from demo.models.decoder import START, Decoder, topics
from demo.models.encoder_decoder import Config, Networks, build
from demo.models.keras_reader import KerasReader
from demo.reading import Ability, Alignment, Decomposition, Reading, Token, check_text
from demo.runtime.compiled import compiled, compiled_gradient
from demo.trace import AlignmentTrace

BEAM = 1  # greedy: on the validation split as good as 4, and it looks more at what it copies


class RnnSearchReader(KerasReader):
    """Reads texts, writes a topic and a headline for each, and says where it looked."""

    kind = "rnnsearch"
    title = "Bahdanau encoder-decoder"
    Config = Config
    build = staticmethod(build)

    def __init__(self, networks: Networks, config: Any, vocabulary: words.Vocabulary):
        super().__init__(networks, config, vocabulary)
        self._encode, self._step = compiled(networks.encoder), compiled(networks.step)
        self._gradient = compiled_gradient(networks.scaled)
        self._aligned = compiled(networks.aligned)
        self._trace = compiled(tracing.of_alignment(networks.forced))

    @property
    def weights(self) -> keras.Model:
        return self.network.forced

    def read(self, text: str, headline: str | None = None, width: int = BEAM) -> Reading:
        """Read one text and write its headline, or follow the `headline` that is given.

        `width` is that of the beam; 1 is greedy. The alignment of a given headline has the row and
        the log-probability of each of its words. One that is neither its own nor in the text it
        copies from counts as some unknown word.
        Raises ValueError, as `check_text`.
        """
        return self._read([text], width, headline)[0]

    @property
    def shape(self) -> Shape:
        return Shape(
            layers=0,
            heads=0,
            longest=self.config.maxlen,
            parameters=self.parameters,
            can=frozenset(
                {
                    *(Ability.WRITE, Ability.GRADIENT, Ability.FORCED_ALIGNMENT),
                    *(Ability.DECOMPOSE, Ability.TRACE),
                }
            ),
        )

    def read_batch(
        self,
        texts: Sequence[str],
        seconds: Sequence[str | None] | None = None,
        width: int = BEAM,
    ) -> list[Reading]:
        if seconds and any(seconds):
            pairs = zip(texts, seconds, strict=True)
            return [self.read(text, second, width) for text, second in pairs]
        return self._read(texts, width) if texts else []

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        return self._classes(texts, self._topics)

    def _topics(self, source: np.ndarray) -> np.ndarray:
        """The probabilities of the topics, (texts, 4), of words as the encoder reads them."""
        start = np.full(len(source), START, np.int32)
        annotations, keys, state = self._encode(source)
        t, *_ = self._step(start, state, annotations, keys, source != words.PAD)
        return topics(t, self._output, self.config.temperature)

    def _decoder(self, texts: list[TextSymbols]) -> Decoder:
        """The decoder of texts, which are encoded here."""
        source = words.pad([text.read for text in texts], max(len(text.read) for text in texts))
        return Decoder(
            self._step,
            self._output,
            texts,
            self._encode(source),
            self._only_copied,
            self.config.temperature,
        )

    def _symbols(self, tokens: Sequence[Token]) -> TextSymbols:
        return TextSymbols(self.vocabulary, self.config.own_words, tokens)

    @cached_property
    def _only_copied(self) -> np.ndarray:
        """Its own words that mean nothing unless the text holds them: unknown ones and numbers."""
        own = enumerate(self.vocabulary.entries[: self.config.own_words])
        numbers = [index for index, entry in own if any(map(str.isdigit, entry))]
        return np.array([words.UNKNOWN, *numbers])

    @cached_property
    def _output(self) -> np.ndarray:
        """E cut to the words that it writes, (width, own words), laid out for `t_i @ E`."""
        embeddings = ops.convert_to_numpy(self.weights.get_layer("embedding").embeddings)
        return np.ascontiguousarray(embeddings[: self.config.own_words].T)

    def _read(self, texts: Sequence[str], width: int, headline: str | None = None):
        """Readings of texts with the headlines written for them, or of one with its own."""
        started = time.perf_counter()
        mended = [mend(check_text(text)) for text in texts]
        found = [self.vocabulary.tokens(text) for text in mended]
        given: list[Token] | None = None
        shown = [tuple(tokens[: self.config.maxlen]) for tokens in found]
        symbols = [self._symbols(tokens) for tokens in shown]
        decoder = self._decoder(symbols)
        if headline is None:
            written = decoder.write(width, self.config.written)
        else:
            given = self.vocabulary.tokens(check_text(headline))
            written = [decoder.follow(given, self.vocabulary.indices(given))]
        seconds = (time.perf_counter() - started) / len(texts)
        return [
            Reading(
                reader=self.info.name,
                labels=self.info.labels,
                text=text,
                probabilities=decoder.topics[i],
                tokens=shown[i],
                alignment=self._alignment(decoder, i, written[i], shown[i], given),
                truncated=len(found[i]) > len(shown[i]),
                seconds=seconds,
                mended=mended[i].names,
                words=len(shown[i]),
                known_words=words.known(shown[i]),
            )
            for i, text in enumerate(texts)
        ]

    def gradient_x_input(self, text: str) -> np.ndarray:
        row = self._row(text)
        return self._gradient(words.pad([row], len(row)), np.ones((1, len(row)), np.float32))[0]

    def force_alignment(self, text: str, rows: np.ndarray) -> np.ndarray:
        row = self._row(text)
        return self._aligned(words.pad([row] * len(rows), len(row)), np.float32(rows))[0]

    def trace(
        self, text: str, layer: int = 0, head: int = 0, factor: float = 1.0, masked: bool = True
    ) -> AlignmentTrace:
        """As `Reader.trace`; there are no heads, and `factor` changes the verdict by its row."""
        tokens = tuple(self._tokens(text))
        symbols = self._symbols(tokens)
        decoder = self._decoder([symbols])
        (written,) = decoder.write(BEAM, self.config.written)
        alignment = self._alignment(decoder, 0, written, tokens)
        previous, s = decoder.retraced(written.symbols)
        h, keys = (part.repeat(len(s), axis=0) for part in (decoder.h, decoder.keys))
        steps = tracing.AlignmentSteps(
            *self._trace(previous, s, h, keys, np.full(len(s), factor, np.float32))
        )
        return AlignmentTrace(
            tokens=tokens,
            outputs=alignment.outputs,
            annotations=decoder.h[0],
            states=steps.states,
            keys=decoder.keys[0],
            v=ops.convert_to_numpy(self.weights.get_layer("v").scale),
            energies=steps.energies,
            weights=steps.weights,
            context=steps.context,
            copied=alignment.copied,
            probabilities=self.force_alignment(text, steps.weights[:1])[0],
        )

    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        symbols = self._symbols(self._tokens(text))
        decoder = self._decoder([symbols])
        return rnnsearch_shares.decompose(
            self._arrays,
            symbols.read,
            decoder.h[0],
            decoder.topic_weights[0],
            decoder.s[0],
            np.log(decoder.topics[0]),
            labels,
        )

    @cached_property
    def _arrays(self) -> rnnsearch_shares.Arrays:
        """The weights, for `decompose`."""
        return rnnsearch_shares.Arrays.of(self.weights, self.config.temperature)

    def _alignment(
        self,
        decoder: Decoder,
        text: int,
        written: beam.Hypothesis,
        tokens: tuple[Token, ...],
        given: Sequence[Token] | None = None,
    ) -> Alignment:
        """What was written about a text, or how the `given` headline was followed."""

        def surface(symbol: int, row: np.ndarray) -> str:
            return self._surface(decoder.texts[text].entry(symbol), row, tokens)

        if given is None:
            outputs = [surface(step.symbol, step.weights) for step in written.steps]
        else:
            outputs = [token.as_read for token in given]
        return decoder.alignment(text, outputs, written, len(tokens), surface)

    def _surface(self, entry: str, row: np.ndarray, tokens: tuple[Token, ...]) -> str:
        """The written word: in the user's own case where it is copied, lower case elsewhere."""
        twins = [j for j, token in enumerate(tokens) if words.key(token.as_read) == entry]
        return tokens[max(twins, key=lambda j: row[j])].as_read if twins else entry
