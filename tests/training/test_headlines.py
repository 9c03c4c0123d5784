import numpy as np
import pytest

from demo.reading import Alignment, Reading, Token
from demo.training import headlines


def reading_of(text, outputs, weights):
    tokens, start = [], 0
    for word in text.split():
        tokens.append(Token(word, start, start + len(word)))
        start += len(word) + 1
    alignment = Alignment(("World", *outputs), np.array(weights, np.float32))
    return Reading("rnnsearch", text, np.full(4, 0.25, np.float32), tuple(tokens), None, alignment)


def test_scores_of_a_hand_worked_case():
    text = "oil and oil prices climb"
    even = [0.2] * 5
    on_climb = [0, 0, 0, 0, 1]
    reading = reading_of(text, ["Climb", "prices", "oil", "soars"], [even, on_climb, *[even] * 3])
    assert headlines.copied(reading) == [(1, 4), (2, 3)]  # "oil" stands twice, "soars" nowhere
    found = headlines.alignments([reading])
    assert found["copied_words"] == 0.75
    assert found["words_that_occur_once"] == 2
    assert found["accuracy"] == 0.5
    assert found["accuracy_uniform"] == 0.2
    assert found["accuracy_diagonal"] == 0  # rows 1 and 2 of 4 would look at tokens 0 and 1 of 5
    assert found["weight"] == 0.6  # 1 on "climb", 0.2 on "prices"
    assert found["entropy"] == pytest.approx(3 / 4 * np.log(5), abs=1e-4)


def test_rouge_and_its_baseline():
    assert headlines.rouge(["oil prices climb"], ["Oil price climbs"])["rouge1"] == 1  # stemmed
    assert headlines.rouge(["a b"], ["a c"]) == {"rouge1": 0.5, "rouge2": 0.0, "rougeL": 0.5}
    assert headlines.first_words("A b, c. d e f g h i j") == "A b c d e f g h"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Oil climbs. Shares fall.", "Oil climbs."),
        ("Oil climbs 2.5 percent", "Oil climbs 2.5 percent"),
        ('Who won? "We did," he said.', "Who won?"),
        ("Oil climbs at a. m. today", "Oil climbs at a. m. today"),
        ("Oil", "Oil"),
    ],
)
def test_the_first_sentence_ends_before_a_capital(text, first):
    assert headlines.first_sentence(text) == first


def test_headlines_that_say_the_opposite_are_counted():
    even = [[1 / 3] * 3] * 2
    readings = [reading_of("oil prices rise", [word], even) for word in ("falls", "rises")]
    found = headlines.score(readings, ["Oil up", "Oil up"])
    assert found["opposites"] == 0.5
    assert "opposites in 50.00%" in headlines.in_words(found)
