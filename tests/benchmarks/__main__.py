"""How fast it is, on this machine, in one run: `python -m tests.benchmarks`.

Prints what it measured and writes it to tests/benchmarks, as results.json and as the tables of
results.md. With `--before COMMIT` the page of that commit is measured in turn with this one, where
it says so. Times are wall-clock; on a noisy machine compare ratios within one run, not times
between runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path

from demo.models import load_panel
from tests.benchmarks import browser, readers, server

RESULTS = Path(__file__).parent / "results.json"


def rows(found: dict, *names: str) -> list[str]:
    """A line of a table for each row of figures, wherever it lies."""
    plain = {key: value for key, value in found.items() if not isinstance(value, dict)}
    lines = []
    if plain:
        figures = ", ".join(f"{key.replace('_', ' ')} **{value}**" for key, value in plain.items())
        lines.append(f"| {' / '.join(names).replace('_', ' ')} | {figures} |")
    for key, value in found.items():
        if isinstance(value, dict):
            lines += rows(value, *names, key)
    return lines


def tables(results: dict) -> str:
    """The results as Markdown, a table a section."""
    parts = ["# Figures of one run of `python -m tests.benchmarks`"]
    for section, found in results.items():
        title = section.replace("_", " ")
        head = [f"## {title}", "", "| what | figures |", "| --- | --- |"]
        parts.append("\n".join([*head, *rows(found)]))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure everything, print it, write it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--before", metavar="COMMIT", help="a commit to compare the page with")
    asked = parser.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    results = {"machine": machine, "cold_start": server.cold_start()}
    if asked.before:
        results[f"{asked.before}_and_now"] = server.before_and_after(asked.before)
    results["page"] = browser.measure()
    results |= readers.measure(load_panel(server.ROOT / "trained"))
    results["classify_over_http"] = server.classify_over_http(results["bare_pass_16_words"])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    RESULTS.with_suffix(".md").write_text(tables(results), "utf-8")
    print(tables(results))


if __name__ == "__main__":
    main()
