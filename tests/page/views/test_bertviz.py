"""BertViz in Chromium: it fills its frame, has words, and is saved from within it."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.trained, pytest.mark.browser]
WORDS = ["[CLS]", "Probe", "lands", "on", "moon", "[SEP]"]


def opened(open_page, view, **screen):
    page = open_page(
        path=f"/?text=Probe+lands+on+moon&tab=bertviz&reader=bert&view={view}", **screen
    )
    frame = page.frame_locator("#bertviz iframe")
    frame.locator("#vis line").first.wait_for(state="attached")
    return page, frame


def saved(page, tool):
    page.evaluate("document.querySelectorAll('.menu').forEach(one => (one.open = true))")
    with page.expect_download() as download:
        page.click(f"[data-tool={tool}][data-picture=bertviz]")
    return download.value.path().read_bytes()


@pytest.mark.parametrize("view", ["head", "model"])
def test_it_fills_its_frame_counts_from_1_and_has_every_word(open_page, view):
    _, frame = opened(open_page, view)
    across = frame.locator("#vis svg").evaluate(
        "svg => svg.getBoundingClientRect().width / document.documentElement.clientWidth"
    )
    assert 0.95 < across <= 1
    said = frame.locator("#vis svg text").all_text_contents()
    for word in WORDS:
        assert said.count(word) == (2 if view == "head" else 12)  # of six layers, on both sides
    assert "1" in said
    assert "0" not in said
    assert frame.locator("html").evaluate("page => page.scrollHeight <= page.clientHeight + 1")


@pytest.mark.parametrize("view", ["head", "model"])
def test_it_is_saved_as_a_picture(open_page, view):
    page, _ = opened(open_page, view)
    with Image.open(io.BytesIO(saved(page, "png"))) as image:
        assert image.size == (3840, 2160)
        assert np.asarray(image.convert("L").resize((384, 216))).std() > 5
    drawing = ElementTree.fromstring(saved(page, "svg").decode())
    said = ["".join(node.itertext()) for node in drawing.iter() if node.tag.endswith("}text")]
    # A slide's type is too large for the rows of the model view: there, only numbers stand.
    for word in WORDS if view == "head" else map(str, range(1, 7)):
        assert said.count(word) == 2
    layer = "Layer 1" if view == "head" else "Layers"
    assert layer in said


def test_another_layer_keeps_the_numbers_of_the_heads(open_page):
    _, frame = opened(open_page, "head")
    frame.locator("#layer").select_option("6")
    frame.locator(".on-colour").first.wait_for()
    assert frame.locator(".on-colour").all_text_contents() == [str(head) for head in range(1, 13)]
