"""A reload loses nothing that a person has filled in, and says so where it must, in Chromium."""

from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.page.views.test_batch import paste
from tests.test_browser import CARD, ask, open_tab

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
BOX = "#headline textarea"
ASKED, DRAFT = "Probe lands on moon", "Probe lands on “Mars”, not asked yet"
LINES = ["Oil <b>prices</b> climb", "  Nestlé 😀", "", "Bank cuts rate"]


def loaded(page):
    page.wait_for_selector(f"{CARD}[data-text]", state="attached")  # in some views it is hidden
    page.wait_for_function("headlineAttention.view() && !document.querySelector('.card.waiting')")


def wait_until(page, condition, *arguments):
    page.wait_for_function(condition, arg=list(arguments))


def shown(page, selector, start):
    wait_until(
        page,
        "([one, start]) => document.querySelector(one)?.innerText.startsWith(start)",
        selector,
        start,
    )


def box(page, text):
    wait_until(page, "([one, text]) => document.querySelector(one)?.value === text", BOX, text)


def in_view(page, view):
    wait_until(page, "([view]) => headlineAttention.view() === view", view)


def switch(page, on):
    if page.is_checked("#as-you-type input") != on:
        page.click("#as-you-type input")


class Asked:
    """A text that was read."""

    def fill(self, page):
        ask(page, ASKED)
        wait_until(page, "([text]) => headlineAttention.shown() === text", ASKED)

    def check(self, page):
        box(page, ASKED)
        assert page.locator(CARD).get_attribute("data-text") == ASKED


class Draft(Asked):
    """One that stands in the box and was not asked for: the cards are of the one before."""

    def fill(self, page):
        switch(page, False)
        super().fill(page)
        page.fill(BOX, DRAFT)

    def check(self, page):
        box(page, DRAFT)
        assert page.locator(CARD).get_attribute("data-text") == ASKED
        assert page.locator("#cards.behind").count() == 1


class Switched:
    """The switch beside the box, on and off in turn."""

    def fill(self, page):
        self.on = not page.is_checked("#as-you-type input")
        switch(page, self.on)

    def check(self, page):
        wait_until(
            page, "([on]) => document.querySelector('#as-you-type input').checked === on", self.on
        )


class OpenView:
    """The view that is open, and its controls."""

    def fill(self, page):
        open_tab(page, "Evidence")
        page.locator("#evidence-reader").get_by_label("Fine-tuned BERT").click()
        page.locator("#head-shares .heatmaplayer").first.wait_for()
        page.locator("#evidence-by").get_by_label("rollout").click()
        wait_until(page, "() => headlineAttention.link().includes('by=rollout')")

    def check(self, page):
        page.locator("#head-shares .heatmaplayer").first.wait_for()
        in_view(page, "evidence")
        assert page.locator("#evidence-reader").get_by_label("Fine-tuned BERT").is_checked()
        assert page.locator("#evidence-by").get_by_label("rollout").is_checked()


class OtherView:
    """The controls of a view that was left before the reload."""

    def fill(self, page):
        open_tab(page, "Heads")
        page.locator("#heads-reader").get_by_label("Fine-tuned BERT").click()
        page.locator("#heads-all .heatmaplayer").first.wait_for()
        page.locator("#heads-layer").get_by_label("4", exact=True).click()
        shown(page, "#heads-caption", "Layer 4")
        open_tab(page, "Alignment")
        page.locator("#alignment .heatmaplayer").first.wait_for()

    def check(self, page):
        in_view(page, "alignment")
        open_tab(page, "Heads")
        shown(page, "#heads-caption", "Layer 4")
        open_tab(page, "Alignment")


class Line:
    """A line of a view that was typed without Enter."""

    place = "#alignment-own :is(input, textarea)"

    def fill(self, page):
        open_tab(page, "Alignment")
        page.locator("#alignment-reader").get_by_label("Bahdanau").click()
        page.locator(self.place).fill("probe reaches moon")

    def check(self, page):
        wait_until(
            page,
            "([one]) => document.querySelector(one)?.value === 'probe reaches moon'",
            self.place,
        )


class Pasted:
    """Lines in the Batch view, and who shall read them; another view is open at the reload."""

    lines = LINES

    def fill(self, page):
        open_tab(page, "Batch")
        paste(page, self.lines)
        readers = page.locator("#batch-readers")
        readers.get_by_label("Fine-tuned BERT").uncheck()
        open_tab(page, "Models")
        page.locator("#models-overview .js-plotly-plot").wait_for()

    def check(self, page):
        in_view(page, "models")
        open_tab(page, "Batch")
        wait_until(
            page,
            "([text]) => document.querySelector('#batch-lines textarea')?.value === text",
            "\n".join(self.lines),
        )
        readers = page.locator("#batch-readers")
        expect(readers.get_by_label("Fine-tuned BERT")).not_to_be_checked()
        expect(readers.get_by_label("Small transformer")).to_be_checked()
        page.click("#batch-run")  # what is shown is what Gradio has
        count = len([line for line in self.lines if line])
        page.get_by_text(f"{count} of {count} rows shown").wait_for()
        self.lines = [*self.lines, "Coach praises team"]
        paste(page, self.lines)
        open_tab(page, "Models")


