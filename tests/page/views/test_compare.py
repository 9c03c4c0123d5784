"""The Compare tab in Chromium."""

import json

import pytest

from demo.analysis.substitution import of_its_kind
from demo.sentences import say
from tests.conftest import ROOT
from tests.test_browser import open_tab

pytestmark = [pytest.mark.trained, pytest.mark.browser]
PAIRS = json.loads((ROOT / "assets/pairs.json").read_text("utf-8"))


def marked(page):
    return page.locator("#compare .marked").all_inner_texts()


def test_a_prepared_pair_fills_both_texts_and_marks_the_change(open_page):
    page = open_page(path="/?tab=compare&reader=bert")
    page.locator("#compare .marked").first.wait_for()
    assert len(PAIRS) == 5
    pair = PAIRS[2]
    name = say(f"views.compare.pairs.{pair['id']}.chip")
    page.get_by_role("button", name=name, exact=True).click()
    page.locator("#compare .marked").get_by_text("Arsenal").wait_for()
    assert marked(page) == ["Microsoft", "Arsenal"]
    assert page.input_value("#headline textarea") == pair["first"]
    assert page.locator("#card-bert .card").get_attribute("data-text") == pair["first"]
    page.get_by_text("Sci/Tech becomes Sports.").wait_for()
    page.get_by_role("img", name="Second text minus first, the largest").wait_for()


def test_one_text_with_two_readers(open_page):
    page = open_page(path="/?tab=compare&text=Probe+lands+on+moon")
    page.get_by_label("Two readers").check()
    page.locator("#compare").get_by_text("Fine-tuned BERT: Sci/Tech").wait_for()
    assert not page.locator("#compare-second").is_visible()
    page.locator("#compare-other").get_by_label("Bahdanau encoder-decoder").check()
    page.locator("#compare").get_by_text("Bahdanau encoder-decoder: Sci/Tech").wait_for()
    assert marked(page) == []


def test_it_opens_on_one_word_changed_and_another_text_may_be_typed(open_page):
    page = open_page(390, 844, path="/?tab=compare")
    page.get_by_text("One word is changed: “storm” became “strike”.").wait_for()
    page.locator("#compare .marked").first.wait_for()
    assert marked(page) == ["storm", "strike"]
    box = page.locator("#compare-second textarea")
    box.fill("Bank falls")
    box.press("Enter")
    page.get_by_text("No word stands on both sides").wait_for()
    assert not page.locator("#compare-difference").is_visible()
    assert page.locator("#compare-sides").is_visible()
    page.get_by_role("button", name="One word changed").click()
    page.locator("#compare-difference .heatmaplayer").first.wait_for()
    assert box.input_value() == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    open_tab(page, "Heads")


def test_of_a_text_that_was_typed_a_noun_becomes_another_one(open_page):
    page = open_page(path="/?tab=compare&reader=bert&text=Rebels+close+the+stadium")
    page.get_by_text("the one that costs Fine-tuned BERT most of its verdict").wait_for()
    before, after = marked(page)
    assert after in of_its_kind(before)
