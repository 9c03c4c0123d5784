import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import numpy as np
import pytest

from demo import load_panel
from demo.models.transformer import TransformerReader
from demo.serving.panel import KEPT, Panel


def test_a_reader_that_cannot_be_opened_is_left_out_and_said(tiny_reader, tmp_path, caplog):
    tiny_reader.save(tmp_path / "transformer")
    (tmp_path / "bert").mkdir()
    with caplog.at_level(logging.WARNING):
        panel = load_panel(tmp_path)
    assert list(panel) == ["transformer"]
    assert "config.json is missing" in panel.missing["bert"]
    assert "Fine-tuned BERT is off" in caplog.text


def test_a_reader_without_a_folder_is_no_fault(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path / "transformer")
    assert load_panel(tmp_path).missing == {}


def test_another_folder_for_bert_is_taken_from_the_environment(tiny_reader, tmp_path, monkeypatch):
    tiny_reader.save(tmp_path / "transformer")
    elsewhere = tmp_path / "my-own-bert"
    elsewhere.mkdir()
    monkeypatch.setenv("BERT_DIR", str(elsewhere))
    assert str(elsewhere) in load_panel(tmp_path).missing["bert"]


def test_a_folder_without_any_reader_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no folder of a reader"):
        load_panel(tmp_path)
    (tmp_path / "transformer").mkdir()
    with pytest.raises(ValueError, match=r"No reader could be opened.*config\.json is missing"):
        load_panel(tmp_path)


class Failing(TransformerReader):
    """A reader that fails as a network would, on texts with a certain word."""

    title = "Failing reader"

    def read_batch(self, texts):
        if any("storm" in text for text in texts):
            raise RuntimeError(f"out of range: {texts}")
        return super().read_batch(texts)


@pytest.fixture
def panel(tiny_reader):
    panel = Panel()
    panel["transformer"] = tiny_reader
    panel["failing"] = Failing(tiny_reader.network, tiny_reader.config, tiny_reader.vocabulary)
    return panel


def test_a_text_asked_for_again_is_not_read_again(panel):
    first = panel.read("transformer", "Oil prices climb")
    assert panel.read("transformer", "Oil prices climb") is first
    assert panel.read("failing", "Oil prices climb") is not first
    for index in range(KEPT):
        panel.read("transformer", f"Oil {index}")
    assert panel.read("transformer", "Oil prices climb") is not first


def test_a_text_asked_for_while_it_is_read_is_read_once(panel, monkeypatch):
    texts, started, gate = [], Event(), Event()
    read_batch = panel["transformer"].read_batch

    def slow(asked):
        texts.extend(asked)
        started.set()
        assert gate.wait(20)
        return read_batch(asked)

    monkeypatch.setattr(panel["transformer"], "read_batch", slow)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(panel.read_all, "Oil prices climb")
        assert started.wait(20)
        asked = [pool.submit(panel.read, "transformer", "Oil prices climb") for _ in range(7)]
        gate.set()
        whole = first.result(20)
        assert {id(one.result(20)) for one in asked} == {id(whole["transformer"])}
    assert texts == ["Oil prices climb"]


def test_a_reader_that_fails_stands_beside_the_others(panel):
    found = panel.read_all("Oil storm")
    assert list(found) == ["transformer", "failing"]
    assert found["transformer"].text == "Oil storm"
    assert isinstance(found["failing"], ValueError)
    assert "failed on this text" in str(found["failing"])


def test_a_failed_reading_is_tried_again(panel, monkeypatch):
    with pytest.raises(ValueError, match="failed on this text"):
        panel.read("failing", "Oil storm")
    monkeypatch.setattr(panel["failing"], "read_batch", panel["transformer"].read_batch)
    assert panel.read("failing", "Oil storm").text == "Oil storm"


def test_many_at_once_get_each_their_own_answer(panel):
    del panel["failing"]
    texts = [" ".join(("oil", "storm", "prices")[i % 3 :] * (1 + i % 5)) for i in range(200)]
    with ThreadPoolExecutor(50) as pool:
        readings = list(pool.map(partial(panel.read, "transformer"), texts))
        shares = list(pool.map(panel.classify, texts))
    for text, reading, share in zip(texts, readings, shares, strict=True):
        alone = panel["transformer"].read(text)
        assert reading.text == text
        assert np.abs(reading.probabilities - alone.probabilities).max() < 1e-5
        assert np.abs(share["transformer"] - alone.probabilities).max() < 1e-5


def test_a_reader_that_fails_gets_a_sentence_and_no_text_into_the_log(panel, caplog):
    for ask in (partial(panel.read, "failing"), panel.classify):
        with pytest.raises(ValueError, match="Failing reader failed on this text"):
            ask("Oil storm")
    assert "RuntimeError" in caplog.text
    assert "read_batch" in caplog.text
    assert "Oil" not in caplog.text
    assert panel.read("transformer", "Oil storm").text == "Oil storm"
    assert panel.read("failing", "Oil prices").text == "Oil prices"


def test_a_text_that_cannot_be_read_is_refused_before_it_meets_others(panel):
    for ask in (partial(panel.read, "transformer"), panel.read_all, panel.classify):
        with pytest.raises(ValueError, match="nothing to read"):
            ask(" ")
