"""The Models tab: which readers it shows, and the way from the atlas to a head."""

import pytest

from demo.analysis.habits import measure_quickly
from demo.figures.theme import Theme
from demo.page.views import models
from demo.page.views.declaration import settle

SENTENCE = "What was typed"


def drawn(panel, **asked):
    settled = {name: one.value for name, one in settle(models.VIEW, panel, asked).items()}
    return models.VIEW.draw(panel, "", Theme(), **settled)


def test_a_reader_that_was_never_tested_has_a_card_and_no_scores(panel):
    found = drawn(panel, reader="transformer")
    assert "record" in found
    assert not {"confusion", "reliability", "atlas"} & set(found)
    assert "figures are from elsewhere" in found["models-overview-caption"]
    assert "A quick atlas of them is made here from 200" in found["no-atlas"]
    assert "has no attention heads" in drawn(panel, reader="mine")["no-atlas"]


def test_heads_are_measured_on_demand_and_shown_to_everyone_from_then_on(panel):
    values = {"reader": "transformer"}
    assert models.can_be_measured(panel, values)
    assert not models.can_be_measured(panel, {"reader": "mine"})
    *steps, last = models.measure(panel, "transformer")
    assert "0 of 200 example texts read" in steps[0]["measured"]
    assert last == {"measured": ""}
    assert models.has_atlas(panel, values)
    assert not models.can_be_measured(panel, values)
    found = drawn(panel, reader="transformer")
    assert "no-atlas" not in found
    assert "A quick atlas, made on this page" in found["atlas-caption"]
    assert found["atlas"].layout.meta["reader"] == "transformer"
    assert drawn(panel, reader="transformer", habit="before")["atlas"].data[0].zmin == 0


def test_a_reader_that_fails_while_it_is_measured_gets_a_sentence(panel, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError(SENTENCE)
        yield

    monkeypatch.setattr(models, "measure_quickly", fail)
    (said,) = models.measure(panel, "transformer")
    assert "alert" in said["measured"]
    assert SENTENCE not in caplog.text


def test_others_are_read_while_heads_are_measured_and_their_readings_are_kept(panel):
    before = panel["transformer"].read("oil prices climb")
    for done, _ in measure_quickly(panel["transformer"]):
        assert panel["transformer"].read(f"oil {done}").label
    assert panel["transformer"].read("oil prices climb") is before


@pytest.mark.trained
@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_two_clicks_lead_to_a_head_with_a_habit(open_page, width, theme):
    page = open_page(width, 900, theme, path="/?tab=models&reader=bert&text=Chelsea+buy+striker")
    page.locator("#atlas .heatmaplayer").wait_for()
    habit = page.locator(".habits li").filter(has_text="the word before")
    habit.locator("button.habit").click()
    page.get_by_text("Coloured by the share of each head's attention").wait_for()
    assert "habit=before" in page.evaluate("headlineAttention.link()")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    habit.locator("[data-opens]").first.click()
    page.get_by_text("this head looks at the word before").wait_for()
    page.get_by_text("Layer 1, head 3,").wait_for()
    page.locator("[role=tab][data-tab-id=models]").click()
    cells = page.locator("#atlas .nsewdrag")
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    cells.click(position={"x": box["width"] * 8.5 / 12, "y": box["height"] * 1.5 / 6})
    page.get_by_text("this head looks at the word after").wait_for()
    page.get_by_text("Layer 2, head 9,").wait_for()
