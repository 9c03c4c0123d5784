"""What Bahdanau's reader learns from, in the stages of its recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo.models import words
from demo.models.encoder_decoder import Config
from demo.training import agnews, pairs
from demo.training.headline_batches import Batches, Drawing, Example, Guide, Spans, examples
from demo.training.teacher import Teacher, one_hot


@dataclass(frozen=True)
class Recipe:
    """How it is trained."""

    language_epochs: int = 1  # of hidden words, before anything else
    writing_epochs: int = 6  # after one of every text
    others: int = 8  # in these, every eighth text that is no description
    longest: int = 72  # words: the one text in a hundred that has more is left out
    batch: int = 192
    peak_rate: float = 2e-3
    warm_up: float = 0.05  # of all steps
    weight_decay: float = 0.01
    largest_gradient: float = 1.0  # norm that gradients are clipped to
    average: float = 0.998  # momentum of the weights' moving average
    word_dropout: float = 0.1
    vector_deviation: float = 0.05  # of the word vectors, where there are some to start from
    teacher_share: float = 0.8  # of the topic's target, where there is a teacher
    topic: float = 1.0  # weight of this loss, and of the next two
    words: float = 1.0
    alignment: float = 0.5
    seed: int = 7


class Corpus:
    """The texts to learn from, and what is to be answered to each, in the order of `VARIANTS`."""

    def __init__(self, articles: Sequence[agnews.Article], recipe: Recipe, teacher: Sequence[Path]):
        self.texts, labels = agnews.every_variant(articles)
        self.titles = pairs.titles_of(articles)
        self.topics = one_hot(labels)
        if teacher:
            taught = Teacher(teacher).targets(articles, agnews.VARIANTS)
            share = recipe.teacher_share
            self.topics = share * taught + (1 - share) * self.topics
        described = len(agnews.having(articles, "description"))
        self.others, self.descriptions = np.split(
            np.arange(len(self.texts)), [len(self.texts) - described]
        )

    def stripped(self) -> list[str]:
        """The descriptions, every second one without the place and the agency before it."""
        texts = [self.texts[index] for index in self.descriptions]
        texts[::2] = map(pairs.without_dateline, texts[::2])
        return texts


def stages_of(
    corpus: Corpus, recipe: Recipe, config: Config, vocabulary: words.Vocabulary, guide: Guide
) -> dict[str, tuple[Batches, int]]:
    """The parts of a training run by name: what is learned from, for how many epochs."""
    drawing = Drawing(recipe.batch, recipe.word_dropout, recipe.seed)

    def batches(kind: type[Batches], chosen: list[Example], topics: np.ndarray) -> Batches:
        kept = [i for i, example in enumerate(chosen) if len(example.read) <= recipe.longest]
        return kind(config, drawing, [chosen[i] for i in kept], topics[kept])

    known = examples(vocabulary, config, corpus.texts, corpus.titles, guide)
    stages = {}
    if recipe.language_epochs:
        stages["language"] = (batches(Spans, known, corpus.topics), recipe.language_epochs)
    stages["every text"] = (batches(Batches, known, corpus.topics), 1)
    if recipe.writing_epochs:
        others = corpus.others[:: recipe.others]
        titles = [corpus.titles[index] for index in corpus.descriptions]
        chosen = [known[index] for index in others]
        chosen += examples(vocabulary, config, corpus.stripped(), titles, guide)
        topics = corpus.topics[np.concatenate([others, corpus.descriptions])]
        stages["writing"] = (batches(Batches, chosen, topics), recipe.writing_epochs)
    return stages
