"""Shares of tokens and heads, against contributions that are carried forward through each network.

The readers go backwards, from a logit to the tokens; here each token's part of every vector is
carried forward to the logits, as DecompX does (Modarressi et al. 2023), with the equations of the
networks written out; of each part it is known through which heads it came.
"""

from itertools import product

import keras
import numpy as np
import pytest
import torch
from scipy.special import erf

from demo.models import encoder_shares, families, open_reader, words
from demo.models.decoder import START, SYMBOLS, TOPIC, WORDS
from demo.models.recorder import Recorder
from demo.models.rnnsearch import Config, RnnSearchReader, build
from tests import tiny_encoders
from tests.conftest import TINY_WORDS, TRAINED

pytestmark = pytest.mark.slow

TEXT = "Oil prices climb as Zorb storm shuts the the court"


def ways_through(layers, heads):
    """Every way through a network: a head of each layer, or `heads` where it passes by them."""
    return list(product(range(heads + 1), repeat=layers))


class Parts:
    """Vectors as sums: `values` (sources, ..., width).

    A source is a way through the heads and, on it, a token or, as the last one, what biases add; in
    the last way no head has been passed yet.
    """

    def __init__(self, values):
        self.values = np.asarray(values, np.float64)

    @classmethod
    def of_tokens(cls, x, layers=0, heads=0):
        """Each token is the source of its own embedding, x (tokens, width)."""
        here = np.concatenate([np.eye(len(x))[..., None] * x, np.zeros((1, *x.shape))])
        others = np.zeros((len(ways_through(layers, heads)) - 1, *here.shape))
        return cls(np.concatenate([*others, here]))

    @property
    def total(self):
        return self.values.sum(0)

    def __add__(self, other):
        return Parts(self.values + other.values)

    def through(self, linear):
        return Parts(np.stack([linear(part) for part in self.values]))

    def plus(self, bias):
        values = self.values.copy()
        values[-1] += bias
        return Parts(values)

    def dense(self, kernel, bias):
        return self.through(lambda part: part @ kernel).plus(bias)

    def activation(self, function):
        slope = function(self.total) / self.total
        return self.through(lambda part: slope * part)

    def norm(self, scale, shift, epsilon):
        deviation = np.sqrt(self.total.var(-1, keepdims=True) + epsilon)
        centred = self.through(lambda part: part - part.mean(-1, keepdims=True))
        return centred.through(lambda part: scale * part / deviation).plus(shift)

    def contrasts(self):
        """Of logits (sources, labels): each label's less the mean, (labels, sources)."""
        return (self.values - self.values.mean(-1, keepdims=True)).T


def relu(x):
    return np.maximum(x, 0)


def gelu(x):
    return x * (1 + erf(x / np.sqrt(2))) / 2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def attended(x, attention, w_value, b_value, w_out):
    """What each head makes of parts x, a `Parts` a head; weights (width, size), (size, width)."""
    return [
        x.dense(w_value[h], b_value[h]).through(lambda v, h=h: attention[h] @ v @ w_out[h])
        for h in range(len(attention))
    ]


def added(x, heads, layer, layers):
    """The residual sum: what a head of a layer made goes on in ways through that head."""
    ways = ways_through(layers, len(heads))
    total = x.values.reshape(len(ways), -1, *x.values.shape[1:]).copy()
    for number, head in enumerate(heads):
        for place, part in enumerate(head.values.reshape(total.shape)):
            way = list(ways[place])
            if way[layer] == len(heads):
                way[layer] = number
                total[ways.index(tuple(way))] += part
    return Parts(total.reshape(x.values.shape))


