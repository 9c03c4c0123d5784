"""Shares of words: of a bag of words by hand, and of networks as sums that hold."""

import numpy as np
import pytest

from demo.analysis.attribution import attribute, carried
from demo.models import open_reader
from demo.reading import CLASSES
from tests.bag_of_words import BIAS, WORTH, BagOfWords
from tests.conftest import TRAINED
from tests.other_reader import CapitalsReader

TEXT = "the Bank, of oil: the coast goal"
NEWS = "Oil prices climb as storm shuts the refineries along the coast, Zorb says"


def test_the_shares_of_a_bag_of_words_are_its_worths():
    """One logit holds everything, three hold 0: less its mean, three quarters are left of it."""
    found = attribute(BagOfWords(), TEXT)
    assert (found.label, [word.text for word in found.words]) == (
        "Sports",
        ["the", "Bank", "of", "oil", "the", "coast", "goal"],
    )
    worths = np.array([WORTH[word.text.lower()] for word in found.words])
    assert found.shares == pytest.approx(0.75 * worths)
    assert found.remainder == pytest.approx(0.75 * BIAS)
    assert found.contrast == pytest.approx(0.75 * (BIAS + worths.sum()))


def test_what_speaks_for_one_label_speaks_against_another():
    found = attribute(BagOfWords(), TEXT, "World")
    assert found.label == "World"
    shares = dict(zip((word.text for word in found.words), found.shares, strict=True))
    assert shares["oil"] == pytest.approx(-0.5)
    assert shares["goal"] == pytest.approx(0.25)


def test_a_label_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(ValueError, match="no label 'Weather': its labels are World, Sports"):
        attribute(BagOfWords(), TEXT, "Weather")


def test_a_reader_that_cannot_be_decomposed_says_so():
    with pytest.raises(ValueError, match="Counts capitals cannot say"):
        attribute(CapitalsReader(), TEXT)


@pytest.mark.trained
@pytest.mark.parametrize("name", ["transformer", "bert", "rnnsearch"])
def test_words_and_remainder_sum_to_the_logit_of_every_class(name):
    reader = open_reader(TRAINED / name)
    logits = np.log(reader.classify([NEWS])[0])
    for label, logit in zip(CLASSES, logits, strict=True):
        found = attribute(reader, NEWS, label)
        assert len(found.shares) == len(found.words)
        assert found.contrast == pytest.approx(logit - logits.mean(), abs=1e-3)
        assert found.shares.sum() + found.remainder == pytest.approx(found.contrast, abs=1e-3)


def test_heads_carry_the_contrast_or_the_share_of_one_word(tiny_reader):
    found = attribute(tiny_reader, "Oil prices climb", "Sports")
    whole = carried(tiny_reader, found)
    assert whole.heads.shape == (1, 2)
    assert whole.whole == found.contrast == pytest.approx(whole.heads.sum() + whole.past)
    words = [carried(tiny_reader, found, place) for place in range(3)]
    assert [one.whole for one in words] == found.shares.tolist()
    by_hand = tiny_reader.head_shares("Oil prices climb", CLASSES.index("Sports"), [1])
    assert np.array_equal(words[1].heads, by_hand)


def test_a_reader_without_heads_has_none_that_carry():
    assert carried(BagOfWords(), attribute(BagOfWords(), TEXT)) is None
