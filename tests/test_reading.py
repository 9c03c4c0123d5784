import numpy as np
import pytest

from demo.reading import CLASSES, MAX_CHARACTERS, Reading, check_text


def test_label_is_the_class_of_the_largest_probability():
    for index, name in enumerate(CLASSES):
        probabilities = np.full(4, 0.1, np.float32)
        probabilities[index] = 0.7
        assert Reading("r", "text", probabilities, ()).label == name


@pytest.mark.parametrize("text", ["", "   \n\t", "\u200b\u200e", "\x00"])
def test_a_text_with_nothing_visible_is_refused_with_what_to_do(text):
    with pytest.raises(ValueError, match="type a headline"):
        check_text(text)


def test_an_overlong_text_is_refused_with_its_length():
    assert check_text("a" * MAX_CHARACTERS)
    with pytest.raises(ValueError, match="20,001 characters"):
        check_text("a" * (MAX_CHARACTERS + 1))


def test_half_a_character_and_a_number_are_refused():
    with pytest.raises(ValueError, match="broken characters"):
        check_text("Oil \ud83d")
    with pytest.raises(ValueError, match="must be a string"):
        check_text(7)


def test_a_text_is_not_changed():
    assert check_text("  Oil, 🛢️ \x00 up  ") == "  Oil, 🛢️ \x00 up  "
