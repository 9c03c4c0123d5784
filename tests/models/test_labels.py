"""The labels of an encoder: its config's, its card's, or those that somebody names."""

import json

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from demo.figures import cards
from demo.models import open_reader
from demo.models.base import Card
from demo.models.checkpoint import NAMELESS, UNNAMED
from demo.models.encoder import EncoderReader
from demo.reading import CLASSES
from tests import tiny_encoders
from tests.tiny_encoders import TEXT


def relabel(folder, names):
    """Write other names into config.json, or none."""
    file = folder / "config.json"
    config = json.loads(file.read_text())
    del config["label2id"], config["id2label"]
    if names is None:
        config["num_labels"] = 4
    else:
        pairs = names.items() if isinstance(names, dict) else enumerate(names)
        config["id2label"] = {str(index): name for index, name in pairs}
    file.write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (CLASSES, [0, 1, 2, 3]),
        (("business", "sci/tech", "sports", "world"), [3, 2, 0, 1]),
        (("Sci/Tech", "Business", "Sports", "World"), [3, 2, 1, 0]),
        (("WORLD", "SPORTS", "BUSINESS", "SCI_TECH"), [0, 1, 2, 3]),
        (("Sports", "World", "SciTech", "Business "), [1, 0, 3, 2]),
        (("sci-tech", "'World'", "Business.", "sports"), [1, 3, 2, 0]),
    ],
)
def test_those_of_ag_news_in_another_order_are_put_into_that_of_the_classes(
    plain, copy, names, order
):
    relabel(copy, names)
    reader = EncoderReader.load(copy)
    expected, found = plain.read(TEXT), reader.read(TEXT)
    assert reader.info.note == ""
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


@pytest.mark.parametrize(
    "names",
    [
        ("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"),
        ("label 0", "label 1", "label 2", "label 3"),
        (0, 1, 2, 3),
        None,
    ],
)
def test_labels_without_names_are_said_to_have_none_until_somebody_names_them(plain, copy, names):
    relabel(copy, names)
    reader, named = EncoderReader.load(copy), EncoderReader.load(copy, CLASSES)
    found = reader.read(TEXT)
    assert found.labels == ("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3")
    assert reader.info.note == NAMELESS
    assert named.read(TEXT).labels == CLASSES
    assert named.info.note == UNNAMED.format("World, Sports, Business, Sci/Tech")
    for one in (found, named.read(TEXT)):
        np.testing.assert_array_equal(one.probabilities, plain.read(TEXT).probabilities)
    for one in (reader, named):
        card = cards.verdict(one.read(TEXT), one.info.title, 0, one.info.note)
        assert "Its labels have no names" in card


@pytest.mark.parametrize(
    "names",
    [
        ("joy", "sadness", "anger", "optimism"),
        ("World", "Sports", "Business", "Science"),
        ("LABEL_3", "LABEL_2", "LABEL_1", "LABEL_0"),
        ("1 star", "2 stars", "C++", "C"),
        ("정치", "경제", "사회", "스포츠"),
    ],
)
def test_any_other_names_are_those_of_the_reader(plain, copy, names):
    relabel(copy, names)
    found = EncoderReader.load(copy).read(TEXT)
    assert found.labels == names
    np.testing.assert_array_equal(found.probabilities, plain.read(TEXT).probabilities)


@pytest.mark.parametrize("count", [2, 20, 200])
def test_a_reader_has_two_to_two_hundred_labels(tmp_path, count):
    names = tuple(f"topic {index}" for index in range(count))
    reader = EncoderReader.load(tiny_encoders.write(tmp_path, "roberta", names))
    reading = reader.read(TEXT)
    assert reader.info.labels == reading.labels == names
    assert reading.probabilities.shape == (count,)
    assert abs(reading.probabilities.sum() - 1) < 1e-5
    assert not reader.info.multi_label
    assert ("14 more" in reader.info.about) == (count == 20)


@pytest.mark.parametrize("family", tiny_encoders.FAMILIES)
def test_of_several_labels_each_has_a_probability_of_its_own(tmp_path, family):
    names = ("storm", "oil", "court")
    folder = tiny_encoders.write(tmp_path, family, names, problem_type="multi_label_classification")
    reader = EncoderReader.load(folder)
    assert reader.info.multi_label
    network = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        logits = network(**reader.inputs([reader.encode([TEXT])])).logits
    expected = 1 / (1 + np.exp(-logits[0].numpy()))
    np.testing.assert_allclose(reader.read(TEXT).probabilities, expected, atol=1e-5)
    np.testing.assert_allclose(reader.classify([TEXT])[0], expected, atol=1e-5)
    masks = np.ones((1, 2, 3), np.float32)
    np.testing.assert_allclose(reader.mask_heads(TEXT, masks)[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("a", "b", "b", "c"), "its classes are a, b, b, c: each needs a name of its own"),
        (("", " ", "?", "/"), "each needs a name of its own"),
        (("only",), "gives a single number: a reader has 2 to 200 classes"),
        ({1: "a", 2: "b", 3: "c", 4: "d"}, "numbered 1, 2, 3, 4, not 0, 1, 2, 3"),
        (tuple(map(str, range(1000, 1201))), "it has 201 classes"),
    ],
)
def test_labels_that_nobody_could_tell_apart_are_refused(copy, names, sentence):
    relabel(copy, names)
    with pytest.raises(ValueError, match="holds no readable encoder") as refused:
        EncoderReader.load(copy)
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
@pytest.mark.parametrize("by", ["card", "option"])
def test_a_reader_whose_labels_are_named_has_these(tmp_path, names, labels, note, by):
    folder = tiny_encoders.write(tmp_path / "bert", labels=names)
    if by == "card":
        Card("encoder", "Mine", labels).save(folder)
    opened = open_reader(folder, labels=labels if by == "option" else ())
    found = opened.read(TEXT)
    assert opened.info.labels == found.labels == labels
    assert opened.info.title == ("Mine" if by == "card" else "bert")
    assert note in opened.info.note
    assert bool(note) == bool(opened.info.note)
    network = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        raw = network(**opened.tokenizer(TEXT, return_tensors="pt")).logits.softmax(-1)[0].numpy()
    plain = {name.casefold(): share for name, share in zip(names, raw, strict=True)}
    expected = [plain[label.casefold()] for label in labels] if not note else raw
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    np.testing.assert_allclose(opened.classify([TEXT])[0], found.probabilities, atol=1e-5)


@pytest.mark.parametrize("labels", [("monde", "sport", "économie", "tech"), ("a", "b")])
def test_other_labels_than_the_network_has_are_refused_by_both(copy, labels):
    Card("encoder", "Mine", labels).save(copy)
    with pytest.raises(ValueError, match=f"not .*{', '.join(labels)}"):
        EncoderReader.load(copy)
    (copy / Card.FILE).unlink()
    with pytest.raises(ValueError, match=f"not .*{', '.join(labels)}"):
        open_reader(copy, labels=labels)


def test_labels_of_a_reader_that_is_no_encoder_cannot_be_named(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path)
    with pytest.raises(ValueError, match="holds a transformer, whose labels cannot be named"):
        open_reader(tmp_path, labels=CLASSES)
