"""How fast it is, on this machine, in one run: `python -m tests.benchmarks`.

Prints a table and writes it to tests/benchmarks/results.json. Times are wall-clock; on a noisy
machine compare ratios within one run, not times between runs.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import torch
from bertviz import head_view
from playwright.sync_api import sync_playwright
from transformers import pipeline

from demo import attention, faithfulness
from demo.figures import heads
from demo.figures.look import Look
from demo.models import Panel, decoder, load_panel
from demo.models.bert import BertReader
from demo.models.reader import Reader
from demo.models.rnnsearch import RnnSearchReader
from demo.models.words import pad
from tests import chromium
from tests.benchmarks import load

ROOT = Path(__file__).parent.parent.parent
RESULTS = Path(__file__).parent / "results.json"
PORT = 7911
HEADLINE = (
    "Oil prices climb as storm shuts refineries along the coast and traders fear a winter shortage"
)
assert len(HEADLINE.split()) == 16
LONG_TEXT = " ".join([HEADLINE] * 5)  # 80 words
READS, ENTERS, PAIRS = 500, 30, 30
BATCHES, WORDS = (1, 8, 64), (8, 16, 64, 128)
USERS = {1: 60, 10: 300, 50: 600}  # how many texts are asked by so many users
REQUESTS = 20_000  # while which the page's memory is looked at; they take ten minutes
PAUSE_MS = 500  # between two texts that are typed, for the heads to be drawn


def milliseconds(times_s: list[float]) -> dict[str, float]:
    """Median and 95th percentile of times in seconds, in ms."""
    percentiles = statistics.quantiles(times_s, n=20)
    return {
        "median_ms": round(1000 * statistics.median(times_s), 2),
        "p95_ms": round(1000 * percentiles[-1], 2),
    }


def timed(function: Callable, runs: int = PAIRS) -> dict[str, float]:
    """Median and 95th percentile of the runs of a function that has been warmed up, in ms."""
    times_s = []
    for _ in range(runs + 3):
        started = time.perf_counter()
        function()
        times_s.append(time.perf_counter() - started)
    return milliseconds(times_s[3:])


def reads(panel: Panel) -> dict:
    """Warm `read()` of the 16-word headline, by reader."""
    return {name: timed(partial(panel[name].read, HEADLINE), READS) for name in panel}


def compared(one: Callable, other: Callable, pairs: int = PAIRS) -> dict[str, float]:
    """Median times of two functions that are run in turn, and how many times slower `other` is."""
    times_s = {one: [], other: []}
    for _ in range(pairs + 3):
        for function, measured in times_s.items():
            started = time.perf_counter()
            function()
            measured.append(time.perf_counter() - started)
    here, there = (statistics.median(measured[3:]) for measured in times_s.values())
    return {
        "here_ms": round(1000 * here, 2),
        "there_ms": round(1000 * there, 2),
        "ratio": round(there / here, 2),
    }


def batches(panel: Panel) -> dict:
    """Milliseconds a text of `classify`, by reader, by words in a text and texts in a batch."""
    found = {}
    for name, reader in panel.items():
        for words in WORDS:
            text = " ".join((LONG_TEXT.split() * 2)[:words])
            for size in BATCHES:
                whole = timed(partial(reader.classify, [text] * size), 5)["median_ms"]
                found.setdefault(name, {})[f"{words}_words_{size}_texts"] = round(whole / size, 2)
    return found


def bare_passes(panel: Panel) -> dict:
    """One pass of each network alone over the 16-word headline, its input ready."""
    transformer, bert, rnnsearch = (panel[name] for name in ("transformer", "bert", "rnnsearch"))
    row = transformer.vocabulary.indices(transformer.vocabulary.tokens(HEADLINE))
    inputs = bert.tokenizer(HEADLINE, return_tensors="pt").to(bert.device)
    own_row = rnnsearch.vocabulary.indices(rnnsearch.vocabulary.tokens(HEADLINE))

    def pass_of_bert():
        with torch.inference_mode():
            bert.network(**inputs)

    return {
        "transformer": timed(lambda: transformer._run(pad([row], len(row)))),
        "bert": timed(pass_of_bert),
        "rnnsearch": timed(lambda: rnnsearch._decoder([own_row])),  # encoder and first step
    }


def cold_start() -> dict:
    """Seconds of each part of starting the page, in a fresh process."""
    script = """
