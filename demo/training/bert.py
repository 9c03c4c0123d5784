"""Fine-tune a pretrained BERT: `python -m demo.training.bert --data DIR --base NAME_OR_FOLDER`.

Everything is trained with AdamW under a linear warm-up over the first 10 % of the optimizer steps
and a linear decay to zero (Devlin et al. 2019, appendix A.3). With `--frozen` the encoder stays as
it was and only the 4-class head is trained, on features that are computed once. People type
headlines, so every article is read as title and description together and, where it has one, as its
title alone. Both ways write a folder that the reader opens.

With `--teacher FILE` it learns not the one class that an article was filed under but what a larger
network gives each of the four (knowledge distillation, Hinton et al. 2015): the cross-entropy of
softmax(logits / T) with the teacher's, times T^2. Then the word embeddings stay as they were, and
`--base` may be a BERT that was fine-tuned on the classes before.

A run that was cut off goes on from its last checkpoint: the order of the batches is a function of
the seed and the step, so nothing else has to be kept.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import get_linear_schedule_with_warmup

from demo.models.base import Card
from demo.training import agnews, model_card
from demo.training.bert_texts import (
    BATCH,
    DEVICE,
    PIECES,
    SEED,
    SHARES,
    Texts,
    load_base,
    predict,
    run,
    side_by_side,
)
from demo.training.teacher import Teacher, one_hot, smoothed

VARIANTS = ("title_description", "title")  # of an article, read and validated on
CHECKPOINT_S = 600  # seconds between two checkpoints
LOG_STEPS = 50


@dataclass(frozen=True)
class Recipe:
    """What a training run does; one with a teacher has no use for the label smoothing."""

    epochs: float = 2.0
    steps: int | None = None  # of the optimizer, in place of epochs: for a short trial
    peak_rate: float = 1e-4
    warm_up: float = 0.1  # of all steps
    weight_decay: float = 0.01
    largest_gradient: float = 1.0  # norm that gradients are clipped to
    average: float = 0.998  # momentum of the weights' moving average
    label_smoothing: float = 0.05
    temperature: float = 2.0  # at which a teacher is learned from
    hidden: float = 0.0  # share of a text's pieces that are read as [MASK]
    seed: int = SEED  # of the batches, and of what is hidden in them
    head_decay: float = 1e-8  # of a frozen encoder's head: of its squared weights in the loss
    head_steps: int = 1000  # of L-BFGS

    def steps_of(self, texts: int) -> int:
        """The steps that so many texts take."""
        return self.steps or round(self.epochs * texts / BATCH)


TITLES, PLACE = {False: "Fine-tuned BERT", True: "BERT, encoder frozen"}, 2
ABOUT = (
    "Sorts a news text into World, Sports, Business or Sci/Tech: a BERT with a head of four "
    "classes, {layers} layers of {heads} heads, width {width}, {parameters:,} parameters, which "
    "starts from {base}; trained on the first {read} pieces of a text."
)
FACTS = {
    "Trained on": "{articles:,} AG News articles, and on the titles of those that have one once "
    "more as texts of their own: {texts:,} texts. {way}",
    "Validation accuracy": "{title_description:.2%} on title and description of {validation:,} "
    "articles, {title:.2%} on titles alone. The scores on the official test split are in "
    "metrics.json.",
    "Stored": "with its matrices in half precision, computed in single: that moves the median "
    "validation probability by {median:.6f}, the worst one by {worst:.5f}.",
    "Limits": "it knows the news of 2004 and 2005, in English, without upper and lower case. Its "
    "attention shows where each head looked, which is not by itself the reason for its verdict.",
}
FINE_TUNED = (
    "Everything was trained: {steps:,} steps of {batch} texts ({epochs:.1f} epochs), AdamW with a "
    "peak rate of {rate}, {taught}, {hidden}seed {seed}; the {kept} weights were kept."
)
HARD = "label smoothing {smoothing}"
TAUGHT = (
    "on a teacher's probabilities at a temperature of {temperature} (knowledge distillation), "
    "word embeddings left as they were"
)
FROZEN = (
    "The encoder stayed as it was; the head alone was fitted to the pooler's output for "
    "{fitted:,} of the texts."
)


def autocast() -> torch.autocast:
    """bfloat16 where the hardware computes in it; elsewhere it is emulated, 20 times slower."""
    if DEVICE.type == "cuda":
        able = torch.cuda.is_bf16_supported()
    else:
        able = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(DEVICE.type, torch.bfloat16, enabled=able)


def optimizer_of(model: torch.nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW; biases and layer norms do not decay."""
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    exempt, decay = ("bias", "LayerNorm.weight"), recipe.weight_decay
    groups = [
        {"params": [p for n, p in trained if not n.endswith(exempt)], "weight_decay": decay},
        {"params": [p for n, p in trained if n.endswith(exempt)], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.peak_rate, fused=True)


class Gradients:
    """Computes the gradient of a batch, in shares side by side."""

    def __init__(self, model: torch.nn.Module, texts: Texts, temperature: float):
        self.model, self.texts, self.temperature = model, texts, temperature
        self.weights = [weights for weights in model.parameters() if weights.requires_grad]
        self.pool = side_by_side()

    def of(self, chosen: np.ndarray) -> float:
        """Leave the gradient of the chosen texts' mean loss in the weights; returns that loss."""
        shares = np.array_split(chosen, min(SHARES, len(chosen)))
        size = [len(chosen)] * len(shares)
        losses, gradients = zip(*self.pool.map(self._of_share, shares, size), strict=True)
        for weights, *parts in zip(self.weights, *gradients, strict=True):
            weights.grad = sum(parts[1:], start=parts[0])
        return sum(losses)

    def _of_share(self, chosen: np.ndarray, size: int) -> tuple[float, tuple[torch.Tensor, ...]]:
        inputs, targets = self.texts.batch(chosen)
        with autocast():
            logits = self.model(**{name: part.to(DEVICE) for name, part in inputs.items()}).logits
        even = logits.float() / self.temperature
        loss = cross_entropy(even, targets.to(DEVICE), reduction="sum") * self.temperature**2
        return loss.item() / size, torch.autograd.grad(loss / size, self.weights)


def fine_tune(
    model, texts: Texts, recipe: Recipe, temperature: float, checkpoint: Path | None
) -> torch.nn.Module:
    """Train `model`; returns the average of its weights."""
    steps = recipe.steps_of(len(texts))
    print(f"{len(texts)} texts, {steps} steps of {BATCH}, on {DEVICE}", flush=True)
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
                f"step {done}/{steps}: loss {np.mean(losses[-LOG_STEPS:]):.4f}, "
                f"{pace:.2f} s a step, {pace * (steps - done) / 60:.0f} min left",
                flush=True,
            )
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


