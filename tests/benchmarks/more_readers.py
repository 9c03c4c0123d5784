"""What two more readers of MiniLM's size cost: `python -m tests.benchmarks.more_readers`.

The page is started in turn without and with them, two copies of the committed BERT. Prints the
median seconds until it answers, its median memory then, and what the weights of two such readers
take in single precision.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from pathlib import Path

from tests.benchmarks import server

ROUNDS = 3
BYTES = 4  # of a weight in single precision
TRAINED = server.ROOT / "trained" / "bert"


def measure(rounds: int = ROUNDS) -> dict:
    """Medians without and with two more readers, and the difference of the two."""
    runs: dict[str, list[dict[str, float]]] = {"three": [], "five": []}
    with tempfile.TemporaryDirectory() as folder:
        # No card: these are readers as somebody brings them.
        places = [
            shutil.copytree(
                TRAINED, Path(folder) / name, ignore=shutil.ignore_patterns("reader.json")
            )
            for name in ("one", "other")
        ]
        more = " ".join(f"{place.name}={place}" for place in places)
        for _ in range(rounds):
            for name, readers in (("three", ""), ("five", more)):
                with server.running_page(READERS=readers) as (_, ready_s, process):
                    memory_mb = server.resident_mb(process)
                    runs[name].append({"ready_s": ready_s, "memory_mb": memory_mb})
    found = {
        name: {key: statistics.median(run[key] for run in same) for key in same[0]}
        for name, same in runs.items()
    }
    parameters = json.loads((TRAINED / "metrics.json").read_text("utf-8"))["parameters"]
    found["two_more"] = {key: found["five"][key] - found["three"][key] for key in found["five"]}
    found["two_more"]["weights_mb"] = 2 * parameters * BYTES / 1024**2
    return {
        name: {key: round(value, 2) for key, value in figures.items()}
        for name, figures in found.items()
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
