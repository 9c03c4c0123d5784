"""Pictures of two readings beside each other."""

from dataclasses import replace

import numpy as np
import pytest

from demo.analysis.compare import compare
from demo.figures import compare as figures
from demo.figures.theme import Theme
from demo.reading import CLASSES
from tests.analysis.test_compare import aligned, reading

TITLES = ("First text", "Second text")
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


def with_shares(given, *shares, labels=CLASSES, reader="bert"):
    return replace(given, probabilities=np.float32(shares), labels=tuple(labels), reader=reader)


def test_what_moved_between_texts_is_said_from_the_numbers():
    found = compare(LEFT, with_shares(RIGHT, 0.1, 0.1, 0.7, 0.1))
    said = figures.verdict(found, TITLES)
    assert said == "World becomes Business. What moves most is Business: from 25.0 to 70.0 %."
    assert figures.verdict(compare(LEFT, RIGHT), TITLES).startswith("Both texts are World.")
    same = compare(LEFT, LEFT)
    assert figures.verdict(same, TITLES).startswith("Both texts are the same")
    assert "all differences are 0" in figures.difference_in_words(same, TITLES)


def test_readers_differ_and_nothing_becomes_anything():
    other = with_shares(LEFT, 0.1, 0.1, 0.7, 0.1, reader="transformer")
    said = figures.verdict(compare(LEFT, other), ("BERT", "The transformer"))
    assert said.startswith("BERT says World, The transformer Business. They are furthest apart")
    assert "becomes" not in said
    agreeing = with_shares(LEFT, 0.7, 0.1, 0.1, 0.1, reader="transformer")
    assert figures.verdict(compare(LEFT, agreeing), TITLES).startswith("Both say World.")


def test_readers_with_labels_of_their_own_are_not_subtracted():
    other = with_shares(LEFT, 0.2, 0.8, labels=("good", "bad"), reader="own")
    said = figures.verdict(compare(LEFT, other), ("BERT", "Mine"))
    assert said == "BERT says World, Mine bad."


def test_each_side_has_its_own_words():
    figure = figures.sides(compare(LEFT, RIGHT), TITLES, Theme())
    left, right = figure.layout.meta["matrices"]
    assert left["columns"] == ["Bank", "<b>falls</b>", "after", "rain"]
    assert right["rows"] == ["Bank", "<b>falls</b>", "after", "heavy", "losses"]
    for trace, count in zip(figure.data, (4, 5), strict=True):
        np.testing.assert_array_equal(trace.z, np.eye(count))


def test_where_few_words_match_a_sentence_says_so():
    few = compare(LEFT, reading("Rain falls where nobody owns any bank at all"))
    assert not few.comparable
    said = figures.difference_in_words(few, TITLES)
    assert said.endswith("too few for a difference to be drawn.")
    none = compare(LEFT, reading("Moon probe"))
    assert figures.difference_in_words(none, TITLES).startswith("No word stands on both sides")


def test_one_row_that_is_no_word_has_a_name_of_its_own():
    found = compare(LEFT, aligned(LEFT.text, [0.7, 0.1, 0.1, 0.1]))
    figure = figures.difference(found, Theme())
    assert figure.layout.meta["rows"] == ["received"]
    assert figure.layout.yaxis.ticktext == ("received",)
    assert "“received” at “" in figures.difference_in_words(found, TITLES)
