"""The Batch tab: what it opens and refuses, and a person's way through it in Chromium."""

import csv
import io

import httpx
import pytest

from demo.batch import Done, Row, Verdict
from demo.page.views.batch import DIFFER, EVERYTHING, UNREAD, chosen
from demo.page.views.batch_source import MAX_BYTES, MAX_ROWS, opened
from tests.test_browser import open_tab

SUBJECTS = ["Oil prices climb", "Coach praises team", "Chip maker sues rival", "Court frees editor"]


def headlines(count):
    return [f"{SUBJECTS[number % 4]} in {number} <b>places</b>" for number in range(count)]


def test_rows_and_bytes_have_a_limit_each():
    assert opened("a.txt", b"oil\n" * MAX_ROWS).rows == MAX_ROWS
    with pytest.raises(ValueError, match="more than 20,000 rows"):
        opened("a.txt", b"oil\n" * (MAX_ROWS + 1))
    with pytest.raises(ValueError, match=r"a\.txt has 11 MB and at most 10 MB are read here"):
        opened("a.txt", b"o" * (MAX_BYTES + 1_000_000))


def test_where_readers_differ_comes_first_then_the_least_certain():
    def done(text, *classes, confidence=0.5, problem=None):
        return Done(Row([text]), Verdict(classes, (confidence,) * len(classes), problem))

    rows = [
        done("sure", "World", "World", confidence=0.9),
        done("unread", problem=ValueError("Why.")),
        done("unsure", "World", "World", confidence=0.4),
        done("differ", "World", "Sports", confidence=0.8),
        done("differ more", "World", "Sports", confidence=0.3),
    ]
    shown = {
        show: [one.row.cells[0] for one in chosen(rows, show)]
        for show in (EVERYTHING, DIFFER, UNREAD)
    }
    assert shown == {
        EVERYTHING: ["differ more", "differ", "unsure", "sure", "unread"],
        DIFFER: ["differ more", "differ"],
        UNREAD: ["unread"],
    }


def paste(page, lines):
    """Put text into the box at once, as a paste does."""
    page.locator("#batch-lines textarea").evaluate(
        """(box, text) => {
          box.value = text;
          box.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        "\n".join(lines),
    )


def open_file(page, path):
    with page.expect_file_chooser() as chooser:
        page.click("#batch-open")
    chooser.value.set_files(path)


def saved(page):
    with page.expect_download() as download:
        page.click("#batch-save")
    text = download.value.path().read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.trained
@pytest.mark.browser
def test_a_batch_can_be_cancelled_and_then_run_to_its_end(open_page):
    page = open_page()
    open_tab(page, "Batch")
    lines = headlines(1000)
    paste(page, lines)
    page.click("#batch-run")
    bar = page.locator("#batch-progress")
    bar.get_by_text("rows/s").wait_for()
    page.click("#batch-cancel")
    bar.get_by_text("of 1,000 rows were read and are kept").wait_for()
    page.locator("#batch-rows table").wait_for()
    kept = saved(page)
    assert 0 < len(kept) < 1000
    assert [row["text"] for row in kept] == lines[: len(kept)]

    page.locator("#batch-readers").get_by_label("Fine-tuned BERT").uncheck()
    page.click("#batch-run")
    bar.get_by_text("1,000 rows read in").wait_for()
    page.get_by_text("200 of 1,000 rows shown").wait_for()
    assert page.locator("#batch-rows tbody tr").count() == 200
    assert page.locator("#batch-rows tbody b").count() == 400  # the verdicts; texts are escaped
    assert page.get_by_role("img", name="Small transformer: World").count() == 1
    rows = saved(page)
    assert [row["text"] for row in rows] == lines
    assert {row["transformer"] for row in rows[1::4]} == {"Sports"}
    assert "bert" not in rows[0]
    assert all((row["agree"] == "yes") == (row["transformer"] == row["rnnsearch"]) for row in rows)
    page.locator("#batch-show").get_by_label("Cannot be read").check()
    page.get_by_text("0 of 0 rows shown").wait_for()


@pytest.mark.trained
@pytest.mark.browser
def test_a_file_is_opened_read_by_the_chosen_column_and_closed(open_page, tmp_path):
    page = open_page(390, 844, "dark")
    open_tab(page, "Batch")
    path = tmp_path / "news.csv"
    path.write_text("title;other\nOil <i>up</i>;Coach praises team\n;=Bank cuts rate\n", "utf-8")
    open_file(page, path)
    page.get_by_text("news.csv is open: 2 rows.").wait_for()
    assert page.locator("#batch-lines").count() == 0
    page.locator("#batch-column input").click()
    page.get_by_role("option", name="other").click()
    page.click("#batch-run")
    page.get_by_text("2 of 2 rows shown").wait_for()
    assert page.locator("#batch-rows tbody th").first.inner_text() in (
        "Coach praises team",
        "=Bank cuts rate",
    )
    with page.expect_download() as download:
        page.click("#batch-save")
    head, *rows = csv.reader(
        download.value.path().open(encoding="utf-8-sig", newline=""), delimiter=";"
    )
    assert head[:3] == ["title", "other", "transformer"]
    assert [row[:2] for row in rows] == [
        ["Oil <i>up</i>", "Coach praises team"],
        ["", "'=Bank cuts rate"],
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Close file").click()
    page.locator("#batch-lines textarea").wait_for()


@pytest.mark.trained
def test_the_server_takes_no_file(page_url):
    files = {"files": ("news.csv", b"oil prices climb")}
    answer = httpx.post(f"{page_url}/gradio_api/upload", files=files)
    assert answer.status_code == 413


@pytest.mark.trained
@pytest.mark.browser
def test_a_wrong_file_gets_a_sentence_and_changes_nothing(open_page, tmp_path):
    page = open_page()
    open_tab(page, "Batch")
    path = tmp_path / "news.csv"
    for content, sentence in (
        (b"", "news.csv is empty"),
        (b"caf\xe9\n", "is not UTF-8 text"),
        (b"\x7fELF\0\0", "no text but a binary file"),
        (b"1,2\n3,4\n", "No column of news.csv holds text"),
        (b"oil\n" * (MAX_ROWS + 1), "more than 20,000 rows"),
        (b"o" * 200_000_000, "news.csv has 200 MB and at most 10 MB"),
    ):
        path.write_bytes(content)
        open_file(page, path)
        page.locator("#batch-preview .alert").get_by_text(sentence).wait_for()
    page.click("#batch-run")
    page.locator("#batch-progress .alert").get_by_text("The box above is empty").wait_for()
    paste(page, ["Oil prices climb"])
    page.click("#batch-run")
    page.get_by_text("1 of 1 row shown").wait_for()
