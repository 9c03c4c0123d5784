"""How fast it is, on this machine, in one run: `python -m tests.benchmarks`.

Prints what it measured and writes it to tests/benchmarks, as results.json and as the tables of
results.md. With `--before COMMIT` the page of that commit is measured in turn with this one, where
it says so; with `--only-before` or `--only-inside`, that alone is measured anew. Times are
wall-clock; on a noisy machine compare ratios within one run, not times between runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from demo import load_panel
from tests.benchmarks import browser, inside, more_readers, readers, server

RESULTS = Path(__file__).parent / "results.json"


def rows(found: dict, *names: str) -> Iterator[tuple[str, dict]]:
    """The name and the figures of each part of the results, however deep it lies."""
    figures = {key: value for key, value in found.items() if not isinstance(value, dict)}
    if figures:
        yield " / ".join(names), figures
    for key, value in found.items():
        if key not in figures:
            yield from rows(value, *names, key)


def line(cells: Iterable) -> str:
    """A row of a table."""
    return "| " + " | ".join(str(cell).replace("_", " ") for cell in cells) + " |\n"


def tables(results: dict) -> str:
    """The results as Markdown: a heading a section, a table for rows of the same figures."""
    parts = ["# Figures of one run of `python -m tests.benchmarks`\n"]
    for section, found in results.items():
        parts.append(f"## {section.replace('_', ' ')}\n")
        for columns, same in groupby(rows(found), key=lambda row: tuple(row[1])):
            table = line(["", *columns]) + line(["---"] * (1 + len(columns)))
            parts.append(table + "".join(line([name, *row.values()]) for name, row in same))
    return "\n".join(parts)


def write(results: dict) -> None:
    """Print the results and write them beside this file."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    RESULTS.with_suffix(".md").write_text(tables(results), "utf-8")
    print(tables(results))


def main() -> None:
    """Measure everything, print it, write it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--before", metavar="COMMIT", help="a commit to compare the page with")
    parser.add_argument(
        "--only-before", action="store_true", help="keep the other figures of the last run"
    )
    parser.add_argument("--rounds", type=int, default=server.ROUNDS, help="of the two in turn")
    parser.add_argument(
        "--only-inside", action="store_true", help="keep the figures but those of Inside"
    )
    asked = parser.parse_args()
    if asked.only_inside:
        results = json.loads(RESULTS.read_text("utf-8"))
        return write(results | {"inside_in_the_browser": inside.measure()})
    if asked.only_before:
        results = json.loads(RESULTS.read_text("utf-8"))
        results = {key: found for key, found in results.items() if not key.endswith("_and_now")}
        in_turn = server.before_and_after(asked.before, browser.seen, asked.rounds)
        return write(results | {f"{asked.before}_and_now": in_turn})
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    results = {"machine": machine, "cold_start": server.cold_start()}
    if asked.before:
        in_turn = server.before_and_after(asked.before, browser.seen, asked.rounds)
        results[f"{asked.before}_and_now"] = in_turn
    results["two_more_readers"] = more_readers.measure()
    results["page"] = browser.measure()
    results["inside_in_the_browser"] = inside.measure()
    trained = server.ROOT / "trained"
    results |= readers.measure(load_panel(trained), trained)
    results["classify_over_http"] = server.classify_over_http(results["bare_pass_16_words"])
    write(results)


if __name__ == "__main__":
    main()
