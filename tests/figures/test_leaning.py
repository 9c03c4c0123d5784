"""Which words readers lean on: where they agree, where not, and where no word speaks for it."""

import re

import numpy as np
import pytest

from demo.analysis.attribution import Attribution
from demo.figures import leaning
from demo.figures.theme import Theme
from demo.reading import Reading, Token

LEGEND = r'<p class="legend">(.*?)</p>'
TEXT = "oil <b> climbs"
TOKENS = (Token("oil", 0, 3), Token("<b>", 4, 7), Token("climbs", 8, 14))


def why(*shares, label="World"):
    reading = Reading("one", TEXT, np.array([0.7, 0.3]), TOKENS, labels=("World", "Sports"))
    return Attribution(reading, label, TOKENS, np.array(shares, np.float32), 0.1, sum(shares) + 0.1)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((2.0, 0.1, -1.0), (0.5, 0.1, 0.2), "All 2 readers lean most on “oil”."),
        ((2.0, 0.1, -1.0), (0.1, 0.5, 0.2), "One: “oil”; Other: “&lt;b&gt;”."),
        (
            (0.1, 0.2, 1.0),
            (-0.5, -0.1, 0.0),
            "One: “climbs”; Other: no word speaks for its verdict.",
        ),
        (
            (-1.0, -2.0, 0.0),
            (-0.5, -0.1, 0.0),
            "One: no word speaks for its verdict; Other: no word",
        ),
    ],
)
def test_the_word_that_adds_most_is_named_and_underlined(first, second, said):
    found = leaning.side_by_side([("One", why(*first)), ("Other", why(*second))], Theme(), "Title")
    assert said in found
    assert [len(re.findall("word marked", strip)) for strip in found.split("<h3>")[1:]] == [
        int(max(shares) > 0.005) for shares in (first, second)
    ]
    assert "<b>" not in found


def test_each_reader_has_its_own_verdict_and_scale():
    found = leaning.side_by_side(
        [("One", why(2.0, 0.1, -1.0)), ("Other", why(0.1, 0.5, 0.2, label="Sports"))],
        Theme(),
        "Title",
    )
    assert "One, for World" in found
    assert "Other, for Sports" in found
    legends = [re.sub(r"<.*?>|\s", " ", one).split() for one in re.findall(LEGEND, found, re.S)]
    assert legends == [["-2.00", "+2.00"], ["-0.50", "+0.50"]]
