"""Sums of a text with words out, in the places of the whole text."""

from dataclasses import replace

import numpy as np
import pytest

from demo.analysis.erasure import places_left, without
from demo.analysis.words_out import Question, places_named, spelled
from demo.reading import Reading, Token
from demo.serving.panel import Panel
from tests.bag_of_words import BIAS, WORTH, BagOfWords

TEXT = "the Bank, of oil: the coast goal"


@pytest.fixture
def served(tmp_path):
    """The bag of words as a panel serves it."""
    panel = Panel()
    panel.add(BagOfWords(), tmp_path)
    (reader,) = panel.values()
    return reader


def test_words_out_add_nothing_and_the_others_keep_their_places(served):
    asked = Question.of(served, TEXT, "4.14", "")
    assert [asked.words[place].text for place in sorted(asked.out)] == ["Bank"]
    asked = Question.of(served, TEXT, "4.13", "Sports")
    assert [asked.words[place].text for place in sorted(asked.out)] == ["Bank", "oil"]
    assert asked.left.text == "the , of : the coast goal"
    expected = [0.75 * WORTH[word.text.lower()] for word in asked.words]
    for place in asked.out:
        expected[place] = np.nan
    assert asked.shares == pytest.approx(expected, nan_ok=True)
    assert asked.why.remainder == pytest.approx(0.75 * BIAS)
    assert np.nansum(asked.shares) + asked.why.remainder == pytest.approx(asked.why.contrast)
    assert asked.place_left("18") == 2
    assert asked.place_left("4") is None
    assert asked.place_left("") is None


def test_the_label_stays_that_of_the_whole_text(served):
    asked = Question.of(served, "oil goal", "0", "")
    assert asked.reading.label == asked.why.label == "Sports"
    assert asked.left.label != "Sports"


def test_what_was_not_read_does_not_take_the_place_of_a_word_that_is_out():
    class ThreeWords(BagOfWords):
        def read_batch(self, texts, seconds=None):
            return [
                replace(one, tokens=one.tokens[:3], truncated=len(one.tokens) > 3)
                for one in super().read_batch(texts, seconds)
            ]

    asked = Question.of(ThreeWords(), "oil bank goal coast coast", "4", "")
    assert [word.text for word in asked.words] == ["oil", "bank", "goal"]
    assert asked.left.text == "oil  goal"


def test_a_single_word_is_no_question():
    with pytest.raises(ValueError, match="type a second one"):
        Question.of(BagOfWords(), "oil", "", "")


@pytest.mark.parametrize("written", ["", "1", "x.y", "9999999", "-1", "0.4.10.13.18.22.28"])
def test_what_names_no_word_or_every_word_names_none(written):
    assert places_named(written, BagOfWords().read(TEXT)) == frozenset()


def test_places_go_through_a_link_and_back():
    reading = BagOfWords().read(TEXT)
    words = reading.tokens
    for places in ((), (0,), (1, 3, 6)):
        assert places_named(spelled(words, places), reading) == frozenset(places)


def test_a_word_that_is_cut_otherwise_counts_with_the_one_it_begins_in():
    shares, found = np.ones(4, np.float32) / 4, tokens(("ab", 0), ("c,d", 3), ("ef", 7))
    whole = Reading("r", "ab c,d ef", shares, found)
    left = without(whole, {0})
    assert left == " c,d ef"
    cut = Reading("r", left, shares, tokens(("c", 1), (",", 2), ("d", 3), ("ef", 5)))
    assert places_left(whole, {0}, cut) == [1, 1, 1, 2]


def tokens(*found):
    return tuple(Token(text, start, start + len(text)) for text, start in found)
