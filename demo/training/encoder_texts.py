"""An encoder and the texts that it is trained on, encoded and in batches of like length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

from demo.models import checkpoint
from demo.reading import CLASSES
from demo.training.batches import of_like_length
from demo.training.mean_pooling import HEAD_FILE, MeanPooled
from demo.training.teacher import softmax

torch.set_float32_matmul_precision("high")  # on a GPU; a processor has no such
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
SEED = 7
BATCH = 32  # texts
ASKED = 256  # texts in a batch that no gradient is taken of
PIECES = 80  # read of each text in training
SHARES = 2 if DEVICE.type == "cpu" else 1  # of a batch, computed side by side: on two cores that
# is a tenth faster than splitting each matrix product


class Texts:
    """Encoded texts with what is to be answered to them, handed out in batches of like length.

    `targets` float32 (texts, 4) are probabilities, `size` the texts in a batch. The seed is that of
    the batches' order and of which pieces, `hidden` of them all, are read as the mask.
    """

    def __init__(
        self,
        tokenizer,
        texts: Sequence[str],
        targets: np.ndarray,
        size: int = BATCH,
        seed: int = SEED,
        hidden: float = 0.0,
    ):
        encoded = tokenizer(list(texts), truncation=True, max_length=PIECES)
        self.pieces, self.targets = encoded["input_ids"], targets
        self.pad, self.masked = tokenizer.pad_token_id, tokenizer.mask_token_id
        self.size, self.seed, self.hidden = size, seed, hidden

    def __len__(self) -> int:
        return len(self.pieces)

    def batch(self, chosen: np.ndarray) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Padded input_ids and attention_mask, int64 (texts, pieces), and targets (texts, 4)."""
        rows = [self.pieces[index] for index in chosen]
        lengths = np.array([len(pieces) for pieces in rows])[:, None]
        ids = np.full((len(rows), lengths.max()), self.pad)
        for row, pieces in zip(ids, rows, strict=True):
            row[: len(pieces)] = pieces
        places = np.arange(ids.shape[1])
        if self.hidden:
            inner = (places > 0) & (places < lengths - 1)  # neither the first mark nor the last
            rng = np.random.default_rng([self.seed, *chosen])
            ids[inner & (rng.random(ids.shape) < self.hidden)] = self.masked
        mask = torch.from_numpy(places < lengths)
        inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": mask}
        return inputs, torch.from_numpy(self.targets[chosen])

    def epoch(self, number: int) -> list[np.ndarray]:
        """The batches of one epoch; the same number gives the same batches."""
        rng = np.random.default_rng([self.seed, number])
        return of_like_length([len(pieces) for pieces in self.pieces], self.size, rng)

    def from_step(self, step: int) -> Iterator[np.ndarray]:
        """The batches of endless epochs from an optimizer step on."""
        per_epoch = -(-len(self) // self.size)
        number, skipped = divmod(step, per_epoch)
        while True:
            yield from self.epoch(number)[skipped:]
            number, skipped = number + 1, 0


def load_base(base: str, mean_pooled: bool = False) -> tuple[Any, Any]:
    """The pretrained encoder of a hub name or folder under a 4-class head; its tokenizer.

    The head is that of the encoder's family, or one that reads the mean of its tokens, if that is
    asked for or lies in the folder. Raises ValueError with one sentence if no such family is known.
    """
    torch.manual_seed(SEED)
    config = AutoConfig.from_pretrained(
        base,
        num_labels=len(CLASSES),
        id2label=dict(enumerate(CLASSES)),
        label2id={name: index for index, name in enumerate(CLASSES)},
    )
    checkpoint.check_family(config.model_type)
    if mean_pooled or (Path(base) / HEAD_FILE).is_file():
        model: Any = MeanPooled(base, len(CLASSES))
    else:
        for name, share in config.to_dict().items():
            if "dropout" in name and isinstance(share, float):
                # In two epochs no text is seen often enough for dropout to pay; without it a seed
                # says what a run does.
                setattr(config, name, 0.0)
        model = AutoModelForSequenceClassification.from_pretrained(
            base, config=config, dtype=torch.float32
        )
    return model.to(DEVICE), AutoTokenizer.from_pretrained(base)


def side_by_side() -> ThreadPoolExecutor:
    """As many threads as `SHARES`, which share the processor's cores."""
    cores = max(1, torch.get_num_threads() // SHARES)
    return ThreadPoolExecutor(SHARES, initializer=torch.set_num_threads, initargs=(cores,))


def run(network: Callable, texts: Texts, steps: int | None = None) -> tuple[np.ndarray, ...]:
    """What a network makes of texts, float32 (texts, width), and their indices (texts,).

    `network` takes input_ids and attention_mask. All texts are read, or `steps` batches of them.
    """
    batches = list(islice(texts.epoch(0), steps))

    @torch.inference_mode()
    def output(chosen: np.ndarray) -> np.ndarray:
        inputs = {name: part.to(DEVICE) for name, part in texts.batch(chosen)[0].items()}
        return network(**inputs).float().cpu().numpy()

    with side_by_side() as pool:
        found = np.concatenate(list(pool.map(output, batches)))
    return found, np.concatenate(batches)


def logits(model, texts: Texts) -> np.ndarray:
    """The logits of the classes, float32 (texts, 4)."""
    model.eval()
    found, order = run(lambda **inputs: model(**inputs).logits, texts)
    answers = np.empty_like(found)
    answers[order] = found
    return answers


def predict(model, texts: Texts) -> np.ndarray:
    """The probabilities of the classes, float32 (texts, 4)."""
    return softmax(logits(model, texts))


def logits_of(folder: Path, texts: Sequence[str]) -> np.ndarray:
    """The logits that the network in `folder` gives to texts, float32 (texts, 4)."""
    model, tokenizer = load_base(str(folder))
    unanswered = np.zeros((len(texts), len(CLASSES)), np.float32)
    return logits(model, Texts(tokenizer, texts, unanswered, ASKED))
