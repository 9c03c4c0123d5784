"""Classes of many texts beside transformers: `python -m tests.benchmarks.classify --data DIR`.

`DIR` holds AG News' test.csv. On 5,000 of its titles and 2,000 of its whole texts, in turn and the
best of three: `pipeline(batch_size=64)` with BERT's weights in single precision, and `classify` of
each reader. Prints texts a second and the largest difference of a probability, and writes both to
tests/benchmarks/classify.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from demo.models import open_reader
from demo.models.encoder import MAX_PIECES
from demo.training import agnews
from tests.benchmarks.server import ROOT

RESULTS = Path(__file__).with_suffix(".json")
TITLES, WHOLE_TEXTS = 5_000, 2_000
TURNS = 3
BATCH = 64
BERT = "bert"


def plain(folder: Path, labels: Sequence[str]) -> Callable[[list[str]], np.ndarray]:
    """The probabilities of texts by `transformers.pipeline`, (texts, labels)."""
    network = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    run = pipeline(
        "text-classification",
        model=network.eval(),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        batch_size=BATCH,
        top_k=None,
    )

    def classify(texts: list[str]) -> np.ndarray:
        found = run(texts, truncation=True, max_length=MAX_PIECES)
        shares = [{one["label"]: one["score"] for one in each} for each in found]
        return np.array([[each[label] for label in labels] for each in shares], np.float32)

    return classify


def measure(texts: list[str], classifiers: dict[str, Callable[[list[str]], np.ndarray]]) -> dict:
    """Texts a second of each classifier, best of the turns, and how far BERT is from pipeline."""
    best = dict.fromkeys(classifiers, float("inf"))
    found = {name: classify(texts[:BATCH]) for name, classify in classifiers.items()}
    for _ in range(TURNS):
        for name, classify in classifiers.items():
            started = time.perf_counter()
            found[name] = classify(texts)
            best[name] = min(best[name], time.perf_counter() - started)
    return {
        "texts": len(texts),
        "texts_a_second": {name: round(len(texts) / seconds) for name, seconds in best.items()},
        "bert_over_pipeline": round(best["pipeline"] / best[BERT], 2),
        "largest_difference": float(np.abs(found["pipeline"] - found[BERT]).max()),
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.classify")
    parser.add_argument("--data", type=Path, required=True, help="the folder of AG News files")
    parser.add_argument("--texts", type=float, default=1.0, help="a share of the texts, for a look")
    asked = parser.parse_args()
    folders = {name: ROOT / "trained" / name for name in ("transformer", "rnnsearch", BERT)}
    readers = {name: open_reader(folder) for name, folder in folders.items()}
    classifiers = {"pipeline": plain(folders[BERT], readers[BERT].info.labels)}
    classifiers |= {name: reader.classify for name, reader in readers.items()}
    articles = agnews.read_csv(asked.data / "test.csv")
    titles, whole = (
        agnews.variant(articles, name)[0][: int(asked.texts * most)]
        for name, most in (("title", TITLES), ("title_description", WHOLE_TEXTS))
    )
    results = {
        "threads": torch.get_num_threads(),
        "titles": measure(titles, classifiers),
        "whole_texts": measure(whole, classifiers),
    }
    written = json.dumps(results, indent=1)
    print(written)
    RESULTS.write_text(f"{written}\n", "utf-8")


if __name__ == "__main__":
    main()
