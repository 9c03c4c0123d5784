"""Every view with BERT on narrow screens and enlarged pages: nothing is cut, nothing overflows."""

from urllib.parse import urlencode

import pytest

from tests.test_browser import open_tab

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
TEXT = (
    "Government announces unprecedented telecommunications restructuring programme along the coast"
)
SCREENS = {  # width, height and px of the device for each px of the page
    "a small phone": (320, 640, 2),
    "a phone": (390, 844, 3),
    "a large phone": (640, 900, 1),
    "a tablet": (768, 1024, 2),
    "1280 at 200 %": (640, 400, 2),
    "1920 at 200 %": (960, 540, 2),
    "a screen": (1920, 1080, 1),
}
VIEWS = {
    "Heads": "#heads-all .heatmaplayer",
    "Alignment": "#alignment .heatmaplayer",
    "BertViz": "#bertviz iframe",
    "Evidence": "#head-shares .heatmaplayer",
    "Compare": "#compare-sides .heatmaplayer",
    "Batch": "#batch-lines textarea",
    "Models": "#confusion .heatmaplayer",
}
CUT = """() => [...document.querySelectorAll(".js-plotly-plot")]
  .filter((one) => one.checkVisibility())
  .flatMap((plot) => {
    const box = plot.getBoundingClientRect();
    const texts = ":is(.xtick, .ytick, .cbaxis, .textpoint) text, .gtitle, .xtitle, .ytitle,"
      + ".annotation-text";
    return [...plot.querySelectorAll(texts)].filter((text) => {
      const one = text.getBoundingClientRect();
      return one.width && (one.left < box.left - 1 || one.right > box.right + 1
        || one.top < box.top - 1 || one.bottom > box.bottom + 1);
    }).map((text) => `${plot.closest(".block[id]").id}: ${text.textContent}`);
  })"""
OVER = """() => [...document.querySelectorAll("main *")].filter((one) =>
    one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1
    && !one.closest("svg, .chip-row, [role=tablist], .controls .wrap, #bertviz, #heads-small,"
      + "#evidence-scores, #record-evidence"))
  .map((one) => `${one.tagName} ${one.className} in ${one.closest("[id]").id}`)"""


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_cut_and_nothing_is_wider_than_the_screen(open_page, screen):
    width, height, scale = SCREENS[screen]
    query = urlencode({"text": TEXT, "tab": "heads", "reader": "bert"})
    page = open_page(width, height, path=f"/?{query}", scale=scale)
    for tab, drawn in VIEWS.items():
        if tab != "Heads":
            open_tab(page, tab)
        if tab in ("Alignment", "BertViz", "Evidence"):
            page.locator(f"#{tab.lower()}-reader").get_by_label("Fine-tuned BERT").click()
        page.locator(drawn).first.wait_for()
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
        assert page.evaluate(CUT) == [], tab
        assert page.evaluate(OVER) == [], tab
