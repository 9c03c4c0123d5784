"""What a browser is sent: little at its first visit, and at the next ones nothing twice.

Gradio compresses each of its scripts anew for every visitor, sends the page itself and what the
views show as they are, and leaves it to a browser how long a file is kept. Files that it puts
elsewhere than where they are looked for here are sent as it sends them.
"""

from __future__ import annotations

import gzip
import re
from functools import partial

import brotli
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Each of Gradio's scripts has one such path, so that no more are kept than there are.
SCRIPT = re.compile(r"/assets/\w[\w.-]*\.(?:js|css)")
LASTING = {  # how long a file is kept, by where it is
    "/assets/": "public, max-age=31536000, immutable",  # the names there change with the files
    "/static/": "public, max-age=86400",
}
COMPRESS = {  # a script, once; what comes over plain HTTP from elsewhere is asked for as gzip
    "br": partial(brotli.compress, quality=6),  # of 11: the next save little and take much longer
    "gzip": partial(gzip.compress, compresslevel=9),
}
LEVEL = 5  # of gzip's 9, for what is compressed each time
EVENTS = "text/event-stream"
ANSWERS = "/queue/data"  # where the page gets its answers as events, until the last one is there


class Compressed:
    """Compresses the page and its answers, each event at once, but no other events.

    A stream that stays open as long as a page would keep its compressor, which takes 256 KB.
    """

    def __init__(self, app: ASGIApp):
        kinds = tuple(kind for kind in DEFAULT_EXCLUDED_CONTENT_TYPES if kind != EVENTS)
        self.answers = GZipMiddleware(app, compresslevel=LEVEL, exclude_content_types=kinds)
        self.others = GZipMiddleware(app, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI asks."""
        answers = scope.get("path", "").endswith(ANSWERS)
        await (self.answers if answers else self.others)(scope, receive, send)


class LastingFiles:
    """Says how long a browser may keep Gradio's files, and compresses each script once for all."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self._compressed: dict[tuple[str, str], Response] = {}  # by path and encoding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI asks."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else ""
        lasting = next((LASTING[start] for start in LASTING if path.startswith(start)), "")
        answer: ASGIApp = self.app
        if SCRIPT.fullmatch(path):
            taken = Headers(scope=scope).get("accept-encoding", "")
            if encoding := next((name for name in COMPRESS if name in taken), ""):
                answer = self._compressed.get((path, encoding)) or await self._compress(
                    path, encoding, scope, receive
                )

        async def send_lasting(message: Message) -> None:
            if lasting and message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(raw=[*message["headers"]])
                headers["cache-control"] = lasting
                message = {**message, "headers": headers.raw}
            await send(message)

        await answer(scope, receive, send_lasting)

    async def _compress(self, path: str, encoding: str, scope: Scope, receive: Receive) -> Response:
        """The answer of the application, compressed and kept, if it is a whole file."""
        start: Message = {}
        chunks: list[bytes] = []

        async def take(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            chunks.append(message.get("body", b""))

        await self.app(scope, receive, take)
        found, headers = b"".join(chunks), Headers(raw=start["headers"])
        if start["status"] != 200:
            return Response(found, start["status"], dict(headers))
        written = await to_thread.run_sync(COMPRESS[encoding], found)
        said = {"content-encoding": encoding, "vary": "Accept-Encoding"}
        self._compressed[path, encoding] = Response(written, 200, said, headers["content-type"])
        return self._compressed[path, encoding]


def middleware() -> list[Middleware]:
    """What stands between a browser and Gradio's application, the outermost first."""
    return [Middleware(Compressed), Middleware(LastingFiles)]
