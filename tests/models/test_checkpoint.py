"""Folders of an encoder as people have them: their files, what is never opened, what is refused."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from demo.models.encoder import EncoderReader
from demo.models.hub import OLD_WEIGHTS
from tests import tiny_encoders
from tests.tiny_encoders import TEXT


def network_of(folder):
    return AutoModelForSequenceClassification.from_pretrained(folder)


def reconfigured(folder, change, name="config.json"):
    """Change the settings in a folder."""
    settings = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(settings | change))


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
    reader = EncoderReader.load(copy)
    assert not mark.exists()
    np.testing.assert_array_equal(reader.read(TEXT).probabilities, plain.read(TEXT).probabilities)
    pickle.loads((copy / name).read_bytes())
    assert mark.exists()  # the trap works


def shards(folder):
    """Write the weights of a folder again, as several files."""
    network = network_of(folder)
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
    network = network_of(folder)
    network.half().save_pretrained(folder)


def padding_switched_on(folder):
    """As a tokenizer.json is saved that was used in a batch; and it cuts texts, too."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.backend_tokenizer.enable_padding(length=64, pad_token="[PAD]")
    tokenizer.backend_tokenizer.enable_truncation(3)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))


def old_weights_too(folder):
    torch.save({}, folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    "change",
    [
        *(shards, vocabulary, vocabulary_without_settings, halved),
        *(padding_switched_on, old_weights_too),
    ],
)
def test_folders_of_other_shapes_are_opened(plain, copy, change):
    change(copy)
    reader = EncoderReader.load(copy)
    expected, found = plain.read(TEXT), reader.read(TEXT)
    assert [token.text for token in found.tokens] == [token.text for token in expected.tokens]
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=2e-3)


def bin_only(folder):
    network = network_of(folder)
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


def test_old_weights_are_refused_with_the_command_that_converts_them(copy):
    bin_only(copy)
    with pytest.raises(ValueError, match="never opened, since it may run code") as refused:
        EncoderReader.load(copy)
    said = str(refused.value)
    assert "\n" not in said
    (code,) = said.split('"')[1::2]
    exec(code)  # what the command runs
    assert EncoderReader.load(copy).read(TEXT).truncated is False
    assert (copy / OLD_WEIGHTS).is_file()


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


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_truncated_file_gets_a_sentence(copy, name):
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="no readable encoder"):
        EncoderReader.load(copy)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model_type": "gpt2"}, "config.json says gpt2: the encoders are BERT, DistilBERT,"),
        ({"model_type": None}, "config.json says nothing of its kind"),
        ({"architectures": ["BertForMaskedLM"]}, "BertForMaskedLM, which puts no text into a"),
        ({"architectures": ["BertForTokenClassification"]}, "which puts no text into a class"),
        ({"num_hidden_layers": 3}, "weights do not fit"),
        ({"max_position_embeddings": 8}, "its weights do not fit"),
        ({"id2label": {"0": "a", "1": "b"}}, "its weights do not fit"),
        ({"pad_token_id": 3}, "its tokenizer is another network's: it pads with piece 0"),
        ({"vocab_size": 15}, "no readable encoder"),
    ],
)
def test_another_network_is_refused(copy, change, sentence):
    reconfigured(copy, change)
    with pytest.raises(ValueError, match="holds no readable encoder") as refused:
        EncoderReader.load(copy)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_config_that_is_no_table_is_refused(copy):
    (copy / "config.json").write_text("[]")
    with pytest.raises(ValueError, match="no table of settings"):
        EncoderReader.load(copy)


@pytest.mark.parametrize("family", tiny_encoders.FAMILIES)
def test_an_encoder_without_a_head_is_refused(tmp_path, family):
    folder = tiny_encoders.write(tmp_path, family, head=False)
    with pytest.raises(ValueError, match=r"says \w+Model, which puts no text into a class"):
        EncoderReader.load(folder)
    reconfigured(folder, {"architectures": None})
    with pytest.raises(ValueError, match="its weights have no head of classes"):
        EncoderReader.load(folder)


def test_a_network_that_reads_a_few_pieces_alone_reads_these(tmp_path):
    for length, sentence in ((40, ""), (8, "it reads fewer than 16 pieces")):
        folder = tiny_encoders.write(tmp_path / str(length), max_position_embeddings=length)
        if sentence:
            with pytest.raises(ValueError, match=sentence):
                EncoderReader.load(folder)
            continue
        reader = EncoderReader.load(folder)
        reading = reader.read("oil " * 100)
        assert reader.info.longest == len(reading.tokens) == length
        assert reading.truncated


def test_a_tokenizer_with_more_pieces_than_the_weights_is_refused(folder, copy):
    network = network_of(folder)
    network.config.vocab_size = 15
    AutoModelForSequenceClassification.from_config(network.config).save_pretrained(copy)
    with pytest.raises(ValueError, match="more pieces than its weights"):
        EncoderReader.load(copy)


def test_weights_that_hold_no_numbers_are_refused(folder, copy):
    network = network_of(folder)
    network.classifier.weight.data[0, 0] = float("nan")
    network.save_pretrained(copy)
    with pytest.raises(ValueError, match="infinite or undefined"):
        EncoderReader.load(copy)
