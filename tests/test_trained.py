"""The committed weights: what they promise, and that their scores are theirs."""

import hashlib
import json
import re

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertForSequenceClassification

from demo import load_panel
from demo.reading import CLASSES
from demo.serving.panel import reader_folders
from demo.training import evidence
from tests import gpu
from tests.conftest import ROOT, TRAINED

pytestmark = pytest.mark.trained
# A little below what the committed weights reached; of titles, what is asked of them.
FLOORS = {
    "transformer": {"title_description": 0.918, "title": 0.875},
    "bert": {"title_description": 0.937, "title": 0.892},
    "rnnsearch": {"title_description": 0.918, "title": 0.86},
}
CALIBRATION_ERROR = 0.025

NAMES = [folder.name for folder in sorted(TRAINED.iterdir())]


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


def metrics_of(name):
    return json.loads((TRAINED / name / "metrics.json").read_text("utf-8"))


def test_every_reader_opens(panel):
    assert sorted(panel) == NAMES
    assert panel.missing == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_scores_are_those_of_the_weights_that_lie_there(panel, name):
    metrics = metrics_of(name)
    weights = (TRAINED / name / metrics["weights"]).read_bytes()
    assert metrics["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert metrics["parameters"] == panel[name].info.parameters
    for result in metrics["test"].values():
        confusion = np.array(result["confusion"])
        assert result["articles"] == confusion.sum() == 7600
        assert result["accuracy"] == pytest.approx(np.trace(confusion) / 7600, abs=1e-5)


@pytest.mark.parametrize("name", FLOORS)
def test_the_scores_do_not_fall_below_their_floors(name):
    for variant, floor in FLOORS[name].items():
        found = metrics_of(name)["test"][variant]
        assert found["accuracy"] >= floor
        assert found["expected_calibration_error"] <= CALIBRATION_ERROR


def test_headlines_beat_the_first_words_and_look_where_they_copy():
    headlines = metrics_of("rnnsearch")["test"]["description"]["headlines"]
    for name, reached in headlines["rouge"].items():
        assert reached >= 1.25 * headlines["rouge_of_first_words"][name]
    assert headlines["alignment"]["accuracy"] >= 0.95
    assert headlines["alignment"]["weight"] >= 0.5
    assert headlines["opposites"] < 0.01


@pytest.mark.parametrize("name", FLOORS)
def test_readme_prints_the_scores_of_the_files(name):
    row = re.search(rf"^\| `{name}` .*$", (ROOT / "README.md").read_text("utf-8"), re.M).group()
    for variant in FLOORS[name]:
        assert f"{100 * metrics_of(name)['test'][variant]['accuracy']:.2f} %" in row


@pytest.mark.parametrize("name", FLOORS)
def test_readme_prints_the_evidence_of_the_files(name):
    found = json.loads((TRAINED / name / "evidence.json").read_text("utf-8"))
    assert found["articles"] == 500
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert [row for row in evidence.rows(found) if row not in lines] == []


@pytest.mark.parametrize("name", NAMES)
def test_clear_headlines_are_read_as_people_read_them(panel, name):
    headlines = {
        "World": "Rebels attack army post as presidents meet for peace talks in Sudan",
        "Sports": "Coach praises striker after cup final win",
        "Business": "Bank shares fall as quarterly profit misses forecasts",
        "Sci/Tech": "New version of the web browser fixes security holes in software",
    }
    readings = panel[name].read_batch([headlines[label] for label in CLASSES])
    for label, reading in zip(CLASSES, readings, strict=True):
        assert reading.label == label
        assert reading.probabilities.max() > 0.6


@pytest.mark.parametrize("name", NAMES)
def test_batch_and_single_answers_agree_from_1_to_400_words(panel, name):
    rng = np.random.default_rng(3)
    pool = "oil the the court game chip Bush's $10 zorb 3-1 shares won of to web".split()
    texts = [" ".join(rng.choice(pool, length)) for length in (1, 2, 7, 40, 128, 256, 400)]
    for text, batched in zip(texts, panel[name].read_batch(texts), strict=True):
        alone = panel[name].read(text)
        assert np.abs(alone.probabilities - batched.probabilities).max() < 1e-4
        for one, other in weights_of(alone, batched):
            assert np.abs(one - other).max() < 1e-4
            assert np.abs(other.sum(-1) - 1).max() < 1e-4
        assert all(text[t.start : t.end] == t.text for t in batched.tokens if not t.special)


def weights_of(*readings):
    """The weights of some readings side by side, for each kind that they have."""
    if readings[0].attention is not None:
        yield tuple(reading.attention for reading in readings)
    if readings[0].alignment is not None:
        yield tuple(reading.alignment.weights for reading in readings)


def test_bert_reads_as_a_plain_eager_run_of_its_folder_does(panel):
    folder = TRAINED / "bert"
    network = BertForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text in ("Oil prices climb", "Bush's visit to Zorb " * 12):
        reading = panel["bert"].read(text)
        with torch.inference_mode():
            plain = network(**tokenizer(text, return_tensors="pt"), output_attentions=True)
        assert np.abs(plain.logits.softmax(-1)[0].numpy() - reading.probabilities).max() < 1e-4
        attention = torch.stack(plain.attentions)[:, 0].numpy()
        assert np.abs(attention - reading.attention).max() < 1e-4


@pytest.mark.slow
def test_keras_on_pytorch_answers_as_on_tensorflow():
    """As it computes on a GPU; of a GPU itself, `python -m tests.gpu` tells."""
    folders = reader_folders(TRAINED)
    torch_, tensorflow = (gpu.on_processor(name, folders) for name in ("torch", "tensorflow"))
    far = {name: torch_[name].furthest(tensorflow[name]) for name in torch_}
    assert sorted(far) == NAMES
    assert max(far.values()) < gpu.ALLOWED
