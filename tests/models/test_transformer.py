import json
import os
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest

from demo.models import words
from demo.models.transformer import Config, TransformerReader, build
from tests.conftest import ROOT

HEADLINE = "Oil prices climb as storm shuts the the court"

OTHER_BACKEND = """
import sys, numpy as np, keras, torch
from demo.models.transformer import TransformerReader
assert keras.backend.backend() == "torch"
reader = TransformerReader.load(sys.argv[1])
call, calls = keras.Model.__call__, []
def full_once(*arguments, **named):
    calls.append(1)
    if len(calls) == 1:
        raise torch.OutOfMemoryError
    return call(*arguments, **named)
keras.Model.__call__ = full_once
reading = reader.read(sys.argv[2])
assert len(calls) == 2
np.savez(sys.argv[3], probabilities=reading.probabilities, attention=reading.attention)
"""


def texts_of(lengths):
    rng = np.random.default_rng(1)
    pool = ["oil", "prices", "storm", "unheard", "the", "the", "$10", "Law"]
    return [" ".join(rng.choice(pool, length)) for length in lengths]


@pytest.mark.parametrize(
    ("part", "parameters"),
    [("embedding", 648_192), ("block", 10_656), ("hidden", 660), ("classes", 84)],
)
def test_each_part_has_the_lessons_number_of_parameters(part, parameters):
    network = build()
    assert network.get_layer(part).count_params() == parameters
    assert network.count_params() == 659_592


def test_padding_gets_no_attention_and_changes_nothing(tiny_reader):
    indices = tiny_reader.vocabulary.indices(tiny_reader.vocabulary.tokens(HEADLINE))
    bare = np.array([indices], dtype=np.int32)
    padded = words.pad([indices], len(indices) + 40)
    probabilities, attention = map(np.asarray, tiny_reader.network(bare, training=False))
    with_pads, spread = map(np.asarray, tiny_reader.network(padded, training=False))
    assert np.abs(with_pads - probabilities).max() < 1e-6
    assert (spread[..., len(indices) :] == 0).all()
    assert np.abs(spread[:, :, : len(indices), : len(indices)] - attention).max() < 1e-6


def test_attention_is_softmax_of_scaled_dot_products(tiny_reader):
    """Vaswani et al. (2017), equation 1, computed by hand from the layer's weights."""
    reading = tiny_reader.read(HEADLINE)
    indices = tiny_reader.vocabulary.indices(reading.tokens)
    embedding, block = map(tiny_reader.network.get_layer, ("embedding", "block"))
    table, positions = map(np.asarray, embedding.get_weights())
    x = table[indices] + positions[: len(indices)]
    wq, bq, wk, bk = (np.asarray(w) for w in block.attention.get_weights()[:4])
    query = np.einsum("tw,whd->htd", x, wq) + bq[:, None]
    key = np.einsum("tw,whd->htd", x, wk) + bk[:, None]
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
    expected = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    assert np.abs(reading.attention[0] - expected).max() < 1e-5


def test_rows_sum_to_one_and_no_pad_is_shown_from_1_to_400_words(tiny_reader):
    lengths = [1, 2, 3, 16, 31, 100, 255, 256, 257, 400]
    texts = texts_of(lengths)
    together = tiny_reader.read_batch(texts)
    for text, length, batched in zip(texts, lengths, together, strict=True):
        alone = tiny_reader.read(text)
        for reading in (alone, batched):
            shown = min(length, 256)
            assert len(reading.tokens) == shown
            assert reading.attention.shape == (1, 2, shown, shown)
            assert np.abs(reading.attention.sum(-1) - 1).max() < 1e-5
            assert abs(reading.probabilities.sum() - 1) < 1e-5
            assert reading.truncated == (length > 256)
        assert np.abs(alone.probabilities - batched.probabilities).max() < 1e-4
        assert np.abs(alone.attention - batched.attention).max() < 1e-4


def test_tokens_are_the_users_own_words(tiny_reader):
    text = "  OIL, “unheard” Prices…\n"
    reading = tiny_reader.read(text)
    assert [token.text for token in reading.tokens] == ["OIL", "unheard", "Prices"]
    assert all(text[t.start : t.end] == t.text and not t.special for t in reading.tokens)
    assert [token.known for token in reading.tokens] == [True, False, True]


def test_word_order_matters(tiny_reader):
    forth, back = tiny_reader.read("oil climb storm"), tiny_reader.read("storm climb oil")
    assert np.abs(forth.probabilities - back.probabilities).max() > 1e-7


