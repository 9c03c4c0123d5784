"""What several views are tested with."""

import pytest

from demo.serving.panel import Panel
from tests.other_reader import CapitalsReader


@pytest.fixture
def panel(tiny_reader, tmp_path):
    """The tiny transformer, and a reader that is like none of the three."""
    panel = Panel()
    panel.add(tiny_reader, tmp_path)
    panel.add(CapitalsReader(), tmp_path)
    return panel
