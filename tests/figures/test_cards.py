import numpy as np
import pytest

from demo.figures import cards
from demo.reading import Alignment, Reading, Token

PROBABILITIES = np.array([0.1, 0.2, 0.65, 0.05], np.float32)


def test_a_card_shows_class_bars_and_time():
    card = cards.verdict(Reading("r", "t", PROBABILITIES, (), seconds=0.0123), "The reader", 0)
    assert '<span class="label">Business</span> <span class="sure">65.0 %</span>' in card
    assert 'style="width:65.0%"' in card
    assert "Read in 12.3 ms." in card
    assert card.count('class="bar') - card.count('class="bars') == 4
    for share in ("10.0", "20.0", "65.0", "5.0"):  # of the one bar that stands for all of them
        assert f"flex-basis:{share}%" in card


def test_a_card_of_many_labels_folds_away_all_but_the_largest():
    probabilities = np.arange(20, dtype=np.float32) / 190
    labels = tuple(f"label {number}" for number in range(20))
    reading = Reading("r", "t", probabilities, (), labels=labels)
    first, folded = cards.verdict(reading, "R", 0).split("<summary>15 more</summary>")
    named = [name for name in labels if f'class="name">{name}<' in first]
    assert named == [f"label {number}" for number in range(15, 20)]
    assert folded.count('class="name"') == 15


def test_a_card_escapes_words_and_tells_what_was_not_known_or_not_read():
    tokens = (Token("<img>", 0, 5, known=False), Token("oil", 6, 9))
    card = cards.verdict(Reading("r", "t", PROBABILITIES, tokens, truncated=True), "R", 0)
    assert "&lt;img&gt;" in card
    assert "<img>" not in card
    assert "first 2 tokens" in card


def test_a_card_says_what_was_written():
    written = Alignment(("World", "Oil", "<up>"), np.ones((3, 1), np.float32))
    card = cards.verdict(
        Reading("r", "oil", PROBABILITIES, (Token("oil", 0, 3),), None, written), "R", 0
    )
    assert "Writes “Oil &lt;up&gt;”." in card


def test_a_card_says_what_was_mended_and_how_much_is_known():
    reading = Reading("r", "t", PROBABILITIES, (), mended=("entities",), words=3, known_words=1)
    card = cards.verdict(reading, "R", 0)
    assert "Mended before reading: HTML entities." in card
    assert "Knows 1 of 3 words." in card
    assert "Mended" not in cards.verdict(Reading("r", "t", PROBABILITIES, ()), "R", 0)


@pytest.mark.parametrize(
    ("words", "known", "said"),
    [
        (
            "oil de Zorb",
            1,
            ["Knows 1 of 3 words.", "Not in its vocabulary: Zorb.", "Not English: de."],
        ),
        ("de la les", 0, ["Knows 0 of 3 words.", "Not English: de, la, les."]),
        ("de le la les des du", 0, ["Not English: de, le, la, les …."]),
        ("oil de", 2, []),  # pieces of words that are known
    ],
)
def test_each_word_that_a_reader_does_not_know_is_accounted_for(words, known, said):
    tokens = tuple(Token(word, 0, 1, known=word != "Zorb") for word in words.split())
    reading = Reading("r", "t", PROBABILITIES, tokens, words=len(tokens), known_words=known)
    card = cards.verdict(reading, "R", 0)
    assert [sentence for sentence in said if sentence not in card] == []
    assert ("Not English" in card) == bool(said)


def test_a_reader_that_is_off_says_why():
    assert "config.json &lt;is&gt; missing" in cards.off("BERT", "config.json <is> missing")


def test_sentences_are_escaped():
    assert "&lt;b&gt;" in cards.alert("<b>")
    assert "&lt;b&gt;" in cards.hint("<b>")


def made(label, labels=("World", "Sports")):
    return Reading("r", "t", np.float32([label == name for name in labels]), (), labels=labels)


def test_only_readers_with_the_same_labels_agree_or_differ():
    one, other, third = made("World"), made("Sports"), made("spam", ("ham", "spam"))
    assert "All 2 readers say <b>World</b>" in cards.agreement({"A": one, "B": one})
    assert "A: <b>World</b>; B: <b>Sports</b>" in cards.agreement({"A": one, "B": other})
    some = cards.agreement({"A": one, "B": one, "C": third})
    assert "The 2 readers with the same labels say <b>World</b>" in some
    assert "spam" not in cards.agreement({"A": one, "B": other, "C": third})
    assert cards.agreement({"A": one, "C": third}) == cards.agreement({"A": one}) == ""


def test_a_card_of_several_labels_at_once_says_so_and_stacks_none():
    probabilities = np.float32([0.9, 0.8, 0.1, 0.0])
    card = cards.verdict(Reading("r", "t", probabilities, ()), "R", 0, multi_label=True)
    assert "several of its labels" in card
    assert card.count("flex-basis") == 1


def test_pieces_of_html_stay_html_beside_each_other():
    reading = Reading("r", "<b>", PROBABILITIES, ())
    card = cards.verdict(reading, "R", 0)
    for both in (card + cards.hint("<i>"), cards.hint("<i>") + card):
        assert "<article" in both
        assert '<p class="hint">&lt;i&gt;</p>' in both
        assert 'data-text="&lt;b&gt;"' in both
