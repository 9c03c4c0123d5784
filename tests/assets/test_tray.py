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

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
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
KEPT = """count => new Promise((done) => {
  const asked = indexedDB.open("headline-attention");
  asked.onsuccess = () => {
    const counted = asked.result.transaction("slides").objectStore("slides").count();
    counted.onsuccess = () => { asked.result.close(); done(counted.result === count); };
  };
})"""
TOO_LONG = """() => new Promise((done) => {
  const asked = indexedDB.open("headline-attention");
  asked.onsuccess = () => {
    const store = asked.result.transaction("slides", "readwrite").objectStore("slides");
    const found = store.getAll();
    found.onsuccess = () => store.put({ ...found.result[0], text: "oil ".repeat(6000) });
    store.transaction.oncomplete = () => { asked.result.close(); done(); };
  };
})"""
# What is wrong with the open tray, as sentences: every part of a slide is seen within the card.
ASKEW = """() => {
  const tray = document.querySelector(".tray"), card = tray.getBoundingClientRect(), found = [];
  const wrong = (fault, one) => found.push(`${fault}: ${one.outerHTML.slice(0, 80)}`);
  for (const list of [tray, tray.querySelector("div"), ...tray.querySelectorAll("li")])
    if (list.scrollWidth > list.clientWidth) wrong("swiped sideways", list);
  for (const row of tray.querySelectorAll("li")) {
    const { height } = row.getBoundingClientRect();
    if (height < 96 || height > 120) wrong(`${height} px high`, row);
    const lines = { b: 2, "p span": 1, figcaption: 1 };
    for (const [part, most] of Object.entries(lines)) {
      const one = row.querySelector(part), box = one.getBoundingClientRect();
      if (!one.innerText || box.width < 80) wrong(`${box.width} px wide`, one);
      if (box.height > most * 21) wrong("too many lines", one);
    }
    if (row.querySelectorAll("button").length !== 3) wrong("buttons", row);
    const parts = [...row.querySelectorAll("img, b, p span, figcaption, button")];
    for (const one of parts) {
      const box = one.getBoundingClientRect();
      if (box.left < card.left + 10 || box.right > card.right - 10) wrong("outside", one);
      if (one.matches("button") && Math.min(box.width, box.height) < 32) wrong("small", one);
      if (one.matches("img") && box.width < 80) wrong("small", one);
      for (const other of parts.slice(parts.indexOf(one) + 1)) {
        const next = other.getBoundingClientRect();
        const across = Math.min(box.right, next.right) - Math.max(box.left, next.left);
        const down = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
        if (across > 1 && down > 1) wrong("covered", one);
      }
    }
  }
  return found;
}"""


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


