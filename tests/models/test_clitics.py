"""Clitics as words of their own, for the readers that were trained so."""

import json

import pytest

from demo.models import words
from demo.models.transformer import Config, TransformerReader, build


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Striker's goal", ["Striker", "'s", "goal"]),
        ("Oil’s rise", ["Oil", "’s", "rise"]),
        ("BUSH'S AT&T's U.S.", ["BUSH", "'S", "AT&T", "'s", "U.S"]),
        ("we're they've she'll I'd I'm", "we 're they 've she 'll I 'd I 'm".split()),
        ("don't O'Neal rock'n'roll", ["don't", "O'Neal", "rock'n'roll"]),
        ("s's 's ' x's's", ["s", "'s", "s", "x's", "'s"]),
        ("2004's 3-1", ["2004", "s", "3-1"]),
        ("!!! ’s’", ["s"]),
        ("'''", ["'''"]),
    ],
)
def test_a_clitic_is_a_word_where_it_is_asked_for(text, expected):
    found = words.spans(text, clitics=True)
    assert [text[start:end] for start, end in found] == expected
    if "'s" not in text.lower() and "’s" not in text and "'re" not in text:
        assert found == words.spans(text)


def test_a_vocabulary_knows_a_word_beside_its_clitic_only_where_it_was_asked_to():
    texts = ["the striker's goal", "the striker runs"]
    apart, whole = (words.Vocabulary.learn(texts, 20, clitics) for clitics in (True, False))
    assert {"striker", "'s"} <= set(apart.entries)
    assert "striker's" in whole.entries
    unheard = "Goal's"
    assert [token.known for token in apart.tokens(unheard)] == [True, True]
    assert [token.known for token in whole.tokens(unheard)] == [False]


@pytest.mark.parametrize("clitics", [True, False, None])
def test_a_reader_cuts_words_as_its_config_says_and_as_before_where_it_does_not(tmp_path, clitics):
    vocabulary = words.Vocabulary(["", "[UNK]", "oil", "'s", "oil's"], bool(clitics))
    config = Config(vocabulary=len(vocabulary), maxlen=8, width=4, clitics=bool(clitics))
    TransformerReader(build(config), config, vocabulary).save(tmp_path)
    file = tmp_path / "config.json"
    stored = json.loads(file.read_text("utf-8"))
    assert stored.pop("clitics") == bool(clitics)
    if clitics is None:  # as a reader was saved before there was the choice
        file.write_text(json.dumps(stored), "utf-8")
    reading = TransformerReader.load(tmp_path).read("Oil's")
    assert [token.text for token in reading.tokens] == (["Oil", "'s"] if clitics else ["Oil's"])
    assert all(token.known for token in reading.tokens)
