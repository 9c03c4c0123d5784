"""Hugging Face Spaces starts here: load the readers, build the page, launch it."""

import argparse
from pathlib import Path

from demo.models import load_panel
from demo.page import build, launch_settings

page = build(load_panel(Path(__file__).parent / "trained"))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Start the page of Headline Attention.")
    parser.add_argument("--mcp", action="store_true", help="offer its endpoints as MCP tools, too")
    page.launch(mcp_server=parser.parse_args().mcp, **launch_settings())
