"""The tabs of the page as Gradio counts them."""

import gradio as gr
import pytest

from demo.page.build import build
from demo.serving.panel import Panel
from tests import other_reader


@pytest.fixture(params=["a transformer", "a transformer and another reader"])
def panel(request, tiny_reader, tmp_path):
    panel = Panel()
    panel.add(tiny_reader, tmp_path)
    if "another" in request.param:
        panel.add(other_reader.CapitalsReader(), tmp_path)
    return panel


def test_beside_the_tabs_stands_nothing_that_gradio_would_count_as_one(panel):
    """Else the tab behind it takes another's place as soon as it is opened."""
    (tabs,) = (one for one in build(panel).blocks.values() if isinstance(one, gr.Tabs))
    assert len(tabs.children) >= 4
    assert {type(one) for one in tabs.children} == {gr.Tab}
