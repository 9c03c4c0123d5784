"""The atlas as a map, a list, a table and a sentence."""

import json
import re
from dataclasses import replace
from html import unescape
from itertools import pairwise

import numpy as np
import pytest

from demo.analysis.atlas import BEFORE, BROAD, DESKS, HABITS, MARKS, NONE, Atlas
from demo.figures import atlas as figures
from demo.figures.theme import STYLE, Theme, css, habit_style
from demo.reading import CLASSES, ReaderInfo
from tests.figures.test_heads import luminance

EVERY = (*HABITS, DESKS, *(f"desk:{label}" for label in CLASSES))
INFO = ReaderInfo("mine", "Mine", CLASSES, layers=2, heads=3, longest=9, parameters=1)


def atlas_of(*heads, texts=20, cost=None):
    """An atlas of heads, each with its shares, 2 layers of 3; what is even is a twentieth each."""
    shares = np.array([[head.get(habit, 0.0) for habit in EVERY] for head in heads])
    shape = (INFO.layers, INFO.heads)
    half = np.full(shape, 0.5)
    even = np.full(len(EVERY), 0.05)
    return Atlas("mine", texts, EVERY, even, shares.reshape(*shape, -1), half, half, half, cost)


FOUND = atlas_of(
    {BEFORE: 0.9},
    {BEFORE: 0.4, MARKS: 0.5},
    {MARKS: 0.9},
    {"desk:World": 0.5},
    {},
    {BEFORE: 0.3},
)


def test_the_map_has_the_leading_habit_of_each_head_in_its_place_and_its_share():
    (trace,) = figures.habit_map(FOUND, INFO, Theme()).data
    named = [trace.colorbar.ticktext[place] for row in trace.z for place in row]
    assert named == ["before", "before", "marks", "desk words", "no habit", "before"]
    assert [*trace.text[0], *trace.text[1]] == ["90%", "40%", "90%", "50%", "", "30%"]
    assert list(trace.customdata[0][1][:2]) == [1, 2]
    assert "the marks around the text (50%)" in trace.customdata[0][1][2]


@pytest.mark.parametrize("dark", [False, True])
def test_a_cell_has_the_colour_of_its_habit(dark):
    theme = Theme(dark=dark)
    (trace,) = figures.habit_map(FOUND, INFO, theme).data
    count = len(trace.colorbar.tickvals)
    assert (trace.zmin, trace.zmax) == (-0.5, count - 0.5)
    for place, name in enumerate((NONE, DESKS, MARKS, BEFORE)):
        band = trace.colorscale[2 * place : 2 * place + 2]
        assert [end for end, _ in band] == pytest.approx([place / count, (place + 1) / count])
        assert {colour for _, colour in band} == {theme.habit(name)}


def test_the_map_can_be_coloured_by_one_habit():
    (trace,) = figures.habit_map(FOUND, INFO, Theme(), MARKS).data
    np.testing.assert_allclose(trace.z, [[0, 0.5, 0.9], [0, 0, 0]])
    assert trace.zmax == pytest.approx(0.9)


def test_the_table_has_a_row_for_each_head_and_what_was_measured():
    costly = replace(FOUND, cost=np.full((2, 3), 0.25))
    (table,) = figures.habit_map(costly, INFO, Theme()).layout.meta["tables"]
    assert table["rows"][4] == "Layer 2, head 2"
    row = dict(zip(table["columns"], table["values"][1], strict=True))
    assert (row["the word before"], row["the marks around the text"]) == (0.4, 0.5)
    assert row["accuracy lost without it"] == 0.25
    (table,) = figures.habit_map(FOUND, INFO, Theme()).layout.meta["tables"]
    assert "accuracy lost without it" not in table["columns"]