def said_beside(page, picture, key):
    """What the button that adds says once it says the sentence of a key, without its number."""
    button = page.locator(f"[data-tool=slides][data-picture={picture}]")
    page.wait_for_function(
        "([one, key]) => one.textContent"
        ".startsWith(headlineAttention.say(`tray.${key}`, { count: '' }))",
        arg=[button.element_handle(), key],
    )
    assert button.is_visible()
    return button.inner_text()


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
    page.wait_for_timeout(200)  # the browser writes it
    _, deck = downloaded(page)
    assert [slide.shapes.title.text for slide in deck.slides][1:] == before[::-1]
    assert str(deck.slides[1].background.fill.fore_color.rgb) == "17181F"
    page.reload()
    page.locator("#slides").wait_for()
    assert opened(page, 2) == before[::-1]
    page.click(".tray li:first-child [data-act=out]")
    page.wait_for_function("document.querySelectorAll('.tray li').length === 1")
    page.click(".tray [data-act=empty]")
    page.wait_for_function("document.querySelectorAll('.tray li').length === 0")
    assert page.locator("#slides").is_hidden()
    page.wait_for_function(KEPT, arg=0)
    page.reload()
    page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
    assert page.locator("#slides").is_hidden()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_slide_of_the_tray_is_seen_whole_on_every_screen(open_page, page_url, language):
    page = open_page(390, 844, path=f"/?lang={language}")
    queries = {"head-large": "tab=heads&reader=bert&layer=12&head=12", "evidence": "tab=evidence"}
    queries["compare-sides"] = "tab=compare&reader=rnnsearch"
    for picture, query in queries.items():
        show(page, page_url, picture, f"{OIL} {CUP}", f"lang={language}&{query}")
        add(page, picture)
    for width, height in ((320, 640), (390, 844), (768, 1024), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        opened(page, len(queries))
        page.wait_for_function("[...document.querySelectorAll('.tray img')].every(i => i.complete)")
        assert page.evaluate(ASKEW) == [], width
        for act in ("empty", "download"):
            box = page.locator(f".tray [data-act={act}]").bounding_box()
            assert box["y"] + box["height"] <= height
        page.click(".tray form button")


@pytest.mark.parametrize("width", [390, 768])
def test_the_first_slide_moves_nothing_on_a_narrow_screen(open_page, width):
    page = open_page(width, 844)
    top = "document.querySelector('.tabs').getBoundingClientRect().top + scrollY"
    before = page.evaluate(top)
    add(page, "head-large")
    assert page.evaluate(top) == before
    box = page.locator("#slides").bounding_box()
    assert 0 <= box["y"] <= 844 - box["height"]  # though the masthead may be out of sight


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_came_of_adding_is_said_where_it_was_asked_for(open_page, page_url, language):
    page = open_page(390, 844, path=f"/?lang={language}")
    query = f"lang={language}&tab=heads&reader=bert"
    show(page, page_url, "head-large", OIL, query)
    button = page.locator("[data-tool=slides][data-picture=head-large]")
    label = button.text_content()
    menu = page.locator(".block.tools:has([data-picture=head-large]) summary")
    spoken = page.locator("#said")
    menu.click()
    button.click()
    said = said_beside(page, "head-large", "added")
    assert said.endswith("1")
    assert spoken.inner_text() == said
    box = button.bounding_box()
    assert box["x"] >= 0
    button.click()
    again = said_beside(page, "head-large", "already")
    assert spoken.inner_text() == again
    page.wait_for_function("!document.querySelector('.menu[open]')")
    assert button.text_content() == label
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    show(page, page_url, "head-large", OIL, f"{query}&head=2")  # another head is another picture
    menu.click()
    button.click()
    assert said_beside(page, "head-large", "added").endswith("2")
    assert len(opened(page, 2)) == 2


def test_what_was_taken_out_comes_back_until_something_else_is_done(open_page, page_url):
    page = open_page(390, 844)
    for picture in ("head-large", "heads-small"):
        show(page, page_url, picture, OIL, "tab=heads&reader=transformer")
        add(page, picture)
    before = opened(page, 2)
    status, back = page.locator(".tray [role=status]"), page.locator(".tray [data-act=back]")
    assert back.is_hidden()
    page.click(".tray li:first-child [data-act=out]")
    assert (titles(page), status.inner_text()) == (before[1:], "1 slide taken out.")
    back.click()
    assert (titles(page), status.inner_text()) == (before, "")
    page.click(".tray [data-act=empty]")
    assert (titles(page), status.inner_text()) == ([], "2 slides taken out.")
    assert page.locator(".tray [data-act=download]").is_disabled()
    back.click()
    assert back.is_hidden()
    page.wait_for_function(KEPT, arg=2)
    page.reload()
    page.locator("#slides").wait_for()
    assert opened(page, 2) == before
    page.click(".tray li:first-child [data-act=out]")
    page.click(".tray form button")
    assert len(opened(page, 1)) == 1
    assert back.is_hidden()


def test_a_deck_is_said_to_be_saved_and_its_pictures_name_their_texts(open_page, page_url):
    page = open_page(390, 844)
    second = OIL.replace("storm", "strike")
    query = f"tab=compare&reader=bert&{urlencode({'second': second})}"
    show(page, page_url, "compare", OIL, query)
    add(page, "compare")
    opened(page, 1)
    name, deck = downloaded(page)
    page.get_by_text(f"Saved as {name}").wait_for()
    page.wait_for_timeout(500)
    assert page.locator(".tray").is_visible()
    assert page.locator(".tray [data-act=download]").is_enabled()
    slide = deck.slides[1]
    (picture,) = (one for one in slide.shapes if hasattr(one, "image"))
    for said in (
        picture._element._nvXxPr.cNvPr.get("descr"),
        slide.notes_slide.notes_text_frame.text,
    ):
        assert f"“{OIL}”" in said
        assert f"“{second}”" in said


def test_the_tray_makes_way_for_what_is_said_of_a_deck_that_failed(open_page, page_url):
    page = open_page()
    show(page, page_url, "head-large", OIL, "tab=heads&reader=transformer")
    add(page, "head-large")
    page.evaluate(TOO_LONG)
    opened(page, 1)
    page.click(".tray [data-act=download]")
    page.get_by_text("at most 20,000 can be read").wait_for()
    page.locator(".tray").wait_for(state="detached")
    opened(page, 1)
    assert page.locator(".tray [data-act=download]").is_enabled()
