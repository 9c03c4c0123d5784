"""AG News (Zhang, Zhao & LeCun 2015): read, clean, split, and turn into texts to train on.

A folder of CSV files in the official form (no header; class index 1 to 4, title, description)
is read as `train*.csv` and `test.csv`. Without a folder the `fancyzhx/ag_news` dataset is taken
through the `datasets` library, where that is installed and there is a network.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from demo.mending import mend
from demo.reading import CLASSES

VALIDATION_SHARE = 0.05
SPLIT_SEED = 2015
COLUMNS = 3
VARIANTS = ("title_description", "title", "description")  # of an article, as a text to read

_TAG = re.compile(r"<(?:\s?/\s?)?[a-zA-Z][^<>]{0,500}>|<!--.*?-->", re.S)
_CUT_TAG = re.compile(r"</?(?:a|b|i|p|br|em|img|font|strong|span|div|table)\b[^<>]*$", re.I)
_AGENCY = re.compile(r"^(?:Reuters|AP|AFP|Canadian Press|SPACE\.com|USATODAY\.com) - (?=\S)")
_SPACES = re.compile(r"\s+")


class CorpusError(ValueError):
    """A sentence that says which file of the corpus is missing or malformed, and where."""


@dataclass(frozen=True)
class Article:
    """One news item: `label` is an index into `CLASSES`; `title` is "" where there is none."""

    label: int
    title: str
    description: str

    @property
    def text(self) -> str:
        """Title and description in one line."""
        return f"{self.title} {self.description}".strip()


def clean(text: str) -> str:
    r"""Mend what the corpus broke, as what is typed is mended; then take out tags and spaces.

    >>> clean(r"Pyongyang #39;s  quot;offer quot; of  #36;10\million &lt;b&gt;...&lt;/b&gt;")
    'Pyongyang\'s "offer" of $10 million ...'
    """
    text = _CUT_TAG.sub(" ", _TAG.sub(" ", mend(text).text))
    text = re.sub(r"(?<=s) '(?= )", "'", _SPACES.sub(" ", text).strip())  # the troops ' return
    return re.sub(r'(^|\s)" ?([^"]*?) ?"(?=\W|$)', r'\1"\2"', text)


def load(folder: str | Path | None = None) -> tuple[list[Article], list[Article]]:
    """Read the training and the test articles, cleaned.

    `folder` holds `train*.csv` and `test.csv`; None takes `fancyzhx/ag_news` from the hub.
    Raises CorpusError with one sentence that names the file and the line.
    """
    if folder is None:
        return _load_from_hub()
    folder = Path(folder)
    train_files = sorted(folder.glob("train*.csv"))
    if not train_files:
        raise CorpusError(f"{folder} holds no train*.csv: pass the folder of AG News files.")
    train = [article for path in train_files for article in read_csv(path)]
    return train, read_csv(folder / "test.csv")


def read_csv(path: str | Path) -> list[Article]:
    """Read one CSV file of AG News; errors as in `load`."""
    path = Path(path)
    if not path.is_file():
        raise CorpusError(f"{path} is missing: AG News needs train.csv and test.csv.")
    articles = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            for row in rows:
                articles.append(_article(row))
        except (ValueError, csv.Error) as error:
            place = f"{path}, line {max(rows.line_num, 1)}"
            reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error
            raise CorpusError(f"{place}: {reason}.") from None
    if not articles:
        raise CorpusError(f"{path}, line 1: the file is empty.")
    return articles


def _article(row: Sequence[str]) -> Article:
    if len(row) != COLUMNS:
        raise ValueError(f"expected class, title and description, found {len(row)} columns")
    label, title, description = row
    if label not in {"1", "2", "3", "4"}:
        raise ValueError(f"the class must be 1, 2, 3 or 4, found {label[:20]!r}")
    # The agency before a description repeats the "(Reuters)" of its title.
    description = _AGENCY.sub("", clean(description))
    article = Article(int(label) - 1, clean(title), description)
    if not article.text:
        raise ValueError("title and description are both empty")
    return article


def _load_from_hub() -> tuple[list[Article], list[Article]]:
    try:
        from datasets import load_dataset

        splits = load_dataset("fancyzhx/ag_news")
    except ImportError:
        raise CorpusError(
            "No folder was given and the `datasets` package is not installed: "
            "pass --data DIR, or run `pip install datasets`."
        ) from None
    except OSError as error:
        raise CorpusError(
            f"No folder was given and the hub could not be reached ({type(error).__name__}): "
            "pass --data DIR."
        ) from None
    # The hub's copy joined title and description; every row is a whole article without a title.
    training, test = (
        [Article(row["label"], "", clean(row["text"])) for row in splits[name]]
        for name in ("train", "test")
    )
    return training, test


def split(articles: Sequence[Article]) -> tuple[list[Article], list[Article]]:
    """Split off the fixed validation set: 5 % of each class, the same for every recipe.

    Only articles with a title are drawn, so that titles alone can be validated on the same
    articles; copies of a drawn text leave the training part with it.
    """
    rng = np.random.default_rng(SPLIT_SEED)
    order = rng.permutation(len(articles))
    wanted = dict.fromkeys(range(len(CLASSES)), 0)
    for article in articles:
        wanted[article.label] += 1
    wanted = {label: round(count * VALIDATION_SHARE) for label, count in wanted.items()}
    validation: dict[str, Article] = {}
    for index in order:
        article = articles[index]
        if article.title and article.description and wanted[article.label] > 0:
            if article.text in validation:
                continue
            validation[article.text] = article
            wanted[article.label] -= 1
    train = [article for article in articles if article.text not in validation]
    return train, list(validation.values())


def having(articles: Iterable[Article], name: str) -> list[Article]:
    """The articles that have a text variant.

    `name` is "title_description" (the whole text), which all have, or "title" or "description",
    which those have that have both.
    """
    if name == "title_description":
        return list(articles)
    if name in ("title", "description"):
        return [article for article in articles if article.title and article.description]
    raise ValueError(f"No text variant {name!r}: use title_description, title or description.")


def variant(articles: Iterable[Article], name: str) -> tuple[list[str], np.ndarray]:
    """One text variant of the articles `having` it, with their labels, int64 (texts,)."""
    found = having(articles, name)
    attribute = "text" if name == "title_description" else name
    texts = [getattr(article, attribute) for article in found]
    return texts, np.array([article.label for article in found], dtype=np.int64)


def whole_and_titles(articles: Sequence[Article]) -> tuple[list[str], np.ndarray]:
    """Every article as one text, then the title of each that has one; labels as in `variant`."""
    return _joined(articles, ("title_description", "title"))


def every_variant(articles: Sequence[Article]) -> tuple[list[str], np.ndarray]:
    """As `whole_and_titles`, then the descriptions."""
    return _joined(articles, VARIANTS)


def _joined(articles: Sequence[Article], names: Sequence[str]) -> tuple[list[str], np.ndarray]:
    texts, labels = zip(*(variant(articles, name) for name in names), strict=True)
    return list(chain.from_iterable(texts)), np.concatenate(labels)
