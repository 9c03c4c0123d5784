import logging

import pytest

from demo.models import load_panel


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
