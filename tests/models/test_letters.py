"""One text in several spellings: every reader answers the same, and points to what was typed."""

import unicodedata

import numpy as np
import pytest

from demo.models import open_reader
from tests import tiny_encoders
from tests.conftest import TRAINED

PLAIN = "Oil prices of AT&T's office climb"
SPELLINGS = {
    "soft hyphen": "Oil pri\u00adces of AT&T's office climb",
    "zero-width space": "Oil pri\u200bces of AT&T's of\u200bfice climb",
    "zero-width joiner": "Oil prices of AT&T's off\u200dice climb",
    "zero-width non-joiner": "Oil prices of AT&T's off\u200cice climb",
    "byte order marks": "\ufeffOil prices of AT&T's off\ufeffice climb",
    "variation selector": "Oil\ufe0f prices of AT&T's office climb",
    "controls of direction": "\u202aOil prices\u202c of AT&T's \u2066office\u2069 climb",
    "entities": "Oil prices of AT&amp;T&#39;s office climb",
    "entities in entities": "Oil prices of AT&amp;amp;T&amp;#39;s office climb",
    "remnants of entities": "Oil prices of AT amp;T #39;s office climb".replace("AT amp;T", "AT&T"),
    "ligatures": "Oil prices of AT&T's oﬃce climb",
    "full width": "Ｏｉｌ prices of AT&T's office climb",
    "backslashes": "Oil\\prices of AT&T's office climb",
    "spaces left over": "Oil prices of AT&T 's office climb",
}
APART = [  # words whose marks are code points of their own
    "Nestlé and L'Oréal shares climb",
    "Việt Nam holds Đà Nẵng talks",
    "Škoda beats Citroën in Košice",
    "São Paulo elections: coalition ahead",
    "한국 증시 climbs",
    "Ελλάδα shares climb",
]
WORDS = [  # scripts whose words hold marks: one word, not a word at each mark
    ("हिन्दी समाचार", ["हिन्दी", "समाचार"]),
    ("ภาษาไทย news", ["ภาษาไทย", "news"]),
    ("தமிழ் news", ["தமிழ்", "news"]),
    ("العَرَبِيَّة news", ["العَرَبِيَّة", "news"]),
    ("re\u0301sume\u0301 news", ["re\u0301sume\u0301", "news"]),
    ("\u1112\u1161\u11ab\u1100\u116e\u11a8 news", ["\u1112\u1161\u11ab\u1100\u116e\u11a8", "news"]),
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_reader(tiny_encoders.write(tmp_path_factory.mktemp("readers") / "bert"))


@pytest.fixture(
    scope="module",
    params=[
        "tiny",
        *(
            pytest.param(name, marks=pytest.mark.trained)
            for name in ("transformer", "bert", "rnnsearch")
        ),
    ],
)
def reader(request, tiny):
    return tiny if request.param == "tiny" else open_reader(TRAINED / request.param)


def points_into(reading, text):
    """Whether the tokens of a reading are pieces of the text, in order."""
    spans = [(token.start, token.end) for token in reading.tokens if not token.special]
    assert [text[start:end] for start, end in spans] == [
        token.text for token in reading.tokens if not token.special
    ]
    return all(0 <= start < end for start, end in spans) and spans == sorted(spans)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_cannot_be_seen_or_was_broken_changes_no_answer(reader, spelling):
    text = SPELLINGS[spelling]
    plain, found = reader.read(PLAIN), reader.read(text)
    assert np.abs(found.probabilities - plain.probabilities).max() < 1e-6
    assert len(found.tokens) == len(plain.tokens)
    assert found.text == text
    assert points_into(found, text)
    assert found.mended
    assert not plain.mended


@pytest.mark.parametrize("text", APART)
def test_letters_taken_apart_are_the_same_letters(reader, text):
    apart, together = unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)
    one, other = reader.read(apart), reader.read(together)
    assert np.abs(one.probabilities - other.probabilities).max() < 1e-6
    assert points_into(one, apart)
    assert points_into(other, together)
    assert not one.mended


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_a_word_keeps_its_marks(tiny_reader, text, words):
    assert [token.text for token in tiny_reader.read(text).tokens] == words


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_pieces_begin_and_end_with_whole_characters(tiny, text, words):
    reading = tiny.read(text)
    assert points_into(reading, text)
    for token in reading.tokens:
        assert token.special or not unicodedata.combining(token.text[0])
