"""Tiny networks of every family: their readings beside plain transformers, and their abilities."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from demo.analysis.attention import whole_words
from demo.mending import mend
from demo.models.encoder import MAX_PIECES, EncoderReader
from demo.models.families import FAMILIES
from demo.models.recorder import Recorder
from tests import tiny_encoders

HEADLINE = "Oil prices climb, Zorbs unveil play [SEP] things"
PROJECTIONS = {  # of the first layer, named by hand: what takes the heads' values to its output
    "distilbert": "distilbert.transformer.layer.0.attention.out_lin",
    "albert": "albert.encoder.albert_layer_groups.0.albert_layers.0.attention.dense",
    "mpnet": "mpnet.encoder.layer.0.attention.attn.o",
    "modernbert": "model.layers.0.attn.Wo",
    "deberta-v2": "deberta.encoder.layer.0.attention.output.dense",
}
TEXTS = (
    HEADLINE,
    "Café",
    "e\u0301tude İstanbul ﬁne",
    "نفط \u202e oil",
    "🛢️ oil 👩‍🚀🇰🇷",
    "東京の株 코스피 上涨",
    "की कीमत e\u0323\u0301x",
    "https://example.org/oil?a=b_c&d=é#oil",
    "!!!",
    "a\x00b",
    "x" * 300,
    "  oil \n\t prices  ",
    "<s> [CLS] </s></s> <pad> <mask> [MASK] ▁oil Ġoil",
)


@pytest.fixture(scope="module", params=tiny_encoders.FAMILIES)
def folder(request, tmp_path_factory):
    return tiny_encoders.write(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def reader(folder):
    return EncoderReader.load(folder)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return EncoderReader.load(tiny_encoders.write(tmp_path_factory.mktemp("bert")))


@pytest.fixture(scope="module")
def plain(folder):
    """The network and the tokenizer as transformers opens them."""
    network = AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager"
    )
    return network.eval(), AutoTokenizer.from_pretrained(folder)


def answer_of(plain, *texts):
    """Probabilities and attention of a text, or of a pair, by transformers alone."""
    network, tokenizer = plain
    given = tokenizer(
        *(mend(text).text for text in texts),
        truncation=True,
        max_length=MAX_PIECES,
        split_special_tokens=True,
        return_token_type_ids=getattr(network.config, "type_vocab_size", 0) > 1,
        return_tensors="pt",
    )
    with torch.inference_mode():
        output = network(**given, output_attentions=True)
    return output.logits.softmax(-1)[0].numpy(), torch.cat(output.attentions).numpy()


def test_the_writer_knows_every_family():
    assert sorted(tiny_encoders.FAMILIES) == sorted(FAMILIES)


@pytest.mark.parametrize("words", [1, 2, 16, 100, 300])
def test_answers_equal_a_plain_transformers_run_alone_and_in_a_batch(reader, plain, words):
    text = " ".join(("Oil prices climb, the bank plays ,".split() * 50)[:words])
    probabilities, attention = answer_of(plain, text)
    texts = ["play things", text, "oil " * 7]
    for reading in (reader.read(text), reader.read_batch(texts)[1]):
        assert np.abs(reading.probabilities - probabilities).max() < 1e-4
        assert np.abs(reading.attention - attention).max() < 1e-4
        assert reading.truncated == (len(reading.tokens) == MAX_PIECES)
    assert np.abs(reader.classify(texts)[1] - probabilities).max() < 1e-4


def test_two_texts_are_read_as_the_tokenizer_pairs_them(reader, plain):
    for texts in (("Oil prices climb", "play bank"), ("oil " * 200, "bank")):
        probabilities, attention = answer_of(plain, *texts)
        reading = reader.read(*texts)
        assert np.abs(reading.probabilities - probabilities).max() < 1e-4
        assert np.abs(reading.attention - attention).max() < 1e-4
        assert all(reading.text[t.start : t.end] == t.text for t in reading.tokens if not t.special)
        assert reading.truncated == (len(texts[0]) > 200)
        second = [t for t in reading.tokens if t.start > len(texts[0])]
        assert second[0].text.startswith(texts[1][0])


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_stand_where_they_say(reader, text):
    reading = reader.read(text)
    first, *pieces, last = reading.tokens
    assert (first.text, last.text) == (reader.tokenizer.cls_token, reader.tokenizer.sep_token)
    assert all(token.special and token.start == token.end for token in (first, last))
    end = 0
    for token in pieces:
        assert not token.special
        assert token.text == text[token.start : token.end] == token.text.strip()
        assert token.text or token.as_read == "▁"
        assert token.start >= end or token.end == end  # bytes of one character share its place
        end = token.end
    missed = set(range(len(text))) - {i for t in pieces for i in range(t.start, t.end)}
    unseen = "".join(text[place] for place in sorted(missed) if not text[place].isspace())
    assert reading.truncated or not any(map(str.isprintable, unseen))
    assert np.abs(reading.attention.sum(-1) - 1).max() < 1e-5


def test_a_typed_special_token_is_text(reader):
    tokenizer = reader.tokenizer
    typed = " ".join(token for token in tokenizer.all_special_tokens if "unk" not in token.lower())
    encoded = reader.encode([f"oil {typed} play"])
    special = [index for index in encoded.ids if index in reader.encode.specials]
    assert special == [tokenizer.cls_token_id, tokenizer.sep_token_id]
    assert sum(token.special for token in encoded.tokens) == 2


def test_pieces_of_one_word_are_one_word(reader):
    words = [word.text for word, _ in whole_words(reader.read("Oil 🙂 東京 prices").tokens)]
    assert "".join(words[1:-1]) == "Oil🙂東京prices"
    assert {"Oil", "🙂", "prices"} <= set(words)


def test_masking_no_head_changes_nothing_and_a_whole_layer_is_its_output_zeroed(reader, folder):
    reading = reader.read(HEADLINE)
    masks = np.ones((3, 2, 3), np.float32)
    masks[1, 0], masks[2, 1, 2] = 0, 0
    whole, layer, one = reader.mask_heads(HEADLINE, masks)
    assert np.abs(whole - reading.probabilities).max() < 1e-6
    assert np.abs(one - whole).max() > 1e-7
    family = reader.network.config.model_type
    usual = f"{reader.network.base_model_prefix}.encoder.layer.0.attention.output.dense"
    projection, calls = reader.network.get_submodule(PROJECTIONS.get(family, usual)), []

    def zero_once(module, inputs, output):  # ALBERT's layers share one module
        calls.append(module)
        bias = 0 if module.bias is None else module.bias
        return torch.zeros_like(output) + bias if len(calls) == 1 else output

    hook = projection.register_forward_hook(zero_once)
    zeroed = reader.read(HEADLINE).probabilities
    hook.remove()
    assert np.abs(layer - zeroed).max() < 1e-6
    assert np.array_equal(reader.read(HEADLINE).probabilities, reading.probabilities)


@torch.inference_mode()
def test_heads_outputs_add_up_to_that_of_the_projection(reader):
    inputs, given_on = reader.inputs([reader.encode([HEADLINE])]), []
    with Recorder(details=True) as recorder:
        reader.network(**inputs)
    projections = dict.fromkeys(layer.projection for layer in recorder.layers)
    hooks = [  # one for both layers of ALBERT
        projection.register_forward_hook(lambda *given: given_on.append(given[2]))
        for projection in projections
    ]
    reader.network(**inputs)
    for hook in hooks:
        hook.remove()
    for layer, expected in zip(recorder.layers, given_on, strict=True):
        bias = 0 if layer.projection.bias is None else layer.projection.bias
        assert torch.allclose(layer.outputs().sum(1) + bias, expected, atol=1e-4)
        assert torch.allclose(layer.weights, layer.scores.softmax(-1), atol=1e-6)
        assert torch.allclose(layer.mixed, layer.weights @ layer.values, atol=1e-6)


def test_value_norms_are_those_of_one_value_passed_on_alone(reader):
    reading, norms = reader.read(HEADLINE), reader.value_norms(HEADLINE)
    assert norms.shape == (2, 3, len(reading.tokens))
    with torch.inference_mode(), Recorder(details=True) as recorder:
        reader.network(**reader.inputs([reader.encode([HEADLINE])]))
        layer = recorder.layers[1]
        only = torch.zeros(24)
        only[8:16] = layer.values[0, 1, 5]  # of head 2 of 3, 8 wide
        passed = only @ layer.projection.weight.T
    assert norms[1, 1, 5] == pytest.approx(passed.norm().item(), rel=1e-4)


def test_gradient_x_input_is_the_slope_of_the_winning_probability(reader):
    winner = reader.read(HEADLINE).probabilities.argmax()
    found = reader.gradient_x_input(HEADLINE)
    given = reader.inputs([reader.encode([HEADLINE])])
    with torch.inference_mode():
        embeddings = reader.network.get_input_embeddings()(given.pop("input_ids"))
        for place in range(0, embeddings.shape[1], 3):
            wins = []
            for length in (0.98, 1.02):
                scaled = embeddings.clone()
                scaled[0, place] *= length
                output = reader.network(inputs_embeds=scaled, **given)
                wins.append(output.logits.softmax(-1)[0, winner].item())
            slope = (wins[1] - wins[0]) / 0.04
            close = pytest.approx(slope, abs=2e-2 * float(np.abs(found).max()) + 1e-5)
            assert found[place] == close


def test_weights_that_are_held_let_no_gradient_through(reader):
    inputs = reader.inputs([reader.encode([HEADLINE])])
    embeddings = reader.network.get_input_embeddings()(inputs.pop("input_ids"))
    slopes = {}
    for constant in (False, True):
        hold = torch.Tensor.detach if constant else None
        with Recorder(details=True, hold=hold) as recorder:
            logits = reader.network(inputs_embeds=embeddings, **inputs).logits
        last = recorder.layers[-1]
        (slopes[constant],) = torch.autograd.grad(logits[0, 0], last.queries, allow_unused=True)
    assert slopes[False] is not None
    assert slopes[True] is None


def test_passes_of_two_threads_do_not_meet_in_one_recorder(bert):
    with ThreadPoolExecutor(4) as pool:
        texts = [f"oil {'play ' * (index % 5)}" for index in range(40)]
        readings = list(pool.map(bert.read, texts))
    for text, reading in zip(texts, readings, strict=True):
        assert np.array_equal(reading.attention, bert.read(text).attention)


def test_unknown_pieces_are_marked(bert):
    known = {token.text: token.known for token in bert.read("Oil zorbs").tokens}
    assert known["Oil"]
    assert not known["zorbs"]


def test_a_tokenizer_that_spells_every_word_counts_none(reader):
    counts = reader.read("Oil zorbs").words
    assert counts == (2 if reader.network.config.model_type in tiny_encoders.WORD_PIECE else 0)


def test_classifying_gives_the_probabilities_of_the_readings(bert):
    texts = ["oil " * (1 + 7 * number % 50) for number in range(70)]  # more than one pass
    expected = [reading.probabilities for reading in bert.read_batch(texts)]
    assert np.abs(bert.classify(texts) - expected).max() < 1e-4


def test_an_unusable_text_is_refused(bert):
    with pytest.raises(ValueError, match="nothing to read"):
        bert.read_batch(["oil", " "])
    assert bert.read_batch([]) == []


def test_a_gpu_without_memory_is_left_for_the_processor(tmp_path, caplog):
    reader = EncoderReader.load(tiny_encoders.write(tmp_path))
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
