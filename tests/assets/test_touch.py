"""Fingers on a phone in Chromium: what is swiped moves, what is tapped opens, nothing jumps."""

import pytest

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844, "touch": True}
BERT = "/?tab=heads&reader=bert&layer=2&head=1"
PLACES = """() => ({
  left: document.querySelector("#heads-small").scrollLeft, top: scrollY,
  link: headlineAttention.link(),
})"""


def touch(page, selector, across, down, steps=10):
    """A finger that is put on the middle of what is there in sight, and drawn so many px."""
    page.locator(selector).evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(300)
    before = page.evaluate(PLACES)
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + min(box["width"], 390) / 2, box["y"] + min(box["height"], 400) / 2
    fingers = page.context.new_cdp_session(page)

    def send(kind, *points):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for step in range(1, steps + 1):
        send("touchMove", {"x": x + across * step / steps, "y": y + down * step / steps})
        page.wait_for_timeout(16)
    send("touchEnd")
    page.wait_for_timeout(1000)
    return before, page.evaluate(PLACES)


@pytest.fixture
def heads(open_page):
    page = open_page(**PHONE, path=BERT)
    for picture in ("#heads-small", "#head-large", "#heads-all"):
        page.locator(f"{picture} .main-svg").first.wait_for()
    page.wait_for_timeout(500)
    return page


def test_a_row_of_heads_is_swiped_and_nothing_is_picked(heads):
    before, after = touch(heads, "#heads-small", -160, 0)
    assert after["left"] > before["left"] + 80
    assert (after["link"], after["top"]) == (before["link"], before["top"])


@pytest.mark.parametrize("picture", ["#heads-all", "#head-large"])
def test_a_swipe_over_a_picture_moves_the_page_alone(heads, picture):
    before, after = touch(heads, picture, 0, 160)
    assert after["top"] < before["top"] - 80
    assert after["link"] == before["link"]
    assert heads.locator(".hoverlayer .hovertext").count() == 0


def test_a_tap_opens_a_head_and_brings_it_into_sight(heads):
    heads.locator("#heads-small").evaluate("one => one.scrollIntoView({ block: 'end' })")
    box = heads.locator("#heads-small").bounding_box()
    heads.touchscreen.tap(box["x"] + 250, box["y"] + box["height"] / 2)
    heads.wait_for_function("headlineAttention.link().includes('head=2')")
    heads.locator("#head-large").get_by_role("img", name="head 2").wait_for()
    large = heads.locator("#head-large").bounding_box()
    assert large["y"] < 844
    assert large["y"] + large["height"] > 0


def test_another_tab_leaves_the_page_where_it_was(open_page):
    page = open_page(**PHONE, path="/?tab=heads")
    page.locator("#head-large .main-svg").first.wait_for()
    page.evaluate("scrollTo(0, 420)")
    for tab in ("evidence", "alignment", "compare"):
        before = page.evaluate("scrollY")
        page.locator(f"[role=tab][data-tab-id={tab}]").tap()
        seen = []
        for _ in range(10):
            page.wait_for_timeout(100)
            seen.append(page.evaluate("scrollY"))
        assert min(seen) >= before - 100, tab  # a caption above may be shorter


@pytest.mark.parametrize("lesson", range(1, 11))
def test_a_step_of_the_lesson_stands_below_what_it_speaks_of(open_page, lesson):
    page = open_page(**PHONE, path=f"/?lesson={lesson}#tab=any")
    page.locator("#lesson-card[open]").wait_for()
    page.locator(".taught").wait_for()
    page.wait_for_timeout(1200)
    card, target = (page.locator(one).bounding_box() for one in ("#lesson-card", ".taught"))
    assert (card["x"], card["width"]) == (0, 390)
    assert card["y"] + card["height"] == pytest.approx(844, abs=1)
    assert card["height"] <= 0.48 * 844 + 3
    assert 0 <= target["y"] < card["y"] - 100
    # All of the page can be pulled up from behind the card.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.locator("footer:has(.show-api)").bounding_box()["y"] < card["y"]


def test_the_text_of_a_step_is_folded_away_and_comes_back(open_page):
    page = open_page(**PHONE, path="/?lesson=5#tab=inside")
    fold = page.locator("#lesson-card [data-go=fold]")
    fold.tap()
    assert fold.get_attribute("aria-expanded") == "false"
    assert not page.locator("#lesson-step").is_visible()
    assert page.locator("#lesson-card").bounding_box()["height"] < 140
    page.locator("#lesson-card [data-go=back]").tap()
    page.locator("#lesson-card h2").get_by_text("Query and key").wait_for()
    assert page.locator("#lesson-step").is_visible()
    page.locator("#lesson-card [data-go=leave]").tap()
    page.locator("#lesson-card").wait_for(state="detached")
    assert page.evaluate("document.body.style.paddingBottom") == ""


def test_a_presentation_tells_fingers_what_fingers_do(heads):
    heads.evaluate("headlineAttention.present()")
    stage = heads.locator("#stage")
    stage.locator(".heatmaplayer").first.wait_for()
    hint = stage.locator(".hint").inner_text()
    assert "Swipe to go on" in hint
    assert not {"Esc", "Space"} & set(hint.split())
    leave = stage.get_by_role("button", name="Leave the presentation")
    assert leave.inner_text() == "×"
    leave.tap()
    stage.wait_for(state="detached")
