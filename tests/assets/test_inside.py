"""Inside in Chromium: words and keys are picked, the scale moves, numbers are read and saved."""

import json
import re

import numpy as np
import pytest

from demo.figures.theme import STYLE
from demo.models import open_reader
from tests.conftest import TRAINED

pytestmark = [pytest.mark.trained, pytest.mark.browser]
HEADLINE = "Oil prices climb as storm shuts refineries"
LINK = f"/?tab=inside&text={HEADLINE.replace(' ', '+')}"
BARS = """() => [...document.querySelectorAll('#inside [data-step=softmax] .number')]
  .map(one => parseFloat(one.textContent) / 100)"""


@pytest.fixture(scope="module")
def reading():
    return open_reader(TRAINED / "transformer").read(HEADLINE)


@pytest.fixture
def opened(open_page):
    """A function that opens the view as a link says, and waits until it is drawn."""

    def open_(query="", **settings):
        page = open_page(path=LINK + query, **settings)
        page.locator("#inside .row").first.wait_for()
        return page

    return open_


def pressed(page, what="query"):
    return int(
        page.locator(f"#inside [data-{what}][aria-pressed=true]").get_attribute(f"data-{what}")
    )


def softmax(row):
    powers = np.exp(row - row.max())
    return powers / powers.sum()


def test_the_bars_are_the_row_of_the_word_that_asks(opened, reading):
    page = opened("&head=2")
    page.locator("#inside [data-query='4']").click()
    assert pressed(page) == 4
    shown = np.array(page.evaluate(BARS))
    assert np.abs(shown - reading.attention[0, 1, 4]).max() < 0.006  # in whole percent
    strongest = page.locator("#inside [data-step=softmax] .row.open")
    assert int(strongest.get_attribute("data-key")) == reading.attention[0, 1, 4].argmax()
    assert "“storm” looks most at" in page.locator("#inside .reads").inner_text()
    assert "word=5" in page.evaluate("headlineAttention.link()")


def test_a_key_opens_its_product_which_sums_to_the_score(opened):
    page = opened()
    page.locator("#inside [data-step=product] [data-key='2']").click()
    query = pressed(page)
    trace = open_reader(TRAINED / "transformer").trace(HEADLINE)
    said = page.locator("#inside [data-step=product] .sum").inner_text()
    assert float(said.split()[1].replace("−", "-")) == pytest.approx(
        trace.scores[query, 2], abs=0.006
    )
    page.locator("#inside [data-strip=inside-terms]").focus()
    products = trace.queries[query] * trace.keys[2]
    for place in (1, 2):
        page.keyboard.press("ArrowRight")
        number = page.locator(".strip-number").inner_text()
        assert f"number {place} of 32" in number
        assert float(number.split(": ")[1].replace("−", "-")) == pytest.approx(
            products[place - 1], abs=0.002
        )


