"""Which texts are said to be beyond what the readers know, by the committed readers."""

import pytest

from demo import english, load_panel
from tests.conftest import TRAINED

pytestmark = pytest.mark.trained
BEYOND = [
    "한국은행이 기준금리를 인상했다",
    "Le gouvernement annonce une réforme des retraites",
    "Die Regierung kündigt eine Reform der Renten an",
    "El gobierno anuncia una reforma de las pensiones",
    "東京株式市場で株価が上昇",
    "Правительство объявило о реформе",
    "for (int i = 0; i < n; i++) { sum += a[i]; }",
    "SELECT name FROM users WHERE id = 7;",
    "def read(text): return text.split()",
    "my cat sat on the mat",
    "I love my new shoes",
    "asdf qwer zxcv uiop",
]
NEWS = [
    "Oil prices climb as storm shuts refineries along the coast",
    "Zorbliquex shares fall after profit warning",  # one unknown name
    "Chelsea beat Barcelona 4-2 to reach the last eight",
    "La Paz protests force Bolivia's president to resign",
    "Microsoft releases patch for Windows XP security flaw",
    "Iraq's Allawi says elections will go ahead in January",
    'Bush: "I will not raise taxes"',
    "Stocks up",
    "Nestlé and L'Oréal shares climb",
    "AT&amp;T&#39;s &quot;profit&quot; beats S&amp;P forecast",
]


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


def readings(panel, text):
    return [reader.read(text) for reader in panel.values()]


@pytest.mark.parametrize("text", BEYOND)
def test_what_is_no_english_news_is_said_to_be_unknown(panel, text):
    assert english.unknown(readings(panel, text))


@pytest.mark.parametrize("text", NEWS)
def test_english_news_is_not(panel, text):
    assert not english.unknown(readings(panel, text))


def test_every_reader_says_how_much_it_knows(panel):
    for reading in readings(panel, "Zorbliquex shares fall after Quenmarkia deal"):
        assert reading.words == 6
        assert reading.known_words == 4


def test_of_nothing_nothing_is_said():
    assert not english.unknown([])
