"""What goes wrong around the page reaches nobody but whom it concerns, and then as a sentence."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import numpy as np
import pytest

from demo import load_panel
from demo.models.base import Card
from demo.models.transformer import TransformerReader
from demo.page.build import build
from demo.page.launch import launch_settings
from demo.sentences import say
from demo.serving.limits import ServingLimits
from demo.serving.panel import Panel
from tests import tiny_encoders
from tests.benchmarks import load
from tests.conftest import ROOT

LIMIT_S = 60
LIMITS = ServingLimits()
HEADLINE = "Oil prices climb as storm shuts refineries along the coast"


class Failing(TransformerReader):
    """A reader whose network fails on a word, and can be held up."""

    name, card = "failing", Card("transformer", "Failing reader", place=2)
    free = Event()
    free.set()

    def read_batch(self, texts, seconds=None):
        assert self.free.wait(LIMIT_S)
        if any("storm" in text for text in texts[1:]) or texts[0].startswith("storm"):
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        return super().read_batch(texts, seconds)

    def classify(self, texts):
        return np.stack([reading.probabilities for reading in self.read_batch(texts)])


@pytest.fixture(scope="module")
def failing_page(tiny_reader):
    """The address of a page with a good reader and one that fails."""
    panel = Panel()
    failing = Failing(tiny_reader.network, tiny_reader.config, tiny_reader.vocabulary)
    for reader in (tiny_reader, failing):
        panel.add(reader, ROOT)  # where no record of theirs lies
    page = build(panel)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    yield url.rstrip("/")
    page.close()


@pytest.fixture
def failing(failing_page, chromium_browser):
    """The page with the failing reader, opened and drawn."""
    page = chromium_browser.new_page()
    page.add_init_script("localStorage.setItem('headline-attention-lesson', '1')")
    page.goto(failing_page)
    page.wait_for_selector("#card-failing .card[data-text] .stack")
    page.wait_for_selector("#head-large .heatmaplayer image, #head-large .heatmaplayer .hm")
    yield page
    page.close()


def read(page, text):
    page.get_by_label("Headline", exact=True).fill(text)
    page.get_by_role("button", name="Read", exact=True).click()


@pytest.mark.browser
def test_a_reader_that_fails_leaves_the_others(failing):
    read(failing, "storm shuts the court")
    failing.wait_for_selector('#card-transformer .card[data-text="storm shuts the court"]')
    failed = failing.locator("#card-failing .card.off")
    failed.wait_for()
    assert "failed on this text" in failed.inner_text()
    read(failing, "the court")
    failing.wait_for_selector('#card-failing .card[data-text="the court"] .stack')


def test_a_failure_is_a_sentence_for_programs(failing_page):
    answer = load.run(failing_page, "classify", 1, ["storm shuts the court", HEADLINE])
    assert len(answer.seconds) == 1
    (error,) = answer.errors
    assert "failed on this text" in error
    assert "Traceback" not in error


@pytest.fixture
def crowd(failing_page):
    """What twice as many requests are told as the page can take, while a reader is held up."""
    count = 2 * (LIMITS.waiting + LIMITS.at_once)
    limits = httpx.Limits(max_connections=count)
    Failing.free.clear()
    try:
        with ThreadPoolExecutor(count) as pool, httpx.Client(timeout=60, limits=limits) as client:
            place = f"{failing_page}/gradio_api/call/classify"
            yield list(
                pool.map(lambda i: client.post(place, json={"data": [f"the {i}"]}), range(count))
            )
    finally:
        Failing.free.set()
    deadline = time.monotonic() + LIMIT_S
    while load.run(failing_page, "classify", 1, ["the court"]).errors:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_full_queue_says_so_and_empties(crowd):
    busy = [answer for answer in crowd if answer.status_code != 200]
    assert len(busy) >= LIMITS.waiting
    said = {(answer.status_code, answer.json()["detail"]) for answer in busy}
    assert said == {(503, say("problems.request.busy"))}


@pytest.mark.browser
def test_a_full_queue_is_said_on_the_page_and_loses_nothing(failing, crowd):
    read(failing, "the court")
    notice = failing.get_by_text("currently busy")
    notice.wait_for()
    assert failing.get_by_label("Headline", exact=True).input_value() == "the court"
    Failing.free.set()
    shown = '#card-failing .card[data-text="the court"] .stack'
    deadline = time.monotonic() + LIMIT_S
    while not failing.locator(shown).count():
        assert time.monotonic() < deadline
        failing.get_by_role("button", name="Read", exact=True).click()
        failing.wait_for_timeout(500)


@pytest.mark.browser
@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(bytes(file.stat().st_size)),
    ],
    ids=["missing", "cut off", "zeros"],
)
def test_a_reader_without_its_weights_is_off_and_the_page_says_why(
    tiny_reader, tmp_path, chromium_browser, damage
):
    tiny_reader.save(tmp_path / "transformer")
    damage(tiny_encoders.write(tmp_path / "bert") / "model.safetensors")
    panel = load_panel(tmp_path)
    assert list(panel) == ["transformer"]
    page = build(panel)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    try:
        tab = chromium_browser.new_page()
        tab.goto(url)
        tab.wait_for_selector("#card-transformer .card[data-text] .stack")
        off = tab.locator("#cards .card.off")
        assert "bert" in off.inner_text()
        assert "safetensors" in off.inner_text() or "no readable encoder" in off.inner_text()
        tab.close()
    finally:
        page.close()


@pytest.mark.trained
def test_somebody_who_leaves_holds_up_nobody(page_url):
    place = httpx.URL(f"{page_url}/gradio_api/call/alignment")
    for index in range(20):
        data = {"data": [f"{HEADLINE} {index}", ""]}
        event = httpx.post(place, json=data).json()["event_id"]
        with socket.create_connection((place.host, place.port)) as gone:
            gone.sendall(
                f"GET {place.path}/{event} HTTP/1.1\r\nHost: {place.host}\r\n\r\n".encode()
            )
    answer = load.run(page_url, "classify", 1, [HEADLINE])
    assert answer.errors == []


@pytest.mark.trained
def test_no_answer_reaches_another_user(page_url):
    """Fifty users ask at once, each for texts of their own, and check what comes back."""
    texts = [f"Number {index} climbs to {index * 7}" for index in range(150)]

    def own(index, answer):
        assert answer["spans"][-2][1] == len(texts[index])
        assert "".join(answer["tokens"][1:-1]) == texts[index].replace(" ", "")

    answer = load.run(page_url, "attention", 50, texts, "bert", check=own)
    assert answer.errors == []
    assert len(answer.seconds) == len(texts)


@pytest.mark.trained
def test_a_second_start_where_no_port_is_free_is_told_so(page_url):
    port = page_url.rsplit(":", 1)[1]
    second = subprocess.run(
        [sys.executable, "app.py"],
        env={**os.environ, "GRADIO_SERVER_PORT": port, "GRADIO_NUM_PORTS": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 1
    assert f"Cannot find empty port in range: {port}" in second.stderr
    assert "Traceback" not in second.stderr
