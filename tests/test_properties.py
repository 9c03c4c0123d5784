"""What holds for the reading of every text, whatever is in it: tried on texts that are made up."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.analysis import attention
from demo.models import words
from demo.models.decoder import SYMBOLS
from demo.models.encoder import EncoderReader
from demo.models.rnnsearch import Config, RnnSearchReader, build
from demo.reading import MAX_CHARACTERS, check_text
from tests import tiny_encoders
from tests.conftest import TINY_WORDS

PIECES = [
    "oil",
    "Prices",
    "[SEP]",
    "[UNK]",
    "##s",
    "<end>",
    "é",
    "e\u0301",
    "İ",
    "\u202e",
    "🛢️",
    "\x00",
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([*PIECES, " ", "\n", "."]), max_size=120).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=300).map(" ".join),
)
quietly = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def readable(text: str) -> bool:
    try:
        return bool(check_text(text))
    except ValueError:
        return False


@pytest.fixture(scope="session")
def tiny_bert_reader(tmp_path_factory):
    return EncoderReader.load(tiny_encoders.write(tmp_path_factory.mktemp("bert")))


@pytest.fixture(scope="session")
def tiny_rnnsearch():
    vocabulary = words.Vocabulary(["", "[UNK]", *SYMBOLS, *TINY_WORDS])
    config = Config(vocabulary=len(vocabulary), own_words=len(vocabulary), width=8, units=8)
    return RnnSearchReader(build(config), config, vocabulary)


@pytest.fixture(params=["tiny_reader", "tiny_bert_reader", "tiny_rnnsearch"])
def reader(request):
    return request.getfixturevalue(request.param)


@quietly
@given(TEXTS)
def test_words_stand_in_order_and_leave_out_nothing_but_marks(text):
    found = words.spans(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    seen = "".join(text[start:end] for start, end in found)
    letters = [character for character in text if character.isalnum()]
    assert [character for character in seen if character.isalnum()] == letters


@quietly
@given(text=TEXTS.filter(readable))
def test_every_reading_keeps_its_promises(reader, text):
    reading = reader.read(text)
    assert reading.text == text
    assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert reading.tokens
    last = 0
    for token in reading.tokens:
        assert token.text == text[token.start : token.end] or token.special
        assert last <= token.start <= token.end <= len(text)
        assert (token.start == token.end) <= token.special
        last = token.end if not token.special else last
    rows = [reading.alignment.weights] if reading.alignment else [reading.attention]
    for weights in rows:
        assert (weights >= 0).all()
        assert np.abs(weights.sum(-1) - 1).max() < 1e-4


@quietly
@given(text=TEXTS.filter(readable))
def test_whole_words_get_all_the_attention_of_their_pieces(tiny_bert_reader, text):
    reading = tiny_bert_reader.read(text)
    view = attention.view(reading, by_word=True)
    assert np.abs(view.weights.sum(-1) - 1).max() < 1e-4
    assert len(view.tokens) <= len(reading.tokens)
    assert all(
        token.text == text[token.start : token.end] or token.special for token in view.tokens
    )


@quietly
@given(
    st.text(max_size=50) | st.integers() | st.none() | st.binary(max_size=20) | st.lists(st.text())
)
def test_a_text_is_taken_as_it_is_or_refused_with_a_sentence(text):
    if readable(text):
        assert check_text(text) is text
    else:
        with pytest.raises(ValueError, match=r"^[A-Z].{20,}\.$"):
            check_text(text)


@quietly
@given(st.integers(1, 3))
def test_the_longest_text_is_taken_and_one_more_character_is_not(more):
    assert check_text("x" * MAX_CHARACTERS)
    with pytest.raises(ValueError, match="at most 20,000"):
        check_text("x" * (MAX_CHARACTERS + more))
