"""The committed weights: what they promise, and that their scores are theirs."""

import hashlib
import json
import re

import numpy as np
import pytest

from demo.models import READERS, load_panel
from demo.reading import CLASSES
from tests.conftest import ROOT, TRAINED

pytestmark = pytest.mark.trained
TARGETS = {"transformer": {"title_description": 0.92, "title": 0.855}}


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


def metrics_of(name):
    return json.loads((TRAINED / name / "metrics.json").read_text("utf-8"))


def test_every_reader_opens(panel):
    assert list(panel) == [kind.name for kind in READERS]
    assert panel.missing == {}


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.name)
def test_the_scores_are_those_of_the_weights_that_lie_there(panel, kind):
    metrics = metrics_of(kind.name)
    weights = (TRAINED / kind.name / kind.weights_file).read_bytes()
    assert metrics["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert metrics["parameters"] == panel[kind.name].parameters
    for result in metrics["test"].values():
        confusion = np.array(result["confusion"])
        assert result["articles"] == confusion.sum() == 7600
        assert result["accuracy"] == pytest.approx(np.trace(confusion) / 7600, abs=1e-5)


@pytest.mark.parametrize("name", TARGETS)
def test_the_scores_reach_their_targets(name):
    for variant, target in TARGETS[name].items():
        assert metrics_of(name)["test"][variant]["accuracy"] >= target


@pytest.mark.parametrize("name", TARGETS)
def test_readme_prints_the_scores_of_the_files(name):
    row = re.search(rf"^\| `{name}` .*$", (ROOT / "README.md").read_text("utf-8"), re.M).group()
    for result in metrics_of(name)["test"].values():
        assert f"{100 * result['accuracy']:.2f} %" in row


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.name)
def test_clear_headlines_are_read_as_people_read_them(panel, kind):
    headlines = {
        "World": "Rebels attack army post as presidents meet for peace talks in Sudan",
        "Sports": "Coach praises striker after cup final win",
        "Business": "Bank shares fall as quarterly profit misses forecasts",
        "Sci/Tech": "New version of the web browser fixes security holes in software",
    }
    for label, reading in zip(
        CLASSES, panel[kind.name].read_batch([headlines[name] for name in CLASSES]), strict=True
    ):
        assert reading.label == label
        assert reading.probabilities.max() > 0.6


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.name)
def test_batch_and_single_answers_agree_from_1_to_400_words(panel, kind):
    rng = np.random.default_rng(3)
    pool = "oil the the court game chip Bush's $10 zorb 3-1 shares won of to web".split()
    texts = [" ".join(rng.choice(pool, length)) for length in (1, 2, 7, 40, 128, 256, 400)]
    for text, batched in zip(texts, panel[kind.name].read_batch(texts), strict=True):
        alone = panel[kind.name].read(text)
        assert np.abs(alone.probabilities - batched.probabilities).max() < 1e-4
        assert np.abs(alone.attention - batched.attention).max() < 1e-4
        assert np.abs(batched.attention.sum(-1) - 1).max() < 1e-4
        assert all(text[t.start : t.end] == t.text for t in batched.tokens if not t.special)
