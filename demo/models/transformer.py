"""A small transformer encoder that reads a headline, built from Keras layers.

The architecture is that of the Keras lesson "Text classification with Transformer"; it adds what
the lesson leaves out: padding is masked in the attention and in the average, and the attention
scores come out of the pass that classifies.

    word indices -> token + position embedding -> transformer block (2 heads) -> masked average
                 -> dense 20 -> dense 4, softmax

References:
1. Vaswani et al. (2017), "Attention Is All You Need": scaled dot-product attention, section 3.2.
2. Ba, Kiros & Hinton (2016), "Layer Normalization".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from demo.mending import mend
from demo.models import tracing, transformer_shares, words
from demo.models.base import Shape
from demo.models.keras_reader import KerasReader
from demo.reading import CLASSES, Ability, Decomposition, Reading, check_text
from demo.runtime.compiled import compiled, compiled_gradient
from demo.sentences import InputError
from demo.trace import HeadTrace


@dataclass(frozen=True)
class Config:
    """The sizes of the network."""

    vocabulary: int = 20_000
    maxlen: int = 256  # words read
    width: int = 32
    heads: int = 2
    feed_forward: int = 32
    hidden: int = 20
    dropout: float = 0.1
    clitics: bool = False  # "Kerry's" is two words


@keras.saving.register_keras_serializable("headline_attention")
class TokenAndPositionEmbedding(layers.Layer):
    """Word embedding plus learned position embedding: (batch, words) -> (batch, words, width)."""

    def __init__(self, maxlen: int, vocabulary: int, width: int, **kwargs):
        super().__init__(**kwargs)
        self.maxlen, self.vocabulary, self.width = maxlen, vocabulary, width
        self.token_embedding = layers.Embedding(vocabulary, width, name="token")
        self.position_embedding = layers.Embedding(maxlen, width, name="position")

    def build(self, input_shape):
        self.token_embedding.build(input_shape)
        self.position_embedding.build(input_shape)

    def call(self, indices, scale=None):
        """`scale` (batch, words) makes each word's embedding longer or shorter."""
        positions = ops.arange(ops.shape(indices)[-1])  # (words,)
        words = self.token_embedding(indices)  # (batch, words, width)
        if scale is not None:
            words = words * ops.expand_dims(scale, -1)
        return words + self.position_embedding(positions)

    def get_config(self):
        sizes = {"maxlen": self.maxlen, "vocabulary": self.vocabulary, "width": self.width}
        return super().get_config() | sizes


@keras.saving.register_keras_serializable("headline_attention")
class TransformerBlock(layers.Layer):
    """Self-attention and a feed-forward network, each with dropout, residual and layer norm.

    Takes x (batch, words, width) and mask, bool (batch, words), True where a word is; returns
    the new x and the attention weights (batch, heads, words, words), exactly 0 in the columns
    where the mask is False.
    """

    def __init__(self, width: int, heads: int, feed_forward: int, dropout: float, **kwargs):
        super().__init__(**kwargs)
        sizes = {"width": width, "heads": heads, "feed_forward": feed_forward}
        self.sizes = {**sizes, "dropout": dropout}
        self.attention = layers.MultiHeadAttention(heads, key_dim=width, name="attention")
        self.expand = layers.Dense(feed_forward, activation="relu", name="expand")
        self.project = layers.Dense(width, name="project")
        self.norm_1 = layers.LayerNormalization(epsilon=1e-6, name="norm_1")
        self.norm_2 = layers.LayerNormalization(epsilon=1e-6, name="norm_2")
        self.dropout_1 = layers.Dropout(dropout)
        self.dropout_2 = layers.Dropout(dropout)

    def build(self, input_shape):
        self.attention.build(input_shape, input_shape)
        for layer in (self.expand, self.norm_1, self.norm_2):
            layer.build(input_shape)
        self.project.build((*input_shape[:-1], self.sizes["feed_forward"]))

    def call(self, x, mask, head_mask=None, training=None):
        attended, weights = self.attention(
            x,
            x,
            attention_mask=mask[:, None, :],  # (batch, 1, words): no query looks at a PAD
            return_attention_scores=True,
            training=training,
        )  # (batch, words, width), (batch, heads, words, words)
        if head_mask is not None:  # (batch, heads): take out what the masked heads put in
            masked = weights * (1 - head_mask)[:, :, None, None]
            attended -= ops.einsum("bhqk,bhkw->bqw", masked, self.values(x))
        x = self.norm_1(x + self.dropout_1(attended, training=training))
        fed = self.project(self.expand(x))  # (batch, words, width)
        return self.norm_2(x + self.dropout_2(fed, training=training)), weights

    def values(self, x):
        """What each head can pass on from each word: (batch, heads, words, width)."""
        values = self.attention.value_dense(x)  # (batch, words, heads, width)
        return ops.einsum("bkhd,hdw->bhkw", values, self.attention.output_dense.kernel)

    def get_config(self):
        return super().get_config() | self.sizes


