"""The page in Chromium, every other host blocked; an error in the console fails the test."""

import json
import re

import pytest

from demo.sentences import say
from tests.conftest import ROOT

pytestmark = [pytest.mark.trained, pytest.mark.browser]
CARD = "#card-transformer .card"
HOSTILE = [
    "Price is ${alert(1)}",
    "</script><img src=x onerror=alert(1)>",
    "{{constructor}} <b>a</b>",
]


def ask(page, text, by="Enter"):
    page.fill("#headline textarea", text)
    if by == "Enter":
        page.press("#headline textarea", "Enter")
    else:
        page.click("#read")


def open_tab(page, name):
    """Click a tab, which a narrow screen may have put into a menu."""
    tab = page.get_by_role("tab", name=name)
    if tab.count() and tab.is_visible():
        tab.click()
    else:
        page.locator(".overflow-menu > button").click()
        page.locator(".overflow-dropdown button", has_text=name).click()


def words_on(page, plot, axis):
    return page.eval_on_selector_all(
        f"{plot} .{axis}tick text", "all => all.map(t => t.textContent)"
    )


def wait_for_words(page, text):
    """Wait until the rows of the large picture are the words of `text`, known or not."""
    page.wait_for_function(
        """([plot, words]) => {
          const ticks = [...document.querySelectorAll(plot + ' .ytick text')];
          const shown = ticks.map(t => t.textContent.replace(/ \\?$/, ''));
          return JSON.stringify(shown) === JSON.stringify(words);
        }""",
        arg=["#head-large", re.findall(r"\w+", text)],
    )


@pytest.mark.parametrize("by", ["Enter", "button"])
def test_a_headline_is_read_and_drawn(open_page, by):
    page = open_page()
    ask(page, "The coach told the team", by)
    wait_for_words(page, "The coach told the team")
    assert words_on(page, "#head-large", "x") == ["The", "coach", "told", "the", "team"]
    for axis in ("x", "y", "x2", "y2"):  # two heads, side by side
        assert words_on(page, "#heads-small", axis) == ["The", "coach", "told", "the", "team"]
    assert page.inner_text(f"{CARD} .label") == "Sports"
    assert page.locator(f"{CARD} .bar").count() == 4
    picture = page.get_by_role("img", name=re.compile("Head 1, 5 tokens. Strongest: “"))
    assert picture.count() == 2  # each with its text alternative
    assert not page.is_visible(f"{CARD} .time")
    page.click(f"{CARD} .stack")
    assert re.fullmatch(r"Read in [\d.]+ ms\.", page.inner_text(f"{CARD} .time"))
    assert page.locator(".card .bars").nth(2).is_visible()  # of every card, so that they compare


def test_the_page_opens_with_an_example_read(open_page):
    page = open_page()
    first = json.loads((ROOT / "assets/examples.json").read_text())[0]
    assert page.input_value("#headline textarea") == first["headline"]
    assert words_on(page, "#head-large", "y") == first["headline"].split()
    assert page.inner_text("#notice .hint") == say(f"page.examples.{first['id']}.hint")


def test_every_example_chip_can_be_read(open_page):
    page = open_page()
    examples = json.loads((ROOT / "assets/examples.json").read_text())
    assert len(examples) == 12
    for example in examples[1:]:
        key = f"page.examples.{example['id']}"
        page.get_by_role("button", name=say(f"{key}.chip"), exact=True).click()
        page.wait_for_function(
            "hint => document.querySelector('#notice .hint').innerText === hint",
            arg=say(f"{key}.hint"),
        )
        assert page.input_value("#headline textarea") == example["headline"]
        assert page.locator("#notice .alert").count() == 0


def test_picker_and_click_open_a_head_large(open_page):
    page = open_page()
    caption = page.locator("#heads-caption")
    assert caption.inner_text().startswith("Head 1")
    page.get_by_label("Mean of heads").click()
    page.wait_for_function(
        "document.querySelector('#heads-caption').innerText.startsWith('Mean of heads')"
    )
    page.locator("#heads-small .nsewdrag").nth(1).click()
    page.wait_for_function(
        "document.querySelector('#heads-caption').innerText.startsWith('Head 2')"
    )


def test_the_number_stands_under_the_pointer(open_page):
    page = open_page()
    page.locator("#head-large .nsewdrag").hover()
    label = page.locator("#head-large .hoverlayer .hovertext")
    label.wait_for()
    assert re.search(r"\w+ looks at \w+: 0\.\d{3}", label.text_content())