COLOURS = """name => getComputedStyle(document.querySelector(`[data-strip="${name}"]`))
  .backgroundImage.match(/rgb\\([^)]+\\)/g)"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_strip_has_a_colour_for_each_number_and_says_the_one_under_the_pointer(opened, dark):
    page = opened(theme="dark" if dark else "light")
    keys = open_reader(TRAINED / "transformer").trace(HEADLINE).keys
    strip = page.locator("#inside [data-strip=inside-k-3]")
    box = strip.bounding_box()
    for place in (0, 7, keys.shape[1] - 1):
        page.mouse.move(
            box["x"] + (place + 0.5) * box["width"] / keys.shape[1], box["y"] + box["height"] / 2
        )
        number = page.locator(".strip-number").inner_text()
        assert f"number {place + 1} of {keys.shape[1]}" in number
        told = float(number.split(": ")[1].replace("−", "-"))
        assert told == pytest.approx(keys[3, place], abs=0.002)
    page.mouse.move(box["x"], 2)
    assert page.locator(".strip-number").count() == 0
    found = page.evaluate(COLOURS, "inside-k-3")  # each twice: a band begins where it ends
    assert found[::2] == found[1::2]
    top, scale = np.abs(keys).max(), STYLE["diverging"][dark]
    expected = [colour_at(scale, (value / top + 1) / 2) for value in keys[3]]
    given = [[int(part) for part in re.findall(r"\d+", colour)] for colour in found[::2]]
    assert np.abs(np.array(given) - np.array(expected)).max() <= 3
    page.locator("details:has([data-picture=inside]) summary").click()
    with page.expect_download() as download:
        page.click("[data-tool=svg][data-picture=inside]")
    saved = download.value.path().read_text("utf-8")
    assert all(f'fill="{colour}"' in saved.replace(", ", ",") for colour in map(packed, found))


def packed(colour):
    return colour.replace(" ", "")


def colour_at(scale, share):
    """The colour of a share of a scale of "#rrggbb", as red, green and blue."""
    parts = [[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in scale]
    place = share * (len(parts) - 1)
    return [np.interp(place, range(len(parts)), one) for one in zip(*parts, strict=True)]


def test_the_scale_moves_the_bars_at_once_and_then_the_verdict(opened):
    page = opened()
    trace = open_reader(TRAINED / "transformer").trace(HEADLINE, factor=10.0)
    page.evaluate(
        """() => {
          const slider = document.querySelector('#inside input[type=range]');
          slider.value = 1;
          slider.dispatchEvent(new Event('input', {bubbles: true}));
        }"""
    )
    shown = np.array(page.evaluate(BARS))
    assert np.abs(shown - trace.weights[pressed(page)]).max() < 0.006
    page.evaluate(
        """document.querySelector('#inside input[type=range]')
          .dispatchEvent(new Event('change', {bubbles: true}))"""
    )
    page.locator("#inside-verdict").get_by_text("all scores × 10").wait_for()
    share = 100 * trace.probabilities.max()
    assert f"{share:.1f} %" in page.locator("#inside-verdict").inner_text()
    assert np.abs(np.array(page.evaluate(BARS)) - shown).max() == 0


def test_without_the_mask_padding_takes_the_attention_and_the_reading_stays(opened):
    page = opened()
    before = page.evaluate(BARS)
    page.get_by_role("checkbox", name="Take the padding mask away").check()
    page.locator("#inside-verdict").get_by_text("Padding draws").wait_for()
    assert page.evaluate(BARS) == before
    page.get_by_role("checkbox", name="Shuffle the words").check()
    page.locator("#inside-verdict").get_by_text("Read as:").wait_for()


@pytest.mark.parametrize("reader", ["transformer", "bert", "rnnsearch"])
def test_another_reader_brings_its_own_numbers(opened, reader):
    page = opened("&reader=" + ("bert" if reader == "transformer" else "transformer"))
    titles = {
        "transformer": "Small transformer",
        "bert": "Fine-tuned BERT",
        "rnnsearch": "Bahdanau encoder-decoder",
    }
    page.locator("#inside-reader").get_by_label(titles[reader]).check()
    page.locator(f"#inside [data-title^='{titles[reader]}']").wait_for()
    read = open_reader(TRAINED / reader).read(HEADLINE)
    weights = read.alignment.weights if read.attention is None else read.attention[0, 0]
    rows = "document.querySelectorAll('#inside [data-step=softmax] .row')"
    page.wait_for_function(f"{rows}.length === {len(read.tokens)}")
    assert np.abs(np.array(page.evaluate(BARS)) - weights[pressed(page)]).max() < 0.006


def test_a_link_brings_word_key_and_scale(opened):
    page = opened("&word=3&key=2&factor=2.5")
    assert pressed(page) == 2
    assert page.locator("#inside [data-step=x] .row.open").get_attribute("data-key") == "1"
    assert page.locator("#inside output").inner_text() == "× 2.5"


def test_the_numbers_are_saved(opened, reading):
    page = opened()
    page.locator("details:has([data-picture=inside]) summary").click()
    with page.expect_download() as download:
        page.click("[data-tool=json][data-picture=inside]")
    tables = json.loads(download.value.path().read_text("utf-8"))["tables"]
    weights = next(table for table in tables if table["name"] == "weights")
    assert weights["rows"] == weights["columns"] == HEADLINE.split()
    np.testing.assert_allclose(weights["values"], reading.attention[0, 0], atol=1e-3)


@pytest.mark.parametrize("width", [390, 1366, 1920])
def test_nothing_is_wider_than_the_screen(opened, width):
    page = opened(width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    steps = [one.bounding_box()["x"] for one in page.locator("#inside .step").all()]
    side_by_side = {390: 1, 1366: 3, 1920: 6}
    assert len(set(map(round, steps))) == side_by_side[width]


STEPS = """() => [...document.querySelectorAll('#inside .step')].map(
  step => [step.classList.contains('shown'), step.classList.contains('now')])"""


def test_two_kinds_stand_side_by_side_and_open_the_same_word(opened):
    page = opened()
    page.locator("#inside-kinds").get_by_label("two kinds side by side").check()
    page.locator("#inside .inside[data-part='1'] .row").first.wait_for()
    page.get_by_text("The dot product multiplies").wait_for()
    offered = page.locator("#inside-reader label").all_inner_texts()
    assert [one.strip() for one in offered] == ["Small transformer", "Fine-tuned BERT"]
    rows = page.evaluate(BARS)
    read = open_reader(TRAINED / "rnnsearch").read(HEADLINE)
    assert np.abs(np.array(rows[7:]) - read.alignment.weights[0]).max() < 0.006
    page.locator("#inside .inside[data-part='1'] [data-step=product] [data-key='4']").click()
    opened_rows = page.locator("#inside [data-step=softmax] .row.open").all()
    assert [one.get_attribute("data-key") for one in opened_rows] == ["4", "4"]
    page.locator("#inside .inside[data-part='1'] [data-query='1']").click()
    link = page.evaluate("headlineAttention.link()")
    assert "kinds=both" in link
    assert "output=2" in link
    page.goto(link)
    page.locator("#inside .inside[data-part='1'] .row").first.wait_for()
    pressed_there = page.locator("#inside .inside[data-part='1'] [data-query][aria-pressed=true]")
    assert pressed_there.get_attribute("data-query") == "1"
    page.locator("details:has([data-picture=inside]) summary").click()
    with page.expect_download() as download:
        page.click("[data-tool=json][data-picture=inside]")
    tables = json.loads(download.value.path().read_text("utf-8"))["tables"]
    assert [table["name"] for table in tables if "weights" in table["name"]] == [
        "Small transformer, inside head 1: weights",
        "Bahdanau encoder-decoder, inside its alignment: weights",
    ]


def test_one_scale_moves_both_kinds(opened):
    page = opened("&kinds=both")
    page.evaluate(
        """() => {
          const slider = document.querySelector('#inside input[type=range]');
          slider.value = -1;
          slider.dispatchEvent(new Event('input', {bubbles: true}));
        }"""
    )
    assert page.locator("#inside output").all_inner_texts() == ["× 0.10", "× 0.10"]
    traces = [
        open_reader(TRAINED / name).trace(HEADLINE, factor=0.1)
        for name in ("transformer", "rnnsearch")
    ]
    shown = np.array(page.evaluate(BARS))
    query = int(
        page.locator("#inside [data-query][aria-pressed=true]").first.get_attribute("data-query")
    )
    expected = np.concatenate([traces[0].weights[query], traces[1].weights[0]])
    assert np.abs(shown - expected).max() < 0.006


def test_the_steps_are_walked_through_by_hand_and_by_space(opened):
    page = opened()
    page.locator("#inside").get_by_role("button", name="One step on").click()
    page.locator("#inside").get_by_role("button", name="One step on").press("Enter")
    assert page.evaluate(STEPS) == [[True, False], [True, True], *[[False, False]] * 4]
    said = page.locator("#inside .walk [role=status]").inner_text()
    assert said.startswith("2 of 6 · Query and keys: Two learned tables")
    page.locator("#inside").get_by_role("button", name="One step back").click()
    page.locator("#inside").get_by_role("button", name="One step back").click()
    assert page.evaluate(STEPS) == [[False, False]] * 6
    page.keyboard.press("p")
    stage = page.locator("#stage")
    for place in range(1, 7):
        page.keyboard.press("Space")
        stage.locator("> .told").get_by_text(f"{place} of 6").wait_for()
    assert stage.locator(".step.now h3").inner_text().endswith("What is passed on")
    page.keyboard.press("Space")
    stage.get_by_text("Small transformer, inside head 2").first.wait_for()
    assert stage.locator("> .told").inner_text() == ""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_it_plays_by_itself_unless_the_system_asks_for_reduced_motion(opened, motion):
    page = opened()
    page.emulate_media(reduced_motion=motion)
    on = page.locator("#inside").get_by_role("button", name="One step on")
    on.click()
    play = page.locator("#inside [data-go=play]")
    style = "getComputedStyle(document.querySelector('#inside .step')).transitionDuration"
    if motion == "reduce":
        assert not play.is_visible()
        assert page.evaluate(style) == "0s"
        return
    assert page.evaluate(style) == "0.4s"
    play.click()
    page.wait_for_function(f"JSON.stringify(({STEPS})()[3]) === '[true,true]'", timeout=15_000)
    play.click()
    assert "Play" in play.inner_text()
