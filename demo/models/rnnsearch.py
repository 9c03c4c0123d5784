"""Bahdanau's encoder-decoder reads a text and writes its topic, then a headline.

The names are the paper's, and so are the numbers of the equations:

    h_j = [forward GRU; backward GRU]            annotations, (7)
    s_0 = tanh(W_s h_1 of the backward GRU)      appendix A.2.2
    e_ij = v^T tanh(W s_(i-1) + U h_j)           alignment model, appendix A.1.2
    alpha_ij = softmax over j of e_ij            (6)
    c_i = sum over j of alpha_ij h_j             context, (5)
    s_i = GRU(s_(i-1), [y_(i-1); c_i])           (3)
    p(y_i) = softmax(E t_i), t_i = maxout([s_i; y_(i-1); c_i])   (4)

E is the one word embedding, of the encoder, of the decoder and of the output (tied softmax), where
it is cut to the most frequent words: a rarer one is written as the unknown word and so copied. The
first symbol y_1 is the topic, drawn from the four classes alone; row i of an alignment holds the
weights that y_i was emitted with, which come from the state before it.

References:
1. Bahdanau, Cho & Bengio (2015), "Neural Machine Translation by Jointly Learning to Align and
   Translate".
2. Press & Wolf (2017), "Using the Output Embedding to Improve Language Models": the tied softmax.
3. Luong et al. (2015), "Addressing the Rare Word Problem in Neural Machine Translation": an unknown
   word is written as the word that it is aligned to.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from demo.mending import mend
from demo.models import words
from demo.models.base import Shape
from demo.models.decoder import START, TOPIC, WORDS, Decoder
from demo.models.keras_reader import KerasReader
from demo.reading import Ability, Reading, Token, check_text
from demo.runtime.compiled import compiled, compiled_gradient

BEAM = 4


@dataclass(frozen=True)
class Config:
    """The sizes of the network."""

    vocabulary: int = 20_000
    own_words: int = 8_000  # the most frequent ones, which it writes; others it copies
    maxlen: int = 256  # words read
    written: int = 12  # words written at most
    width: int = 96
    units: int = 160
    alignment: int = 128  # width of the alignment model
    dropout: float = 0.3
    clitics: bool = False  # "Kerry's" is two words

    def own(self, indices: Sequence[int]) -> list[int]:
        """Words as the decoder writes and reads them: rare ones are the unknown word."""
        return [index if index < self.own_words else words.UNKNOWN for index in indices]


class WordEmbedding(layers.Embedding):
    """Embeds words; in reverse, gives the logits of the first `written` of them."""

    def __init__(self, vocabulary: int, width: int, written: int, **named):
        super().__init__(vocabulary, width, **named)
        self.written = min(written, vocabulary)

    def compute_output_spec(self, inputs, reverse: bool = False):
        shape = (*inputs.shape[:-1], self.written) if reverse else (*inputs.shape, self.output_dim)
        return keras.KerasTensor(shape, self.compute_dtype)

    def call(self, inputs, reverse: bool = False):
        if not reverse:
            return super().call(inputs)
        return ops.matmul(inputs, ops.transpose(self.embeddings[: self.written]))


class Networks(NamedTuple):
    """One set of layers, several ways to call it.

    `encoder`: source (batch, words) -> annotations (batch, words, 2 units), their keys U h_j
    (batch, words, alignment), s_0 (batch, units).
    `step`: previous symbol (batch,), s_(i-1), annotations, keys, mask (batch, words) ->
    t_i (batch, width), alpha_i (batch, words), s_i.
    `forced`: source and previous symbols (batch, written + 2) -> dict of topic (batch, 4)
    probabilities, words (batch, written + 1, own words) logits, alignment (batch, written + 2,
    words).
    `scaled`: source and a scale of each word's embedding (batch, words) -> topic probabilities.
    `bent`: source and the alignment's first row (batch, words) -> topic probabilities.
    """

    encoder: keras.Model
    step: keras.Model
    forced: keras.Model
    scaled: keras.Model
    bent: keras.Model


def build(config: Config = Config()) -> Networks:
    """The networks of a config."""
    embedding = WordEmbedding(config.vocabulary, config.width, config.own_words, name="embedding")
    gru = layers.GRU(config.units, return_sequences=True, return_state=True)
    bidirectional = layers.Bidirectional(gru, name="encoder")
    first_state = layers.Dense(config.units, activation="tanh", name="W_s")
    project_annotations = layers.Dense(config.alignment, use_bias=False, name="U")
    project_state = layers.Dense(config.alignment, use_bias=False, name="W")
    attention = layers.AdditiveAttention(name="v")
    cell = layers.GRUCell(config.units, name="decoder")
    readout = layers.Dense(2 * config.width, name="t")
    pairs = layers.Reshape((config.width, 2))
    dropout = layers.Dropout(config.dropout)

    def encode(source, scale=None):
        mask = ops.not_equal(source, words.PAD)  # (batch, words)
        x = embedding(source) if scale is None else embedding(source) * ops.expand_dims(scale, -1)
        h, _, backward = bidirectional(dropout(x), mask=mask)
        return h, project_annotations(dropout(h)), first_state(backward), mask

    def emit(y, s, h, keys, mask):
        """y_(i-1) (batch, width) and s_(i-1) -> t_i (batch, width), s_i, alpha_i (batch, words)."""
        query = ops.expand_dims(project_state(s), 1)  # (batch, 1, alignment)
        c, alpha = attention([query, h, keys], mask=[None, mask], return_attention_scores=True)
        return *write(y, s, ops.squeeze(c, 1)), ops.squeeze(alpha, 1)

    def write(y, s, c):
        """y_(i-1), s_(i-1) and the context c_i (batch, 2 units) -> t_i, s_i."""
        s, _ = cell(ops.concatenate([y, c], -1), [s])
        t = ops.max(pairs(readout(ops.concatenate([s, y, c], -1))), -1)
        return dropout(t), s

    def topic(t):
        return ops.softmax(embedding(t, reverse=True)[:, TOPIC:WORDS])

    source = keras.Input((None,), dtype="int32", name="source")
    h, keys, s, mask = encode(source)
    encoder = keras.Model(source, [h, keys, s], name="rnnsearch_encoder")

    previous = keras.Input((config.written + 2,), dtype="int32", name="previous")
    embedded = dropout(embedding(previous))  # (batch, written + 2, width)
    emitted = []
    for i in range(config.written + 2):
        t, s, alpha = emit(embedded[:, i], s, h, keys, mask)
        emitted.append((t, alpha))
    logits = embedding(ops.stack([t for t, _ in emitted], 1), reverse=True)
    outputs = {
        "topic": ops.softmax(logits[:, 0, TOPIC:WORDS]),
        "words": logits[:, 1:],
        "alignment": ops.stack([alpha for _, alpha in emitted], 1),
    }
    forced = keras.Model({"source": source, "previous": previous}, outputs, name="rnnsearch")

    given = [
        keras.Input((), dtype="int32", name="y"),
        keras.Input((config.units,), name="s"),
        keras.Input((None, 2 * config.units), name="h"),
        keras.Input((None, config.alignment), name="keys"),
        keras.Input((None,), dtype="bool", name="mask"),
    ]
    t, s, alpha = emit(embedding(given[0]), *given[1:])
    step = keras.Model(given, [t, alpha, s], name="rnnsearch_step")

    weights = keras.Input((None,), name="weights")  # of embeddings, or a row of an alignment
    start = embedding(ops.full_like(source[:, 0], START))
    h, keys, s, mask = encode(source, weights)
    scaled = keras.Model([source, weights], topic(emit(start, s, h, keys, mask)[0]))
    h, _, s, _ = encode(source)
    c = ops.einsum("bj,bjh->bh", weights, h)
    bent = keras.Model([source, weights], topic(write(start, s, c)[0]))
    return Networks(encoder, step, forced, scaled, bent)


class RnnSearchReader(KerasReader):
    """Reads texts, writes a topic and a headline for each, and says where it looked."""

    kind = "rnnsearch"
    title = "Bahdanau encoder-decoder"
    Config = Config
    build = staticmethod(build)

    def __init__(self, networks: Networks, config: Config, vocabulary: words.Vocabulary):
        super().__init__(networks, config, vocabulary)
        self._encode, self._step = compiled(networks.encoder), compiled(networks.step)
        self._gradient, self._bent = compiled_gradient(networks.scaled), compiled(networks.bent)

    @property
    def weights(self) -> keras.Model:
        return self.network.forced

    def read(self, text: str, headline: str | None = None, width: int = BEAM) -> Reading:
        """Read one text and write its headline, or follow the `headline` that is given.

        `width` is that of the beam; 1 is greedy. The alignment of a given headline has the row and
        the log-probability of each of its words, an unknown one counted as some unknown word.
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
            can=frozenset({Ability.WRITE, Ability.GRADIENT, Ability.FORCED_ALIGNMENT}),
        )

    def read_batch(
        self,
        texts: Sequence[str],
        seconds: Sequence[str | None] | None = None,
        width: int = BEAM,
    ) -> list[Reading]:
        if any(seconds or ()):
            pairs = zip(texts, seconds, strict=True)
            return [self.read(text, second, width) for text, second in pairs]
        return self._read(texts, width) if texts else []

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        return self._decoder([self._row(text) for text in texts]).topics

    def _decoder(self, rows: list[list[int]]) -> Decoder:
        """The decoder of encoded texts, given as indices of their words."""
        source = words.pad(rows, max(map(len, rows)))
        return Decoder(self._step, self._output, *self._encode(source), source != words.PAD)

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
        shown = [tuple(tokens[: self.config.maxlen]) for tokens in found]
        decoder = self._decoder([self.vocabulary.indices(tokens) for tokens in shown])
        if headline is None:
            written = decoder.write(width, self.config.written)
            outputs = [
                [self._surface(s, row, tokens) for s, row in zip(w.symbols, w.weights, strict=True)]
                for w, tokens in zip(written, shown, strict=True)
            ]
        else:
            given = self.vocabulary.tokens(check_text(headline))
            written = [decoder.follow(self.config.own(self.vocabulary.indices(given)))]
            outputs = [[token.as_read for token in given]]
        seconds = (time.perf_counter() - started) / len(texts)
        return [
            Reading(
                reader=self.info.name,
                labels=self.info.labels,
                text=text,
                probabilities=decoder.topics[i],
                tokens=shown[i],
                alignment=decoder.alignment(i, outputs[i], written[i], len(shown[i])),
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
        return self._bent(words.pad([row] * len(rows), len(row)), np.float32(rows))[0]

    def writes(self, word: str) -> bool:
        """Whether a written word is its own choice, not the word that an unknown one points to."""
        (index,) = self.config.own(self.vocabulary.indices([Token(word, 0, len(word), False)]))
        return index != words.UNKNOWN and not any(map(str.isdigit, word))

    def _row(self, text: str) -> list[int]:
        tokens = self.vocabulary.tokens(check_text(text))
        return self.vocabulary.indices(tokens[: self.config.maxlen])

    def _surface(self, symbol: int, row: np.ndarray, tokens: tuple[Token, ...]) -> str:
        """The written word: in the user's own case where it is copied, lower case elsewhere.

        An unknown word, and a number whose digits the vocabulary does not keep, is the word that
        it is aligned to (Luong et al. 2015).
        """
        entry = self.vocabulary.entries[symbol]
        twins = [j for j, token in enumerate(tokens) if words.key(token.as_read) == entry]
        if twins:
            return tokens[max(twins, key=lambda j: row[j])].as_read
        if symbol == words.UNKNOWN or any(character.isdigit() for character in entry):
            return tokens[int(row.argmax())].as_read
        return entry
