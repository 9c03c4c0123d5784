"""What the page says to screen readers, and in notes to everyone, in Chromium."""

import pytest

from tests.test_browser import ask

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
BOX = "#headline textarea"
LOG = """() => {
  window.said = [];
  const note = ([{ target }]) => window.said.push(target.textContent);
  new MutationObserver(note).observe(document.querySelector("#said"), { childList: true });
}"""
SAID = "text => document.querySelector('#said').textContent.includes(text)"


@pytest.fixture(scope="module")
def page(open_kept_page):
    return open_kept_page(1280, 900)


def read(page, text):
    ask(page, text)
    page.wait_for_function("text => headlineAttention.shown() === text", arg=text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Coach praises team after cup win", "Sports"),
        ("Oil prices climb as storm shuts refineries along the coast", "Business"),
        ("Soldiers killed in attack on army base, president says", "World"),
        ("Chip maker releases faster processor for servers", "Sci/Tech"),
        ("Coach <b>praises</b> team & fans after cup win", "Sports"),
        ("Oil", ""),
    ],
)
def test_the_verdict_of_every_reader_is_said(page, text, label):
    read(page, text)
    page.wait_for_function("() => headlineAttention.verdicts().length === 3")
    expected = page.evaluate("headlineAttention.verdicts().map((one) => `${one}. `).join('')")
    page.wait_for_function(SAID, arg=expected.strip())
    said = page.locator("#said")
    assert said.get_attribute("role") == "status"
    for title in ("Small transformer", "Fine-tuned BERT", "Bahdanau"):
        assert title in said.inner_text()
    assert f": {label}" in said.inner_text()
    assert page.locator("#said").count() == 1
    box = said.bounding_box()
    assert max(box["width"], box["height"]) <= 1  # heard, not seen


def test_typing_is_not_talked_into(page):
    read(page, "Oil prices climb")
    page.wait_for_function("() => document.querySelector('#said').textContent.includes('Business')")
    if not page.is_checked("#as-you-type input"):
        page.click("#as-you-type input")
    page.evaluate(LOG)
    page.fill(BOX, "")
    page.locator(BOX).press_sequentially("Coach praises the team", delay=130)
    page.wait_for_function("() => headlineAttention.shown() === 'Coach praises the team'")
    page.wait_for_function(SAID, arg="Sports")
    page.wait_for_timeout(1500)
    verdicts = page.evaluate("window.said")
    assert len(verdicts) <= 2  # not after each of the 22 letters
    assert "Sports" in verdicts[-1]
    page.click("#as-you-type input")


@pytest.mark.parametrize(
    ("text", "size_kb"),
    [  # in a link, a letter takes 1 byte, 6, 9 or 12
        ("oil prices " * 1800, None),
        ("é" * 9_800, None),
        ("é" * 10_100, 61),
        ("石" * 6_500, None),
        ("石" * 6_800, 62),
        ("石油价格 " * 4_000, 149),
        ("😀" * 4_900, None),
        ("😀" * 5_100, 62),
    ],
    ids=lambda value: value[:4] if isinstance(value, str) else "",
)
def test_a_link_that_servers_refuse_is_not_copied(page, text, size_kb):
    text = text.strip()
    read(page, text)
    page.wait_for_function(
        "text => new URL(headlineAttention.link()).searchParams.get('text') === text", arg=text
    )
    page.evaluate("navigator.clipboard.writeText('before')")
    page.click("#link")
    if size_kb is None:
        # Its button says so for two seconds, which may pass while a long text is drawn.
        page.wait_for_function("async () => (await navigator.clipboard.readText()) !== 'before'")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link == page.evaluate("headlineAttention.link()")
        assert len(link) < 60_000
    else:
        note = page.locator("#warned")
        note.get_by_text(f"too long for a link: it would have {size_kb} kB").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == "before"
        note.get_by_role("button", name="Close this note").click()
    assert page.locator("#warned").count() == 0


def test_notes_are_text_stand_one_at_a_time_and_close(page):
    for sentence in ("One <b>sentence</b>.", "Another ${sentence} & more."):
        page.evaluate("sentence => headlineAttention.warn(sentence)", sentence)
        note = page.locator("#warned")
        assert note.locator("p").inner_text() == sentence
        assert note.get_attribute("role") == "alert"
    assert note.count() == 1
    note.get_by_role("button", name="Close this note").click()
    assert note.count() == 0
