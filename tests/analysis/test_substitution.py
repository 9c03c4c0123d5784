"""One word changed, by a reader that counts words: what it does can be said beforehand."""

import numpy as np
import pytest

from demo.analysis.substitution import KINDS, NAMES, STAND_INS, change_one_word, of_its_kind
from demo.reading import Reading
from tests.analysis.test_compare import tokens

WORTH = {
    **{"oil": 2.0, "prices": 1.0, "climb": 3.0, "the": 4.0, "growers": 1.0},
    **{"minister": -1.0, "software": -3.0, "strikers": -2.0, "credit": -1.0},
}


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
        ("Growers climb", "Growers", "Strikers climb"),
        ("oil", "oil", "software"),
    ],
)
def test_a_noun_becomes_the_one_of_its_kind_that_costs_most(text, word, changed):
    found = change_one_word(WorthReader(), text)
    assert (found.word.text, found.text) == (word, changed)


@pytest.mark.parametrize(
    ("text", "word", "changed"),
    [
        ("the prices climb", "climb", "the prices software"),  # "the" is worth more
        ("… Prices !", "Prices", "… Software !"),
        ("the", "the", "software"),
    ],
)
def test_without_such_a_noun_the_word_that_matters_most_is_changed(text, word, changed):
    found = change_one_word(WorthReader(), text)
    assert (found.word.text, found.text) == (word, changed)
    assert found.stand_in.casefold() in STAND_INS


def test_stand_ins_have_the_number_and_the_case_of_the_noun():
    assert of_its_kind("refineries") == ["mosques", "stadiums", "banks", "laboratories"]
    assert of_its_kind("Match") == ["Ceasefire", "Merger", "Spacewalk"]
    assert of_its_kind("games") == ["ceasefires", "matches", "mergers", "spacewalks"]
    assert of_its_kind("Apple") == ["Baghdad", "Chelsea", "Boeing", "Microsoft"]
    assert of_its_kind("apple")[:2] == ["missile", "trophy"]
    assert of_its_kind("climb") == of_its_kind("of") == []


def test_no_stand_in_asks_for_another_article():
    assert not any(
        one[0] in "aeiou"
        for kind, nouns in KINDS.items()
        if kind not in (NAMES, "materials")
        for one in nouns["stand_ins"]
    )
    assert change_one_word(WorthReader(), "an oil").stand_in in STAND_INS


def test_every_kind_has_a_noun_of_each_desk_and_no_noun_is_of_two():
    assert {len(nouns["stand_ins"]) for nouns in KINDS.values()} == {4}
    every = [word for nouns in KINDS.values() for word in nouns["words"]]
    assert len(every) == len(set(every))


def test_a_word_does_not_become_itself():
    found = change_one_word(WorthReader(), "software")  # it is all that speaks for the second label
    assert found.stand_in != "software"


def test_a_text_without_a_word_stays_as_it_is():
    assert change_one_word(WorthReader(), "… !") is None
