"""What Inside costs in the browser: `python -m tests.benchmarks.inside`.

Prints for each way to open it the times from the click on its tab until the steps of a 16-word
headline are drawn, and from a move of the slider until the bars have moved, and the bytes that the
click had the page sent. `python -m tests.benchmarks --only inside_in_the_browser` writes them
among the results.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from tests.benchmarks.browser import started_browser
from tests.benchmarks.readers import HEADLINE
from tests.benchmarks.server import running_page
from tests.benchmarks.timing import RUNS, WARM_UPS, milliseconds

ASKED = {  # the queries that open it
    "transformer": {"reader": "transformer"},
    "bert": {"reader": "bert"},
    "rnnsearch": {"reader": "rnnsearch"},
    "two_kinds": {"kinds": "both"},
}
SETTLED_MS = 500
SHOWN = "text => headlineAttention.shown() === text"
# From the click on the tab until a frame shows the steps of the text that has a word.
CLICKED = """word => new Promise(done => {
  const started = performance.now(), inside = document.querySelector("#inside");
  const drawn = () => inside.checkVisibility()
    && [...inside.querySelectorAll(".name")].some(name => name.textContent === word);
  const end = () => done(performance.now() - started);
  const look = () => requestAnimationFrame(drawn() ? end : look);
  document.querySelector("[role=tab][data-tab-id=inside]").click();
  look();
})"""
# From a move of the slider until a frame shows the bars.
MOVED = """value => new Promise(done => {
  const slider = document.querySelector("#inside input[type=range]");
  const started = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
})"""


def measure() -> dict[str, dict[str, float]]:
    """Times in ms and bytes of each way to open it."""
    with running_page() as (url, *_), started_browser() as browser:
        return {name: _figures(browser, url, asked) for name, asked in ASKED.items()}


def _figures(browser: Browser, url: str, asked: dict[str, str]) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    received: list[int] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.dataReceived", lambda event: received.append(event["dataLength"]))
    page.goto(f"{url}/?{urlencode({'tab': 'inside', 'text': HEADLINE, **asked})}")
    page.locator("#inside .row").first.wait_for()
    clicked = []
    for turn in range(RUNS + WARM_UPS):
        word = _read_another(page, turn)
        received.clear()
        clicked.append(page.evaluate(CLICKED, word) / 1000)
        page.wait_for_timeout(SETTLED_MS)
    sent = sum(received)
    moves = [(turn % 10) / 10 - 0.5 for turn in range(RUNS + WARM_UPS)]  # decades
    moved = [page.evaluate(MOVED, value) / 1000 for value in moves]
    page.close()
    times = {"click_to_steps": clicked, "slider_to_bars": moved}
    return {
        f"{name}_{figure}": value
        for name, seconds in times.items()
        for figure, value in milliseconds(seconds[WARM_UPS:]).items()
    } | {"bytes": sent}


def _read_another(page: Page, turn: int) -> str:
    """Have another headline read under Heads; returns its first word."""
    word = ("Gas", "Oil")[turn % 2]
    text = HEADLINE.replace("Oil", word)
    page.locator("[role=tab][data-tab-id=heads]").click()
    page.locator("#head-large .heatmaplayer").first.wait_for()
    page.fill("#headline textarea", text)
    page.press("#headline textarea", "Enter")
    page.wait_for_function(SHOWN, arg=text)
    page.wait_for_timeout(SETTLED_MS)
    return word


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
