"""Links: from the query of an address to a view of the page, and back."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from demo.models import open_reader
from demo.page import links
from demo.page.views import VIEWS
from demo.serving.panel import Panel
from tests import tiny_encoders

HEADLINE = "Oil & gas: 50% “cheaper” ${now}"


@pytest.fixture
def panel(tiny_reader, tmp_path):
    panel = Panel()
    panel.add(tiny_reader, tmp_path)
    return panel


def test_a_link_sets_text_view_and_controls(panel):
    query = {"text": HEADLINE, "tab": "heads", "head": "2", "words": "1", "specials": "hidden"}
    found = links.opened(query, panel, VIEWS)
    assert (found.text, found.view.id, found.problems) == (HEADLINE, "heads", ())
    assert found.values == {"head": 1, "words": True, "specials": "hidden"}


def test_without_parameters_nothing_changes(panel):
    found = links.opened({}, panel, VIEWS)
    assert (found.text, found.values, found.problems) == (None, {}, ())


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"text": " "}, "The link's text cannot be read"),
        ({"text": "oil " * 6000}, "at most 20,000"),
        ({"tab": "nowhere"}, "a tab that is not there, 'nowhere'"),
        ({"head": "3"}, "The link's head, '3', is not there"),
        ({"head": "0"}, "The link's head"),
        ({"head": "<b>"}, "The link's head"),
        ({"reader": "gpt"}, "The link's reader"),
        ({"words": "yes"}, "The link's words"),
        ({"layer": "9" * 5000}, "The link's layer"),
        ({"tab": "alignment", "own": "oil " * 6000}, "The link's own"),
    ],
)
def test_a_damaged_parameter_falls_back_with_a_sentence(panel, query, sentence):
    found = links.opened({"head": "2", **query}, panel, VIEWS)
    assert len(found.problems) == 1
    assert sentence in found.problems[0]
    assert len(found.problems[0]) < 250


@pytest.mark.parametrize("old", ["silenced", "masked"])
def test_a_link_of_an_earlier_page_is_understood(panel, old):
    found = links.opened({"tab": "evidence", old: "1.2"}, panel, VIEWS)
    assert found.values == {"masked": "1.2"}


@pytest.fixture
def pieces_panel(panel, tmp_path):
    """With a reader that cuts words into pieces."""
    panel.add(open_reader(tiny_encoders.write(tmp_path / "bert")), tmp_path / "bert")
    return panel


def test_an_old_link_to_heads_still_means_pieces_and_marks(pieces_panel):
    (name,) = (name for name, reader in pieces_panel.items() if reader.info.pieces)
    old = f"?text=Oil&tab=heads&reader={name}&layer=2&head=2"
    found = links.opened(links.query(old), pieces_panel, VIEWS)
    assert (found.values["specials"], found.values["words"]) == ("shown", False)
    assert links.link(pieces_panel, found.view, "Oil", found.values) == old
    of_no_pieces = links.opened(links.query("?tab=heads"), pieces_panel, VIEWS)
    assert of_no_pieces.values == {}  # a reader that is chosen afterwards opens as without a link


def test_heads_opens_on_words_and_its_link_says_so(pieces_panel):
    (name,) = (name for name, reader in pieces_panel.items() if reader.info.pieces)
    (heads,) = (view for view in VIEWS if view.id == "heads")
    link = links.link(pieces_panel, heads, "Oil", {"reader": name})
    assert link == f"?text=Oil&tab=heads&reader={name}&specials=folded&words=1"
    found = links.opened(links.query(link), pieces_panel, VIEWS)
    assert found.values == {"reader": name, "specials": "folded", "words": True}


def test_a_page_that_is_opened_by_no_link_is_not_bound_by_old_ones(tmp_path):
    panel = Panel()
    panel.add(open_reader(tiny_encoders.write(tmp_path / "bert")), tmp_path / "bert")
    assert links.opened({"__theme": "dark"}, panel, VIEWS).values == {}
    assert links.opened({"text": "Oil"}, panel, VIEWS).values == {
        "specials": "shown",
        "words": False,
    }


ASKED = {
    "heads": {"reader": "bert", "layer": "3", "head": "rollout", "specials": "hidden"},
    "alignment": {"reader": "rnnsearch", "own": "Moon probe lands"},
    "bertviz": {"reader": "bert", "view": "model"},
    "evidence": {
        **{"reader": "bert", "label": "World", "by": "rollout", "map": "masked"},
        **{"masked": "1.2, 6.11", "out": "6.12"},
    },
}
SHOWN = {  # what can be seen of such a view
    "heads": ("#heads-caption", "Rollout, 4 tokens (special tokens hidden"),
    "alignment": ("#alignment-caption", "“probe” at “"),
    "bertviz": ("#bertviz iframe[title*='model view of 6 tokens']", ""),
    "evidence": ("#evidence-bars", "With 2 heads masked"),
}


@pytest.mark.trained
@pytest.mark.browser
@pytest.mark.parametrize("tab", ASKED)
def test_a_copied_link_opens_the_same_view(open_page, tab):
    asked = {"text": "Probe lands on moon", "tab": tab, **ASKED[tab]}
    page = open_page(path=f"/?{urlencode(asked)}")
    where, words = SHOWN[tab]
    page.locator(where).filter(has_text=words).wait_for()
    assert page.locator("#card-bert .card").get_attribute("data-text") == asked["text"]
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    found = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert {**asked, **found} == asked  # and nothing that was not asked for
    again = open_page(path=f"/?{urlsplit(link).query}")
    again.locator(where).filter(has_text=words).wait_for()


@pytest.mark.trained
@pytest.mark.browser
def test_a_damaged_link_opens_the_page_with_a_notice(open_page):
    page = open_page(path="/?text=Probe+lands&tab=heads&reader=gpt&head=77")
    page.get_by_text("The link's reader, 'gpt', is not there").wait_for()
    page.get_by_text("The link's head, '77', is not there").wait_for()
    assert page.input_value("#headline textarea") == "Probe lands"
