"""What a headline and a visitor cost, and the machines that more of them take.

`python -m tests.benchmarks.costs --data DIR` measures on this machine: of each reader, on one core,
the CPU seconds of a thousand headlines of AG News (`DIR`) and of a reading, and the memory of a
process that holds it; of the page, the bytes and the CPU seconds of a first visit, of a later one
and of a text. From that it works out, on paper, what more takes: nothing of that size was run.
Prints the tables, and writes them and the figures to tests/benchmarks/costs.md and costs.json.
`--quick` measures a tenth, for a look.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from demo.runtime.cluster import one_core
from demo.serving.panel import reader_folders
from demo.training import agnews
from tests.benchmarks import browser, server

RESULTS = Path(__file__).with_suffix(".json")
TRAINED = server.ROOT / "trained"
TITLES, READINGS, TEXTS = 5_000, 300, 40  # that are classified, read, and asked for in the page
NODE_CORES, NODE_GB = 16, 64
BUSY = 0.7  # of a core, at most, so that nobody waits long
A_NIGHT_H = 8
HEADLINES = (1_000_000, 1_000_000_000)
VISITORS = (100, 10_000, 1_000_000)
COME_S, ASK_EVERY_S = 600, 30  # all come within that time, and then each asks for texts
PEAK_MB = """
def peak_mb():
    status = open("/proc/self/status").read()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
"""
ALONE = f"""
{PEAK_MB}
import json, sys, time
from demo.serving import limits
from demo.serving.panel import load_panel
name, trained, readings = sys.argv[1], sys.argv[2], int(sys.argv[3])
titles = json.load(sys.stdin)
reader = load_panel(trained, [name], limits=limits.BULK)[name]
reader.classify(titles[:64])
began = time.process_time()
reader.classify(titles)
classified = time.process_time()
for title in titles[:readings]:
    reader.read(title)
