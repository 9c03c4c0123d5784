import json
import shutil

import numpy as np
import pytest
import torch
from transformers import BertForSequenceClassification, BertTokenizerFast

from demo.models.bert import MAX_PIECES, BertReader
from tests import tiny_bert

HEADLINE = "Oil prices climb, Zorbs unveil play [SEP] things"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_bert.write(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def reader(folder):
    return BertReader.load(folder)


def test_answers_equal_a_plain_transformers_run(folder, reader):
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    plain = BertForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager"
    ).eval()
    text = "Oil prices climb, play things"
    with torch.no_grad():
        output = plain(**tokenizer(text, return_tensors="pt"), output_attentions=True)
    reading = reader.read(text)
    attention = torch.cat(output.attentions).numpy()
    assert np.abs(reading.attention - attention).max() < 1e-4
    assert np.abs(reading.probabilities - output.logits.softmax(-1)[0].numpy()).max() < 1e-4


@pytest.mark.parametrize(
    "text",
    [
        HEADLINE,
        "Café",
        "e\u0301tude İstanbul ﬁne",
        "نفط \u202e oil",
        "🛢️ oil",
        "!!!",
        "a\x00b",
        "x" * 300,
    ],
)
def test_tokens_stand_where_they_say(reader, text):
    reading = reader.read(text)
    first, *pieces, last = reading.tokens
    assert (first.text, last.text) == ("[CLS]", "[SEP]")
    assert all(token.special and token.start == token.end for token in (first, last))
    assert all(text[t.start : t.end] == t.text and t.text and not t.special for t in pieces)
    assert np.abs(reading.attention.sum(-1) - 1).max() < 1e-5


def test_a_typed_special_token_is_text(reader):
    special = [token for token in reader.read("oil [SEP] [CLS] [PAD] play").tokens if token.special]
    assert len(special) == 2


def test_unknown_pieces_are_marked(reader):
    known = {token.text: token.known for token in reader.read("Oil zorbs").tokens}
    assert known["Oil"]
    assert not known["zorbs"]


@pytest.mark.parametrize("words", [1, 2, 16, 125, 126, 127, 400])
def test_batch_and_single_answers_agree_and_long_texts_are_cut(reader, words):
    text = "oil " * words
    short = reader.read("play things")
    together = reader.read_batch(["play things", text])
    for alone, batched in zip((short, reader.read(text)), together, strict=True):
        assert np.abs(alone.probabilities - batched.probabilities).max() < 1e-4
        assert np.abs(alone.attention - batched.attention).max() < 1e-4
        assert np.abs(batched.attention.sum(-1) - 1).max() < 1e-5
    long = together[1]
    assert len(long.tokens) == min(words + 2, MAX_PIECES)
    assert long.attention.shape == (2, 3, len(long.tokens), len(long.tokens))
    assert long.truncated == (words + 2 > MAX_PIECES)


def test_classifying_gives_the_probabilities_of_the_readings(reader):
    texts = ["oil " * (1 + 7 * number % 50) for number in range(70)]  # more than one pass
    expected = [reading.probabilities for reading in reader.read_batch(texts)]
    assert np.abs(reader.classify(texts) - expected).max() < 1e-4


def test_an_unusable_text_is_refused(reader):
    with pytest.raises(ValueError, match="nothing to read"):
        reader.read_batch(["oil", " "])
    assert reader.read_batch([]) == []


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "bert")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_truncated_file_gets_a_sentence(copy, name):
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="no readable BERT"):
        BertReader.load(copy)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model_type": "gpt2"}, "gpt2 with 4 classes"),
        ({"id2label": {"0": "a", "1": "b"}}, "bert with 2 classes"),
        ({"num_hidden_layers": 3}, "weights do not fit"),
        ({"max_position_embeddings": 64}, "fewer than 128 pieces"),
        ({"vocab_size": 15}, "no readable BERT"),
    ],
)
def test_another_network_is_refused(copy, change, sentence):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ValueError, match=sentence):
        BertReader.load(copy)


def test_a_config_that_is_no_table_is_refused(copy):
    (copy / "config.json").write_text("[]")
    with pytest.raises(ValueError, match="no table of settings"):
        BertReader.load(copy)


def test_a_tokenizer_with_more_pieces_than_the_weights_is_refused(folder, copy):
    network = BertForSequenceClassification.from_pretrained(folder)
    network.config.vocab_size = 15
    BertForSequenceClassification(network.config).save_pretrained(copy)
    with pytest.raises(ValueError, match="more pieces than its weights"):
        BertReader.load(copy)


