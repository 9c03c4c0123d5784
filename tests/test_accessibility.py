"""axe-core on every tab of the page, in light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.views import DRAWN

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", DRAWN)
def test_axe_finds_nothing_serious(open_page, tab, theme):
    page = open_page(theme=theme, path=f"/?tab={tab}")
    page.locator(DRAWN[tab]).first.wait_for()
    page.wait_for_timeout(500)  # transitions of colours end
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], [node["target"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
