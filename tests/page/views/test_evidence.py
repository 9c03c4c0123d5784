from copy import copy
from dataclasses import replace

import pytest

from demo.figures.theme import Theme
from demo.page.views import evidence
from demo.page.views.evidence_heads import heads_named


def test_heads_are_named_as_people_count():
    assert heads_named(" 6.11, 2.3;1.1 ", (6, 12)) == {(5, 10), (1, 2), (0, 0)}
    assert heads_named("", (6, 12)) == set()


@pytest.mark.parametrize("written", ["7.1", "1.13", "0.1", "oil", "1", "1.1.1", "-1.2", "9" * 50])
def test_a_head_that_is_not_there_gets_a_sentence(written):
    with pytest.raises(ValueError, match=r"up to 6\.12"):
        heads_named(written, (6, 12))


def add_another(panel, reader, name, folder):
    """The same network once more, under another name."""
    another = copy(reader)
    another.info = replace(reader.info, name=name)
    panel.add(another, folder)
    return another


def test_readers_stand_side_by_side_where_two_say_what_their_words_add_up_to(
    panel, tiny_reader, tmp_path
):
    text = "oil prices climb"
    assert evidence.of_every_reader(panel, text, Theme()) == ""  # the other one does not
    add_another(panel, tiny_reader, "second", tmp_path)
    found = evidence.of_every_reader(panel, text, Theme())
    assert found.count("<h3>") == 2


def test_a_reader_that_fails_leaves_the_others_where_they_are(panel, tiny_reader, tmp_path):
    add_another(panel, tiny_reader, "second", tmp_path)
    add_another(panel, tiny_reader, "broken", tmp_path).decompose = None
    found = evidence.of_every_reader(panel, "oil prices climb", Theme())
    assert found.count("<h3>") == 2
