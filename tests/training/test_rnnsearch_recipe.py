"""Bahdanau's recipe runs from CSV files to a scored reader, on a corpus of a few rows."""

import json
import sys

import numpy as np
import pytest

from demo.models.encoder_decoder import Config
from demo.models.rnnsearch import RnnSearchReader
from demo.training import evaluate, rnnsearch
from demo.training.headline_batches import Batches
from tests import tiny_bert

SUBJECTS = ("oil prices", "goal play", "bank thing", "chip cafe")
QUICK = rnnsearch.Recipe(
    language_epochs=1, writing_epochs=8, peak_rate=0.01, average=0.5, batch=64, alignment=1.0
)
SMALL = Config(width=16, units=48, alignment=32, dropout=0.0)


class CutOffError(Exception):
    """The machine went away."""


@pytest.fixture
def corpus(tmp_path):
    """A title is three words of its description, and a number that no vocabulary holds."""
    rng = np.random.default_rng(0)
    for name, rows in (("train.csv", 480), ("test.csv", 40)):
        lines = []
        for row in range(rows):
            drawn = rng.choice(SUBJECTS[row % 4].split(), 6)
            name_of_it = "Zorb" + "".join(rng.choice(list("aeioukmrst"), 4))
            title = f"{' '.join(drawn[:3])} {name_of_it}"
            description = f"{' '.join(drawn).capitalize()} {name_of_it} today"
            lines.append(f'"{row % 4 + 1}","{title}","{description}"')
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_the_recipe_goes_on_where_it_was_cut_off_learns_to_copy_and_is_scored(
    corpus, monkeypatch, capsys
):
    trained, base = corpus / "trained", tiny_bert.write(corpus / "base")
    given = {"vectors": base, "checkpoint": corpus / "kept", "sizes": SMALL}
    epochs = 0

    def cut_off(batches):
        nonlocal epochs
        epochs += type(batches) is Batches
        if epochs == 6:
            raise CutOffError
        on_epoch_end(batches)

    on_epoch_end = Batches.on_epoch_end
    with monkeypatch.context() as patch:
        patch.setattr(Batches, "on_epoch_end", cut_off)
        with pytest.raises(CutOffError):
            rnnsearch.train(corpus, trained / "rnnsearch", QUICK, **given)
    before = capsys.readouterr().out
    print(before)
    assert "Epoch 5/10" in before
    assert "Epoch 6/10" not in before
    reader = rnnsearch.train(corpus, trained / "rnnsearch", QUICK, **given)
    after = capsys.readouterr().out
    assert "Epoch 3/10" not in after
    assert "Epoch 10/10" in after

    opened = RnnSearchReader.load(trained / "rnnsearch")
    text = "Goal play goal play Zorbissa today"
    reading, same = opened.read(text), reader.read(text)
    assert reading.label == "Sports"
    assert np.array_equal(reading.alignment.weights, same.alignment.weights)
    assert "Zorbissa" in reading.alignment.outputs
    place = reading.alignment.outputs.index("Zorbissa")
    assert reading.alignment.copied[place] > 0.99
    assert reading.alignment.weights[place].argmax() == 4
    card = (trained / "rnnsearch" / "README.md").read_text()
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
