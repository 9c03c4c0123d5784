import logging

import pytest

from demo.models import READERS, load_panel


def test_a_reader_that_cannot_be_opened_is_left_out_and_said(tiny_reader, tmp_path, caplog):
    tiny_reader.save(tmp_path / "transformer")
    with caplog.at_level(logging.WARNING):
        panel = load_panel(tmp_path)
    assert list(panel) == ["transformer"]
    assert list(panel.missing) == [kind.name for kind in READERS[1:]]
    assert len(caplog.records) == len(panel.missing)


def test_a_folder_without_any_reader_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"No reader could be opened.*config\.json is missing"):
        load_panel(tmp_path)
