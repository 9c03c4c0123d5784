"""What the Batch tab takes, shows and promises before it runs; in Chromium, files dropped too."""

import csv
import io
import json

import pytest

from demo.batch import Table
from demo.figures import batch as figures
from demo.page.views import batch_source
from demo.page.views.batch_source import plain, table
from tests.batch.test_formats import as_parquet, as_xlsx
from tests.page.views.test_batch import open_file, paste
from tests.test_browser import open_tab


@pytest.mark.parametrize(
    ("typed", "shown", "read"),
    [
        ("Oil climbs again\nCoach quits\n", False, ["Oil climbs again", "Coach quits"]),
        ("Oil climbs\n", False, ["Oil climbs"]),
        ("Oil up now today\n\n \nGas up\n\n", False, ["Oil up now today", "Gas up"]),
        ("Headlines\nOil climbs again\n", True, ["Oil climbs again"]),
        ("Meldungen\nOil climbs again\n", True, ["Meldungen", "Oil climbs again"]),
        ("id\ttitle\n1\tOil climbs\n", True, ["Oil climbs"]),
        ('{"title": "Oil"}\n{"title": "Gas"}\n', True, ["Oil", "Gas"]),
        ('["Oil", "Gas"]', True, ["Oil", "Gas"]),
        ("Oil, gas\nup, down and out again\n", True, ["Oil, gas", "up, down and out again"]),
    ],
)  # fmt: skip
def test_what_is_pasted_is_shown_as_understood_where_it_is_not_plain(typed, shown, read):
    found = table(typed, None, None, None)
    assert plain(found) is not shown
    assert [row.cells[found.column] for row in found] == read


def test_a_column_that_the_box_no_longer_has_is_not_asked_for():
    assert table("a\tOil climbs\nb\tGas is up\n", None, None, 0).column == 0
    assert table("Oil climbs\nGas\n", None, None, 5).column == 0


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("Meldungen\nOil\n", 1),
        ("\n  Meldungen\nOil\nGas\n", 2),
        ("Meldung\nOil\n", 2),
        ("Oil\nMeldungen\n", 2),
        ("Meldungen von heute\nOil\n", 2),
        ("Meldungen", 0),
    ],
)
def test_what_a_person_said_of_a_first_line_holds_for_that_line_alone(typed, rows):
    asked = ("Meldungen", True)
    if rows:
        assert table(typed, None, asked, None).rows == rows
    else:
        with pytest.raises(ValueError, match="holds no headline"):
            table(typed, None, asked, None)


def test_the_first_rows_are_shown_under_their_names_and_escaped():
    cells = [*"abcdefghij", "Oil <b>climbs</b> " + "x" * 90]
    text = f"{','.join(f'n{n}' for n in range(10))},text\n" + 9 * f"{','.join(cells)}\n"
    found = Table("<a>.csv", lambda: io.BytesIO(text.encode()))
    said = figures.opened(found)
    assert said == "<p>&lt;a&gt;.csv is open: 9 rows. Cells between commas.</p>"
    shown = figures.first_rows(found)
    assert shown.count("<tr>") == 1 + figures.FIRST_ROWS
    assert shown.count("<th ") == figures.FIRST_COLUMNS + 1  # the last one is read
    assert shown.count('class="chosen"') == 1 + figures.FIRST_ROWS
    assert "Oil &lt;b&gt;climbs&lt;/b&gt; x" in shown
    assert "<b>" not in shown


@pytest.mark.parametrize(
    ("count", "seconds", "said"),
    [
        (1, 0.0, "1 row read in 1 ms, 1,000 a second."),
        (1, 0.043, "1 row read in 43 ms, 23 a second."),
        (3, 0.9996, "3 rows read in 1000 ms, 3 a second."),
        (5, 1.04, "5 rows read in 1.0 s, 5 a second."),
        (20000, 1500.0, "20,000 rows read in 1,500.0 s, 13 a second."),
        (2, 0.002, "2 rows read in 2 ms, 1,000 a second."),
    ],
)
def test_how_long_it_took_is_never_nothing(count, seconds, said):
    assert figures.finished(count, seconds) == said


DROP = """async ([selector, name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name));
  const send = (type) => document.querySelector(selector).dispatchEvent(
    new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  const over = send("dragover");
  const marked = document.querySelectorAll(".dropping").length;
  return [over, marked, send("drop"), document.querySelectorAll(".dropping").length];
}"""


def drop(page, selector, name, data):
    return page.evaluate(DROP, [selector, name, list(data)])


