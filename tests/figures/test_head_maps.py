import json
import re
from html import unescape

import numpy as np
import pytest

from demo.analysis.attribution import Carried
from demo.figures import head_maps
from demo.figures.theme import Theme
from demo.reading import Token

CHANGES = np.array([[-0.2, 0.01], [0.0, -0.0001]])
HEADS = np.array([[0.5, -0.25], [0.001, 0.1]], np.float32)
WORDS = (Token("Oil", 0, 3), Token("up", 4, 6))


def test_the_map_names_heads_and_crosses_the_masked_ones():
    figure = head_maps.ablation_map(CHANGES, "World", {(0, 1)}, Theme())
    (heatmap,) = figure.data
    assert [list(row) for row in heatmap.text] == [["-20.0", "×"], ["+0.0", "+0.0"]]
    assert heatmap.customdata[1][0][:2].tolist() == [2, 1]
    assert heatmap.zmax == -heatmap.zmin == 0.2
    said = head_maps.ablation_in_words(CHANGES, "World")
    assert said.startswith("World without a single head, in points: layer 1, head 1 (-20.0")


def test_what_heads_carry_and_what_passes_by_them_is_said_to_be_the_whole():
    found = Carried(0.6, HEADS)
    figure = head_maps.carried_map(found, {(1, 1)}, Theme(dark=True), "Title")
    (heatmap,) = figure.data
    assert [list(row) for row in heatmap.text] == [["+0.50", "-0.25"], ["+0.00", "×"]]
    assert heatmap.zmax == -heatmap.zmin == 0.5
    assert np.sum(heatmap.z) + found.past == pytest.approx(0.6)
    assert figure.layout.meta["rows"] == ["layer 1", "layer 2"]
    said = head_maps.carried_in_words(found, "World", WORDS, None)
    assert "carry +0.35, +0.25 passes by them: +0.60 for World" in said
    assert "layer 1, head 1 (+0.50); layer 1, head 2 (-0.25); layer 2, head 2 (+0.10)" in said


def test_a_button_picks_each_word_and_one_all_of_them():
    said = head_maps.carried_in_words(Carried(0.6, HEADS), "World", WORDS, 1)
    assert "Of the +0.60 that “up” adds to World" in said
    buttons = re.findall(r"<button.*?</button>", said, re.DOTALL)
    asked = [json.loads(unescape(re.search('data-set="(.*?)"', one)[1])) for one in buttons]
    assert asked == [{"word": ""}, {"word": "0"}, {"word": "4"}]
    assert ['aria-pressed="true"' in one for one in buttons] == [False, False, True]


def test_the_check_counts_the_heads_that_both_maps_name():
    assert "heads that carry most" not in head_maps.ablation_in_words(CHANGES, "World")
    said = head_maps.ablation_in_words(CHANGES, "World", Carried(0.6, HEADS))
    assert (
        "Of the 1 heads that carry most, 1 are among the 1 that cost most (by chance 0.2)" in said
    )