def of_transformer(reader):
    """The contrasts of the small transformer by source."""
    reading, network = reader.read(TEXT), reader.network
    tokens, positions = network.get_layer("embedding").get_weights()
    indices = reader.vocabulary.indices(reading.tokens)
    block = network.get_layer("block")
    *_, w_value, b_value, w_out, b_out = block.attention.get_weights()
    size = reader.info.heads
    x = Parts.of_tokens(tokens[indices] + positions[: len(indices)], 1, size)
    heads = attended(x, reading.attention[0], w_value.swapaxes(0, 1), b_value, w_out)
    x = added(x, heads, 0, 1).plus(b_out).norm(*block.norm_1.get_weights(), 1e-6)
    fed = x.dense(*block.expand.get_weights()).activation(relu)
    x = (x + fed.dense(*block.project.get_weights())).norm(*block.norm_2.get_weights(), 1e-6)
    x = x.through(lambda part: part.mean(0)).dense(*network.get_layer("hidden").get_weights())
    return x.activation(relu).dense(*network.get_layer("classes").get_weights()).contrasts()


def of_bert(reader):
    """The contrasts of a BERT by source."""
    reading, config = reader.read(TEXT), reader.network.config
    w = {name: part.detach().numpy() for name, part in reader.network.named_parameters()}

    def dense(name):
        return w[f"{name}.weight"].T, w[f"{name}.bias"]

    def norm(name):
        return w[f"{name}.weight"], w[f"{name}.bias"], config.layer_norm_eps

    with torch.inference_mode():
        inputs = reader.inputs([reader.encode([TEXT])])
        embedded = reader.network.bert.embeddings(inputs["input_ids"], inputs["token_type_ids"])
    layers, size = reader.info.layers, reader.info.heads
    x = Parts.of_tokens(embedded[0].numpy(), layers, size)
    for number, attention in enumerate(reading.attention):
        layer = f"bert.encoder.layer.{number}"
        w_value, b_value = dense(f"{layer}.attention.self.value")
        w_out, b_out = dense(f"{layer}.attention.output.dense")
        heads = attended(
            x,
            attention,
            np.stack(np.split(w_value, size, axis=1)),
            np.split(b_value, size),
            np.split(w_out, size),
        )
        x = added(x, heads, number, layers).plus(b_out)
        x = x.norm(*norm(f"{layer}.attention.output.LayerNorm"))
        fed = x.dense(*dense(f"{layer}.intermediate.dense")).activation(gelu)
        x = (x + fed.dense(*dense(f"{layer}.output.dense"))).norm(
            *norm(f"{layer}.output.LayerNorm")
        )
    pooled = x.through(lambda part: part[0]).dense(*dense("bert.pooler.dense")).activation(np.tanh)
    return pooled.dense(*dense("classifier")).contrasts()


def of_gru(parts, before, kernel, recurrent, bias):
    """Parts of the state after one step of a GRU, from those of its input and of the state."""
    given, kept = parts.total @ kernel + bias[0], before.total @ recurrent + bias[1]
    (xz, xr, _), (hz, hr, _) = np.split(given, 3), np.split(kept, 3)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    (w, u, b) = (np.split(part, 3, axis=-1)[2] for part in (kernel, recurrent, bias))
    recalled = before.dense(u, b[1]).through(lambda part: r * part)
    candidate = (parts.dense(w, b[0]) + recalled).activation(np.tanh)
    return before.through(lambda part: z * part) + candidate.through(lambda part: (1 - z) * part)


def of_rnnsearch(reader):
    """The contrasts of Bahdanau's topic by source."""
    reading = reader.read(TEXT)
    w = {layer.name: layer.get_weights() for layer in reader.weights.layers}
    (embeddings,) = w["embedding"]
    x = Parts.of_tokens(embeddings[reader.vocabulary.indices(reading.tokens)])
    states, units, count = [], reader.config.units, len(reading.tokens)
    for order, weights in (
        (range(count), w["encoder"][:3]),
        (range(count)[::-1], w["encoder"][3:]),
    ):
        state, after = Parts(np.zeros((count + 1, units))), [None] * count
        for place in order:
            after[place] = state = of_gru(Parts(x.values[:, place]), state, *weights)
        states.append(np.stack([one.values for one in after], axis=1))
    h = Parts(np.concatenate(states, axis=-1))  # (sources, words, 2 units)
    s = Parts(h.values[:, 0, units:]).dense(*w["W_s"]).activation(np.tanh)
    c = h.through(lambda part: reading.alignment.weights[0] @ part)
    nothing = np.zeros((count + 1, reader.config.width))
    given = Parts(np.concatenate([Parts(nothing).plus(embeddings[START]).values, c.values], -1))
    s = of_gru(given, s, *w["decoder"])
    t = Parts(np.concatenate([s.values, given.values], axis=-1)).dense(*w["t"])
    pairs = t.through(lambda part: part.reshape(-1, 2))
    won = pairs.total.argmax(-1)
    t = pairs.through(lambda part: part[np.arange(len(part)), won])
    return t.dense(embeddings[TOPIC:WORDS].T / reader.config.temperature, 0).contrasts()


