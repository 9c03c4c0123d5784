"""Pictures of a reader's record."""

import numpy as np
import pytest

from demo.figures import record as figures
from demo.figures.theme import Theme
from demo.reading import CLASSES

pytestmark = pytest.mark.trained


def test_the_confusion_matrix_has_the_true_class_down_the_side(records):
    record = records["bert"]
    (trace,) = figures.confusion(record, "title", Theme()).data
    counts = np.array(record.test["title"]["confusion"])
    assert (trace.text == counts).all()
    np.testing.assert_allclose(trace.z.sum(axis=1), 1)
    assert tuple(trace.customdata[3, 2]) == (CLASSES[3], CLASSES[2])
    wrong = counts - np.diag(np.diag(counts))
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    said = figures.confusion_in_words(record, "title")
    assert f"takes {CLASSES[row]} for {CLASSES[column]} ({wrong.max()})" in said


def test_the_reliability_diagram_shows_every_bin_and_the_diagonal(records):
    record = records["rnnsearch"]
    diagonal, bins = figures.reliability(record, "description", Theme(dark=True)).data
    assert list(diagonal.x) == list(diagonal.y)
    of = record.test["description"]["reliability"]
    assert [list(bins.x), list(bins.y)] == [
        [one["confidence"] for one in of],
        [one["accuracy"] for one in of],
    ]
    most = max(range(len(of)), key=lambda place: of[place]["articles"])
    assert bins.marker.size[most] == max(bins.marker.size)


def test_a_card_gives_figures_and_limits(records):
    card = figures.card(records["rnnsearch"], 2)
    headlines = records["rnnsearch"].test["description"]["headlines"]
    assert f"ROUGE-1 {headlines['rouge']['rouge1']:.3f}" in card
    assert "<dt>Limits</dt>" in card
    assert "2,656,097 parameters, 10.7 MB" in card
    assert "Validation" not in card


def test_the_evidence_table_has_a_row_for_every_ranking(records):
    table = figures.evidence(records["bert"])
    assert table.count('scope="row"') == len(records["bert"].rankings)
    mean = records["bert"].rankings["rollout"]["tau"]["mean"]
    assert f"{mean:.3f}" in table
