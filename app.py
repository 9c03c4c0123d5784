"""Hugging Face Spaces starts here: load the readers, build the page, launch it."""

from pathlib import Path

from demo.models import load_panel
from demo.page import build, launch_settings

page = build(load_panel(Path(__file__).parent / "trained"))

if __name__ == "__main__":
    page.launch(**launch_settings())
