"""Inside as a view: two kinds of attention are offered where a panel has both."""

import pytest

from demo.figures.theme import Theme
from demo.page import links
from demo.page.views.declaration import settle
from demo.page.views.inside import BOTH, VIEW
from demo.serving.panel import Panel

HEADLINE = "Oil prices climb as storm shuts the court"


@pytest.fixture(scope="module")
def panel(tiny_reader, tiny_writer, tmp_path_factory):
    panel = Panel()
    panel.add(tiny_writer, tmp_path_factory.mktemp("writer"))
    panel.add(tiny_reader, tmp_path_factory.mktemp("reader"))
    return panel


def drawn(panel, **asked):
    settled = settle(VIEW, panel, asked)
    return VIEW.draw(
        panel,
        HEADLINE,
        Theme(readers=tuple(panel)),
        **{name: setting.value for name, setting in settled.items()},
    )


def test_beside_the_additive_score_only_readers_with_heads_are_offered(panel):
    settled = settle(VIEW, panel, {"kinds": BOTH, "reader": "rnnsearch"})
    assert [name for _, name in settled["reader"].options] == ["transformer"]
    assert settled["reader"].value == "transformer"
    assert not settled["shuffle"].shown
    assert not settled["unmask"].shown
    assert len(settle(VIEW, panel, {})["reader"].options) == 2


def test_both_are_drawn_and_nothing_that_belongs_to_one(panel):
    found = drawn(panel, kinds=BOTH, factor="2.5")
    assert set(found) == {"inside", "inside-verdict"}
    assert found["inside"].count("data-numbers") == 2
    assert 'data-factor="2.5"' in found["inside-verdict"]
    assert drawn(panel)["inside"].count("data-numbers") == 1


@pytest.mark.parametrize("kind", ["tiny_reader", "tiny_writer"])
def test_a_panel_with_one_kind_does_not_offer_both(request, tmp_path, kind):
    panel = Panel()
    panel.add(request.getfixturevalue(kind), tmp_path)
    setting = settle(VIEW, panel, {"kinds": BOTH})["kinds"]
    assert not setting.shown
    assert setting.value != BOTH


def test_a_link_brings_both_with_what_was_picked(panel):
    asked = {"kinds": BOTH, "word": "3", "key": "2", "output": "2"}
    query = links.link(panel, VIEW, HEADLINE, asked)
    opened = links.opened(links.query(query), panel, [VIEW])
    assert opened.values == opened.values | asked
    assert opened.problems == ()