@pytest.mark.parametrize("theme", [Theme(), Theme(width=390)])
@pytest.mark.parametrize(("layers", "heads"), [(1, 2), (6, 12), (12, 16)])
def test_any_number_of_heads_is_drawn(theme, layers, heads):
    count = layers * heads
    shares = np.zeros((layers, heads, len(EVERY)))
    part = np.full((layers, heads), 0.9)
    found = Atlas("mine", 9, EVERY, np.full(len(EVERY), 0.05), shares, part, part, part)
    info = replace(INFO, layers=layers, heads=heads)
    (trace,) = figures.habit_map(found, info, theme).data
    assert np.shape(trace.z) == (layers, heads)
    assert bool(trace.texttemplate) == (heads <= 12 and not theme.phone)
    heads_said = "1 head" if count == 1 else f"{count} heads"
    assert f"everything, almost evenly: {heads_said}" in figures.in_words(found, info)


def test_the_list_counts_the_heads_of_each_habit_and_opens_the_best_first():
    said = str(figures.habit_list(FOUND, INFO, MARKS))
    before, rest = said.split("the word before", 1)[1].split("</li>", 1)
    assert "3 heads" in before
    opened = [json.loads(unescape(asked)) for asked in re.findall('data-opens="(.*?)"', before)]
    assert [(one["set"]["layer"], one["set"]["head"]) for one in opened] == [(0, 0), (0, 1), (1, 2)]
    assert opened[0]["view"] == "heads"
    assert opened[0]["set"]["reader"] == "mine"
    assert 'aria-pressed="true"' in rest.split("the marks around the text")[0]
    assert "No head goes by: the word after, " in said


def test_the_list_of_many_heads_names_the_best_and_counts_the_others():
    shares = np.zeros((1, 12, len(EVERY)))
    shares[..., EVERY.index(BEFORE)] = np.linspace(0.9, 0.4, 12)
    part = np.full((1, 12), 0.5)
    found = Atlas("mine", 9, EVERY, np.full(len(EVERY), 0.05), shares, part, part, part)
    said = figures.habit_list(found, replace(INFO, layers=1, heads=12))
    assert said.count("data-opens") == figures.BEST
    assert f"and {12 - figures.BEST} more" in said
    assert "Head 1 <small>90%</small>" in said


def test_the_picture_is_told_in_words():
    said = figures.in_words(FOUND, INFO)
    assert "Measured on 10 test articles, each read whole and by its title alone." in said
    assert "the word before: 3 heads; the marks around the text: 1 head" in said
    said = figures.in_words(FOUND, INFO, MARKS)
    assert "goes to the marks around the text: most by 1.3 (90%), 1.2 (50%), 1.1 (0%)" in said
    assert "Even attention would give 5%." in said
    quick = figures.in_words(replace(FOUND, quick=True), INFO)
    assert "A quick atlas, made on this page: of 20 example texts" in quick


def test_the_habits_of_a_head_are_said_in_words():
    said = figures.habits(FOUND, 0, 1)
    assert "On 10 articles and their titles, this head looks at the marks" in said
    assert "at the word before (40% of its attention)" in said
    assert "20 example texts" in figures.habits(replace(FOUND, quick=True), 0, 1)
    for habit in (*EVERY, BROAD, NONE):
        assert figures.name_of(habit)
        assert figures.short_name(habit)


def test_what_has_no_atlas_is_told_apart():
    assert "from 200 short example texts" in figures.without(INFO, 200)
    assert "no attention heads" in figures.without(replace(INFO, layers=0, heads=0), 200)


def test_labels_of_a_reader_are_text():
    said = figures.without(replace(INFO, title="<b>Mine</b>"), 200)
    assert "<b>" not in said


@pytest.mark.parametrize("dark", [False, True])
def test_habits_of_one_family_differ_in_lightness_for_those_who_see_no_hues(dark):
    theme = Theme(dark=dark)
    for family in (("before", "after", "near"), ("itself", "same"), ("marks", "broad", "none")):
        light = sorted(luminance(theme.habit(name)) for name in family)
        assert all((more + 0.05) / (less + 0.05) > 1.2 for less, more in pairwise(light))


def test_every_habit_has_a_colour_of_its_own_and_desks_share_one():
    colours = {name: tuple(pair) for name, pair in STYLE["habits"].items()}
    assert set(colours) == {*HABITS, DESKS, BROAD, NONE}
    assert len(set(colours.values())) == len(colours)
    assert habit_style("desk:Sci/Tech") == habit_style(DESKS)
    assert "--habit-before:" in css()
