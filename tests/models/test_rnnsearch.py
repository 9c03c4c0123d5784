import os
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from demo.analysis import faithfulness
from demo.models import copying, words
from demo.models.decoder import END, START, SYMBOLS, TOPIC, WORDS
from demo.models.rnnsearch import Config, RnnSearchReader, build
from demo.reading import CLASSES
from tests.conftest import ROOT, TINY_WORDS

HEADLINE = "Oil prices climb as Zorb storm shuts the the court"

OTHER_BACKEND = """
import sys, numpy as np, keras
from demo.models.rnnsearch import RnnSearchReader
assert keras.backend.backend() == "torch"
reading = RnnSearchReader.load(sys.argv[1]).read(sys.argv[2], headline="storm shuts the court")
a = reading.alignment
np.savez(sys.argv[3], p=reading.probabilities, w=a.weights, l=a.log_probabilities)
"""


def reader_of(entries, **sizes):
    vocabulary = words.Vocabulary(["", "[UNK]", *SYMBOLS, *entries])
    config = Config(vocabulary=len(vocabulary), **sizes)
    return RnnSearchReader(build(config), config, vocabulary)


@pytest.fixture(scope="module")
def reader():
    """A network of random weights, large enough to be sure of something."""
    keras.utils.set_random_seed(0)
    tiny = reader_of(TINY_WORDS, width=12, units=16, alignment=12)
    rng = np.random.default_rng(0)
    tiny.weights.set_weights([rng.normal(0, 0.6, w.shape) for w in tiny.weights.get_weights()])
    return tiny


@pytest.fixture(scope="module")
def copier():
    """A decoder set by hand: it copies the text word by word, beginning with the second.

    Annotation h_j holds word j and, moved on by the recurrent weights, the word before it; the
    state s_i holds the word that c_i brought; and W, U and v look for the position whose word
    before is the one in the state.
    """
    texts = ("alpha", "beta", "gamma", "delta")
    copier = reader_of(texts, width=12, units=24, alignment=24, written=3)
    size, units = 12, 24
    eye = np.eye(size)
    layer = copier.weights.get_layer
    layer("embedding").set_weights([eye])
    gates = np.zeros((2, 3 * units))
    gates[0, :units], gates[0, units : 2 * units] = -50, 50  # forget the state, reset nothing
    to_word, to_before = np.zeros((size, 3 * units)), np.zeros((units, 3 * units))
    to_word[:, 2 * units : 2 * units + size] = 5 * eye
    to_before[:size, 2 * units + size :] = 5 * eye
    nothing = [np.zeros_like(to_word), np.zeros_like(to_before), gates]
    layer("encoder").set_weights([to_word, to_before, gates, *nothing])
    layer("W_s").set_weights([np.zeros((units, units)), np.zeros(units)])
    annotation = 2 * units
    keys, query = np.zeros((annotation, units)), np.zeros((units + size, units))
    keys[size:units, :size], keys[size:units, size:] = 9 * eye, 9 * eye
    query[:size, :size] = 9 * eye
    layer("U").set_weights([keys])
    layer("W").set_weights([query])
    layer("v").set_weights([np.repeat([-30.0, 15.0], size)])
    decoder = np.zeros((size + annotation, 3 * units))
    decoder[size : 2 * size, 2 * units : 2 * units + size] = 5 * eye  # the word in c_i
    layer("decoder").set_weights([decoder, np.zeros((units, 3 * units)), gates])
    readout = np.zeros((units + size + annotation, 2 * size))
    readout[units + size : units + 2 * size, ::2] = 20 * eye
    readout[units + size + WORDS, 2 * (TOPIC + 1)] = 20  # "alpha" is about sports
    layer("t").set_weights([readout, np.zeros(2 * size)])
    layer("p_gen").set_weights([np.zeros((units + size + annotation, 1)), np.array([-9.0])])
    return copier


def test_row_i_is_what_symbol_i_was_emitted_with(copier):
    reading = copier.read("Alpha BETA gamma Delta", width=1)
    assert reading.alignment.outputs == ("Sports", "BETA", "gamma", "Delta")
    assert reading.label == "Sports"
    assert np.abs(reading.alignment.weights - np.eye(4)).max() < 1e-3
    assert np.allclose(reading.alignment.copied, [0, *[1 / (1 + np.exp(-9))] * 3])
    given = copier.read("Alpha BETA gamma Delta", headline="gamma delta").alignment
    assert given.outputs == ("Sports", "gamma", "delta")
    # The first row looks for what follows "alpha", whatever is written there.
    assert given.weights.argmax(-1).tolist() == [0, 1, 2]
    assert given.log_probabilities[1] < -10


