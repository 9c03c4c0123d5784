"""Reading as one types, in Chromium."""

import pytest

pytestmark = [pytest.mark.trained, pytest.mark.browser]
BOX = "#headline textarea"
CARD = "#card-rnnsearch .card"
IN_SIGHT = """(one) => {
  const { left, right } = one.getBoundingClientRect();
  return left >= 0 && right <= innerWidth;
}"""
WATCH = """() => {
  const shown = () => document.querySelector("#card-rnnsearch .card").dataset.text;
  window.answered = [shown()];
  const note = () => {
    const text = shown();
    if (window.answered.at(-1) !== text) window.answered.push(text);
  };
  new MutationObserver(note).observe(document.querySelector("#cards"), {
    childList: true, subtree: true, attributes: true,
  });
}"""


def wait_for_answer(page, text):
    """Wait until the cards and the open view are those of a text."""
    page.wait_for_function(
        """text => headlineAttention.shown() === text
          && new URL(headlineAttention.link()).searchParams.get("text") === text""",
        arg=text,
    )


def test_the_cards_follow_the_typing_without_enter(open_page):
    page = open_page()
    page.fill(BOX, "")
    page.locator(BOX).press_sequentially("Probe lands", delay=20)
    wait_for_answer(page, "Probe lands")
    assert page.locator("#cards.behind").count() == 0
    page.wait_for_function("document.querySelectorAll('#head-large .ytick').length === 2")


def test_a_slow_answer_never_comes_after_a_newer_one(open_page):
    page = open_page()
    page.evaluate(WATCH)
    slow, last = "storm " * 240, "Coach praises team"
    texts = [slow, "Probe lands", slow + "again", last]
    for text in texts:
        page.fill(BOX, text)
        page.wait_for_timeout(260)  # each is asked for before the slow one is answered
    wait_for_answer(page, last)
    page.wait_for_timeout(3000)
    _, *answered = page.evaluate("window.answered")
    assert answered[-1] == last
    assert [text for text in texts if text in answered] == answered  # in order, some left out
    page.wait_for_function("document.querySelectorAll('#head-large .ytick').length === 3")


def test_an_answer_takes_nothing_from_what_was_typed_meanwhile(open_page):
    page = open_page()
    last = "Coach praises team as striker scores twice and Rovers win the cup at last"
    page.fill(BOX, "")
    for piece in last.split(
        " "
    ):  # a pause after each word asks, and the answer comes during the next
        page.locator(BOX).press_sequentially(f"{piece} ", delay=10)
        page.wait_for_timeout(300)
        assert page.input_value(BOX) == last[: last.index(piece) + len(piece)] + " "
    wait_for_answer(page, page.input_value(BOX))
    assert page.input_value(BOX).strip() == last


