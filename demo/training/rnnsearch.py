"""Train Bahdanau's reader: `python -m demo.training.rnnsearch --data DIR`.

It learns to write topic and title from three texts of every article: title and description, the
title alone, the description alone. In the first two the title stands at the beginning, and who
learns that copies the first words of a description, too; so after the first epoch every description
is read again and again, but of the other texts an eighth. `pairs.py` says which titles it learns to
write. Every second of those descriptions is read without the place and the agency before it, the
others with them, as people paste them.

The loss is that of the topic, of each word of the title given the words before it (teacher
forcing), and of the alignment: a word that stands once in the text and once in the title should be
written while looking at it (guided alignment, Chen et al. 2016; `--alignment 0` leaves that out),
and so should, with `--vectors`, one that means the same as a word of the text. With
`--language-epochs`, all parameters first learn as a language model to write words that are hidden
in every text.

With `--checkpoint` a run that was cut off goes on from the last epoch that it finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np

from demo.models import words
from demo.models.base import Card
from demo.models.decoder import SYMBOLS
from demo.models.rnnsearch import Config, RnnSearchReader, build
from demo.training import (
    agnews,
    calibration,
    evaluate,
    headlines,
    model_card,
    options,
    pairs,
    word_vectors,
)
from demo.training.writing_stages import Corpus, Recipe, stages_of

LEAST = 1e-30  # of a probability whose logarithm is taken
TITLE, PLACE = "Bahdanau encoder-decoder", 3
ABOUT = (
    "Reads a news text and writes its topic (World, Sports, Business or Sci/Tech), then a "
    "headline, after Bahdanau, Cho & Bengio (2015): {parameters:,} parameters. It knows "
    "{vocabulary:,} words, writes the {own_words:,} most frequent ones, and copies what stands in "
    "the text from where it looks (a pointer-generator, after See, Liu & Manning 2017); it reads "
    "the first {maxlen} words of a text and writes {written} at most."
)
FACTS = {
    "Trained on": "{articles:,} AG News articles: {language}on title and description, and, of "
    "those that have both, on each alone: {texts:,} texts for one epoch, then {epochs} epochs of "
    "the descriptions and of an eighth of the other texts; seed {seed}.{started}{taught}",
    "Headlines": "it learned to write from {titles:,} titles: without agencies in brackets, and "
    "only where title and description share a word of content and nothing shows that the border "
    "between them is wrong.",
    "Alignment": "{guided}",
    "Calibration": "the logits of its topics are divided by {temperature:.2f}, which was chosen on "
    "the validation split.",
    "Validation": "on {validation:,} articles: topic accuracy {topic_title_description:.2%} on "
    "title and description, {topic_title:.2%} on titles, {topic_description:.2%} on descriptions. "
    "Headlines written for the descriptions: {headlines}. The scores on the official test split "
    "are in metrics.json.",
    "Limits": "it knows the news of 2004 and 2005, in English, and it learned to write from few "
    "texts: a headline may say what the text does not. A word outside its vocabulary it can only "
    "copy from where it looks. The weights of a row show where it looked while it wrote that "
    "word, which is not by itself the reason for it.",
}
LANGUAGE = "first to write words that were hidden in them (epochs: {epochs}); then "
GUIDED = (
    "words that stand once in the text and once in the title{near} were pulled onto each other in "
    "training (guided alignment, weight {weight})."
)
NEAR = ", and words whose vectors in a pretrained encoder have a cosine of {near} or more,"
UNGUIDED = "nothing but the words to write taught it where to look."
STARTED = " Its word vectors started from those of a pretrained encoder."
TAUGHT = (
    " The targets of the topic are {share:.0%} what a larger network gives each class (knowledge "
    "distillation)."
)


def learner_of(network: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """The network, compiled to learn for some steps."""
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.peak_rate / 100,
        steps,
        warmup_target=recipe.peak_rate,
        warmup_steps=int(recipe.warm_up * steps),
    )
    # A model of its own, so that the optimizer is not saved with the networks.
    learner = keras.Model(network.input, network.output)
    learner.compile(
        optimizer=keras.optimizers.AdamW(
            schedule,
            weight_decay=recipe.weight_decay,
            global_clipnorm=recipe.largest_gradient,
            use_ema=True,
            ema_momentum=recipe.average,
        ),
        loss={
            "topic": keras.losses.CategoricalCrossentropy(),
            "words": _minus,
            "alignment": keras.losses.SparseCategoricalCrossentropy(),
        },
        loss_weights={
            "topic": recipe.topic,
            "words": recipe.words,
            "alignment": recipe.alignment,
        },
        metrics={"topic": "accuracy"},
    )
    learner.optimizer.build(learner.trainable_variables)  # to be restored into
    return learner


def _minus(following, log_probabilities):
    """The loss of words whose log-probabilities the network itself says."""
    return -log_probabilities


def train(
    data: Path | None,
    out: Path,
    recipe: Recipe = Recipe(),
    teacher: Sequence[Path] = (),
    vectors: Path | None = None,
    checkpoint: Path | None = None,
    sizes: Config | None = None,
) -> RnnSearchReader:
    """Train on the articles in `data` and save the reader into `out`.

    `teacher`, `vectors` and `checkpoint` are as in the transformer's recipe; `sizes` are those of
    the network (default: those of the committed one), its words as many as there are at most.
    """
    sizes = sizes or Config()
    keras.utils.set_random_seed(recipe.seed)
    articles, validation = agnews.split(agnews.load(data)[0])
    corpus = Corpus(articles, recipe, teacher)
    known = words.Vocabulary.learn(
        (article.text for article in articles), sizes.vocabulary - len(SYMBOLS)
    ).entries
    vocabulary = words.Vocabulary([*known[:2], *SYMBOLS, *known[2:]])
    config = replace(sizes, vocabulary=len(vocabulary))
    networks = build(config)
    guide = pairs.twins
    if vectors:
        start = word_vectors.from_encoder(
            vectors, vocabulary.entries, config.width, recipe.vector_deviation
        )
        networks.forced.get_layer("embedding").set_weights([start])
        meaning = pairs.WordVectors(vectors, vocabulary)

        def guide(text, title):
            return [*pairs.twins(text, title), *meaning.near(text, title)]

    stages = stages_of(corpus, recipe, config, vocabulary, guide)
    steps = sum(len(part) * times for part, times in stages.values())
    learner = learner_of(networks.forced, recipe, steps)
    done = 0
    for name, (part, times) in stages.items():
        resume = []
        if checkpoint:
            kept = checkpoint / name.replace(" ", "-")
            resume = [keras.callbacks.BackupAndRestore(kept, delete_checkpoint=False)]
        print(f"{name}: {times} epochs of {len(part)} batches", flush=True)
        # Epochs are counted through: Keras remembers the last one that it restored.
        learner.fit(part, initial_epoch=done, epochs=done + times, callbacks=resume, verbose=2)
        # Weights and average are now the same arrays, which JAX would not take twice.
        learner.set_weights(learner.get_weights())
        done += times

    reader = calibrated(RnnSearchReader(networks, config, vocabulary), validation)
    reader.card = card_of(reader, recipe, articles, validation, bool(teacher), bool(vectors))
    reader.save(out)
    model_card.write(reader.card, out, __spec__.name)
    return reader


def calibrated(reader: RnnSearchReader, validation: Sequence[agnews.Article]) -> RnnSearchReader:
    """The reader with the temperature that fits its topics best, of whole texts and titles."""
    texts, labels = agnews.whole_and_titles(validation)
    readings = evaluate.in_batches(reader.classify, texts)
    found = np.log(np.maximum(np.stack(readings), LEAST))
    temperature = reader.config.temperature * calibration.best_temperature(found, labels)
    config = replace(reader.config, temperature=temperature)
    networks = build(config)
    networks.forced.set_weights(reader.weights.get_weights())
    return RnnSearchReader(networks, config, reader.vocabulary)


def card_of(
    reader: RnnSearchReader,
    recipe: Recipe,
    articles: Sequence[agnews.Article],
    validation: Sequence[agnews.Article],
    taught: bool,
    started: bool,
) -> Card:
    """What the recipe says of the reader that it trained on the articles."""
    scores = evaluate.test_scores(reader, validation)
    language = LANGUAGE.format(epochs=recipe.language_epochs)
    near = NEAR.format(near=pairs.NEAR) if started else ""
    guided = GUIDED.format(near=near, weight=recipe.alignment)
    said = {
        "parameters": reader.parameters,
        **asdict(reader.config),
        "articles": len(articles),
        "language": language if recipe.language_epochs else "",
        "texts": len(agnews.every_variant(articles)[0]),
        "titles": sum(map(bool, pairs.titles_of(articles)[: len(articles)])),
        "epochs": recipe.writing_epochs,
        "seed": recipe.seed,
        "started": STARTED if started else "",
        "taught": TAUGHT.format(share=recipe.teacher_share) if taught else "",
        "guided": guided if recipe.alignment else UNGUIDED,
        "validation": len(validation),
        **{f"topic_{name}": one["accuracy"] for name, one in scores.items()},
        "headlines": headlines.in_words(scores["description"]["headlines"]),
    }
    facts = {name: fact.format(**said) for name, fact in FACTS.items()}
    return Card(reader.kind, TITLE, place=PLACE, about=ABOUT.format(**said), facts=facts)


OPTIONS = {
    "language_epochs": "of hidden words, before anything else",
    "writing_epochs": "after one of every text",
    "alignment": "weight of the loss that says where to look; 0 for none",
    "seed": "of everything that is drawn",
}


def main() -> None:
    """The command line."""
    description = "Train Bahdanau's reader on AG News."
    parser = options.parser(description, Recipe, OPTIONS, "trained/rnnsearch")
    parser.add_argument("--vectors", type=Path, help="folder of a BERT, to guide by its words")
    options.run(parser, Recipe, train)


if __name__ == "__main__":
    main()
