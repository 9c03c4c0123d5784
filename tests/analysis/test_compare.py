"""Two readings beside each other, by hand-worked cases."""

import re

import numpy as np
import pytest

from demo.analysis.attention import MEAN, ROLLOUT
from demo.analysis.compare import MOST_WORDS, RECEIVED, compare
from demo.reading import Alignment, Reading, Token


def tokens(text):
    return tuple(Token(found[0], *found.span()) for found in re.finditer(r"\S+", text))


def reading(text, heads=None, special=False, reader="bert"):
    """A reading whose heads are given, or look evenly at every token."""
    own = tokens(text)
    if special:
        own = (Token("[CLS]", 0, 0, True), *own)
    count = len(own)
    if heads is None:
        heads = np.full((2, 2, count, count), 1 / count, np.float32)
    return Reading(reader, text, np.full(4, 0.25, np.float32), own, np.float32(heads))


def aligned(text, row):
    """A reading of Bahdanau's reader that looked as `row` says for its topic."""
    weights = np.float32([row, np.full(len(row), 1 / len(row))])
    own = tokens(text)
    alignment = Alignment(("Business", "word"), weights)
    shares = np.full(4, 0.25, np.float32)
    return Reading("rnnsearch", text, shares, own, alignment=alignment)


def names(left, right):
    return list(compare(reading(left), reading(right)).names)


@pytest.mark.parametrize(
    ("left", "right", "slots"),
    [
        ("Bank falls", "bank falls", ["Bank", "falls"]),
        ("Bank falls in rain", "Bank falls in debt", ["Bank", "falls", "in", "rain → debt"]),
        ("They buy him", "They do not buy him", ["They", "– → do", "– → not", "buy", "him"]),
        ("They do not buy", "They buy", ["They", "do → –", "not → –", "buy"]),
        ("dog bites man", "man bites dog", ["– → man", "– → bites", "dog", "bites → –", "man → –"]),
        ("a b", "c d", ["a → c", "b → d"]),
    ],
)  # fmt: skip
def test_words_that_belong_together_share_a_slot(left, right, slots):
    assert names(left, right) == slots


def test_the_difference_is_right_minus_left_and_blank_where_a_word_is_missing():
    left = reading("oil rises", [[[[0.9, 0.1], [0.4, 0.6]]]])
    right = reading("oil now rises", [[[[0.5, 0.2, 0.3], [0, 1, 0], [0.2, 0.2, 0.6]]]])
    found = compare(left, right)
    assert found.names == ("oil", "– → now", "rises")
    nan = np.nan
    expected = [[-0.4, nan, 0.2], [nan, nan, nan], [-0.2, nan, 0.0]]
    np.testing.assert_allclose(found.difference, expected, atol=1e-6)
    np.testing.assert_allclose(found.received[0], [0.65, nan, 0.35], atol=1e-6)
    np.testing.assert_allclose(found.right.sum(axis=1), 1, atol=1e-6)
    assert [slot.changed for slot in found.slots] == [False, True, False]


def test_the_same_text_twice_differs_nowhere():
    found = compare(reading("oil prices rise"), reading("oil prices rise"))
    assert not found.difference.any()
    assert not any(slot.changed for slot in found.slots)


def test_special_tokens_are_left_out_and_rows_rescaled():
    heads = [[[[0.5, 0.25, 0.25], [0.6, 0.3, 0.1], [0.2, 0.4, 0.4]]]]
    found = compare(reading("oil rises", heads, special=True), reading("oil rises"))
    np.testing.assert_allclose(found.left, [[0.75, 0.25], [0.5, 0.5]], atol=1e-6)


def test_the_mean_is_over_all_heads_of_all_layers():
    eye, swapped = np.eye(2), np.eye(2)[::-1]
    heads = [[eye, eye], [eye, swapped]]
    found = compare(reading("oil rises", heads), reading("oil rises", heads), MEAN)
    np.testing.assert_allclose(found.left, [[0.75, 0.25], [0.25, 0.75]], atol=1e-6)
    rollout = compare(reading("oil rises", heads), reading("oil rises", heads), ROLLOUT)
    # Half of a word is passed on as it is, half by the mean: layer 2 of [[.75, .25], [.25, .75]].
    np.testing.assert_allclose(rollout.left, [[0.75, 0.25], [0.25, 0.75]], atol=1e-6)


def test_a_reader_without_heads_is_compared_by_what_each_word_receives():
    left = reading("oil rises", [[[[0.9, 0.1], [0.5, 0.5]]]])
    found = compare(left, aligned("oil rises", [0.2, 0.8]))
    assert found.rows == (RECEIVED,)
    np.testing.assert_allclose(found.left, [[0.7, 0.3]], atol=1e-6)
    np.testing.assert_allclose(found.difference, [[-0.5, 0.5]], atol=1e-6)


def test_a_long_text_is_cut_and_says_so():
    text = " ".join(f"word{number}" for number in range(MOST_WORDS + 7))
    found = compare(reading(text), reading(text))
    assert len(found.slots) == MOST_WORDS
    assert found.left.shape == (MOST_WORDS, MOST_WORDS)
    assert found.cut == 7


@pytest.mark.parametrize(
    ("left", "right", "matched", "comparable"),
    [
        ("Bank falls in rain", "bank falls in debt", 3, True),
        ("Dog bites man in court", "Man bites dog in court", 3, True),
        ("Apple falls", "Apple falls growers lost half of the harvest", 2, False),
        ("Apple", "Pear", 0, False),
    ],
)
def test_a_difference_says_something_where_half_of_the_words_match(
    left, right, matched, comparable
):
    found = compare(reading(left), reading(right))
    assert found.matched == matched
    assert found.alike == 2 * matched / len(f"{left} {right}".split())
    assert found.comparable == comparable
