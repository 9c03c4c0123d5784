"""Saved pictures and the numbers behind them, from Chromium."""

import csv
import io
import json
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from demo import load_panel
from tests.conftest import TRAINED

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
HEADLINE = "Probe lands on <b>moon</b> & sends, pictures"
WORDS = ["Probe", "lands", "moon", "sends", "pictures"]
PICTURES = {  # where each one stands, and how the file of it begins
    "heads-small": ("heads", "fine-tuned-bert-layer-2-probe-lands"),
    "head-large": ("heads", "fine-tuned-bert-layer-2-mean-of-heads-probe"),
    "heads-all": ("heads", "fine-tuned-bert-every-head-probe"),
    "alignment": ("alignment", "fine-tuned-bert-alignment-probe"),
    "evidence-sum": ("evidence", "fine-tuned-bert-what-speaks-for-sci-tech-and-against-it-probe"),
    "evidence": ("evidence", "fine-tuned-bert-evidence-probe"),
    "head-shares": ("evidence", "fine-tuned-bert-what-each-head-carries-for-sci-tech"),
    "ablation": (
        "evidence",
        "fine-tuned-bert-change-in-sci-tech-when-this-head-is-masked-points-probe",
    ),
}


@pytest.fixture
def opened(open_page):
    """A function that opens the tab of a picture and waits until it is drawn."""

    def open_(picture):
        tab = PICTURES[picture][0]
        query = "reader=bert" + ("&layer=2&head=mean" if tab == "heads" else "")
        query += "&map=masked" if picture == "ablation" else ""
        text = HEADLINE.replace("&", "%26").replace(" ", "+")
        page = open_page(path=f"/?tab={tab}&{query}&text={text}")
        drawn = {"evidence": ".strip", "evidence-sum": ".barlayer"}.get(picture, ".heatmaplayer")
        worded = page.locator({"heads": "#head-large"}.get(tab, f"#{tab}"))
        worded.get_by_text("Probe").first.wait_for()  # drawn of this text, not of the example
        page.locator(f"#{picture} {drawn}").first.wait_for()
        return page

    return open_


def choose(page, picture, tool):
    """Picks a tool in the menu over a picture."""
    page.click(f".block.tools:has([data-picture={picture}]) summary")
    page.click(f"[data-tool={tool}][data-picture={picture}]")


def saved(page, picture, tool):
    with page.expect_download() as download:
        choose(page, picture, tool)
    return download.value.suggested_filename, download.value.path().read_bytes()


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_and_its_numbers_are_saved_and_shown(opened, picture):
    page = opened(picture)
    name, content = saved(page, picture, "png")
    assert name.startswith(PICTURES[picture][1])
    assert name.endswith(".png")
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (3840, 2160)
        colours = np.asarray(image.convert("L").resize((384, 216)))
    assert colours.std() > 5  # and something is on it

    name, content = saved(page, picture, "svg")
    drawing = ElementTree.fromstring(content.decode())
    assert (drawing.get("width"), drawing.get("height")) == ("1920", "1080")
    said = " ".join(
        "".join(node.itertext()) for node in drawing.iter() if node.tag.endswith("text")
    )
    quoted = f"“{HEADLINE}”" in said
    assert quoted == (picture != "evidence")  # whose words are the headline
    if picture in ("head-large", "alignment", "evidence"):
        for word in WORDS:
            assert word in said.replace(f"“{HEADLINE}”", "")

    content = json.loads(saved(page, picture, "json")[1])
    assert content["text"] == HEADLINE
    counts = {"heads-small": 12, "heads-all": 72, "evidence": 2}
    assert len(content["tables"]) == counts.get(picture, 1)
    for table in content["tables"]:
        assert np.array(table["values"]).shape == (len(table["rows"]), len(table["columns"]))
    content_csv = saved(page, picture, "csv")[1]
    assert content_csv.startswith(b"\xef\xbb\xbf")  # or Excel shows “Zürich’s” wrong
    lines = list(csv.reader(io.StringIO(content_csv.decode("utf-8-sig"))))
    first = content["tables"][0]
    assert lines[0] == [first["name"], *first["columns"]]
    assert lines[1][0] == first["rows"][0]
    assert [float(cell) for cell in lines[1][1:]] == first["values"][0]
    choose(page, picture, "table")
    assert page.locator("dialog.numbers tbody tr").count() == sum(
        len(table["rows"]) for table in content["tables"]
    )
    page.keyboard.press("Escape")
    page.locator("dialog.numbers").wait_for(state="detached")


def test_the_saved_numbers_are_the_readers_own(opened):
    page = opened("head-large")
    reading = load_panel(TRAINED)["bert"].read(HEADLINE)
    (large,) = json.loads(saved(page, "head-large", "json")[1])["tables"]
    assert large["columns"] == [token.text for token in reading.tokens]
    mean = reading.attention[1].mean(0)
    np.testing.assert_allclose(large["values"], mean, atol=1e-4)
    every = json.loads(saved(page, "heads-all", "json")[1])["tables"]
    assert every[13]["name"] == "layer 2, head 2"
    np.testing.assert_allclose(every[13]["values"], reading.attention[1, 1], atol=2e-3)
