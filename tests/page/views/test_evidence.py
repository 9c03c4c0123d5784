import pytest

from demo.page.views.evidence_heads import heads_named


def test_heads_are_named_as_people_count():
    assert heads_named(" 6.11, 2.3;1.1 ", (6, 12)) == {(5, 10), (1, 2), (0, 0)}
    assert heads_named("", (6, 12)) == set()


@pytest.mark.parametrize("written", ["7.1", "1.13", "0.1", "oil", "1", "1.1.1", "-1.2", "9" * 50])
def test_a_head_that_is_not_there_gets_a_sentence(written):
    with pytest.raises(ValueError, match=r"up to 6\.12"):
        heads_named(written, (6, 12))
