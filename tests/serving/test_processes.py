"""Readers in processes beside the page: the answers of readers here, whatever dies meanwhile."""

import io
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import numpy as np
import pytest

from demo.models import framework_of, open_reader
from demo.models.base import Card
from demo.sentences import InputError, speaking
from demo.serving.batching import Answer
from demo.serving.limits import ServingLimits
from demo.serving.processes import Answering, ReaderProcess, begin_panel
from tests import tiny_encoders
from tests.conftest import ROOT, TINY_WORDS, TRAINED
from tests.serving.conftest import TEXT, assert_same_answers

LIMIT_S = 120  # for a process to begin on a machine that is busy


@pytest.fixture(scope="module")
def folder(tiny_reader, tiny_writer, tmp_path_factory):
    """A reader of each framework, one more of the first, and one that cannot be opened."""
    folder = tmp_path_factory.mktemp("trained")
    for kind, reader in (("transformer", tiny_reader), ("rnnsearch", tiny_writer)):
        reader.save(folder / kind)
        Card(kind, kind).save(folder / kind)
    tiny_encoders.write(folder / "bert")
    (folder / "broken").mkdir()
    return folder


@pytest.fixture(scope="module")
def panel(folder):
    panel = begin_panel(folder)()
    yield panel
    for name in panel:
        process_of(panel, name).close()


def process_of(panel, name):
    """The process that computes with a reader, once it runs."""
    return panel[name]._worker._process


def pid_of(panel, name):
    return process_of(panel, name)._process.pid


@pytest.mark.parametrize("name", ["transformer", "rnnsearch", "bert"])
def test_answers_are_those_of_a_reader_here(panel, folder, name):
    assert_same_answers(panel[name], open_reader(folder / name))


def test_a_framework_has_one_process(panel):
    assert process_of(panel, "transformer") is process_of(panel, "rnnsearch")
    assert process_of(panel, "transformer") is not process_of(panel, "bert")
    assert {framework_of(TRAINED / name) for name in ("transformer", "rnnsearch")} == {"tensorflow"}
    assert framework_of(TRAINED / "bert") == "torch"


def test_a_reader_that_cannot_be_opened_is_left_out_and_said(panel):
    assert set(panel) == {"transformer", "rnnsearch", "bert"}
    assert "config.json is missing" in panel.missing["broken"]
    assert panel.titles["broken"] == "broken"


def test_a_folder_without_any_reader_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"No reader could be opened in .*: it holds no folder"):
        begin_panel(tmp_path)()


def test_a_sentence_is_said_in_the_language_of_who_reads_it(panel):
    with pytest.raises(InputError) as caught:
        panel["transformer"].force_alignment(TEXT, np.ones((1, 1), np.float32))
    english = str(caught.value)
    with speaking("ko"):
        assert str(caught.value) != english


def test_a_failure_is_a_sentence(panel):
    with pytest.raises(ValueError, match="bert failed on this text"):
        panel["bert"].mask_heads(TEXT, np.ones((1, 77, 77), np.float32))


@pytest.fixture
def process(folder):
    """A process that has opened BERT, and may be followed by others at once."""
    process = ReaderProcess(ServingLimits(pause_s=0))
    process.open("bert", folder / "bert", ()).result(LIMIT_S)
    yield process
    process.close()


def test_of_a_failure_the_text_is_neither_logged_nor_sent(folder, capfd):
    process = ReaderProcess(ServingLimits())
    process.open("bert", folder / "bert", ())
    masks = np.ones((1, 77, 77), np.float32)
    asked = process.ask("bert", "mask_heads", ("a secret storm", masks))
    assert "secret" not in repr(asked.exception(LIMIT_S))
    said = capfd.readouterr().err
    assert "bert failed, RuntimeError" in said
    assert "secret" not in said
    process.close()


def test_many_at_once_get_each_their_own_answer(panel, folder):
    here = open_reader(folder / "bert")
    texts = [f"{first} {second}" for first in TINY_WORDS for second in TINY_WORDS]
    with ThreadPoolExecutor(16) as users:
        found = list(users.map(panel["bert"].read, texts))
    for reading, expected in zip(found, here.read_batch(texts), strict=True):
        assert reading.text == expected.text
        assert np.abs(reading.probabilities - expected.probabilities).max() < 1e-5


def test_a_process_that_is_killed_loses_and_mixes_no_answer(panel, folder):
    here = open_reader(folder / "bert")
    texts = [f"{first} {second} {TEXT}" for first in TINY_WORDS for second in TINY_WORDS]
    before = pid_of(panel, "bert")
    killing = Thread(target=lambda: (time.sleep(0.02), os.kill(before, signal.SIGKILL)))
    killing.start()
    with ThreadPoolExecutor(16) as users:
        found = list(users.map(lambda text: panel["bert"].classify([text])[0], texts * 8))
    killing.join()
    found.append(panel["bert"].classify([TEXT])[0])  # at the latest now another one is there
    assert pid_of(panel, "bert") != before
    assert np.abs(np.array(found) - here.classify([*texts * 8, TEXT])).max() < 1e-5


