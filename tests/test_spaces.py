"""The page as a Space starts it: its environment, no home, behind a prefix, in a frame."""

import shutil
import time
from contextlib import contextmanager, nullcontext
from threading import Thread

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from tests.benchmarks.load import ask
from tests.conftest import ROOT, TRAINED, started

pytestmark = [pytest.mark.trained, pytest.mark.slow]
PREFIX = "/proxied"
READERS = sorted(folder.name for folder in TRAINED.iterdir())
HEADLINE = "Oil prices climb as storm shuts refineries along the coast"
SPACE = {
    "SYSTEM": "spaces",
    "SPACE_ID": "somebody/headline-attention",
    "CPU_CORES": "2",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_SERVER_PORT": "7871",
    "GRADIO_SSR_MODE": "true",
    "HOME": "/proc/nowhere",  # where nobody can write, not even root
    "PYTHONDONTWRITEBYTECODE": "1",
}
NO_NODE = pytest.mark.skipif(shutil.which("node") is None, reason="the server renders by node")
PLACES = [pytest.param("", id="rendered by the server", marks=NO_NODE), PREFIX]


def written() -> dict[str, float]:
    """When each file of the repository was changed."""
    folders = ("demo", "assets", "trained")
    files = [ROOT / "app.py", *(file for name in folders for file in (ROOT / name).rglob("*"))]
    return {str(file): file.stat().st_mtime for file in files}


@pytest.fixture(scope="module", params=PLACES)
def space(request):
    """The address of a page that was started as on a Space, what it printed, and its prefix."""
    lines = []
    with started(lines, **SPACE, GRADIO_ROOT_PATH=request.param) as url:
        yield url, lines, request.param


@contextmanager
def behind_a_prefix(url: str, port: int = 7872):
    """The address at which a proxy serves `url` under `PREFIX`, which it takes off."""
    client = httpx.AsyncClient(base_url=url, timeout=None)

    async def forward(request):
        headers = {**request.headers, "x-forwarded-host": request.headers["host"]}
        asked = client.build_request(
            request.method,
            request.url.path.removeprefix(PREFIX) or "/",
            params=request.query_params,
            headers={name: value for name, value in headers.items() if name != "host"},
            content=await request.body(),
        )
        answer = await client.send(asked, stream=True)
        return StreamingResponse(answer.aiter_raw(), answer.status_code, answer.headers)

    everything = Route(f"{PREFIX}{{path:path}}", forward, methods=["GET", "POST", "HEAD"])
    config = uvicorn.Config(Starlette(routes=[everything]), port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}{PREFIX}"
    server.force_exit = server.should_exit = True
    thread.join(20)


def test_a_space_answers_and_writes_nothing(space):
    before = written()
    url, said, prefix = space
    page = httpx.get(url, headers={"X-Forwarded-Host": "example.org"}, timeout=30)
    assert page.status_code == 200
    assert prefix in page.text
    assert page.headers.get("x-frame-options") is None  # a Space stands in a frame
    with httpx.Client(timeout=60) as client:
        assert sorted(ask(client, url, "classify", HEADLINE)) == READERS
    assert ("with SSR" in "".join(said)) == (not prefix)
    assert "Traceback" not in "".join(said)
    assert written() == before


@pytest.mark.browser
def test_the_page_reads_in_a_frame(space, chromium_browser):
    url, _, prefix = space
    faults = []
    with behind_a_prefix(url) if prefix else nullcontext(url) as address:
        tab = chromium_browser.new_page(viewport={"width": 1280, "height": 900})
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda asked: faults.extend([asked.url] * (address not in asked.url)))
        tab.set_content(f'<iframe src="{address}/?text=Oil" width="1200" height="800"></iframe>')
        page = tab.frame_locator("iframe")
        page.locator('#card-bert .card[data-text="Oil"]').wait_for()
        box = page.get_by_label("Headline", exact=True)
        box.fill(HEADLINE)
        box.press("Enter")
        page.locator(f'#card-bert .card[data-text="{HEADLINE}"]').wait_for()
        page.locator("#head-large .heatmaplayer").first.wait_for()
        tab.close()
    assert faults == []
