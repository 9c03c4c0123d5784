import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, current_thread

import numpy as np
import pytest

from demo import load_panel
from demo.analysis import faithfulness
from demo.models import open_reader
from demo.models.base import Card
from demo.models.transformer import TransformerReader
from demo.serving.panel import Panel
from tests import tiny_encoders


def test_a_reader_that_cannot_be_opened_is_left_out_and_said(tiny_reader, tmp_path, caplog):
    tiny_reader.save(tmp_path / "transformer")
    (tmp_path / "bert").mkdir()
    with caplog.at_level(logging.WARNING):
        panel = load_panel(tmp_path)
    assert list(panel) == ["transformer"]
    assert "config.json is missing" in panel.missing["bert"]
    assert "bert is off" in caplog.text


def test_a_reader_without_a_folder_is_no_fault(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path / "transformer")
    assert load_panel(tmp_path).missing == {}


def test_another_folder_for_bert_is_taken_from_the_environment(tiny_reader, tmp_path, monkeypatch):
    tiny_reader.save(tmp_path / "transformer")
    elsewhere = tmp_path / "my-own-bert"
    elsewhere.mkdir()
    monkeypatch.setenv("BERT_DIR", str(elsewhere))
    panel = load_panel(tmp_path, ["transformer", "bert"])
    assert str(elsewhere) in panel.missing["bert"]


def test_a_folder_without_any_reader_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no folder of a reader"):
        load_panel(tmp_path)
    (tmp_path / "transformer").mkdir()
    with pytest.raises(ValueError, match=r"No reader could be opened.*config\.json is missing"):
        load_panel(tmp_path)


def test_heads_masked_for_one_caller_are_not_masked_for_another(tmp_path):
    folder, text, found = tiny_encoders.write(tmp_path / "bert"), "oil prices climb", []
    reader, panel = open_reader(folder), Panel()
    panel.add(reader, folder)
    served = panel[reader.info.name]
    alone = served.classify([text])
    ask = reader.network.bert.encoder.layer[0].register_forward_pre_hook(
        lambda *_: found or found.append(served.begin_classify([text]))
    )
    masked = served.mask_heads(text, np.zeros((1, 2, 3), np.float32))
    ask.remove()
    assert np.abs(masked - alone).max() > 1e-6
    assert np.array_equal(served.finish(found[0]), alone)


class Failing(TransformerReader):
    """A reader that fails as a network would, on texts with a certain word."""

    name, card = "failing", Card("transformer", "Failing reader", place=2)

    def read_batch(self, texts, seconds=None):
        self._fail(texts)
        return super().read_batch(texts, seconds)

    def classify(self, texts):
        self._fail(texts)
        return super().classify(texts)

    def _fail(self, texts):
        if any("storm" in text for text in texts):
            raise RuntimeError(f"out of range: {texts}")


@pytest.fixture
def panel(tiny_reader, tmp_path):
    panel = Panel()
    panel.add(tiny_reader, tmp_path)
    panel.add(Failing(tiny_reader.network, tiny_reader.config, tiny_reader.vocabulary), tmp_path)
    return panel


@pytest.fixture
def passes(tiny_reader, monkeypatch):
    """The texts of every pass through the network of a panel's first reader."""
    seen, read_batch = [], tiny_reader.read_batch

    def counted(texts, seconds=None):
        seen.append(list(texts))
        return read_batch(texts, seconds)

    monkeypatch.setattr(tiny_reader, "read_batch", counted)
    return seen


def test_a_text_asked_for_again_is_not_read_again(panel, passes):
    reader, failing = panel["transformer"], panel["failing"]
    first = reader.read("Oil prices climb")
    assert reader.read("Oil prices climb") is first
    assert passes == [["Oil prices climb"]]
    assert failing.read("Oil prices climb") is not first
    for index in range(panel.limits.kept):
        reader.read(f"Oil {index}")
    assert reader.read("Oil prices climb") is not first


def test_evidence_reads_the_whole_text_once_and_is_kept(panel, passes):
    reader, text = panel["transformer"], "oil prices climb as storm shuts the court"
    reader.read(text)
    found = reader.kept(faithfulness.evidence, text)
    assert reader.kept(faithfulness.evidence, text) is found
    assert [asked for asked in passes if text in asked] == [[text]]


