"""Changed copies of texts: the same for the teacher and for who learns from it."""

from demo.training.further_texts import CUT, REPLACED, SHORTEST, further_texts

TEXTS = [
    f"{n} storm shuts refineries along the coast as oil climbs past {n} dollars" for n in range(300)
]


def test_there_are_so_many_copies_of_each_in_their_order():
    assert further_texts(TEXTS, 0) == []
    found = further_texts(TEXTS, 2)
    assert len(found) == 2 * len(TEXTS)
    assert found == further_texts(TEXTS, 2)
    assert found[: len(TEXTS)] == further_texts(TEXTS, 1)
    assert found[: len(TEXTS)] != found[len(TEXTS) :]


def test_some_are_cut_and_some_of_the_words_are_others_of_the_corpus():
    corpus = {word for text in TEXTS for word in text.split()}
    cut = replaced = words = 0
    for text, changed in zip(TEXTS, further_texts(TEXTS, 1), strict=True):
        before, after = text.split(), changed.split()
        assert set(after) <= corpus
        assert SHORTEST <= len(after) <= len(before)
        cut += len(after) < len(before)
        if len(after) == len(before):
            words += len(before)
            replaced += sum(one != other for one, other in zip(before, after, strict=True))
    assert abs(cut / len(TEXTS) - CUT) < 0.1
    assert abs(replaced / words - REPLACED) < 0.04


def test_a_short_text_is_left_whole():
    for text, changed in zip(
        ["Oil", "Oil climbs now"], further_texts(["Oil", "Oil climbs now"], 1), strict=True
    ):
        assert len(changed.split()) == len(text.split())
