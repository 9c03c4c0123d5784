"""Fine-tune a pretrained BERT: `python -m demo.training.bert --data DIR --base NAME_OR_FOLDER`.

Everything is trained with AdamW under a linear warm-up over the first 10 % of the optimizer steps
and a linear decay to zero (Devlin et al. 2019, appendix A.3); only the word embeddings stay as
they were unless `--train-embeddings` is given. People type headlines, so every article is read as
title and description together and, where it has one, as its title alone.

A run that was cut off goes on from its last checkpoint: the order of the batches is a function of
the seed and the step, so nothing else has to be kept.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import (
    AutoTokenizer,
    BertForSequenceClassification,
    get_linear_schedule_with_warmup,
)

from demo.reading import CLASSES
from demo.training import agnews
from demo.training.batches import of_like_length

SEED = 7
BATCH = 32
EPOCHS = 3.0
PEAK_RATE = 1e-4
WARM_UP = 0.1  # of all optimizer steps
WEIGHT_DECAY = 0.01
LABEL_SMOOTHING = 0.05
LARGEST_GRADIENT = 1.0  # norm that gradients are clipped to
AVERAGE = 0.998  # momentum of the weights' moving average
PIECES = 80  # read of each text in training
CHECKPOINT_S = 300  # seconds between two checkpoints
LOG_STEPS = 50


class Texts:
    """Encoded texts with their classes, handed out in batches of like length."""

    def __init__(self, tokenizer, texts: Sequence[str], labels: np.ndarray):
        encoded = tokenizer(list(texts), truncation=True, max_length=PIECES)
        self.pieces, self.labels = encoded["input_ids"], labels
        self.pad = tokenizer.pad_token_id

    def __len__(self) -> int:
        return len(self.pieces)

    def batch(self, chosen: np.ndarray) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Padded input_ids and attention_mask, int64 (texts, pieces), and classes (texts,)."""
        rows = [self.pieces[index] for index in chosen]
        ids = np.full((len(rows), max(map(len, rows))), self.pad)
        for row, pieces in zip(ids, rows, strict=True):
            row[: len(pieces)] = pieces
        mask = np.arange(ids.shape[1]) < np.array([len(pieces) for pieces in rows])[:, None]
        inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        return inputs, torch.from_numpy(self.labels[chosen])

    def epoch(self, number: int) -> list[np.ndarray]:
        """The batches of one epoch; the same number gives the same batches."""
        rng = np.random.default_rng([SEED, number])
        return of_like_length([len(pieces) for pieces in self.pieces], BATCH, rng)

    def from_step(self, step: int) -> Iterator[np.ndarray]:
        """The batches of endless epochs from an optimizer step on."""
        per_epoch = -(-len(self) // BATCH)
        number, skipped = divmod(step, per_epoch)
        while True:
            yield from self.epoch(number)[skipped:]
            number, skipped = number + 1, 0


def load_base(base: str, device: torch.device) -> tuple[BertForSequenceClassification, object]:
    """The pretrained encoder of a hub name or folder under a new 4-class head; its tokenizer."""
    torch.manual_seed(SEED)
    model = BertForSequenceClassification.from_pretrained(
        base,
        num_labels=len(CLASSES),
        id2label=dict(enumerate(CLASSES)),
        label2id={name: index for index, name in enumerate(CLASSES)},
        attention_probs_dropout_prob=0.0,  # lets the fused attention kernel run
        dtype=torch.float32,
    )
    return model.to(device), AutoTokenizer.from_pretrained(base)


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 where the hardware computes in it; elsewhere it is emulated, 20 times slower."""
    if device.type == "cuda":
        able = torch.cuda.is_bf16_supported()
    else:
        able = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device.type, torch.bfloat16, enabled=able)


def optimizer_of(model: torch.nn.Module) -> torch.optim.AdamW:
    """AdamW; biases and layer norms do not decay."""
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    exempt = ("bias", "LayerNorm.weight")
    groups = [
        {"params": [p for n, p in trained if not n.endswith(exempt)], "weight_decay": WEIGHT_DECAY},
        {"params": [p for n, p in trained if n.endswith(exempt)], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=PEAK_RATE)


def fine_tune(model, texts: Texts, steps: int, checkpoint: Path | None) -> torch.nn.Module:
    """Train for `steps` optimizer steps; returns the average of the weights."""
    device = model.device
    optimizer = optimizer_of(model)
    schedule = get_linear_schedule_with_warmup(optimizer, int(WARM_UP * steps), steps)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE))
    parts = {"model": model, "average": average, "optimizer": optimizer, "schedule": schedule}
    step = restore(checkpoint, parts)
    torch.manual_seed(SEED + step)
    started, saved, losses = time.monotonic(), time.monotonic(), []
    model.train()
    for done, chosen in enumerate(texts.from_step(step), start=step):
        if done == steps:
            break
        inputs, labels = texts.batch(chosen)
        with autocast(device):
            logits = model(**{name: tensor.to(device) for name, tensor in inputs.items()}).logits
        loss = cross_entropy(logits.float(), labels.to(device), label_smoothing=LABEL_SMOOTHING)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        average.update_parameters(model)
        losses.append(loss.item())
        if (done + 1) % LOG_STEPS == 0:
            pace = (time.monotonic() - started) / (done + 1 - step)
            print(
                f"step {done + 1}/{steps}: loss {np.mean(losses[-LOG_STEPS:]):.4f}, "
                f"{pace:.2f} s a step, {pace * (steps - done - 1) / 60:.0f} min left",
                flush=True,
            )
        if checkpoint and time.monotonic() - saved > CHECKPOINT_S:
            save_checkpoint(checkpoint, parts, done + 1)
            saved = time.monotonic()
    return average.module


def save_checkpoint(folder: Path, parts: dict, step: int) -> None:
    """Write the state of all parts, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: part.state_dict() for name, part in parts.items()} | {"step": step}
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        torch.save(state, file)
    os.replace(file.name, folder / "last.pt")


