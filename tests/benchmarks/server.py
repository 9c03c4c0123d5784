"""The page as a server: its start, its answers to one user and to many, and its memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path

from tests.benchmarks import load
from tests.benchmarks.readers import HEADLINE
from tests.benchmarks.timing import milliseconds

ROOT = Path(__file__).parent.parent.parent
PORT = 7911
APP = (sys.executable, "app.py")
USERS = {1: 60, 10: 300, 50: 600}  # how many texts are asked by so many users
REQUESTS = 20_000  # while which the page's memory is looked at; they take five minutes
STARTS, ROUNDS = 3, 3
EMPTY_PAGE = """
import gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    def classify(text: str) -> dict:
        return {}
    gr.api(classify, api_name="classify")
page.launch()
"""
START = """
import json, os, time
began, spent = time.perf_counter(), {}
def timed(part, function):
    def run(*values, **named):
        started = time.perf_counter()
        try:
            return function(*values, **named)
        finally:
            spent[part] = spent.get(part, 0) + time.perf_counter() - started
    return run
from demo import load_panel, models
from demo.runtime import device
from demo.runtime.imports import UNUSED_BY_GRADIO, quick_imports
with quick_imports(UNUSED_BY_GRADIO):
    from demo.page.build import build
    from demo.page.launch import launch_settings
spent["import_gradio_s"] = time.perf_counter() - began
device.share_cores()
imported = timed("import_frameworks_s", models.reader_class)
def reader_class(kind):
    found = imported(kind)
    found.load = timed("weights_s", found.load)
    found.warm_up = timed("warm_up_s", found.warm_up)
    return found