print(json.dumps({{
    "cpu_s_1000_headlines": round(1000 * (classified - began) / len(titles), 4),
    "cpu_s_reading": round((time.process_time() - classified) / readings, 5),
    "memory_mb": peak_mb(),
}}))
"""
PAGE_ALONE = f"""
{PEAK_MB}
import demo.page.build
print(peak_mb())
"""


def reader_costs(name: str, titles: list[str], readings: int) -> dict[str, float]:
    """What one reader costs in a process of its own, on one core."""
    said = subprocess.check_output(
        [sys.executable, "-c", ALONE, name, str(TRAINED), str(readings)],
        input=json.dumps(titles),
        cwd=server.ROOT,
        env={**os.environ, **one_core()["env_vars"]},
        text=True,
        stderr=subprocess.DEVNULL,
    )
    return json.loads(said.splitlines()[-1])


def page_costs(texts: list[str]) -> dict[str, float]:
    """What visitors cost the page, the passes of its readers included."""
    found: dict[str, float] = {}
    with server.running_page() as (url, _, process), browser.started_browser() as chromium:
        browser.visits(chromium, url)  # from then on, each script is compressed
        context = chromium.new_context(viewport=browser.SCREEN)
        for name in ("first_visit", "later_visit"):
            began = server.cpu_s(process)
            tab, received = browser.visit(context, url)
            found[f"{name}_cpu_s"] = round(server.cpu_s(process) - began, 2)
            found[f"{name}_bytes"] = sum(received)
        received.clear()
        began = server.cpu_s(process)
        for text in texts:
            tab.fill("#headline textarea", text)
            tab.press("#headline textarea", "Enter")
            tab.wait_for_function(browser.FILLED, arg=text)
            tab.wait_for_timeout(browser.PAUSE_MS)
        found["text_cpu_s"] = round((server.cpu_s(process) - began) / len(texts), 4)
        found["text_bytes"] = sum(received) // len(texts)
        found["memory_mb"] = server.resident_mb(process)
    alone = [sys.executable, "-c", PAGE_ALONE]
    said = subprocess.check_output(alone, cwd=server.ROOT, text=True, stderr=subprocess.DEVNULL)
    return found | {"memory_mb_without_readers": int(said.splitlines()[-1])}


def bulk_plan(headlines: int, readers: dict[str, dict]) -> dict[str, object]:
    """Nodes and hours for so many headlines, all readers reading each."""
    core_h = {
        name: headlines / 1000 * costs["cpu_s_1000_headlines"] / 3600
        for name, costs in readers.items()
    }
    whole = sum(core_h.values())
    nodes = max(1, math.ceil(whole / NODE_CORES / A_NIGHT_H))
    most = max(core_h, key=core_h.__getitem__)
    return {
        "headlines": f"{headlines:,}",
        "core hours": f"{whole:,.1f}",
        "nodes": nodes,
        "hours": f"{whole / NODE_CORES / nodes:.2f}",
        "bottleneck": f"passes of `{most}`, {core_h[most] / whole:.0%} of it",
        "command": "`python -m demo.batch IN OUT --cluster "
        + ("local`" if nodes == 1 else "ADDRESS`"),
    }


def page_plan(visitors: int, readers: dict[str, dict], page: dict[str, float]) -> dict[str, object]:
    """Processes and nodes for so many visitors at the same time."""
    texts_a_s, visits_a_s = visitors / ASK_EVERY_S, visitors / COME_S
    passes_s = sum(costs["cpu_s_reading"] for costs in readers.values())
    cores = {name: texts_a_s * costs["cpu_s_reading"] for name, costs in readers.items()}
    own_s = max(page["text_cpu_s"] - passes_s, 0)
    cores["page"] = texts_a_s * own_s + visits_a_s * page["first_visit_cpu_s"]
    # A page, and a replica of a reader, computes on one core.
    count = {name: math.ceil(busy / BUSY) for name, busy in cores.items()}
    memory_mb = {name: costs["memory_mb"] for name, costs in readers.items()}
    memory_mb["page"] = page["memory_mb_without_readers"]
    memory_gb = sum(count[name] * memory_mb[name] for name in count) / 1024
    nodes = math.ceil(max(sum(count.values()) / NODE_CORES, memory_gb / NODE_GB))
    bytes_a_s = visits_a_s * page["first_visit_bytes"] + texts_a_s * page["text_bytes"]
    most = max(cores, key=cores.__getitem__)
    alone = sum(cores.values()) < BUSY
    return {
        "visitors": f"{visitors:,}",
        "texts a second": f"{texts_a_s:,.0f}",
        **{f"`{name}`" if name in readers else name: f"{count[name]:,}" for name in count},
        "nodes": f"{nodes:,}",
        "Gbit a second": f"{8 * bytes_a_s / 1e9:,.2f}",
        "bottleneck": f"{most}, {cores[most] / sum(cores.values()):.0%} of the CPU",
        "command": "`python app.py`" if alone else "`python app.py --cluster ADDRESS`, each page",
    }


def table(rows: Iterable[dict[str, object]]) -> str:
    """Rows of the same columns as Markdown."""
    rows = list(rows)
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def tables(costs: dict[str, dict]) -> str:
    """What was measured, and what follows from it."""
    readers, page = costs["readers"], costs["page"]
    measured = [{"reader": f"`{name}`", **found} for name, found in readers.items()]
    return "\n".join(
        [
            "Measured:\n",
            table({name.replace("_", " "): cell for name, cell in row.items()} for row in measured),
            table({"page": name.replace("_", " "), "": cell} for name, cell in page.items()),
            f"On paper, nodes of {NODE_CORES} cores and {NODE_GB} GB, done in a night:\n",
            table(bulk_plan(headlines, readers) for headlines in HEADLINES),
            f"All visitors come within {COME_S // 60} minutes, and each asks for a text every "
            f"{ASK_EVERY_S} s; processes busy {BUSY:.0%} of the time:\n",
            table(page_plan(visitors, readers, page) for visitors in VISITORS),
        ]
    )


def main() -> None:
    """Measure, work out, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.costs")
    parser.add_argument("--data", type=Path, required=True, help="the folder of AG News files")
    parser.add_argument("--quick", action="store_true", help="a tenth of the texts, for a look")
    asked = parser.parse_args()
    share = 10 if asked.quick else 1
    titles = agnews.variant(agnews.read_csv(asked.data / "test.csv"), "title")[0]
    chosen, readings, texts = titles[: TITLES // share], READINGS // share, TEXTS // share
    names = reader_folders(TRAINED)
    costs = {
        "readers": {name: reader_costs(name, chosen, readings) for name in names},
        "page": page_costs([" ".join(title.split()) for title in titles[:texts]]),
    }
    written = tables(costs)
    RESULTS.write_text(json.dumps(costs, indent=1) + "\n", "utf-8")
    RESULTS.with_suffix(".md").write_text(written, "utf-8")
    print(written)


if __name__ == "__main__":
    main()