def with_random_biases(reader, scale=0.3):
    """The same reader, whose biases are no longer 0 and whose norms do something."""
    rng = np.random.default_rng(1)
    weights = reader.weights.get_weights()
    reader.weights.set_weights([one + rng.normal(0, scale, one.shape) for one in weights])
    return reader


@pytest.fixture(scope="module")
def transformer(tiny_reader, tmp_path_factory):
    folder = tmp_path_factory.mktemp("transformer")
    tiny_reader.save(folder)
    return with_random_biases(open_reader(folder))


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    reader = open_reader(tiny_encoders.write(tmp_path_factory.mktemp("bert")))
    shake(reader.network)
    return reader


@pytest.fixture(scope="module")
def rnnsearch():
    keras.utils.set_random_seed(0)
    vocabulary = words.Vocabulary(["", "[UNK]", *SYMBOLS, *TINY_WORDS])
    config = Config(vocabulary=len(vocabulary), width=12, units=16, alignment=12, temperature=0.8)
    return with_random_biases(RnnSearchReader(build(config), config, vocabulary))


def shake(network):
    """Give a network of random weights biases, too."""
    torch.manual_seed(1)
    with torch.no_grad():
        for part in network.parameters():
            if part.dim() == 1:
                part.add_(0.3 * torch.randn_like(part))


@pytest.mark.parametrize(
    ("name", "forward"),
    [("transformer", of_transformer), ("bert", of_bert), ("rnnsearch", of_rnnsearch)],
)
def test_shares_are_what_each_token_brings_to_the_logits(name, forward, request):
    reader = request.getfixturevalue(name)
    found, expected = reader.decompose(TEXT, range(4)), by_way(reader, forward).sum(1)
    assert np.abs(found.shares - expected[:, :-1]).max() < 1e-4
    assert np.abs(found.remainder - expected[:, -1]).max() < 1e-4
    assert np.abs(found.remainder).max() > 0.01
    logits = np.log(reader.classify([TEXT])[0])
    assert np.abs(found.contrast - (logits - logits.mean())).max() < 1e-4
    assert np.abs(found.shares.sum(1) + found.remainder - found.contrast).max() < 1e-4


@pytest.mark.parametrize(("name", "forward"), [("transformer", of_transformer), ("bert", of_bert)])
def test_a_share_is_split_evenly_among_the_heads_of_each_way(name, forward, request):
    reader = request.getfixturevalue(name)
    layers, heads = reader.info.layers, reader.info.heads
    by_source = by_way(reader, forward)  # (labels, ways, tokens and biases)
    for label in (0, 3):
        for tokens in (None, [2], [1, 2, 5]):
            expected = np.zeros((layers, heads))
            for way, found in zip(ways_through(layers, heads), by_source[label], strict=True):
                worth = (found if tokens is None else found[tokens]).sum()
                on_it = [(layer, head) for layer, head in enumerate(way) if head < heads]
                for place in on_it:
                    expected[place] += worth / len(on_it)
            found = reader.head_shares(TEXT, label, tokens)
            assert found.dtype == np.float32
            assert np.abs(expected).max() > 1e-3
            assert np.abs(found - expected).max() < 1e-5


