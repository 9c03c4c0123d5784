"""Train the small transformer: `python -m demo.training.transformer --data DIR`.

People type headlines, so every article that has a title is read in two ways: title and
description together, and its title alone. A network of this size over-fits after one epoch of
plain Adam; against that stand word dropout (a word is hidden from the network now and then),
label smoothing, decoupled weight decay, a cosine schedule, and the moving average of the weights.

With `--teacher FILE` the network learns not the one class that an article was filed under but what
a larger network gives each of the four (knowledge distillation, Hinton et al. 2015), and it learns
that from descriptions alone, too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np

from demo.models import words
from demo.models.transformer import Config, TransformerReader, build
from demo.training import agnews
from demo.training.keras_batches import SourceBatches
from demo.training.teacher import Teacher, one_hot

SEED = 7
BATCH = 128
EPOCHS = 5
PATIENCE = 4  # epochs without a better validation accuracy
PEAK_RATE = 2e-3
WARM_UP = 0.05  # of all steps
WEIGHT_DECAY = 0.3
LABEL_SMOOTHING = 0.1
WORD_DROPOUT = 0.3
TEACHER_SHARE = 0.8  # of the target, where there is a teacher; the rest is the article's class
TAUGHT_EPOCHS = 10
AVERAGE = 0.999  # momentum of the weights' moving average

CARD = """\
# Small transformer

Sorts a news text into World, Sports, Business or Sci/Tech. One transformer block with two heads,
{parameters:,} parameters, a vocabulary of {vocabulary:,} words; reads the first {maxlen} words.

* **Trained on** {articles:,} AG News articles, and on the titles of those that have one once more
  as texts of their own: {texts:,} texts, {epochs} epochs at most, seed {seed}. {taught}
* **Against over-fitting**: word dropout {word_dropout}, label smoothing {smoothing}, weight decay
  {decay}, a cosine schedule from {rate}, and the average of the weights; the epoch with the best
  accuracy on the validation split was kept.
* **Validation accuracy** ({validation:,} articles): {whole:.2%} on title and description,
  {titles:.2%} on titles alone. The scores on the official test split are in metrics.json.
* **Limits**: it knows the news of 2004 and 2005, in English; a word outside its vocabulary is one
  unknown word to it, and digits are read by their shape alone. Its attention shows where its one
  layer looked, which is not by itself the reason for its verdict.

Written by `python -m demo.training.transformer`.
"""
TAUGHT = """Its
  descriptions count as texts, too, and the targets are {share:.0%} what a larger network gives each
  class (knowledge distillation)."""


class Batches(SourceBatches):
    """Batches of texts, int32 (texts, words), and of target probabilities, float32 (texts, 4)."""

    def __init__(self, rows: list[list[int]], targets: np.ndarray, word_dropout: float = 0.0):
        self.targets = targets
        super().__init__(rows, BATCH, Config().maxlen, SEED, word_dropout)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.source(index), self.targets[self.order[index]]


def train(
    data: Path | None,
    out: Path,
    epochs: int | None = None,
    teacher: Path | None = None,
) -> TransformerReader:
    """Train on the articles in `data` and save the reader of the best epoch into `out`."""
    keras.utils.set_random_seed(SEED)
    articles, validation = agnews.split(agnews.load(data)[0])
    if teacher:
        texts, labels = agnews.every_variant(articles)
        taught = Teacher(teacher).targets(articles, agnews.VARIANTS)
        targets = TEACHER_SHARE * taught + (1 - TEACHER_SHARE) * one_hot(labels)
    else:
        texts, labels = agnews.whole_and_titles(articles)
        targets = one_hot(labels)
    epochs = epochs or (TAUGHT_EPOCHS if teacher else EPOCHS)
    vocabulary = words.Vocabulary.learn((article.text for article in articles), Config().vocabulary)
    config = Config(vocabulary=len(vocabulary))

    def batches(texts, targets, word_dropout=0.0):
        rows = [vocabulary.indices(vocabulary.tokens(text)[: config.maxlen]) for text in texts]
        return Batches(rows, targets, word_dropout)

    def held_out(texts, labels):
        return batches(texts, one_hot(labels))

    training = batches(texts, targets, WORD_DROPOUT)
    steps = epochs * len(training)
    schedule = keras.optimizers.schedules.CosineDecay(
        PEAK_RATE / 100, steps, warmup_target=PEAK_RATE, warmup_steps=int(WARM_UP * steps)
    )
    network = build(config)
    classifier = keras.Model(network.input, network.outputs[0])
    smoothing = 0.0 if teacher else LABEL_SMOOTHING
    classifier.compile(
        optimizer=keras.optimizers.AdamW(
            schedule, weight_decay=WEIGHT_DECAY, use_ema=True, ema_momentum=AVERAGE
        ),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=smoothing),
        metrics=["accuracy"],
    )
    classifier.fit(
        training,
        epochs=epochs,
        validation_data=held_out(*agnews.whole_and_titles(validation)),
        callbacks=[
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            keras.callbacks.EarlyStopping(
                "val_accuracy", patience=PATIENCE, restore_best_weights=True
            ),
        ],
        verbose=2,
    )
    whole, titles = (
        classifier.evaluate(held_out(*agnews.variant(validation, name)), verbose=0)[1]
        for name in ("title_description", "title")
    )
    print(f"validation accuracy: {whole:.4f} on title + description, {titles:.4f} on titles alone")
    reader = TransformerReader(network, config, vocabulary)
    reader.save(out)
    card = CARD.format(
        parameters=reader.parameters,
        vocabulary=config.vocabulary,
        maxlen=config.maxlen,
        articles=len(articles),
        texts=len(texts),
        taught=TAUGHT.format(share=TEACHER_SHARE) if teacher else "",
        epochs=epochs,
        seed=SEED,
        word_dropout=WORD_DROPOUT,
        smoothing=smoothing,
        decay=WEIGHT_DECAY,
        rate=PEAK_RATE,
        validation=len(validation),
        whole=whole,
        titles=titles,
    )
    (out / "README.md").write_text(card, "utf-8")
    return reader


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the small transformer on AG News.")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--out", type=Path, default=Path("trained/transformer"))
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--teacher", type=Path, help="file of a larger network's answers (.npz)")
    try:
        train(**vars(parser.parse_args()))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
