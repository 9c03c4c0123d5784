"""Links: from the query of an address to a view of the page, and back."""

from urllib.parse import parse_qs, urlencode, urlsplit

import gradio as gr
import pytest
from demo.tabs import alignment, heads

from demo import links
from demo.serving.panel import Panel

HEADLINE = "Oil & gas: 50% “cheaper” ${now}"


@pytest.fixture
def tabs(tiny_reader):
    panel = Panel()
    panel["transformer"] = tiny_reader
    with gr.Blocks():
        return [heads.build(panel, {"transformer": (1, 2)}), alignment.build(panel)]


def values(view, tab):
    """The values that a view sets, by the names of the controls."""
    return {
        name: view.updates[control]["value"]
        for name, control in tab.controls.items()
        if "value" in view.updates.get(control, {})
    }


def test_a_link_sets_text_tab_and_controls(tabs):
    query = {"text": HEADLINE, "tab": "heads", "head": "2", "words": "1", "specials": "hidden"}
    view = links.opened(query, tabs)
    assert (view.text, view.tab, view.problems) == (HEADLINE, "heads", [])
    assert values(view, tabs[0]) == {"head": 1, "words": True, "specials": "hidden"}


def test_without_parameters_nothing_changes(tabs):
    view = links.opened({}, tabs)
    assert (view.text, view.updates, view.problems) == (None, {}, [])


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
def test_a_damaged_parameter_falls_back_with_a_sentence(tabs, query, sentence):
    view = links.opened({"head": "2", **query}, tabs)
    assert len(view.problems) == 1
    assert sentence in view.problems[0]
    assert len(view.problems[0]) < 250


@pytest.mark.parametrize("value", [0, 11, "mean", "hidden", True, False, "6.11, 2.3"])
def test_what_a_link_spells_is_understood(value):
    if isinstance(value, bool):
        control = gr.Checkbox()
    elif isinstance(value, str):
        control = gr.Radio([value, "another"])
    else:
        control = gr.Radio([(str(number + 1), number) for number in range(12)])
    assert links._understood(links.spelled(value), control, {}) == value


VIEWS = {
    "heads": {"reader": "bert", "layer": "3", "head": "rollout", "specials": "hidden"},
    "alignment": {"reader": "rnnsearch", "own": "Moon probe lands"},
    "bertviz": {"reader": "bert", "view": "model"},
    "evidence": {"reader": "bert", "by": "rollout", "silenced": "1.2, 6.11"},
}
SHOWN = {  # what can be seen of such a view
    "heads": ("#heads-caption", "Rollout, 4 tokens (special tokens hidden"),
    "alignment": ("#alignment-caption", "“probe” at “"),
    "bertviz": ("#bertviz iframe[title*='model view of 6 tokens']", ""),
    "evidence": ("#evidence-bars", "With 2 heads silenced"),
}


@pytest.mark.trained
@pytest.mark.browser
@pytest.mark.parametrize("tab", VIEWS)
def test_a_copied_link_opens_the_same_view(open_page, tab):
    asked = {"text": "Probe lands on moon", "tab": tab, **VIEWS[tab]}
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
