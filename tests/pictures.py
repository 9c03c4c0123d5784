"""Take the README's pictures from the running page: `python -m tests.pictures`."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.benchmarks.server import ROOT, running_page
from tests.views import DRAWN

WIDTH, HEIGHT = 1920, 1080
HEADLINE = "Oil prices climb as storm shuts refineries along the coast"
CHOSEN = {
    "heads": {"reader": "bert", "layer": "3", "specials": "hidden"},
    "evidence": {"reader": "bert"},
}
SETTLED_MS = 1500  # bars grow, colours change, frames draw


def main() -> None:
    """Write assets/<tab>-light.png and its dark twin, for every tab."""
    with running_page() as (url, *_), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=theme)
            for tab, drawn in DRAWN.items():
                query = urlencode({"text": HEADLINE, "tab": tab, **CHOSEN.get(tab, {})})
                page.goto(f"{url}/?{query}")
                page.locator(drawn).first.wait_for()
                page.wait_for_timeout(SETTLED_MS)
                page.screenshot(path=ROOT / "assets" / f"{tab}-{theme}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
