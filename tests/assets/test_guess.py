"""Guessing rows of Heads and of Alignment in Chromium: guesses, the row, the count, no request."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from demo import load_panel
from demo.analysis import attention
from tests.conftest import TRAINED

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
OIL = "Oil prices climb to a record high as storm shuts Gulf refineries"
HEADS = "/?text=Oil+prices+climb+to+a+record+high+as+storm+shuts+Gulf+refineries&tab=heads"


def press(page, act):
    page.click(f"#guess [data-act={act}]")


def test_a_room_guesses_a_head_and_the_browser_alone_counts(open_page):
    page = open_page(path=f"{HEADS}&reader=transformer&head=2")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    words = OIL.split()
    reading = load_panel(TRAINED)["transformer"].read(OIL)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("[data-tool=guess][data-picture=head-large]")
    right = guesses = 0
    for _ in words:
        question = page.locator("#guess h2").inner_text()
        place = words.index(re.search("“(.*)”", question)[1])
        assert page.locator("#guess [aria-current]").inner_text().strip() == words[place]
        row = reading.attention[0, 1, place]
        best = int(row.argmax())
        for vote in (best, best, 0):
            page.click(f"#guess [data-place='{vote}']")
        right, guesses = right + (3 if best == 0 else 2), guesses + 3
        press(page, "on")
        assert f"“{words[best]}”" in page.locator("#guess .told").inner_text()
        shares = page.locator("#guess .share").all_inner_texts()
        shown = np.array([float(share.rstrip(" %")) for share in shares]) / 100
        np.testing.assert_allclose(shown, row, atol=0.0051)
        assert page.locator("#guess .score").inner_text() == f"{right} of {guesses} right"
        page.click("#guess [data-place='0']", force=True)  # the row is there: it counts no more
        press(page, "on")
    press(page, "anew")
    assert page.locator("#guess .score").inner_text() == ""
    press(page, "close")
    page.locator("#guess").wait_for(state="detached")
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == []


def test_the_marks_of_bert_can_be_guessed_and_the_presentation_goes_on(open_page):
    page = open_page(path=f"{HEADS}&reader=bert&layer=5&head=6&words=1&specials=folded")
    page.locator("#head-large .heatmaplayer").first.wait_for()
    reading = load_panel(TRAINED)["bert"].read(OIL)
    head = attention.of_head(reading, 4, 5)
    view = attention.view(head, attention.Specials.FOLDED, by_word=True)
    rows = np.hstack([view.weights[0], view.to_marks[0][:, None]])  # (words, words and marks)
    page.keyboard.press("p")
    page.locator("#stage [data-tool=guess]").click()
    word = re.search("“(.*)”", page.locator("#guess h2").inner_text())[1]
    assert page.locator("#guess [data-place]").last.inner_text().startswith("[CLS], [SEP]")
    page.click(f"#guess [data-place='{rows[OIL.split().index(word)].argmax()}']")
    page.locator("#guess [data-act=on]").focus()
    page.keyboard.press("Space")  # of the presentation behind it, it would be the next head
    assert page.locator("#guess .score").inner_text() == "1 of 1 right"
    press(page, "close")
    assert page.locator("#stage h3").inner_text() == "Fine-tuned BERT: Layer 5, head 6"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_has_room_for_a_question_of_the_alignment(open_page, language):
    page = open_page(390, 844, path=f"/?lang={language}&tab=alignment")
    page.locator("#alignment .heatmaplayer").first.wait_for()
    page.click("[data-tool=guess][data-picture=alignment]")
    page.click("#guess [data-place='0']")
    press(page, "on")
    guess = page.locator("#guess")
    assert guess.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert guess.evaluate("one => one.scrollHeight <= one.clientHeight")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
