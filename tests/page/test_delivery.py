"""What a browser is sent, and how long it keeps it."""

import re
import time

import gradio as gr
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from demo.page import delivery

PAUSE_S = 1.0
LONG = "Oil prices climb as storm shuts Gulf platforms. " * 100


@pytest.fixture(scope="module")
def url():
    """A page of one endpoint, which answers twice, a while apart."""

    def answer() -> str:
        yield f"first {LONG}"
        time.sleep(PAUSE_S)
        yield f"second {LONG}"

    with gr.Blocks() as page:
        gr.api(answer, api_name="answer")
    kwargs = {"middleware": delivery.middleware()}
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, app_kwargs=kwargs)
    yield url.rstrip("/")
    page.close()


def get(url, encoding):
    return httpx.get(url, headers={"accept-encoding": encoding})


def script_of(url):
    """The address of the script that the page starts with."""
    return f"{url}/" + re.search(r"assets/index[^\"]+\.js", httpx.get(url).text)[0]


@pytest.mark.parametrize(("takes", "given"), [("gzip, deflate, br", "br"), ("gzip", "gzip")])
def test_a_script_is_compressed_and_kept_for_good(url, takes, given):
    script = script_of(url)
    plain, found = get(script, "identity"), get(script, takes)
    assert "content-encoding" not in plain.headers
    assert found.headers["content-encoding"] == given
    assert found.content == plain.content
    assert found.headers["content-type"] == plain.headers["content-type"]
    for answer in (plain, found):
        assert "immutable" in answer.headers["cache-control"]
        assert len(answer.headers.get_list("cache-control")) == 1


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_script_is_compressed_once_for_all(encoding):
    asked = []

    def script(request):
        asked.append(request.url.path)
        return PlainTextResponse(LONG)

    app = Starlette(routes=[Route("/assets/{name}", script)], middleware=delivery.middleware())
    client = TestClient(app, headers={"accept-encoding": encoding})
    assert [client.get("/assets/a.js?v=1").text for _ in range(3)] == [LONG] * 3
    assert asked == ["/assets/a.js"]


def test_what_is_missing_is_not_kept(url):
    for _ in range(2):
        missing = get(f"{url}/assets/none.js", "br")
        assert missing.status_code >= 400
        assert "cache-control" not in missing.headers


def test_a_font_is_kept_for_a_day(url):
    font = get(f"{url}/static/fonts/IBMPlexSans/IBMPlexSans-Regular.woff2", "gzip, br")
    assert font.headers["cache-control"] == "public, max-age=86400"
    assert "content-encoding" not in font.headers


def test_the_page_itself_is_compressed_and_asked_for_again(url):
    page = get(url, "gzip")
    assert page.headers["content-encoding"] == "gzip"
    assert "cache-control" not in page.headers


def test_each_answer_is_compressed_and_sent_at_once(url):
    asked = {"data": [], "fn_index": 0, "session_hash": "somebody"}
    assert httpx.post(f"{url}/gradio_api/queue/join", json=asked).status_code == 200
    place, came = f"{url}/gradio_api/queue/data?session_hash=somebody", {}
    with httpx.stream("GET", place, headers={"accept-encoding": "gzip"}) as stream:
        assert stream.headers["content-encoding"] == "gzip"
        for line in stream.iter_lines():
            for word in ("first", "second"):
                if f"{word} {LONG}" in line:
                    came.setdefault(word, time.monotonic())
    assert came["second"] - came["first"] > PAUSE_S / 2
    assert stream.num_bytes_downloaded < len(LONG)


def test_a_stream_that_stays_open_keeps_no_compressor(url):
    place = f"{url}/gradio_api/heartbeat/somebody"
    with httpx.stream("GET", place, headers={"accept-encoding": "gzip"}) as stream:
        assert "content-encoding" not in stream.headers
        assert next(stream.iter_raw())