def killed_until_answered(process, asked):
    """The number of processes that were killed before a question had its answer."""
    killed = set()
    while not asked.done():
        running = process._process
        if running and running.pid not in killed:
            killed.add(running.pid)
            running.kill()
        time.sleep(0.01)
    return len(killed)


def test_a_question_that_ends_two_processes_fails_and_the_next_one_is_answered(process):
    asked = process.ask("bert", "read", (TEXT, None))
    assert killed_until_answered(process, asked) == 2
    assert isinstance(asked.exception(), RuntimeError)
    assert process.ask("bert", "read", (TEXT, None)).result(LIMIT_S).text == TEXT


def test_processes_that_end_without_an_answer_are_followed_by_none_for_a_while(folder):
    process = ReaderProcess(ServingLimits(pause_s=600))
    process.open("bert", folder / "bert", ()).result(LIMIT_S)
    killed_until_answered(process, process.ask("bert", "read", (TEXT, None)))
    asked = process.ask("bert", "read", (TEXT, None))
    assert "ended twice" in str(asked.exception(0))
    assert process._process is None


def test_a_reader_whose_opening_ends_the_process_leaves_the_others(folder):
    process = ReaderProcess(ServingLimits(pause_s=0))
    records = [process.open(name, folder / "bert", ()) for name in ("large", "small", "smaller")]
    process._process.kill()
    assert isinstance(records[0].exception(LIMIT_S), RuntimeError)
    assert [record.result(LIMIT_S).info.name for record in records[1:]] == ["small", "smaller"]
    assert process.ask("small", "read", (TEXT, None)).result(LIMIT_S).text == TEXT
    process.close()


def test_what_cannot_be_sent_fails_alone(process):
    asked = process.ask("bert", "read", (TEXT, lambda: 0))
    assert isinstance(asked.exception(0), TypeError | AttributeError | pickle.PicklingError)
    assert process.ask("bert", "read", (TEXT, None)).result(LIMIT_S).text == TEXT


def test_an_answer_that_cannot_be_sent_fails_alone():
    output = io.BytesIO()
    answering = Answering(output)
    answering._give(7, "bert", Answer(["first", lambda: 0] * 9999))
    answering._give(8, "bert", Answer("second"))
    output.seek(0)
    number, failed = pickle.load(output)
    assert (number, type(failed.error)) == (7, RuntimeError)
    assert pickle.load(output) == (8, Answer("second"))


def test_nothing_is_asked_of_a_process_that_was_closed(process):
    running = process._process
    process.close()
    assert running.wait(LIMIT_S) == 0
    assert isinstance(process.ask("bert", "read", (TEXT, None)).exception(LIMIT_S), RuntimeError)


def test_a_process_is_of_this_project_wherever_the_page_is_started(folder, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "__init__.py").write_text("raise SystemExit('another project')")
    program = f"""
import sys
sys.path[0] = {str(ROOT)!r}
from demo.serving.processes import begin_panel
print(*begin_panel(sys.argv[1])())
"""
    command = [sys.executable, "-c", program, str(folder)]
    said = subprocess.check_output(command, cwd=tmp_path, text=True)
    assert set(said.split()) == {"transformer", "rnnsearch", "bert"}


def test_the_processes_end_with_who_began_them(folder):
    program = """
import sys, time
from demo.serving.processes import begin_panel
panel = begin_panel(sys.argv[1])()
print(*{one._worker._process._process.pid for one in panel.values()}, flush=True)
time.sleep(600)
"""
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as page:
        pids = page.stdout.readline().split()
        page.kill()
    assert len(pids) == 2
    end = time.monotonic() + LIMIT_S
    while any(runs(pid) for pid in pids):
        assert time.monotonic() < end
        time.sleep(0.05)


def runs(pid):
    """Whether a process is there, and not merely not yet taken note of by its parent."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_page_of_processes_imports_no_framework(folder):
    program = """
import sys
from demo.serving.processes import begin_panel
opened = begin_panel(sys.argv[1])
from demo.page.build import build
build(opened())
print({"tensorflow", "torch", "keras", "transformers"} & set(sys.modules))
"""
    command = [sys.executable, "-c", program, str(folder)]
    said = subprocess.check_output(command, cwd=ROOT, text=True)
    assert said.splitlines()[-1] == "set()"