def accuracies(model, held_out: dict[str, Texts], kind: str) -> dict[str, float]:
    """The share of texts that the model puts into their class, by variant; printed too."""
    shares = {}
    for name, texts in held_out.items():
        shares[name] = float((predict(model, texts).argmax(-1) == texts.targets.argmax(-1)).mean())
        print(f"validation accuracy, {kind}, {name}: {shares[name]:.4f}", flush=True)
    return shares


def fit_head(head: torch.nn.Linear, x: torch.Tensor, labels: torch.Tensor, recipe: Recipe) -> None:
    """Fit the head to features (texts, width) and their classes, by L-BFGS from zero."""
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimizer = torch.optim.LBFGS(
        head.parameters(), max_iter=recipe.head_steps, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = cross_entropy(head(x), labels) + recipe.head_decay * head.weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)


def train_head(model, texts: Texts, recipe: Recipe) -> str:
    """Fit the head to the features of the frozen encoder; returns what the card says of it."""
    model.eval()
    found, order = run(lambda **inputs: model.bert(**inputs).pooler_output, texts, recipe.steps)
    fit_head(
        model.classifier.cpu(),
        torch.from_numpy(found),
        torch.from_numpy(texts.targets.argmax(-1)[order]),
        recipe,
    )
    model.to(DEVICE)
    return FROZEN.format(fitted=len(found))


