"""The readers without a page, on the frameworks' own numbers of threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from bertviz import head_view
from plotly.basedatatypes import BaseFigure
from transformers import pipeline

from demo import load_panel
from demo.analysis import attention
from demo.figures import heads_map
from demo.figures.theme import Theme
from demo.models import decoder, open_reader
from demo.models.base import Reader
from demo.models.encoder import EncoderReader
from demo.models.rnnsearch import RnnSearchReader
from demo.models.words import pad
from demo.page.views.declaration import settle
from demo.page.views.evidence import VIEW as EVIDENCE
from demo.reading import Ability
from demo.serving.panel import Panel, reader_folders
from tests.benchmarks.timing import RUNS, WARM_UPS, compared, milliseconds, timed

HEADLINE = (
    "Oil prices climb as storm shuts refineries along the coast and traders fear a winter shortage"
)
assert len(HEADLINE.split()) == 16
LONG_TEXT = " ".join([HEADLINE] * 5)  # 80 words
READS = 500
BATCHES, WORDS = (1, 8, 64), (8, 16, 64, 128)


def sections(folder: Path) -> dict[str, Callable[[], dict]]:
    """What measures each section of the readers in `folder`, alone or as a panel serves them."""
    panel, alone = cache(partial(load_panel, folder)), cache(partial(_opened, folder))
    return {
        "read_16_words": lambda: reads(alone()),
        "classify_ms_a_text": lambda: batches(alone()),
        "bare_pass_16_words": lambda: bare_passes(alone()),
        "evidence_16_words": lambda: evidence(panel()),
        "bert_all_heads": lambda: bert(alone()["bert"]),
        "write_12_words_from_40": lambda: writing(alone()["rnnsearch"]),
    }


def _opened(folder: Path) -> dict[str, Reader]:
    readers = {name: open_reader(place) for name, place in reader_folders(folder).items()}
    for reader in readers.values():
        reader.warm_up()
    return readers


def reads(readers: Mapping[str, Reader]) -> dict:
    """Warm `read()` of the 16-word headline, by reader."""
    return {name: timed(partial(readers[name].read, HEADLINE), READS) for name in readers}


def batches(readers: Mapping[str, Reader]) -> dict:
    """Milliseconds a text of `classify`, by reader, by words in a text and texts in a batch."""
    found = {}
    for name, reader in readers.items():
        for words in WORDS:
            text = " ".join((LONG_TEXT.split() * 2)[:words])
            for size in BATCHES:
                whole = timed(partial(reader.classify, [text] * size), 5)["median_ms"]
                of_length = found.setdefault(name, {}).setdefault(f"{words}_words", {})
                of_length["1_text" if size == 1 else f"{size}_texts"] = round(whole / size, 2)
    return found


def bare_passes(readers: Mapping[str, Reader]) -> dict:
    """One pass of each network alone over the 16-word headline, its input ready."""
    transformer, bert, rnnsearch = (readers[name] for name in ("transformer", "bert", "rnnsearch"))
    row = transformer.vocabulary.indices(transformer.vocabulary.tokens(HEADLINE))
    inputs = bert.tokenizer(HEADLINE, return_tensors="pt").to(bert.device)
    symbols = rnnsearch._symbols(rnnsearch._tokens(HEADLINE))

    def pass_of_bert():
        with torch.inference_mode():
            bert.network(**inputs)

    return {
        "transformer": timed(lambda: transformer._run(pad([row], len(row)))),
        "bert": timed(pass_of_bert),
        "rnnsearch": timed(lambda: rnnsearch._decoder([symbols])),  # encoder and first step
    }


def bert(reader: EncoderReader) -> dict:
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
            figure = heads_map.all_heads(view, len(reading.attention), Theme())
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
    """What the Evidence tab draws of 16-word headlines that the cards have read, by reader.

    The sum that is there at once, and everything; then, on demand, the ablation map and the scores
    of all rankings.
    """
    opened = settle(EVIDENCE, panel, {})
    texts = (f"{HEADLINE.rsplit(' ', 1)[0]} {place}" for place in count())  # none is remembered
    theme = Theme(width=1920, readers=tuple(panel))

    def drawn(name: str, functions: Sequence[Callable], **changes: Any) -> dict[str, float]:
        times_s = []
        given = {key: one.value for key, one in opened.items()} | {"reader": name, **changes}
        values = {key: one.value for key, one in settle(EVIDENCE, panel, given).items()}
        for _ in range(RUNS + WARM_UPS):
            text = next(texts)
            panel[name].read(text)
            started = time.perf_counter()
            pictures = [function(panel, text, theme, **values) for function in functions]
            for one in (one for drawn in pictures for one in drawn.values()):
                if isinstance(one, BaseFigure):
                    one.to_json()
            times_s.append(time.perf_counter() - started)
        return milliseconds(times_s[WARM_UPS:])

    whole = [EVIDENCE.draw, EVIDENCE.later]
    found = {}
    for name, reader in panel.items():
        found[name] = {
            "the_sum": drawn(name, whole[:1]),
            "everything": drawn(name, whole),
            "with_the_scores": drawn(name, whole, tested=True),
        }
        if Ability.HEAD_MASK in reader.info.can:
            found[name]["with_the_ablation_map"] = drawn(name, whole, map="masked")
    return found
