"""Take the README's pictures from the running page: `python -m tests.pictures`."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.benchmarks.__main__ import ROOT, running_page

SIZE = {"width": 1920, "height": 1260}


def main() -> None:
    """Write page-light.png, alignment-light.png and their dark twins into assets/."""
    with running_page() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        for theme in ("light", "dark"):
            tab = browser.new_context(viewport=SIZE, color_scheme=theme).new_page()
            tab.goto(url)
            tab.wait_for_selector("#head-large .heatmaplayer image, #head-large .heatmaplayer .hm")
            tab.wait_for_timeout(1000)  # the bars grow
            tab.screenshot(path=ROOT / "assets" / f"page-{theme}.png")
            tab.get_by_role("tab", name="Alignment").click()
            tab.locator("#alignment .heatmaplayer").first.wait_for()
            tab.wait_for_timeout(1000)
            tab.locator("#alignment").screenshot(path=ROOT / "assets" / f"alignment-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main()