def build(config: Config = Config()) -> keras.Model:
    """The network, int32 (batch, words) in; out come float32 probabilities (batch, 4) and attention
    (batch, heads, words, words).

    With the default sizes it has 648,192 + 10,656 + 660 + 84 = 659,592 parameters.
    """
    c = config
    parts = (
        TokenAndPositionEmbedding(c.maxlen, c.vocabulary, c.width, name="embedding"),
        TransformerBlock(c.width, c.heads, c.feed_forward, c.dropout, name="block"),
        layers.GlobalAveragePooling1D(name="average"),
        layers.Dropout(c.dropout, name="dropout"),
        layers.Dense(c.hidden, activation="relu", name="hidden"),
        layers.Dropout(c.dropout, name="dropout_of_hidden"),
        layers.Dense(len(CLASSES), activation="softmax", name="classes"),
    )
    indices = keras.Input((None,), dtype="int32", name="indices")
    outputs = connect({part.name: part for part in parts}.__getitem__, indices)
    return keras.Model(indices, outputs, name="transformer")


def connect(layer: Callable[[str], layers.Layer], indices, scale=None, head_mask=None) -> list:
    """Probabilities and attention of `indices`, through the layers of these names."""
    mask = ops.not_equal(indices, words.PAD)  # (batch, words)
    x = layer("embedding")(indices, scale=scale)
    x, attention = layer("block")(x, mask, head_mask=head_mask)
    x = layer("average")(x, mask=mask)  # (batch, width)
    x = layer("hidden")(layer("dropout")(x))
    return [layer("classes")(layer("dropout_of_hidden")(x)), attention]


def probe(network: keras.Model) -> keras.Model:
    """The same layers with a scale for each word's embedding and a mask of the heads.

    Takes indices, scale (batch, words) and head_mask (batch, heads); gives probabilities (batch, 4)
    and the norms of the heads' values (batch, heads, words).
    """
    block = network.get_layer("block")
    indices = keras.Input((None,), dtype="int32", name="indices")
    scale = keras.Input((None,), name="scale")
    head_mask = keras.Input((block.sizes["heads"],), name="head_mask")
    probabilities, _ = connect(network.get_layer, indices, scale, head_mask)
    norms = ops.norm(block.values(network.get_layer("embedding")(indices, scale=scale)), axis=-1)
    return keras.Model(
        [indices, scale, head_mask], [probabilities, norms], name="transformer_probe"
    )


