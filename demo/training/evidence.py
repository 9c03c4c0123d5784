"""Score every ranking of words on test articles: `python -m demo.training.evidence --data DIR`.

Writes `trained/<reader>/evidence.json` for each reader in `trained/`: comprehensiveness,
sufficiency and Kendall's tau with leave-one-out (see `demo/analysis/faithfulness.py`) of each
ranking, random and uniform ones beside them, as means over the same articles with 95 % bootstrap
intervals. Beside the plain comprehensiveness stands the normalised one: the former is not
comparable from one network to another (see `demo/analysis/limits.py`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap
from tqdm import tqdm

from demo.analysis import faithfulness
from demo.analysis.erasure import by_word
from demo.analysis.limits import limits, normalised
from demo.models import open_reader, reader_class
from demo.models.base import Reader
from demo.serving.panel import reader_folders
from demo.training import agnews

ARTICLES = 500
SEED = 2020
RESAMPLES = 2_000
MEASURES = ("comprehensiveness", "normalised", "sufficiency", "tau")


def interval(values: Sequence[float]) -> dict[str, float]:
    """The mean of values and its 95 % percentile bootstrap interval."""
    found = bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    numbers = {"mean": np.mean(values), "low": found.low, "high": found.high}
    return {name: round(float(number), 4) for name, number in numbers.items()}


def measured(reader: Reader, text: str) -> dict[str, dict[str, float | None]]:
    """The `MEASURES` of every ranking of the words of a text, None where there is none."""
    found = faithfulness.evidence(reader, text)
    importance, scores = dict(found.importance), dict(found.scores)
    if reader_class("encoder") is type(reader):
        from demo.training import integrated_gradients  # and PyTorch, after TensorFlow

        name = integrated_gradients.NAME
        of_tokens = integrated_gradients.by_token(reader, found.reading)
        importance[name] = by_word(found.reading, of_tokens)
        scores[name] = faithfulness.score(found.erasure, importance[name], importance)
    low, high = limits(found.erasure, importance.values())
    return {
        ranking: asdict(one) | {"normalised": normalised(one.comprehensiveness, low, high)}
        for ranking, one in scores.items()
    }


def score(reader: Reader, texts: Sequence[str]) -> dict:
    """What evidence.json says of a reader: its rankings' scores over texts."""
    found = [
        measured(reader, text)
        for text in tqdm(texts, unit="article", desc=reader.info.name, disable=None)
    ]
    rankings: dict[str, dict] = {}
    for ranking in found[0]:
        values = {name: [one[ranking][name] for one in found] for name in MEASURES}
        there = {name: [v for v in several if v is not None] for name, several in values.items()}
        rankings[ranking] = {name: interval(several) for name, several in there.items() if several}
    return {"reader": reader.info.name, "articles": len(texts), "rankings": rankings}


def rows(found: dict) -> list[str]:
    """The rows of README's table: mean and interval of each measure, or a dash."""
    cells = {
        ranking: [
            f"{one['mean']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"
            if (one := measures.get(measure))
            else "–"
            for measure in MEASURES
        ]
        for ranking, measures in found["rankings"].items()
    }
    return [
        f"| `{found['reader']}` | {ranking} | {' | '.join(each)} |"
        for ranking, each in cells.items()
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Score rankings of words on test articles.")
    parser.add_argument("readers", nargs="*", help="by default every reader in the folder")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--trained", type=Path, default=Path("trained"))
    parser.add_argument("--articles", type=int, default=ARTICLES)
    arguments = parser.parse_args()
    try:
        texts = articles(arguments.data, arguments.articles)
        for name, folder in reader_folders(arguments.trained, arguments.readers or None).items():
            found = score(open_reader(folder, name), texts)
            written = json.dumps(found, indent=1) + "\n"
            (folder / "evidence.json").write_text(written, "utf-8")
            print("\n".join(rows(found)), flush=True)
    except ValueError as error:
        parser.error(str(error))


def articles(data: Path | None, count: int) -> list[str]:
    """The test articles that rankings are scored on, whole."""
    texts, _ = agnews.variant(agnews.load(data)[1], "title_description")
    return [texts[index] for index in np.random.default_rng(SEED).permutation(len(texts))[:count]]


if __name__ == "__main__":
    main()
