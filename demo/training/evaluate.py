"""Score a trained reader on the test split: `python -m demo.training.evaluate transformer`.

Writes `trained/<reader>/metrics.json` from the weights that lie there. The test split is for the
last step: whatever is tuned, is tuned on the validation split of `agnews.split`.

After that, `evaluate bert --frozen FOLDER` scores the encoder in FOLDER, whose head alone was
trained, adds its figures to that file and keeps its head.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from tqdm import tqdm

from demo.models import open_reader
from demo.models.base import Reader
from demo.reading import CLASSES, Reading
from demo.training import agnews, headlines

VARIANTS = ("title_description", "title")
OF_WRITERS = (*VARIANTS, "description")  # of a reader that writes headlines
BATCH = 64
CALIBRATION_BINS = 15
FROZEN_HEAD = "frozen_head.safetensors"


def read_all(reader: Reader, texts: Sequence[str]) -> list[Reading]:
    """Readings of many texts, without their attention, which would fill the memory."""

    def read(batch: Sequence[str]) -> list[Reading]:
        return [replace(reading, attention=None) for reading in reader.read_batch(batch)]

    return in_batches(read, texts)


def in_batches(ask: Callable[[Sequence[str]], Iterable], texts: Sequence[str]) -> list:
    """What is answered to each text, asked about batches of like length."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    found: dict[int, Any] = {}
    for start in tqdm(range(0, len(order), BATCH), unit="batch", disable=None):
        chosen = order[start : start + BATCH]
        answers = ask([texts[index] for index in chosen])
        found |= dict(zip(chosen, answers, strict=True))
    return [found[index] for index in range(len(texts))]


def scores(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Accuracy, F1 a class, confusion matrix (rows: true class), and calibration."""
    predicted = probabilities.argmax(axis=1)
    every_class = list(range(len(CLASSES)))
    f1 = f1_score(labels, predicted, labels=every_class, average=None)
    error, reliability = calibration(probabilities.max(axis=1), predicted == labels)
    return {
        "articles": len(labels),
        "accuracy": round(float(accuracy_score(labels, predicted)), 5),
        "f1": {name: round(float(score), 4) for name, score in zip(CLASSES, f1, strict=True)},
        "confusion": confusion_matrix(labels, predicted, labels=every_class).tolist(),
        "expected_calibration_error": round(error, 4),
        "reliability": reliability,
    }


def calibration(confidence: np.ndarray, correct: np.ndarray) -> tuple[float, list[dict]]:
    """Expected calibration error and the bins of a reliability diagram.

    Takes the winning probability and whether it was right, (texts,) each. The error is the mean
    over texts of |accuracy - confidence| of their bin (Guo et al. 2017, section 2), with
    `CALIBRATION_BINS` bins of equal width; empty bins are left out.
    """
    place = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    bins = [
        {
            "confidence": round(float(confidence[inside].mean()), 4),
            "accuracy": round(float(correct[inside].mean()), 4),
            "articles": int(inside.sum()),
        }
        for inside in (place == index for index in range(CALIBRATION_BINS))
        if inside.any()
    ]
    gaps = [abs(b["accuracy"] - b["confidence"]) * b["articles"] for b in bins]
    return sum(gaps) / len(confidence), bins


def test_scores(reader: Reader, articles: Sequence[agnews.Article]) -> dict:
    """The scores of a reader by text variant; of one that writes, its headlines' as well."""
    found = {}
    writes = reader.read("A headline").alignment is not None
    for name in OF_WRITERS if writes else VARIANTS:
        texts, labels = agnews.variant(articles, name)
        readings = read_all(reader, texts)
        found[name] = scores(np.array([one.probabilities for one in readings]), labels)
        print(f"{name}: accuracy {found[name]['accuracy']:.4f} on {len(texts)} articles")
        if writes:
            pairs = [
                (reading, article.title)
                for reading, article in zip(readings, agnews.having(articles, name), strict=True)
                if article.title and article.description
            ]
            found[name]["headlines"] = headlines.score(*zip(*pairs, strict=True))
            print(f"{name}: {headlines.in_words(found[name]['headlines'])}")
    return found


def evaluate(reader: Reader, articles: Sequence[agnews.Article], weights: Path) -> dict:
    """Everything that metrics.json says of a reader whose weights lie in the file `weights`."""
    return {
        "reader": reader.info.name,
        "parameters": reader.info.parameters,
        "weights": weights.name,
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "test": test_scores(reader, articles),
    }


def keep_head(weights: Path, kept: Path) -> None:
    """Copy the head, a few kB, out of the weights of an encoder."""
    head = {name: part for name, part in load_file(weights).items() if "classifier" in name}
    save_file(head, kept)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Score a trained reader on AG News' test split.")
    parser.add_argument("reader", help="its folder's name")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--trained", type=Path, default=Path("trained"))
    parser.add_argument("--frozen", type=Path, help="folder that `encoder --frozen` wrote")
    arguments = parser.parse_args()
    folder = arguments.trained / arguments.reader
    try:
        reader = open_reader(arguments.frozen or folder, arguments.reader)
        articles = agnews.load(arguments.data)[1]
    except ValueError as error:
        parser.error(str(error))
    written = folder / "metrics.json"
    if arguments.frozen:
        metrics = json.loads(written.read_text("utf-8"))
        keep_head(arguments.frozen / reader.weights_file, folder / FROZEN_HEAD)
        frozen = evaluate(reader, articles, folder / FROZEN_HEAD)
        metrics["frozen"] = {name: frozen[name] for name in ("weights", "weights_sha256", "test")}
    else:
        before = json.loads(written.read_text("utf-8")) if written.is_file() else {}
        metrics = evaluate(reader, articles, folder / reader.weights_file)
        metrics |= {name: before[name] for name in ("frozen",) if name in before}
    written.write_text(json.dumps(metrics, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
