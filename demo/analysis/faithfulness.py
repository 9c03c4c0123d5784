"""Does the attention shown matter? Words are left out, heads masked, and texts read again.

Everything here asks a reader through `read`, `classify` and a few methods beside them, and computes
in numpy, so that one measure serves every reader.

References:
1. DeYoung et al. (2020), "ERASER", section 4: comprehensiveness, sufficiency, and their area over
   the perturbation curve.
2. Kobayashi et al. (2020), "Attention is Not Only a Weight": attention times value norm.
3. Abnar & Zuidema (2020), "Quantifying Attention Flow in Transformers": rollout.
4. Kendall (1945), "The Treatment of Ties in Ranking Problems": tau-b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from demo.analysis import attention
from demo.analysis.erasure import Erasure, by_word, words_of
from demo.models.base import Reader
from demo.reading import Ability, ReaderInfo, Reading, Token
from demo.sentences import InputError
from demo.serving.panel import ServedReader

SHARES = (0.05, 0.1, 0.2, 0.5)  # of the words, taken out or kept, most important first
SEEDS = 10  # random rankings, whose scores are averaged
TOP = 5  # words that a sentence about agreement speaks of
ROUNDING = 1e-6  # of a probability: what the same words in another row of a batch may differ by
SAME = 1e-5  # of a ranking's largest value: closer ones are equal

ATTENTION, ROLLOUT, VALUE_NORM = "mean attention", "rollout", "attention x value norm"
GRADIENT, DECOMPOSITION = "gradient x input", "decomposition"
LEAVE_ONE_OUT = "leave-one-out"
RANDOM, UNIFORM = "random", "uniform"


@dataclass(frozen=True)
class Scores:
    """How well a ranking of the words names those that matter.

    `comprehensiveness`: how much of the winning probability is lost without its first words, mean
    over `SHARES`, higher is better; `sufficiency`: how much is lost with its first words alone,
    lower is better; `tau`: Kendall's rank correlation with leave-one-out, -1 to 1, or None where
    one of the two is a tie of all words, so that there is no order.
    """

    comprehensiveness: float
    sufficiency: float
    tau: float | None


@dataclass(frozen=True)
class Agreement:
    """How many of the `top` words by leave-one-out are among as many first ones of a ranking.

    Where equal words stand at the border of a ranking's first ones, `least` to `most` of them are;
    else the two are the same. `chance` is what a random ranking would find on average.
    """

    least: int
    most: int
    top: int
    chance: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the words of a reading are worth.

    `words` in the order of the text; `importance` and `scores` by ranking, each of the first
    float32 (words,). Leave-one-out is the drop of the winning probability without a word; drops
    that differ by no more than a network's rounding are equal. `erasure` remembers every version
    of the text that was classified.
    """

    reading: Reading
    words: tuple[Token, ...]
    importance: dict[str, np.ndarray]
    scores: dict[str, Scores]
    erasure: Erasure = None

    def with_ranking(self, name: str, by_token: np.ndarray) -> Evidence:
        """The same with one more ranking of the words, unscored; `by_token` (tokens,)."""
        values = by_word(self.reading, by_token)
        return replace(self, importance={**self.importance, name: values})

    def tied(self, ranking: str) -> bool:
        """Whether a ranking gives every word the same."""
        return len(np.unique(levelled(self.importance[ranking]))) == 1

    def agreement(self, ranking: str) -> Agreement | None:
        """How far a ranking finds the words that matter most, or None where either is a tie.

        They are `TOP` words, or half of all if that is fewer; where equal ones stand at the border,
        so few that it does not part them, or so many.
        """
        if self.tied(LEAVE_ONE_OUT) or self.tied(ranking):
            return None
        count = len(self.words)
        drops = np.sort(self.importance[LEAVE_ONE_OUT])[::-1]
        borders = [top for top in range(1, count) if drops[top - 1] > drops[top]]
        wanted = min(TOP, max(1, count // 2))
        top = max((one for one in borders if one <= wanted), default=borders[0])
        matter = self.importance[LEAVE_ONE_OUT] >= drops[top - 1]
        values = levelled(self.importance[ranking])
        last = np.sort(values)[::-1][top - 1]
        equal = matter & (values == last)  # of which some may be first ones
        sure, open_places = int((matter & (values > last)).sum()), top - int((values > last).sum())
        others = int((values == last).sum() - equal.sum())
        return Agreement(
            least=sure + max(0, open_places - others),
            most=sure + min(int(equal.sum()), open_places),
            top=top,
            chance=top * top / count,
        )


def evidence(reader: Reader | ServedReader, text: str) -> Evidence:
    """Every ranking of the words of a text that a reader allows, and how good each one is.

    Raises InputError, as `check_text`, or if the text has a single word.
    """
    reading = reader.read(text)
    words = tuple(word for word, _ in words_of(reading))
    if len(words) < 2:
        raise InputError("problems.evidence.one_word")
    erasure = Erasure(reader.classify, reading)
    importance = {
        name: by_word(reading, by_token(reader, reading, name)) for name in rankings(reader.info)
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
    scores[RANDOM] = mean(drawn)
    return Evidence(reading, words, importance, scores, erasure)


def left_out(reader: Reader | ServedReader, text: str) -> Evidence:
    """Leave-one-out alone, which costs a reading a word; errors as in `evidence`."""
    reading = reader.read(text)
    erasure = Erasure(reader.classify, reading)
    if len(erasure.words) < 2:
        raise InputError("problems.evidence.one_word")
    return Evidence(reading, erasure.words, {LEAVE_ONE_OUT: leave_one_out(erasure)}, {}, erasure)


def rankings(info: ReaderInfo) -> list[str]:
    """The rankings of words that a reader allows and that need no word left out."""
    attends = info.layers or Ability.WRITE in info.can
    found = [ATTENTION] if attends else []
    found += [ROLLOUT] if info.layers else []
    found += [VALUE_NORM] if Ability.VALUE_NORMS in info.can else []
    found += [GRADIENT] if Ability.GRADIENT in info.can else []
    return found + ([DECOMPOSITION] if Ability.DECOMPOSE in info.can else [])


def by_token(reader: Reader | ServedReader, reading: Reading, ranking: str) -> np.ndarray:
    """What each token is worth by one of the `rankings`, (tokens,).

    Attention to a token is its mean over all that look; the rollout is that of [CLS], which the
    verdict is read from, or else of the mean token. Of an alignment it is the row of the topic.
    """
    if ranking == GRADIENT:
        return reader.gradient_x_input(reading.text)
    if ranking == DECOMPOSITION:
        winner = int(reading.probabilities.argmax())
        return reader.decompose(reading.text, [winner]).shares[0]
    if reading.attention is None:
        return reading.alignment.weights[0]
    if ranking == ROLLOUT:
        (through,) = attention.rollout(reading).attention[0]
        return through[0] if reading.tokens[0].special else through.mean(axis=0)
    if ranking == VALUE_NORM:
        norms = reader.value_norms(reading.text)
        return (reading.attention.mean(axis=2) * norms).mean(axis=(0, 1))
    return reading.attention.mean(axis=(0, 1, 2))


def leave_one_out(erasure: Erasure) -> np.ndarray:
    """How much of the winning probability each word is worth: its drop without that word.

    Of "goal goal" the same word is left whichever is taken out, yet a network that reads both
    versions in one batch rounds each in its own way: such drops are made equal.
    """
    everything = erasure.everything
    without = erasure.winning([everything - {place} for place in sorted(everything)])
    return levelled(np.array(erasure.whole - np.array(without), np.float32), ROUNDING)


def levelled(values: np.ndarray, within: float | None = None) -> np.ndarray:
    """The values (words,) with those equal that differ by no more than `within`.

    By default that is `SAME` of the largest one. From the smallest on, each takes the value of the
    first one that it is equal to.
    """
    if within is None:
        within = SAME * float(np.abs(values).max())
    found, level = np.empty_like(values), -np.inf
    for place in np.argsort(values, kind="stable"):
        level = level if values[place] - level <= within else values[place]
        found[place] = level
    return found


def score(erasure: Erasure, values: np.ndarray, importance: dict[str, np.ndarray]) -> Scores:
    """The scores of one ranking."""
    kept = erasure.winning(versions(values))
    drops = erasure.whole - np.array(kept).reshape(len(SHARES), 2)
    comprehensiveness, sufficiency = drops.mean(axis=0)
    tau = kendall_tau(levelled(values), importance[LEAVE_ONE_OUT])
    return Scores(float(comprehensiveness), float(sufficiency), tau)


def kendall_tau(one: np.ndarray, other: np.ndarray) -> float | None:
    """How far two rankings (words,) agree, -1 to 1; None where one of them ranks nothing.

    It is Kendall's tau-b [4]. scipy.stats has it, too, but its import takes a second of the start.
    """
    orders = [np.sign(values[:, None] - values) for values in (one, other)]  # (words, words) each
    pairs = [np.count_nonzero(order) for order in orders]  # of words that are not tied
    return float((orders[0] * orders[1]).sum() / np.sqrt(np.prod(pairs))) if all(pairs) else None


def mean(scores: Sequence[Scores]) -> Scores:
    """The mean of each score; tau is None where it is None in all of them."""
    taus = [one.tau for one in scores if one.tau is not None]
    return Scores(
        float(np.mean([one.comprehensiveness for one in scores])),
        float(np.mean([one.sufficiency for one in scores])),
        float(np.mean(taus)) if taus else None,
    )


def versions(values: np.ndarray) -> list[frozenset[int]]:
    """For each of `SHARES`, the words kept without the first of a ranking, and those first alone.

    A share is rounded up to whole words; one word at least stays in the text.
    """
    ranked = order(values).tolist()
    found = []
    for first in firsts(len(ranked)):
        found += [frozenset(ranked[first:]), frozenset(ranked[:first])]
    return found


def firsts(words: int) -> list[int]:
    """How many words are first ones, for each of `SHARES`."""
    return [min(int(np.ceil(share * words)), words - 1) for share in SHARES]


def order(values: np.ndarray) -> np.ndarray:
    """Places from the largest value to the smallest; of equal ones the earlier comes first."""
    return np.argsort(-values, kind="stable")


def ablation(reader: Reader | ServedReader, reading: Reading) -> np.ndarray | None:
    """The change of the winning probability with each head masked alone, (layers, heads)."""
    if Ability.HEAD_MASK not in reader.info.can:
        return None
    layers, heads = reading.attention.shape[:2]
    masks = 1 - np.eye(layers * heads, dtype=np.float32).reshape(-1, layers, heads)
    winner = int(reading.probabilities.argmax())
    without = reader.mask_heads(reading.text, masks)[:, winner]
    return (without - reading.probabilities[winner]).reshape(layers, heads)


def forced_alignment(reader: Reader | ServedReader, reading: Reading) -> np.ndarray | None:
    """The winning probability with the alignment's first row forced, float32 (1 + tokens,).

    First with the row spread evenly, then with all of it on each token; None without an alignment.
    """
    if Ability.FORCED_ALIGNMENT not in reader.info.can:
        return None
    count = len(reading.tokens)
    rows = np.concatenate([np.full((1, count), 1 / count), np.eye(count)])
    return reader.force_alignment(reading.text, rows)[:, int(reading.probabilities.argmax())]