@pytest.mark.trained
def test_the_heads_of_the_trained_readers_and_the_rest_are_the_whole():
    reader = open_reader(TRAINED / "bert")
    assert_heads_and_the_rest_are_the_whole(reader, reader.decompose(TEXT, range(4)), within=1e-3)
    reader = open_reader(TRAINED / "transformer")
    by_source = by_way(reader, of_transformer)
    for label in range(4):
        whole = by_source[label].sum()
        assert abs(reader.decompose(TEXT, [label]).contrast[0] - whole) < 1e-3
        heads = reader.head_shares(TEXT, label)
        assert abs(heads.sum() + by_source[label][-1].sum() - whole) < 1e-3


def by_way(reader, forward):
    """What each source brings to the contrasts: (labels, ways, tokens and biases)."""
    tokens = len(reader.read(TEXT).tokens)
    return forward(reader).reshape(4, -1, tokens + 1)


def test_the_labels_asked_for_come_in_their_order(transformer, bert, rnnsearch):
    for reader in (transformer, bert, rnnsearch):
        every, two = reader.decompose(TEXT, range(4)), reader.decompose(TEXT, [2, 0])
        for name in ("shares", "remainder", "contrast"):
            one, other = getattr(every, name)[[2, 0]], getattr(two, name)
            assert one.dtype == other.dtype == np.float32
            assert np.abs(one - other).max(initial=0) < 1e-5


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu", "silu"])
@pytest.mark.parametrize("family", families.FAMILIES)
def test_the_sum_holds_for_every_family_of_encoders(family, activation, tmp_path):
    names = {"distilbert": "activation", "modernbert": "hidden_activation"}
    settings = {names.get(family, "hidden_act"): activation}
    reader = open_reader(tiny_encoders.write(tmp_path, family, **settings))
    shake(reader.network)
    (shares,) = reader.classify([TEXT])
    contrast = np.log(shares) - np.log(shares).mean()
    found = reader.decompose(TEXT, range(4))
    assert np.abs(contrast).max() > 0.01
    assert np.abs(found.contrast - contrast).max() < 1e-4
    assert np.abs(found.shares.sum(1) + found.remainder - contrast).max() < 1e-4
    assert_heads_and_the_rest_are_the_whole(reader, found)
    assert np.array_equal(reader.classify([TEXT])[0], shares)  # the network is as it was


def assert_heads_and_the_rest_are_the_whole(reader, found, within=1e-4):
    """What the heads carry, and what is left with none of them, sum to every label's contrast.

    The heads of single tokens sum to those of several.
    """
    tokens = len(reader.read(TEXT).tokens)
    for label in range(4):
        heads = reader.head_shares(TEXT, label)
        assert heads.shape == (reader.info.layers, reader.info.heads)
        past = without_heads(reader, label)
        assert abs(heads.sum() + past.sum() - found.contrast[label]) < within
        single = [reader.head_shares(TEXT, label, [place]) for place in range(tokens)]
        assert np.abs(sum(single) - reader.head_shares(TEXT, label, range(tokens))).max() < within
        rest = [one.sum() for one in single] + past[:-1]
        assert np.abs(rest - found.shares[label]).max() < within


def without_heads(reader, label):
    """What comes to a label's contrast past every head, (tokens and biases,).

    The network runs once with its own constants, once more with every head masked, and once
    more for each token alone.
    """
    held = encoder_shares.Held()
    inputs = reader.inputs([reader.encode([TEXT])])
    with encoder_shares._linear(reader.network, held), Recorder(hold=held) as recorder:
        reader.network(**inputs)
    tokens = inputs["input_ids"].shape[1]
    kept = torch.cat([torch.eye(tokens), torch.zeros(1, tokens)])[..., None]
    several = {name: part.expand(tokens + 1, -1) for name, part in inputs.items()}
    masks = torch.zeros(tokens + 1, len(recorder.layers), reader.info.heads)
    held.again()
    with (
        encoder_shares._linear(reader.network, held, kept),
        Recorder(hold=held, head_masks=masks),
    ):
        logits = reader.network(**several).logits
    contrast = (logits[:, label] - logits.mean(-1)).detach().numpy()
    return np.append(contrast[:-1] - contrast[-1], contrast[-1])
