"""Do the words add up? `python -m tests.sums --data DIR`.

Prints for each reader in `trained/` how far the shares of the words and the remainder are from the
logit at worst, for every class, over the articles that evidence is scored on, and how long the
decomposition of a 16-word headline takes.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from demo.models import open_reader
from demo.models.base import Reader
from demo.serving.panel import reader_folders
from demo.training import evidence
from tests.benchmarks.readers import HEADLINE
from tests.benchmarks.timing import timed

ALLOWED = 1e-3  # of a logit


def furthest(reader: Reader, texts: list[str]) -> float:
    """The largest |sum - contrast|, where the contrast is that of the reader's probabilities."""
    worst = 0.0
    for text in texts:
        (shares,) = reader.classify([text])
        logits, found = np.log(shares), reader.decompose(text, range(len(shares)))
        sums = found.shares.sum(-1) + found.remainder
        worst = max(worst, float(np.abs(sums - (logits - logits.mean())).max()))
    return worst


def main() -> None:
    """The command line; exits with 1 if a sum is further off than allowed."""
    parser = argparse.ArgumentParser(description="How far words are from adding up to the logit.")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--articles", type=int, default=evidence.ARTICLES)
    arguments = parser.parse_args()
    texts = evidence.articles(arguments.data, arguments.articles)
    failed = False
    for name, folder in reader_folders(Path("trained")).items():
        reader = open_reader(folder, name)
        worst = furthest(reader, texts)
        winner = int(reader.classify([HEADLINE])[0].argmax())
        took = timed(partial(reader.decompose, HEADLINE, [winner]))
        print(
            f"{name}: at most {worst:.1e} from the logit on {len(texts)} articles; "
            f"{took['median_ms']} ms for one class of 16 words",
            flush=True,
        )
        failed |= worst > ALLOWED
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
