"""A Ray cluster of nodes on this machine: `python -m tests.benchmarks.cluster --data DIR`.

Bulk: headlines of AG News, `DIR`, read by one process, by one and by two nodes of one core, and by
two of which one is killed half-way; whether the rows are the same. Page: `/classify` by one user
and by 50 without a cluster and with one, and while a replica is killed; what one hop costs, and
whether every answer is that to its own text. Prints both, and writes them to
tests/benchmarks/cluster.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from threading import Timer
from typing import Any

from demo.batch import cluster as by_cluster
from demo.batch.__main__ import main as batch
from demo.serving.cluster import load_panel as load_panel_of_cluster
from demo.serving.panel import load_panel, reader_folders
from demo.training import agnews
from tests import clusters
from tests.benchmarks import load, server
from tests.benchmarks.timing import compared, milliseconds

RESULTS = Path(__file__).with_suffix(".json")
TRAINED = server.ROOT / "trained"
NODES = (1, 2)
USERS = 50
KILL_AFTER_S = 1.0
SETTLED_S = 30  # after the first users, for the replicas that they had started
HOP = "transformer"  # the quickest reader, so that its pass hides nothing


def bulk(titles: list[str], readers: tuple[str, ...], folder: Path) -> dict:
    """Seconds of each way to read the titles, and whether their rows are those of one process."""
    table = folder / "in.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["title"], *([title] for title in titles)])
    one = folder / "one.csv"
    command = [str(table), str(one), "--trained", str(TRAINED), "--reader", *readers]
    found = {"rows": len(titles), "one_process": {"seconds": seconds(lambda: batch(command))}}
    expected = one.read_bytes()

    def read(name: str, count: int, on_part: Callable[[Any, int], None] | None = None) -> None:
        out = folder / f"{name}.csv"
        asked = by_cluster.Asked(str(table), str(out), readers=readers, trained=str(TRAINED))
        with clusters.nodes(count) as cluster:
            written = by_cluster._written
            if on_part:
                by_cluster._written = lambda *parts: told(written(*parts), cluster, on_part)
            try:
                took = seconds(lambda: by_cluster.run(asked, cluster.address))
            finally:
                by_cluster._written = written
        found[name] = {"seconds": took, "same_rows": out.read_bytes() == expected}

    for count in NODES:
        read(f"{count}_nodes", count)
    half = len(titles) // by_cluster.PART_ROWS // 2

    def kill(cluster: Any, part: int) -> None:
        if part == half:
            cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)

    read("2_nodes_1_killed", 2, kill)
    found["two_over_one"] = round(found["1_nodes"]["seconds"] / found["2_nodes"]["seconds"], 2)
    return found


def told(parts: Any, cluster: Any, on_part: Callable[[Any, int], None]) -> Any:
    """The parts, after each of which somebody is told how many there were."""
    for number, part in enumerate(parts):
        on_part(cluster, number)
        yield part


def page(titles: list[str]) -> dict:
    """What users see of a page without a cluster and with one, and while a replica is killed."""
    texts = [f"{title} {index}" for index, title in enumerate(titles)]
    panel = load_panel(TRAINED)
    expected = [panel.classify(text) for text in texts]

    def check(index: int, answer: dict) -> None:
        for name, shares in expected[index].items():
            given = answer[name].values()
            assert max(abs(a - b) for a, b in zip(given, shares, strict=True)) < 1e-3

    def seen(url: str, users: int, count: int) -> dict:
        asked = load.run(url, "classify", users, texts[:count], check=check)
        assert len(asked.seconds) > 1, asked.errors[:3]
        return milliseconds(asked.seconds) | {
            "answers_per_s": round(len(asked.seconds) / asked.whole_s, 1),
            "errors": len(asked.errors),
        }

    def both(url: str) -> dict:
        seen(url, 1, 20)
        return {"1_user": seen(url, 1, 100), f"{USERS}_users": seen(url, USERS, len(texts))}

    with server.running_page() as (url, _, process):
        found = {"alone": {**both(url), "memory_mb": server.resident_mb(process)}}
    with (
        clusters.nodes(2, cores=2) as cluster,
        server.running_page(CLUSTER=cluster.address) as (url, _, process),
    ):
        there = load_panel_of_cluster(cluster.address, TRAINED)[HOP]
        hop = compared(lambda: panel[HOP].classify(texts[:1]), lambda: there.classify(texts[:1]))
        found["one_hop_ms"] = round(hop["there_ms"] - hop["here_ms"], 2)
        seen(url, USERS, len(texts))
        time.sleep(SETTLED_S)
        found["cluster"] = {**both(url), "memory_mb": server.resident_mb(process)}
        killer = Timer(KILL_AFTER_S, kill_a_replica, ["bert"])
        killer.start()
        found["a_replica_killed"] = seen(url, USERS, len(texts))
        killer.join()
    return found


def kill_a_replica(reader: str) -> None:
    """End the process of a replica of a reader."""
    import ray

    named = ray.util.list_named_actors(all_namespaces=True)
    replica = next(one for one in named if f"reader-{reader}" in one["name"])
    ray.kill(ray.get_actor(**replica), no_restart=False)


def seconds(run: Callable[[], Any]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    run()
    return round(time.perf_counter() - started, 1)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cluster")
    parser.add_argument("--data", type=Path, required=True, help="the folder of AG News files")
    parser.add_argument("--rows", type=int, default=100_000, help="of the bulk (default: 100,000)")
    parser.add_argument("--reader", nargs="+", default=list(reader_folders(TRAINED)))
    parser.add_argument("--only", choices=("bulk", "page"), help="one of the two")
    asked = parser.parse_args()
    articles, _ = agnews.load(asked.data)
    titles = agnews.variant(articles, "title")[0]
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    if asked.only != "page":
        with tempfile.TemporaryDirectory() as folder:
            rows = list(islice(cycle(titles), asked.rows))
            results["bulk"] = bulk(rows, tuple(asked.reader), Path(folder))
    if asked.only != "bulk":
        results["page"] = page(titles[:600])
    written = json.dumps(results, indent=1)
    print(written)
    RESULTS.write_text(f"{written}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
