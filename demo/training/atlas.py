"""Measure what each head looks at: `python -m demo.training.atlas --data DIR`.

Writes `trained/<reader>/atlas.json` for each reader with heads (see `demo/analysis/atlas.py`), from
fixed test articles, each read whole and by its title. The cost of a head in accuracy is measured on
fewer of these texts: each is read once more for every head.

The words of a desk are those with the largest weights of a linear model on TF-IDF, learned from the
training articles; they are kept in `assets/desk_words.json`, for readers that are brought along.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from demo.analysis import habits
from demo.analysis.atlas import Atlas
from demo.models import open_reader, words
from demo.models.base import Reader
from demo.reading import CLASSES
from demo.serving.panel import reader_folders
from demo.training import agnews

ARTICLES = 2_000  # each read whole and by its title
MASKED = 250  # of these articles, read once more without each head
SEED = 2019
BATCH = 32  # texts read in one pass
DESK_WORDS = 400  # of each desk
LEAST_ARTICLES = 20  # that a word of a desk stands in


def desk_words(articles: Sequence[agnews.Article], count: int = DESK_WORDS) -> dict[str, list[str]]:
    """The keys of the words that speak most for each desk, and for it most, the strongest first."""
    vectorizer = TfidfVectorizer(analyzer=_keys, sublinear_tf=True, min_df=LEAST_ARTICLES)
    texts, labels = agnews.variant(articles, "title_description")
    found = LogisticRegression().fit(vectorizer.fit_transform(texts), labels)
    entries = vectorizer.get_feature_names_out()
    desk = found.coef_.argmax(0)  # of each word
    return {
        name: [
            entries[index] for index in np.argsort(-weights, kind="stable") if desk[index] == label
        ][:count]
        for label, (name, weights) in enumerate(zip(CLASSES, found.coef_, strict=True))
    }


def _keys(text: str) -> list[str]:
    """The keys of the words of a text, without those that say nothing alone."""
    keys = [words.key(text[start:end]) for start, end in words.spans(text)]
    return [one for one in keys if len(one) > 1 and one not in ENGLISH_STOP_WORDS]


def chosen(articles: Sequence[agnews.Article], count: int) -> tuple[list[str], np.ndarray]:
    """The texts that heads are measured by, and their labels: articles, each before its title."""
    having = [article for article in articles if article.title and article.description]
    order = np.random.default_rng(SEED).permutation(len(having))[:count]
    some = [having[index] for index in order]
    texts = [text for article in some for text in (article.text, article.title)]
    return texts, np.repeat([article.label for article in some], 2)


def measured(
    reader: Reader,
    texts: Sequence[str],
    labels: np.ndarray,
    masked: int,
    desks: dict[str, list[str]],
) -> Atlas:
    """The atlas of a reader over texts, the cost of its heads over the first `masked` of them."""

    def readings():
        bar = tqdm(range(0, len(texts), BATCH), unit="batch", desc=reader.info.name, disable=None)
        for start in bar:
            yield from reader.read_batch(texts[start : start + BATCH])

    found = habits.measure(readings(), desks)
    bar = tqdm(texts[:masked], unit="text", desc="without each head", disable=None)
    return habits.with_cost(found, reader, bar, labels[:masked])


def rows(found: Atlas) -> list[str]:
    """A line for each head: what it goes by, how far it looks, and what it costs."""
    layers, heads = found.entropy.shape
    said = []
    for layer in range(layers):
        for head in range(heads):
            names = ", ".join(f"{one.habit} {one.share:.2f}" for one in found.names[layer][head])
            numbers = (found.distance, found.entropy, 100 * found.cost)
            distance, entropy, cost = (part[layer, head] for part in numbers)
            said.append(
                f"{found.reader} {layer + 1}.{head + 1}: {names}; distance "
                f"{distance:.1f} words, entropy {entropy:.2f}, cost {cost:+.1f} points"
            )
    return said


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure what each head of a reader looks at.")
    parser.add_argument("readers", nargs="*", help="by default every reader in the folder")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--trained", type=Path, default=Path("trained"))
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument(
        "--masked", type=int, default=MASKED, help="articles read without each head"
    )
    parser.add_argument(
        "--desks", type=Path, default=habits.DESKS_FILE, help="file of the desks' words"
    )
    arguments = parser.parse_args()
    try:
        train, test = agnews.load(arguments.data)
        desks = desk_words(agnews.split(train)[0])
        arguments.desks.write_text(json.dumps(desks, indent=0, ensure_ascii=False) + "\n", "utf-8")
        texts, labels = chosen(test, arguments.articles)
        for name, folder in reader_folders(arguments.trained, arguments.readers or None).items():
            reader = open_reader(folder, name)
            if not reader.info.layers:
                print(f"{name} has no self-attention, and so no heads to measure.")
                continue
            found = measured(reader, texts, labels, 2 * arguments.masked, desks)
            written = json.dumps(found.to_json(), indent=1) + "\n"
            (folder / "atlas.json").write_text(written, "utf-8")
            print("\n".join(rows(found)), flush=True)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
