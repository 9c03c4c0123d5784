"""Evidence where words are worth the same: a tie is a result and is said as one."""

import re

import numpy as np
import pytest

from demo.analysis import faithfulness
from demo.analysis.faithfulness import (
    ATTENTION,
    GRADIENT,
    LEAVE_ONE_OUT,
    RANDOM,
    Agreement,
    Evidence,
)
from demo.figures import evidence as figures
from demo.figures import head_maps
from demo.figures.theme import Theme
from demo.models.base import Shape
from demo.reading import Ability, Reading, Token
from demo.serving.panel import load_panel
from tests.bag_of_words import BIAS, BagOfWords, shares_of, winning
from tests.conftest import TRAINED

TIES = [
    "goal goal",
    "oil oil oil",
    "the the the the the the the the the the the the",
    "the of",
    "of the of the of",
    "bank, bank: bank!",
]


@pytest.mark.parametrize("text", TIES)
def test_a_text_whose_words_are_worth_the_same_is_a_tie_of_all_rankings(text):
    found = faithfulness.evidence(BagOfWords(), text)
    assert found.tied(LEAVE_ONE_OUT)
    assert {one.tau for one in found.scores.values()} == {None}
    assert all(np.isfinite(one.comprehensiveness) for one in found.scores.values())
    assert found.agreement(GRADIENT) is None
    said = figures.strips(found, GRADIENT, Theme())
    assert f"<b>A tie</b>: without any one of its {len(found.words)} words" in said
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", figures.table(found), re.DOTALL)
    assert len(rows) == len(found.scores)
    assert all("<td>tie</td>" in row for row in rows)


def of(drops, attention):
    """Evidence of words w0, w1, ... with these drops and this attention."""
    words = tuple(Token(f"w{i}", 3 * i, 3 * i + 2) for i in range(len(drops)))
    text = " ".join(word.text for word in words)
    reading = Reading("bag", text, np.array([0.7, 0.1, 0.1, 0.1], np.float32), words)
    values = {LEAVE_ONE_OUT: np.float32(drops), ATTENTION: np.float32(attention)}
    return Evidence(reading, words, values, {})


@pytest.mark.parametrize(
    ("drops", "attention", "expected"),
    [
        # all of it in order
        ([0.4, 0.3, 0.2, 0.1], [4, 3, 2, 1], Agreement(2, 2, 2, 1.0)),
        # the second most worth is a tie of three: one word is spoken of
        ([0.4, 0.1, 0.1, 0.1], [4, 3, 2, 1], Agreement(1, 1, 1, 0.25)),
        # the most worth is a tie of three: they are not parted
        ([0.1, 0.4, 0.4, 0.4], [4, 3, 2, 1], Agreement(2, 2, 3, 2.25)),
        # the ranking has equal words at its border, one of which matters
        ([0.4, 0.3, 0.2, 0.1], [4, 1, 1, 1], Agreement(1, 2, 2, 1.0)),
        # and where both that matter are among four equal ones
        ([0.4, 0.3, 0.2, 0.1, 0.0], [1, 1, 1, 1, 0], Agreement(0, 2, 2, 0.8)),
        # equal ones that all are first: no doubt
        ([0.4, 0.3, 0.2, 0.1], [2, 2, 1, 1], Agreement(2, 2, 2, 1.0)),
        # nothing found
        ([0.4, 0.3, 0.2, 0.1], [1, 2, 3, 4], Agreement(0, 0, 2, 1.0)),
        # one of the two is a tie of all
        ([0.2, 0.2, 0.2, 0.2], [4, 3, 2, 1], None),
        ([0.4, 0.3, 0.2, 0.1], [1, 1, 1, 1], None),
        ([0.4, 0.3, 0.2], np.float32([1, 1, 1]) / 3 + np.float32([0, 3e-8, -3e-8]), None),
    ],
)
def test_equal_words_are_not_ranked_by_their_place(drops, attention, expected):
    found = of(drops, attention)
    agreement = found.agreement(ATTENTION)
    if expected is None:
        assert agreement is None
        assert "A tie" in figures.strips(found, ATTENTION, Theme())
    else:
        assert vars(agreement) == pytest.approx(vars(expected))
        said = figures.strips(found, ATTENTION, Theme())
        count = f"{agreement.least}" + f" to {agreement.most}" * (agreement.least < agreement.most)
        assert f"ranks <b>{count} of the {agreement.top}</b> word" in said
        assert "A tie" not in said


@pytest.mark.parametrize(
    ("values", "within", "levels"),
    [
        ([0.02424449, 0.02424437], 1e-6, 1),
        ([0.1, 0.2, 0.3], 1e-6, 3),
        ([0.3, 0.1, 0.3000005, 0.1], 1e-6, 2),
        ([0.0, 0.0, 0.0], None, 1),
        ([-0.2, 0.2], None, 2),
        (np.arange(10) * 0.9e-6, 1e-6, 5),  # a long slope is no tie: each level spans `within`
        ([5e-8, 1e-8, 3e-8], None, 3),  # small is not equal
    ],
)
def test_values_within_rounding_are_equal(values, within, levels):
    values = np.array(values)
    found = faithfulness.levelled(values, within)
    assert len(np.unique(found)) == levels
    assert np.abs(found - values).max() <= (within or 1e-5)
    assert (np.argsort(found, kind="stable")[0] == np.argsort(values, kind="stable")[0]) or (
        levels < len(values)
    )


