"""Readers of one's own on the page: by the command line, by READERS, or not to be opened."""

import subprocess
import sys

import httpx
import pytest

from tests import tiny_encoders
from tests.benchmarks.load import ask
from tests.conftest import ROOT, started

pytestmark = pytest.mark.slow


@pytest.mark.trained
def test_readers_named_in_the_environment_answer_beside_the_three(tmp_path):
    mine = tiny_encoders.write(tmp_path / "mine", "roberta", ("Calm", "Loud"))
    lines = []
    readers = f"mine={mine} gone={tmp_path}/gone"
    page = started(lines, GRADIO_SERVER_PORT="7873", READERS=readers)
    with page as url, httpx.Client(timeout=60) as client:
        answer = ask(client, url, "classify", "Oil prices climb")
    assert list(answer) == ["transformer", "bert", "rnnsearch", "mine"]
    assert list(answer["mine"]) == ["Calm", "Loud"]
    assert f"gone is off: {tmp_path}/gone is no folder" in "".join(lines)


@pytest.mark.trained
def test_a_reader_that_is_not_written_so_is_said_at_the_start():
    command = [sys.executable, "app.py", "--reader", "mine"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 2
    assert "'mine' is no reader: write NAME=FOLDER or NAME=ORG/NAME[@REVISION]" in run.stderr
    assert "Traceback" not in run.stderr