def test_the_example_that_a_view_opens_on_takes_nothing_from_the_box(open_page):
    page, last, held = open_page(), "Chip maker sues rival", []
    page.route("**/queue/join*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("tab", name="Alignment").click()
    while not held:
        page.wait_for_timeout(50)
    page.fill(BOX, last)
    held[0].continue_()
    page.locator("#alignment-caption").wait_for()
    assert page.input_value(BOX) == last
    wait_for_answer(page, last)
    assert page.input_value(BOX) == last


def test_with_the_switch_off_the_cards_wait_for_enter(open_page):
    page = open_page()
    before = page.locator(CARD).get_attribute("data-text")
    page.get_by_role("checkbox", name="As you type").uncheck()
    page.fill(BOX, "Probe lands")
    page.wait_for_timeout(1000)
    assert page.locator(CARD).get_attribute("data-text") == before
    assert page.locator("#cards.behind").count() == 1  # they say that they are not of this text
    page.press(BOX, "Enter")
    wait_for_answer(page, "Probe lands")


def test_an_emptied_box_asks_for_nothing(open_page):
    page = open_page()
    before = page.locator(CARD).get_attribute("data-text")
    page.fill(BOX, "")
    page.wait_for_timeout(1000)
    assert page.locator("#notice .alert").count() == 0
    assert page.locator(CARD).get_attribute("data-text") == before


def test_a_question_mark_explains_a_control(open_page):
    page = open_page(path="/?reader=bert")
    page.get_by_role("button", name="More", exact=True).click()
    sentence = page.get_by_text("[CLS] and [SEP] are marks that BERT sets around a text.")
    assert not sentence.is_visible()
    before = page.locator("#head-large").bounding_box()
    page.get_by_role("button", name="What is “Special tokens”?").click()
    assert sentence.is_visible()
    assert page.locator("#head-large").bounding_box() == before  # it lies over the page
    page.keyboard.press("Escape")
    assert not sentence.is_visible()
    page.get_by_role("button", name="What is “Special tokens”?").click()
    page.get_by_role("button", name="What is “Layer”?").click()
    assert not sentence.is_visible()
    unexplained = page.eval_on_selector_all(
        "#ask fieldset, .tabs fieldset",
        "all => all.filter(one => one.checkVisibility() && !one.querySelector('.help'))"
        ".map(one => one.id)",
    )
    assert unexplained == []


@pytest.mark.parametrize(("reader", "controls"), [("transformer", 2), ("bert", 3)])
def test_the_open_picture_begins_on_the_first_screen(open_page, reader, controls):
    page = open_page(1440, 900, path=f"/?reader={reader}")
    large = ".block.tools:has([data-picture=head-large])"
    page.locator("#head-large .heatmaplayer").wait_for()
    assert page.locator(large).bounding_box()["y"] <= 430
    shown = page.locator("#heads-reader, #heads-layer, #heads-head").filter(visible=True)
    assert shown.count() == controls


def test_a_phone_shows_bert_on_three_screens_the_large_head_first(open_page):
    page = open_page(390, 844, path="/?reader=bert")
    page.locator("#heads-all .heatmaplayer").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 844
    large, small = page.locator("#head-large"), page.locator("#heads-small")
    assert large.bounding_box()["y"] < 844
    assert large.bounding_box()["y"] < small.bounding_box()["y"]
    assert page.evaluate("document.querySelector('#heads-small').scrollWidth") > 1000
    tabs = page.locator("[role=tab]")
    assert [tab.is_visible() for tab in tabs.all()] == [True] * tabs.count()


@pytest.mark.parametrize("view", ["batch", "models"])
def test_what_is_asked_has_no_part_in_a_view_that_is_not_of_the_text(open_page, view):
    page = open_page()
    for place in ("#headline", "#cards", "#examples"):
        assert page.is_visible(place)
    page.locator(f"[role=tab][data-tab-id={view}]").click()
    for place in ("#headline", "#cards", "#examples"):
        page.locator(place).wait_for(state="hidden")
    page.locator("[role=tab][data-tab-id=heads]").click()
    page.locator("#headline").wait_for()


def test_controls_that_mean_nothing_are_not_there(open_page):
    page = open_page(path="/?reader=transformer")
    page.get_by_role("button", name="More", exact=True).click()
    page.locator("#heads-shades").wait_for()
    assert not page.is_visible("#heads-specials")
    assert not page.is_visible("#heads-words")


def test_what_is_picked_in_a_row_that_is_swiped_is_in_sight(open_page):
    page = open_page(390, 844, path="/?tab=models&reader=rnnsearch")
    page.locator("#confusion .heatmaplayer").wait_for()
    for row in ("[role=tablist]", "#models-reader .wrap:last-child"):
        picked = page.locator(f"{row} :is([aria-selected=true], .selected)").first
        page.wait_for_function(IN_SIGHT, arg=picked.element_handle())


def test_a_new_picture_is_drawn_once(open_page):
    page = open_page(path="/?tab=heads&text=Probe+lands")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    page.wait_for_timeout(1000)  # Gradio fits it to its room a moment later
    page.evaluate(
        """() => {
          window.before = document.querySelector("#head-large .js-plotly-plot");
          window.before.on("plotly_afterplot", () => (window.drawnAgain = true));
        }"""
    )
    page.fill(BOX, "Coach praises")
    page.press(BOX, "Enter")
    page.wait_for_function("document.querySelector('#head-large .ytick').textContent === 'Coach'")
    assert page.evaluate("[window.before.isConnected, window.drawnAgain]") == [False, None]