def test_a_text_asked_for_while_it_is_read_is_read_once(panel, tiny_reader, monkeypatch):
    texts, started, gate = [], Event(), Event()
    read_batch = tiny_reader.read_batch

    def slow(asked, seconds=None):
        texts.extend(asked)
        started.set()
        assert gate.wait(20)
        return read_batch(asked, seconds)

    monkeypatch.setattr(tiny_reader, "read_batch", slow)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(panel.read_all, "Oil prices climb")
        assert started.wait(20)
        asked = [pool.submit(panel["transformer"].read, "Oil prices climb") for _ in range(7)]
        gate.set()
        whole = first.result(20)
        assert {id(one.result(20)) for one in asked} == {id(whole["transformer"])}
    assert texts == ["Oil prices climb"]


def test_classes_of_a_text_that_several_ask_for_are_computed_once(panel, tiny_reader, monkeypatch):
    texts, started, gate = [], Event(), Event()
    classify = tiny_reader.classify

    def slow(asked):
        texts.append(list(asked))
        started.set()
        assert gate.wait(20)
        return classify(asked)

    monkeypatch.setattr(tiny_reader, "classify", slow)
    served = panel["transformer"]
    begun = [served.begin_classify(["Oil"])]
    assert started.wait(20)
    begun += [served.begin_classify(asked) for asked in (["climb", "storm"], ["storm"], ["climb"])]
    gate.set()
    _, both, storm, climb = map(served.finish, begun)
    assert texts == [["Oil"], ["climb", "storm"]]
    assert np.array_equal(both, [climb[0], storm[0]])


def test_every_pass_of_a_reader_runs_on_its_one_thread(panel, tiny_reader, monkeypatch):
    threads = set()
    passes = ("mask_heads", "value_norms", "gradient_x_input", "decompose", "head_shares", "trace")
    for name in ("read_batch", "classify", *passes):
        method = getattr(tiny_reader, name)

        def noted(*arguments, method=method):
            threads.add(current_thread().name)
            return method(*arguments)

        monkeypatch.setattr(tiny_reader, name, noted)
    with ThreadPoolExecutor(4) as pool:
        texts = [f"oil prices climb {index}" for index in range(4)]
        list(pool.map(panel["transformer"].read, texts))
        list(pool.map(panel["transformer"].classify, [texts]))
        list(pool.map(partial(panel["transformer"].kept, faithfulness.evidence), texts))
        list(pool.map(panel["transformer"].trace, texts))
        list(pool.map(panel["transformer"].head_shares, texts, range(4)))
    assert threads == {"transformer"}


def test_a_reader_that_fails_stands_beside_the_others(panel):
    found = panel.read_all("Oil storm")
    assert list(found) == ["transformer", "failing"]
    assert found["transformer"].text == "Oil storm"
    assert isinstance(found["failing"], ValueError)
    assert "failed on this text" in str(found["failing"])


def test_a_failed_reading_is_tried_again(panel, monkeypatch):
    with pytest.raises(ValueError, match="failed on this text"):
        panel["failing"].read("Oil storm")
    monkeypatch.setattr(Failing, "_fail", lambda *_: None)
    assert panel["failing"].read("Oil storm").text == "Oil storm"


def test_many_at_once_get_each_their_own_answer(panel, tiny_reader):
    del panel["failing"]
    texts = [" ".join(("oil", "storm", "prices")[i % 3 :] * (1 + i % 5)) for i in range(200)]
    with ThreadPoolExecutor(50) as pool:
        readings = list(pool.map(panel["transformer"].read, texts))
        shares = list(pool.map(panel.classify, texts))
    for text, reading, share in zip(texts, readings, shares, strict=True):
        alone = tiny_reader.read(text)
        assert reading.text == text
        assert np.abs(reading.probabilities - alone.probabilities).max() < 1e-5
        assert np.abs(share["transformer"] - alone.probabilities).max() < 1e-5


def test_a_reader_that_fails_gets_a_sentence_and_no_text_into_the_log(panel, caplog):
    for ask in (panel["failing"].read, panel.classify):
        with pytest.raises(ValueError, match="Failing reader failed on this text"):
            ask("Oil storm")
    assert "RuntimeError" in caplog.text
    assert "read_batch" in caplog.text
    assert "Oil" not in caplog.text
    assert panel["transformer"].read("Oil storm").text == "Oil storm"
    assert panel["failing"].read("Oil prices").text == "Oil prices"


def test_a_text_that_cannot_be_read_is_refused_before_it_meets_others(panel):
    for ask in (panel["transformer"].read, panel.read_all, panel.classify):
        with pytest.raises(ValueError, match="nothing to read"):
            ask(" ")


def test_a_second_reader_of_one_kind_has_a_name_of_its_own(tiny_reader, tmp_path):
    for name in ("one", "two"):
        tiny_reader.save(tmp_path / name)
    panel = load_panel(tmp_path)
    assert list(panel) == ["one", "two"]
    assert panel["two"].read("oil").reader == "two"