class Nothing:
    """A page that was opened and left alone."""

    def fill(self, page):
        pass

    def check(self, page):
        assert page.locator("#notice .alert").count() == 0


@pytest.fixture(scope="module")
def page(open_kept_page):
    return open_kept_page(1280, 900)


@pytest.mark.parametrize(
    "kind", [Nothing, Asked, Draft, Switched, OpenView, OtherView, Line, Pasted]
)
def test_a_reload_loses_nothing(page, kind):
    kept = kind()
    kept.fill(page)
    for _ in range(2):
        page.reload()  # at once: what was typed last counts
        loaded(page)
        kept.check(page)
    switch(page, False)


def test_what_was_pasted_does_not_travel_as_the_page_opens(page):
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or request.url))
    page.evaluate("sessionStorage.clear()")
    open_tab(page, "Batch")
    paste(page, LINES)
    open_tab(page, "Heads")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    sent.clear()
    page.reload()
    loaded(page)
    page.wait_for_timeout(500)
    assert any('"why":"open"' in one for one in sent)
    assert not any("Nestl" in one for one in sent)


@pytest.mark.parametrize(
    ("followed", "text", "caption"),
    [  # how a page on "Oil up" that was moved from layer 3 to 5 is left, and what is then shown
        ("reload", "Oil up", "Layer 5"),
        ({"text": "Probe lands", "reader": "bert", "layer": "2"}, "Probe lands", "Layer 2"),
        ({"text": "Oil up", "reader": "bert", "layer": "3"}, "Oil up", "Layer 3"),  # again
        ({}, "Oil up", "Layer 5"),  # the bare page
        ({"__theme": "light"}, "Oil up", "Layer 5"),  # a parameter that Gradio reads
        ({"reader": "bert", "layer": "6"}, None, "Layer 6"),  # a link without a text
    ],
)
def test_a_link_that_is_followed_is_opened_and_a_page_that_is_not_stays(
    page, followed, text, caption
):
    query = {"text": "Oil up", "tab": "heads", "reader": "bert", "layer": "3"}
    base = page.url.partition("?")[0]
    page.goto(f"{base}?{urlencode(query)}")
    shown(page, "#heads-caption", "Layer 3")
    page.locator("#heads-layer").get_by_label("5", exact=True).click()
    shown(page, "#heads-caption", "Layer 5")
    if followed == "reload":
        page.reload()
    else:
        page.goto(f"{base}?{urlencode(followed)}")
    shown(page, "#heads-caption", caption)
    if text:
        box(page, text)
        assert page.locator(CARD).get_attribute("data-text") == text


@contextmanager
def full_storage(page):
    """A browser that keeps at most 2,000 characters."""
    page.evaluate(
        """() => {
          window.setItem = Storage.prototype.setItem;
          Storage.prototype.setItem = function (name, value) {
            if (value.length > 2000) throw new DOMException("full", "QuotaExceededError");
            return window.setItem.call(this, name, value);
          };
        }"""
    )
    yield
    page.evaluate("() => { Storage.prototype.setItem = window.setItem; }")


def test_what_a_browser_cannot_keep_is_said_once_and_the_rest_is_kept(page):
    open_tab(page, "Batch")
    with full_storage(page):
        paste(page, ["Coach praises team"] * 200)
        note = page.locator("#warned")
        note.get_by_text("This is more than the browser can keep").wait_for()
        note.get_by_role("button").click()
        open_tab(page, "Heads")
        page.fill(BOX, "A short draft")
        page.wait_for_timeout(600)
        assert note.count() == 0
    open_tab(page, "Batch")
    paste(page, [])
    page.wait_for_timeout(500)


def test_results_that_went_with_the_page_are_said_to_be_gone_once(page):
    open_tab(page, "Batch")
    paste(page, LINES)
    page.click("#batch-run")
    page.get_by_text("3 of 3 rows shown").wait_for()
    open_tab(page, "Heads")
    page.reload()
    note = page.locator("#warned")
    note.get_by_text("the results of the batch are gone with it").wait_for()
    assert note.get_attribute("role") == "alert"
    page.reload()
    loaded(page)
    page.wait_for_timeout(500)
    assert note.count() == 0


def test_a_file_that_went_with_the_page_is_said_to_be_closed(page, tmp_path):
    path = tmp_path / "news.csv"
    path.write_text("headline\nOil prices climb\n", "utf-8")
    open_tab(page, "Batch")
    with page.expect_file_chooser() as chooser:
        page.click("#batch-open")
    chooser.value.set_files(path)
    page.get_by_text("news.csv is open").wait_for()
    page.reload()
    page.locator("#warned").get_by_text("the file is open no longer").wait_for()
    page.locator("#batch-lines textarea").wait_for()


def test_a_browser_that_keeps_nothing_has_the_page_as_it_always_opens(open_page):
    page = open_page()
    page.context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', "
        "{ get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.reload()
    loaded(page)
    ask(page, ASKED)
    wait_until(page, "([text]) => headlineAttention.shown() === text", ASKED)
    assert page.locator("#warned").count() == 0
