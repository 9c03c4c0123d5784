"""Bahdanau's recipe runs from CSV files to a scored reader, on a corpus of a few rows."""

import json
import sys

import keras
import numpy as np
import pytest

from demo.models.encoder_decoder import Config
from demo.models.rnnsearch import RnnSearchReader
from demo.training import evaluate, rnnsearch
from tests import tiny_encoders

pytestmark = pytest.mark.slow
SUBJECTS = (
    "oil storm troops coast",
    "goal match coach league",
    "bank profit shares deal",
    "chip software web phone",
)
QUICK = rnnsearch.Recipe(
    language_epochs=1, writing_epochs=10, peak_rate=0.01, average=0.5, batch=64
)
SMALL = Config(maxlen=16, written=6, width=16, units=48, alignment=32, dropout=0.0)
CUT_OFF = 4  # the third epoch of writing, after one of language and one of every text


class CutOffError(Exception):
    """The machine went away."""


@pytest.fixture
def corpus(tmp_path):
    """A title is two words of its description, and a name that no vocabulary holds."""
    rng = np.random.default_rng(0)
    for name, rows in (("train.csv", 480), ("test.csv", 40)):
        lines = []
        for row in range(rows):
            drawn = rng.permutation(SUBJECTS[row % 4].split())
            name_of_it = "Zorb" + "".join(rng.choice(list("aeioukmrst"), 4))
            title = f"{' '.join(drawn[:2])} {name_of_it}"
            description = f"{' '.join(drawn).capitalize()} {name_of_it} today"
            lines.append(f'"{row % 4 + 1}","{title}","{description}"')
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_the_recipe_goes_on_where_it_was_cut_off_learns_to_copy_and_is_scored(
    corpus, monkeypatch, capsys
):
    trained, base = corpus / "trained", tiny_encoders.write(corpus / "base")
    given = {"vectors": base, "checkpoint": corpus / "kept", "sizes": SMALL}
    begun = []  # the epochs

    def begin(callback, epoch, logs=None):
        begun.append(epoch)
        if begun.count(CUT_OFF) == 1 and epoch == CUT_OFF:
            raise CutOffError

    monkeypatch.setattr(keras.callbacks.BackupAndRestore, "on_epoch_begin", begin)
    with pytest.raises(CutOffError):
        rnnsearch.train(corpus, trained / "rnnsearch", QUICK, **given)
    reader = rnnsearch.train(corpus, trained / "rnnsearch", QUICK, **given)
    assert begun == [*range(CUT_OFF + 1), *range(CUT_OFF, 12)]

    opened = RnnSearchReader.load(trained / "rnnsearch")
    text = "League goal coach match Zorbissa today"
    reading, same = opened.read(text), reader.read(text)
    assert reading.label == "Sports"
    assert np.array_equal(reading.alignment.weights, same.alignment.weights)
    assert "Zorbissa" in reading.alignment.outputs
    place = reading.alignment.outputs.index("Zorbissa")
    assert reading.alignment.copied[place] > 0.99
    assert reading.alignment.weights[place].argmax() == 4
    card = " ".join((trained / "rnnsearch" / "README.md").read_text().split())
    for said in ("guided alignment", "pointer-generator", "hidden in", "cosine"):
        assert said in card

    arguments = ["evaluate", "rnnsearch", "--data", str(corpus), "--trained", str(trained)]
    monkeypatch.setattr(sys, "argv", arguments)
    evaluate.main()
    metrics = json.loads((trained / "rnnsearch" / "metrics.json").read_text())
    for name in evaluate.OF_WRITERS:
        assert metrics["test"][name]["accuracy"] == 1.0
        assert metrics["test"][name]["headlines"]["rouge"]["rouge1"] > 0.4
    assert "description: ROUGE-1" in capsys.readouterr().out
