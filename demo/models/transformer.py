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
from collections.abc import Sequence
from dataclasses import dataclass

import keras
from keras import layers, ops

from demo.models import words
from demo.models.compiled import compiled
from demo.models.keras_reader import KerasReader
from demo.reading import CLASSES, Reading, check_text


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

    def call(self, indices):
        positions = ops.arange(ops.shape(indices)[-1])  # (words,)
        return self.token_embedding(indices) + self.position_embedding(positions)

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
        self.sizes = {"width": width, "heads": heads}
        self.sizes |= {"feed_forward": feed_forward, "dropout": dropout}
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

    def call(self, x, mask, training=None):
        attended, weights = self.attention(
            x,
            x,
            attention_mask=mask[:, None, :],  # (batch, 1, words): no query looks at a PAD
            return_attention_scores=True,
            training=training,
        )  # (batch, words, width), (batch, heads, words, words)
        x = self.norm_1(x + self.dropout_1(attended, training=training))
        fed = self.project(self.expand(x))  # (batch, words, width)
        return self.norm_2(x + self.dropout_2(fed, training=training)), weights

    def get_config(self):
        return super().get_config() | self.sizes


def build(config: Config = Config()) -> keras.Model:
    """The network, int32 (batch, words) in; out come float32 probabilities (batch, 4) and attention
    (batch, heads, words, words).

    With the default sizes it has 648,192 + 10,656 + 660 + 84 = 659,592 parameters.
    """
    indices = keras.Input((None,), dtype="int32", name="indices")
    mask = ops.not_equal(indices, words.PAD)  # (batch, words)
    x = TokenAndPositionEmbedding(config.maxlen, config.vocabulary, config.width, name="embedding")(
        indices
    )
    x, attention = TransformerBlock(
        config.width, config.heads, config.feed_forward, config.dropout, name="block"
    )(x, mask)
    x = layers.GlobalAveragePooling1D(name="average")(x, mask=mask)  # (batch, width)
    x = layers.Dropout(config.dropout)(x)
    x = layers.Dense(config.hidden, activation="relu", name="hidden")(x)
    x = layers.Dropout(config.dropout)(x)
    probabilities = layers.Dense(len(CLASSES), activation="softmax", name="classes")(x)
    return keras.Model(indices, [probabilities, attention], name="transformer")


class TransformerReader(KerasReader):
    """Reads texts with the network and hands on a `Reading` each."""

    name = "transformer"
    title = "Small transformer"
    Config = Config
    build = staticmethod(build)

    def __init__(self, network: keras.Model, config: Config, vocabulary: words.Vocabulary):
        super().__init__(network, config, vocabulary)
        self._run = compiled(network)

    @property
    def weights(self) -> keras.Model:
        return self.network

    def read_batch(self, texts: Sequence[str]) -> list[Reading]:
        if not texts:
            return []
        started = time.perf_counter()
        found = [self.vocabulary.tokens(check_text(text)) for text in texts]
        shown = [tuple(tokens[: self.config.maxlen]) for tokens in found]
        rows = [self.vocabulary.indices(tokens) for tokens in shown]
        probabilities, attention = self._run(words.pad(rows, max(map(len, rows))))
        seconds = (time.perf_counter() - started) / len(texts)
        return [
            Reading(
                reader=self.name,
                text=text,
                probabilities=probabilities[i],
                tokens=tokens,
                attention=attention[i, None, :, : len(tokens), : len(tokens)],
                truncated=len(found[i]) > len(tokens),
                seconds=seconds,
            )
            for i, (text, tokens) in enumerate(zip(texts, shown, strict=True))
        ]
