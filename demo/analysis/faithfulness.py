"""Does the attention shown matter? Words are left out, heads masked, and texts read again.

Everything here asks a reader through `read`, `classify` and a few methods beside them, and computes
in numpy, so that one measure serves every reader.

References:
1. DeYoung et al. (2020), "ERASER", section 4: comprehensiveness, sufficiency, and their area over
   the perturbation curve.
2. Kobayashi et al. (2020), "Attention is Not Only a Weight": attention times value norm.
3. Abnar & Zuidema (2020), "Quantifying Attention Flow in Transformers": rollout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import kendalltau

from demo.analysis import attention
from demo.models.base import Reader
from demo.reading import Ability, Reading, Token

SHARES = (0.05, 0.1, 0.2, 0.5)  # of the words, taken out or kept, most important first
SEEDS = 10  # random rankings, whose scores are averaged
TOP = 5  # words that a sentence about agreement speaks of

ATTENTION, ROLLOUT, VALUE_NORM = "mean attention", "rollout", "attention x value norm"
GRADIENT, LEAVE_ONE_OUT = "gradient x input", "leave-one-out"
RANDOM, UNIFORM = "random", "uniform"
RANKINGS = (ATTENTION, ROLLOUT, VALUE_NORM, GRADIENT, LEAVE_ONE_OUT)

Classify = Callable[[Sequence[str]], np.ndarray]  # of texts: probabilities (texts, 4)


@dataclass(frozen=True)
class Scores:
    """How well a ranking of the words names those that matter.

    `comprehensiveness`: how much of the winning probability is lost without its first words, mean
    over `SHARES`, higher is better; `sufficiency`: how much is lost with its first words alone,
    lower is better; `tau`: Kendall's rank correlation with leave-one-out, -1 to 1, or None.
    """

    comprehensiveness: float
    sufficiency: float
    tau: float | None


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the words of a reading are worth.

    `words` in the order of the text; `importance` and `scores` by ranking, each of the first
    float32 (words,). Leave-one-out is the drop of the winning probability without a word.
    """

    reading: Reading
    words: tuple[Token, ...]
    importance: dict[str, np.ndarray]
    scores: dict[str, Scores]

    def with_ranking(self, name: str, by_token: np.ndarray) -> Evidence:
        """The same with one more ranking of the words, unscored; `by_token` (tokens,)."""
        values = by_word(self.reading, by_token)
        return replace(self, importance={**self.importance, name: values})

    def agreement(self, ranking: str) -> tuple[int, int, float]:
        """How many of the `TOP` words by leave-one-out are among a ranking's first, of how many.

        The third number is what a random ranking would find on average.
        """
        count = len(self.words)
        top = min(TOP, max(1, count // 2))
        matter = set(order(self.importance[LEAVE_ONE_OUT])[:top])
        found = matter & set(order(self.importance[ranking])[:top])
        return len(found), top, top * top / count


class Erasure:
    """Classifies a text again with some of its words taken out, each version once.

    `words` are the words of the text; what is kept or taken out is a set of their places.
    """

    def __init__(self, classify: Classify, reading: Reading, words: Sequence[Token]):
        self.classify, self.reading, self.words = classify, reading, words
        self.winner = int(reading.probabilities.argmax())
        self.everything = frozenset(range(len(words)))
        self.known = {self.everything: float(reading.probabilities[self.winner])}

    def winning(self, kept: Iterable[frozenset[int]]) -> list[float]:
        """The probability of the class that wins on the whole text, for each set of words kept."""
        kept = list(kept)
        new = [one for one in dict.fromkeys(kept) if one not in self.known]
        if new:
            found = self.classify([self.text_of(one) for one in new])[:, self.winner]
            self.known |= zip(new, map(float, found), strict=True)
        return [self.known[one] for one in kept]

    def text_of(self, kept: frozenset[int]) -> str:
        """The text with every other word taken out."""
        text, end = [], 0
        for place, word in enumerate(self.words):
            if place not in kept:
                text.append(self.reading.text[end : word.start])
                end = word.end
        return "".join([*text, self.reading.text[end:]])


def words_of(reading: Reading) -> list[tuple[Token, range]]:
    """The words that a reading is about, with the places of their pieces among its tokens."""
    return [pair for pair in attention.whole_words(reading.tokens) if not pair[0].special]


def by_word(reading: Reading, by_token: np.ndarray) -> np.ndarray:
    """What each word is worth, float32 (words,): the sum over its pieces, `by_token` (tokens,)."""
    return np.array([by_token[place].sum() for _, place in words_of(reading)], np.float32)


def evidence(reader: Reader, text: str) -> Evidence:
    """Every ranking of the words of a text that a reader allows, and how good each one is.

    Raises ValueError, as `check_text`, or if the text has a single word.
    """
    reading = reader.read(text)
    words = tuple(word for word, _ in words_of(reading))
    if len(words) < 2:
        raise ValueError("One word cannot be left out of itself: type a second one.")
    erasure = Erasure(reader.classify, reading, words)
    importance = {
        name: by_word(reading, values) for name, values in by_token(reader, reading).items()
    }
    randoms = [np.random.default_rng(seed).random(len(words)) for seed in range(SEEDS)]
    everything = [np.zeros(len(words)), *importance.values(), *randoms]
    erasure.winning(
        [
            *(erasure.everything - {place} for place in range(len(words))),
            *(kept for values in everything for kept in versions(values)),
        ]
    )  # all of them in one batch
    importance[LEAVE_ONE_OUT] = leave_one_out(erasure)
    importance[UNIFORM] = np.zeros(len(words), np.float32)
    scores = {name: score(erasure, values, importance) for name, values in importance.items()}
    drawn = [score(erasure, values, importance) for values in randoms]
    scores[RANDOM] = Scores(
        *(float(np.mean([getattr(one, what) for one in drawn])) for what in Scores.__match_args__)
    )
    return Evidence(reading, words, importance, scores)


def by_token(reader: Reader, reading: Reading) -> dict[str, np.ndarray]:
    """What each token is worth by the rankings that need no word left out, (tokens,) each.

    Attention to a token is its mean over all that look; the rollout is that of [CLS], which the
    verdict is read from, or else of the mean token. Of an alignment it is the row of the topic.
    """
    found = {}
    if reading.attention is not None:
        found[ATTENTION] = reading.attention.mean(axis=(0, 1, 2))
        (through,) = attention.rollout(reading).attention[0]
        found[ROLLOUT] = through[0] if reading.tokens[0].special else through.mean(axis=0)
        if Ability.VALUE_NORMS in reader.info.can:
            norms = reader.value_norms(reading.text)
            found[VALUE_NORM] = (reading.attention.mean(axis=2) * norms).mean(axis=(0, 1))
    elif reading.alignment is not None:
        found[ATTENTION] = reading.alignment.weights[0]
    if Ability.GRADIENT in reader.info.can:
        found[GRADIENT] = reader.gradient_x_input(reading.text)
    return found


def leave_one_out(erasure: Erasure) -> np.ndarray:
    """How much of the winning probability each word is worth: its drop without that word."""
    everything = erasure.everything
    without = erasure.winning([everything - {place} for place in sorted(everything)])
    return np.float32(erasure.known[everything] - np.array(without))


def score(erasure: Erasure, values: np.ndarray, importance: dict[str, np.ndarray]) -> Scores:
    """The scores of one ranking."""
    whole = erasure.known[erasure.everything]
    kept = erasure.winning(versions(values))
    drops = whole - np.array(kept).reshape(len(SHARES), 2)
    tau = kendalltau(values, importance[LEAVE_ONE_OUT]).statistic
    comprehensiveness, sufficiency = drops.mean(axis=0)
    return Scores(
        float(comprehensiveness), float(sufficiency), None if np.isnan(tau) else float(tau)
    )


def versions(values: np.ndarray) -> list[frozenset[int]]:
    """For each of `SHARES`, the words kept without the first of a ranking, and those first alone.

    A share is rounded up to whole words; one word at least stays in the text.
    """
    ranked = order(values).tolist()
    found = []
    for share in SHARES:
        first = min(int(np.ceil(share * len(ranked))), len(ranked) - 1)
        found += [frozenset(ranked[first:]), frozenset(ranked[:first])]
    return found


def order(values: np.ndarray) -> np.ndarray:
    """Places from the largest value to the smallest; of equal ones the earlier comes first."""
    return np.argsort(-values, kind="stable")


def ablation(reader: Reader, reading: Reading) -> np.ndarray | None:
    """The change of the winning probability with each head masked alone, (layers, heads)."""
    if Ability.HEAD_MASK not in reader.info.can:
        return None
    layers, heads = reading.attention.shape[:2]
    masks = 1 - np.eye(layers * heads, dtype=np.float32).reshape(-1, layers, heads)
    winner = int(reading.probabilities.argmax())
    without = reader.mask_heads(reading.text, masks)[:, winner]
    return (without - reading.probabilities[winner]).reshape(layers, heads)


def forced_alignment(reader: Reader, reading: Reading) -> np.ndarray | None:
    """The winning probability with the alignment's first row forced, float32 (1 + tokens,).

    First with the row spread evenly, then with all of it on each token; None without an alignment.
    """
    if Ability.FORCED_ALIGNMENT not in reader.info.can:
        return None
    count = len(reading.tokens)
    rows = np.concatenate([np.full((1, count), 1 / count), np.eye(count)])
    return reader.force_alignment(reading.text, rows)[:, int(reading.probabilities.argmax())]
