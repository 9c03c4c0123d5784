"""What the page leaves out of Gradio's bookkeeping, and what has to work all the same."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from inspect import signature

import gradio as gr
import httpx
import pytest
from gradio.blocks import BlocksConfig
from gradio.queueing import Queue
from gradio.state_holder import SessionState
from gradio.utils import get_function_description
from gradio_client import Client

from demo.page.gradio_compat import Page
from tests.benchmarks.load import ask

TEXT = "Oil prices climb"


@pytest.fixture(scope="module")
def page():
    """A page with an endpoint and with a state that each session has for itself."""

    def repeat(text: str) -> str:
        return text

    def count(text: str, seen: list) -> tuple[str, list]:
        seen = [*seen, text]
        return " ".join(seen), seen

    with Page(analytics_enabled=False) as page:
        box, seen = gr.Textbox(), gr.State([])
        gr.Button().click(count, [box, seen], [box, seen], api_name="count")
        gr.api(repeat, api_name="repeat")
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
    page.url = url.rstrip("/")
    yield page
    page.close()


def test_a_request_without_a_session_leaves_nothing_behind(page):
    before = set(page.state_holder.session_data)
    with httpx.Client(timeout=60) as client:
        for index in range(20):
            assert ask(client, page.url, "repeat", f"{TEXT} {index}") == f"{TEXT} {index}"
    assert set(page.state_holder.session_data) == before
    assert set(page.state_holder.time_last_used) == before


def test_each_session_keeps_its_own_state(page):
    one, other = (Client(page.url, verbose=False) for _ in range(2))
    assert one.predict("a", api_name="/count") == "a"
    assert other.predict("b", api_name="/count") == "b"
    assert one.predict("c", api_name="/count") == "a c"


def test_a_session_holds_no_description_of_the_page(page):
    client = Client(page.url, verbose=False)
    client.predict(TEXT, api_name="/count")
    session = page.state_holder.session_data[client.session_hash]
    assert list(session.components) == []
    assert [one["type"] for one in page.get_config_file()["components"]] != []


PRIVATE = {  # what the page leans on that Gradio does not promise, and what it is for
    "Blocks.default_config": (Page(analytics_enabled=False), "default_config", "light sessions"),
    "Blocks.state_holder": (Page(analytics_enabled=False), "state_holder", "forgotten sessions"),
    "Blocks.fns": (Page(analytics_enabled=False), "fns", "descriptions of the endpoints"),
    "Blocks.preprocess_data": (gr.Blocks, "preprocess_data", "sentences about wrong values"),
    "Blocks.process_api": (gr.Blocks, "process_api", "failures that are logged without the text"),
    "Blocks.handle_streaming_diffs": (gr.Blocks, "handle_streaming_diffs", "answers in parts"),
    "Blocks.get_api_info": (gr.Blocks, "get_api_info", "descriptions of the endpoints"),
    "BlocksConfig.config_for_block": (BlocksConfig, "config_for_block", "light sessions"),
    "BlocksConfig.__copy__": (BlocksConfig, "__copy__", "light sessions"),
    "Queue.push": (Queue, "push", "the sentence of a full queue"),
    "gr.HTML.js_on_load": (gr.HTML(), "js_on_load", "the bridge between page and server"),
}


@pytest.mark.parametrize("name", PRIVATE)
def test_gradio_still_has_what_the_page_leans_on(name):
    owner, attribute, use = PRIVATE[name]
    assert hasattr(owner, attribute), (
        f"Gradio {gr.__version__} has no {name} any more: the page needs it for {use}; "
        "demo/page/gradio_compat.py says how it is used."
    )


@pytest.mark.parametrize(
    ("function", "needed"),
    [
        (gr.Blocks.process_api, ["block_fn"]),
        (gr.Blocks.preprocess_data, ["block_fn", "inputs"]),
        (Queue.push, ["body", "request", "username"]),
    ],
)
def test_gradio_still_calls_by_these_names(function, needed):
    names = list(signature(function).parameters)
    assert names[1 : 1 + len(needed)] == needed, (
        f"Gradio {gr.__version__} calls {function.__qualname__} with {names}, and the page expects "
        f"{needed} first: see demo/page/gradio_compat.py."
    )


def test_a_docstring_is_still_understood():
    said = get_function_description(classify)
    assert said[1] == {"text": "the text"}, (
        f"Gradio {gr.__version__} reads a docstring as {said}: the endpoints lose their "
        "descriptions; see demo/page/gradio_compat.py."
    )


def classify(text: str) -> dict:
    """Classify.

    Args:
        text: the text

    Returns:
        shares
    """
    return {text: 1.0}


@pytest.mark.parametrize("changed", [(), ("first",), ("first", "second"), ("first", "kept")])
def test_an_answer_makes_only_the_components_anew_that_it_changes(changed):
    with Page(analytics_enabled=False) as page:
        there = {"first": gr.HTML("a"), "second": gr.Radio(["a", "b"]), "kept": gr.State("a")}
        answers = {there[name]: "b" if name == "kept" else gr.update(value="b") for name in changed}
        gr.Button().click(lambda: answers, None, list(there.values()), api_name="change")
    (event,) = (one for one in page.fns.values() if one.api_name == "change")
    state = SessionState(page)
    with ThreadPoolExecutor() as thread:  # this one may run a loop of its own
        asked = thread.submit(lambda: asyncio.run(page.postprocess_data(event, answers, state)))
    found = asked.result()
    assert [one and one.get("value", "as it was") for one in found] == [
        None if name == "kept" and name in changed else "b" if name in changed else "as it was"
        for name in there
    ]
    for name in ("first", "second"):
        assert (state[there[name]._id] is there[name]) == (name not in changed)
    assert state[there["kept"]._id] == ("b" if "kept" in changed else "a")
