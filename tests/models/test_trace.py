"""Every step of attention recomputed by hand, in numpy, from the weights."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from demo.models import open_reader, words
from demo.models.decoder import START, SYMBOLS, TOPIC
from demo.models.rnnsearch import Config, RnnSearchReader, build
from tests import tiny_encoders
from tests.conftest import ROOT, TINY_WORDS, TRAINED

HEADLINE = "Oil prices climb as Zorb storm shuts the the court"
CLOSE = 1e-5

OTHER_BACKEND = """
import sys, numpy as np, keras
from demo.models import open_reader
from pathlib import Path
assert keras.backend.backend() == "torch"
trace = open_reader(Path(sys.argv[1])).trace(sys.argv[2], 0, 1, 2.0, False)
np.savez(sys.argv[3], weights=trace.weights, output=trace.output, padding=trace.padding)
"""


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def norm(x, gamma, beta):
    return gamma * (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6) + beta


def arrays(layer):
    return [np.asarray(keras.ops.convert_to_numpy(weight)) for weight in layer.weights]


def by_hand(network, indices, head, factor=1.0, length=None):
    """The steps of the small transformer; `length` pads the text, without any mask."""
    indices = np.pad(indices, (0, (length or len(indices)) - len(indices)))
    table, positions = arrays(network.get_layer("embedding"))
    block = network.get_layer("block")
    wq, bq, wk, bk, wv, bv, wo, bo = arrays(block.attention)
    word, position = table[indices], positions[: len(indices)]
    x = word + position
    every = []
    for one in range(wq.shape[1]):
        q, k, v = (x @ w[:, one] + b[one] for w, b in ((wq, bq), (wk, bk), (wv, bv)))
        scores = q @ k.T
        weights = softmax(factor * scores / np.sqrt(q.shape[1]))
        mixed = weights @ v
        every.append(
            {
                "queries": q,
                "keys": k,
                "values": v,
                "scores": scores,
                "weights": weights,
                "mixed": mixed,
            }
        )
        every[-1]["output"] = mixed @ wo[one]
    attended = sum(one["output"] for one in every) + bo
    normed = norm(x + attended, *arrays(block.norm_1))
    (w1, b1), (w2, b2) = arrays(block.expand), arrays(block.project)
    expanded = np.maximum(normed @ w1 + b1, 0)
    fed = expanded @ w2 + b2
    normed_2 = norm(normed + fed, *arrays(block.norm_2))
    (w3, b3), (w4, b4) = (arrays(network.get_layer(name)) for name in ("hidden", "classes"))
    average = normed_2.mean(0)
    hidden = np.maximum(average @ w3 + b3, 0)
    logits = hidden @ w4 + b4
    steps = {
        "word": word,
        "position": position,
        "attended": attended,
        "norm_1": normed,
        "expanded": expanded,
    }
    steps |= {
        "fed": fed,
        "norm_2": normed_2,
        "average": average,
        "hidden": hidden,
        "logits": logits,
    }
    return x, every[head], steps | {"probabilities": softmax(logits)}


@pytest.fixture(scope="module", params=["tiny", pytest.param("trained", marks=pytest.mark.trained)])
def transformer(request, tiny_reader):
    return tiny_reader if request.param == "tiny" else open_reader(TRAINED / "transformer")


@pytest.fixture(scope="module", params=["tiny", pytest.param("trained", marks=pytest.mark.trained)])
def writer(request):
    if request.param == "trained":
        return open_reader(TRAINED / "rnnsearch")
    keras.utils.set_random_seed(0)
    vocabulary = words.Vocabulary(["", "[UNK]", *SYMBOLS, *TINY_WORDS])
    config = Config(vocabulary=len(vocabulary), width=12, units=16, alignment=10)
    tiny = RnnSearchReader(build(config), config, vocabulary)
    rng = np.random.default_rng(0)
    tiny.weights.set_weights([rng.normal(0, 0.6, w.shape) for w in tiny.weights.get_weights()])
    return tiny


@pytest.mark.parametrize("head", [0, 1])
@pytest.mark.parametrize("factor", [1.0, 0.1, 7.0])
def test_every_step_of_a_head_is_the_arithmetic_that_it_says(transformer, head, factor):
    trace = transformer.trace(HEADLINE, 0, head, factor)
    reading = transformer.read(HEADLINE)
    assert trace.tokens == reading.tokens
    indices = transformer.vocabulary.indices(trace.tokens)
    x, steps, further = by_hand(transformer.network, indices, head, factor)
    assert np.abs(trace.x - x).max() < CLOSE
    for name, expected in steps.items():
        assert np.abs(getattr(trace, name) - expected).max() < 10 * CLOSE, name
    found = {stage.name: stage.values for stage in (*trace.parts, *trace.stages)}
    assert found.keys() == further.keys()
    for name, expected in further.items():
        assert found[name].shape == expected.shape
        assert np.abs(found[name] - expected).max() < 10 * CLOSE, name
    assert trace.scale == pytest.approx(trace.keys.shape[1] ** -0.5)
    assert np.abs(trace.padding).max() == 0
    if factor == 1:
        assert np.abs(trace.weights - reading.attention[0, head]).max() < CLOSE
        assert np.abs(trace.probabilities - reading.probabilities).max() < CLOSE


def test_without_the_mask_padding_draws_what_is_missing_in_the_rows(transformer):
    trace = transformer.trace(HEADLINE, 0, 1, masked=False)
    indices = transformer.vocabulary.indices(trace.tokens)
    longest, count = transformer.info.longest, len(indices)
    _, steps, further = by_hand(transformer.network, indices, 1, length=longest)
    assert np.abs(trace.weights - steps["weights"][:count, :count]).max() < CLOSE
    assert np.abs(trace.padding - steps["weights"][:count, count:].sum(-1)).max() < CLOSE
    assert trace.padding.min() > 0.5
    assert np.abs(trace.weights.sum(-1) + trace.padding - 1).max() < CLOSE
    assert np.abs(trace.probabilities - further["probabilities"]).max() < CLOSE
    again = transformer.read(HEADLINE)
    assert np.abs(transformer.trace(HEADLINE, 0, 1).weights - again.attention[0, 1]).max() < CLOSE


def test_every_step_of_the_alignment_is_the_arithmetic_that_it_says(writer):
    trace, reading = writer.trace(HEADLINE), writer.read(HEADLINE)
    assert trace.outputs == reading.alignment.outputs
    assert trace.tokens == reading.tokens
    layer = writer.weights.get_layer
    (table,), (w,), (u,), (v,) = (arrays(layer(name)) for name in ("embedding", "W", "U", "v"))
    h, keys, s = writer._encode(np.array([writer.vocabulary.indices(trace.tokens)], np.int32))
    assert np.abs(trace.annotations - h[0]).max() < CLOSE
    assert np.abs(trace.keys - h[0] @ u).max() < CLOSE
    y = START
    mask = np.ones(keys.shape[:2], bool)
    written = writer._symbols(trace.tokens)
    fed = [TOPIC + int(reading.probabilities.argmax())]
    fed += writer.vocabulary.indices(
        writer.vocabulary.tokens(" ".join(reading.alignment.outputs[1:-1]))
    )
    assert len(fed) == len(trace.outputs) - 1, written.further
    for i in range(len(trace.outputs)):
        state = np.concatenate([s[0], table[y]]) @ w
        energies = np.tanh(state + trace.keys) @ v
        assert np.abs(trace.states[i] - state).max() < 10 * CLOSE
        assert np.abs(trace.energies[i] - energies).max() < 10 * CLOSE
        assert np.abs(trace.weights[i] - softmax(energies)).max() < CLOSE
        assert np.abs(trace.context[i] - softmax(energies) @ trace.annotations).max() < 10 * CLOSE
        s = writer._step(np.array([y], np.int32), s, h, keys, mask)[2]
        y = fed[i] if i < len(fed) else None
    assert np.abs(trace.weights - reading.alignment.weights).max() < CLOSE
    assert np.abs(trace.copied - reading.alignment.copied).max() < CLOSE
    assert np.abs(trace.probabilities - reading.probabilities).max() < CLOSE


def test_a_factor_sharpens_the_alignment_and_moves_the_verdict(writer):
    trace, sharper = writer.trace(HEADLINE), writer.trace(HEADLINE, factor=5.0)
    assert np.abs(sharper.weights - softmax(5 * trace.energies)).max() < CLOSE
    expected = writer.force_alignment(HEADLINE, sharper.weights[:1])[0]
    assert np.abs(sharper.probabilities - expected).max() < CLOSE


@pytest.mark.parametrize("place", [(0, 2), (1, 0), (-1, 0), (0, -1)])
def test_a_head_that_is_not_there_is_said(tiny_reader, place):
    with pytest.raises(ValueError, match="has no head"):
        tiny_reader.trace(HEADLINE, *place)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_unusable_text_is_refused_as_in_reading(tiny_reader, text):
    with pytest.raises(ValueError, match="nothing to read"):
        tiny_reader.trace(text)


def test_the_other_backend_of_keras_gives_the_same(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path / "transformer")
    result = tmp_path / "trace.npz"
    subprocess.run(
        [sys.executable, "-c", OTHER_BACKEND, tmp_path / "transformer", HEADLINE, result],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": "torch"},
        check=True,
    )
    other, own = np.load(result), tiny_reader.trace(HEADLINE, 0, 1, 2.0, False)
    for name in ("weights", "output", "padding"):
        assert np.abs(other[name] - getattr(own, name)).max() < CLOSE


@pytest.fixture(scope="module", params=tiny_encoders.FAMILIES)
def encoder(request, tmp_path_factory):
    return open_reader(tiny_encoders.write(tmp_path_factory.mktemp(request.param), request.param))


@pytest.fixture(scope="module")
def trained_encoder():
    return open_reader(TRAINED / "bert")


def check_head(reader, layer, head, factor=1.0):
    """The formulas of `HeadTrace` hold, and without a factor give what is read."""
    trace, reading = reader.trace(HEADLINE, layer, head, factor), reader.read(HEADLINE)
    assert trace.tokens == reading.tokens
    assert np.abs(trace.scores - trace.queries @ trace.keys.T).max() < 10 * CLOSE
    scaled = trace.scale * trace.scores + (0 if trace.added is None else trace.added)
    assert np.abs(trace.weights - softmax(factor * scaled)).max() < CLOSE
    assert np.abs(trace.mixed - trace.weights @ trace.values).max() < 10 * CLOSE
    heads = [reader.trace(HEADLINE, layer, one, factor) for one in range(reader.info.heads)]
    stages = {stage.name: stage.values for stage in trace.stages}
    assert np.ptp(stages["attended"] - sum(one.output for one in heads), axis=0).max() < 10 * CLOSE
    assert stages["layer"].shape == trace.x.shape
    assert trace.padding.max() < CLOSE
    if factor == 1:
        assert np.abs(trace.weights - reading.attention[layer, head]).max() < CLOSE
        assert np.abs(trace.probabilities - reading.probabilities).max() < CLOSE


@pytest.mark.parametrize("place", [(0, 1), (1, 2)])
@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_a_head_of_any_family_is_the_arithmetic_that_it_says(encoder, place, factor):
    check_head(encoder, *place, factor)


@pytest.mark.trained
def test_a_head_of_the_trained_encoder_is_the_arithmetic_that_it_says(trained_encoder):
    check_head(trained_encoder, 2, 4)


@pytest.mark.parametrize("name", ["tiny", pytest.param("trained", marks=pytest.mark.trained)])
def test_a_head_of_bert_comes_from_its_weights(name, request, tmp_path):
    reader = (
        request.getfixturevalue("trained_encoder")
        if name == "trained"
        else open_reader(tiny_encoders.write(tmp_path / "bert"))
    )
    weights = {
        name: part.detach().cpu().numpy() for name, part in reader.network.named_parameters()
    }
    trace = reader.trace(HEADLINE, 0, 1)
    ids = reader.encode([HEADLINE]).ids
    tables = "bert.embeddings.{}_embeddings.weight"
    word = weights[tables.format("word")][ids]
    position = weights[tables.format("position")][: len(ids)]
    kind = np.repeat(weights[tables.format("token_type")][:1], len(ids), axis=0)
    for part, expected in zip(trace.parts, (word, position, kind), strict=True):
        assert np.abs(part.values - expected).max() < CLOSE
    total = word + position + kind
    centred = (total - total.mean(-1, keepdims=True)) / np.sqrt(
        total.var(-1, keepdims=True) + 1e-12
    )
    x = centred * weights["bert.embeddings.LayerNorm.weight"]
    x += weights["bert.embeddings.LayerNorm.bias"]
    assert np.abs(trace.x - x).max() < 10 * CLOSE
    width = trace.keys.shape[1]
    own = slice(width, 2 * width)  # of the second head
    layer = "bert.encoder.layer.0.attention"
    for name in ("query", "key", "value"):
        projected = x @ weights[f"{layer}.self.{name}.weight"].T
        projected += weights[f"{layer}.self.{name}.bias"]
        found = getattr(trace, {"query": "queries", "key": "keys", "value": "values"}[name])
        assert np.abs(found - projected[:, own]).max() < 10 * CLOSE
    output = trace.mixed @ weights[f"{layer}.output.dense.weight"][:, own].T
    assert np.abs(trace.output - output).max() < 10 * CLOSE


def test_an_encoder_without_its_mask_looks_at_the_padding(encoder):
    trace = encoder.trace(HEADLINE, 0, 1, masked=False)
    assert trace.padding.max() > 0.1
    assert np.abs(trace.weights.sum(-1) + trace.padding - 1).max() < CLOSE
