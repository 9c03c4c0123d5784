import html
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from demo.analysis.faithfulness import ATTENTION, LEAVE_ONE_OUT, RANDOM, UNIFORM, Evidence, Scores
from demo.analysis.flips import Flip
from demo.figures import evidence as figures
from demo.figures.theme import Theme, tint
from demo.reading import Reading, Token

TEXT = "Oil <b>up</b>, bank down"
SPANS = [("Oil", 0), ("b", 5), ("up", 7), ("b", 11), ("bank", 15), ("down", 20)]


@pytest.fixture
def found():
    words = tuple(Token(word, start, start + len(word)) for word, start in SPANS)
    reading = Reading("bert", TEXT, np.array([0.7, 0.1, 0.1, 0.1], np.float32), words)
    drops = np.array([0.4, 0, -0.2, 0, 0.1, 0], np.float32)
    importance = {ATTENTION: np.array([0.5, 0, 0.3, 0, 0.2, 0]), LEAVE_ONE_OUT: drops}
    scores = {
        ATTENTION: Scores(0.3, 0.1, 0.4),
        RANDOM: Scores(0.1, 0.2, 0.0),
        UNIFORM: Scores(0.1, 0.05, None),
    }
    return Evidence(reading, words, importance, scores)


def test_words_are_coloured_in_the_users_own_text_and_markup_is_text(found):
    shown = figures.strips(found, ATTENTION, Theme())
    assert "<b>up" not in shown
    strips = re.findall(r'<p class="strip">(.*?)</p>', shown, re.DOTALL)
    plain = [re.sub(r"<[^>]+>", "", strip) for strip in strips]
    assert plain == ["Oil &lt;b&gt;up&lt;/b&gt;, bank down"] * 2
    assert 'title="Oil: +0.500"' in strips[0]
    assert 'title="up: -0.200"' in strips[1]
    assert "<h3>Mean attention</h3>" in shown
    assert "Leave-one-out: how much of “World”" in shown
    assert "ranks <b>1 of the 2</b> words that matter most" in shown  # Oil, not bank
    assert "a random ranking would find 0.7" in shown


def test_what_speaks_for_and_against_lie_on_either_side_of_the_paper():
    for dark in (False, True):
        theme = Theme(dark=dark)
        ground = [tint(theme.diverging, share)[0] for share in (0, 0.5, 1)]
        assert len(set(ground)) == 3
        assert tint(theme.diverging, 0.5)[1] == ("#ffffff" if dark else "#17181f")


def test_the_table_marks_the_best_of_each_column(found):
    table = figures.table(found)
    assert table.index("mean attention") < table.index("random") < table.index("uniform")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL)
    cells = [re.findall(r"<td( class=\"best\")?>(.*?)</td>", row, re.DOTALL) for row in rows]
    plain = [[re.sub(r"<[^>]+>", "", cell).strip() for _, cell in row] for row in cells]
    assert plain == [["30", "10", "+0.40"], ["10", "20", "+0.00"], ["10", "5", "tie"]]
    assert [[bool(best) for best, _ in row] for row in cells] == [
        [True, False, False],
        [False, False, False],
        [False, True, False],
    ]
    assert 'style="width:30.0%"' in rows[0]


def test_scores_are_said_in_words_first(found):
    shown = figures.strips(found, ATTENTION, Theme())
    assert "top words by mean attention, World moves by <b>-30 points</b>; with" in shown
    assert "them alone, by <b>-10</b>. (Random words: -10 and -20.)" in shown


def test_one_colour_means_that_a_word_matters_and_small_changes_stay_pale(found):
    theme = Theme()
    strongest = theme.diverging[-1][1]
    pieces = figures.coloured("Oil", found.words[:1], np.array([0.5]), theme.matters, 0.5, False)
    assert (
        pieces[1]["ground"]
        == tint(theme.diverging, 1.0)[0]
        == tint([[0, strongest], [1, strongest]], 0)[0]
    )
    drops = np.array([0.001, 0, 0, 0, 0, 0])
    assert figures.largest(drops, figures.LEAST_RANGE) == figures.LEAST_RANGE == 0.05