@pytest.mark.parametrize("text", ["", "   ", "oil " * 5001])
def test_an_unusable_text_gets_a_sentence_and_loses_nothing(open_page, text):
    page = open_page()
    ask(page, "Coach praises team after cup win")
    wait_for_words(page, "Coach praises team after cup win")
    card = page.inner_text(CARD)
    ask(page, text)
    sentence = page.locator("#notice .alert")
    sentence.wait_for()
    assert re.search("type a headline|shorter passage", sentence.inner_text())
    assert page.inner_text(CARD) == card
    assert page.input_value("#headline textarea") == text
    ask(page, "Coach praises team after cup final")
    wait_for_words(page, "Coach praises team after cup final")
    assert page.locator("#notice .alert").count() == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_and_templates_are_shown_as_text(open_page, text):
    page = open_page()
    ask(page, text)
    wait_for_words(page, text)
    assert page.input_value("#headline textarea") == text
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("#head-large b").count() == 0


def test_the_alignment_follows_reader_text_and_colours(open_page):
    page = open_page()
    open_tab(page, "Alignment")
    page.locator("#alignment-reader").get_by_label("Small transformer").click()
    ask(page, "Chip maker sues rival")
    said = page.locator("#alignment-caption")
    said.get_by_text("“Chip” at “").wait_for()
    assert words_on(page, "#alignment", "x") == ["Chip", "maker", "sues", "rival"]
    assert words_on(page, "#alignment", "y") == ["Chip", "maker", "sues", "rival"]
    assert page.get_by_role("img", name=re.compile("Attention rollout")).count() == 1
    page.locator("#alignment .nsewdrag").hover()
    label = page.locator("#alignment .hoverlayer .hovertext")
    label.wait_for()
    assert re.search(r"\w+ looks at \w+: 0\.\d{3}", label.text_content())
    page.get_by_label("As in the paper").click()
    page.wait_for_function(
        "document.querySelector('#alignment .js-plotly-plot').data[0].zmax === 1"
    )


def test_bert_shows_how_a_second_text_looks_at_the_first(open_page):
    page = open_page()
    open_tab(page, "Alignment")
    page.locator("#alignment-reader").get_by_label("Fine-tuned BERT").click()
    ask(page, "Coach praises team")
    page.locator("#alignment-second :is(input, textarea)").fill("Bank raises rates")
    page.locator("#alignment-second :is(input, textarea)").press("Enter")
    page.locator("#alignment-caption").get_by_text("second text").wait_for()
    assert words_on(page, "#alignment", "x") == ["Coach", "praises", "team"]
    assert words_on(page, "#alignment", "y") == ["Bank", "raises", "rates"]


def test_evidence_shows_what_matters_and_lets_heads_be_masked(open_page):
    page = open_page()
    open_tab(page, "Evidence")
    page.locator("#evidence-reader").get_by_label("Fine-tuned BERT").click()
    ask(page, "Chip maker <b>sues</b> rival over stolen designs")
    agreement = page.locator("#evidence .agreement")
    agreement.get_by_text("random ranking would find").wait_for()
    page.wait_for_function(
        "document.querySelector('#evidence .strip')?.textContent.startsWith('Chip maker <b>sues')"
    )
    page.locator("#evidence-tested").get_by_role("checkbox").check()
    page.locator("#evidence-scores table").wait_for()
    for row in ("decomposition", "mean attention", "rollout", "attention × value norm"):
        assert page.get_by_role("rowheader", name=row, exact=True).count() == 1
    page.locator("#evidence-by").get_by_label("one head").click()
    page.get_by_text("Layer 1, head 1 ranks").wait_for()

    title = page.locator("#evidence-bars h3")
    assert title.inner_text().startswith("No head masked")
    page.locator("#evidence-map").get_by_label("what masking them costs").click()
    page.locator("#ablation .nsewdrag").click(position={"x": 60, "y": 20})
    page.get_by_text("With 1 head masked").wait_for()
    masked = page.locator("#evidence-masked input, #evidence-masked textarea")
    named = masked.input_value()
    assert re.fullmatch(r"1\.\d+", named)
    masked.fill(f"{named}, 6.12")
    masked.press("Enter")
    page.get_by_text("With 2 heads masked").wait_for()
    masked.fill("7.1")
    masked.press("Enter")
    page.get_by_text("There is no head '7.1'").wait_for()
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("No head masked").wait_for()
    assert masked.input_value() == ""


def bars(page):
    """The bars of the sum by their names, None where a word is out."""
    return page.evaluate(
        """() => {
          const plot = document.querySelector("#evidence-sum .js-plotly-plot");
          const { y } = plot._fullData[0];
          return plot.layout.meta.names.map((name, place) => [name, Number.isFinite(y[place])]);
        }"""
    )


