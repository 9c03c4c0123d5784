"""What several tests need: a tiny reader, a running page, a browser that sees no other host."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer

import pytest

ROOT = Path(__file__).parent.parent
TRAINED = ROOT / "trained"
START_LIMIT_S = 300  # a machine that is busy may take long; the benchmark says how long it took
TINY_WORDS = ("oil", "prices", "climb", "as", "storm", "shuts", "the", "court")


@pytest.fixture(scope="session")
def tiny_reader():
    """A transformer of random weights that knows a dozen words."""
    import keras

    from demo.models.transformer import Config, TransformerReader, build
    from demo.models.words import Vocabulary

    keras.utils.set_random_seed(0)
    vocabulary = Vocabulary(["", "[UNK]", *TINY_WORDS])
    config = Config(vocabulary=len(vocabulary))
    return TransformerReader(build(config), config, vocabulary)


@pytest.fixture(scope="session")
def tiny_writer():
    """An encoder-decoder of random weights that knows the same words."""
    import keras
    import numpy as np

    from demo.models.decoder import SYMBOLS
    from demo.models.rnnsearch import Config, RnnSearchReader, build
    from demo.models.words import Vocabulary

    keras.utils.set_random_seed(0)
    vocabulary = Vocabulary(["", "[UNK]", *SYMBOLS, *TINY_WORDS])
    config = Config(vocabulary=len(vocabulary), width=12, units=16, alignment=12)
    reader = RnnSearchReader(build(config), config, vocabulary)
    rng = np.random.default_rng(0)
    reader.weights.set_weights([rng.normal(0, 0.6, w.shape) for w in reader.weights.get_weights()])
    return reader


@contextmanager
def started(lines: list[str], **settings: str) -> Iterator[str]:
    """The address of `python app.py`, started as a user starts it, with environment variables.

    What it prints is added to `lines`.
    """
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    limit = Timer(START_LIMIT_S, process.kill)
    limit.start()
    try:
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"http://(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)", line):
                break
        else:
            pytest.fail("app.py ended:\n" + "".join(lines))
        limit.cancel()
        # What nobody takes away would hold up the page once the pipe is full.
        Thread(target=lines.extend, args=[process.stdout], daemon=True).start()
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        limit.cancel()
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def page_log():
    """The lines that the running page has printed."""
    return []


@pytest.fixture(scope="session")
def page_url(page_log):
    """The address of the page that most tests share."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with started(page_log, GRADIO_SERVER_PORT=str(port)) as url:
        yield url


@pytest.fixture(scope="session")
def chromium_browser():
    """One headless Chromium for all browser tests."""
    from playwright.sync_api import sync_playwright

    from tests import chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        yield browser
        browser.close()


# What Gradio says of a request that is under way as its page is left: before the next one is asked
# for, or until that is there. At any other time it is a fault.
LEAVING_S = 2
LEFT = ("AbortError", "Unexpected error Connection errored out.")


@contextmanager
def pages(browser, page_url: str) -> Iterator[Callable]:
    """A function that opens the page; afterwards no error and no outside request may be left."""
    faults, contexts = [], []

    def guard(route):
        url = route.request.url
        if url.startswith((page_url, "data:", "blob:")):
            return route.continue_()
        faults.append(f"request to {url}")
        return route.abort()

    def listen(page):
        leaving, lately = False, {}  # when what was said that may turn out to be of a page left

        def leave(request):
            nonlocal leaving
            if request.is_navigation_request() and request.frame == page.main_frame:
                leaving = True
                for fault, said in lately.items():
                    if time.monotonic() - said < LEAVING_S and fault in faults:
                        faults.remove(fault)

        def arrive():
            nonlocal leaving
            leaving = False

        def note(message):
            of_leaving = message.text.startswith(LEFT)
            if message.type != "error" or (leaving and of_leaving):
                return
            fault = f"console: {message.text}"
            faults.append(fault)
            if of_leaving:
                lately[fault] = time.monotonic()

        page.on("request", leave)
        page.on("load", arrive)
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))

    def open_(
        width=1920, height=1080, theme="light", path="", first_visit=False, scale=1, touch=False
    ):
        context = browser.new_context(
            has_touch=touch,
            is_mobile=touch,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            device_scale_factor=scale,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        if not first_visit:
            seen = "localStorage.setItem('headline-attention-lesson', '1')"
            context.add_init_script(f"window === top && {seen}")  # no frame inside the page
        context.route("**/*", guard)
        page = context.new_page()
        listen(page)
        page.goto(page_url + path)
        page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
        if not re.search("tab=|embed=", path):
            page.wait_for_selector("#head-large .heatmaplayer image, #head-large .heatmaplayer .hm")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def open_page(chromium_browser, page_url):
    """`pages`, closed after each test."""
    with pages(chromium_browser, page_url) as open_:
        yield open_


@pytest.fixture(scope="module")
def open_kept_page(chromium_browser, page_url):
    """`pages`, open through all tests of a file: for many cases on one page."""
    with pages(chromium_browser, page_url) as open_:
        yield open_