def test_the_bars_show_before_and_after():
    before, after = np.array([0.7, 0.1, 0.1, 0.1]), np.array([0.4, 0.2, 0.2, 0.2])
    reading = Reading("r", "t", before, ())
    shown = figures.shares(reading, after, masked=2)
    assert "With 2 heads masked" in shown
    assert "width:40.0%" in shown
    assert "left:70.0%" in shown
    assert "With 1 head masked" in figures.shares(reading, after, masked=1)
    assert "No head masked" in figures.shares(reading, before, masked=0)


def test_the_button_that_masks_no_head_asks_for_it_as_json():
    (asked,) = re.findall("data-set='(.*?)'", figures.reset())
    assert json.loads(asked) == {"masked": ""}


def test_a_head_is_called_by_the_name_that_it_is_given(found):
    values = np.arange(len(SPANS), dtype=np.float32)
    with_head = found.with_ranking("Layer 2, head 1 <of> 2", values)
    shown = figures.strips(with_head, "Layer 2, head 1 <of> 2", Theme())
    assert "<h3>Layer 2, head 1 &lt;of&gt; 2</h3>" in shown
    assert "Layer 2, head 1 &lt;of&gt; 2 ranks <b>1 of the 2</b>" in shown


def test_a_forced_row_is_told_word_by_word(found):
    forced = np.array([0.5, 0.9, 0.2, 0.3, 0.2, 0.8, 0.4], np.float32)
    shown = figures.forced(found.reading, forced, Theme())
    assert 'title="Oil: +0.900"' in shown
    assert 'title="bank: +0.800"' in shown
    assert "World got <b>0.70</b>; looking evenly at every word <b>0.50</b>" in shown
    assert "at “Oil” alone <b>0.90</b>, at “b” alone <b>0.20</b>" in shown


def test_each_word_is_a_button_that_takes_it_out_or_puts_it_back(found):
    reading = found.reading
    left = replace(reading, probabilities=np.array([0.2, 0.5, 0.2, 0.1], np.float32))
    shown = figures.words_out(reading, {1, 4}, left, "Click")
    assert "<b>up" not in shown
    buttons = re.findall(r"<button .*?</button>", shown, re.DOTALL)
    pressed = ['aria-pressed="true"' in one for one in buttons]
    assert pressed == [False, True, False, False, True, False, False]  # and one for all of them
    asked = [json.loads(html.unescape(re.search('data-set="(.*?)"', one)[1])) for one in buttons]
    starts = [start for _, start in SPANS]
    assert asked[0] == {"out": f"{starts[0]}.{starts[1]}.{starts[4]}"}
    assert asked[1] == {"out": f"{starts[4]}"}
    assert asked[-1] == {"out": ""}
    assert "Without 2 words: Sports" in shown
    assert "disabled" not in shown


def test_the_last_word_cannot_be_taken_out(found):
    shown = figures.words_out(found.reading, set(range(5)), found.reading, "Click")
    buttons = re.findall(r"<button .*?</button>", shown, re.DOTALL)
    assert ["disabled" in one for one in buttons] == [False] * 5 + [True, False]


def test_a_flip_says_how_it_was_found_and_offers_to_take_its_words_out(found):
    words = found.words
    exact = Flip((0, 4), (words[0], words[4]), "Sports", smallest=True)
    shown = figures.flipped(exact, found.reading, searched=True)
    assert "Without <b>“Oil”, “bank”</b>, World becomes <b>Sports</b>" in shown
    assert "No smaller set" in shown
    assert html.unescape(re.search('data-set="(.*?)"', shown)[1]) == '{"out": "0.15"}'
    gone = figures.flipped(exact, found.reading, searched=True, out={0, 4})
    assert html.unescape(re.search('data-set="(.*?)"', gone)[1]) == '{"out": ""}'
    assert ("Put back" in gone, "Put back" in shown) == (True, False)
    greedy = replace(exact, smallest=False)
    assert "fewer words may do" in figures.flipped(greedy, found.reading, searched=True)
    none = figures.flipped(None, found.reading, searched=False)
    assert html.unescape(re.search('data-set="(.*?)"', none)[1]) == '{"flip": "1"}'
    assert "data-set" not in figures.flipped(None, found.reading, searched=True)
