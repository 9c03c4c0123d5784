"""Readers in a Ray cluster of two nodes: the answers of readers here, whatever dies meanwhile."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from demo.models import open_reader
from demo.models.base import Card
from demo.serving.cluster import load_panel
from demo.serving.limits import ServingLimits
from tests import clusters, tiny_encoders
from tests.conftest import ROOT, TINY_WORDS
from tests.serving.conftest import TEXT, assert_same_answers

pytestmark = pytest.mark.slow

ray = pytest.importorskip("ray", reason="Ray is not installed: demo/runtime/requirements.txt")

LIMIT_S = 180  # for what a cluster does in a test
LIMITS = ServingLimits(replicas_least=2, replicas_most=2, answer_s=LIMIT_S)


@pytest.fixture(scope="module")
def folder(tiny_reader, tmp_path_factory):
    """Two readers, and one that cannot be opened."""
    folder = tmp_path_factory.mktemp("trained")
    tiny_reader.save(folder / "transformer")
    Card("transformer", "Small transformer").save(folder / "transformer")
    tiny_encoders.write(folder / "bert")
    (folder / "broken").mkdir()
    return folder


@pytest.fixture(scope="module")
def cluster():
    from ray import serve

    with clusters.nodes(2, cores=3) as started:
        yield started
        serve.shutdown()


@pytest.fixture(scope="module")
def panel(cluster, folder):
    return load_panel(cluster.address, folder, limits=LIMITS)


@pytest.mark.parametrize("name", ["transformer", "bert"])
def test_answers_are_those_of_a_reader_here(panel, folder, name):
    assert_same_answers(panel[name], open_reader(folder / name))


def test_a_reader_that_cannot_be_opened_is_left_out_and_said(panel):
    assert list(panel) == ["bert", "transformer"]
    assert "config.json is missing" in panel.missing["broken"]
    assert panel.titles["broken"] == "broken"


def test_what_a_reader_cannot_do_is_said_in_its_sentence(panel):
    with pytest.raises(ValueError, match="one text"):
        panel["transformer"].read(TEXT, "another")
    with pytest.raises(ValueError, match="no head 10"):
        panel["bert"].trace(TEXT, 9, 9)


def test_a_replica_that_is_killed_under_load_loses_and_mixes_no_answer(panel, folder):
    here = open_reader(folder / "bert")
    chosen = np.random.default_rng(0)
    texts = [" ".join(chosen.choice(TINY_WORDS, 1 + at % 9)) + f" {at}" for at in range(600)]

    def kill() -> None:
        time.sleep(0.3)
        actors = ray.util.list_named_actors(all_namespaces=True)
        replica = next(one for one in actors if "reader-bert" in one["name"])
        ray.kill(ray.get_actor(**replica), no_restart=False)

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(50) as pool:
        readings = list(pool.map(panel["bert"].read, texts))
    killer.join()
    for text, reading, share in zip(texts, readings, here.classify(texts), strict=True):
        assert reading.text == text
        assert np.abs(reading.probabilities - share).max() < 1e-5


def test_the_page_of_a_cluster_holds_no_network(panel, cluster, folder):
    program = f"""
import sys
from demo.page.build import build
from demo.serving.cluster import load_panel
panel = load_panel({cluster.address!r}, {str(folder)!r})
build(panel)
assert list(panel) == ["bert", "transformer"]
print(panel["bert"].read({TEXT!r}).label, {{"torch", "tensorflow", "keras"}} & set(sys.modules))
"""
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert said.stdout.endswith(f"{panel['bert'].read(TEXT).label} set()\n"), said.stderr[-2000:]
