"""Further texts, made of those of a corpus, for a larger network to answer and a smaller to learn.

After Tang et al. (2019), "Distilling Task-Specific Knowledge from BERT", section 3.2: stretches of
a text stand alone, and some of its words are replaced. What is left may say something else than
the text did, which is why the teacher is asked about it. The same arguments give the same texts, so
that who learns finds the answers to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

SEED = 11
SHORTEST = 3  # words of a stretch
CUT = 0.5  # share of the texts of which a stretch is left
REPLACED = 0.1  # share of the words that one drawn from the corpus takes the place of


def further_texts(texts: Sequence[str], copies: int) -> list[str]:
    """So many changed copies of every text: first one of each, then another of each."""
    rng = np.random.default_rng(SEED)
    split = [text.split() for text in texts]
    corpus = list(chain.from_iterable(split))
    return [_changed(words, corpus, rng) for _ in range(copies) for words in split]


def _changed(words: list[str], corpus: list[str], rng: np.random.Generator) -> str:
    cut, share, place = rng.random(3)
    if cut < CUT and len(words) > SHORTEST:
        length = SHORTEST + int(share * (len(words) - SHORTEST))
        start = int(place * (len(words) - length + 1))
        words = words[start : start + length]
    replaced = rng.random(len(words)) < REPLACED
    drawn = iter(rng.integers(len(corpus), size=int(replaced.sum())))
    return " ".join(
        corpus[next(drawn)] if new else word for word, new in zip(words, replaced, strict=True)
    )