def test_an_unusable_text_in_a_batch_is_refused(tiny_reader):
    with pytest.raises(ValueError, match="nothing to read"):
        tiny_reader.read_batch(["Oil", " "])
    assert tiny_reader.read_batch([]) == []
    with pytest.raises(ValueError, match="reads one text"):
        tiny_reader.read("Oil", "prices")


def test_torch_backend_gives_the_same_answers_even_when_a_gpu_is_full(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path / "reader")
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    arguments = [tmp_path / "reader", HEADLINE, tmp_path / "answers.npz"]
    command = [sys.executable, "-c", OTHER_BACKEND, *map(str, arguments)]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, timeout=120)
    torch = np.load(tmp_path / "answers.npz")
    reading = tiny_reader.read(HEADLINE)
    assert keras.backend.backend() == "tensorflow"
    assert np.abs(torch["probabilities"] - reading.probabilities).max() < 1e-4
    assert np.abs(torch["attention"] - reading.attention).max() < 1e-4


def test_what_was_saved_reads_the_same(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path)
    opened = TransformerReader.load(tmp_path).read(HEADLINE)
    assert np.array_equal(opened.probabilities, tiny_reader.read(HEADLINE).probabilities)


@pytest.mark.parametrize("name", ["config.json", "vocabulary.txt", "model.weights.h5"])
def test_a_missing_or_damaged_file_is_named(tiny_reader, tmp_path, name):
    tiny_reader.save(tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=str(tmp_path)):
        TransformerReader.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ValueError, match=f"{name} is missing"):
        TransformerReader.load(tmp_path)


def test_weights_of_another_size_are_refused(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"width": 16}))
    with pytest.raises(ValueError, match="no readable transformer"):
        TransformerReader.load(tmp_path)
    shutil.rmtree(tmp_path)


def test_sizes_come_from_the_config():
    assert Config().maxlen == 256
    assert build(Config(vocabulary=10, heads=3)).get_layer("block").sizes["heads"] == 3


def test_masking_no_head_changes_nothing_and_all_equals_no_attention(tiny_reader):
    masks = np.ones((3, 1, 2), np.float32)
    masks[1], masks[2, 0, 0] = 0, 0
    whole, none, one = tiny_reader.mask_heads(HEADLINE, masks)
    reading = tiny_reader.read(HEADLINE)
    assert np.abs(whole - reading.probabilities).max() < 1e-6
    assert np.abs(one - whole).max() > 1e-6
    attention = tiny_reader.network.get_layer("block").attention
    kept = attention.output_dense.get_weights()
    attention.output_dense.set_weights([np.zeros_like(kept[0]), kept[1]])
    try:
        zeroed = tiny_reader.network(
            np.array([tiny_reader.vocabulary.indices(reading.tokens)], np.int32), training=False
        )[0]
    finally:
        attention.output_dense.set_weights(kept)
    assert np.abs(none - np.asarray(zeroed)[0]).max() < 1e-6


def test_value_norms_are_those_of_the_projected_values(tiny_reader):
    reading = tiny_reader.read(HEADLINE)
    embedding, block = map(tiny_reader.network.get_layer, ("embedding", "block"))
    table, positions = map(np.asarray, embedding.get_weights())
    indices = tiny_reader.vocabulary.indices(reading.tokens)
    x = table[indices] + positions[: len(indices)]
    wv, bv = (np.asarray(w) for w in block.attention.get_weights()[4:6])
    wo = np.asarray(block.attention.get_weights()[6])
    values = np.einsum("tw,whd->thd", x, wv) + bv
    expected = np.linalg.norm(np.einsum("thd,hdw->htw", values, wo), axis=-1)
    assert np.abs(tiny_reader.value_norms(HEADLINE)[0] - expected).max() < 1e-5


def test_gradient_x_input_is_the_slope_of_the_winning_probability(tiny_reader):
    found = tiny_reader.gradient_x_input(HEADLINE)
    winner = tiny_reader.read(HEADLINE).probabilities.argmax()
    step = 3e-3
    for place, slope in enumerate(found):
        indices, scale, masks = tiny_reader._variants(HEADLINE, 3)
        scale[:, place] += [-step, 0, step]
        wins = tiny_reader._probe(indices, scale, masks)[0][:, winner]
        lower, upper = sorted(np.diff(wins) / step)  # they differ where a ReLU has its kink
        assert lower - 3e-4 <= slope <= upper + 3e-4