import json, sys, time
marks = [("", time.perf_counter())]
mark = lambda name: marks.append((name, time.perf_counter()))
from demo.models import load_panel, reader_class, READERS
[reader_class(name) for name in READERS]; mark("frameworks_s")
from demo.page import build, launch_settings; mark("gradio_and_figures_s")
panel = load_panel("trained"); mark("weights_and_warm_up_s")
page = build(panel); mark("page_s")
page.launch(prevent_thread_lock=True, quiet=True, **launch_settings()); mark("server_s")
parts = {b[0]: round(b[1] - a[1], 2) for a, b in zip(marks, marks[1:])}
print(json.dumps(parts)); sys.stdout.flush()
import os; os._exit(0)
"""
    command = [sys.executable, "-c", script]
    return json.loads(subprocess.check_output(command, cwd=ROOT, text=True).splitlines()[-1])


EMPTY_PAGE = """
import gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    def classify(text: str) -> dict:
        return {}
    gr.api(classify, api_name="classify")
page.launch()
"""
ONE_AT_A_TIME = """
import runpy
from demo import page
page.AT_ONCE = 1
runpy.run_path("app.py", run_name="__main__")
"""


def resident_mb(process: subprocess.Popen) -> float:
    """Memory of a process, in MB."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024, 1)
    return float("nan")


def over_http(passes: dict) -> dict:
    """`/classify` by one user and by many, beside an empty endpoint; and the page's memory.

    Beside it 50 users of a page that works on one request at a time.
    """
    texts = [f"{HEADLINE} {index}" for index in range(REQUESTS)]

    def asked(url: str, users: int, texts: Sequence[str]) -> dict:
        seen = load.run(url, "classify", users, texts)
        return milliseconds(seen.seconds) | {
            "answers_per_s": round(len(seen.seconds) / seen.whole_s, 1),
            "errors": len(seen.errors),
        }

    with running_page([sys.executable, "-c", EMPTY_PAGE]) as (url, *_):
        found = {"empty_endpoint": asked(url, 1, texts[: USERS[1]])}
    with running_page([sys.executable, "-c", ONE_AT_A_TIME]) as (url, *_):
        asked(url, 1, texts[:20])
        most = max(USERS)
        found[f"{most}_users_one_at_a_time"] = asked(url, most, texts[: USERS[most]])
    with running_page() as (url, _, process):
        asked(url, 1, texts[:20])
        memory = {"started": resident_mb(process)}
        for users, count in USERS.items():
            found[f"{users}_users"] = asked(url, users, texts[:count])
        memory["after_the_users"] = resident_mb(process)
        for part in range(4):
            quarter = REQUESTS // 4
            asked(url, 16, texts[part * quarter :][:quarter])
            memory[f"after_{(part + 1) * quarter}_more"] = resident_mb(process)
        found["memory_mb"] = memory
    whole = sum(one["median_ms"] for one in (*passes.values(), found["empty_endpoint"]))
    found["one_user_over_bare_passes_and_empty_endpoint"] = round(
        found["1_users"]["median_ms"] / whole, 2
    )
    return found


def bert(reader: BertReader) -> dict:
    """BERT's `read()` beside a bare pass, and all its heads beside `pipeline` and BertViz."""
    results = {}
    network, tokenizer = reader.network, reader.tokenizer
    classify = pipeline("text-classification", model=network, tokenizer=tokenizer, top_k=None)
    for words, text in ((16, HEADLINE), (80, LONG_TEXT)):
        inputs = tokenizer(text, return_tensors="pt").to(reader.device)

        def bare_pass(inputs=inputs):
            with torch.inference_mode():
                network(**inputs, output_attentions=True)

        def figures(text=text) -> int:
            reading = reader.read(text)
            view = attention.view(reading)
            figure = heads.all_heads(view, len(reading.attention), Look())
            return len(figure.to_json())

        def pipeline_and_bertviz(text=text) -> int:
            classify(text)
            inputs = tokenizer(text, return_tensors="pt").to(reader.device)
            with torch.inference_mode():
                output = network(**inputs, output_attentions=True)
            tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
            return len(head_view(output.attentions, tokens, html_action="return").data)

        bare = compared(bare_pass, lambda text=text: reader.read(text))
        results[f"{words}_words"] = {
            "read_over_bare_pass": bare["ratio"],
            "bare_pass_ms": bare["here_ms"],
            "all_heads": compared(figures, pipeline_and_bertviz),
            "bytes": figures(),
            "bytes_of_bertviz": pipeline_and_bertviz(),
        }
    return results