class TransformerReader(KerasReader):
    """Reads texts with the network and hands on a `Reading` each."""

    kind = "transformer"
    title = "Small transformer"
    Config = Config
    build = staticmethod(build)

    def __init__(self, network: keras.Model, config: Any, vocabulary: words.Vocabulary):
        super().__init__(network, config, vocabulary)
        probing = probe(network)
        self._run, self._probe = compiled(network), compiled(probing)
        self._gradient = compiled_gradient(probing)
        self._trace = compiled(tracing.of_heads(network))

    @property
    def weights(self) -> keras.Model:
        return self.network

    @property
    def shape(self) -> Shape:
        return Shape(
            layers=1,
            heads=self.config.heads,
            longest=self.config.maxlen,
            parameters=self.parameters,
            can=frozenset(
                {
                    *(Ability.HEAD_MASK, Ability.VALUE_NORMS, Ability.GRADIENT),
                    *(Ability.DECOMPOSE, Ability.TRACE, Ability.UNMASK),
                }
            ),
        )

    def read_batch(
        self, texts: Sequence[str], seconds: Sequence[str | None] | None = None
    ) -> list[Reading]:
        if any(second is not None for second in seconds or ()):
            raise InputError("problems.reader.one_text", reader=self.info.title)
        if not texts:
            return []
        started = time.perf_counter()
        mended = [mend(check_text(text)) for text in texts]
        found = [self.vocabulary.tokens(text) for text in mended]
        shown = [tuple(tokens[: self.config.maxlen]) for tokens in found]
        rows = [self.vocabulary.indices(tokens) for tokens in shown]
        probabilities, attention = self._run(words.pad(rows, max(map(len, rows))))
        duration = (time.perf_counter() - started) / len(texts)
        return [
            Reading(
                reader=self.info.name,
                labels=self.info.labels,
                text=text,
                probabilities=probabilities[i],
                tokens=tokens,
                attention=attention[i, None, :, : len(tokens), : len(tokens)].copy(),
                truncated=len(found[i]) > len(tokens),
                seconds=duration,
                mended=mended[i].names,
                words=len(tokens),
                known_words=words.known(tokens),
            )
            for i, (text, tokens) in enumerate(zip(texts, shown, strict=True))
        ]

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        return self._classes(texts, lambda indices: self._run(indices)[0])

    def mask_heads(self, text: str, masks: np.ndarray) -> np.ndarray:
        return self._probe(*self._variants(text, len(masks))[:2], np.float32(masks[:, 0]))[0]

    def value_norms(self, text: str) -> np.ndarray:
        return self._probe(*self._variants(text, 1))[1]  # (1, heads, words): of the one layer

    def gradient_x_input(self, text: str) -> np.ndarray:
        return self._gradient(*self._variants(text, 1))[0]

    def trace(
        self, text: str, layer: int = 0, head: int = 0, factor: float = 1.0, masked: bool = True
    ) -> HeadTrace:
        self.info.check_head(layer, head)
        tokens = tuple(self._tokens(text))
        length = len(tokens) if masked else self.config.maxlen
        row = words.pad([self.vocabulary.indices(tokens)], length)
        found = self._trace(row, np.ones_like(row, bool), np.full(1, factor, np.float32))
        steps = tracing.HeadSteps(*(part[0] for part in found))
        return tracing.head_trace(steps, tokens, head)

    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        indices, *_ = self._variants(text, 1)
        (probabilities,), (attention,) = self._run(indices)  # (labels,), (heads, words, words)
        return transformer_shares.decompose(
            self._arrays, indices[0], attention, np.log(probabilities), labels
        )

    def head_shares(self, text: str, label: int, tokens: Sequence[int] | None = None) -> np.ndarray:
        indices, *_ = self._variants(text, 1)
        (probabilities,), (attention,) = self._run(indices)
        return transformer_shares.head_shares(
            self._arrays, indices[0], attention, len(probabilities), label, tokens
        )

    @cached_property
    def _arrays(self) -> transformer_shares.Arrays:
        """The weights, for `decompose` and `head_shares`."""
        return transformer_shares.Arrays.of(self.network)

    def _variants(self, text: str, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A text `count` times as the probe takes it, with nothing scaled and nothing masked."""
        row = self._row(text)
        scale = np.ones((count, len(row)), np.float32)
        return words.pad([row] * count, len(row)), scale, np.ones((count, self.config.heads), "f4")
