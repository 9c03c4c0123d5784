"""Fine-tune a pretrained encoder: `python -m demo.training.encoder --data DIR --base BASE`.

People type headlines, so every article is read as title and description together and, where it has
one, as its title alone. Everything is trained; with `--frozen` the encoder stays as it was and only
the last layer of its head is, on features that are computed once. Of each of the families that
`demo.models.families` knows it writes the folder that its reader opens. With `--mean-pooled` the
head reads the mean of the tokens, as sentence encoders were trained; such a network is a teacher,
whose answers `demo.training.teacher` keeps.

With `--teacher FILE` it learns not the one class that an article was filed under but what larger
networks give each of the four (knowledge distillation, Hinton et al. 2015): the cross-entropy of
softmax(logits / T) with theirs, times T^2. Then the word embeddings stay as they were, and `--base`
may be a network that was fine-tuned on the classes before. In the end the logits are divided by the
one number that makes it as sure as it is right on the validation split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from demo.models.base import Card
from demo.models.families import FAMILIES, output_layer, replaced_output_layer
from demo.training import agnews, calibration, model_card, options
from demo.training.encoder_texts import (
    ASKED,
    DEVICE,
    PIECES,
    Texts,
    load_base,
    logits,
    predict,
    run,
)
from demo.training.fine_tuning import Recipe, fine_tune
from demo.training.mean_pooling import MeanPooled
from demo.training.teacher import Teacher, one_hot, smoothed

HEADS = ("classifier", "pooler", "pre_classifier", "head")  # as the families name them
VARIANTS = ("title_description", "title")  # of an article, read and validated on

TITLES, PLACE = {False: "Fine-tuned {family}", True: "{family}, encoder frozen"}, 2
READER, TEACHER = "encoder", "teacher"  # kinds of what is written
ABOUT = (
    "Sorts a news text into World, Sports, Business or Sci/Tech: {family} with a head of four "
    "classes, {layers} layers of {heads} heads, width {width}, {parameters:,} parameters, which "
    "starts from {base}; trained on the first {read} pieces of a text."
)
TRAINED_ON = "Trained on"
TRAINED = (
    "{articles:,} AG News articles, and on the titles of those that have one once more as texts of "
    "their own: {texts:,} texts. {way}"
)
FACTS = {
    "Validation accuracy": "{title_description:.2%} on title and description of {validation:,} "
    "articles, {title:.2%} on titles alone. The scores on the official test split are in "
    "metrics.json.",
    "Calibration": "its logits are divided by {cooled:.2f}, which was chosen on the validation "
    "split.",
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
    "on the probabilities of a larger network at a temperature of {temperature:g} (knowledge "
    "distillation), {further}word embeddings left as they were"
)
FURTHER = "{copies} changed copies of each text among them, "
FROZEN = (
    "The encoder stayed as it was; the last layer of the head alone was fitted to what it takes, "
    "for {fitted:,} of the texts."
)


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
    """Fit the last layer of the head, all else frozen; returns what the card says of it."""
    model.eval()
    head = output_layer(model)
    with replaced_output_layer(model, torch.nn.Identity()):
        found, order = run(lambda **inputs: model(**inputs).logits, texts, recipe.steps)
    fit_head(
        head.cpu(),
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
        batch=recipe.batch,
        epochs=steps * recipe.batch / len(texts),
        rate=recipe.peak_rate,
        taught=(TAUGHT if taught else HARD).format(
            temperature=recipe.temperature,
            smoothing=recipe.label_smoothing,
            further=FURTHER.format(copies=recipe.copies) if recipe.copies else "",
        ),
        seed=recipe.seed,
        hidden=f"{recipe.hidden:.0%} of the pieces hidden, " if recipe.hidden else "",
        kept=kept,
    )


def calibrate(model, held_out: dict[str, Texts]) -> float:
    """Divide the logits by the temperature that fits best what is held out, and return it."""
    said = np.concatenate([logits(model, texts) for texts in held_out.values()])
    labels = np.concatenate([texts.targets.argmax(-1) for texts in held_out.values()])
    temperature = calibration.best_temperature(said, labels)
    with torch.no_grad():
        for parameter in output_layer(model).parameters():
            parameter.div_(temperature)
    return temperature


def halve_matrices(model) -> None:
    """Turn the embeddings and the layers' matrices into half precision.

    Biases, norms and the head weigh little and would double what the rounding does to an answer.
    """
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1 and not name.startswith(HEADS) and ".pooler." not in name:
            parameter.data = parameter.data.half()


def train(
    data: Path | None,
    base: str,
    out: Path,
    recipe: Recipe = Recipe(),
    teacher: Sequence[Path] = (),
    checkpoint: Path | None = None,
    frozen: bool = False,
    mean_pooled: bool = False,
) -> None:
    """Train `base` on the articles in `data` and write it into `out`.

    `teacher` are files of larger networks' answers; a `mean_pooled` network is a teacher. Raises
    ValueError with one sentence if one of them, or `data`, holds something else.
    """
    torch.manual_seed(recipe.seed)  # of the head, which is new, and of dropout
    model, tokenizer = load_base(base, mean_pooled)
    articles, validation = agnews.split(agnews.load(data)[0])
    read, labels = agnews.whole_and_titles(articles)
    targets = smoothed(labels, recipe.label_smoothing)
    if teacher:
        taught = Teacher(teacher)
        targets = taught.targets(articles, VARIANTS, recipe.temperature)
        further, of_further = taught.further(articles, recipe.copies, recipe.temperature)
        read, targets = read + further, np.concatenate([targets, of_further])
        # What a word is hardly changes any more, and half of all parameters are words.
        model.get_input_embeddings().requires_grad_(False)
    texts = Texts(tokenizer, read, targets, recipe.batch, recipe.seed, recipe.hidden)
    held_out = to_validate(tokenizer, validation)
    if frozen:
        way = train_head(model, texts, recipe)
    else:
        model, way = train_all(model, texts, held_out, recipe, bool(teacher), checkpoint)
    family = FAMILIES[model.config.model_type].title
    about = ABOUT.format(
        family=family,
        layers=model.config.num_hidden_layers,
        heads=model.config.num_attention_heads,
        width=model.config.hidden_size,
        parameters=model.num_parameters(),
        base="/".join(Path(base).parts[-2:]),
        read=PIECES,
    )
    said = TRAINED.format(articles=len(articles), texts=len(texts), way=way)
    facts = {TRAINED_ON: said}
    kind = TEACHER if isinstance(model, MeanPooled) else READER
    title = TITLES[frozen].format(family=family)
    card = Card(kind, title, place=PLACE, about=about, facts=facts)
    write(model, tokenizer, held_out, out, card)


def to_validate(tokenizer, articles: Sequence[agnews.Article]) -> dict[str, Texts]:
    """The variants of the articles that are held out, by name."""
    found = {}
    for name in VARIANTS:
        kept, labels = agnews.variant(articles, name)
        found[name] = Texts(tokenizer, kept, one_hot(labels), ASKED)
    return found


def write(model, tokenizer, held_out: dict[str, Texts], out: Path, card: Card) -> None:
    """Write what the reader opens into `out`: calibrated, its matrices halved.

    The card says how it was trained; what is found here is added to it.
    """
    cooled = calibrate(model, held_out)
    exact = {name: predict(model, part) for name, part in held_out.items()}
    halve_matrices(model)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    model.float()
    moved = np.concatenate([np.abs(predict(model, held_out[n]) - exact[n]).max(-1) for n in exact])
    worst, median = moved.max(), np.median(moved)
    print(f"half precision moves a probability by {median:.6f} in the median, {worst:.5f} at worst")
    known = {
        "validation": len(held_out["title"]),
        "cooled": cooled,
        "worst": worst,
        "median": median,
        **accuracies(model, held_out, "as stored"),
    }
    found = {name: said.format(**known) for name, said in FACTS.items()}
    model_card.write(replace(card, facts=card.facts | found), out, __spec__.name)


OPTIONS = {
    "epochs": "how often each text is read",
    "steps": "of the optimizer, in place of epochs: for a short trial",
    "batch": "texts in one step",
    "peak_rate": "of learning",
    "copies": "changed ones of each text, which the teacher was asked about",
    "hidden": "share of the pieces that are read as the mask",
    "seed": "of everything that is drawn",
}


def main() -> None:
    """The command line."""
    description = "Fine-tune an encoder on AG News."
    parser = options.parser(description, Recipe, OPTIONS, "trained/bert")
    parser.add_argument("--base", required=True, help="hub name or folder of a pretrained encoder")
    parser.add_argument("--frozen", action="store_true", help="train the head alone")
    parser.add_argument(
        "--mean-pooled", action="store_true", help="the head reads the mean of the tokens"
    )
    options.run(parser, Recipe, train)


if __name__ == "__main__":
    main()
