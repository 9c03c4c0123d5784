"""Pictures in a notebook: the README's lines, run by a kernel, and what they draw."""

import html
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from demo import figures
from demo.figures.theme import Theme
from demo.serving.panel import Panel
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

TEXT = "oil prices climb as the storm"
PLOTLY, HTML = "application/vnd.plotly.v1+json", "text/html"


@pytest.fixture(scope="module")
def panel(tiny_reader, tiny_writer, tmp_path_factory):
    panel = Panel()
    for reader in (tiny_reader, tiny_writer):
        panel.add(reader, tmp_path_factory.mktemp("reader"))
    return panel


def test_heads_are_drawn_of_a_layer_and_one_alone(panel):
    reading = panel["transformer"].read(TEXT)
    every = figures.draw_heads(panel["transformer"], TEXT)
    assert isinstance(every, go.Figure)
    assert len(every.data) == panel["transformer"].info.heads
    alone = figures.draw_heads(panel["transformer"], TEXT, head=1, theme=Theme(dark=True))
    np.testing.assert_allclose(alone.data[0].z, reading.attention[0, 1], atol=1e-6)
    assert alone.layout.paper_bgcolor == Theme(dark=True).paper
    assert panel["transformer"].info.title in alone.layout.title.text


def test_an_alignment_is_drawn_of_what_was_written_and_of_a_headline_that_is_given(panel):
    reader = panel["rnnsearch"]
    own = figures.draw_alignment(reader, TEXT, "oil climb")
    weights = reader.read(TEXT, "oil climb").alignment.weights
    drawn = np.array(own.data[0].z, float)
    np.testing.assert_allclose(drawn[~np.isnan(drawn).all(axis=1)], weights, atol=1e-6)
    assert figures.draw_alignment(reader, TEXT).layout.title.text != own.layout.title.text


def test_evidence_adds_up_to_the_contrast(panel):
    reader = panel["transformer"]
    figure = figures.draw_evidence(reader, TEXT, "Sports")
    assert "Sports" in figure.layout.title.text
    bars = next(one for one in figure.data if one.type == "bar")
    *parts, whole = np.asarray(bars.y, float)
    assert sum(parts) == pytest.approx(whole, abs=1e-4)


def test_the_inside_is_a_frame_that_asks_no_server(panel):
    for name in panel:
        (document,) = re.findall(
            r'srcdoc="([^"]*)"', figures.draw_inside(panel[name], TEXT)._repr_html_()
        )
        document = html.unescape(document)
        assert "data-numbers" in document
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", document)


@pytest.mark.parametrize(("layer", "head"), [(1, 0), (0, 2), (-1, 0)])
def test_a_head_that_is_not_there_is_said(panel, layer, head):
    for draw in (figures.draw_heads, figures.draw_inside):
        with pytest.raises(ValueError, match="it has 1 layers of 2 heads"):
            draw(panel["transformer"], TEXT, layer=layer, head=head)


def test_what_has_no_heads_is_said(panel):
    with pytest.raises(ValueError, match="no self-attention"):
        figures.draw_heads(panel["rnnsearch"], TEXT)


@pytest.mark.browser
def test_the_frame_draws_its_steps_by_itself(panel, chromium_browser):
    page = chromium_browser.new_page(viewport={"width": 1400, "height": 900})
    faults = []
    page.on("request", lambda request: faults.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_content(figures.draw_inside(panel["transformer"], TEXT)._repr_html_())
    inner = page.frame_locator("iframe")
    assert inner.locator(".step").count() == 6
    inner.locator(".row").first.wait_for()
    assert inner.locator("[data-step=softmax] .row").count() == len(TEXT.split())
    inner.locator("[data-query]").nth(2).click()
    assert inner.locator("[data-query]").nth(2).get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(200)
    high = page.locator("iframe").evaluate("one => one.clientHeight")
    assert high == inner.locator("html").evaluate("one => one.offsetHeight")
    page.close()
    assert [fault for fault in faults if not fault.startswith("about:")] == []


@pytest.mark.trained
def test_the_readmes_lines_draw_in_a_kernel(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    written = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(from demo import figures.*?)```", written, re.S)
    setting, *drawing = re.split(r"\n(?=figures\.)", block.strip())
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (setting, *drawing)]
    )
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    drawn = [
        {kind for output in cell.outputs for kind in output.get("data", {})}
        for cell in notebook.cells[1:]
    ]
    names = [re.match(r"figures\.draw_(\w+)", source)[1] for source in drawing]
    assert set(names) == {"heads", "alignment", "inside", "evidence"}
    for name, kinds in zip(names, drawn, strict=True):
        assert (HTML if name == "inside" else PLOTLY) in kinds, name
