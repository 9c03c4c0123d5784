"""Hugging Face Spaces starts here: load the readers, build the page, launch it."""

import argparse
import logging
import os
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

from demo import load_panel
from demo.models import hub
from demo.runtime import cluster, device
from demo.runtime.imports import UNUSED_BY_GRADIO, quick_imports
from demo.serving.cluster import load_panel as load_panel_of_cluster
from demo.serving.panel import Panel
from demo.serving.processes import begin_panel

parser = argparse.ArgumentParser(description="Start the page of Headline Attention.")
parser.add_argument("--mcp", action="store_true", help="offer its endpoints as MCP tools, too")
parser.add_argument(
    "--reader",
    action="append",
    default=[],
    metavar="NAME=PLACE",
    help=f"one more reader (may be repeated; or in READERS, between spaces): {hub.SYNTAX}",
)
parser.add_argument(
    "--cluster",
    default=os.environ.get("CLUSTER", ""),
    metavar="ADDRESS",
    help=f"have a Ray cluster read (or in CLUSTER): {cluster.SYNTAX}",
)
asked = parser.parse_args(None if __name__ == "__main__" else [])
logging.basicConfig(format="%(message)s")
logging.getLogger("demo").setLevel(logging.INFO)
device.share_cores()
trained = Path(__file__).parent / "trained"
try:
    also = hub.sources([*shlex.split(os.environ.get("READERS", "")), *asked.reader])
    opened: Callable[[], Panel]
    if asked.cluster:
        opened = partial(load_panel_of_cluster, asked.cluster, trained, also)
    elif device.ZERO_GPU:  # it lends its GPU to the page's process
        opened = partial(load_panel, trained, also=also)
    else:
        opened = begin_panel(trained, also)
    with quick_imports(UNUSED_BY_GRADIO):  # while other processes open the readers
        from demo.page.build import build
        from demo.page.launch import launch_settings
    panel = opened()
except ValueError as error:
    parser.error(str(error))
page = build(panel)

if __name__ == "__main__":
    try:
        page.launch(mcp_server=asked.mcp, **launch_settings())
    except OSError as error:  # no port is free
        parser.exit(1, f"{error}\n")
