"""The bars of a sum: where each begins, what is folded, what is out."""

import numpy as np
import pytest

from demo.figures import sums
from demo.figures.theme import STYLE, Theme
from demo.reading import Token


def words_of(count):
    return [Token(f"w{place}", 4 * place, 4 * place + 3) for place in range(count)]


def test_each_bar_begins_where_the_one_before_ends_and_the_last_is_the_whole():
    shares = np.array([1.0, -0.5, 0.25])
    *words, rest, whole = sums.bars(words_of(3), shares, -0.25, 0.5, Theme())
    assert [(one.start, one.value) for one in words] == [(0, 1.0), (1.0, -0.5), (0.5, 0.25)]
    assert (rest.start, rest.value) == (0.75, -0.25)
    assert (whole.start, whole.value) == (0, 0.5)
    assert rest.start + rest.value == pytest.approx(whole.value)
    against, *_, in_favour = STYLE["diverging"][False]
    assert [one.colour for one in words] == [in_favour, against, in_favour]
    assert [one.begins for one in words] == [0, 4, 8]
    assert rest.begins == whole.begins == ""


def test_a_word_that_is_out_keeps_its_place_and_adds_nothing():
    found = sums.bars(words_of(3), np.array([1.0, np.nan, 0.5]), 0.0, 1.5, Theme())
    assert [one.name for one in found[:3]] == ["w0", "(w1)", "w2"]
    assert np.isnan(found[1].value)
    assert found[2].start == 1.0
    (bars,) = sums.picture(found, Theme(), "Title").data
    assert list(bars.text[:3]) == ["+1.00", "", "+0.50"]


@pytest.mark.parametrize("theme", [Theme(), Theme(dark=True, width=390)])
def test_of_more_words_than_are_drawn_those_that_add_least_are_one_bar(theme):
    rng = np.random.default_rng(0)
    shares = rng.normal(size=75)
    found = sums.bars(words_of(75), shares, 0.5, shares.sum() + 0.5, theme)
    assert len(found) == sums.MOST_WORDS + 3
    folded = found[sums.MOST_WORDS]
    assert folded.name == "15 more"
    least = np.sort(np.abs(shares))[:15]
    shown = {one.name for one in found[: sums.MOST_WORDS]}
    gone = [share for place, share in enumerate(shares) if f"w{place}" not in shown]
    assert np.sort(np.abs(gone)) == pytest.approx(least)
    assert folded.value == pytest.approx(sum(gone))
    figure = sums.picture(found, theme, "Title")
    assert figure.layout.meta["names"] == [one.name for one in found]
    assert figure.layout.height > 0
    said = sums.in_words(words_of(75), shares, 0.5, shares.sum() + 0.5, "World")
    assert "Drawn are the 60 words that add most; the other 15 are one bar." in said


def test_the_sum_lies_across_a_screen_and_down_a_phone():
    found = sums.bars(words_of(3), np.array([1.0, -0.5, 0.25]), -0.25, 0.5, Theme())
    (across,) = sums.picture(found, Theme(), "Title").data
    assert list(across.x) == [0, 1, 2, 3, 4]
    assert list(across.y) == [1.0, -0.5, 0.25, -0.25, 0.5]
    (down,) = sums.picture(found, Theme(width=390), "Title").data
    assert down.orientation == "h"
    assert list(down.x) == list(across.y)


def test_the_picked_word_has_a_frame():
    found = sums.bars(words_of(3), np.ones(3), 0.0, 3.0, Theme())
    (bars,) = sums.picture(found, Theme(), "Title", picked=4).data
    assert [bool(width) for width in bars.marker.line.width] == [False, True, False, False, False]
    (bars,) = sums.picture(found, Theme(), "Title").data
    assert not any(bars.marker.line.width)


def test_the_sum_is_said_with_the_words_that_matter_most():
    words = [Token("Oil", 0, 3), Token("<up>", 4, 8), Token("the", 9, 12)]
    said = sums.in_words(words, np.array([1.0, -0.5, 0.001]), -0.25, 0.251, "World")
    assert "The words add +0.50" in said
    assert "biases and marks, -0.25: together +0.25, the logit of World" in said
    assert "Most for World: “Oil” +1.00." in said
    assert "Most against it: “&lt;up&gt;” -0.50." in said
