"""Train Bahdanau's reader: `python -m demo.training.rnnsearch --data DIR`.

It learns to write topic and title from three texts of every article: title and description, the
title alone, the description alone. In the first two the title stands at the beginning, and who
learns that copies the first words of a description, too; so after the first epoch every description
is read again and again, but of the other texts an eighth.

The loss is that of the topic, of each word of the title given the words before it (teacher
forcing), and of the alignment: a word that stands once in the text and once in the title should be
written while looking at it (guided alignment, Chen et al. 2016; `--unguided` leaves that out).

With `--checkpoint` a run that was cut off goes on from the last epoch that it finished.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from demo.models import words
from demo.models.decoder import END, START, SYMBOLS, TOPIC
from demo.models.rnnsearch import Config, RnnSearchReader, build
from demo.training import agnews, evaluate, headlines
from demo.training.keras_batches import SourceBatches
from demo.training.teacher import Teacher, one_hot

SEED = 7
BATCH = 192
WRITING_EPOCHS = 3  # after one of every text
OTHERS = 8  # in these, every eighth text that is no description
PEAK_RATE = 2e-3
WARM_UP = 0.05  # of all steps
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0  # norm that gradients are clipped to
AVERAGE = 0.998  # momentum of the weights' moving average
WORD_DROPOUT = 0.1
TEACHER_SHARE = 0.8  # of the topic's target, where there is a teacher
WEIGHTS = {"topic": 1.0, "words": 0.5, "alignment": 0.2}  # of the three losses

CARD = """\
# Bahdanau's encoder-decoder

Reads a news text and writes its topic (World, Sports, Business or Sci/Tech), then a headline, after
Bahdanau, Cho & Bengio (2015): {parameters:,} parameters. It knows {vocabulary:,} words, writes the
{own_words:,} most frequent ones and copies others; it reads the first {maxlen} words of a text and
writes {written} at most.

* **Trained on** {articles:,} AG News articles: on title and description, and, of those that have
  both, on each alone: {texts:,} texts for one epoch, then {epochs} epochs of the descriptions and
  of an eighth of the other texts; seed {seed}. {taught}
* **Alignment**: {guided}
* **Validation** ({validation:,} articles): topic accuracy {topic_title_description:.2%} on title
  and description, {topic_title:.2%} on titles, {topic_description:.2%} on descriptions. Headlines
  written for the descriptions: {headlines}. The scores on the official test split are in
  metrics.json.
* **Limits**: it knows the news of 2004 and 2005, in English, and it learned to write from few
  texts: a headline may say what the text does not. A word outside its vocabulary it can only copy
  from where it looks. The weights of a row show where it looked while it wrote that word, which is
  not by itself the reason for it.