def train_all(
    model,
    texts: Texts,
    held_out: dict[str, Texts],
    recipe: Recipe,
    taught: bool,
    checkpoint: Path | None,
):
    """Fine-tune everything; returns the better of two sets of weights, and the card's words."""
    temperature = recipe.temperature if taught else 1.0
    average = fine_tune(model, texts, recipe, temperature, checkpoint)
    kinds = {"averaged": average, "last": model}
    scores = {kind: sum(accuracies(kinds[kind], held_out, kind).values()) for kind in kinds}
    kept = max(scores, key=scores.get)
    steps = recipe.steps_of(len(texts))
    return kinds[kept], FINE_TUNED.format(
        steps=steps,
        batch=BATCH,
        epochs=steps * BATCH / len(texts),
        rate=recipe.peak_rate,
        taught=(TAUGHT if taught else HARD).format(
            temperature=recipe.temperature, smoothing=recipe.label_smoothing
        ),
        seed=recipe.seed,
        hidden=f"{recipe.hidden:.0%} of the pieces hidden, " if recipe.hidden else "",
        kept=kept,
    )


def halve_matrices(model) -> None:
    """Turn the embeddings and the layers' matrices into half precision.

    Biases, norms and the head weigh little and would double what the rounding does to an answer.
    """
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1 and not name.startswith(("bert.pooler", "classifier")):
            parameter.data = parameter.data.half()


def train(
    data: Path | None,
    base: str,
    out: Path,
    recipe: Recipe = Recipe(),
    teacher: Path | None = None,
    checkpoint: Path | None = None,
    frozen: bool = False,
) -> None:
    """Train `base` on the articles in `data` and write what the reader opens into `out`."""
    model, tokenizer = load_base(base)
    articles, validation = agnews.split(agnews.load(data)[0])
    read, labels = agnews.whole_and_titles(articles)
    targets = smoothed(labels, recipe.label_smoothing)
    if teacher:
        targets = Teacher(teacher).targets(articles, VARIANTS, recipe.temperature)
        # What a word is hardly changes any more, and half of all parameters are words.
        model.get_input_embeddings().requires_grad_(False)
    texts = Texts(tokenizer, read, targets, recipe.seed, recipe.hidden)
    held_out = {}
    for name in VARIANTS:
        kept, labels = agnews.variant(validation, name)
        held_out[name] = Texts(tokenizer, kept, one_hot(labels))
    if frozen:
        way = train_head(model, texts, recipe)
    else:
        model, way = train_all(model, texts, held_out, recipe, bool(teacher), checkpoint)
    exact = {name: predict(model, part) for name, part in held_out.items()}
    halve_matrices(model)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    model.float()
    moved = np.concatenate([np.abs(predict(model, held_out[n]) - exact[n]).max(-1) for n in exact])
    worst, median = moved.max(), np.median(moved)
    print(f"half precision moves a probability by {median:.6f} in the median, {worst:.5f} at worst")
    known = {
        "layers": model.config.num_hidden_layers,
        "heads": model.config.num_attention_heads,
        "width": model.config.hidden_size,
        "parameters": model.num_parameters(),
        "base": "/".join(Path(base).parts[-2:]),
        "read": PIECES,
        "articles": len(articles),
        "texts": len(texts),
        "way": way,
        "validation": len(validation),
        "worst": worst,
        "median": median,
        **accuracies(model, held_out, "as stored"),
    }
    facts = {name: said.format(**known) for name, said in FACTS.items()}
    card = Card("bert", TITLES[frozen], place=PLACE, about=ABOUT.format(**known), facts=facts)
    model_card.write(card, out, __spec__.name)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fine-tune a BERT on AG News.")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--base", required=True, help="hub name or folder of a pretrained BERT")
    parser.add_argument("--out", type=Path, default=Path("trained/bert"))
    parser.add_argument("--steps", type=int, help="optimizer steps, for a short trial")
    parser.add_argument("--epochs", type=float, default=Recipe.epochs)
    parser.add_argument(
        "--rate", dest="peak_rate", type=float, default=Recipe.peak_rate, help="its peak"
    )
    parser.add_argument("--hidden", type=float, default=Recipe.hidden, help="share of pieces")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--teacher", type=Path, help="file of a larger network's answers (.npz)")
    parser.add_argument("--checkpoint", type=Path, help="folder to resume from, outside the tree")
    parser.add_argument("--frozen", action="store_true", help="train the head alone")
    given = vars(parser.parse_args())
    recipe = Recipe(**{f.name: given.pop(f.name) for f in fields(Recipe) if f.name in given})
    try:
        train(recipe=recipe, **given)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
