"""Gradio's Blocks for a page that many people and programs use at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from typing import Any, Self

import gradio as gr
from anyio import to_thread
from gradio.blocks import Block, BlocksConfig
from gradio.exceptions import ComponentProcessingError, InvalidPathError
from gradio.utils import get_function_description, is_prop_update
from pydantic import BaseModel, ValidationError

from demo.sentences import ENGLISH, say, speaking
from demo.serving.failures import log_failure

SESSIONS = 10_000  # whose language is known, as many as Gradio keeps
# What Gradio raises where a value is none that its component takes.
WRONG_VALUES = (gr.Error, ComponentProcessingError, InvalidPathError, ValidationError)


class Page(gr.Blocks):
    """Blocks with light sessions, which refuse with a sentence what is malformed or too much.

    Nothing that a request holds is logged.
    """

    def __init__(self, **named):
        super().__init__(**named)
        self.default_config = Components(self)
        self._spoken: OrderedDict[str, str] = OrderedDict()  # by session

    def speak(self, session: str | None, language: str) -> None:
        """Answer a session in a language from now on; one that never said so, in English."""
        if session is None or self._spoken.get(session, ENGLISH) == language:
            return
        self._spoken[session] = language
        if len(self._spoken) > SESSIONS:
            self._spoken.popitem(last=False)

    def queue(self, *arguments, **named) -> Self:
        super().queue(*arguments, **named)
        push = self._queue.push

        async def push_or_say(body: Any, **more: Any) -> Any:
            taken, said, state = await push(body=body, **more)
            if state == "queue_full":
                with speaking(self._spoken.get(body.session_hash, ENGLISH)):
                    said = say("problems.request.busy")
            return taken, said, state

        self._queue.push = push_or_say  # type: ignore[method-assign, assignment]
        return self

    async def preprocess_data(self, block_fn, inputs, *arguments, **named):
        """The values of a request as a function takes them.

        A program that sent others is told what the function takes. What the page itself sends
        ought to fit: what does not is logged, and the person is asked to reload the page.
        """
        try:
            return await super().preprocess_data(block_fn, inputs, *arguments, **named)
        except Exception as error:
            if len(inputs) >= len(block_fn.inputs) and not isinstance(error, WRONG_VALUES):
                raise
            count = len(block_fn.inputs)
            said = say("problems.request.values", endpoint=block_fn.api_name, count=count)
            if block_fn.api_visibility != "public":
                log_failure(f"Taking the values of {block_fn.name}", error.__cause__ or error)
                said = say("problems.request.reload")
        raise gr.Error(said, print_exception=False)

    async def postprocess_data(self, block_fn, predictions, state):
        """What an answer changes.

        Gradio would make each component anew, changed or not, so that the session knows it as it
        now is. Here only those are that a function takes as an input, or that keep a state.
        """
        if not isinstance(predictions, dict) or not set(predictions) <= set(block_fn.outputs):
            return await super().postprocess_data(block_fn, predictions, state)
        taken = {block for one in self.fns.values() if one.fn for block in one.inputs}
        shown: dict[Block, Any] = {}
        known: dict[Block, Any] = {}
        for block, value in predictions.items():
            is_known = block in taken or block.stateful or isinstance(value, Block)
            (known if is_known else shown)[block] = value
        changed = await to_thread.run_sync(_changes, shown, limiter=self.limiter)
        if known:
            changing = copy(block_fn)
            changing.outputs = list(known)
            values: Any = list(known.values())
            if len(values) == 1:  # as Gradio takes it
                (values,) = values
            found = await super().postprocess_data(changing, values, state)
            changed |= zip(known, found, strict=True)
        return [changed.get(one, gr.skip()) for one in block_fn.outputs]

    def handle_streaming_diffs(self, block_fn, data, session_hash, run, final, simple_format=False):
        """What a part of an answer changes; Gradio would say the last one again as it ends."""
        changes = super().handle_streaming_diffs(
            block_fn, data, session_hash, run, final, simple_format
        )
        return [gr.skip()] * len(changes) if final else changes

    def get_api_info(self, *arguments, **named) -> Any:
        """Gradio's description of the endpoints, with what their docstrings say of each value."""
        info = super().get_api_info(*arguments, **named)
        functions = {f"/{one.api_name}": one.fn for one in self.fns.values() if one.fn}
        for name, endpoint in info["named_endpoints"].items():
            _describe(endpoint, functions[name])
        return info

    async def process_api(self, block_fn, *arguments, session_hash=None, event_id=None, **named):
        """The answer to a request; a failure without a sentence is logged with its place.

        The session of a request that named none, so that it is its own, is forgotten: no other
        request can ask for it, and Gradio would keep it among the last 10,000.
        """
        try:
            named |= {"session_hash": session_hash, "event_id": event_id}
            with speaking(self._spoken.get(session_hash, ENGLISH)):
                return await self._answered(block_fn, *arguments, **named)
        finally:
            if session_hash is not None and session_hash == event_id:
                self.state_holder.session_data.pop(session_hash, None)
                self.state_holder.time_last_used.pop(session_hash, None)

    async def _answered(self, block_fn, *arguments, **named):
        try:
            return await super().process_api(block_fn, *arguments, **named)
        except gr.Error:
            raise
        except Exception as error:
            asked = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
            log_failure(f"Answering {asked.name}", error)
            raise gr.Error(say("problems.request.failed"), print_exception=False) from None


def _changes(answers: dict[Block, Any]) -> dict[Block, Any]:
    """What is sent of the answers to components that the session need not know."""
    return {block: _sent(block, answer) for block, answer in answers.items()}


def _sent(block: Block, answer: Any) -> Any:
    if not is_prop_update(answer):
        value = block.postprocess(answer)
        return value.model_dump() if isinstance(value, BaseModel) else value
    changes = {name: value for name, value in answer.items() if value is not None}
    if "value" in answer:
        changes["value"] = _sent(block, answer["value"])
    return changes


def _describe(endpoint: Any, function: Callable) -> None:
    """Write what a function's docstring says of each value into Gradio's description of it.

    Of a function without components Gradio says only "The input value that is provided in the
    "1st" Api component.": the same sentence names the value, and its description follows.
    """
    _, said, returned = get_function_description(function)
    for value in endpoint["parameters"]:
        if value["component"] == "Api":
            name = value["parameter_name"]
            value |= {"label": name, "component": "Textbox"}
            value["python_type"]["description"] = said[name][:1].upper() + said[name][1:]
    for value in endpoint["returns"]:
        if value["component"] == "Api":
            value |= {"label": function.__name__, "component": "JSON"}
            value["python_type"]["description"] = " ".join(returned)


class Components(BlocksConfig):
    """The components of a page; those of a session, which are a copy, are not described.

    Gradio writes a description of every component for each new session, and a request to an
    endpoint is one: as many milliseconds as a small network takes. Only its deep links, which this
    page does without, ever read them.
    """

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.config_for_block = lambda *_: {}
        return copied
