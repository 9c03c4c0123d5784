"""The records of the readers, from the files beside their weights."""

import json
import shutil

import pytest

from demo import load_panel
from demo.models.base import Card
from demo.serving.records import record
from tests.conftest import TRAINED

pytestmark = pytest.mark.trained


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


def test_a_record_says_what_the_files_say(panel):
    assert list(panel.scored) == list(panel)
    for name, reader in panel.items():
        metrics = json.loads((TRAINED / name / "metrics.json").read_text("utf-8"))
        assert reader.record.test == metrics["test"]
        assert reader.info.parameters == metrics["parameters"]
        assert reader.record.weights_bytes == (TRAINED / name / metrics["weights"]).stat().st_size
        assert reader.record.evidence_articles == 500
        assert reader.info.about.startswith(("Sorts a news text", "Reads a news text"))
        facts = dict(reader.info.facts)
        assert "2004" in facts["Limits"]
        assert "\n" not in facts["Trained on"]


def test_a_card_says_the_same_to_programs_and_to_people(panel):
    for name in panel:
        said = " ".join((TRAINED / name / "README.md").read_text("utf-8").split())
        card = Card.load(TRAINED / name)
        assert f"# {card.title}" in said
        for fact in (card.about, *card.facts.values()):
            assert fact in said.replace("`", "")


@pytest.mark.parametrize("damage", ["missing", "no JSON", "a list"])
def test_what_is_missing_or_damaged_is_left_out(panel, tmp_path, damage):
    folder = tmp_path / "transformer"
    shutil.copytree(TRAINED / "transformer", folder)

    def spoil(name):
        if damage == "missing":
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(b"\xff{" if damage == "no JSON" else b"[1]")

    info, weights = panel["transformer"].info, folder / "model.weights.h5"
    spoil("evidence.json")
    assert record(info, weights).rankings == {}
    assert record(info, weights).test
    spoil("metrics.json")
    assert record(info, weights).test == {}


@pytest.mark.parametrize("content", [b"\xff{", b"[1]", b"{}", b'{"kind": 1, "colour": 2}', b""])
def test_a_damaged_card_is_a_sentence(tmp_path, content):
    (tmp_path / "reader.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"reader\.json is damaged"):
        Card.load(tmp_path)
