"""The headlines of a batch that drive a head, against each head's part computed alone."""

import json
import re
from html import unescape

import numpy as np
import pytest

from demo.analysis.attribution import attribute, carried
from demo.batch import read
from demo.page.views import batch_heads
from demo.page.views.batch_job import Job
from demo.page.views.batch_source import opened
from tests.page.views.test_batch import open_tab, paste

TEXTS = ["oil prices climb", "the court", "storm shuts the court", "\u200b", "oil <b>storm</b>"]
READ = [text for text in TEXTS if text != "\u200b"]


@pytest.fixture
def job(panel):
    """A run that has ended, of a reader with heads and one without; one row cannot be read."""
    job = Job(opened("a.txt", "\n".join(TEXTS).encode(), lines=True, header=False), dict(panel))
    for chunk in read(panel, job.table):
        job.done += chunk
    job.ended = True
    return job


def test_only_a_reader_that_says_what_its_heads_add_is_asked(panel, job):
    assert [name for _, name in batch_heads.readers(panel, {"job": job})] == ["transformer"]
    assert batch_heads.readers(panel, {"job": None}) == []
    values = {"job": job, "reader": "transformer"}
    assert batch_heads.may_measure(panel, values)
    assert not batch_heads.is_measured(panel, values)
    job.ended = False
    assert not batch_heads.may_measure(panel, values)


def test_what_drives_a_head_is_what_it_adds_to_each_verdict(panel, job):
    *steps, last = batch_heads.measure(job, "transformer")
    assert "0 of 4 headlines" in steps[0]["driving"]
    assert last == {"driving": ""}
    driven = job.driven["transformer"]
    reader = panel["transformer"]
    alone = [carried(reader, attribute(reader, text)).heads for text in READ]
    assert [one.row.cells[0] for one in driven.rows] == READ
    np.testing.assert_allclose(driven.adds, alone, atol=1e-6)
    assert batch_heads.is_measured(panel, {"job": job, "reader": "transformer"})


def test_the_table_has_those_first_that_the_head_adds_most_to_and_opens_it_there(job):
    list(batch_heads.measure(job, "transformer"))
    adds = job.driven["transformer"].adds
    for head in range(2):
        said = str(batch_heads.draw(job, "transformer", 0, head))
        opens = [json.loads(unescape(one)) for one in re.findall('data-opens="(.*?)"', said)]
        order = np.argsort(-adds[:, 0, head])
        assert [one["text"] for one in opens] == [READ[place] for place in order]
        assert {one["set"]["head"] for one in opens} == {head}
        assert f"{adds[:, 0, head].max():+.2f}" in said
        assert f"Head {head + 1}: the headlines that drive it most" in said
        assert "4 of 5 rows were compared" in said
        assert "<b>storm" not in said


def test_a_job_that_is_gone_or_was_measured_already_is_left_alone(job):
    assert list(batch_heads.measure(None, "transformer")) == [{"driving": ""}]
    assert list(batch_heads.measure(job, "mine2")) == [{"driving": ""}]
    list(batch_heads.measure(job, "transformer"))
    before = job.driven["transformer"]
    assert list(batch_heads.measure(job, "transformer")) == [{"driving": ""}]
    assert job.driven["transformer"] is before


def test_a_reader_that_fails_gets_a_sentence_and_keeps_nothing(job, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError(TEXTS[0])

    monkeypatch.setattr(job.readers["transformer"], "head_shares", fail)
    *_, last = batch_heads.measure(job, "transformer")
    assert "0 of 4" in last["driving"]
    assert job.driven == {}
    assert TEXTS[0] not in caplog.text


@pytest.mark.trained
@pytest.mark.browser
def test_the_way_from_a_batch_to_a_head_in_chromium(open_page):
    page = open_page()
    open_tab(page, "Batch")
    paste(page, ["Oil prices climb", "Coach praises team", "Chip maker sues rival"])
    page.click("#batch-run")
    page.locator("#batch-reader").get_by_label("Fine-tuned BERT").check()
    page.click("#batch-drive")
    page.locator("#batch-driven tbody tr").first.wait_for()
    page.locator("#batch-layer").get_by_label("6", exact=True).check()
    page.get_by_text("Layer 6, head 1: the headlines that drive it most").wait_for()
    first = page.locator("#batch-driven th button").first
    text = first.inner_text()
    first.click()
    page.wait_for_function("text => headlineAttention.shown() === text", arg=text)
    page.get_by_text("Layer 6, head 1,").wait_for()
    assert page.get_by_label("Headline", exact=True).input_value() == text
