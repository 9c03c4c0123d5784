"""The records of the readers, from the files beside their weights."""

import json
import shutil

import pytest

from demo import load_panel
from demo.serving import records
from tests.conftest import TRAINED

pytestmark = pytest.mark.trained


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


def test_a_record_says_what_the_files_say(panel):
    found = records.load(panel)
    assert list(found) == list(panel)
    for name, record in found.items():
        metrics = json.loads((TRAINED / name / "metrics.json").read_text("utf-8"))
        assert record.test == metrics["test"]
        assert record.parameters == metrics["parameters"]
        assert record.weights_bytes == (TRAINED / name / metrics["weights"]).stat().st_size
        assert record.about.startswith(("Sorts a news text", "Reads a news text"))
        assert "2004" in record.points["Limits"]
        assert "\n" not in record.points["Trained on"]
        assert record.evidence_articles == 500


@pytest.mark.parametrize("damage", ["missing", "no JSON", "a list"])
def test_what_is_missing_or_damaged_is_left_out(panel, tmp_path, damage):
    folder = tmp_path / "transformer"
    shutil.copytree(TRAINED / "transformer", folder)
    for name in ("evidence.json", "README.md"):
        if damage == "missing":
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(b"\xff{" if damage == "no JSON" else b"[1]")
    panel.folders["transformer"], kept = folder, panel.folders["transformer"]
    try:
        record = records.of_reader(panel, "transformer")
        assert record.rankings == {}
        assert record.points == {}
        assert record.test
        (folder / "metrics.json").unlink()
        assert "transformer" not in records.load(panel)
    finally:
        panel.folders["transformer"] = kept


def test_a_card_is_parsed_to_its_last_point():
    card = "# A\n\nOne\n`two`.\n\n* **First**: a\n  b.\n* **Second** c.\n\nWritten by x.\n"
    assert records.card(card) == ("One `two`.", {"First": "a b.", "Second": "c."})
    assert records.card("") == ("", {})
