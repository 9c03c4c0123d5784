"""What the scripts and the page call by the same name: each side against the other."""

import fnmatch
import json
import re
from pathlib import Path
from string import Formatter

import pytest

from demo import sentences
from demo.models import open_reader
from demo.page.build import build
from demo.page.launch import ASSETS, SCRIPTS
from demo.page.prepared import LESSON
from demo.serving.panel import Panel
from tests import tiny_encoders

SOURCES = {name: (ASSETS / f"{name}.js").read_text("utf-8") for name in SCRIPTS}
NAMED = re.compile(r"""(?:["'`( ,]\#|getElementById\(["'])([a-z][a-z-]+)\b""")
# A call of `say` with its key and the names of the values, as far as they stand there literally.
SAID = re.compile(r"""\bsay\((?:(["'`])([\w.${}]+)\1(?:, (\{.*?\}))?\))?""")
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


def forms_of(part: str | dict, key: str) -> dict[str, list[str]]:
    """The forms of every sentence of a part of the page's sentences, by its key."""
    if isinstance(part, str):
        return {key: [part]}
    if "other" in part:
        return {key: list(part.values())}
    inner = (forms_of(part[name], f"{key}.{name}") for name in part)
    return {one: forms for found in inner for one, forms in found.items()}


def said_by(source: str) -> dict[str, set[str]]:
    """The names of the values that a script gives to each key that it says.

    A name within a key that the script fills in is "*"; a call without a literal key has none.
    """
    return {
        "scripts." + re.sub(r"\$\{\w+\}", "*", key): set(re.findall(r"[{,]\s*(\w+)", values))
        for _, key, values in SAID.findall(source)
    }


def made_by_scripts() -> set[str]:
    """The ids of what the scripts themselves put on the page."""
    every = "\n".join(SOURCES.values())
    return set(re.findall(r'(?:\.id = |\bid=)"([^"]+)"', every))


def made_by_python(page: str) -> set[str]:
    """The ids of the page as the browser is sent it."""
    found = re.findall(r'"elem_id": "([^"]+)"|\bid=\\"([^"\\]+)', page)
    return {name for pair in found for name in pair if name}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_id_that_a_script_uses_is_on_the_page(page, script):
    assert ids_of(SOURCES[script]) - made_by_python(page) - made_by_scripts() == set()


def test_what_the_lesson_points_at_is_on_the_page(page):
    assert {step["at"].split()[0].lstrip("#") for step in LESSON} - made_by_python(page) == set()


def test_the_bridge_declares_ids_and_some_are_found():
    assert len(ids_of(SOURCES["bridge"])) >= 9
    assert sum(len(ids_of(source)) for source in SOURCES.values()) > 15


def test_every_call_from_python_has_a_function_in_the_scripts(page):
    every = "\n".join(SOURCES.values())
    calls = set(re.findall(r"headlineAttention\.(\w+)\(", page))
    assert {"request", "connect"} <= calls
    for name in calls:
        assert re.search(rf"\b{name}\b(?:,|:| =)", every), name


def test_every_sentence_that_a_script_says_exists_and_has_its_values():
    there = forms_of(sentences.part("scripts"), "scripts")
    for script in SCRIPTS:
        for key, values in said_by(SOURCES[script]).items():
            found = fnmatch.filter(there, key)
            assert found, f"{script}.js says {key}"
            assert key.startswith(f"scripts.{script}.")
            for form in (form for one in found for form in there[one]):
                named = {name for _, name, *_ in Formatter().parse(form) if name}
                assert named <= values, key


def test_every_sentence_of_the_scripts_is_said():
    there = forms_of(sentences.part("scripts"), "scripts")
    said = [key for source in SOURCES.values() for key in said_by(source)]
    assert "scripts.lesson.steps.*.*" in said
    assert there.keys() == {key for one in said for key in fnmatch.filter(there, one)}


def test_every_tool_of_a_picture_is_done_by_a_script(page):
    tools = set(re.findall(r'data-tool=\\"(\w+)', page))
    assert {"png", "svg", "csv", "json", "table", "present"} <= tools
    for name in tools:
        assert re.search(rf"\b{name}(: |,$)", SOURCES["save"], re.M), name


def test_every_script_of_the_folder_is_on_the_page():
    assert sorted(SCRIPTS) == sorted(file.stem for file in Path(ASSETS).glob("*.js"))
