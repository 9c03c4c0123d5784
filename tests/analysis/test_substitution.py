"""One word changed, by a reader that counts words: what it does can be said beforehand."""

import numpy as np
import pytest

from demo.analysis.substitution import STAND_INS, change_one_word
from demo.reading import Reading
from tests.analysis.test_compare import tokens

WORTH = {"oil": 2.0, "prices": 1.0, "minister": -1.0, "software": -3.0}


class WorthReader:
    """Sorts a text into two labels by what its words are worth to the first one."""

    def read(self, text):
        (shares,) = self.classify([text])
        return Reading("worth", text, shares, tokens(text), labels=("first", "second"))

    def classify(self, texts):
        logits = np.array(
            [sum(WORTH.get(word.casefold(), 0) for word in text.split()) for text in texts]
        )
        first = 1 / (1 + np.exp(-logits))
        return np.stack([first, 1 - first], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("text", "word", "changed"),
    [
        ("as oil prices climb", "oil", "as software prices climb"),
        ("Oil prices climb", "Oil", "Software prices climb"),
        ("OIL prices climb", "OIL", "SOFTWARE prices climb"),
        ("oil", "oil", "software"),
        ("… Prices !", "Prices", "… Software !"),
    ],
)
def test_the_word_that_matters_most_becomes_what_costs_most(text, word, changed):
    found = change_one_word(WorthReader(), text)
    assert (found.word.text, found.text) == (word, changed)
    assert found.stand_in.casefold() in STAND_INS


def test_a_word_does_not_become_itself():
    found = change_one_word(WorthReader(), "software")  # it is all that speaks for the second label
    assert found.stand_in != "software"


def test_a_text_without_a_word_stays_as_it_is():
    assert change_one_word(WorthReader(), "… !") is None
