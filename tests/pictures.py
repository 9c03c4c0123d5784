"""Take the README's pictures from the running page: `python -m tests.pictures`."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from demo.page.prepared import EXAMPLES
from tests import chromium
from tests.benchmarks.server import ROOT, running_page
from tests.views import DRAWN

WIDTH, HEIGHT = 1920, 1080
LEAD = next(one for one in EXAMPLES if one["id"] == "lead")
ASKED = {"heads": {"text": EXAMPLES[0]["headline"]}, "alignment": {"text": LEAD["headline"]}}
SETTLED_MS = 1500  # bars grow, colours change, frames draw


def main() -> None:
    """Write assets/<tab>-light.png and its dark twin for each tab that is asked for."""
    with running_page() as (url, *_), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=theme)
            for tab, asked in ASKED.items():
                page.goto(f"{url}/?{urlencode({'tab': tab, **asked})}")
                page.locator(DRAWN[tab]).first.wait_for()
                page.wait_for_timeout(SETTLED_MS)
                page.screenshot(path=ROOT / "assets" / f"{tab}-{theme}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
