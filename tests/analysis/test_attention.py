import numpy as np
import pytest

from demo.analysis import attention
from demo.analysis.attention import MEAN, ROLLOUT, Specials
from demo.reading import Alignment, Reading, Token


def reading_of(words, weights):
    """A reading whose tokens are `words`; one in brackets is special, "##" continues a word."""
    tokens, place = [], 0
    for word in words:
        if word.startswith("["):
            tokens.append(Token(word, place, place, special=True))
            continue
        place += not word.startswith("##")
        text = word.removeprefix("##")
        tokens.append(Token(text, place, place + len(text)))
        place += len(text)
    probabilities = np.full(4, 0.25, np.float32)
    return Reading("bert", " ".join(words), probabilities, tuple(tokens), np.float32(weights))


TWO_HEADS = reading_of(["a", "b"], [[[[1, 0], [0.5, 0.5]], [[0, 1], [0.3, 0.7]]]])
CLS_WORD = reading_of(
    ["[CLS]", "play", "##ing", "now"],
    [[[[0.4, 0.1, 0.2, 0.3], [0.5, 0.2, 0.1, 0.2], [0.1, 0.6, 0.1, 0.2], [0.2, 0.2, 0.2, 0.4]]]],
)


def test_the_mean_of_heads_is_their_mean():
    (mean,) = attention.view(attention.of_head(TWO_HEADS, 0, MEAN)).weights
    assert mean == pytest.approx(np.array([[0.5, 0.5], [0.4, 0.6]]))


def test_rollout_of_a_hand_worked_case():
    """Two layers of one head: A1 = (W1 + I) / 2, A2 = (W2 + I) / 2, rollout = A2 A1."""
    first, second = [[0, 1], [1, 0]], [[0.5, 0.5], [0, 1]]
    reading = reading_of(["a", "b"], [[first], [second]])
    # A1 = [[.5, .5], [.5, .5]], A2 = [[.75, .25], [0, 1]]
    (through,) = attention.view(attention.of_head(reading, 0, ROLLOUT)).weights
    assert through == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.5]]))
    turned = reading_of(["a", "b"], [[second], [first]])
    # A1 = [[.75, .25], [0, 1]], A2 = [[.5, .5], [.5, .5]]
    (back,) = attention.view(attention.of_head(turned, 0, ROLLOUT)).weights
    assert back == pytest.approx(np.array([[0.375, 0.625], [0.375, 0.625]]))


def test_rollout_rows_sum_to_one():
    rng = np.random.default_rng(0)
    weights = rng.random((6, 12, 9, 9))
    weights /= weights.sum(-1, keepdims=True)
    rolled = attention.rollout(reading_of(list("abcdefghi"), weights)).attention
    assert rolled.shape == (1, 1, 9, 9)
    assert np.abs(rolled.sum(-1) - 1).max() < 1e-5


def test_pieces_become_words_by_sums_of_columns_and_means_of_rows():
    words = attention.view(CLS_WORD, by_word=True)
    assert [token.text for token in words.tokens] == ["[CLS]", "playing", "now"]
    assert (words.tokens[1].start, words.tokens[1].end) == (1, 8)
    expected = [[0.4, 0.3, 0.3], [0.3, 0.5, 0.2], [0.2, 0.4, 0.4]]
    assert words.weights[0] == pytest.approx(np.array(expected))
    assert words.note == "pieces merged into words"


def test_punctuation_that_touches_a_word_stays_apart():
    tokens = (Token("U", 0, 1), Token(".", 1, 2), Token("S", 2, 3))
    reading = Reading("bert", "U.S", np.full(4, 0.25, np.float32), tokens, np.eye(3)[None, None])
    assert len(attention.view(reading, by_word=True).tokens) == 3


def test_hidden_special_tokens_take_their_attention_with_them():
    hidden = attention.view(CLS_WORD, Specials.HIDDEN, by_word=True)
    assert [token.text for token in hidden.tokens] == ["playing", "now"]
    assert hidden.weights[0] == pytest.approx(np.array([[0.5, 0.2], [0.4, 0.4]]))
    assert "less than 1" in hidden.note
    rescaled = attention.view(CLS_WORD, Specials.RESCALED, by_word=True)
    assert rescaled.weights[0] == pytest.approx(np.array([[5 / 7, 2 / 7], [0.5, 0.5]]))
    assert "rescaled to 1" in rescaled.note


