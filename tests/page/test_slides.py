"""What the tray posts, as a deck: verdicts before the first picture of each text, and limits."""

import base64
import io

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from demo.page import slides
from demo.page.launch import ASSETS
from demo.serving.panel import Panel

OIL, COURT = "oil prices climb", "the court climb"


@pytest.fixture(scope="module")
def panel(tiny_reader, tmp_path_factory):
    panel = Panel()
    panel.add(tiny_reader, tmp_path_factory.mktemp("readers"))
    return panel


def png():
    file = io.BytesIO()
    Image.new("RGB", (40, 20)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def entry(text, **others):
    """A slide as the browser posts it."""
    said = {
        "title": f"Head: {text or 'no text'}",
        "about": [f"“{text}”"],
        "caption": "",
        "alternative": "",
    }
    link = {"link": "http://127.0.0.1/?text=oil", "dark": False, "text": text}
    return {**said, **link, "matrix": None, "image": png(), **others}


def deck_of(panel, *entries):
    made = slides.answer(panel, {"language": "en", "slides": list(entries)})
    sent = gr.JSON().postprocess(made).model_dump()  # as it goes to the browser
    return Presentation(io.BytesIO(base64.b64decode(sent["data"]))).slides


def test_the_verdicts_on_each_text_come_before_its_first_picture(panel):
    found = deck_of(panel, entry(OIL), entry(""), entry(COURT), entry(OIL))
    titles = [slide.shapes.title.text for slide in found]
    heads = [f"Head: {text or 'no text'}" for text in (OIL, "", COURT, OIL)]
    assert titles == [OIL, *heads[:2], COURT, *heads[2:]]


def test_the_verdicts_are_the_readers_own(panel):
    chart = next(shape.chart for shape in deck_of(panel, entry(OIL))[0].shapes if shape.has_chart)
    (series,) = chart.plots[0].series
    assert series.name == panel["transformer"].info.title
    assert list(chart.plots[0].categories) == list(panel["transformer"].info.labels)
    np.testing.assert_allclose(series.values, panel["transformer"].classify([OIL])[0], atol=1e-6)


def test_a_posted_matrix_is_a_table(panel):
    colours = [[0, "#ffffff"], [1, "rgb(44, 26, 125)"]]
    scale = {"columns": 2, "colours": colours, "least": 0, "most": 0.75}
    matrix = {"rows": ["oil", "court"], "columns": ["oil", "court"], "scales": [scale]}
    matrix["values"] = [[0.25, 0.75], [None, 0.5]]
    _, slide = deck_of(panel, entry(OIL, matrix=matrix, image=None))
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    assert [cell.text for cell in table.rows[2].cells] == ["court", "", "0.50"]
    assert str(table.cell(1, 2).fill.fore_color.rgb) == "2C1A7D"


def test_a_tray_that_is_too_full_or_too_large_is_answered_with_a_sentence(panel, monkeypatch):
    with pytest.raises(gr.Error, match="41 slides and a deck can have 40"):
        deck_of(panel, *[entry(OIL)] * 41)
    monkeypatch.setattr(slides, "MOST_BYTES", 10)
    with pytest.raises(gr.Error, match="take some out"):
        deck_of(panel, entry(OIL))


def test_a_table_that_the_page_would_not_send_is_answered_with_a_sentence(panel):
    names = ["oil"] * 33
    matrix = {"rows": names, "columns": names, "values": [[0] * 33] * 33, "scales": []}
    with pytest.raises(gr.Error, match="can have 32 rows"):
        deck_of(panel, entry(OIL, matrix=matrix))


def test_a_text_that_cannot_be_read_is_answered_with_a_sentence(panel):
    with pytest.raises(gr.Error, match="at most 20,000 can be read"):
        deck_of(panel, entry("oil " * 6000))


def test_the_browser_takes_as_many_slides_as_the_server():
    script = (ASSETS / "tray.js").read_text("utf-8")
    assert f"const MOST = {slides.MOST_SLIDES};" in script
