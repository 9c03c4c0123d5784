"""A page of one tiny reader, as it runs, without a browser."""

import pytest

from demo.page.build import build
from demo.page.launch import launch_settings
from demo.serving.panel import Panel


@pytest.fixture(scope="module")
def tiny_page(tiny_reader, tmp_path_factory):
    """It has its `panel` and its `url`."""
    panel = Panel()
    panel.add(tiny_reader, tmp_path_factory.mktemp("readers"))
    page = build(panel)
    page.panel = panel
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    page.url = url.rstrip("/")
    yield page
    page.close()
