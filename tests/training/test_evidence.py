import json
import sys

import numpy as np
import pytest

from demo.training import evidence


def test_the_interval_holds_the_mean_and_narrows_with_more_values():
    rng = np.random.default_rng(0)
    few, many = (evidence.interval(rng.normal(1, 1, count)) for count in (30, 3000))
    for found in (few, many):
        assert found["low"] < found["mean"] < found["high"]
    assert many["high"] - many["low"] == pytest.approx(4 / np.sqrt(3000), rel=0.15)
    assert few["high"] - few["low"] > 5 * (many["high"] - many["low"])


def test_a_reader_is_scored_on_articles_and_its_file_written(tiny_reader, tmp_path, monkeypatch):
    rows = [f'"{i % 4 + 1}","oil prices {i}","the storm shuts the court as oil"' for i in range(12)]
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_text("\n".join(rows), "utf-8")
    tiny_reader.save(tmp_path / "trained" / "transformer")
    arguments = ["evidence", "--data", str(tmp_path), "--trained", str(tmp_path / "trained")]
    monkeypatch.setattr(sys, "argv", [*arguments, "--articles", "5"])
    evidence.main()
    found = json.loads((tmp_path / "trained" / "transformer" / "evidence.json").read_text())
    assert found["articles"] == 5
    assert set(found["rankings"]) > {"mean attention", "leave-one-out", "random", "uniform"}
    assert found["rankings"]["leave-one-out"]["tau"]["mean"] == 1
    assert "tau" not in found["rankings"]["uniform"]
    loo, random = (found["rankings"][name] for name in ("leave-one-out", "random"))
    assert loo["comprehensiveness"]["mean"] > random["comprehensiveness"]["mean"]
