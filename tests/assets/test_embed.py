"""One view within another page, in Chromium."""

from urllib.parse import urlencode

import pytest

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
TEXT = "Oil prices climb to a record high"
HOST = "<!doctype html><html><body><p>Before</p>{code}<p>After</p>"
ROOM = """() => {
  const { clientHeight, scrollHeight } = document.documentElement;
  return [clientHeight, scrollHeight];
}"""


def test_one_view_is_shown_with_its_text_box_and_nothing_else(open_page):
    page = open_page(path=f"/?{urlencode({'embed': 'alignment', 'text': TEXT})}")
    page.locator("#alignment .heatmaplayer").wait_for()
    assert page.is_visible("#headline textarea")
    for hidden in ("#masthead", "#examples", "#cards", "[role=tablist]", "#as-you-type", "footer"):
        assert page.locator(hidden).filter(visible=True).count() == 0, hidden
    page.fill("#headline textarea", "Probe lands")
    page.press("#headline textarea", "Enter")
    page.wait_for_function("headlineAttention.shown() === 'Probe lands'")
    page.fill("#headline textarea", "   ")
    page.press("#headline textarea", "Enter")
    page.locator("#notice .alert").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_code_that_is_copied_shows_the_view_as_high_as_it_is(open_page, page_url, theme):
    query = urlencode({"tab": "heads", "text": TEXT, "head": 2})
    page = open_page(path=f"/?{query}", theme=theme)
    page.locator("#head-large .heatmaplayer").wait_for()
    page.click(".block.tools:has([data-picture=head-large]) summary")
    page.click("[data-tool=embed][data-picture=head-large]")
    page.locator("#warned").wait_for()
    code = page.evaluate("navigator.clipboard.readText()")
    assert "embed=heads" in code
    assert "tab=" not in code
    page.emulate_media(color_scheme="light")  # as copied, whatever the system asks for
    host = HOST.format(code=code)
    page.route(
        f"{page_url}/course", lambda route: route.fulfill(body=host, content_type="text/html")
    )
    page.goto(f"{page_url}/course")
    frame = page.frame_locator("iframe")
    frame.locator("#head-large .heatmaplayer").wait_for()
    assert "head 2" in frame.locator("[data-title-of=head-large]").inner_text().lower()
    classes = frame.locator("body").get_attribute("class") or ""
    assert ("dark" in classes.split()) == (theme == "dark")
    inner = page.frames[1]
    inner.wait_for_function("document.querySelector('main').offsetHeight > 400")
    page.wait_for_timeout(500)
    high, whole = inner.evaluate(ROOM)
    assert whole <= high  # nothing has to be scrolled to
    page.evaluate("document.querySelector('iframe').style.height = '3000px'")
    inner.evaluate("document.querySelector('#heads-small').style.minHeight = '700px'")
    page.wait_for_function("document.querySelector('iframe').clientHeight < 2000")
