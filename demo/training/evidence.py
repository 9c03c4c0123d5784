"""Score every ranking of words on test articles: `python -m demo.training.evidence --data DIR`.

Writes `trained/<reader>/evidence.json` for each reader in `trained/`: comprehensiveness,
sufficiency and Kendall's tau with leave-one-out (see `demo/analysis/faithfulness.py`) of each
ranking, random and uniform ones beside them, as means over the same articles with 95 % bootstrap
intervals.
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

from demo import load_panel
from demo.analysis import faithfulness
from demo.analysis.faithfulness import Scores
from demo.serving.panel import ServedReader
from demo.training import agnews

ARTICLES = 500
SEED = 2020
RESAMPLES = 2_000


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


def score(reader: ServedReader, texts: Sequence[str]) -> dict:
    """What evidence.json says of a reader: its rankings' scores over texts."""
    found = [
        faithfulness.evidence(reader, text).scores
        for text in tqdm(texts, unit="article", desc=reader.info.name, disable=None)
    ]
    return {
        "reader": reader.info.name,
        "articles": len(texts),
        "rankings": {
            ranking: {
                measure: interval(values)
                for measure in asdict(found[0][ranking])
                if (
                    values := [
                        v for one in found if (v := getattr(one[ranking], measure)) is not None
                    ]
                )
            }
            for ranking in found[0]
        },
    }


def rows(found: dict) -> list[str]:
    """The rows of README's table: mean and interval of each measure, or a dash."""
    cells = {
        ranking: [
            f"{one['mean']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"
            if (one := measures.get(measure))
            else "–"
            for measure in Scores.__match_args__
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
        texts, _ = agnews.variant(agnews.load(arguments.data)[1], "title_description")
    except ValueError as error:
        parser.error(str(error))
    panel = load_panel(arguments.trained)
    chosen = np.random.default_rng(SEED).permutation(len(texts))[: arguments.articles]
    for name in arguments.readers or panel:
        if name not in panel:
            parser.error(panel.missing.get(name, f"the readers are {', '.join(panel)}"))
        found = score(panel[name], [texts[index] for index in chosen])
        written = json.dumps(found, indent=1) + "\n"
        (arguments.trained / name / "evidence.json").write_text(written, "utf-8")
        print("\n".join(rows(found)), flush=True)


if __name__ == "__main__":
    main()