def test_the_network_follows_the_papers_equations(reader):
    """Equations (3) to (7), the appendix and p_gen, computed by hand for the first two symbols."""
    encoder, step = reader.network.encoder, reader.network.step
    source = np.array([reader.vocabulary.indices(reader.vocabulary.tokens(HEADLINE))], np.int32)
    h, keys, s = (np.asarray(part) for part in encoder(source))
    layer = {one.name: [np.asarray(w) for w in one.get_weights()] for one in step.layers}
    outer = {one.name: [np.asarray(w) for w in one.get_weights()] for one in encoder.layers}

    def gru(x, state, kernel, recurrent, bias):
        given, kept = x @ kernel + bias[0], state @ recurrent + bias[1]
        (xz, xr, xh), (hz, hr, hh) = np.split(given, 3), np.split(kept, 3)
        z, r = 1 / (1 + np.exp(-(xz + hz))), 1 / (1 + np.exp(-(xr + hr)))
        return z * state + (1 - z) * np.tanh(xh + r * hh)

    (embedding,) = layer["embedding"]
    forward, backward = [np.zeros(16)], [np.zeros(16)]
    for index in source[0]:
        forward.append(gru(embedding[index], forward[-1], *outer["encoder"][:3]))
    for index in source[0, ::-1]:
        backward.append(gru(embedding[index], backward[-1], *outer["encoder"][3:]))
    annotations = np.concatenate([forward[1:], backward[:0:-1]], -1)
    assert np.abs(annotations - h[0]).max() < 1e-5
    state = np.tanh(backward[-1] @ outer["W_s"][0] + outer["W_s"][1])
    assert np.abs(state - s[0]).max() < 1e-5

    for previous in (START, TOPIC):
        mask = source != words.PAD
        got = step([np.array([previous]), state[None].astype(np.float32), h, keys, mask])
        y = embedding[previous]
        query = np.concatenate([state, y]) @ layer["W"][0]
        e = np.tanh(query + annotations @ outer["U"][0]) @ layer["v"][0]
        alpha = np.exp(e - e.max()) / np.exp(e - e.max()).sum()
        c = alpha @ annotations
        state = gru(np.concatenate([y, c]), state, *layer["decoder"])
        known = np.concatenate([state, y, c])
        t = (known @ layer["t"][0] + layer["t"][1]).reshape(-1, 2).max(-1)
        gate = known @ layer["p_gen"][0][:, 0] + layer["p_gen"][1][0]
        for ours, theirs in zip((t, alpha, state, gate), got, strict=True):
            assert np.abs(ours - np.asarray(theirs)[0]).max() < 1e-4
        assert np.abs(reader._output.T - embedding).max() == 0


def test_a_word_of_the_text_is_copied_and_any_other_generated():
    rng = np.random.default_rng(0)
    generated = np.log(rng.dirichlet(np.ones(6), 2))
    gate, alpha = np.array([-1.0, 2.0]), rng.dirichlet(np.ones(4), 2)
    symbols = np.array([[2, 5, 2, 7], [3, 6, 1, 0]])  # 6 and 7 are not its own words
    p = np.exp(copying.log_probabilities(generated, gate, alpha, symbols, 8))
    p_gen = 1 / (1 + np.exp(-gate))
    for row in range(2):
        for symbol in range(8):
            here = symbols[row] == symbol
            copied = (1 - p_gen[row]) * alpha[row, here].sum()
            other = p_gen[row] * np.exp(generated[row, symbol]) if symbol < 6 else 0
            assert p[row, symbol] == pytest.approx(copied if here.any() else other, rel=1e-5)


def test_teacher_forcing_and_decoding_are_one_network(reader):
    reading = reader.read(HEADLINE, headline="storm shuts the court")
    source = words.pad([reader.vocabulary.indices(reading.tokens)], 10)
    line = reader.vocabulary.indices(reader.vocabulary.tokens("storm shuts the court"))
    topic = TOPIC + int(reading.probabilities.argmax())
    previous = words.pad([[START, topic, *line]], reader.config.written + 2)
    following = words.pad([line], reader.config.written + 1)
    given = {"source": source, "previous": previous, "following": following, "symbols": source}
    forced = reader.network.forced(given)
    assert np.abs(np.asarray(forced["topic"])[0] - reading.probabilities).max() < 1e-5
    assert np.abs(np.asarray(forced["alignment"])[0, :5] - reading.alignment.weights).max() < 1e-5
    expected = np.asarray(forced["words"])[0, :4]
    assert np.abs(expected - reading.alignment.log_probabilities[1:]).max() < 1e-4