Written by `python -m demo.training.rnnsearch`.
"""
GUIDED = """words that stand once in the text and once in the title were pulled
  onto each other in training (guided alignment, weight {weight})."""
UNGUIDED = "nothing but the words to write taught it where to look."
TAUGHT = """The targets of
  the topic are {share:.0%} what a larger network gives each class (knowledge distillation)."""


class Batches(SourceBatches):
    """Texts with what is to be written for them, as `Networks.forced` takes and gives it."""

    def __init__(self, vocabulary: words.Vocabulary, config: Config, texts, titles, topics):
        self.config = config
        found = [vocabulary.tokens(text)[: config.maxlen] for text in texts]
        written = [vocabulary.tokens(title) for title in titles]
        self.topics = topics  # target probabilities, float32 (texts, 4)
        self.titles = [config.own(vocabulary.indices(tokens)) for tokens in written]
        self.twins = [twins(*pair) for pair in zip(found, written, strict=True)]
        rows = [vocabulary.indices(tokens) for tokens in found]
        super().__init__(rows, BATCH, config.maxlen, SEED, WORD_DROPOUT)

    def __getitem__(self, index: int) -> tuple[dict, dict, dict]:
        chosen, longest = self.order[index], self.config.written
        size = len(chosen)
        previous = np.full((size, longest + 2), words.PAD, np.int32)
        following = np.full((size, longest + 1), words.PAD, np.int32)
        looked_at = np.zeros((size, longest + 2), np.int32)
        guided = np.zeros((size, longest + 2), np.float32)
        for row, text in enumerate(chosen):
            title = self.titles[text][:longest]
            following[row, : len(title)] = title
            if 0 < len(title) == len(self.titles[text]):
                following[row, len(title)] = END
            previous[row, 2 : len(title) + 2] = title
            for output, place in self.twins[text]:
                if output < longest:
                    looked_at[row, output + 1], guided[row, output + 1] = place, 1
        topics = self.topics[chosen]
        previous[:, 0], previous[:, 1] = START, TOPIC + topics.argmax(-1)
        targets = {"topic": topics, "words": following, "alignment": looked_at}
        weights = {
            "topic": np.ones(size, np.float32),
            "words": (following != words.PAD).astype(np.float32),
            "alignment": guided,
        }
        return {"source": self.source(index), "previous": previous}, targets, weights


def twins(text: Sequence, title: Sequence) -> list[tuple[int, int]]:
    """Places (in the title, in the text) of the words that stand exactly once in both."""
    keys, wanted = ([words.key(token.as_read) for token in tokens] for tokens in (text, title))
    once = {key for key, count in Counter(keys).items() if count == 1}
    alone = {key for key, count in Counter(wanted).items() if count == 1}
    places = {key: place for place, key in enumerate(keys) if key in once}
    return [(output, places[key]) for output, key in enumerate(wanted) if key in once & alone]


def titles_of(articles: Sequence[agnews.Article]) -> list[str]:
    """What is to be written for each text of `agnews.every_variant`; "" where there is no title."""
    both = [article.title for article in articles if article.title and article.description]
    whole = [article.title if article.description else "" for article in articles]
    return whole + both + both


def train(
    data: Path | None,
    out: Path,
    epochs: int = WRITING_EPOCHS,
    teacher: Path | None = None,
    checkpoint: Path | None = None,
    unguided: bool = False,
) -> RnnSearchReader:
    """Train on the articles in `data` and save the reader into `out`."""
    keras.utils.set_random_seed(SEED)
    articles, validation = agnews.split(agnews.load(data)[0])
    texts, labels = agnews.every_variant(articles)
    topics = one_hot(labels)
    if teacher:
        taught = Teacher(teacher).targets(articles, agnews.VARIANTS)
        topics = TEACHER_SHARE * taught + (1 - TEACHER_SHARE) * topics
    known = words.Vocabulary.learn(
        (article.text for article in articles), Config().vocabulary - len(SYMBOLS)
    ).entries
    vocabulary = words.Vocabulary([*known[:2], *SYMBOLS, *known[2:]])
    config = Config(vocabulary=len(vocabulary))
    titles = titles_of(articles)
    described = len(agnews.having(articles, "description"))
    others, descriptions = np.split(np.arange(len(texts)), [len(texts) - described])

    def batches(chosen: np.ndarray) -> Batches:
        return Batches(
            vocabulary,
            config,
            [texts[index] for index in chosen],
            [titles[index] for index in chosen],
            topics[chosen],
        )

    stages = {
        "every text": (batches(np.arange(len(texts))), 1),
        "writing": (batches(np.concatenate([others[::OTHERS], descriptions])), epochs),
    }
    networks = build(config)
    steps = sum(len(part) * times for part, times in stages.values())
    schedule = keras.optimizers.schedules.CosineDecay(
        PEAK_RATE / 100, steps, warmup_target=PEAK_RATE, warmup_steps=int(WARM_UP * steps)
    )
    # A model of its own, so that the optimizer is not saved with the networks.
    learner = keras.Model(networks.forced.input, networks.forced.output)
    learner.compile(
        optimizer=keras.optimizers.AdamW(
            schedule,
            weight_decay=WEIGHT_DECAY,
            global_clipnorm=LARGEST_GRADIENT,
            use_ema=True,
            ema_momentum=AVERAGE,
        ),
        loss={
            "topic": keras.losses.CategoricalCrossentropy(),
            "words": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "alignment": keras.losses.SparseCategoricalCrossentropy(),
        },
        loss_weights=WEIGHTS | ({"alignment": 0.0} if unguided else {}),
        metrics={"topic": "accuracy"},
    )
    learner.optimizer.build(learner.trainable_variables)  # to be restored into
    done = 0
    for name, (part, times) in stages.items():
        resume = []
        if checkpoint:
            kept = checkpoint / name.replace(" ", "-")
            resume = [keras.callbacks.BackupAndRestore(kept, delete_checkpoint=False)]
        print(f"{name}: {times} epochs of {len(part)} batches", flush=True)
        # Epochs are counted through: Keras remembers the last one that it restored.
        learner.fit(part, initial_epoch=done, epochs=done + times, callbacks=resume, verbose=2)
        done += times

    reader = RnnSearchReader(networks, config, vocabulary)
    reader.save(out)
    scores = evaluate.test_scores(reader, validation)
    card = CARD.format(
        parameters=reader.parameters,
        vocabulary=config.vocabulary,
        own_words=config.own_words,
        maxlen=config.maxlen,
        written=config.written,
        articles=len(articles),
        texts=len(texts),
        epochs=epochs,
        seed=SEED,
        taught=TAUGHT.format(share=TEACHER_SHARE) if teacher else "",
        guided=UNGUIDED if unguided else GUIDED.format(weight=WEIGHTS["alignment"]),
        validation=len(validation),
        **{f"topic_{name}": one["accuracy"] for name, one in scores.items()},
        headlines=headlines.in_words(scores["description"]["headlines"]),
    )
    (out / "README.md").write_text(card, "utf-8")
    return reader


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train Bahdanau's reader on AG News.")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--out", type=Path, default=Path("trained/rnnsearch"))
    parser.add_argument("--epochs", type=int, default=WRITING_EPOCHS)
    parser.add_argument("--teacher", type=Path, help="file of a larger network's answers (.npz)")
    parser.add_argument("--checkpoint", type=Path, help="folder to resume from, outside the tree")
    parser.add_argument("--unguided", action="store_true", help="do not teach it where to look")
    try:
        train(**vars(parser.parse_args()))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
