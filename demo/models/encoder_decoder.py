"""The network of Bahdanau's reader, which writes the topic of a text, then a headline.

The names are the paper's, and so are the numbers of the equations:

    h_j = [forward GRU; backward GRU]            annotations, (7)
    s_0 = tanh(W_s h_1 of the backward GRU)      appendix A.2.2
    e_ij = v^T tanh(W [s_(i-1); y_(i-1)] + U h_j)   alignment model, appendix A.1.2
    alpha_ij = softmax over j of e_ij            (6)
    c_i = sum over j of alpha_ij h_j             context, (5)
    s_i = GRU(s_(i-1), [y_(i-1); c_i])           (3)
    p(y_i) = softmax(E t_i), t_i = maxout([s_i; y_(i-1); c_i])   (4)

The paper's W is asked of s_(i-1) alone, which has not yet seen the word just written: where two
words might be copied, it could not tell after which of them to look on. So y_(i-1) is in the query.

It is a pointer-generator over that alignment (See, Liu & Manning 2017): a word that stands in the
text is copied from where the alignment looks, any other is generated as (4) says.

    p_gen = sigmoid(w . [s_i; y_(i-1); c_i] + b)              See et al. (8)
    P(w) = (1 - p_gen) sum over j with x_j = w of alpha_ij    if w stands in the text,
           p_gen p(w)                                         if not

See et al. (9) add the two up for every word. Then a word of the text can be written while looking
elsewhere; here the row of the alignment is what it is written by. What p(w) gives words of the text
is lost to P, and learning takes it from them.

E is the one word embedding, of the encoder, of the decoder and of the output (tied softmax), where
it is cut to the most frequent words; a rarer one can only be copied. The first symbol y_1 is the
topic, drawn from the four classes alone; row i of an alignment holds the weights that y_i was
emitted with, which come from the state before it.

References:
1. Bahdanau, Cho & Bengio (2015), "Neural Machine Translation by Jointly Learning to Align and
   Translate".
2. Press & Wolf (2017), "Using the Output Embedding to Improve Language Models": the tied softmax.
3. See, Liu & Manning (2017), "Get To The Point: Summarization with Pointer-Generator Networks".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import keras
from keras import layers, ops

from demo.models import words
from demo.models.decoder import START, TOPIC, WORDS

LEAST = 1e-12  # of a sum of weights that a logarithm is taken of


@dataclass(frozen=True)
class Config:
    """The sizes of the network."""

    vocabulary: int = 20_000
    own_words: int = 8_000  # the most frequent ones, which it generates; others it can only copy
    maxlen: int = 256  # words read
    written: int = 12  # words written at most
    width: int = 96
    units: int = 160
    alignment: int = 128  # width of the alignment model
    dropout: float = 0.3
    temperature: float = 1.0  # that the logits of the topic are divided by
    clitics: bool = False  # "Kerry's" is two words

    def __post_init__(self):
        object.__setattr__(self, "own_words", min(self.own_words, self.vocabulary))


class WordEmbedding(layers.Embedding):
    """Embeds words; in reverse, gives the logits of the first `written` of them."""

    def __init__(self, vocabulary: int, width: int, written: int, **named):
        super().__init__(vocabulary, width, **named)
        self.written = written

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
    t_i (batch, width), alpha_i (batch, words), s_i and the logit of p_gen (batch,).
    `forced`: source, what it is fed as previous words (batch, written + 2), the symbols following
    (batch, written + 1) and those of the source (batch, words) -> dict of topic (batch, 4)
    probabilities, words (batch, written + 1) log-probabilities of the symbols following, alignment
    (batch, written + 2, words).
    `scaled`: source and a scale of each word's embedding (batch, words) -> topic probabilities.
    `aligned`: source and the alignment's first row (batch, words) -> topic probabilities.
    """

    encoder: keras.Model
    step: keras.Model
    forced: keras.Model
    scaled: keras.Model
    aligned: keras.Model


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
    p_gen = layers.Dense(1, name="p_gen")
    dropout = layers.Dropout(config.dropout)

    def encode(source, scale=None):
        mask = ops.not_equal(source, words.PAD)  # (batch, words)
        x = embedding(source) if scale is None else embedding(source) * ops.expand_dims(scale, -1)
        h, _, backward = bidirectional(dropout(x), mask=mask)
        return h, project_annotations(dropout(h)), first_state(backward), mask

    def emit(y, s, h, keys, mask):
        """y_(i-1) (batch, width) and s_(i-1) -> t_i, alpha_i, s_i and the logit of p_gen."""
        query = ops.expand_dims(project_state(ops.concatenate([s, y], -1)), 1)
        c, alpha = attention([query, h, keys], mask=[None, mask], return_attention_scores=True)
        t, s, gate = write(y, s, ops.squeeze(c, 1))
        return t, ops.squeeze(alpha, 1), s, gate

    def write(y, s, c):
        """y_(i-1), s_(i-1) and the context c_i (batch, 2 units) -> t_i, s_i, logit of p_gen."""
        s, _ = cell(ops.concatenate([y, c], -1), [s])
        known = ops.concatenate([s, y, c], -1)
        t = dropout(ops.max(pairs(readout(known)), -1))
        return t, s, ops.squeeze(p_gen(known), -1)

    def topic(t):
        return ops.softmax(embedding(t, reverse=True)[:, TOPIC:WORDS] / config.temperature)

    source = keras.Input((None,), dtype="int32", name="source")
    h, keys, s, mask = encode(source)
    encoder = keras.Model(source, [h, keys, s], name="rnnsearch_encoder")

    previous = keras.Input((config.written + 2,), dtype="int32", name="previous")
    following = keras.Input((config.written + 1,), dtype="int32", name="following")
    symbols = keras.Input((None,), dtype="int32", name="symbols")
    embedded = dropout(embedding(previous))  # (batch, written + 2, width)
    emitted = []
    for i in range(config.written + 2):
        t, alpha, s, gate = emit(embedded[:, i], s, h, keys, mask)
        emitted.append((t, alpha, gate))
    t, alpha, gate = (ops.stack(part, 1) for part in zip(*emitted, strict=True))
    logits = embedding(t, reverse=True)  # (batch, written + 2, own words)
    log_p = -ops.sparse_categorical_crossentropy(
        ops.minimum(following, config.own_words - 1), logits[:, 1:], from_logits=True
    )
    outputs = {
        "topic": ops.softmax(logits[:, 0, TOPIC:WORDS] / config.temperature),
        "words": _of_text_or_not(log_p, gate[:, 1:], alpha[:, 1:], following, symbols),
        "alignment": alpha,
    }
    inputs = {
        "source": source,
        "previous": previous,
        "following": following,
        "symbols": symbols,
    }
    forced = keras.Model(inputs, outputs, name="rnnsearch")

    given = [
        keras.Input((), dtype="int32", name="y"),
        keras.Input((config.units,), name="s"),
        keras.Input((None, 2 * config.units), name="h"),
        keras.Input((None, config.alignment), name="keys"),
        keras.Input((None,), dtype="bool", name="mask"),
    ]
    step = keras.Model(given, list(emit(embedding(given[0]), *given[1:])), name="rnnsearch_step")

    weights = keras.Input((None,), name="weights")  # of embeddings, or a row of an alignment
    start = embedding(ops.full_like(source[:, 0], START))
    h, keys, s, mask = encode(source, weights)
    scaled = keras.Model([source, weights], topic(emit(start, s, h, keys, mask)[0]))
    h, _, s, _ = encode(source)
    c = ops.einsum("bj,bjh->bh", weights, h)
    aligned = keras.Model([source, weights], topic(write(start, s, c)[0]))
    return Networks(encoder, step, forced, scaled, aligned)


def _of_text_or_not(log_generated, gate, alpha, following, symbols):
    """log P(y_i) of the symbols following, as the module says, without a scatter.

    Shapes: `log_generated`, `gate` and `following` (batch, outputs), `alpha` (batch, outputs,
    words), `symbols` (batch, words). A symbol following that is neither generated nor in the text
    has no meaning: it is padding, or the unknown word.
    """
    same = ops.equal(ops.expand_dims(following, 2), ops.expand_dims(symbols, 1))
    copied = ops.log(ops.maximum(ops.sum(ops.where(same, alpha, 0.0), -1), LEAST))
    return ops.where(
        ops.any(same, -1), copied + ops.log_sigmoid(-gate), log_generated + ops.log_sigmoid(gate)
    )
