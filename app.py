"""Hugging Face Spaces starts here: load the readers, build the page, launch it."""

import argparse
from pathlib import Path

from demo import load_panel
from demo.page.build import build, launch_settings
from demo.runtime import device

device.share_cores()
page = build(load_panel(Path(__file__).parent / "trained"))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Start the page of Headline Attention.")
    parser.add_argument("--mcp", action="store_true", help="offer its endpoints as MCP tools, too")
    asked = parser.parse_args()
    try:
        page.launch(mcp_server=asked.mcp, **launch_settings())
    except OSError as error:  # no port is free
        parser.exit(1, f"{error}\n")
