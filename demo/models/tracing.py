"""The layers of the Keras readers called once more, so that every step of attention comes out.

Nothing is learned or changed here: these networks share the layers that read.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from demo.reading import Token
from demo.trace import HeadTrace, Stage

# Steps after the heads: those of each word, then those of the text as one.
EACH_WORD = ("attended", "norm_1", "expanded", "fed", "norm_2")
WHOLE_TEXT = ("average", "hidden", "logits", "probabilities")


class HeadSteps(NamedTuple):
    """What `of_heads` gives, in its order, (batch, ...) each; see `demo.trace.HeadTrace`.

    `words` and `positions` are the two embeddings. With heads: `queries` to `mixed` and `output`
    (batch, heads, words, ...). After them: `attended` is the sum over heads plus its bias.
    """

    words: np.ndarray
    positions: np.ndarray
    x: np.ndarray
    queries: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    scores: np.ndarray
    weights: np.ndarray
    mixed: np.ndarray
    output: np.ndarray
    attended: np.ndarray
    norm_1: np.ndarray
    expanded: np.ndarray
    fed: np.ndarray
    norm_2: np.ndarray
    average: np.ndarray
    hidden: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray


def of_heads(network: keras.Model) -> keras.Model:
    """The small transformer with all of its steps: `HeadSteps` of indices, a mask and a factor.

    Takes indices and mask, bool (batch, words), True where a key may be looked at and a word counts
    in the average, and factor (batch,), which the scaled scores are multiplied by.
    """
    layer = network.get_layer
    embedding, block, classes = map(layer, ("embedding", "block", "classes"))
    attention = block.attention
    indices = keras.Input((None,), dtype="int32", name="indices")
    mask = keras.Input((None,), dtype="bool", name="mask")
    factor = keras.Input((), name="factor")

    words = embedding.token_embedding(indices)  # (batch, words, width)
    x = embedding(indices)  # (batch, words, width)
    queries, keys, values = (
        ops.transpose(project(x), (0, 2, 1, 3))  # (batch, heads, words, head width)
        for project in (attention.query_dense, attention.key_dense, attention.value_dense)
    )
    scores = ops.matmul(queries, ops.transpose(keys, (0, 1, 3, 2)))  # (batch, heads, words, words)
    scaled = scores * (ops.reshape(factor, (-1, 1, 1, 1)) * keys.shape[-1] ** -0.5)
    there = ops.expand_dims(ops.expand_dims(mask, 1), 1)  # (batch, 1, 1, words)
    weights = ops.softmax(ops.where(there, scaled, -1e9))  # (batch, heads, words, words)
    mixed = ops.matmul(weights, values)  # (batch, heads, words, head width)
    output = ops.einsum("bhqd,hdw->bhqw", mixed, attention.output_dense.kernel)
    attended = ops.sum(output, 1) + attention.output_dense.bias  # (batch, words, width)
    norm_1 = block.norm_1(x + attended)
    expanded = block.expand(norm_1)  # (batch, words, feed forward)
    fed = block.project(expanded)
    norm_2 = block.norm_2(norm_1 + fed)
    average = layer("average")(norm_2, mask=mask)  # (batch, width)
    hidden = layer("hidden")(average)
    logits = ops.matmul(hidden, classes.kernel) + classes.bias  # (batch, labels)
    steps = HeadSteps(
        *(words, x - words, x, queries, keys, values, scores, weights, mixed, output),
        *(attended, norm_1, expanded, fed, norm_2, average, hidden, logits),
        classes(hidden),
    )
    return keras.Model([indices, mask, factor], list(steps), name="transformer_trace")


def head_trace(steps: HeadSteps, tokens: tuple[Token, ...], head: int) -> HeadTrace:
    """One head of the steps of one text, without batch axis; what is behind `tokens` is padding."""
    count = len(tokens)
    weights = steps.weights[head, :count, :count]
    return HeadTrace(
        tokens=tokens,
        x=steps.x[:count],
        queries=steps.queries[head, :count],
        keys=steps.keys[head, :count],
        values=steps.values[head, :count],
        scores=steps.scores[head, :count, :count],
        scale=steps.keys.shape[-1] ** -0.5,
        weights=weights,
        mixed=steps.mixed[head, :count],
        output=steps.output[head, :count],
        probabilities=steps.probabilities,
        padding=steps.weights[head, :count, count:].sum(-1),
        parts=(Stage("word", steps.words[:count]), Stage("position", steps.positions[:count])),
        stages=(
            *(Stage(name, getattr(steps, name)[:count]) for name in EACH_WORD),
            *(Stage(name, getattr(steps, name)) for name in WHOLE_TEXT),
        ),
    )


class AlignmentSteps(NamedTuple):
    """What `of_alignment` gives, in its order; see `demo.trace.AlignmentTrace`."""

    states: np.ndarray
    energies: np.ndarray
    weights: np.ndarray
    context: np.ndarray


def of_alignment(network: keras.Model) -> keras.Model:
    """The alignment model of Bahdanau's reader with all of its steps: `AlignmentSteps`.

    Takes y_(i-1) int (outputs,), s_(i-1) (outputs, units), of one text the annotations (outputs,
    words, 2 units) and keys (outputs, words, alignment), repeated for each output, and a factor
    (outputs,) which the energies are multiplied by.
    """
    embedding, project, attention = map(network.get_layer, ("embedding", "W", "v"))
    y = keras.Input((), dtype="int32", name="y")
    s = keras.Input((project.input_spec.axes[-1] - embedding.output_dim,), name="s")
    h = keras.Input((None, network.get_layer("U").input_spec.axes[-1]), name="h")
    keys = keras.Input((None, project.units), name="keys")
    factor = keras.Input((), name="factor")

    states = project(ops.concatenate([s, embedding(y)], -1))  # (outputs, alignment)
    added = ops.tanh(ops.expand_dims(states, 1) + keys)  # (outputs, words, alignment)
    energies = ops.sum(added * attention.scale, -1)  # (outputs, words)
    weights = ops.softmax(energies * ops.expand_dims(factor, -1))
    context = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), h), 1)  # (outputs, 2 units)
    steps = AlignmentSteps(states, energies, weights, context)
    return keras.Model([y, s, h, keys, factor], list(steps), name="rnnsearch_trace")