def test_a_word_is_taken_out_and_put_back_by_mouse_and_by_keyboard(open_page):
    page = open_page(path="/?text=Chelsea+buy+striker&tab=evidence&reader=transformer")
    page.locator("#head-shares .heatmaplayer").wait_for()
    whole = [["Chelsea", True], ["buy", True], ["striker", True], ["rest", True], ["sum", True]]
    assert bars(page) == whole
    words = page.locator("#evidence-words .word")
    words.nth(1).click()
    page.get_by_text("Without 1 word").wait_for()
    page.wait_for_function("headlineAttention.link().includes('out=8')")
    assert bars(page) == [whole[0], ["(buy)", False], *whole[2:]]
    assert words.nth(1).get_attribute("aria-pressed") == "true"
    page.wait_for_function("document.activeElement.textContent === 'buy'")  # for the next key
    page.keyboard.press("Enter")
    page.locator("#evidence-words").get_by_text("With every word").wait_for()
    assert bars(page) == whole
    words.nth(0).click()
    page.get_by_text("Without 1 word").wait_for()
    words.nth(1).click()
    page.get_by_text("Without 2 words").wait_for()
    assert words.nth(2).is_disabled()  # one word is left
    page.get_by_role("button", name="Put all back").click()
    page.locator("#evidence-words").get_by_text("With every word").wait_for()
    assert bars(page) == whole


def test_a_bar_picks_the_word_that_heads_carry(open_page):
    page = open_page(path="/?text=Chelsea+buy+striker&tab=evidence&reader=bert")
    page.locator("#head-shares .heatmaplayer").wait_for()
    box = page.locator("#evidence-sum .bars .point").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator("#head-shares-caption").get_by_text("that “Chelsea” adds to Sports").wait_for()
    page.locator("#head-shares-caption").get_by_role("button", name="all words").click()
    page.locator("#head-shares-caption").get_by_text("All heads together carry").wait_for()


def test_one_word_has_no_evidence_and_is_told_so(open_page):
    page = open_page()
    open_tab(page, "Evidence")
    page.locator("#evidence .agreement").first.wait_for()
    ask(page, "Moon")
    page.get_by_text("type a second one").wait_for()


@pytest.mark.parametrize("words", [5, 120])
@pytest.mark.parametrize("kind", ["Head view", "Model view"])
def test_bertviz_draws_without_a_network(open_page, kind, words):
    page = open_page()
    text = " ".join(["oil</script>", *("storm prices climb again".split() * 30)][:words])
    ask(page, text)
    wait_for_words(page, text) if words == 5 else page.wait_for_timeout(500)
    open_tab(page, "BertViz")
    page.get_by_label(kind).click()
    frame = page.frame_locator(f"#bertviz iframe[title*='{kind.split()[0].lower()} view']")
    frame.locator("svg line").first.wait_for(state="attached")
    assert frame.locator("svg line").count() >= 2 * min(words, 20) ** 2
    assert page.locator("#bertviz iframe").get_attribute("sandbox") == "allow-scripts"


def test_bertviz_follows_the_text_and_can_be_saved(open_page, tmp_path):
    page = open_page()
    open_tab(page, "BertViz")
    page.locator("#bertviz iframe[title*='10 tokens']").wait_for()
    ask(page, "Chip maker sues rival")
    page.locator("#bertviz iframe[title*='4 tokens']").wait_for()
    menu = page.locator(".block.tools:has([data-picture=bertviz]) summary")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save HTML").click()
    download.value.save_as(tmp_path / "view.html")
    saved = (tmp_path / "view.html").read_text("utf-8")
    assert download.value.suggested_filename == "bertviz-head-view-of-4-tokens.html"
    assert '"left_text":["Chip","maker","sues","rival"]' in saved
    menu.click()
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Open in a window").click()
    popup.value.frame_locator("iframe").locator("svg line").first.wait_for(state="attached")
    open_tab(page, "Heads")
    wait_for_words(page, "Chip maker sues rival")


def test_the_theme_switch_redraws_the_pictures(open_page):
    page = open_page(theme="light")
    ground = "getComputedStyle(document.querySelector('#head-large .main-svg')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.click("#theme")
    page.wait_for_function(f"{ground} === 'rgb(23, 24, 31)'")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 800), (390, 844)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen_and_no_label_is_cut(open_page, width, height, theme):
    page = open_page(width, height, theme)
    ask(page, "Government announces unprecedented telecommunications restructuring programme")
    page.wait_for_function(
        "document.querySelector('#head-large .ytick text')?.textContent === 'Government'"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
          const box = plot.getBoundingClientRect();
          return [...plot.querySelectorAll('.xtick text, .ytick text, .gtitle, .annotation-text')]
            .filter(t => {
              const r = t.getBoundingClientRect();
              return r.left < box.left - 1 || r.right > box.right + 1 || r.bottom > box.bottom + 1;
            }).map(t => t.textContent);
        })"""
    )
    assert cut == []
    outside = """() => [...document.querySelectorAll('.card')].flatMap(card => {
      const edge = card.getBoundingClientRect().right;
      return [...card.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > edge);
    }).map(e => e.outerHTML)"""
    assert page.evaluate(outside) == []
    for name, filled in (
        ("Alignment", "#alignment .heatmaplayer"),
        ("Evidence", "#evidence .strip"),
    ):
        open_tab(page, name)
        page.locator(filled).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_can_read_a_headline(open_page):
    page = open_page(390, 844, "dark")
    ask(page, "Chip maker sues rival", by="button")
    wait_for_words(page, "Chip maker sues rival")
