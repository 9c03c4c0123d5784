"""Folders of a BERT as people have them: their labels, their files, and what is never opened."""

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertForSequenceClassification

from demo.figures import cards
from demo.models import open_reader
from demo.models.base import Card
from demo.models.encoder import EncoderReader
from demo.models.checkpoint import UNNAMED
from demo.reading import CLASSES
from tests import tiny_encoders

TEXT = "Oil prices climb, play things"
IN_ORDER = [0, 1, 2, 3]
NOTE = UNNAMED.format("World, Sports, Business, Sci/Tech")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_encoders.write(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def plain(folder):
    """The folder read with its labels in the order of `CLASSES`."""
    return relabelled(folder, dict(enumerate(CLASSES)))


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "bert")


def relabelled(folder, names):
    """The reader of a folder whose config.json has other names, or none."""
    file = folder / "config.json"
    config = json.loads(file.read_text())
    config.pop("label2id", None)
    if names is None:
        del config["id2label"]
        config["num_labels"] = 4
    else:
        config["id2label"] = {str(index): name for index, name in names.items()}
    file.write_text(json.dumps(config))
    return EncoderReader.load(folder)


@pytest.mark.parametrize(
    ("names", "order", "note"),
    [
        (CLASSES, IN_ORDER, ""),
        (("business", "sci/tech", "sports", "world"), [3, 2, 0, 1], ""),
        (("Sci/Tech", "Business", "Sports", "World"), [3, 2, 1, 0], ""),
        (("WORLD", "SPORTS", "BUSINESS", "SCI_TECH"), IN_ORDER, ""),
        (("Sports", "World", "SciTech", "Business "), [1, 0, 3, 2], ""),
        (("sci-tech", "'World'", "Business.", "sports"), [1, 3, 2, 0], ""),
        (("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"), IN_ORDER, NOTE),
        (("label 0", "label 1", "label 2", "label 3"), IN_ORDER, NOTE),
        ((0, 1, 2, 3), IN_ORDER, NOTE),
        (None, IN_ORDER, NOTE),
    ],
)
def test_labels_in_another_order_are_put_into_that_of_the_classes(plain, copy, names, order, note):
    reader = relabelled(copy, names and dict(enumerate(names)))
    expected, found = plain.read(TEXT), reader.read(TEXT)
    assert reader.info.note == note
    assert reader.info.labels == found.labels == CLASSES
    np.testing.assert_allclose(found.probabilities, expected.probabilities[order], atol=1e-6)
    assert np.unique(expected.probabilities.round(3)).size == 4  # the order can be told
    np.testing.assert_array_equal(found.attention, expected.attention)
    np.testing.assert_allclose(reader.classify([TEXT])[0], found.probabilities, atol=1e-5)
    masks = np.ones((2, 2, 3), np.float32)
    masks[1, 0] = 0
    np.testing.assert_allclose(
        reader.mask_heads(TEXT, masks), plain.mask_heads(TEXT, masks)[:, order], atol=1e-6
    )
    gradient = plain.gradient_x_input(TEXT)  # of the winner, whatever its place
    np.testing.assert_allclose(reader.gradient_x_input(TEXT), gradient, atol=1e-6)
    card = cards.verdict(found, reader.title, 0, reader.info.note)
    assert ("no names: they are taken to be World, Sports" in card) == bool(note)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("joy", "sadness", "anger", "optimism"), "its classes are joy, sadness, anger, optimism"),
        (("World", "Sports", "Business", "Science"), "World, Sports, Business, Science, not World"),
        (("World", "world", "Sports", "Business"), "World, world, Sports, Business"),
        (("LABEL_3", "LABEL_2", "LABEL_1", "LABEL_0"), "LABEL_3, LABEL_2"),
        (("LABEL_0", "Sports", "Business", "Sci/Tech"), "LABEL_0, Sports"),
        (("", " ", "?", "/"), "its classes are"),
        (("monde", "sport", "économie", "tech"), "monde, sport, économie, tech"),
        (("World", "Sports", "Business"), "bert with 3 classes"),
        ((*CLASSES, "Health"), "bert with 5 classes"),
    ],
)
def test_other_labels_are_refused_by_their_names(copy, names, sentence):
    with pytest.raises(ValueError, match="holds no readable encoder") as refused:
        relabelled(copy, dict(enumerate(names)))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("names", "labels", "note"),
    [
        (("joy", "sadness", "anger", "optimism"), ("Joy", "Sadness", "Anger", "Optimism"), ""),
        (("optimism", "joy", "anger", "sadness"), ("joy", "sadness", "anger", "optimism"), ""),
        (("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"), ("a", "b", "c", "d"), "a, b, c, d"),
        (CLASSES, ("Sci/Tech", "World", "Sports", "Business"), ""),
        (("no", "YES"), ("Yes", "No"), ""),
        (tuple("abcdef"), tuple("fedcba"), ""),
    ],
)
def test_a_reader_whose_card_names_its_labels_has_these(copy, names, labels, note):
    network = BertForSequenceClassification.from_pretrained(
        copy, num_labels=len(names), ignore_mismatched_sizes=True
    )
    network.save_pretrained(copy)
    Card("bert", "Mine", labels).save(copy)
    reader = relabelled(copy, dict(enumerate(names)))
    opened = open_reader(copy)
    found = opened.read(TEXT)
    assert opened.info.labels == found.labels == labels
    assert note in reader.note
    assert bool(note) == bool(opened.info.note)
    with torch.inference_mode():
        pieces = reader.tokenizer(TEXT, return_tensors="pt")
        raw = network.eval()(**pieces).logits.softmax(-1)[0].numpy()
    plain = {name.casefold(): share for name, share in zip(names, raw, strict=True)}
    expected = [plain[label.casefold()] for label in labels] if not note else raw
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    np.testing.assert_allclose(opened.classify([TEXT])[0], found.probabilities, atol=1e-5)