@pytest.mark.parametrize("headline", [None, "storm shuts the court", "47 shuts Zorb"])
def test_candidates_are_the_likeliest_of_the_networks_own_softmax(reader, headline):
    """P(w) of every word by hand, from the state that each row was computed from."""
    text = "Oil prices climb as storm shuts the court"
    reading = reader.read(text, headline=headline)
    found = reading.alignment
    assert [one.text for one in found.candidates[0]] == [
        CLASSES[place] for place in np.argsort(-reading.probabilities)
    ]
    entries, vocabulary = reader.vocabulary.entries, reader.vocabulary
    source = np.array([vocabulary.indices(reading.tokens)], np.int32)
    h, keys, s = (np.asarray(part) for part in reader.network.encoder(source))
    assert np.abs(found.states[0] - s[0]).max() < 1e-6
    embedding = reader._output.T  # (words, width)
    previous = TOPIC + int(reading.probabilities.argmax())
    for place, (output, state) in enumerate(zip(found.outputs[1:], found.states[1:], strict=True)):
        t, alpha, _, gate = (
            np.asarray(part)[0]
            for part in reader.network.step(
                [np.array([previous]), state[None], h, keys, source != words.PAD]
            )
        )
        p_gen = 1 / (1 + np.exp(-gate))
        powers = np.exp(embedding @ t)
        expected = p_gen * powers / powers.sum()
        expected[[words.PAD, START, *range(TOPIC, WORDS), *reader._only_copied]] = 0
        for index in set(source[0]):
            expected[index] = (1 - p_gen) * alpha[source[0] == index].sum()
        if place == 0 and headline is None:
            expected[END] = 0
        order = np.argsort(-expected)[:5]
        told = found.candidates[place + 1]
        assert [one.text.lower() for one in told] == [
            "" if symbol == END else entries[symbol] for symbol in order
        ]
        np.testing.assert_allclose([one.probability for one in told], expected[order], rtol=1e-4)
        (previous,) = vocabulary.indices(vocabulary.tokens(output))


def test_its_own_headline_when_given_back_has_the_same_alignment(reader):
    text = "oil prices climb as storm shuts the court"
    written = reader.read(text).alignment
    again = reader.read(text, headline=" ".join(written.outputs[1:])).alignment
    if all(word in TINY_WORDS for word in written.outputs):
        assert np.abs(written.weights - again.weights).max() < 1e-5
    assert written.outputs[0] == again.outputs[0] in CLASSES


def test_padding_gets_nothing_and_rows_sum_to_one_from_1_to_400_words(reader):
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice([*TINY_WORDS, "zorb"], n)) for n in (1, 2, 16, 100, 256, 400)]
    for text, batched in zip(texts, reader.read_batch(texts), strict=True):
        alone = reader.read(text)
        for reading in (alone, batched):
            assert len(reading.tokens) == min(len(text.split()), 256)
            assert np.abs(reading.alignment.weights.sum(-1) - 1).max() < 1e-5
            assert abs(reading.probabilities.sum() - 1) < 1e-5
            assert reading.truncated == (len(text.split()) > 256)
        assert alone.alignment.outputs == batched.alignment.outputs
        assert np.abs(alone.probabilities - batched.probabilities).max() < 1e-4
        assert np.abs(alone.alignment.weights - batched.alignment.weights).max() < 1e-4


def test_a_pad_gets_exactly_no_weight(reader):
    row = reader.vocabulary.indices(reader.vocabulary.tokens(HEADLINE))
    padded = words.pad([row], len(row) + 30)
    h, keys, s = reader._encode(padded)
    _, alpha, *_ = reader._step(np.array([START], np.int32), s, h, keys, padded != words.PAD)
    assert (alpha[0, len(row) :] == 0).all()
    assert abs(alpha.sum() - 1) < 1e-6


def test_a_copied_word_is_written_as_the_user_wrote_it(reader):
    row = np.array([0.1, 0.6, 0.3], np.float32)
    tokens = tuple(reader.vocabulary.tokens("Oil OIL $47"))
    for entry, written in (("oil", "OIL"), (words.key("$47"), "$47"), ("prices", "prices")):
        assert reader._surface(entry, row, tokens) == written


def test_an_unknown_word_and_a_number_are_written_only_from_the_text(reader):
    never = {reader.vocabulary.entries[index] for index in reader._only_copied}
    assert "[UNK]" in never
    assert never == {"[UNK]", *(word for word in TINY_WORDS if any(map(str.isdigit, word)))}
    reading = reader.read("Zorb 47")
    for written in reading.alignment.outputs[1:]:
        assert written in ("Zorb", "47") or words.key(written) not in never


