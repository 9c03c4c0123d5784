"""Gradio's Blocks for a page that many people and programs use at once."""

from __future__ import annotations

from typing import Self

import gradio as gr
from gradio.blocks import BlocksConfig

BUSY = "Too many people ask at once: ask again in a few seconds."


class Page(gr.Blocks):
    """Blocks with light sessions, which refuse with a sentence what is malformed or too much.

    Nothing of such a request is logged.
    """

    def __init__(self, **named):
        super().__init__(**named)
        self.default_config = Components(self)

    def queue(self, *arguments, **named) -> Self:
        super().queue(*arguments, **named)
        push = self._queue.push

        async def push_or_say(*given, **more):
            taken, said, state = await push(*given, **more)
            return taken, BUSY if state == "queue_full" else said, state

        self._queue.push = push_or_say
        return self

    async def preprocess_data(self, block_fn, inputs, *arguments, **named):
        try:
            return await super().preprocess_data(block_fn, inputs, *arguments, **named)
        except Exception:
            raise gr.Error(
                f"{block_fn.api_name or 'This'} takes {len(block_fn.inputs)} values of the types "
                "that its documentation names (Use via API).",
                print_exception=False,
            ) from None

    async def process_api(self, *arguments, session_hash=None, event_id=None, **named):
        """Forgets the session of a request that named none, so that it is its own: no other
        request can ask for it, and Gradio would keep it among the last 10,000.
        """
        try:
            return await super().process_api(
                *arguments, session_hash=session_hash, event_id=event_id, **named
            )
        finally:
            if session_hash is not None and session_hash == event_id:
                self.state_holder.session_data.pop(session_hash, None)
                self.state_holder.time_last_used.pop(session_hash, None)


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