def test_a_card_of_other_labels_than_the_network_has_is_refused_by_both(copy):
    Card("bert", "Mine", ("monde", "sport", "économie", "tech")).save(copy)
    with pytest.raises(ValueError, match=r"World, Sports, Business, Sci/Tech, not monde, sport"):
        relabelled(copy, dict(enumerate(CLASSES)))


def test_labels_numbered_from_one_are_refused_since_nobody_knows_which_is_which(copy):
    with pytest.raises(ValueError, match="numbered 1, 2, 3, 4, not 0, 1, 2, 3"):
        relabelled(copy, dict(enumerate(CLASSES, start=1)))


class Trap:
    """A pickle that leaves a file behind where somebody opens it."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize(
    "name",
    [
        "training_args.bin",
        "optimizer.pt",
        "optimizer.bin",
        "scheduler.pt",
        "scaler.pt",
        "rng_state.pth",
        "rng_state_0.pth",
        "pytorch_model.bin",
        "last.ckpt",
        "features.pkl",
    ],
)
def test_what_lies_beside_the_weights_is_never_opened(plain, copy, tmp_path, name):
    mark = tmp_path / "opened"
    (copy / name).write_bytes(pickle.dumps(Trap(mark)))
    reader = relabelled(copy, dict(enumerate(CLASSES)))
    assert not mark.exists()
    np.testing.assert_array_equal(reader.read(TEXT).probabilities, plain.read(TEXT).probabilities)
    pickle.loads((copy / name).read_bytes())
    assert mark.exists()  # the trap works


def shards(folder):
    """Write the weights of a folder again, as several files."""
    network = BertForSequenceClassification.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    network.save_pretrained(folder, max_shard_size="10KB")
    return sorted(folder.glob("model-*.safetensors"))


def vocabulary(folder):
    """Keep the words of a tokenizer alone, as older checkpoints do."""
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(tiny_encoders.PIECES) + "\n")


def vocabulary_without_settings(folder):
    vocabulary(folder)
    (folder / "tokenizer_config.json").unlink()


def halved(folder):
    """Write the weights of a folder again in half precision."""
    network = BertForSequenceClassification.from_pretrained(folder)
    network.half().save_pretrained(folder)


def old_weights_too(folder):
    torch.save({}, folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    "change", [shards, vocabulary, vocabulary_without_settings, halved, old_weights_too]
)
def test_folders_of_other_shapes_are_opened(plain, copy, change):
    change(copy)
    reader = EncoderReader.load(copy)
    expected, found = plain.read(TEXT), reader.read(TEXT)
    assert [token.text for token in found.tokens] == [token.text for token in expected.tokens]
    # names of their own have been given to the labels by nobody in this folder
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=2e-3)


def bin_only(folder):
    network = BertForSequenceClassification.from_pretrained(folder)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def bin_shards_only(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model-00001-of-00002.bin")


def checkpoint_only(folder):
    (folder / "model.safetensors").rename(folder / "last.ckpt")


def trainer_files_only(folder):
    (folder / "model.safetensors").rename(folder / "optimizer.pt")


def no_weights(folder):
    (folder / "model.safetensors").unlink()


def a_shard_short(folder):
    shards(folder)[1].unlink()


def a_list_of_pickles(folder):
    shards(folder)
    file = folder / "model.safetensors.index.json"
    listed = json.loads(file.read_text())
    listed["weight_map"] = dict.fromkeys(listed["weight_map"], "pytorch_model.bin")
    file.write_text(json.dumps(listed))
    (folder / "pytorch_model.bin").write_bytes(b"anything")


def a_list_of_files_elsewhere(folder):
    for shard in shards(folder):
        shard.rename(folder.parent / shard.name)
    file = folder / "model.safetensors.index.json"
    listed = json.loads(file.read_text())
    listed["weight_map"] = {name: f"../{of}" for name, of in listed["weight_map"].items()}
    file.write_text(json.dumps(listed))


def a_damaged_list(folder):
    shards(folder)
    (folder / "model.safetensors.index.json").write_text("[]")


def no_tokenizer(folder):
    (folder / "tokenizer.json").unlink()


def no_config(folder):
    (folder / "config.json").unlink()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (bin_only, "pytorch_model.bin is never opened"),
        (bin_shards_only, "pytorch_model-00001-of-00002.bin is never opened"),
        (checkpoint_only, "last.ckpt is never opened"),
        (trainer_files_only, "model.safetensors is missing: save"),
        (no_weights, "model.safetensors is missing: save"),
        (a_shard_short, "model-00002-of-"),
        (a_list_of_pickles, "names pytorch_model.bin, which is no safetensors file"),
        (a_list_of_files_elsewhere, "which is no safetensors file of this folder"),
        (a_damaged_list, "model.safetensors.index.json is damaged"),
        (no_tokenizer, "tokenizer.json is missing: save the tokenizer"),
        (no_config, "config.json is missing: save the network"),
    ],
)
def test_what_cannot_be_opened_is_to_be_saved_again(copy, change, sentence):
    change(copy)
    with pytest.raises(ValueError, match="again with save_pretrained") as refused:
        EncoderReader.load(copy)
    assert sentence in str(refused.value)
    assert "train" not in str(refused.value).replace("save_pretrained", "")


def test_no_code_of_a_folder_is_run(copy, tmp_path):
    mark = tmp_path / "run"
    (copy / "evil.py").write_text(f"from pathlib import Path\nPath({str(mark)!r}).touch()\n")
    for name in ("config.json", "tokenizer_config.json"):
        settings = json.loads((copy / name).read_text())
        settings["auto_map"] = {
            "AutoTokenizer": ["evil.Evil", "evil.Evil"],
            "AutoModelForSequenceClassification": "evil.Evil",
        }
        (copy / name).write_text(json.dumps(settings))
    EncoderReader.load(copy)
    assert not mark.exists()
    assert AutoTokenizer.from_pretrained(copy, trust_remote_code=False) is not None
