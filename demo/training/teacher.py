"""Knowledge distillation (Hinton et al. 2015): what a smaller network learns from a larger one.

`python -m demo.training.teacher FOLDER --data DIR --out FILE` asks the fine-tuned network that lies
in FOLDER for its logits of every training text and title, with `--copies` of changed copies of each
too (`demo.training.further_texts`), and writes them to FILE, from which the recipes learn with
`--teacher FILE`; with several such files, from the mean of their logits.

FILE is an .npz of `keys` uint64 (texts,) and `logits` float16 (texts, 4). A key is made of a text's
letters and digits alone, so that a small change of the cleaning does not part a text from its row.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.reading import CLASSES
from demo.training import agnews
from demo.training.further_texts import further_texts

KEY_BYTES = 8  # of the SHA-1 of a text's letters and digits
UNANSWERED = 0.01  # of the texts at most: they keep their own class


def one_hot(labels: np.ndarray) -> np.ndarray:
    """All of the probability on the class itself: (texts,) -> float32 (texts, 4)."""
    return np.eye(len(CLASSES), dtype=np.float32)[labels]


def smoothed(labels: np.ndarray, smoothing: float) -> np.ndarray:
    """The class itself but for `smoothing`, which all share: (texts,) -> float32 (texts, 4)."""
    return (1 - smoothing) * one_hot(labels) + np.float32(smoothing / len(CLASSES))


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities over the last axis; a higher temperature (1: as they are) evens them out."""
    logits = logits / temperature
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def key(text: str) -> int:
    """The key of a text in a file of answers."""
    letters = "".join(filter(str.isalnum, text.lower()))
    return int.from_bytes(hashlib.sha1(letters.encode()).digest()[:KEY_BYTES], "big")


class Teacher:
    """The answers of larger networks, as files keep them: the mean of those that a text has.

    Raises ValueError with one sentence if a file is missing or holds something else.
    """

    def __init__(self, files: Sequence[Path]):
        self.files = ", ".join(map(str, files))
        self._rows: dict[int, np.ndarray] = {}
        count: Counter[int] = Counter()
        for file in files:
            for text, logits in zip(*_answers(file), strict=True):
                count[text] += 1
                before = self._rows.get(text, 0)
                self._rows[text] = before + (logits - before) / count[text]

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """What it said of texts, float32 (texts, 4); NaN of a text that it was not asked about.

        Raises ValueError with one sentence if those are more than `UNANSWERED`.
        """
        silence = np.full(len(CLASSES), np.nan, np.float32)
        found = np.array([self._rows.get(key(text), silence) for text in texts])
        missing = int(np.isnan(found[:, 0]).sum())
        if missing > UNANSWERED * len(texts):
            raise ValueError(
                f"{self.files} has no answer to {missing:,} of {len(texts):,} training texts: "
                "ask the teacher about this corpus."
            )
        return found

    def targets(
        self, articles: Sequence[agnews.Article], variants: Sequence[str], temperature: float = 1.0
    ) -> np.ndarray:
        """What to learn for each text of the variants, in their order, float32 (texts, 4).

        A whole text takes the answer to itself, a description that to its whole text, which knows
        more, and a title the mean of both: what the title tells, and what is true. Where an answer
        is missing, as some are when the cleaning has changed, the target is the article's class.
        """
        parts = []
        for variant in variants:
            having = agnews.having(articles, variant)
            whole = softmax(self.logits([article.text for article in having]), temperature)
            if variant == "title":
                own = softmax(self.logits([article.title for article in having]), temperature)
                whole = (whole + own) / 2
            classes = one_hot(np.array([article.label for article in having]))
            parts.append(np.where(np.isnan(whole), classes, whole))
        return np.concatenate(parts)

    def further(
        self, articles: Sequence[agnews.Article], copies: int, temperature: float = 1.0
    ) -> tuple[list[str], np.ndarray]:
        """Changed copies of every text and title that were answered, and what to learn for each."""
        texts = further_texts(agnews.whole_and_titles(articles)[0], copies)
        said = softmax(self.logits(texts), temperature) if texts else np.empty((0, len(CLASSES)))
        answered = ~np.isnan(said[:, 0])
        kept = [text for text, known in zip(texts, answered, strict=True) if known]
        return kept, said[answered].astype(np.float32)


def _answers(file: Path) -> tuple[list[int], np.ndarray]:
    """The keys and the logits in a file, float32 (texts, 4)."""
    try:
        with np.load(file) as found:
            keys, logits = found["keys"], found["logits"].astype(np.float32)
    except (OSError, EOFError, ValueError, KeyError):
        raise ValueError(f"{file} holds no answers of a teacher.") from None
    if logits.shape != (len(keys), len(CLASSES)) or not np.isfinite(logits).all():
        raise ValueError(f"{file} holds no four finite numbers for each text.")
    return keys.tolist(), logits


def ask(folder: Path, data: Path | None, file: Path, copies: int = 0) -> None:
    """Write what the network in `folder` answers to every text and title of the training part.

    It is asked about so many changed copies of each, too.
    """
    from demo.training import encoder_texts  # PyTorch, which learning from a file does without

    articles, _ = agnews.split(agnews.load(data)[0])
    texts, _ = agnews.whole_and_titles(articles)
    rows = {key(text): text for text in texts + further_texts(texts, copies)}
    logits = encoder_texts.logits_of(folder, list(rows.values()))
    np.savez_compressed(
        file, keys=np.array(list(rows), np.uint64), logits=logits.astype(np.float16)
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Keep a teacher's answers to the training texts.")
    parser.add_argument("folder", type=Path, help="folder of a fine-tuned network")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--copies", type=int, default=0, help="changed ones of each text")
    parser.add_argument("--out", dest="file", type=Path, required=True, help="the .npz to write")
    try:
        ask(**vars(parser.parse_args()))
    except agnews.CorpusError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