models.reader_class = reader_class
page = timed("page_s", build)(load_panel("trained"))
timed("server_s", page.launch)(prevent_thread_lock=True, quiet=True, **launch_settings())
print(json.dumps(spent), flush=True)
os._exit(0)
"""


@contextmanager
def running_page(
    command: Sequence[str] = APP, root: Path = ROOT, port: int = PORT, **settings: str
) -> Iterator[tuple[str, float, subprocess.Popen]]:
    """A page that is ready to answer: its address, the seconds that took, and its process.

    `settings` are further variables of its environment.
    """
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), **settings}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    break
            except OSError:
                assert process.poll() is None, "app.py ended"
                time.sleep(0.05)
        yield url, time.perf_counter() - started, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def cold_start() -> dict[str, float]:
    """Median seconds of each part of starting the page, one after the other in a fresh process.

    `app.py` does them side by side.
    """
    runs = []
    for _ in range(STARTS):
        command = [sys.executable, "-c", START]
        said = subprocess.check_output(command, cwd=ROOT, text=True, stderr=subprocess.DEVNULL)
        runs.append(json.loads(said.splitlines()[-1]))
    return {part: round(statistics.median(run[part] for run in runs), 2) for part in runs[0]}


def _with_children(process: subprocess.Popen) -> list[Path]:
    """Where the system tells of a process and of those that it has started, as the page does."""
    place = Path(f"/proc/{process.pid}")
    children = [listed.read_text().split() for listed in place.glob("task/*/children")]
    return [place, *(place.with_name(child) for child in chain.from_iterable(children))]


def resident_mb(process: subprocess.Popen) -> float:
    """Memory of a process and its children, in MB; a file that several have mapped counts once."""
    anonymous_kb, files_kb = 0, Counter[str]()
    for place in _with_children(process):
        mapped_kb, file = Counter[str](), ""
        for line in (place / "smaps").read_text().splitlines():
            first, *others = line.split()
            if not first.endswith(":"):  # of a mapping: its addresses, ..., its file
                file = " ".join(others[4:])
            elif first == "Rss:":
                mapped_kb[file] += int(others[0])
            elif first == "Anonymous:":
                anonymous_kb += int(others[0])
                mapped_kb[file] -= int(others[0])
        files_kb |= mapped_kb
    return round((anonymous_kb + files_kb.total()) / 1024, 1)


def cpu_s(process: subprocess.Popen) -> float:
    """Seconds that a process and its children have computed, on all cores together."""
    spent = 0
    for place in _with_children(process):
        after_name = (place / "stat").read_text().rpartition(")")[2].split()
        spent += sum(map(int, after_name[11:13]))  # the user's and the system's
    return spent / os.sysconf("SC_CLK_TCK")


def asked(url: str, users: int, texts: Sequence[str]) -> dict[str, float]:
    """What so many users see who ask `/classify` for the texts."""
    seen = load.run(url, "classify", users, texts)
    return milliseconds(seen.seconds) | {
        "answers_per_s": round(len(seen.seconds) / seen.whole_s, 1),
        "errors": len(seen.errors),
    }


def classify_over_http(passes: dict[str, dict]) -> dict:
    """`/classify` by one user and by many, beside an empty endpoint and `passes` of the networks
    alone; and the page's memory.
    """
    texts = [f"{HEADLINE} {index}" for index in range(REQUESTS)]
    with running_page([sys.executable, "-c", EMPTY_PAGE]) as (url, *_):
        found = {"empty_endpoint": asked(url, 1, texts[: USERS[1]])}
    with running_page() as (url, _, process):
        asked(url, 1, texts[:20])
        memory = {"started": resident_mb(process)}
        for users, count in USERS.items():
            found[f"{users}_users"] = asked(url, users, texts[:count])
        memory["after_the_users"] = resident_mb(process)
        quarter = REQUESTS // 4
        for start in range(0, REQUESTS, quarter):
            assert asked(url, 16, texts[start:][:quarter])["errors"] == 0
            memory[f"after_{start + quarter}_more"] = resident_mb(process)
        found["memory_mb"] = memory
    whole = sum(one["median_ms"] for one in (*passes.values(), found["empty_endpoint"]))
    found["one_user_over_bare_passes_and_empty_endpoint"] = round(
        found["1_users"]["median_ms"] / whole, 2
    )
    return found


def keras_backends() -> dict[str, dict]:
    """The page with Keras on TensorFlow, and on PyTorch, where TensorFlow is not even imported."""
    texts = [f"{HEADLINE} {index}" for index in range(max(USERS.values()))]
    found = {}
    for backend in ("tensorflow", "torch"):
        with running_page(KERAS_BACKEND=backend) as (url, ready_s, process):
            memory_mb = resident_mb(process)
            asked(url, 1, texts[:20])
            one, many = asked(url, 1, texts[: USERS[1]]), asked(url, 50, texts)
        found[backend] = {
            "ready_s": round(ready_s, 2),
            "started_memory_mb": memory_mb,
            "1_user_median_ms": one["median_ms"],
            "50_users_answers_per_s": many["answers_per_s"],
            "errors": one["errors"] + many["errors"],
        }
    return found


def before_and_after(
    commit: str, seen: Callable[[str], dict[str, float]], turns: int = ROUNDS
) -> dict:
    """The page of a commit and that of the working tree: medians of the rounds.

    They are started in turn; then both run, and are asked in turn, so that what else the machine
    does meets both alike. `seen(url)` measures what a person sees of a page, in ms.
    """
    texts = [f"{HEADLINE} {index}" for index in range(max(USERS.values()))]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        tree = Path(folder) / "before"
        subprocess.run(["git", "worktree", "add", "--detach", tree, commit], cwd=ROOT, check=True)
        running.callback(
            subprocess.run, ["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True
        )
        roots = {"before": tree, "after": ROOT}
        rounds: dict[str, list[dict]] = {name: [] for name in roots}
        for _ in range(turns):
            for name, root in roots.items():
                with running_page(root=root) as (_, ready_s, process):
                    memory_mb = resident_mb(process)
                    rounds[name].append({"ready_s": ready_s, "started_memory_mb": memory_mb})
        pages = {
            name: running.enter_context(running_page(root=root, port=PORT + place))
            for place, (name, root) in enumerate(roots.items())
        }
        for turn in range(turns):
            for name, (url, *_) in pages.items():
                asked(url, 1, texts[:20])
                one, many = asked(url, 1, texts[:60]), asked(url, 50, texts)
                rounds[name][turn] |= {
                    "1_user_median_ms": one["median_ms"],
                    **{f"50_users_{key}": value for key, value in many.items()},
                    **seen(url),
                }
    commits = {"before": commit, "after": "this one"}
    return {
        name: {"commit": commits[name]}
        | {key: round(statistics.median(run[key] for run in runs), 2) for key in runs[0]}
        for name, runs in rounds.items()
    }
