"""Which titles teach writing, and where a title's words stand in the text that it is written for.

What a corpus pairs is not all worth learning from: an agency in brackets is no part of a headline,
and a title that shares no word of content with its description tells something else. In part of AG
News the border between title and description was guessed when the corpus was put together, and no
row says in which. So a title is left out where the border looks wrong: where the title ends in a
mark or a word that a headline does not end in, where the description begins within a sentence, or
where the title is much shorter or longer than headlines are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.models import words
from demo.reading import Token
from demo.training import agnews, opposites, word_vectors

SHORTEST, LONGEST = 3, 14  # words of a title
# Of words and vectors: nearer than this, they mean the same or have the same stem.
NEAR = 0.6

FUNCTION_WORDS = frozenset(
    """
    a about after against all also an and any are as at be been before but by can could did
    do does for from had has have he her his how i in into is it its may more most new no
    not now of off on one or other our out over says said she so some than that the their
    them then there these
    """.split()
)
_NO_END = frozenset("a an and but by for from its of or than that the their to with".split())
_AGENCY_LAST = re.compile(r"\s*\([^()]*\)\s*[:.]?$")
_DATELINE = re.compile(
    r"^(?:[A-Z][\w .,'/-]{0,50})?\((?:[^()]{1,30})\) ?(?:--?|—|–) (?=\S)"  # NEW YORK (Reuters) -
    r"|^[A-Z][A-Z .,'-]{2,40}(?:, [\w .]{2,30})? (?:--|—|–) (?=\S)"  # SAN ANTONIO --
    r"|^(?:[A-Z][\w.]* ?){1,3} - (?=[A-Z\"'])"  # PC World - The
)
_LOWER = re.compile(r"[a-z]+(?=\s|$)")


def headline_of(title: str) -> str:
    """A title without what it ends with in brackets: `(Reuters)`, `(Update1)`."""
    return _AGENCY_LAST.sub("", title)


def without_dateline(description: str) -> str:
    """A description without the place and the agency that it begins with."""
    return _DATELINE.sub("", description)


def teaches_writing(title: str, description: str) -> bool:
    """Whether a headline can be learned from the pair, by the rules above."""
    keys = content(title), content(description)
    last = words.key(title.split()[-1]) if title.split() else ""
    return (
        SHORTEST <= len(words.spans(title)) <= LONGEST
        and title[-1] not in ",:;-"
        and last not in _NO_END
        and not _LOWER.match(description)
        and bool(keys[0] & keys[1])
    )


def content(text: str) -> set[str]:
    """The keys of the words of a text that are no function words."""
    keys = {words.key(text[start:end]).removesuffix("'s") for start, end in words.spans(text)}
    return keys - FUNCTION_WORDS


def titles_of(articles: Sequence[agnews.Article]) -> list[str]:
    """What is to be written for each text of `agnews.every_variant`; "" where nothing is."""

    def of(article: agnews.Article) -> str:
        title = headline_of(article.title)
        return title if teaches_writing(title, without_dateline(article.description)) else ""

    whole = [of(article) for article in articles]
    both = [
        title
        for title, article in zip(whole, articles, strict=True)
        if article.title and article.description
    ]
    return whole + both + both


def twins(text: Sequence[Token], title: Sequence[Token]) -> list[tuple[int, int]]:
    """Places (in the title, in the text) of the words that stand exactly once in both."""
    keys, wanted = ([words.key(token.as_read) for token in tokens] for tokens in (text, title))
    once = {key for key, count in Counter(keys).items() if count == 1}
    alone = {key for key, count in Counter(wanted).items() if count == 1}
    places = {key: place for place, key in enumerate(keys) if key in once}
    return [(output, places[key]) for output, key in enumerate(wanted) if key in once & alone]


class WordVectors:
    """The word vectors of a pretrained encoder, a unit vector for each entry of a vocabulary.

    Raises ValueError, as `word_vectors.of_words`.
    """

    def __init__(self, folder: Path, vocabulary: words.Vocabulary):
        vectors = word_vectors.of_words(folder, vocabulary.entries)
        vectors -= vectors.mean(axis=0)  # what all words share says nothing of a word
        self.of = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        self.vocabulary = vocabulary

    def near(self, text: Sequence[Token], title: Sequence[Token]) -> list[tuple[int, int]]:
        """Places (in the title, in the text) of words that mean the same and are not the same.

        They are those words of content that the text does not hold, each with the word of the text
        whose vector is nearest, if that is near enough; opposites have near vectors, too, and are
        left out.
        """
        keys = [words.key(token.as_read) for token in text]
        read = set(keys)
        wanted = [
            (output, key)
            for output, key in enumerate(words.key(token.as_read) for token in title)
            if key not in read and self._tells(key)
        ]
        places = [place for place, key in enumerate(keys) if wanted and self._tells(key)]
        if not places:
            return []
        sources = self.of[[self.vocabulary.index(keys[place]) for place in places]]
        found = []
        for output, key in wanted:
            near = sources @ self.of[self.vocabulary.index(key)]
            best = int(near.argmax())
            other = keys[places[best]]
            if near[best] >= NEAR and not opposites.are_opposites(key, other):
                found.append((output, places[best]))
        return found

    def _tells(self, key: str) -> bool:
        """Whether a word is one of content, with a vector of its own."""
        known = self.vocabulary.index(key) != words.UNKNOWN
        return known and key.isalpha() and len(key) > 2 and key not in FUNCTION_WORDS
