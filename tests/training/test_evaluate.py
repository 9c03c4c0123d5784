import numpy as np
import pytest

from demo.training.evaluate import calibration, read_all, scores


def test_scores_of_a_hand_worked_case():
    labels = np.array([0, 0, 1, 2, 3])
    predicted = np.array([0, 1, 1, 2, 3])
    probabilities = np.full((5, 4), 0.1, np.float32)
    probabilities[np.arange(5), predicted] = 0.7
    result = scores(probabilities, labels)
    assert result["accuracy"] == 0.8
    assert result["f1"]["World"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["f1"]["Sports"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["f1"]["Sci/Tech"] == 1
    assert result["confusion"][0] == [1, 1, 0, 0]
    assert result["expected_calibration_error"] == pytest.approx(0.1, abs=1e-4)


def test_calibration_error_is_the_mean_gap_of_the_bins():
    confidence = np.array([0.95, 0.95, 0.5, 0.5])
    correct = np.array([True, False, True, True])
    error, bins = calibration(confidence, correct)
    assert error == pytest.approx((2 * 0.45 + 2 * 0.5) / 4)
    assert [b["articles"] for b in bins] == [2, 2]
    assert calibration(np.array([1.0]), np.array([True]))[0] == 0


def test_predictions_keep_the_order_of_the_texts(tiny_reader):
    texts = ["oil " * n for n in (90, 1, 30, 2)]
    expected = np.array([tiny_reader.read(text).probabilities for text in texts])
    found = read_all(tiny_reader, texts)
    assert [reading.text for reading in found] == texts
    assert np.abs([reading.probabilities for reading in found] - expected).max() < 1e-5
    assert all(reading.attention is None for reading in found)