def test_folded_special_tokens_share_one_column_and_rows_still_sum_to_one():
    folded = attention.view(CLS_WORD, Specials.FOLDED, by_word=True)
    assert [token.text for token in folded.tokens] == ["playing", "now"]
    assert folded.weights[0] == pytest.approx(np.array([[0.5, 0.2], [0.4, 0.4]]))
    assert folded.to_marks[0] == pytest.approx([0.3, 0.2])
    assert folded.marks == "[CLS]"
    assert "one column" in folded.note
    rng = np.random.default_rng(0)
    words = ["[CLS]", "a", "##b", "[SEP]", "c", "[SEP]"]
    several = attention.view(reading_of(words, rng.dirichlet(np.ones(6), (2, 3, 6))))
    folded = attention.fold_specials(several)
    assert folded.marks == "[CLS], [SEP]"
    assert folded.weights.sum(-1) + folded.to_marks == pytest.approx(np.ones((6, 3)))


def test_a_row_is_found_by_the_place_of_any_of_its_pieces():
    shown = attention.view(CLS_WORD, Specials.FOLDED, by_word=True)
    assert shown.places == (1, 3)
    assert [shown.row_of(place) for place in range(4)] == [None, 0, 0, 1]
    assert attention.view(CLS_WORD).places == (0, 1, 2, 3)


def test_nothing_is_noted_where_nothing_was_changed():
    for specials in Specials:
        assert attention.view(TWO_HEADS, specials, by_word=True).note == ""


def test_a_layer_or_head_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="has 1 layers, and no layer 1"):
        attention.of_layer(TWO_HEADS, 1)
    with pytest.raises(ValueError, match="has 2 heads, not 2"):
        attention.of_head(TWO_HEADS, 0, 2)
    bare = Reading("rnnsearch", "a", TWO_HEADS.probabilities, TWO_HEADS.tokens)
    with pytest.raises(ValueError, match="no self-attention"):
        attention.view(bare)


def test_pieces_of_one_character_are_one_word():
    """A tokenizer that takes a Hangul syllable apart gives its pieces one shared span."""
    tokens = (Token("한", 0, 1), Token("한", 0, 1), Token("국", 1, 2), Token("x", 3, 4))
    reading = Reading("bert", "한국 x", np.full(4, 0.25, np.float32), tokens, np.eye(4)[None, None])
    shown = attention.view(reading, by_word=True)
    assert [token.text for token in shown.tokens] == ["한국", "x"]
    assert shown.weights[0] == pytest.approx(np.array([[1, 0], [0, 1]]))


def test_an_alignment_is_shown_as_it_was_written():
    alignment = Alignment(("World", "b"), np.float32([[0.3, 0.7], [1, 0]]))
    reading = Reading(
        "rnnsearch", "a b", TWO_HEADS.probabilities, TWO_HEADS.tokens, None, alignment
    )
    aligned = attention.align(reading)
    assert aligned.topic
    assert aligned.outputs == ("World", "b")
    assert np.array_equal(aligned.weights, alignment.weights)


def test_of_a_pair_the_block_from_the_second_text_to_the_first_is_shown():
    words = ["[CLS]", "a", "##b", "[SEP]", "c", "d", "[SEP]"]
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(7), (2, 3, 7))
    reading = reading_of(words, weights)
    aligned = attention.align(reading)
    rolled = attention.rollout(reading).attention[0, 0]
    assert aligned.outputs == ("c", "d")
    assert [token.text for token in aligned.tokens] == ["ab"]
    assert aligned.weights[:, 0] == pytest.approx(rolled[4:6, 1:3].sum(-1))
    assert "second text" in aligned.what


def test_one_text_is_aligned_with_itself():
    aligned = attention.align(CLS_WORD)
    assert aligned.outputs == ("playing", "now")
    assert aligned.weights.shape == (2, 2)
    assert "less than 1" in aligned.what
    assert "less than 1" not in attention.align(TWO_HEADS).what
