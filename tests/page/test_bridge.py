"""What the scripts and the page call by the same name: each side against the other."""

import json
import re
from pathlib import Path

import pytest

from demo.models import open_reader
from demo.page.build import ASSETS, SCRIPTS, build
from demo.serving.panel import Panel
from tests import tiny_encoders

SOURCES = {name: (ASSETS / f"{name}.js").read_text("utf-8") for name in SCRIPTS}
NAMED = re.compile(r"""(?:["'`( ,]\#|getElementById\(["'])([a-z][a-z-]+)\b""")
COLOUR = re.compile(r"(?:[\da-f]{3}){1,2}")


@pytest.fixture(scope="module")
def page(tiny_reader, tmp_path_factory):
    """The whole page as the browser is sent it, of a reader with one layer and one with several."""
    place = tmp_path_factory.mktemp("readers")
    panel = Panel()
    panel.add(tiny_reader, place)
    panel.add(open_reader(tiny_encoders.write(place / "bert")), place / "bert")
    return json.dumps(build(panel).get_config_file(), default=str)


def ids_of(source: str) -> set[str]:
    """The ids that a script looks for."""
    declared = re.search(r"const IDS = \{(.*?)\}", source, re.S)
    found = set(re.findall(r'"([^"]+)"', declared[1])) if declared else set()
    return found | {name for name in NAMED.findall(source) if not COLOUR.fullmatch(name)}


def made_by_scripts() -> set[str]:
    """The ids of what the scripts themselves put on the page."""
    every = "\n".join(SOURCES.values())
    return set(re.findall(r'(?:\.id = |\bid=)"([^"]+)"', every))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_id_that_a_script_uses_is_on_the_page(page, script):
    there = set(re.findall(r'"elem_id": "([^"]+)"|\bid=\\"([^"\\]+)', page))
    there = {name for pair in there for name in pair if name} | made_by_scripts()
    assert ids_of(SOURCES[script]) - there == set()


def test_the_bridge_declares_ids_and_some_are_found():
    assert len(ids_of(SOURCES["bridge"])) >= 9
    assert sum(len(ids_of(source)) for source in SOURCES.values()) > 15


def test_every_call_from_python_has_a_function_in_the_scripts(page):
    every = "\n".join(SOURCES.values())
    calls = set(re.findall(r"headlineAttention\.(\w+)\(", page))
    assert {"request", "connect"} <= calls
    for name in calls:
        assert re.search(rf"\b{name}\b(?:,|:| =)", every), name


def test_every_tool_of_a_picture_is_done_by_a_script(page):
    tools = set(re.findall(r'data-tool=\\"(\w+)', page))
    assert {"png", "svg", "csv", "json", "table", "present"} <= tools
    for name in tools:
        assert re.search(rf"\b{name}(: |,$)", SOURCES["save"], re.M), name


def test_every_script_of_the_folder_is_on_the_page():
    assert sorted(SCRIPTS) == sorted(file.stem for file in Path(ASSETS).glob("*.js"))
