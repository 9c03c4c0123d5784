"""The lesson in Chromium: a first visit, a link to a step, going on, and where it does not come."""

from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from demo.page.prepared import LESSON
from demo.sentences import part, speaking

pytestmark = [pytest.mark.trained, pytest.mark.browser]
CARD = "#lesson-card"
COUNT = len(LESSON)
# A press, as soon as the page's scripts listen.
BEGUN = """setInterval(() => {
  if (window.headlineAttention?.openLesson) dispatchEvent(new Event("pointerdown"));
}, 20)"""


def press(page, go):
    page.click(f"{CARD} [data-go={go}]")


def wait_for_step(page, number, language="en"):
    """The card of a step, beside its part of the page, in the view that it opens."""
    step = LESSON[number - 1]
    with speaking(language):
        told = part("scripts.lesson.steps")[step["name"]]
    page.locator(f"{CARD} h2").get_by_text(told["title"], exact=True).wait_for()
    page.locator(f"{step['at']}.taught").first.wait_for()
    assert page.inner_text(f"{CARD} .look") == told["look"]
    opens = step.get("opens", {})
    assert page.evaluate("headlineAttention.view()") == opens.get("tab", "heads")
    if "text" in opens:
        assert page.evaluate("headlineAttention.shown()") == opens["text"]


def test_a_first_visit_begins_with_the_lesson_and_goes_through_it_once(open_page):
    page = open_page(first_visit=True)
    for number in range(1, COUNT + 1):
        wait_for_step(page, number)
        box = page.locator(CARD).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 1080
        press(page, "next")
    page.locator(CARD).wait_for(state="detached")
    assert "lesson" not in page.url
    page.goto(page.url)
    page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
    page.wait_for_timeout(500)
    assert page.locator(CARD).count() == 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_opens_the_lesson_at_a_step_and_goes_on_where_it_was_left(open_page, language):
    # What stands behind the "#" is for `open_page`, which waits for Heads where no tab is named.
    page = open_page(390, 844, path=f"/?lang={language}&lesson=3#tab=alignment")
    wait_for_step(page, 3, language)
    press(page, "next")
    wait_for_step(page, 4, language)
    assert parse_qs(urlsplit(page.url).query) == {"lang": [language], "lesson": ["4"]}
    page.reload()
    wait_for_step(page, 4, language)
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    press(page, "leave")
    page.locator("[role=tab][data-tab-id=heads]").click()
    page.locator("#head-large .heatmaplayer").first.wait_for()
    page.click("#lesson")
    wait_for_step(page, 4, language)


def test_a_step_opens_on_a_text_of_ones_own_and_is_in_the_link(open_page):
    page = open_page(path="/?lesson=7&text=Probe+lands+on+moon")
    page.locator("#head-large.taught").wait_for()
    assert page.evaluate("headlineAttention.shown()") == "Probe lands on moon"
    page.click("#link")
    query = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
    named = {"text": "Probe lands on moon", "tab": "heads", "reader": "bert", "head": "3"}
    assert {name: query[name] for name in named} == {name: [said] for name, said in named.items()}
    assert query["lesson"] == ["7"]
    press(page, "leave")
    page.click("#link")
    assert "lesson" not in page.evaluate("navigator.clipboard.readText()")


OWN = "Probe finds water under the ice of Mars"


@pytest.mark.parametrize("ended", ["read", "only typed"])
def test_a_headline_of_ones_own_comes_back_when_the_lesson_is_left(open_page, ended):
    page = open_page()
    page.fill("#headline textarea", OWN)
    if ended == "read":
        page.press("#headline textarea", "Enter")
        page.wait_for_function("text => headlineAttention.shown() === text", arg=OWN)
    page.click("#lesson")
    wait_for_step(page, 1)
    press(page, "next")
    wait_for_step(page, 2)
    press(page, "next")
    wait_for_step(page, 3)
    press(page, "leave")
    page.wait_for_function("text => headlineAttention.shown() === text", arg=OWN)
    page.wait_for_function("headlineAttention.view() === 'heads'")
    assert page.input_value("#headline textarea") == OWN


def test_what_was_typed_during_the_lesson_stays_when_it_is_left(open_page):
    page = open_page(path="/?lesson=2#tab=inside")
    wait_for_step(page, 2)
    page.fill("#headline textarea", OWN)
    page.press("#headline textarea", "Enter")
    page.wait_for_function("text => headlineAttention.shown() === text", arg=OWN)
    press(page, "leave")
    page.locator(CARD).wait_for(state="detached")
    page.wait_for_timeout(500)  # in which it would be taken away
    assert page.evaluate("[headlineAttention.shown(), headlineAttention.view()]") == [OWN, "inside"]


def test_where_nobody_chose_a_text_the_view_of_the_step_stays(open_page):
    page = open_page()
    page.click("#lesson")
    wait_for_step(page, 1)
    press(page, "next")
    wait_for_step(page, 2)
    press(page, "leave")
    page.locator(CARD).wait_for(state="detached")
    page.wait_for_timeout(500)  # in which it would be taken away
    shown = page.evaluate("[headlineAttention.shown(), headlineAttention.view()]")
    assert shown == [LESSON[1]["opens"]["text"], "inside"]


def test_no_lesson_stands_before_a_link(open_page):
    page = open_page(first_visit=True, path="/?text=Probe+lands&tab=heads")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    page.wait_for_timeout(500)
    assert page.locator(CARD).count() == 0


def test_no_lesson_comes_over_somebody_who_has_begun(open_page):
    page = open_page(first_visit=True)
    page.locator(CARD).wait_for()  # closed by nobody, it would come again
    page.add_init_script(BEGUN)
    page.reload()
    page.wait_for_selector("#head-large .heatmaplayer image, #head-large .heatmaplayer .hm")
    page.wait_for_timeout(500)
    assert page.locator(CARD).count() == 0
