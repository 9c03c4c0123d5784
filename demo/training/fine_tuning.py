"""The fine-tuning of a pretrained encoder: its recipe, its gradients, its checkpoints.

AdamW under a linear warm-up and a linear decay to zero (Devlin et al. 2019, appendix A.3). The
order of the batches is a function of the seed and the step, so that a run which was cut off goes on
from its last checkpoint and nothing else has to be kept.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import get_linear_schedule_with_warmup

from demo.training.encoder_texts import BATCH, DEVICE, SEED, SHARES, Texts, side_by_side

CHECKPOINT_S = 600  # seconds between two checkpoints
LOG_STEPS = 50


@dataclass(frozen=True)
class Recipe:
    """What a training run does; one with a teacher has no use for the label smoothing."""

    epochs: float = 2.0
    steps: int | None = None  # of the optimizer, in place of epochs: for a short trial
    batch: int = BATCH  # texts in one
    peak_rate: float = 1e-4
    warm_up: float = 0.1  # of all steps
    weight_decay: float = 0.01
    largest_gradient: float = 1.0  # norm that gradients are clipped to
    average: float = 0.998  # momentum of the weights' moving average
    label_smoothing: float = 0.05
    temperature: float = 2.0  # at which a teacher is learned from
    copies: int = 0  # further texts for each one, changed ones that the teacher was asked about
    hidden: float = 0.0  # share of a text's pieces that are read as [MASK]
    seed: int = SEED  # of the batches, and of what is hidden in them
    head_decay: float = 1e-8  # of a frozen encoder's head: of its squared weights in the loss
    head_steps: int = 1000  # of L-BFGS

    def steps_of(self, texts: int) -> int:
        """The steps that so many texts take."""
        return self.steps or round(self.epochs * texts / self.batch)


def autocast() -> torch.autocast:
    """bfloat16 where the hardware computes in it; elsewhere it is emulated, 20 times slower."""
    if DEVICE.type == "cuda":
        able = torch.cuda.is_bf16_supported()
    else:
        able = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(DEVICE.type, torch.bfloat16, enabled=able)


def optimizer_of(model: torch.nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW; biases and layer norms, which are vectors, do not decay."""
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.peak_rate, fused=True)


class Gradients:
    """Computes the gradient of a batch, in shares side by side."""

    def __init__(self, model: torch.nn.Module, texts: Texts, temperature: float):
        self.model, self.texts, self.temperature = model, texts, temperature
        self.weights = [weights for weights in model.parameters() if weights.requires_grad]
        self.pool = side_by_side()

    def of(self, chosen: np.ndarray) -> torch.Tensor:
        """Leave the gradient of the chosen texts' mean loss in the weights; returns that loss."""
        shares = np.array_split(chosen, min(SHARES, len(chosen)))
        size = [len(chosen)] * len(shares)
        losses, gradients = zip(*self.pool.map(self._of_share, shares, size), strict=True)
        for weights, *parts in zip(self.weights, *gradients, strict=True):
            weights.grad = sum(parts[1:], start=parts[0])
        return sum(losses)

    def _of_share(
        self, chosen: np.ndarray, size: int
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        inputs, targets = self.texts.batch(chosen)
        with autocast():
            logits = self.model(**{name: part.to(DEVICE) for name, part in inputs.items()}).logits
        even = logits.float() / self.temperature
        loss = cross_entropy(even, targets.to(DEVICE), reduction="sum") * self.temperature**2
        return loss.detach() / size, torch.autograd.grad(loss / size, self.weights)


def fine_tune(
    model, texts: Texts, recipe: Recipe, temperature: float, checkpoint: Path | None
) -> torch.nn.Module:
    """Train `model`; returns the average of its weights."""
    steps = recipe.steps_of(len(texts))
    print(f"{len(texts)} texts, {steps} steps of {recipe.batch}, on {DEVICE}", flush=True)
    optimizer, gradients = optimizer_of(model, recipe), Gradients(model, texts, temperature)
    schedule = get_linear_schedule_with_warmup(optimizer, int(recipe.warm_up * steps), steps)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.average))
    parts = {"model": model, "average": average, "optimizer": optimizer, "schedule": schedule}
    step = restore(checkpoint, parts)
    started, saved, losses = time.monotonic(), time.monotonic(), []
    model.train()
    for done, chosen in enumerate(islice(texts.from_step(step), steps - step), start=step + 1):
        losses.append(gradients.of(chosen))
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.largest_gradient)
        optimizer.step()
        schedule.step()
        average.update_parameters(model)
        if done % LOG_STEPS == 0:
            pace = (time.monotonic() - started) / (done - step)
            print(
                f"step {done}/{steps}: loss {torch.stack(losses).mean():.4f}, "
                f"{pace:.2f} s a step, {pace * (steps - done) / 60:.0f} min left",
                flush=True,
            )
            losses.clear()
        if checkpoint and (done == steps or time.monotonic() - saved > CHECKPOINT_S):
            save_checkpoint(checkpoint, parts, done)
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
