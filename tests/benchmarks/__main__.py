"""How fast it is, on this machine, in one run: `python -m tests.benchmarks`.

Writes what it measured to tests/benchmarks, as results.json and as the tables of results.md, and
prints it. With `--before COMMIT` the page of that commit is measured in turn with this one; with
`--only SECTION ...`, these sections alone are measured anew. Times are wall-clock; on a noisy
machine compare ratios within one run, not times between runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

from tests.benchmarks import browser, inside, more_readers, readers, server

RESULTS = Path(__file__).parent / "results.json"
BEFORE = "before_and_now"  # the section of another commit


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
    """Write the results beside this file."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    RESULTS.with_suffix(".md").write_text(tables(results), "utf-8")


def sections(results: dict, commit: str | None, rounds: int) -> dict[str, Callable[[], dict]]:
    """What measures each section, in their order; some take what `results` hold by then."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    in_turn = partial(server.before_and_after, commit, browser.seen, rounds)
    return {
        "machine": lambda: machine,
        "cold_start": server.cold_start,
        **({BEFORE: in_turn} if commit else {}),
        "keras_backends": server.keras_backends,
        "two_more_readers": more_readers.measure,
        "page": browser.measure,
        "inside_in_the_browser": inside.measure,
        **readers.sections(server.ROOT / "trained"),
        "classify_over_http": lambda: server.classify_over_http(results["bare_pass_16_words"]),
    }


def main() -> None:
    """Measure what is asked for, write each section as it is there, and print all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--before", metavar="COMMIT", help="a commit to compare the page with")
    parser.add_argument("--rounds", type=int, default=server.ROUNDS, help="of the two in turn")
    parser.add_argument(
        "--only", nargs="+", metavar="SECTION", help="the other figures stay those of the last run"
    )
    asked = parser.parse_args()
    results: dict = json.loads(RESULTS.read_text("utf-8")) if asked.only else {}
    measured = sections(results, asked.before, asked.rounds)
    chosen = asked.only or list(measured)
    if unknown := set(chosen) - set(measured):
        parser.error(f"There is no section {min(unknown)}; there are {', '.join(measured)}.")
    for name in chosen:
        results[name] = measured[name]()
        write(results)
    print(tables(results))


if __name__ == "__main__":
    main()
