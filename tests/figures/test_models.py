"""Pictures of the readers' records."""

import json

import numpy as np
import pytest

from demo import load_panel
from demo.figures import models as figures
from demo.figures.theme import Theme
from demo.reading import CLASSES
from demo.sentences import say
from tests.conftest import ROOT, TRAINED

pytestmark = pytest.mark.trained
KNOWN = json.loads((ROOT / "assets/known.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def found():
    return {name: reader.record for name, reader in load_panel(TRAINED).items()}


@pytest.mark.parametrize("theme", [Theme(), Theme(dark=True, width=390)])
def test_the_overview_has_a_line_a_model_with_a_mark_for_each_kind_of_text(found, theme):
    figure = figures.overview(list(found.values()), KNOWN, theme)
    every = figures.lines(list(found.values()), KNOWN)
    frozen = sum(bool(record.frozen) for record in found.values())
    assert len(every) == len(KNOWN) + len(found) + frozen
    assert figure.layout.meta["names"] == [line.name for line in every]
    shown = {
        (every[row].name, trace.name): share / 100
        for trace in figure.data
        for row, share in zip(trace.y, trace.x, strict=True)
    }
    expected = {
        (name, say(f"models.variants.{variant}")): scores["accuracy"]
        for record in found.values()
        for name, tested in (
            (record.info.title, record.test),
            (f"{record.info.title}, frozen", record.frozen),
        )
        for variant, scores in tested.items()
    } | {
        (say(f"models.known.{one['name']}"), say(f"models.variants.{one['variant']}")): one[
            "accuracy"
        ]
        for one in KNOWN
    }
    assert shown == pytest.approx(expected)
    whole = [line.place for line in every]
    assert whole == sorted(whole)


def test_names_stand_flush_left_beside_the_axis(found):
    figure = figures.overview(list(found.values()), KNOWN, Theme())
    names = [one for one in figure.layout.annotations if one.yref != "paper"]
    assert {(one.x, one.xref, one.xanchor) for one in names} == {(0, "paper", "left")}
    assert [one.y for one in names] == list(range(len(names)))
    assert figure.layout.xaxis.domain[0] > 0.2


def test_the_overview_in_words_has_every_accuracy(found):
    said = figures.overview_in_words(list(found.values()))
    assert f"{100 * found['bert'].test['title']['accuracy']:.2f} % on titles alone" in said


def test_the_confusion_matrix_has_the_true_class_down_the_side(found):
    record = found["bert"]
    (trace,) = figures.confusion(record, "title", Theme()).data
    counts = np.array(record.test["title"]["confusion"])
    assert (trace.text == counts).all()
    np.testing.assert_allclose(trace.z.sum(axis=1), 1)
    assert tuple(trace.customdata[3, 2]) == (CLASSES[3], CLASSES[2])
    wrong = counts - np.diag(np.diag(counts))
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    said = figures.confusion_in_words(record, "title")
    assert f"takes {CLASSES[row]} for {CLASSES[column]} ({wrong.max()})" in said


def test_the_reliability_diagram_shows_every_bin_and_the_diagonal(found):
    record = found["rnnsearch"]
    diagonal, bins = figures.reliability(record, "description", Theme(dark=True)).data
    assert list(diagonal.x) == list(diagonal.y)
    of = record.test["description"]["reliability"]
    assert [list(bins.x), list(bins.y)] == [
        [one["confidence"] for one in of],
        [one["accuracy"] for one in of],
    ]
    most = max(range(len(of)), key=lambda place: of[place]["articles"])
    assert bins.marker.size[most] == max(bins.marker.size)


def test_a_card_gives_figures_and_limits(found):
    card = figures.card(found["rnnsearch"], 2)
    headlines = found["rnnsearch"].test["description"]["headlines"]
    assert f"ROUGE-1 {headlines['rouge']['rouge1']:.3f}" in card
    assert "<dt>Limits</dt>" in card
    assert "2,656,097 parameters, 10.7 MB" in card
    assert "Validation" not in card


def test_the_evidence_table_has_a_row_for_every_ranking(found):
    table = figures.evidence(found["bert"])
    assert table.count('scope="row"') == len(found["bert"].rankings)
    mean = found["bert"].rankings["rollout"]["tau"]["mean"]
    assert f"{mean:.3f}" in table
