"""The overview of all readers."""

import json

import pytest

from demo.figures import overview as figures
from demo.figures.theme import Theme
from demo.sentences import say
from tests.conftest import ROOT

pytestmark = pytest.mark.trained
KNOWN = json.loads((ROOT / "assets/known.json").read_text("utf-8"))


@pytest.mark.parametrize("theme", [Theme(), Theme(dark=True, width=390)])
def test_the_overview_has_a_line_a_model_with_a_mark_for_each_kind_of_text(records, theme):
    figure = figures.overview(list(records.values()), KNOWN, theme)
    every = figures.lines(list(records.values()), KNOWN)
    frozen = sum(bool(record.frozen) for record in records.values())
    assert len(every) == len(KNOWN) + len(records) + frozen
    assert figure.layout.meta["names"] == [line.name for line in every]
    shown = {
        (every[row].name, trace.name): share / 100
        for trace in figure.data
        for row, share in zip(trace.y, trace.x, strict=True)
    }
    expected = {
        (name, say(f"models.variants.{variant}")): scores["accuracy"]
        for record in records.values()
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


def test_names_stand_flush_left_beside_the_axis(records):
    figure = figures.overview(list(records.values()), KNOWN, Theme())
    names = [one for one in figure.layout.annotations if one.yref != "paper"]
    assert {(one.x, one.xref, one.xanchor) for one in names} == {(0, "paper", "left")}
    assert [one.y for one in names] == list(range(len(names)))
    assert figure.layout.xaxis.domain[0] > 0.2


def test_the_overview_in_words_has_every_accuracy(records):
    said = figures.overview_in_words(list(records.values()))
    assert f"{100 * records['bert'].test['title']['accuracy']:.2f} % on titles alone" in said
