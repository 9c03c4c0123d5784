"""Bulk on a Ray cluster of two nodes: the rows of one process, whatever is killed meanwhile."""

import csv
import os
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip(
    "ray", reason="Ray is not installed: pip install -r demo/runtime/requirements.txt"
)
pytest.importorskip("pyarrow")

import pyarrow as pa
from pyarrow import parquet

from demo.batch import cluster as by_cluster
from demo.batch.__main__ import main
from demo.batch.parts import PART_ROWS
from tests import clusters
from tests.batch.test_run import headlines
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

LIMIT_S = 180  # for what a cluster does in a test
PARTS = 6


@pytest.fixture(scope="module")
def cluster():
    with clusters.nodes(2) as started:
        yield started


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A file of some parts and a bit, with rows that cannot be read."""
    texts = headlines((PARTS - 1) * PART_ROWS + 7)
    texts[3], texts[-2], texts[PART_ROWS] = "", "oil " * 5001, "=1+1 half \ud83d emoji"
    path = tmp_path_factory.mktemp("table") / "in.csv"
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        csv.writer(file).writerows([["id", "title"], *enumerate(texts)])
    return path


@pytest.fixture(scope="module")
def expected(table, trained, tmp_path_factory):
    """What one process makes of the table."""
    out = tmp_path_factory.mktemp("expected") / "out.csv"
    main([str(table), str(out), "--trained", str(trained)])
    return out.read_bytes()


def asked(table, out, trained, **more):
    return by_cluster.Asked(
        str(table), str(out), readers=("transformer",), trained=str(trained), **more
    )


def test_one_file_is_that_of_one_process(cluster, table, trained, expected, tmp_path):
    out = tmp_path / "out.csv"
    _, counted = by_cluster.run(asked(table, out, trained), cluster.address)
    assert out.read_bytes() == expected
    assert counted[""] == 3
    assert list(tmp_path.iterdir()) == [out]


def test_parts_hold_every_row_once_in_their_order(cluster, table, trained, expected, tmp_path):
    out = tmp_path / "out"
    by_cluster.run(asked(table, out, trained), cluster.address)
    found = parquet.read_table(out)
    assert found.column_names[:3] == ["row", "id", "title"]
    assert found["row"].to_pylist() == list(range(1, len(found) + 1))
    rows = list(csv.reader(expected.decode("utf-8-sig").splitlines()))[1:]
    assert found["transformer"].to_pylist() == [row[2] for row in rows]
    shares = [float(row[3]) if row[3] else None for row in rows]
    assert found["transformer_confidence"].to_pylist() == shares
    assert found["problem"].to_pylist() == [row[-1] for row in rows]


def test_a_node_that_is_killed_loses_no_row(
    cluster, table, trained, expected, tmp_path, monkeypatch
):
    lost = cluster.add_node(num_cpus=1, object_store_memory=clusters.STORE_BYTES)
    cluster.wait_for_nodes()
    written, seen = by_cluster._written, []

    def and_kill(*arguments):
        for part in written(*arguments):
            seen.append(part["number"])
            if len(seen) == 2:
                cluster.remove_node(lost, allow_graceful=False)
            yield part

    monkeypatch.setattr(by_cluster, "_written", and_kill)
    out = tmp_path / "out.csv"
    by_cluster.run(asked(table, out, trained), cluster.address)
    assert sorted(seen) == list(range(PARTS))
    assert out.read_bytes() == expected


def test_the_same_command_goes_on_after_its_driver_was_killed(
    cluster, table, trained, expected, tmp_path
):
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "demo.batch", str(table), str(out)]
    command += ["--trained", str(trained), "--cluster", cluster.address]
    driver = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    parts, deadline = tmp_path / "out.csv.parts", time.monotonic() + LIMIT_S
    while not list(parts.glob("part-*")):
        assert driver.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait(LIMIT_S)
    kept = {path: path.stat().st_mtime_ns for path in parts.glob("part-*")}
    assert 0 < len(kept) < PARTS
    subprocess.run(command, cwd=ROOT, check=True, timeout=LIMIT_S, stderr=subprocess.DEVNULL)
    assert out.read_bytes() == expected
    assert not parts.exists()


def test_a_command_from_outside_the_cluster_is_done_there(cluster, trained, tmp_path):
    texts = "".join(f"{text}\n" for text in headlines(40))
    for name in ("in.csv", "same.csv"):
        (tmp_path / name).write_text(texts)
    command = ["--trained", str(trained), "--reader", "transformer"]
    main([str(tmp_path / "same.csv"), str(tmp_path / "expected.csv"), *command])
    given = [str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), "--cluster", cluster.outside]
    subprocess.run(
        [sys.executable, "-m", "demo.batch", *given, *command],
        cwd=ROOT,
        check=True,
        timeout=LIMIT_S,
        stderr=subprocess.DEVNULL,
    )
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()


def test_files_of_a_pattern_are_read_as_one_table(cluster, trained, tmp_path):
    texts = headlines(30)
    for name, rows in (("b.jsonl", texts[20:]), ("a.parquet", texts[:20])):
        if name.endswith("parquet"):
            parquet.write_table(pa.table({"title": rows}), tmp_path / name)
        else:
            lines = "".join(f'{{"title": "{text}"}}\n' for text in rows)
            (tmp_path / name).write_text(lines)
    out = tmp_path / "out"
    place = f"file://{tmp_path}/[ab].*"
    by_cluster.run(asked(place, out, trained, kind="csv"), cluster.address)
    (part, other) = sorted(out.glob("part-*.csv"))
    rows = [list(csv.reader(path.open(encoding="utf-8-sig")))[1:] for path in (part, other)]
    assert [row[:2] for row in [*rows[0], *rows[1]]] == [
        [str(number), text] for number, text in enumerate(texts, 1)
    ]


def test_what_cannot_be_done_is_said_in_a_sentence(cluster, table, trained, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds something else"):
        by_cluster.run(asked(table, tmp_path / "other", trained), cluster.address)
    for name, columns in (("a.csv", "title"), ("b.csv", "text")):
        (tmp_path / name).write_text(f"{columns}\noil prices\n")
    with pytest.raises(ValueError, match="other columns than"):
        by_cluster.run(asked(tmp_path / "[ab].csv", tmp_path / "out", trained), cluster.address)
    with pytest.raises(ValueError, match="There is no file"):
        by_cluster.run(asked(tmp_path / "none*.csv", tmp_path / "out", trained), cluster.address)