def test_two_texts_are_read_as_a_sentence_pair(folder):
    reader = BertReader.load(folder)
    reading = reader.read("Oil prices climb", "play [SEP] bank")
    specials = [index for index, token in enumerate(reading.tokens) if token.special]
    assert len(specials) == 3
    assert specials[0] == 0
    assert all(reading.text[t.start : t.end] == t.text for t in reading.tokens if not t.special)
    network = BertForSequenceClassification.from_pretrained(folder, attn_implementation="eager")
    given = reader.tokenizer(
        "Oil prices climb", "play [SEP] bank", split_special_tokens=True, return_tensors="pt"
    )
    with torch.inference_mode():
        expected = network.eval()(**given, output_attentions=True)
    assert np.abs(expected.logits.softmax(-1)[0].numpy() - reading.probabilities).max() < 1e-5
    assert np.abs(expected.attentions[1][0].numpy() - reading.attention[1]).max() < 1e-5
    long = reader.read("oil " * 200, "bank " * 200)
    assert long.truncated
    assert len(long.tokens) <= MAX_PIECES


def test_weights_that_hold_no_numbers_are_refused(folder, copy):
    network = BertForSequenceClassification.from_pretrained(folder)
    network.classifier.weight.data[0, 0] = float("nan")
    network.save_pretrained(copy)
    with pytest.raises(ValueError, match="infinite or undefined"):
        BertReader.load(copy)


def test_masking_no_head_changes_nothing_and_a_whole_layer_is_its_output_zeroed(folder):
    reader = BertReader.load(folder)
    reading = reader.read(HEADLINE)
    masks = np.ones((3, 2, 3), np.float32)
    masks[1, 0], masks[2, 1, 2] = 0, 0
    whole, layer, one = reader.mask_heads(HEADLINE, masks)
    assert np.abs(whole - reading.probabilities).max() < 1e-6
    assert np.abs(one - whole).max() > 1e-7
    dense = reader.network.bert.encoder.layer[0].attention.output.dense
    kept = dense.weight.data.clone()
    dense.weight.data.zero_()
    zeroed = reader.read(HEADLINE).probabilities
    dense.weight.data.copy_(kept)
    assert np.abs(layer - zeroed).max() < 1e-6
    assert np.array_equal(reader.read(HEADLINE).probabilities, reading.probabilities)


def test_gradient_x_input_is_the_slope_of_the_winning_probability(folder):
    reader = BertReader.load(folder)
    winner = reader.read(HEADLINE).probabilities.argmax()
    found = reader.gradient_x_input(HEADLINE)
    given = reader._inputs([reader._encode([HEADLINE])])
    with torch.inference_mode():
        embeddings = reader.network.get_input_embeddings()(given.pop("input_ids"))
        for place in range(embeddings.shape[1]):
            wins = []
            for length in (0.98, 1.02):
                scaled = embeddings.clone()
                scaled[0, place] *= length
                output = reader.network(inputs_embeds=scaled, **given)
                wins.append(output.logits.softmax(-1)[0, winner].item())
            slope = (wins[1] - wins[0]) / 0.04
            assert found[place] == pytest.approx(
                slope, abs=2e-2 * float(np.abs(found).max()) + 1e-5
            )


def test_value_norms_have_a_length_for_each_piece_of_each_head(folder):
    reader = BertReader.load(folder)
    reading, norms = reader.read(HEADLINE), reader.value_norms(HEADLINE)
    assert norms.shape == (2, 3, len(reading.tokens))
    layer = reader.network.bert.encoder.layer[0]
    with torch.inference_mode():
        given = reader._inputs([reader._encode([HEADLINE])])
        x = reader.network.bert.embeddings(given["input_ids"], given["token_type_ids"])
        values = layer.attention.self.value(x)[0, 5]
        only = torch.zeros_like(values)
        only[8:16] = values[8:16]  # head 2 of 3, 8 wide
        passed = only @ layer.attention.output.dense.weight.T
    assert norms[0, 1, 5] == pytest.approx(passed.norm().item(), rel=1e-4)


def test_a_gpu_without_memory_is_left_for_the_processor(folder, caplog):
    reader = BertReader.load(folder)
    before, calls = reader.read("Oil prices climb"), []

    def full_once(*_):
        calls.append(1)
        if len(calls) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")

    reader.network.register_forward_pre_hook(full_once)
    after = reader.read("Oil prices climb")
    assert np.array_equal(after.attention, before.attention)
    assert reader.device.type == "cpu"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "goes on on the processor" in caplog.text