def restore(folder: Path | None, parts: dict) -> int:
    """Load the last checkpoint into the parts, if there is one; returns the steps it had done."""
    if folder is None or not (folder / "last.pt").is_file():
        return 0
    state = torch.load(folder / "last.pt", weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    print(f"going on from step {state['step']} of {folder / 'last.pt'}", flush=True)
    return state["step"]


@torch.inference_mode()
def accuracy(model, texts: Texts) -> float:
    """The share of texts that the model puts into their class."""
    model.eval()
    right = 0
    for chosen in texts.epoch(0):
        inputs, labels = texts.batch(chosen)
        logits = model(**{name: tensor.to(model.device) for name, tensor in inputs.items()}).logits
        right += int((logits.argmax(-1).cpu() == labels).sum())
    return right / len(texts)


def train(
    data: Path | None,
    base: str,
    out: Path,
    steps: int | None = None,
    epochs: float = EPOCHS,
    checkpoint: Path | None = None,
    train_embeddings: bool = False,
) -> None:
    """Fine-tune `base` on the articles in `data` and write what the reader opens into `out`."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, tokenizer = load_base(base, device)
    for weights in model.bert.embeddings.parameters():
        weights.requires_grad = train_embeddings
    articles, validation = agnews.split(agnews.load(data)[0])
    texts = Texts(tokenizer, *agnews.whole_and_titles(articles))
    steps = steps or round(epochs * len(texts) / BATCH)
    print(f"{len(texts)} texts, {steps} steps of {BATCH}, on {device}", flush=True)
    model = fine_tune(model, texts, steps, checkpoint)
    for name in ("title_description", "title"):
        held_out = Texts(tokenizer, *agnews.variant(validation, name))
        print(f"validation accuracy, {name}: {accuracy(model, held_out):.4f}", flush=True)
    model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fine-tune a BERT on AG News.")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--base", required=True, help="hub name or folder of a pretrained BERT")
    parser.add_argument("--out", type=Path, default=Path("trained/bert"))
    parser.add_argument("--steps", type=int, help="optimizer steps, for a short trial")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--checkpoint", type=Path, help="folder to resume from, outside the tree")
    parser.add_argument("--train-embeddings", action="store_true")
    try:
        train(**vars(parser.parse_args()))
    except agnews.CorpusError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