@pytest.mark.trained
@pytest.mark.browser
def test_files_are_dropped_understood_and_read(open_page):
    page = open_page()
    url = page.url
    for selector in ("#headline textarea", "#masthead", "#cards"):  # nowhere else is it taken
        assert drop(page, selector, "a.csv", b"text\nOil\n") == [False, 0, False, 0]
    open_tab(page, "Batch")
    note, rows = page.locator("#batch-preview"), page.locator("#batch-preview tbody tr")
    header = page.get_by_role("checkbox", name="First row names the columns")
    assert not header.is_visible()
    files = {
        "a.csv": b"sep=|\nid|text\n1|Oil, gas\n2|Gas\n",
        "a.jsonl": b'{"id": 1, "text": "Oil, gas"}\n{"id": 2, "text": "Gas"}\n',
        "a.json": json.dumps([{"id": 1, "text": "Oil, gas"}, {"id": 2, "text": "Gas"}]).encode(),
        "a.xlsx": as_xlsx([["id", "text"], [1, "Oil, gas"], [2, "Gas"]]),
        "a.parquet": as_parquet({"id": [1, 2], "text": ["Oil, gas", "Gas"]}),
    }
    for name, data in files.items():
        target = "#batch-lines textarea" if name == "a.csv" else "#batch-preview"
        assert drop(page, target, name, data) == [False, 1, False, 0]
        note.get_by_text(f"{name} is open: 2 rows.").wait_for()
        assert note.locator(".chosen").all_inner_texts() == ["text", "Oil, gas", "Gas"]
        assert header.is_visible() == (name in ("a.csv", "a.xlsx"))
    assert page.url == url
    drop(page, "#batch-preview", "a.csv", files["a.csv"])
    note.get_by_text("Cells between bars.").wait_for()
    header.uncheck()
    note.get_by_text("a.csv is open: 3 rows.").wait_for()
    assert rows.first.inner_text().split() == ["id", "text"]
    header.check()
    note.get_by_text("a.csv is open: 2 rows.").wait_for()
    page.click("#batch-run")
    page.get_by_text("2 of 2 rows shown").wait_for()
    with page.expect_download() as download:
        page.click("#batch-save")
    content = download.value.path().read_bytes().decode("utf-8")
    assert content.startswith("\ufeffid|text|")
    assert [row[:2] for row in csv.reader(io.StringIO(content[1:]), delimiter="|")] == [
        ["id", "text"],
        ["1", "Oil, gas"],
        ["2", "Gas"],
    ]
    drop(page, "#batch-preview", "b.csv", b"PK\x03\x04nothing")
    note.get_by_text("cannot be read as the Excel file").wait_for()


@pytest.mark.trained
@pytest.mark.browser
def test_pasted_lines_show_how_they_are_understood_and_blank_ones_are_none(open_page, tmp_path):
    page = open_page()
    open_tab(page, "Batch")
    note = page.locator("#batch-preview")
    header = page.get_by_role("checkbox", name="First row names the columns")
    paste(page, ["Headlines", "Oil climbs again", "", "  ", "Coach quits the team"])
    note.get_by_text("The box above holds 2 rows.").wait_for()
    assert header.is_checked()
    header.uncheck()
    note.get_by_text("The box above holds 3 rows.").wait_for()
    header.check()
    note.get_by_text("The box above holds 2 rows.").wait_for()
    page.click("#batch-run")
    page.get_by_text("2 of 2 rows shown").wait_for()
    progress = page.locator("#batch-progress").inner_text()
    assert progress.startswith("2 rows read in ")
    assert "read in 0.0" not in progress
    assert "cannot be read" not in page.locator("#batch-summary-caption").inner_text()
    paste(page, ["id\tlede\turl", "7\tOil climbs again\thttp://a.b", "8\tGas is up\thttp://a.b"])
    note.get_by_text("Cells between tabs.").wait_for()
    assert note.locator(".chosen").first.inner_text() == "lede"
    page.locator("#batch-column input").click()
    page.get_by_role("option", name="url").click()
    note.locator("th.chosen", has_text="url").wait_for()
    paste(page, ["Oil prices climb as storm shuts wells", "Coach quits"])
    note.locator("table").wait_for(state="detached")
    assert not header.is_visible()
    path = tmp_path / "a.csv"
    path.write_text("text\nOil\n")
    open_file(page, path)
    note.get_by_text("a.csv is open: 1 row.").wait_for()


def test_the_limit_of_what_a_packed_file_holds_has_a_sentence():
    data = as_parquet({"text": ["x" * 100_000 + str(number) for number in range(600)]})
    assert len(data) < batch_source.MAX_BYTES
    with pytest.raises(ValueError, match="unpacks to 60 MB and at most 50 MB are read here"):
        batch_source.opened("a.parquet", data)
