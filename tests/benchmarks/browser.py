"""The page in Chromium: the times until a person sees something, and the bytes of each view."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import chromium
from tests.benchmarks.readers import HEADLINE
from tests.benchmarks.server import running_page
from tests.benchmarks.timing import milliseconds
from tests.views import DRAWN

SCREEN = {"width": 1920, "height": 1080}
ENTERS, ENTERS_A_ROUND = 30, 10
PAUSE_MS = 500  # between two texts that are typed, for the heads to be drawn
SETTLED_MS = 1500
FILLED = """text => [...document.querySelectorAll('#cards .card')].every(
  card => card.dataset.text === text)"""
HEADS = "word => document.querySelector('#head-large .ytick text')?.textContent === word"


def measure() -> dict:
    """Start-up, times from Enter and from the last key, and what opening each tab sends."""
    with running_page() as (url, ready_s, _), started_browser() as browser:
        return {"ready_s": round(ready_s, 2), **times(browser, url), "bytes": sent(browser, url)}


def seen(url: str) -> dict[str, float]:
    """The bytes of `visits`, and the medians of `times`, in ms."""
    with started_browser() as browser:
        found = times(browser, url, ENTERS_A_ROUND)
        medians = {f"{what}_ms": each["median_ms"] for what, each in found.items()}
        return visits(browser, url) | medians


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        yield browser
        browser.close()


def times(browser: Browser, url: str, enters: int = ENTERS) -> dict:
    """From Enter until the cards are filled and the heads drawn, and from the last key typed."""
    cards_s, heads_s, typed_s = [], [], []
    tab = browser.new_page(viewport=SCREEN)
    tab.goto(url)
    tab.wait_for_selector("#head-large .heatmaplayer image, #head-large .heatmaplayer .hm")
    as_you_type = tab.get_by_role("checkbox", name="As you type")
    as_you_type.uncheck()
    for turn in range(enters + 2):
        first_word = ("Oil", "Gas")[turn % 2]
        text = f"{HEADLINE.replace('Oil', first_word)} {turn}"  # none is remembered
        tab.fill("#headline textarea", text)
        started = time.perf_counter()
        tab.press("#headline textarea", "Enter")
        tab.wait_for_function(FILLED, arg=text, polling=5)
        cards_s.append(time.perf_counter() - started)
        tab.wait_for_function(HEADS, arg=first_word, polling=5)
        heads_s.append(time.perf_counter() - started)
    as_you_type.check()
    for turn in range(enters + 2):
        text = f"{HEADLINE} today {turn}"
        tab.fill("#headline textarea", text[:-1])
        started = time.perf_counter()
        tab.press("#headline textarea", text[-1])
        tab.wait_for_function(FILLED, arg=text, polling=5)
        typed_s.append(time.perf_counter() - started)
        tab.wait_for_timeout(PAUSE_MS)
    tab.close()
    return {
        "enter_to_cards": milliseconds(cards_s[2:]),
        "enter_to_heads": milliseconds(heads_s[2:]),
        "last_key_to_cards": milliseconds(typed_s[2:]),
    }


def visits(browser: Browser, url: str) -> dict[str, int]:
    """Bytes that the first visit of a browser takes from the network, and its second one."""
    found = {}
    context = browser.new_context(viewport=SCREEN)
    for name in ("first_visit_bytes", "second_visit_bytes"):
        tab, received = visit(context, url)
        found[name] = sum(received)
        tab.close()
    context.close()
    return found


def visit(context: BrowserContext, url: str) -> tuple[Page, list[int]]:
    """A tab in which the page is drawn, and the bytes of its answers, as they come."""
    tab = context.new_page()
    received = wire_bytes(tab)
    tab.goto(url)
    tab.locator(DRAWN["heads"]).first.wait_for()
    tab.wait_for_timeout(SETTLED_MS)
    return tab, received


def wire_bytes(tab: Page) -> list[int]:
    """A list to which the bytes of each answer are added, as the network carries them.

    They count as they come: a stream of messages that the page ends itself is never finished.
    """
    received: list[int] = []
    counted: Counter[str] = Counter()  # by request
    network = tab.context.new_cdp_session(tab)
    network.send("Network.enable")

    def count(event: dict) -> None:
        received.append(int(event["encodedDataLength"]))
        counted[event["requestId"]] += received[-1]

    def finish(event: dict) -> None:
        received.append(int(event["encodedDataLength"]) - counted.pop(event["requestId"], 0))

    network.on("Network.dataReceived", count)
    network.on("Network.loadingFinished", finish)
    return received


def sent(browser: Browser, url: str) -> dict[str, int]:
    """Bytes of the whole page with its first tab, then of each tab that is opened, as BERT's."""
    context = browser.new_context(viewport=SCREEN)
    tab, received = visit(context, f"{url}/?{urlencode({'text': HEADLINE, 'reader': 'bert'})}")
    found = {"page": sum(received)}
    for name, drawn in DRAWN.items():
        if name != "heads":
            received.clear()
            tab.get_by_role("tab", name=name).click()
            tab.locator(drawn).first.wait_for()
            tab.wait_for_timeout(SETTLED_MS)
            found[name] = sum(received)
    context.close()
    return found
