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
from collections.abc import Callable
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
from tests import chromium

ROOT = Path(__file__).parent.parent.parent
RESULTS = Path(__file__).parent / "results.json"
PORT = 7911
HEADLINE = (
    "Oil prices climb as storm shuts refineries along the coast and traders fear a winter shortage"
)
assert len(HEADLINE.split()) == 16
LONG_TEXT = " ".join([HEADLINE] * 5)  # 80 words
READS, ENTERS, PAIRS = 500, 30, 30
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
def running_page():
    """`python app.py`, ready to answer; yields its address and the seconds it took to get there."""
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(PORT)}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{PORT}"
    try:
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    break
            except OSError:
                assert process.poll() is None, "app.py ended"
                time.sleep(0.05)
        yield url, time.perf_counter() - started
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
    with running_page() as (url, ready_s), sync_playwright() as playwright:
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
        "page": page(),
    }
    panel = load_panel(ROOT / "trained")
    results["read_16_words"] = reads(panel)
    results["evidence_16_words"] = evidence(panel)
    results["bert_all_heads"] = bert(panel["bert"])
    results["write_12_words_from_40"] = writing(panel["rnnsearch"])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
