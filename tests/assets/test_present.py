"""Presentation mode, in Chromium."""

import re

import pytest

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]


def test_keys_open_step_and_leave(open_page):
    page = open_page(path="/?text=Probe+lands+on+moon&tab=heads&reader=bert")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    page.keyboard.press("p")
    stage = page.locator("#stage")
    stage.locator(".heatmaplayer").first.wait_for()
    assert stage.locator("h2").inner_text() == "Probe lands on moon"
    title = stage.locator("h3")
    assert title.inner_text() == "Fine-tuned BERT: Layer 1, head 1"
    page.keyboard.press("ArrowRight")
    stage.get_by_text("Fine-tuned BERT: Layer 1, head 2").wait_for()
    page.keyboard.press("ArrowDown")
    stage.get_by_text(re.compile("Layer 2, head")).wait_for()
    page.keyboard.press("ArrowUp")
    stage.get_by_text(re.compile("Layer 1, head")).wait_for()
    picture = stage.locator("#stage-room").bounding_box()
    assert picture["width"] > 1700
    assert picture["height"] > 750
    cut = stage.evaluate("stage => stage.scrollWidth > stage.clientWidth")
    assert not cut
    page.keyboard.press("Escape")
    stage.wait_for(state="detached")


def test_a_clicker_goes_through_the_heads_and_on_to_the_next_layer(open_page):
    page = open_page(path="/?text=Probe+lands+on+moon&tab=heads&reader=bert&head=12")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    page.keyboard.press("p")
    picked = page.locator("#stage .step b")
    picked.first.get_by_text("Head 12", exact=True).wait_for()
    for key, head in (("PageDown", "Mean of heads"), (" ", "Rollout"), ("PageDown", "1")):
        page.keyboard.press(key)
        picked.first.get_by_text(f"Head {head}", exact=True).wait_for()
    assert picked.last.inner_text() == "Layer 2"
    page.keyboard.press("PageUp")
    picked.first.get_by_text("Head Rollout", exact=True).wait_for()
    assert picked.last.inner_text() == "Layer 1"
    assert page.get_by_role("button", name="On: Head").is_disabled()  # the last one of its layer
    page.get_by_role("button", name="Back: Head").click()
    picked.first.get_by_text("Head Mean of heads", exact=True).wait_for()
    page.evaluate(
        """() => {
          const target = document.querySelector("#stage-room");
          const at = (clientX) => [new Touch({ identifier: 1, target, clientX, clientY: 300 })];
          const swipe = (type, touches) => target.dispatchEvent(
            new TouchEvent(type, { touches, changedTouches: touches, bubbles: true }));
          swipe("touchstart", at(200));
          swipe("touchend", at(600));
        }"""
    )
    picked.first.get_by_text("Head 12", exact=True).wait_for()


def test_views_without_heads_step_through_their_own_choices(open_page):
    page = open_page(path="/?text=Probe+lands+on+moon&tab=alignment&reader=transformer")
    page.locator("#alignment .heatmaplayer").first.wait_for()
    page.keyboard.press("p")
    page.locator("#stage").get_by_text("Reader Small transformer").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator("#stage").get_by_text("Reader Fine-tuned BERT").wait_for()
    page.locator("#stage h3").get_by_text("Fine-tuned BERT").wait_for()


def test_what_is_not_of_the_text_is_presented_without_it(open_page):
    page = open_page(path="/?text=Probe+lands+on+moon&tab=models")
    page.locator("#models-overview .main-svg").first.wait_for()
    page.keyboard.press("p")
    page.locator("#stage .main-svg").first.wait_for()
    assert "Probe" not in page.locator("#stage").inner_text()


@pytest.mark.parametrize(
    ("picture", "shown"),
    [("alignment", ".heatmaplayer"), ("bertviz", "iframe"), ("evidence-sum", ".barlayer")],
)
def test_the_picture_of_every_tab_can_fill_the_screen(open_page, picture, shown):
    page = open_page(path=f"/?text=Probe+lands+on+moon&tab={picture.removesuffix('-sum')}")
    page.locator(f"#{picture} {shown}").first.wait_for()
    page.get_by_role("button", name="Present", exact=True).first.click()
    page.locator(f"#stage {shown}").first.wait_for()
    page.get_by_role("button", name="Leave the presentation").click()
    page.locator("#stage").wait_for(state="detached")


def test_a_p_that_is_typed_is_a_letter(open_page):
    page = open_page()
    page.fill("#headline textarea", "Ste")
    page.press("#headline textarea", "p")
    assert page.input_value("#headline textarea") == "Step"
    assert page.locator("#stage").count() == 0
