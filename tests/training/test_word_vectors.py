"""Word vectors to start from, out of the embeddings of an encoder."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from demo.training import word_vectors
from tests import tiny_encoders

ENTRIES = ["", "[UNK]", "oil", "prices", "goal", "play", "bank", "oilplay", "zzz"]


@pytest.fixture
def encoder(tmp_path):
    return tiny_encoders.write(tmp_path / "encoder")


def test_vectors_have_the_shape_and_the_deviation_asked_for_and_no_words_none(encoder):
    vectors = word_vectors.from_encoder(encoder, ENTRIES, 4, 0.3)
    assert vectors.shape == (len(ENTRIES), 4)
    assert vectors.dtype == np.float32
    assert not vectors[:2].any()
    assert vectors[2:].std() == pytest.approx(0.3, rel=1e-5)


def test_principal_components_keep_what_lies_in_as_many_directions():
    rng = np.random.default_rng(2)
    flat = rng.normal(size=(50, 3)) @ rng.normal(size=(3, 10)) + 4
    kept = word_vectors.principal_components(flat, 3)

    def distances(vectors):
        return np.linalg.norm(vectors[:, None] - vectors, axis=-1)

    assert np.allclose(distances(kept), distances(flat))
    assert (np.diff(kept.var(axis=0)) < 0).all()


def unreadable(folder):
    (folder / "model.safetensors").write_bytes(b"no tensors")


def without_weights(folder):
    (folder / "model.safetensors").unlink()


def without_embeddings(folder):
    save_file({"else": np.ones((4, 4), np.float32)}, folder / "model.safetensors")


def short_of_embeddings(folder):
    found = load_file(folder / "model.safetensors")
    save_file(
        {
            name: part[:1] if name.endswith(word_vectors.EMBEDDINGS) else part
            for name, part in found.items()
        },
        folder / "model.safetensors",
    )


def without_tokenizer(folder):
    (folder / "tokenizer.json").unlink()


def broken_tokenizer(folder):
    (folder / "tokenizer.json").write_text("{", "utf-8")


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (unreadable, "holds no one tensor"),
        (without_weights, "holds no one tensor"),
        (without_embeddings, "holds no one tensor"),
        (short_of_embeddings, "do not fit"),
        (without_tokenizer, "holds no tokenizer"),
        (broken_tokenizer, "holds no tokenizer"),
    ],
)
def test_a_folder_without_an_encoder_is_a_sentence(encoder, break_it, sentence):
    break_it(encoder)
    with pytest.raises(ValueError, match=sentence):
        word_vectors.from_encoder(encoder, ENTRIES, 4, 0.3)


def test_more_directions_than_there_are_is_a_sentence(encoder):
    with pytest.raises(ValueError, match="holds no 1000 directions"):
        word_vectors.from_encoder(encoder, ENTRIES, 1000, 0.3)
