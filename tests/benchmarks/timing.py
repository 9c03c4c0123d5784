"""Wall-clock times of functions, in milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

RUNS = 30
WARM_UPS = 3


def milliseconds(times_s: list[float]) -> dict[str, float]:
    """Median and 95th percentile of times in seconds, in ms."""
    percentiles = statistics.quantiles(times_s, n=20)
    return {
        "median_ms": round(1000 * statistics.median(times_s), 2),
        "p95_ms": round(1000 * percentiles[-1], 2),
    }


def timed(function: Callable, runs: int = RUNS) -> dict[str, float]:
    """Median and 95th percentile of the runs of a function that has been warmed up, in ms."""
    times_s = []
    for _ in range(runs + WARM_UPS):
        started = time.perf_counter()
        function()
        times_s.append(time.perf_counter() - started)
    return milliseconds(times_s[WARM_UPS:])


def compared(one: Callable, other: Callable, pairs: int = RUNS) -> dict[str, float]:
    """Median times of two functions that are run in turn, and how many times slower `other` is."""
    times_s = {one: [], other: []}
    for _ in range(pairs + WARM_UPS):
        for function, measured in times_s.items():
            started = time.perf_counter()
            function()
            measured.append(time.perf_counter() - started)
    here, there = (statistics.median(measured[WARM_UPS:]) for measured in times_s.values())
    return {
        "here_ms": round(1000 * here, 2),
        "there_ms": round(1000 * there, 2),
        "ratio": round(there / here, 2),
    }