WORTHS = np.array([[0.0, 2.0], [-1.0, 0.5]])


class WithHeads(BagOfWords):
    """The logit of the second class is that of no words and the worths of the heads that speak."""

    def __init__(self, worths=WORTHS):
        self.worths = worths
        self.masks = None

    @property
    def shape(self):
        return Shape(*self.worths.shape, 1000, 1, frozenset({Ability.HEAD_MASK}))

    def read_batch(self, texts, seconds=None):
        return [self.reading_of(text) for text in texts]

    def reading_of(self, text):
        tokens, everything = self.tokens(text), np.ones((1, *self.worths.shape), np.float32)
        size = (*self.worths.shape, len(tokens), len(tokens))
        attention = np.full(size, 1 / len(tokens), np.float32)
        return Reading("bag", text, self.mask_heads(text, everything)[0], tokens, attention)

    def mask_heads(self, text, masks):
        self.masks = masks
        return np.float32([shares_of(BIAS + (mask * self.worths).sum()) for mask in masks])


def test_an_ablation_is_the_change_without_each_single_head():
    reader = WithHeads()
    found = faithfulness.ablation(reader, reader.reading_of("oil bank"))

    def winner(logit):
        return np.exp(logit) / (np.exp(logit) + 3)

    expected = [[winner(2.0 - worth) - winner(2.0) for worth in row] for row in WORTHS]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found[0, 0] == 0
    assert found[0, 1] < 0 < found[1, 0]
    assert reader.masks.shape == (4, 2, 2)
    assert (reader.masks == 0).sum(axis=(1, 2)).tolist() == [1, 1, 1, 1]
    assert (reader.masks == 0).sum(axis=0).tolist() == [[1, 1], [1, 1]]


def test_an_ablation_follows_the_class_that_wins_on_the_whole_text():
    reader = WithHeads(np.array([[-3.0, 0.0]]))  # the first class wins, by being first of three
    reading = reader.reading_of("oil")
    assert reading.label == "World"
    found = faithfulness.ablation(reader, reading)
    assert found[0, 0] < 0  # without the head that speaks against it, the second class gains
    assert found[0, 1] == 0


def test_heads_of_no_worth_are_a_tie():
    reader = WithHeads(np.zeros((2, 3)))
    found = faithfulness.ablation(reader, reader.reading_of("oil bank"))
    assert found.shape == (2, 3)
    assert not found.any()
    assert head_maps.ablation_in_words(found, "Sports").startswith("A tie: no single head moves")
    (drawn,) = head_maps.ablation_map(found, "Sports", set(), Theme()).data
    assert np.isfinite(drawn.z).all()
    assert drawn.zmax > 0


def test_a_reader_without_heads_has_no_ablation():
    reader = BagOfWords()
    assert faithfulness.ablation(reader, reader.read("oil bank")) is None


def test_even_attention_is_a_tie_that_is_not_held_for_an_order():
    found = faithfulness.evidence(WithHeads(), "oil bank the")
    assert found.tied(ATTENTION)
    assert found.scores[ATTENTION].tau is None


def test_two_words_of_unlike_worth_are_no_tie():
    found = faithfulness.evidence(BagOfWords(), "oil bank")
    assert not found.tied(LEAVE_ONE_OUT)
    assert found.scores[RANDOM].tau is not None
    assert found.importance[LEAVE_ONE_OUT][0] == pytest.approx(
        winning("oil", "bank") - winning("bank"), abs=1e-6
    )


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


@pytest.mark.trained
@pytest.mark.parametrize("name", ["transformer", "bert", "rnnsearch"])
@pytest.mark.parametrize(
    ("text", "tie"),  # None: as the reader has it
    [
        ("goal goal", True),
        ("oil oil oil", None),
        ("Zorbliquex Quenmarkia", None),
        ("zorbliquex zorbliquex zorbliquex zorbliquex", None),
        ("a a", True),
        ("the the", True),
        ("?? !!", None),
        ("goal Goal GOAL", None),
        ("7 7", True),
        ("oil prices", False),
        ("Oil prices climb", False),
    ],
)
def test_every_reader_has_evidence_of_a_tie(panel, name, text, tie):
    found = faithfulness.evidence(panel[name], text)
    if tie is not None:
        assert found.tied(LEAVE_ONE_OUT) is tie
    for ranking in found.importance:
        said = figures.strips(found, ranking, Theme())
        assert ("<b>A tie</b>" in said) == (found.agreement(ranking) is None)
    assert figures.table(found).count("<tr>") == len(found.scores) + 1
    for one in found.scores.values():
        assert (one.tau is None) or -1 <= one.tau <= 1
    if (changes := faithfulness.ablation(panel[name], found.reading)) is not None:
        assert found.reading.label in head_maps.ablation_in_words(changes, found.reading.label)
    else:
        forced = faithfulness.forced_alignment(panel[name], found.reading)
        assert "forced onto one word" in figures.forced(found.reading, forced, Theme())


@pytest.mark.trained
@pytest.mark.parametrize("text", ["Moon", "Zorbliquex", " goal ", "7", "!", "油"])
def test_one_word_gets_a_sentence_from_every_reader(panel, text):
    for reader in (panel["transformer"], panel["rnnsearch"]):
        with pytest.raises(ValueError, match="type a second one"):
            faithfulness.evidence(reader, text)
