"""Word vectors to start from, out of the input embeddings of a pretrained encoder.

A word's vector is the mean of those of its pieces; of all of a vocabulary's vectors the directions
of most variance are kept (principal component analysis).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

EMBEDDINGS = "word_embeddings.weight"  # how the name ends that BERT and its kind give them


def from_encoder(folder: Path, entries: Sequence[str], width: int, deviation: float) -> np.ndarray:
    """Vectors of words, float32 (entries, width), whose standard deviation is `deviation`.

    The first two entries of a vocabulary are no words: theirs are zero. `folder` holds
    model.safetensors and tokenizer.json. Raises ValueError with one sentence if it does not.
    """
    words = entries[2:]
    vectors = of_words(folder, words)
    if width > min(vectors.shape):
        raise ValueError(f"{folder} holds no {width} directions for {len(words):,} words.")
    vectors = principal_components(vectors, width)
    vectors *= deviation / vectors.std()
    return np.concatenate([np.zeros((2, width)), vectors]).astype(np.float32)


def of_words(folder: Path, words: Sequence[str]) -> np.ndarray:
    """The encoder's own vectors of words, float32 (words, features); zero for one of no piece.

    Raises ValueError, as `from_encoder`.
    """
    pieces = _pieces(folder / "tokenizer.json", words)
    embeddings = _embeddings(folder / "model.safetensors")
    if max(map(max, filter(None, pieces))) >= len(embeddings):
        raise ValueError(f"{folder} holds a tokenizer and embeddings that do not fit.")
    nothing = np.zeros(embeddings.shape[1], np.float32)
    return np.stack([embeddings[row].mean(axis=0) if row else nothing for row in pieces])


def principal_components(vectors: np.ndarray, width: int) -> np.ndarray:
    """Vectors (count, features) in the `width` directions of most variance: (count, width)."""
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)  # in order of rising variance
    return centred @ directions[:, : -width - 1 : -1]


def _pieces(file: Path, words: Sequence[str]) -> list[list[int]]:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception:  # tokenizers raises nothing narrower
        raise ValueError(f"{file} holds no tokenizer.") from None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    found = tokenizer.encode_batch(list(words), add_special_tokens=False)
    return [encoding.ids for encoding in found]


def _embeddings(file: Path) -> np.ndarray:
    try:
        with safe_open(file, "numpy") as tensors:
            names = [name for name in tensors.keys() if name.endswith(EMBEDDINGS)]  # noqa: SIM118
            found = tensors.get_tensor(names[0]) if len(names) == 1 else None
    except (OSError, SafetensorError, TypeError):
        found = None
    if found is None or found.ndim != 2:
        raise ValueError(f"{file} holds no one tensor {EMBEDDINGS} that can be read.")
    return found.astype(np.float32)
