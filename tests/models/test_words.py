import numpy as np
import pytest
from keras.layers import TextVectorization

from demo.models import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oil hits $47.01 a barrel!", ["Oil", "hits", "$47.01", "a", "barrel"]),
        ("AT&T's U.S. arm", ["AT&T's", "U.S", "arm"]),
        ("Rovers win 3-1, up 12%", ["Rovers", "win", "3-1", "up", "12%"]),
        ("Café “Zürich” ’s", ["Café", "Zürich", "s"]),
        ("Sci/Tech x</script>", ["Sci", "Tech", "x", "script"]),
        ("!!! ???", ["!!!", "???"]),
        ("🛢️ 📈", ["🛢️", "📈"]),
        ("نفط عند 50 دولار", ["نفط", "عند", "50", "دولار"]),
    ],
)
def test_words_are_found_where_they_stand(text, expected):
    assert [text[start:end] for start, end in words.spans(text)] == expected


def test_a_key_is_lower_case_and_has_the_shape_of_its_digits():
    assert words.key("Kerry’s") == "kerry's"
    assert words.key("$47.01") == "$00.00"


def test_an_unknown_word_is_marked_and_shares_one_index():
    vocabulary = words.Vocabulary(["", "[UNK]", "oil", "the"])
    tokens = vocabulary.tokens("Oil the OIL gush")
    assert [token.known for token in tokens] == [True, True, True, False]
    assert vocabulary.indices(tokens) == [2, 3, 2, words.UNKNOWN]
    for text in ("Oil the OIL gush", "The&nbsp;o&iacute;l", "\u00ad", "the oil's OIL\u00ad &amp;"):
        assert vocabulary.row(text) == vocabulary.indices(vocabulary.tokens(text))


def test_the_vocabulary_is_that_of_text_vectorization_and_survives_a_file(tmp_path):
    texts = ["the oil the price", "the oil up", "the game 3-1", "the game 2-0"]
    learned = words.Vocabulary.learn(texts, size=6)
    assert learned.entries[:3] == ("", "[UNK]", "the")
    assert len(learned) == 6
    assert "0-0" in learned.entries
    learned.save(tmp_path / "vocabulary.txt")
    opened = words.Vocabulary.load(tmp_path / "vocabulary.txt")
    assert opened.entries == learned.entries
    layer = TextVectorization(standardize=None, split=None, vocabulary=list(opened.entries))
    tokens = opened.tokens("The OIL 9-9 unheard")
    looked_up = np.asarray(layer(np.array([words.key(token.text) for token in tokens])))
    assert looked_up.tolist() == opened.indices(tokens)
