"""Train the small transformer: `python -m demo.training.transformer --data DIR --teacher FILE`.

People type headlines, so every article is read in three ways: title and description together, and
each alone. A network of this size over-fits after one epoch of plain Adam. Against that stands that
it never sees a text twice: words are hidden, stretches cut out, and crops read instead of the whole
(`demo.training.augmentation`). It learns not the one class that an article was filed under but what
a larger network gives each of the four (knowledge distillation, Hinton et al. 2015; Tang et al.
2019), evened out by a temperature, so that what the larger network all but rules out counts, too.

With `--vectors FOLDER` its word vectors start from those of a pretrained encoder. In the end the
logits are divided by the one number that makes it as sure as it is right on the validation split.
With `--checkpoint FOLDER` a run that was cut off goes on from the last epoch that it finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import ops

from demo.models import words
from demo.models.base import Card
from demo.models.transformer import Config, TransformerReader, build
from demo.training import agnews, calibration, evaluate, model_card, options, word_vectors
from demo.training.augmentation import UNCHANGED, Augmentation, AugmentedBatches, DrawEveryEpoch
from demo.training.teacher import Teacher, one_hot, smoothed

LEAST = 1e-30  # of a probability whose logarithm is taken
AUGMENTATION = Augmentation(cropped=0.2, shortened=0.2, word_dropout=0.25)


@dataclass(frozen=True)
class Recipe:
    """What a training run does; a run without a teacher has no use for the last three."""

    epochs: int = 40
    batch: int = 512
    peak_rate: float = 3e-3
    warm_up: float = 0.02  # of all steps
    weight_decay: float = 0.1
    average: float = 0.999  # momentum of the weights' moving average
    label_smoothing: float = 0.1
    augmentation: Augmentation = AUGMENTATION
    seed: int = 7
    clitics: bool = True
    vector_deviation: float = 0.05  # of the word vectors that are started from
    temperature: float = 2.0  # of the teacher's answers and of the network's while it learns
    teacher_share: float = 0.9  # of the target; the rest is the article's class
    copies: int = 0  # changed ones of each text, which the teacher was asked about


TITLE, PLACE = "Small transformer", 1  # on the page: its card's, and where that stands
ABOUT = (
    "Sorts a news text into World, Sports, Business or Sci/Tech. One transformer block with two "
    "heads, {parameters:,} parameters, a vocabulary of {vocabulary:,} words; reads the first "
    "{maxlen} words."
)
FACTS = {
    "Trained on": "{articles:,} AG News articles, and on the titles and the descriptions of those "
    "that have both as texts of their own: {texts:,} texts, {recipe.epochs} epochs, seed "
    "{recipe.seed}.{started}{taught}",
    "Against over-fitting": "every epoch {changed.cropped:.0%} of the texts are cropped, "
    "{changed.shortened:.0%} lose a stretch, and {changed.word_dropout:.0%} of the words are "
    "hidden; weight decay {recipe.weight_decay}, a cosine schedule from {recipe.peak_rate}, and "
    "the average of the weights.",
    "Validation accuracy": "{whole:.2%} on title and description of {validation:,} articles, "
    "{titles:.2%} on titles alone. The scores on the official test split are in metrics.json.",
    "Calibration": "its logits are divided by {cooled:.2f}, which was chosen on the validation "
    "split.",
    "Limits": "it knows the news of 2004 and 2005, in English; a word outside its vocabulary is "
    "one unknown word to it, and digits are read by their shape alone. Its attention shows where "
    "its one layer looked, which is not by itself the reason for its verdict.",
}
STARTED = " Its word vectors started from those of a pretrained encoder."
TAUGHT = (
    " The targets are {teacher_share:.0%} what a larger network gives each class at temperature "
    "{temperature:g} (knowledge distillation){further}."
)
FURTHER = ", and of {copies} changed copies of each text and title that alone"


def train(
    data: Path | None,
    out: Path,
    recipe: Recipe = Recipe(),
    teacher: Sequence[Path] = (),
    vectors: Path | None = None,
    checkpoint: Path | None = None,
    sizes: Config | None = None,
) -> TransformerReader:
    """Train on the articles in `data` and save the reader into `out`.

    `teacher` are files of larger networks' answers, `vectors` the folder of a pretrained encoder,
    `checkpoint` one to resume from; `sizes` are those of the network (default: those of the
    committed one), its words as many as there are at most. Raises ValueError with one sentence if
    one of them, or `data`, holds something else.
    """
    if not teacher:
        recipe = replace(recipe, temperature=1.0, teacher_share=0.0)
    keras.utils.set_random_seed(recipe.seed)
    sizes = sizes or Config()
    articles, validation = agnews.split(agnews.load(data)[0])
    texts, targets = to_learn(articles, recipe, teacher)
    vocabulary = words.Vocabulary.learn(
        (article.text for article in articles), sizes.vocabulary, recipe.clitics
    )
    config = replace(sizes, vocabulary=len(vocabulary), clitics=recipe.clitics)
    network = build(config)
    if vectors:
        start = word_vectors.from_encoder(
            vectors, vocabulary.entries, config.width, recipe.vector_deviation
        )
        network.get_layer("embedding").token_embedding.set_weights([start])

    def batches(texts, targets, augmentation=UNCHANGED):
        rows = [vocabulary.indices(vocabulary.tokens(text)[: config.maxlen]) for text in texts]
        return AugmentedBatches(
            rows, targets, recipe.batch, config.maxlen, recipe.seed, augmentation
        )

    held_out, labels = agnews.whole_and_titles(validation)
    fit(
        network,
        batches(texts, targets, recipe.augmentation),
        batches(held_out, one_hot(labels)),
        recipe,
        checkpoint,
    )
    reader = TransformerReader(network, config, vocabulary)
    found = np.stack([reading.probabilities for reading in evaluate.read_all(reader, held_out)])
    cooled = calibrate(network, found, labels)
    # Every article of the validation split has a title.
    whole, titles = (found.argmax(-1) == labels).reshape(2, -1).mean(axis=1)
    print(
        f"validation accuracy: {whole:.4f} on title + description, {titles:.4f} on titles alone; "
        f"logits divided by {cooled:.3f}"
    )
    further = FURTHER.format(copies=recipe.copies) if recipe.copies else ""
    known = {
        "parameters": reader.parameters,
        "vocabulary": config.vocabulary,
        "maxlen": config.maxlen,
        "articles": len(articles),
        "texts": len(texts),
        "started": STARTED if vectors else "",
        "taught": TAUGHT.format(**asdict(recipe), further=further) if teacher else "",
        "validation": len(validation),
        "whole": whole,
        "titles": titles,
        "cooled": cooled,
        "recipe": recipe,
        "changed": recipe.augmentation,
    }
    facts = {name: said.format(**known) for name, said in FACTS.items()}
    reader.card = Card(reader.kind, TITLE, place=PLACE, about=ABOUT.format(**known), facts=facts)
    reader.save(out)
    model_card.write(reader.card, out, __spec__.name)
    return reader


def to_learn(
    articles: Sequence[agnews.Article], recipe: Recipe, teacher: Sequence[Path]
) -> tuple[list[str], np.ndarray]:
    """Every text of the articles and the probabilities to give it, float32 (texts, 4)."""
    texts, labels = agnews.every_variant(articles)
    if not teacher:
        return texts, smoothed(labels, recipe.label_smoothing)
    answers = Teacher(teacher)
    taught = answers.targets(articles, agnews.VARIANTS, recipe.temperature)
    taught = recipe.teacher_share * taught + (1 - recipe.teacher_share) * one_hot(labels)
    further, of_further = answers.further(articles, recipe.copies, recipe.temperature)
    return texts + further, np.concatenate([taught, of_further])


def fit(
    network: keras.Model,
    training: AugmentedBatches,
    validation: AugmentedBatches,
    recipe: Recipe,
    checkpoint: Path | None,
) -> None:
    """Train the network and leave the average of its weights in it."""
    steps = recipe.epochs * len(training)
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.peak_rate / 100,
        steps,
        warmup_target=recipe.peak_rate,
        warmup_steps=int(recipe.warm_up * steps),
    )
    # A model of its own, so that the optimizer is not saved with the network.
    learner = keras.Model(network.input, network.outputs[0])
    learner.compile(
        optimizer=keras.optimizers.AdamW(
            schedule,
            weight_decay=recipe.weight_decay,
            use_ema=True,
            ema_momentum=recipe.average,
        ),
        loss=softened_cross_entropy(recipe.temperature),
        metrics=["accuracy"],
        jit_compile=False,  # it would compile every width of a batch anew
    )
    learner.optimizer.build(learner.trainable_variables)  # to be restored into
    callbacks = [DrawEveryEpoch(training)]
    if checkpoint:
        callbacks.append(
            keras.callbacks.BackupAndRestore(
                checkpoint, double_checkpoint=True, delete_checkpoint=False
            )
        )
    learner.fit(
        training,
        validation_data=validation,
        epochs=recipe.epochs,
        callbacks=callbacks,
        shuffle=False,
        verbose=2,
    )


def softened_cross_entropy(temperature: float):
    """Cross-entropy of target probabilities and probabilities (texts, 4) at a temperature.

    The usual factor of the temperature squared is left out: the optimizer takes steps whose size
    does not depend on that of the loss.
    """

    def loss(targets, probabilities):
        logits = ops.log(ops.maximum(probabilities, LEAST)) / temperature
        return keras.losses.categorical_crossentropy(targets, logits, from_logits=True)

    return loss


def calibrate(network: keras.Model, found: np.ndarray, labels: np.ndarray) -> float:
    """Divide the logits by the temperature that fits best what was `found`, and return it.

    Takes the probabilities (texts, 4) that the network gave texts it did not learn from.
    """
    temperature = calibration.best_temperature(np.log(np.maximum(found, LEAST)), labels)
    layer = network.get_layer("classes")
    layer.set_weights([weights / temperature for weights in layer.get_weights()])
    return temperature


OPTIONS = {
    "epochs": "how often each text is read",
    "copies": "changed ones of each text, which the teacher was asked about",
    "seed": "of everything that is drawn",
}


def main() -> None:
    """The command line."""
    description = "Train the small transformer on AG News."
    parser = options.parser(description, Recipe, OPTIONS, "trained/transformer")
    parser.add_argument("--vectors", type=Path, help="folder of a pretrained encoder")
    options.run(parser, Recipe, train)


if __name__ == "__main__":
    main()
