"""Every view in Chromium in each language beside English: none of it is left in English."""

import json
import re

import pytest

from demo.sentences import ENGLISH, languages, say, speaking
from tests.views import DRAWN

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]

OTHERS = [language for language in languages() if language != ENGLISH]
SETTLED_MS = 1500  # until what a view draws later is there
# Runs of words in Latin letters that are English in any language: names, titles of papers, formats.
NAMES = (
    *(
        "Headline Attention",
        "Use via API",
        "Built with Gradio",
        "Gradio footer navigation",
        "AG News",
        "Keras",
        "ROUGE",
        "AdamW",
    ),
    *(
        "Attention is not Explanation",
        "Is Attention Interpretable",
        "Attention is not not Explanation",
    ),
    *("Attention is Not Only a Weight", "Quantifying Attention Flow in Transformers", "ERASER"),
    *(
        "Jain & Wallace",
        "Serrano & Smith",
        "Wiegreffe & Pinter",
        "Abnar & Zuidema",
        "DeYoung et al.",
    ),
    *("Kobayashi et al.", "Modarressi et al.", "Bahdanau, Cho & Bengio", "See, Liu & Manning"),
    *("sentence-transformers/all-MiniLM-L6-v2", "JSON Lines"),
)
# What is read on a view, but for the texts that the readers read: words, and what titles and names
# of elements say. A text in another language has no run of three English words.
SEEN = """() => {
  const texts = `script, style, textarea, option, .strip, .xtick, .ytick, [data-ask], [dir=auto]`;
  const visible = { visibilityProperty: true };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!element.closest(texts) && element.checkVisibility(visible)) found.push(node.data);
  }
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder]")) {
    if (element.closest(".strip") || !element.checkVisibility()) continue;
    for (const name of ["title", "aria-label", "placeholder"]) {
      found.push(element.getAttribute(name) ?? "");
    }
  }
  for (const plot of document.querySelectorAll(".js-plotly-plot")) {
    if (!plot.checkVisibility()) continue;
    found.push(plot.layout.meta.title, ...plot.data.map((one) => one.hovertemplate ?? ""));
  }
  return found.map((text) => text.trim()).filter(Boolean);
}"""
ENGLISH_WORDS = re.compile(r"(?:\b[A-Za-z][a-z’']+\b[ ,]+){2,}[A-Za-z][a-z]+\b")


def left_in_english(seen, texts):
    """Runs of three English words among what is seen that are neither names nor of these texts."""
    found = []
    for said in seen:
        for name in (*texts, *NAMES):
            said = said.replace(name, "")
        found += ENGLISH_WORDS.findall(said) and [said]
    return found


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("tab", DRAWN)
def test_no_english_is_left_on_a_view(open_page, language, tab):
    page = open_page(path=f"/?lang={language}&tab={tab}")
    page.locator(DRAWN[tab]).first.wait_for()
    page.wait_for_timeout(SETTLED_MS)
    assert page.evaluate("document.documentElement.lang") == language
    texts = page.evaluate("[headlineAttention.shown(), headlineAttention.typed('second')]")
    texts += [word for text in texts for word in re.findall(r"\w+", text)]
    assert left_in_english(page.evaluate(SEEN), [one for one in texts if len(one) > 3]) == []


def test_english_that_is_left_would_be_found():
    seen = ["Fine-tuned BERT, attention of the words", "토큰 8개", "Attention is not Explanation"]
    assert left_in_english(seen, []) == seen[:1]


@pytest.mark.parametrize("language", OTHERS)
def test_the_browser_the_menu_and_the_link_choose_a_language(open_page, language):
    page = open_page()
    title = page.locator("#masthead p").first
    with speaking(language):
        said = say("page.masthead.tagline")
    assert title.inner_text() == say("page.masthead.tagline")
    assert "lang=" not in page.evaluate("headlineAttention.link()")
    page.fill("#headline textarea", "Stocks fall as a storm nears")
    page.press("#headline textarea", "Enter")
    page.wait_for_function("headlineAttention.shown().startsWith('Stocks')")
    page.select_option("#language", language)
    page.wait_for_function(
        "said => document.querySelector('#masthead p')?.innerText === said", arg=said
    )
    page.wait_for_function("headlineAttention.shown().startsWith('Stocks')")  # as it was left
    assert page.evaluate("document.documentElement.lang") == language
    assert f"lang={language}" in page.evaluate("headlineAttention.link()")
    page.goto(page.url.partition("?")[0])  # the choice is kept
    page.wait_for_function(
        "said => document.querySelector('#masthead p')?.innerText === said", arg=said
    )
    page.select_option("#language", ENGLISH)
    page.wait_for_function("document.documentElement.lang === 'en'")


@pytest.mark.parametrize("language", OTHERS)
def test_a_browser_of_that_language_opens_the_page_in_it(chromium_browser, page_url, language):
    context = chromium_browser.new_context(locale=f"{language}-XX")
    page = context.new_page()
    page.goto(page_url)
    page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
    with speaking(language):
        assert page.locator("#masthead p").first.inner_text() == say("page.masthead.tagline")
        assert page.locator("#masthead .reads-english").is_visible()
    assert json.loads(page.evaluate("JSON.stringify(headlineAttention.language)")) == language
    context.close()
