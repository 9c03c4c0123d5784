"""Scores of written headlines and of the alignment that they were written with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from demo.models import words
from demo.reading import Reading
from demo.training import opposites

ROUGES = ("rouge1", "rouge2", "rougeL")
FIRST_WORDS = 8  # of the baseline's headline
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")


def rouge(written: Sequence[str], titles: Sequence[str]) -> dict[str, float]:
    """Mean ROUGE-1, -2 and -L F1 of headlines, stemmed, as Lin (2004) and `rouge-score`."""
    scorer = RougeScorer(ROUGES, use_stemmer=True)
    found = [scorer.score(title, line) for title, line in zip(titles, written, strict=True)]
    return {
        name: round(float(np.mean([one[name].fmeasure for one in found])), 4) for name in ROUGES
    }


def first_words(text: str) -> str:
    """The baseline: the first eight words of a text."""
    return " ".join(text[start:end] for start, end in words.spans(text)[:FIRST_WORDS])


def first_sentence(text: str) -> str:
    """The other baseline: a text up to the first mark that ends a sentence."""
    return _SENTENCE_END.split(text, maxsplit=1)[0]


def copied(reading: Reading) -> list[tuple[int, int]]:
    """Rows of an alignment and the token that each should peak on.

    Those are the written words that occur exactly once in the text.
    """
    keys = [words.key(token.as_read) for token in reading.tokens]
    once = {key for key, count in Counter(keys).items() if count == 1}
    outputs = [words.key(output) for output in reading.alignment.outputs]
    return [(row, keys.index(key)) for row, key in enumerate(outputs) if row and key in once]


def alignments(readings: Sequence[Reading]) -> dict[str, float]:
    """How well the rows of written words point, and how sharply.

    `copied_words`: the share of the written words that occur in the text; `accuracy`: of those
    that occur once, the share whose row peaks on that word, beside what a uniform row and a
    diagonal (row i of n looks at token i/n of the way) would reach; `weight`: the mean weight on
    that word; `entropy`: of the rows, in nats, mean.
    """
    right = diagonal = pairs = inside = written = 0
    uniform = on_it = 0.0
    entropies = []
    for reading in readings:
        weights, count = reading.alignment.weights, len(reading.tokens)
        keys = {words.key(token.as_read) for token in reading.tokens}
        outputs = reading.alignment.outputs[1:]
        written += len(outputs)
        inside += sum(words.key(output) in keys for output in outputs)
        entropies += list(-(weights * np.log(np.maximum(weights, 1e-12))).sum(-1)[1:])
        for row, place in copied(reading):
            pairs += 1
            right += weights[row].argmax() == place
            on_it += weights[row, place]
            uniform += 1 / count
            diagonal += int((row - 0.5) / len(outputs) * count) == place
    return {
        "copied_words": round(inside / max(written, 1), 4),
        "words_that_occur_once": pairs,
        "accuracy": round(float(right) / max(pairs, 1), 4),
        "accuracy_uniform": round(float(uniform) / max(pairs, 1), 4),
        "accuracy_diagonal": round(float(diagonal) / max(pairs, 1), 4),
        "weight": round(float(on_it) / max(pairs, 1), 4),
        "entropy": round(float(np.mean(entropies)), 4),
    }


def score(readings: Sequence[Reading], titles: Sequence[str]) -> dict:
    """Everything about the headlines of some texts, beside the titles that people wrote."""
    written = [" ".join(reading.alignment.outputs[1:]) for reading in readings]
    texts = [reading.text for reading in readings]
    return {
        "articles": len(readings),
        "rouge": rouge(written, titles),
        "rouge_of_first_words": rouge([first_words(text) for text in texts], titles),
        "rouge_of_first_sentence": rouge([first_sentence(text) for text in texts], titles),
        "opposites": round(opposites.share(written, texts), 5),
        "alignment": alignments(readings),
    }


def in_words(scores: dict) -> str:
    """What `score` found, in a line."""
    rouge1, baseline = scores["rouge"]["rouge1"], scores["rouge_of_first_words"]["rouge1"]
    return (
        f"ROUGE-1 {rouge1:.4f} (first {FIRST_WORDS} words {baseline:.4f}), "
        f"copied words aligned {scores['alignment']['accuracy']:.4f}, "
        f"with a weight of {scores['alignment']['weight']:.2f}, opposites in "
        f"{scores['opposites']:.2%}, on {scores['articles']} articles"
    )
