"""A request that fails: who sent it wrongly is told how, all else is logged with its place."""

import json
import logging
from uuid import uuid4

import gradio as gr
import httpx
import pytest

from demo.page.gradio_compat import Page
from demo.sentences import say

SECRET = "zorbliquexsecret"  # stands for what a person typed: it is in no line of the log


def preprocess(payload):
    """Of a box that fails on its way in."""
    if payload == "in":
        raise RuntimeError(f"no way in for {SECRET}")
    return payload


def postprocess(value):
    """Of a box that fails on its way out."""
    if value == "out":
        raise RuntimeError(f"no way out for {SECRET}")
    return value


def echo(value):
    return value


def fail(text: str) -> str:
    raise RuntimeError(f"cannot {text}")


def refuse(text: str) -> str:
    raise gr.Error(f"{text} is refused, and this is why.", print_exception=False)


@pytest.fixture(scope="module")
def page():
    with Page(analytics_enabled=False) as page:
        radio, box = gr.Radio(["a", "b"]), gr.Textbox()
        box.preprocess, box.postprocess = preprocess, postprocess
        for name in ("choose", "chosen"):
            visibility = "public" if name == "choose" else "private"
            gr.Button().click(echo, radio, box, api_name=name, api_visibility=visibility)
            gr.Button().click(echo, box, box, api_name=f"{name}-box", api_visibility=visibility)
        gr.Button().click(fail, box, box, api_name="fail", api_visibility="private")
        gr.api(fail, api_name="fails")
        gr.api(refuse, api_name="refuses")
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, show_error=False)
    page.url = url.rstrip("/")
    yield page
    page.close()


def answer(page, name, data):
    """What the queue says to an event, as a browser or a program asks it."""
    (index,) = (index for index, one in page.fns.items() if one.api_name == name)
    session = uuid4().hex
    event = {"data": data, "fn_index": index, "session_hash": session}
    place = f"{page.url}/gradio_api/queue"
    with httpx.Client(timeout=30) as client:
        client.post(f"{place}/join", json=event).raise_for_status()
        with client.stream("GET", f"{place}/data", params={"session_hash": session}) as lines:
            for line in lines.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line else {}
                if message.get("msg") == "process_completed":
                    return message
    return None


SENTENCE = "takes 1 value of the type that its documentation names"
RELOAD, FAILED = (say(f"problems.request.{name}") for name in ("reload", "failed"))
CASES = {  # who asks for what, with what: what is said, and where the log says that it happened
    "a program chooses what is not there": ("choose", [SECRET], SENTENCE, ""),
    "a program sends a list for a choice": ("choose", [[SECRET]], SENTENCE, ""),
    "a program sends nothing": ("choose", [], SENTENCE, ""),
    "a program sends nothing to a box": ("choose-box", [], SENTENCE, ""),
    "a program is refused": ("refuses", ["It"], "It is refused, and this is why.", ""),
    "the page chooses what is not there": ("chosen", [SECRET], RELOAD, "in preprocess"),
    "the page sends nothing": ("chosen-box", [], RELOAD, "in validate_inputs"),
    "a program's value is none for a box": ("choose-box", ["in"], SENTENCE, ""),
    "the page's value is none for a box": ("chosen-box", ["in"], RELOAD, "in preprocess"),
    "an answer fails on its way out": ("chosen-box", ["out"], FAILED, "in postprocess"),
    "an event fails": ("fail", [SECRET], FAILED, "in fail"),
    "an endpoint fails": ("fails", [SECRET], FAILED, "in fail"),
}


@pytest.mark.parametrize(("name", "data", "said", "place"), CASES.values(), ids=CASES.keys())
def test_a_failure_is_said_and_logged(page, caplog, capfd, name, data, said, place):
    with caplog.at_level(logging.WARNING):
        message = answer(page, name, data)
    assert message["success"] is False
    assert said in message["output"]["error"]
    printed = "".join(capfd.readouterr())
    assert place in caplog.text
    assert bool(caplog.records) == bool(place)
    assert SECRET not in caplog.text + printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("name", "data"), [("choose", ["a"]), ("chosen", ["b"]), ("choose-box", ["x"])]
)
def test_what_is_sent_rightly_is_answered(page, caplog, name, data):
    message = answer(page, name, data)
    assert message["success"] is True
    assert message["output"]["data"] == data
    assert caplog.records == []
