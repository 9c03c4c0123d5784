"""The tray of slides in Chromium: what is put there, its order, a reload, and its deck."""

import io
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from demo import load_panel
from demo.analysis import attention
from tests.conftest import TRAINED

pytestmark = [pytest.mark.trained, pytest.mark.browser]
OIL = "Oil prices climb to a record high as storm shuts Gulf refineries"
CUP = "Coach praises <b>striker</b> after cup final win & parade"
WHOLE = "words=1&specials=folded"  # words, and marks in one column
PICTURES = (  # each with its text, the query that opens it, and what it is on its slide
    ("head-large", OIL, f"tab=heads&reader=bert&layer=3&head=1&{WHOLE}", "table"),
    ("alignment", OIL, "tab=alignment&reader=rnnsearch", "table"),
    ("heads-small", OIL, f"tab=heads&reader=bert&layer=3&head=1&{WHOLE}", "picture"),
    ("evidence", CUP, "tab=evidence&reader=bert", "picture"),
    ("head-shares", CUP, "tab=evidence&reader=bert", "table"),
    ("confusion", "", "tab=models&reader=bert", "table"),
)


def show(page, url, picture, text, query):
    page.goto(f"{url}/?{query}" + (f"&{urlencode({'text': text})}" if text else ""))
    page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
    if text:
        page.wait_for_function("text => headlineAttention.shown() === text", arg=text)
    page.locator(f"#{picture} :is(.js-plotly-plot .main-svg, .strip)").first.wait_for()
    page.wait_for_timeout(300)


def add(page, picture):
    page.click(f".block.tools:has([data-picture={picture}]) summary")
    page.click(f"[data-tool=slides][data-picture={picture}]")
    page.locator("#slides.added").wait_for()


def titles(page):
    return page.locator(".tray li b").all_inner_texts()


def opened(page, count):
    page.click("#slides")
    page.locator(".tray li").nth(count - 1).wait_for()  # they come from the browser's database
    return titles(page)


def downloaded(page):
    with page.expect_download() as download:
        page.click(".tray [data-act=download]")
    return download.value.suggested_filename, Presentation(download.value.path())


def kinds(slide):
    return {
        kind
        for shape in slide.shapes
        for kind in ("chart", "table", "picture")
        if getattr(shape, f"has_{kind}", False) or (kind == "picture" and hasattr(shape, "image"))
    }


def test_a_deck_of_two_headlines_has_eight_slides_with_their_numbers(open_page, page_url):
    page = open_page()
    assert page.locator("#slides").is_hidden()
    for place, (picture, text, query, _) in enumerate(PICTURES):
        show(page, page_url, picture, text, query)
        add(page, picture)
        assert page.inner_text("#slides").endswith(str(place + 1))
    asked = opened(page, len(PICTURES))
    name, deck = downloaded(page)
    assert name == "oil-prices-climb-to-a-record-high-as-storm-shuts-gulf-refineries.pptx"
    slides = list(deck.slides)
    assert [slide.shapes.title.text for slide in slides] == [
        OIL, *asked[:3], CUP, *asked[3:]
    ]  # fmt: skip
    expected = [kind for *_, kind in PICTURES]
    assert [kinds(slide) for slide in slides] == [
        {kind} for kind in ("chart", *expected[:3], "chart", *expected[3:])
    ]
    panel = load_panel(TRAINED)
    reading = panel["bert"].read(OIL)
    series = next(one for one in slides[0].shapes if one.has_chart).chart.plots[0].series
    found = dict(zip((one.name for one in series), (one.values for one in series), strict=True))
    assert found[panel["bert"].info.title] == pytest.approx(reading.probabilities, abs=1e-5)
    table = next(one for one in slides[1].shapes if one.has_table).table
    assert [cell.text for cell in table.rows[0].cells] == ["", *OIL.split(), "[CLS], [SEP]"]
    head = attention.view(attention.of_head(reading, 2, 0), attention.Specials.FOLDED, by_word=True)
    rows = [[cell.text for cell in row.cells][1:-1] for row in table.rows][1:]
    shown = np.array(rows, float)
    np.testing.assert_allclose(shown, head.weights[0], atol=0.00501)
    (image,) = (one.image for one in slides[3].shapes if hasattr(one, "image"))
    assert Image.open(io.BytesIO(image.blob)).size == (2 * 1808, 2 * 740)
    notes = slides[1].notes_slide.notes_text_frame.text
    link = notes.split()[-1]
    page.goto(link)
    page.locator("#head-large .heatmaplayer").wait_for()
    assert page.evaluate("headlineAttention.shown()") == OIL
    assert page.inner_text("[data-title-of=head-large]") == asked[0]


def test_slides_are_put_into_order_taken_out_and_kept_through_a_reload(open_page, page_url):
    page = open_page(theme="dark")
    for picture in ("head-large", "heads-small"):
        show(page, page_url, picture, OIL, "tab=heads&reader=transformer")
        add(page, picture)
    page.reload()
    page.locator("#slides").wait_for()
    before = opened(page, 2)
    assert len(before) == 2
    page.click(".tray li:first-child [data-act=later]")
    page.wait_for_function(
        "first => document.querySelector('.tray li b').innerText !== first", arg=before[0]
    )
    assert titles(page) == before[::-1]
    _, deck = downloaded(page)
    assert [slide.shapes.title.text for slide in deck.slides][1:] == before[::-1]
    assert str(deck.slides[1].background.fill.fore_color.rgb) == "17181F"
    page.reload()
    page.locator("#slides").wait_for()
    assert opened(page, 2) == before[::-1]
    page.click(".tray li:first-child [data-act=out]")
    page.wait_for_function("document.querySelectorAll('.tray li').length === 1")
    page.click(".tray [data-act=empty]")
    page.locator(".tray").wait_for(state="detached")
    assert page.locator("#slides").is_hidden()
    page.reload()
    page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
    assert page.locator("#slides").is_hidden()
