"""What the page answers to its own events, asked as the browser asks them."""

import json

import gradio as gr
import httpx
from gradio_client.utils import apply_diff


def asked(page, session, data=None, function="answer", **request):
    """What the queue answers to an event: by component, what all parts together change of it."""
    found = {}
    for part in parts(page, session, data, function, **request):
        found |= {block: change for block, change in part.items() if change != gr.skip()}
    return found


def parts(page, session, data=None, function="answer", **request):
    """The same, each part of the answer by itself, the last of them as Gradio says that it ends."""
    (index,) = (index for index, one in page.fns.items() if one.name == function)
    event = page.fns[index]
    values = data or [{"tab": "heads", **request}, *(one.value for one in event.inputs[1:])]
    body = {"data": values, "fn_index": index, "session_hash": session}
    with httpx.Client(timeout=60) as client:
        if event.queue is False:
            said = client.post(f"{page.url}/gradio_api/run/predict", json=body).json()
            return [dict(zip(event.outputs, said["data"], strict=True))]
        place = f"{page.url}/gradio_api/queue"
        client.post(f"{place}/join", json=body).raise_for_status()
        with client.stream("GET", f"{place}/data", params={"session_hash": session}) as lines:
            said = list(_data(lines))
    return [dict(zip(event.outputs, data, strict=True)) for data in said]


def _data(lines):
    """The data of each part; one after the first says how it differs from the one before."""
    last = None
    for line in lines.iter_lines():
        message = json.loads(line.removeprefix("data:")) if line else {}
        if message.get("msg") == "process_generating":
            data = message["output"]["data"]
            last = [apply_diff(*each) for each in zip(last, data, strict=True)] if last else data
            yield last
        if message.get("msg") == "process_completed":
            assert message["success"], message
            yield message["output"]["data"]
            return


def of(answer, name):
    """What an answer changes of the component with an id."""
    return next(update for block, update in answer.items() if block.elem_id == name)
