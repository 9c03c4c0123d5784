"""What the page leaves out of Gradio's bookkeeping, and what has to work all the same."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from inspect import signature

import gradio as gr
import httpx
import orjson
import plotly.graph_objects as go
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


def posted(page, event, answers, state, by=Page):
    """What is sent of answers; in a thread, since this one may run a loop of its own."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(
            lambda: asyncio.run(by.postprocess_data(page, event, answers, state))
        ).result()


@pytest.mark.parametrize("changed", [(), ("shown",), ("shown", "asked"), ("asked", "kept")])
def test_an_answer_makes_only_what_it_changes_and_a_function_takes_anew(changed):
    with Page(analytics_enabled=False) as page:
        there = {"shown": gr.HTML("a"), "asked": gr.Radio(["a", "b"]), "kept": gr.State("a")}
        answers = {there[name]: "b" if name == "kept" else gr.update(value="b") for name in changed}
        gr.Button().click(
            lambda asked: answers, there["asked"], list(there.values()), api_name="change"
        )
    (event,) = (one for one in page.fns.values() if one.api_name == "change")
    state = SessionState(page)
    found = posted(page, event, answers, state)
    assert [one and one.get("value", "as it was") for one in found] == [
        None if name == "kept" and name in changed else "b" if name in changed else "as it was"
        for name in there
    ]
    assert state[there["shown"]._id] is there["shown"]
    assert (state[there["asked"]._id] is there["asked"]) == ("asked" not in changed)
    assert state[there["kept"]._id] == ("b" if "kept" in changed else "a")


UPDATES = {
    "html": (gr.HTML, {"value": "<p>b</p>", "visible": True}),
    "hidden": (gr.HTML, {"visible": False}),
    "emptied": (gr.HTML, {"value": None, "visible": False}),
    "plot": (gr.Plot, {"value": go.Figure([{"type": "bar", "y": [1, 2]}]), "visible": True}),
    "no_plot": (gr.Plot, {"value": None, "visible": False}),
    "radio": (lambda: gr.Radio(["a"]), {"choices": [("B", "b"), ("C", 2)], "value": 2}),
    "named": (lambda: gr.Radio(["a"]), {"label": "b", "info": "c", "visible": True}),
    "checkbox": (gr.Checkbox, {"value": 1}),
    "line": (gr.Textbox, {"value": 3, "placeholder": "b"}),
    "column": (gr.Column, {"visible": False}),
}


ANSWERS = {name: (make, gr.update(**update)) for name, (make, update) in UPDATES.items()} | {
    f"{name} alone": (make, update["value"])
    for name, (make, update) in UPDATES.items()
    if "value" in update
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_sent_is_what_gradio_would_send(name):
    make, answer = ANSWERS[name]
    with Page(analytics_enabled=False) as page:
        block, other = make(), gr.HTML()
        gr.Button().click(lambda: None, None, [block, other], api_name="change")
    (event,) = (one for one in page.fns.values() if one.api_name == "change")
    ours, gradios = (
        posted(page, event, {block: answer, other: ""}, SessionState(page), by)
        for by in (Page, gr.Blocks)
    )
    for sent in gradios:  # HTML gets the mark of an update as a property of its template as well
        if isinstance(sent, dict):
            assert sent.pop("props", {}) in ({}, {"__type__": "update"})
    assert json.loads(orjson.dumps(ours)) == json.loads(orjson.dumps(gradios))


def test_gradio_sums_up_no_requests(page):
    """It would do so at each one, of the last 10,000."""
    with httpx.Client() as client:
        for _ in range(3):
            ask(client, page.url, "repeat", TEXT)
    assert len(page._queue.event_analytics) == 1
    assert page._queue.cached_event_analytics_summary == {"functions": {}}