def test_a_word_that_is_not_its_own_is_copied(tmp_path):
    keys = TINY_WORDS[:4]
    small = reader_of(keys, width=12, units=16, alignment=12, own_words=WORDS + 2)
    text = small._symbols(small.vocabulary.tokens(" ".join([*keys[:3], "zorb", keys[2]])))
    assert text.symbols == [WORDS, WORDS + 1, WORDS + 2, WORDS + 3, WORDS + 2]
    assert text.of(small.vocabulary.tokens(f"zorb {keys[3]} {keys[0]}")) == [
        WORDS + 3,
        words.UNKNOWN,
        WORDS,
    ]
    small.save(tmp_path)
    text = " ".join(keys)
    again = RnnSearchReader.load(tmp_path).read(text)
    assert again.alignment.outputs == small.read(text).alignment.outputs
    forced = small.read(text, headline=f"{keys[0]} {keys[3]}").alignment
    assert forced.outputs[1:] == (keys[0], keys[3])


def test_a_temperature_evens_the_topics_out_wherever_they_are_computed(reader):
    warm = replace(reader.config, temperature=2.0)
    warmed = RnnSearchReader(build(warm), warm, reader.vocabulary)
    warmed.weights.set_weights(reader.weights.get_weights())
    plain, even = (one.classify([HEADLINE])[0] for one in (reader, warmed))
    expected = np.sqrt(plain) / np.sqrt(plain).sum()
    assert np.abs(even - expected).max() < 1e-5
    own = warmed.force_alignment(HEADLINE, warmed.read(HEADLINE).alignment.weights[:1])[0]
    assert np.abs(own - expected).max() < 1e-5


def test_the_topic_alone_is_that_of_the_reading(reader):
    texts = [HEADLINE, "Oil", "the court"]
    expected = [reading.probabilities for reading in reader.read_batch(texts)]
    assert np.abs(reader.classify(texts) - expected).max() < 1e-5


def test_symbols_are_never_written(reader):
    for seed in range(6):
        rng = np.random.default_rng(seed)
        outputs = reader.read(" ".join(rng.choice(TINY_WORDS, 9))).alignment.outputs
        assert outputs[0] in CLASSES
        assert 2 <= len(outputs) <= 13
        assert not {"", *SYMBOLS} & set(outputs[1:])
    assert reader.vocabulary.entries[END] == "<end>"


def test_reading_twice_gives_the_same(reader):
    first, second = reader.read(HEADLINE), reader.read(HEADLINE)
    assert first.alignment.outputs == second.alignment.outputs
    assert np.array_equal(first.alignment.weights, second.alignment.weights)


def test_an_empty_headline_of_ones_own_is_refused(reader):
    with pytest.raises(ValueError, match="nothing to read"):
        reader.read(HEADLINE, headline=" ")


def test_torch_backend_gives_the_same_answers(reader, tmp_path):
    reader.save(tmp_path / "reader")
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    arguments = [tmp_path / "reader", HEADLINE, tmp_path / "answers.npz"]
    command = [sys.executable, "-c", OTHER_BACKEND, *map(str, arguments)]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, timeout=120)
    torch = np.load(tmp_path / "answers.npz")
    reading = reader.read(HEADLINE, headline="storm shuts the court")
    assert np.abs(torch["p"] - reading.probabilities).max() < 1e-4
    assert np.abs(torch["w"] - reading.alignment.weights).max() < 1e-4
    assert np.abs(torch["l"] - reading.alignment.log_probabilities).max() < 1e-4


def test_the_default_sizes_fit_the_repository():
    assert build().forced.count_params() * 4 <= 12e6


def test_the_topic_with_its_own_row_is_its_own_and_with_another_moves(reader):
    reading = reader.read(HEADLINE)
    rows = np.stack([reading.alignment.weights[0], np.eye(len(reading.tokens))[0]])
    own, other = reader.force_alignment(HEADLINE, rows)
    assert np.abs(own - reading.probabilities).max() < 1e-5
    assert np.abs(other - own).max() > 1e-4
    forced = faithfulness.forced_alignment(reader, reading)
    assert len(forced) == 1 + len(reading.tokens)
    assert forced[1] == pytest.approx(other[reading.probabilities.argmax()], abs=1e-6)


def test_gradient_x_input_is_the_slope_of_the_topic(reader):
    found = reader.gradient_x_input(HEADLINE)
    row, step = reader._row(HEADLINE), 1e-3
    winner = reader.read(HEADLINE).probabilities.argmax()
    for place, slope in enumerate(found):
        scale = np.ones((2, len(row)), np.float32)
        scale[:, place] += [-step, step]
        wins = np.asarray(reader.network.scaled([words.pad([row, row], len(row)), scale]))
        expected = (wins[1, winner] - wins[0, winner]) / (2 * step)
        assert slope == pytest.approx(expected, abs=5e-4)
