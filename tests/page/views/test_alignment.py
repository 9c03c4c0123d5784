"""The Alignment tab in Chromium: on which text it opens."""

import pytest

from demo.page import prepared
from tests.test_browser import open_tab

pytestmark = [pytest.mark.trained, pytest.mark.browser]
LEAD, PLAIN = prepared.headline("lead"), prepared.headline("plain")


def reads(page, text):
    page.wait_for_function("text => headlineAttention.shown() === text", arg=text)
    return page.input_value("#headline textarea")


def test_as_long_as_nobody_has_chosen_a_text_it_shows_a_lead(open_page):
    page = open_page()
    open_tab(page, "Alignment")
    assert reads(page, LEAD) == LEAD
    page.locator("#alignment .heatmaplayer").first.wait_for()
    page.get_by_text("What misleads here").wait_for()
    open_tab(page, "Heads")
    assert reads(page, PLAIN) == PLAIN


@pytest.mark.parametrize("way", ["typed", "not asked for yet", "chip", "link"])
def test_a_text_that_was_chosen_stays(open_page, way):
    text = "Chelsea buy striker"
    page = open_page(path="/?text=Chelsea+buy+striker&tab=heads" if way == "link" else "")
    if way == "chip":
        text = prepared.headline("firm")
        page.get_by_role("button", name="Apple, the firm").click()
    elif way != "link":
        page.locator("#as-you-type input").set_checked(False)
        page.fill("#headline textarea", text)
    if way == "typed":
        page.press("#headline textarea", "Enter")
    if way != "not asked for yet":
        reads(page, text)
    open_tab(page, "Alignment")
    page.locator("#alignment .heatmaplayer").first.wait_for()
    assert page.input_value("#headline textarea") == text
    assert page.evaluate("headlineAttention.shown()") in (text, PLAIN)
