"""The Heads tab in Chromium: words and marks, a row that is picked, and the way Inside."""

import json

import numpy as np
import pytest

from tests.test_browser import words_on

pytestmark = [pytest.mark.trained, pytest.mark.browser]
HEADLINE = "Oil prices climb as storm shuts refineries along the coast"
PLOT = "document.querySelector('#head-large .js-plotly-plot')"


@pytest.fixture
def bert(open_page):
    """A function that opens the page and chooses BERT, as a visitor would."""

    def open_(**settings):
        page = open_page(**settings)
        page.locator("#heads-reader").get_by_label("Fine-tuned BERT").check()
        page.locator("#heads-caption").get_by_text("folded into one column").wait_for()
        page.wait_for_function(f"{PLOT}.data.length === 2")
        return page

    return open_


def click_row(page, row):
    """Click the first cell of a row of the large head."""
    rows = len(HEADLINE.split())
    area = page.locator("#head-large .nsewdrag")
    box = area.bounding_box()
    area.click(position={"x": 0.05 * box["width"], "y": (row + 0.5) / rows * box["height"]})


def test_it_opens_on_whole_words_with_the_marks_in_one_column(bert):
    page = bert()
    assert words_on(page, "#head-large", "y") == HEADLINE.split()
    assert page.locator("#head-large .annotation-text").text_content().startswith("[CLS], [SEP]: ")
    for picture in ("heads-small", "head-large", "heads-all"):
        plot = f"document.querySelector('#{picture} .js-plotly-plot')"
        tables = page.evaluate(f"headlineAttention.tables.ofPlot({plot})")
        assert len(tables) == {"heads-small": 12, "head-large": 1, "heads-all": 72}[picture]
        for table in tables:
            assert table["columns"] == [*HEADLINE.split(), "[CLS], [SEP]"]
            np.testing.assert_allclose(np.sum(table["values"], axis=1), 1, atol=1e-5)


def test_an_old_link_opens_pieces_and_marks(open_page):
    page = open_page(path="/?text=Probe+lands&tab=heads&reader=bert")
    page.locator("#head-large .ytick").first.wait_for()
    assert words_on(page, "#head-large", "y") == ["[CLS]", "Probe", "lands", "[SEP]"]
    assert "words=" not in page.evaluate("headlineAttention.link()")


@pytest.mark.parametrize("width", [1920, 390])
def test_a_row_that_is_clicked_leads_to_its_arithmetic(bert, width):
    page = bert(width=width, height=900)
    click_row(page, 4)
    way = page.locator("#heads-inside button")
    way.get_by_text("storm").wait_for()
    page.wait_for_function(f"{PLOT}.layout.shapes[0].visible && {PLOT}.layout.shapes[0].y0 === 3.5")
    assert "word=6" in page.evaluate("headlineAttention.link()")
    page.locator("#heads-head").get_by_label("2", exact=True).check()
    page.locator("#heads-caption").get_by_text("Layer 1, head 2").wait_for()
    assert page.evaluate(f"{PLOT}.layout.shapes[0].visible")  # of the next head as well
    way.focus()
    page.keyboard.press("Enter")
    page.locator("#inside .reads").get_by_text("“storm” looks most at").wait_for()
    page.locator("#inside [data-title='Fine-tuned BERT, inside layer 1, head 2']").wait_for()
    assert page.evaluate("document.activeElement.dataset.tabId") == "inside"


def test_the_mean_of_heads_leads_nowhere(bert):
    page = bert()
    assert page.locator("#heads-inside button").is_visible()
    page.get_by_label("Mean of heads").check()
    page.locator("#heads-caption").get_by_text("mean of heads").wait_for()
    assert not page.locator("#heads-inside").is_visible()


def test_the_numbers_that_are_saved_hold_the_marks(bert):
    page = bert()
    page.locator("details:has([data-picture=head-large]) summary").click()
    with page.expect_download() as download:
        page.click("[data-tool=json][data-picture=head-large]")
    (table,) = json.loads(download.value.path().read_text("utf-8"))["tables"]
    assert table["columns"][-1] == "[CLS], [SEP]"
