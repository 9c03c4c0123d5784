"""Every view with every reader in Chromium: what is shown is its own, by click and by link."""

import pytest

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]

TITLES = {
    "transformer": "Small transformer",
    "bert": "Fine-tuned BERT",
    "rnnsearch": "Bahdanau encoder-decoder",
}
WITH_HEADS = ("transformer", "bert")
VIEWS = {  # in the order of the tabs: what is drawn last, and for which readers
    "heads": ("#head-large .heatmaplayer", WITH_HEADS),
    "inside": ("#inside .row", tuple(TITLES)),
    "alignment": ("#alignment .heatmaplayer", tuple(TITLES)),
    "bertviz": ("#bertviz iframe", WITH_HEADS),
    "evidence": ("#evidence .strip", tuple(TITLES)),
    "compare": ("#compare-sides .heatmaplayer", tuple(TITLES)),
    "models": ("#reliability .main-svg", tuple(TITLES)),
}
CASES = [(view, reader) for view, (_, readers) in VIEWS.items() for reader in readers]
SAID = """() => {
  const open = [...document.querySelectorAll('[role=tabpanel]')].find(one => one.checkVisibility());
  const said = [...open.querySelectorAll('.block[id]')]
    .filter(one => one.checkVisibility())
    .map(one => headlineAttention.titleOf(one))
    .concat([...open.querySelectorAll('.record h2')].map(one => one.textContent));
  return {
    titles: said.filter(Boolean),
    note: open.querySelector('.note')?.textContent.trim() ?? '',
    toasts: [...document.querySelectorAll('.toast-body')].map(one => one.textContent),
  };
}"""


def readers_named(titles):
    return {name for name, title in TITLES.items() if any(title in one for one in titles)}


def check(page, view, reader):
    """The open view shows the reader's pictures, no other's, and says nothing went wrong."""
    drawn, readers = VIEWS[view]
    offered = page.locator(f"#{view}-reader label").all_inner_texts()
    assert [one.strip() for one in offered] == [TITLES[name] for name in readers]
    page.wait_for_function(
        f"title => ({SAID})().titles.some(one => one.includes(title))", arg=TITLES[reader]
    )
    page.locator(drawn).first.wait_for()
    said = page.evaluate(SAID)
    assert said["note"] == ""
    assert said["toasts"] == []
    named = readers_named(said["titles"])
    assert named == {reader}, said["titles"]


def test_by_click(open_page, page_log):
    page, printed = open_page(), len(page_log)
    opened = None
    for view, reader in [*CASES, *reversed(CASES)]:  # so that each follows every neighbour
        if view != opened:
            page.locator(f"[role=tab][data-tab-id={view}]").click()
            opened = view
        page.locator(f"#{view}-reader").get_by_label(TITLES[reader]).check()
        check(page, view, reader)
    assert "failed" not in "".join(page_log[printed:])


@pytest.mark.parametrize(("view", "reader"), CASES)
def test_by_link(open_page, page_log, view, reader):
    printed = len(page_log)
    page = open_page(path=f"/?text=Chelsea+buy+striker&tab={view}&reader={reader}")
    check(page, view, reader)
    assert page.locator(f"#{view}-reader").get_by_label(TITLES[reader]).is_checked()
    assert "failed" not in "".join(page_log[printed:])


@pytest.mark.parametrize("reader", TITLES)
def test_two_readers_are_two(open_page, reader):
    page = open_page(path=f"/?text=Chelsea+buy+striker&tab=compare&mode=readers&reader={reader}")
    others = [name for name in TITLES if name != reader]
    for other in others:
        offered = page.locator("#compare-other label").all_inner_texts()
        assert [one.strip() for one in offered] == [TITLES[name] for name in others]
        page.locator("#compare-other").get_by_label(TITLES[other]).check()
        both = f"{TITLES[reader]} and {TITLES[other]}"
        page.wait_for_function(
            f"both => ({SAID})().titles.some(one => one.includes(both))", arg=both
        )


@pytest.mark.parametrize(
    ("view", "box", "typed", "sentence"),
    [
        ("evidence", "#headline", "Moon", "type a second one"),
    ],
)
def test_what_cannot_be_drawn_keeps_no_picture(open_page, view, box, typed, sentence):
    page = open_page(path=f"/?text=Chelsea+buy+striker&tab={view}&reader=transformer")
    check(page, view, "transformer")
    page.fill(f"{box} textarea", typed)
    page.press(f"{box} textarea", "Enter")
    page.locator(f"#{view}-note").get_by_text(sentence).wait_for()
    assert page.evaluate(SAID)["titles"] == []


def test_heads_that_are_not_there_are_said_and_the_rest_stays(open_page):
    page = open_page(path="/?text=Chelsea+buy+striker&tab=evidence&reader=transformer&masked=6.1")
    page.locator("#evidence-bars").get_by_text("There is no head '6.1'").wait_for()
    check(page, "evidence", "transformer")
    page.locator("#head-shares .heatmaplayer").wait_for()


def test_a_line_goes_with_the_text_or_reader_that_it_belongs_to(open_page):
    text = "?text=Chelsea+buy+striker"
    page = open_page(path=f"/{text}&tab=alignment&reader=rnnsearch&own=Chelsea+win")
    own = page.locator("#alignment-own :is(input, textarea)")
    page.locator("#alignment-caption").wait_for()
    assert own.input_value() == "Chelsea win"
    page.locator("#alignment-colours").get_by_label("As in the paper").check()
    page.wait_for_function(
        "document.querySelector('#alignment .js-plotly-plot')?.data?.[0].zmax === 1"
    )
    assert own.input_value() == "Chelsea win"  # the text is the same
    page.locator("[role=tab][data-tab-id=evidence]").click()
    page.locator("#evidence-reader").get_by_label(TITLES["bert"]).check()
    check(page, "evidence", "bert")
    masked = page.locator("#evidence-masked :is(input, textarea)")
    masked.fill("6.1")
    masked.press("Enter")
    page.get_by_text("With 1 head masked").wait_for()
    page.fill("#headline textarea", "Oil prices climb")
    page.press("#headline textarea", "Enter")
    page.wait_for_function("headlineAttention.shown() === 'Oil prices climb'")
    page.get_by_text("With 1 head masked").wait_for()
    assert masked.input_value() == "6.1"  # the reader is the same
    page.locator("#evidence-reader").get_by_label(TITLES["transformer"]).check()
    check(page, "evidence", "transformer")
    assert masked.input_value() == ""
    page.locator("[role=tab][data-tab-id=alignment]").click()
    check(page, "alignment", "rnnsearch")
    assert own.input_value() == ""
