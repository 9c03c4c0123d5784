"""Knowledge distillation (Hinton et al. 2015): what a network learns from a fine-tuned BERT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.reading import CLASSES


def one_hot(labels: np.ndarray) -> np.ndarray:
    """All of the probability on the class itself: (texts,) -> float32 (texts, 4)."""
    return np.eye(len(CLASSES), dtype=np.float32)[labels]


def targets(
    texts: Sequence[str],
    labels: np.ndarray,
    share: float,
    teacher: Path | None,
    kept: Path | None = None,
) -> np.ndarray:
    """What a network shall answer, float32 (texts, 4): the class, or mostly what the teacher says.

    `share` of the target is the answer of the BERT in the folder `teacher`, the rest is the class.
    The answers are kept in the file `kept`, if one is named, and read from there the next time.
    """
    if teacher is None:
        return one_hot(labels)
    if kept and kept.is_file():
        soft = np.load(kept)
        assert soft.shape == (len(texts), len(CLASSES)), f"{kept} holds answers to other texts"
    else:
        from demo.training import bert_texts  # PyTorch, only where there is a teacher

        soft = bert_texts.soft_labels(teacher, texts)
        if kept:
            np.save(kept, soft)
    return share * soft + (1 - share) * one_hot(labels)
