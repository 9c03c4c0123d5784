"""The readers on the GPU beside the processor: `python -m tests.gpu`.

Prints the device, the time of a warm reading by reader, and the largest difference from what the
processor answers. Without a GPU it says so and measures nothing.
"""

from __future__ import annotations

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from demo.models import open_reader
from demo.reading import Reading
from demo.runtime import device
from demo.serving.panel import reader_folders

ROOT = Path(__file__).parent.parent
TEXTS = (
    "Oil prices climb as storm shuts refineries along the coast",
    "Apple unveils a phone",
    " ".join(["Striker scores twice as Rovers beat United"] * 12),
)
RUNS = 30
ALLOWED = 1e-3  # of a probability or a weight


def answers() -> dict[str, list[Reading]]:
    """What every reader makes of the texts, wherever it computes; prints how long that takes."""
    found = {}
    for name, folder in reader_folders(ROOT / "trained").items():
        reader = open_reader(folder, name)  # by itself: a panel would keep its answers
        reader.warm_up()
        found[name] = [reader.read(text) for text in TEXTS]
        times_s = []
        for _ in range(RUNS):
            started = time.perf_counter()
            reader.read(TEXTS[0])
            times_s.append(time.perf_counter() - started)
        print(f"{name}: {1000 * statistics.median(times_s):.1f} ms")
    return found


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


def on_processor(backend: str) -> dict[str, list[Reading]]:
    """The same from a fresh process without a GPU, Keras on this backend."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers"
        environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": backend}
        command = [sys.executable, "-m", "tests.gpu", str(file)]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        return pickle.loads(file.read_bytes())


def furthest(found: dict[str, list[Reading]], expected: dict[str, list[Reading]]) -> dict:
    """The largest difference of each reader's answers."""
    return {name: max(map(difference, found[name], expected[name])) for name in expected}


def main() -> None:
    """Compare; exits with 1 if an answer is further off than allowed."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_bytes(pickle.dumps(answers()))
        return
    if not device.has_gpu():
        sys.exit("There is no GPU that PyTorch can use here: nothing was measured.")
    print("processor", flush=True)
    expected = on_processor("torch")
    import torch

    print(torch.cuda.get_device_name())
    worst = furthest(answers(), expected)
    for name, far in worst.items():
        print(f"{name}: at most {far:.6f} from the processor")
    sys.exit(max(worst.values()) > ALLOWED)


if __name__ == "__main__":
    main()
