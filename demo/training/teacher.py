"""Knowledge distillation (Hinton et al. 2015): what a network learns from a fine-tuned BERT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.reading import CLASSES
from demo.training import agnews


def one_hot(labels: np.ndarray) -> np.ndarray:
    """All of the probability on the class itself: (texts,) -> float32 (texts, 4)."""
    return np.eye(len(CLASSES), dtype=np.float32)[labels]


def targets(
    articles: Sequence[agnews.Article], share: float, teacher: Path, kept: Path | None = None
) -> np.ndarray:
    """What a network shall answer to each text of `agnews.every_variant`, float32 (texts, 4).

    `share` of it is the answer of the BERT in the folder `teacher` to that text (to a description:
    its answer to the whole text, which knows more), the rest is the article's class. The answers
    are kept in the file `kept`, if one is named, and read from there the next time.
    """
    texts, labels = agnews.every_variant(articles)
    described = [bool(article.title and article.description) for article in articles]
    asked = texts[: len(texts) - sum(described)]
    if kept and kept.is_file():
        soft = np.load(kept)
        assert soft.shape == (len(asked), len(CLASSES)), f"{kept} holds answers to other texts"
    else:
        from demo.training import bert_texts  # PyTorch, only where there is a teacher

        soft = bert_texts.soft_labels(teacher, asked)
        if kept:
            np.save(kept, soft)
    soft = np.concatenate([soft, soft[: len(articles)][described]])
    return share * soft + (1 - share) * one_hot(labels)
