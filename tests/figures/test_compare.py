"""Pictures of two readings beside each other."""

import numpy as np
import pytest

from demo.analysis.compare import compare
from demo.figures import compare as figures
from demo.figures.theme import Theme
from tests.analysis.test_compare import aligned, reading

LEFT = reading("Bank <b>falls</b> after rain", np.eye(4)[None, None])
RIGHT = reading("Bank <b>falls</b> after heavy losses", np.eye(5)[None, None])


@pytest.mark.parametrize("theme", [Theme(), Theme(dark=True, width=390)])
def test_the_difference_is_on_a_scale_around_zero(theme):
    found = compare(LEFT, RIGHT)
    figure = figures.difference(found, theme, "Title")
    (trace,) = figure.data
    np.testing.assert_array_equal(trace.z, found.difference)
    assert trace.zmin == -trace.zmax
    assert np.isnan(trace.z).any()
    assert figure.layout.meta["rows"] == list(found.names)
    assert figure.layout.meta["title"] == "Title"
    assert "<b>" not in "".join(map(str, figure.layout.xaxis.ticktext))
    assert list(trace.customdata[0, 0]) == ["Bank", "Bank", "1.000", "1.000"]


def test_both_sides_share_one_range_and_have_their_readers_colours():
    found = compare(LEFT, aligned("Bank falls", [0.9, 0.1]))
    left, right = figures.sides(
        found, ["BERT", "Bahdanau"], Theme(readers=("bert", "rnnsearch"))
    ).data
    assert (left.zmin, left.zmax) == (right.zmin, right.zmax)
    assert left.zmax == pytest.approx(0.9)
    assert left.colorscale != right.colorscale


def test_changed_words_are_marked_and_markup_is_text():
    shown = figures.words(compare(LEFT, RIGHT), ["Left", "Right"], Theme())
    assert "<b>falls" not in shown
    marked = [part.split(">")[1].split("<")[0] for part in shown.split('word marked"')[1:]]
    assert marked == ["rain", "heavy", "losses"]
    assert "Left: World 25.0 %" in shown


def test_what_moved_is_said_from_the_numbers():
    found = compare(LEFT, RIGHT)
    found.readings[1].probabilities[:] = [0.1, 0.1, 0.7, 0.1]
    try:
        said = figures.verdict(found)
        assert said == "World becomes Business. What moves most is Business: +45.0 points."
    finally:
        found.readings[1].probabilities[:] = 0.25
    assert figures.verdict(compare(LEFT, LEFT)).startswith("Both texts are the same")
    assert "all differences are 0" in figures.difference_in_words(compare(LEFT, LEFT))


def test_one_row_that_is_no_word_has_a_name_of_its_own():
    found = compare(LEFT, aligned("Bank falls", [0.9, 0.1]))
    figure = figures.difference(found, Theme())
    assert figure.layout.meta["rows"] == ["received"]
    assert figure.layout.yaxis.ticktext == ("received",)
    assert "“received” at “" in figures.difference_in_words(found)
