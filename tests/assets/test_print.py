"""What is printed from a dark page: light, whole and without controls, in Chromium."""

import re
from urllib.parse import urlencode

import pytest

from tests.test_browser import open_tab

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
SHEET = {"width": 703, "height": 1032}  # px of A4 within its margins
VIEWS = {  # by its tab, what is there once a view is drawn with BERT
    "Heads": "#heads-all .heatmaplayer",
    "Alignment": "#alignment .heatmaplayer",
    "BertViz": "#bertviz iframe",
    "Evidence": "#head-shares .heatmaplayer",
    "Compare": "#compare-sides .heatmaplayer",
    "Models": "#confusion .heatmaplayer",
}
PICTURES = {"Heads": 3, "Alignment": 1, "BertViz": 0, "Evidence": 2, "Compare": 2, "Models": 4}
NO_TEXT = {"Models"}  # no cards above it
CONTROLS = (
    "#actions button, #read, #as-you-type, .chips button, [role=tab], .tools button, .help, "
    "footer, [role=tabpanel] :is(input, textarea)"
)
DARKEST_PAPER, LIGHTEST_INK = 0.9, 0.62  # of lightness, 0 to 1
PRINTED = """() => {
  const light = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return alpha ? (0.299 * red + 0.587 * green + 0.114 * blue) / 255 : null;
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (selector) => all(selector).filter((one) => one.checkVisibility());
  const plots = seen(".js-plotly-plot").map((plot) => {
    const box = plot.getBoundingClientRect();
    const texts = [...plot.querySelectorAll(":is(.xtick, .ytick) text, .gtitle, .annotation-text")];
    const out = texts.filter((text) => {
      const one = text.getBoundingClientRect();
      return one.left < box.left - 1 || one.right > box.right + 1
        || one.top < box.top - 1 || one.bottom > box.bottom + 1;
    });
    return {
      id: plot.closest(".block[id]").id,
      right: box.right, height: box.height,
      title: getComputedStyle(plot.closest(".block[id]"), "::before").content,
      paper: light(getComputedStyle(plot.querySelector(".main-svg")).backgroundColor),
      inks: texts.filter((text) => text.closest(".xtick, .ytick"))
        .map((text) => light(getComputedStyle(text).fill)),
      cut: out.map((text) => text.textContent),
      apart: getComputedStyle(plot).breakInside !== "avoid",
    };
  });
  const words = seen(".word").map((word) => {
    const { backgroundColor, color } = getComputedStyle(word);
    return Math.abs((light(backgroundColor) ?? 1) - light(color));
  });
  return {
    plots, words,
    grounds: all("html, body, gradio-app, .gradio-container, main")
      .map((one) => light(getComputedStyle(one).backgroundColor)).filter((one) => one !== null),
    bars: seen(".fill").map((bar) => getComputedStyle(bar).printColorAdjust),
    inks: seen(".card .label, .card .name, .caption, h1")
      .map((one) => light(getComputedStyle(one).color)),
    wide: document.documentElement.scrollWidth,
  };
}"""
DRAWN = """() => JSON.stringify([...document.querySelectorAll(".js-plotly-plot")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.layout.paper_bgcolor, one.data[0].colorscale, one.clientWidth]))"""

# As soon as nothing has changed on the page for so many ms.
STILL = """() => new Promise(done => {
  let waiting;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => done(changes.disconnect()), 800);
  };
  const changes = new MutationObserver(wait);
  changes.observe(document.body, { childList: true, subtree: true, attributes: true });
  wait();
})"""
ANSWERED = "(parts) => parts.every((part) => headlineAttention.link().includes(part))"


@pytest.fixture(scope="module")
def page(open_kept_page):
    query = urlencode({"text": "Oil prices climb as storm shuts refineries along the coast"})
    page = open_kept_page(1280, 900, "dark", f"/?{query}&tab=heads&reader=bert")
    page.locator(VIEWS["Heads"]).first.wait_for()
    return page


def drawn(page, tab):
    open_tab(page, tab)
    if tab in ("Alignment", "BertViz", "Evidence"):
        page.locator(f"#{tab.lower()}-reader").get_by_label("Fine-tuned BERT").click()
        page.wait_for_function(ANSWERED, arg=[f"tab={tab.lower()}", "reader=bert"])
    page.locator(VIEWS[tab]).first.wait_for()
    page.wait_for_function("!document.body.classList.contains('more-to-come')")
    page.evaluate(STILL)  # bars grow, and a switch of readers draws once more


@pytest.mark.parametrize("tab", VIEWS)
def test_a_dark_page_is_printed_light_and_whole(page, tab):
    drawn(page, tab)
    before = page.evaluate(DRAWN)
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    page.wait_for_timeout(500)
    try:
        printed = page.evaluate(PRINTED)
        visible = [one for one in page.locator(CONTROLS).all() if one.is_visible()]
        assert visible == []
        assert min(printed["grounds"]) == 1
        assert printed["wide"] <= SHEET["width"]
        assert max(printed["inks"]) < LIGHTEST_INK
        assert (len(printed["bars"]) >= 12) == (tab not in NO_TEXT)
        assert set(printed["bars"]) == (set() if tab in NO_TEXT else {"exact"})
        assert len(printed["plots"]) == PICTURES[tab]
        for plot in printed["plots"]:
            assert plot["right"] <= SHEET["width"], plot["id"]
            assert plot["height"] <= SHEET["height"] - 40, plot["id"]  # with its title, on a sheet
            assert plot["paper"] > DARKEST_PAPER, plot["id"]
            assert max(plot["inks"], default=0) < LIGHTEST_INK, plot["id"]
            assert plot["cut"] == [], plot["id"]
            assert re.search(r"\w{3}", plot["title"]), plot["id"]
            assert not plot["apart"], plot["id"]
        if tab in ("Evidence", "Compare"):
            assert min(printed["words"]) > 0.35
        if tab == "BertViz":
            frame = page.frame_locator("#bertviz iframe")
            ground = frame.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
            assert ground == "rgb(255, 255, 255)"
            ink = frame.locator("svg text").first.evaluate("one => getComputedStyle(one).fill")
            assert ink == "rgb(27, 29, 38)"
    finally:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("() => document.body.classList.contains('dark')")
    page.wait_for_function(f"before => ({DRAWN})() === before", arg=before)


def test_a_printed_page_has_a_sheet_for_each_picture_and_no_empty_one(page):
    drawn(page, "Heads")
    page.set_viewport_size({"width": 1280, "height": 900})
    sheets = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 3 <= sheets <= 4
    page.wait_for_function("() => document.body.classList.contains('dark')")