def writing(reader: RnnSearchReader) -> dict:
    """Bahdanau's `read()` of a 40-word text where no headline may end before its last word."""
    text = " ".join(LONG_TEXT.split()[:40])
    with patch.object(decoder, "END", decoder.START):  # which is never written
        assert len(reader.read(text).alignment.outputs) == 1 + reader.config.written == 13
        return timed(lambda: reader.read(text))


def evidence(panel: Panel) -> dict:
    """What the Evidence tab computes of the 16-word headline: all rankings and the ablation map."""

    def gathered(reader: Reader) -> None:
        found = faithfulness.evidence(reader, HEADLINE)
        faithfulness.ablation(reader, found.reading)

    return {name: timed(partial(gathered, panel[name])) for name in panel}


@contextmanager
def running_page(command: Sequence[str] = (sys.executable, "app.py")):
    """A page that is ready to answer: its address, the seconds that took, and its process."""
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(PORT)}
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{PORT}"
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


def page() -> dict:
    """Start-up, and the times from Enter and from the last key that is typed, in Chromium.

    Until the three cards are filled, and until the heads are drawn.
    """
    drawn = """word => document.querySelector('#head-large .ytick text')?.textContent === word"""
    filled = """text => [...document.querySelectorAll('#cards .card')].every(
      card => card.dataset.text === text)"""
    cards_s, heads_s, typed_s = [], [], []
    with running_page() as (url, ready_s, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        tab = browser.new_page(viewport={"width": 1920, "height": 1080})
        tab.goto(url)
        tab.wait_for_selector("#head-large .heatmaplayer image, #head-large .heatmaplayer .hm")
        as_you_type = tab.get_by_role("checkbox", name="As you type")
        as_you_type.uncheck()
        for turn in range(ENTERS + 2):
            first_word = ("Oil", "Gas")[turn % 2]
            text = HEADLINE.replace("Oil", first_word)
            tab.fill("#headline textarea", text)
            started = time.perf_counter()
            tab.press("#headline textarea", "Enter")
            tab.wait_for_function(filled, arg=text, polling=5)
            cards_s.append(time.perf_counter() - started)
            tab.wait_for_function(drawn, arg=first_word, polling=5)
            heads_s.append(time.perf_counter() - started)
        as_you_type.check()
        for turn in range(ENTERS + 2):
            text = f"{HEADLINE} {turn}"
            tab.fill("#headline textarea", text[:-1])
            started = time.perf_counter()
            tab.press("#headline textarea", text[-1])
            tab.wait_for_function(filled, arg=text, polling=5)
            typed_s.append(time.perf_counter() - started)
            tab.wait_for_timeout(PAUSE_MS)
        browser.close()
    return {
        "ready_s": round(ready_s, 2),
        "enter_to_cards": milliseconds(cards_s[2:]),
        "enter_to_heads": milliseconds(heads_s[2:]),
        "last_key_to_cards": milliseconds(typed_s[2:]),
    }


def main() -> None:
    """Measure everything, print it, write it."""
    results = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "cold_start": cold_start(),
        "page": page(),
    }
    panel = load_panel(ROOT / "trained")
    results["read_16_words"] = reads(panel)
    results["classify_ms_a_text"] = batches(panel)
    results["bare_pass_16_words"] = bare_passes(panel)
    results["classify_over_http"] = over_http(results["bare_pass_16_words"])
    results["evidence_16_words"] = evidence(panel)
    results["bert_all_heads"] = bert(panel["bert"])
    results["write_12_words_from_40"] = writing(panel["rnnsearch"])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
