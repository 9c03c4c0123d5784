"""The readers on the GPU beside the processor: `python -m tests.gpu --data DIR`.

`DIR` holds AG News' test.csv. Prints, and writes to tests/gpu.json: the device; the time of a warm
reading and the titles a second of `classify`, by trained reader, on both; what half precision would
bring the encoder; and the largest difference of a probability or a weight from the processor's, of
every trained reader and of a tiny encoder of each family. Without a GPU it says so and measures
nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import numpy as np

from demo.models import open_reader
from demo.models.base import Reader
from demo.reading import Reading
from demo.runtime import device
from demo.serving.panel import reader_folders
from demo.training import agnews

RESULTS = Path(__file__).with_suffix(".json")
TRAINED = Path(__file__).parent.parent / "trained"
TEXTS = (
    "Oil prices climb as storm shuts refineries along the coast",
    "Apple unveils a phone",
    " ".join(["Striker scores twice as Rovers beat United"] * 12),
)
TITLES = 5_000
RUNS = 30
TURNS = 3
ALLOWED = 1e-3  # of a probability or a weight
HALF = "bert"  # the reader that half precision is tried with


@dataclass(frozen=True)
class Answers:
    """What a reader makes of the texts and titles: `shares` is float32 (titles, labels)."""

    readings: list[Reading]
    shares: np.ndarray
    read_ms: float
    titles_a_second: int

    def furthest(self, other: Answers) -> float:
        """The largest difference of a probability or weight from another's answers."""
        apart = map(difference, self.readings, other.readings)
        return max(*apart, float(np.abs(self.shares - other.shares).max()))


def answers(
    folders: Mapping[str, Path], titles: Sequence[str] = TEXTS, half: bool = False
) -> dict[str, Answers]:
    """What every reader makes of texts and titles, wherever this process computes."""
    return {name: answers_of(open_reader(folders[name], name), titles, half) for name in folders}


def answers_of(reader: Reader, titles: Sequence[str], half: bool) -> Answers:
    """The same of one reader, by itself: a panel would keep its answers."""
    import torch

    reader.warm_up()
    read_s = [seconds(lambda: reader.read(TEXTS[0])) for _ in range(RUNS)]
    with torch.autocast("cuda", torch.float16) if half else nullcontext():
        classify_s = [seconds(lambda: reader.classify(titles)) for _ in range(TURNS)]
        shares = reader.classify(titles)
    return Answers(
        readings=[reader.read(text) for text in TEXTS],
        shares=shares,
        read_ms=round(1000 * statistics.median(read_s), 1),
        titles_a_second=round(len(titles) / min(classify_s)),
    )


def seconds(run) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def difference(one: Reading, other: Reading) -> float:
    """The largest difference of their probabilities and weights; infinite if they wrote others."""
    pairs = [(one.probabilities, other.probabilities)]
    if one.attention is not None:
        pairs.append((one.attention, other.attention))
    if one.alignment is not None:
        if one.alignment.outputs != other.alignment.outputs:
            return float("inf")
        pairs.append((one.alignment.weights, other.alignment.weights))
    return max(float(np.abs(here - there).max()) for here, there in pairs)


def on_processor(backend: str, *asked) -> dict[str, Answers]:
    """The `answers` of a fresh process without a GPU, Keras on this backend."""
    settings = {"CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": backend}
    with (
        patch.dict(os.environ, settings),
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh,
    ):
        return fresh.submit(answers, *asked).result()


def trained_readers(titles: Sequence[str]) -> dict:
    """Both devices' times of the trained readers, and how far apart their answers are."""
    folders = reader_folders(TRAINED)
    processor = on_processor("torch", folders, titles)
    gpu = answers(folders, titles)
    found = {
        name: {"processor": times(processor[name]), "gpu": times(gpu[name])} for name in folders
    }
    halved = answers({HALF: folders[HALF]}, titles, half=True)[HALF]
    found[HALF]["gpu_in_half_precision"] = times(halved)
    for name, far in found.items():
        far["furthest"] = gpu[name].furthest(processor[name])
    found[HALF]["furthest_in_half_precision"] = halved.furthest(processor[HALF])
    return found


def times(of: Answers) -> dict:
    """How fast answers came."""
    return {"read_ms": of.read_ms, "titles_a_second": of.titles_a_second}


def families() -> dict[str, float]:
    """How far a tiny encoder of each family is from what it answers on the processor."""
    from tests import tiny_encoders

    with tempfile.TemporaryDirectory() as folder:
        folders = {
            family: tiny_encoders.write(Path(folder) / family, family)
            for family in tiny_encoders.FAMILIES
        }
        processor = on_processor("torch", folders)
        return {name: one.furthest(processor[name]) for name, one in answers(folders).items()}


def main() -> None:
    """Compare; exits with 1 if an answer is further off than allowed."""
    parser = argparse.ArgumentParser(prog="python -m tests.gpu")
    parser.add_argument("--data", type=Path, required=True, help="the folder of AG News files")
    asked = parser.parse_args()
    if not device.has_gpu():
        sys.exit("There is no GPU that PyTorch can use here: nothing was measured.")
    import torch

    titles = agnews.variant(agnews.read_csv(asked.data / "test.csv"), "title")[0][:TITLES]
    found = {
        "device": torch.cuda.get_device_name(),
        "cores": device.cores(),
        "titles": len(titles),
        "readers": trained_readers(titles),
        "families": families(),
    }
    written = json.dumps(found, indent=1)
    print(written)
    RESULTS.write_text(f"{written}\n", "utf-8")
    worst = max(
        *(one["furthest"] for one in found["readers"].values()), *found["families"].values()
    )
    sys.exit(int(worst > ALLOWED))


if __name__ == "__main__":
    main()
