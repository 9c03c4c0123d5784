"""The one contract of the house: what a reader says of itself, and what it makes of a text.

Every model fills a `ReaderInfo` and a `Reading`; analysis, figures and page know nothing else.
Arrays are numpy: TensorFlow's and PyTorch's tensors never leave `demo/models` and `demo/runtime`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from demo.sentences import ENGLISH, InputError, called, spoken

CLASSES = ("World", "Sports", "Business", "Sci/Tech")  # AG News order: class index 1 to 4
MAX_CHARACTERS = 20_000
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Ability(StrEnum):
    """What a reader can do beyond naming a class, each a method or an argument of `Reader`."""

    WRITE = "write"  # a headline; a second text is followed as if the reader had written it
    PAIR = "read pairs"  # a second text is read together with the first
    HEAD_MASK = "mask heads"
    VALUE_NORMS = "tell its value norms"
    GRADIENT = "tell its gradients"
    FORCED_ALIGNMENT = "force the alignment"
    TRACE = "trace its attention"
    UNMASK = "take the padding mask away"
    DECOMPOSE = "say what its words add up to"


@dataclass(frozen=True)
class ReaderInfo:
    """What a reader is.

    `name` is its key in the panel, `title` what people call it. `layers` and `heads` are those of
    its self-attention, 0 where it has none; `longest` is how many tokens it reads, `parameters`
    how many trained numbers its network holds. `pieces` is whether it cuts words into pieces and
    sets marks ([CLS], [SEP]) around a text. Where `multi_label`, a text may have several labels or
    none: each has a probability of its own. `note` is a sentence to be shown with every text, ""
    for none. `about` and `facts` (name -> text) are what its model card says.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    layers: int
    heads: int
    longest: int
    parameters: int
    can: frozenset[Ability] = frozenset()
    pieces: bool = False
    multi_label: bool = False
    note: str = ""
    about: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def second_text(self) -> bool:
        """Whether `read` takes a second text."""
        return bool({Ability.WRITE, Ability.PAIR} & self.can)

    def in_words(self) -> ReaderInfo:
        """The same with what people read in the language that is spoken; labels stay as they are.

        Programs and links name labels: `called` says what people call one.
        """
        if spoken() == ENGLISH:
            return self
        return replace(
            self,
            title=called(self.title),
            note=called(self.note),
            about=called(self.about),
            facts=tuple((called(name), called(text)) for name, text in self.facts),
        )

    def check_head(self, layer: int, head: int) -> None:
        """Raises InputError if the reader has no such head; both count from 0."""
        if not (0 <= layer < self.layers and 0 <= head < self.heads):
            asked = {"layer": layer + 1, "head": head + 1}
            there = {"layers": self.layers, "heads": self.heads}
            raise InputError("problems.no_head", reader=self.title, **asked, **there)


@dataclass(frozen=True)
class Token:
    """A piece of the user's text: `text == user_text[start:end]`, in the user's own case.

    A special token ([CLS], [SEP]) stands for no part of the text: start == end. `known` is False
    for a word outside the reader's vocabulary, which the reader sees only as "some unknown word".
    `mended` is what the reader saw in place of `text`, where that is not the same: "AT&T" for
    "AT&amp;T", composed letters for decomposed ones, a word without its soft hyphen.
    """

    text: str
    start: int
    end: int
    special: bool = False
    known: bool = True
    mended: str = ""

    @property
    def as_read(self) -> str:
        """What the reader saw, and what a picture shows: free of characters that nobody sees."""
        return self.mended or self.text


@dataclass(frozen=True)
class Candidate:
    """A word that might be written next, "" for the end; its probability, given those before it."""

    text: str
    probability: float


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which input tokens each written output looked at.

    Shapes: `weights` float32 (outputs, tokens); row i holds the weights used to emit output i
    and sums to 1. `log_probabilities` float32 (outputs,), each given the outputs before it.
    `copied` float32 (outputs,), the probability that a word is copied from the tokens where its row
    looks, and not generated (1 - p_gen), 0 for a topic; None of a reader that does not copy.
    `states` float32 (outputs, units), the state s_(i-1) that row i was computed from. `candidates`
    are the most probable ones at the place of each output, the likeliest first; () where unknown.
    """

    outputs: tuple[str, ...]
    weights: np.ndarray
    log_probabilities: np.ndarray | None = None
    copied: np.ndarray | None = None
    states: np.ndarray | None = None
    candidates: tuple[tuple[Candidate, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Decomposition:
    """What the tokens of a text are worth to some labels, as a sum.

    `contrast` is the logit of each label minus the mean logit of all. It is the sum of `shares`,
    what each token adds to it, and of `remainder`, what the biases add.

    Shapes: `shares` float32 (labels, tokens), marks among the tokens; `remainder` and `contrast`
    float32 (labels,).
    """

    shares: np.ndarray
    remainder: np.ndarray
    contrast: np.ndarray


@dataclass(frozen=True, eq=False)
class Reading:
    """What one reader made of one text, and where it looked.

    Shapes: `probabilities` float32 (labels,) in the order of `labels`, which sums to 1 unless the
    reader is multi-label; `attention` float32 (layers, heads, tokens, tokens), row = the token that
    looks (query), column = the token looked at (key), each row sums to 1, or None; `alignment` or
    None. `seconds` is the time that the model took. `truncated` is True where the text was longer
    than the model reads. `mended` names what was mended before reading. `words` were read, of which
    the reader knows `known_words`; 0 where it cannot say.
    """

    reader: str
    text: str
    probabilities: np.ndarray
    tokens: tuple[Token, ...]
    attention: np.ndarray | None = None
    alignment: Alignment | None = None
    truncated: bool = False
    seconds: float = 0.0
    labels: tuple[str, ...] = CLASSES
    mended: tuple[str, ...] = ()
    words: int = 0
    known_words: int = 0

    def __post_init__(self):
        assert self.probabilities.shape == (len(self.labels),)
        if self.attention is not None:
            assert self.attention.shape[2:] == (len(self.tokens), len(self.tokens))
        if self.alignment is not None:
            size = (len(self.alignment.outputs), len(self.tokens))
            assert self.alignment.weights.shape == size

    @property
    def label(self) -> str:
        """The name of the winning class, the likeliest label."""
        return self.labels[int(self.probabilities.argmax())]


def check_text(text: str) -> str:
    """Return `text` as it is if a reader can read it.

    Raises InputError if it is not a string, holds nothing visible, is longer than `MAX_CHARACTERS`
    or holds half a character (a lone surrogate).
    """
    if not isinstance(text, str):
        raise InputError("problems.text.not_string")
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise InputError("problems.text.nothing")
    if len(text) > MAX_CHARACTERS:
        raise InputError("problems.text.too_long", count=len(text), most=MAX_CHARACTERS)
    if _HALF_CHARACTER.search(text):
        raise InputError("problems.text.broken")
    return text
