"""The Alignment tab in Chromium: on which text it opens."""

import json

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


ROWS = """() => document.querySelector('#alignment .js-plotly-plot')._fullData[0].z
  .filter(row => Array.from(row).some(value => value > 0)).length"""
NAMED = """() => document.querySelector('#alignment .js-plotly-plot').layout.yaxis.ticktext
  .filter(text => text.trim()).length"""


@pytest.mark.parametrize("given", ["", "&own=Airline+cuts+jobs"])
def test_the_decoder_is_replayed_word_by_word(open_page, given):
    link = f"/?tab=alignment&reader=rnnsearch&text={LEAD.replace(' ', '+')}{given}"
    page = open_page(path=link.replace("$", "%24"))
    page.locator("#alignment .heatmaplayer").first.wait_for()
    replay = page.locator("#alignment-replay")
    replay.get_by_role("button", name="One step on").wait_for()
    whole = page.evaluate(ROWS)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    for place in (1, 2, 3):
        replay.get_by_role("button", name="One step on").click()
        page.wait_for_function(f"({ROWS})() === {place}")
        assert page.evaluate(NAMED) == place
    written = replay.locator(".candidate.written")
    assert written.count() == 1
    assert ("yours" if given else "written") in written.inner_text()
    assert "after “Business" in replay.inner_text()
    assert replay.locator("[role=status]").inner_text().startswith(f"3 of {whole} · “")
    assert requests == []
    colours = "document.querySelector('#alignment .js-plotly-plot').layout.paper_bgcolor"
    light = page.evaluate(colours)
    page.get_by_role("button", name="Light / dark").click()
    page.wait_for_function(f"light => {colours} !== light", arg=light)
    page.wait_for_function(f"({ROWS})() === 3")  # another theme, and the same word
    while replay.get_by_role("button", name="One step back").is_enabled():
        replay.get_by_role("button", name="One step back").click()
    page.wait_for_function(f"({ROWS})() === {whole}")
    assert page.evaluate(NAMED) == whole
    page.locator("details:has([data-picture=alignment]) summary").click()
    with page.expect_download() as download:
        page.click("[data-tool=json][data-picture=alignment]")
    first, *tables = json.loads(download.value.path().read_text("utf-8"))["tables"]
    assert [table["name"].split(". ")[1] for table in tables] == first["rows"]
    assert tables[0]["rows"][0] == "Business"
