"""What every reader can do, whatever network reads inside it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from demo.reading import CLASSES, Ability, Decomposition, ReaderInfo, Reading
from demo.sentences import InputError
from demo.trace import AlignmentTrace, HeadTrace

LAST = 1_000  # the place of a reader that asks for none


@dataclass(frozen=True)
class Card:
    """What a recipe says of the reader that it trained, in the file reader.json beside the weights.

    `kind` names its class in `demo.models.KINDS`, `place` where it stands among others, `about`
    what it is in a sentence or two, `facts` the rest, a text for each name.
    """

    FILE: ClassVar[str] = "reader.json"

    kind: str
    title: str
    labels: tuple[str, ...] = CLASSES
    place: int = LAST
    about: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Card | None:
        """The card in a folder, or None; raises ValueError with one sentence if it is damaged."""
        file = folder / cls.FILE
        if not file.is_file():
            return None
        try:
            said = json.loads(file.read_text("utf-8"))
            return cls(**{**said, "labels": tuple(said.get("labels", CLASSES))})
        except (OSError, ValueError, TypeError, AttributeError):
            raise ValueError(f"{file} is damaged: train the reader again.") from None

    def save(self, folder: Path) -> None:
        """Write the card into a folder."""
        written = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / self.FILE).write_text(f"{written}\n", "utf-8")


@dataclass(frozen=True)
class Shape:
    """The part of a `ReaderInfo` that the network itself knows."""

    layers: int
    heads: int
    longest: int
    parameters: int
    can: frozenset[Ability]
    pieces: bool = False
    multi_label: bool = False


class Reader(ABC):
    """A trained classifier; `info` says what it is and which of the methods below it has.

    `name` is its key in the panel; a reader that no folder speaks for goes by its `kind`. `note` is
    what people should know of it with every text, "" for nothing.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    weights_file: ClassVar[str]
    name: str = ""
    note: str = ""
    card: Card | None = None

    @classmethod
    @abstractmethod
    def load(cls, folder: str | Path) -> Self:
        """Open a folder of trained weights.

        Raises ValueError with one sentence if a file is missing, damaged or of another network.
        """

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """What the network knows of itself."""

    @cached_property
    def info(self) -> ReaderInfo:
        """What the reader is."""
        card = self.card or Card(self.kind, self.title)
        return ReaderInfo(
            name=self.name or self.kind,
            title=card.title or self.name or self.kind,
            labels=card.labels,
            note=self.note,
            about=card.about,
            facts=tuple(card.facts.items()),
            **vars(self.shape),
        )

    @abstractmethod
    def read_batch(
        self, texts: Sequence[str], seconds: Sequence[str | None] | None = None
    ) -> list[Reading]:
        """Read several texts in one pass; `Reading.seconds` is that pass's time over its texts.

        `seconds` holds for each text a second one, or None; what becomes of it `info.can` says.
        Raises ValueError, as `check_text`, if a text cannot be read, or there is one too many.
        """

    @abstractmethod
    def classify(self, texts: Sequence[str]) -> np.ndarray:
        """The probabilities of several texts alone, float32 (texts, labels).

        Raises ValueError, as `check_text`, if one of them cannot be read.
        """

    def read(self, text: str, second: str | None = None) -> Reading:
        """Read one text, and a second one if it is given; errors as in `read_batch`."""
        return self.read_batch([text], [second])[0]

    def warm_up(self) -> None:
        """Run once, so that the first text of a user does not pay for tracing."""
        self.read_batch(["Warm", "Warm up the network"])

    # What else may be asked. A reader that has it claims it in `info.can`; any other raises
    # InputError with a sentence.

    def mask_heads(self, text: str, masks: np.ndarray) -> np.ndarray:
        """Probabilities, float32 (variants, labels), of a text read with some heads masked.

        `masks` (variants, layers, heads) is 0 where the output of a head is zeroed before the
        output projection, 1 elsewhere.
        """
        raise self._cannot(Ability.HEAD_MASK)

    def value_norms(self, text: str) -> np.ndarray:
        """How much each head can pass on from each token, float32 (layers, heads, tokens).

        That is ||f(x)||, the norm of the value vector after the output projection (Kobayashi et al.
        2020, "Attention is Not Only a Weight", section 2.2).
        """
        raise self._cannot(Ability.VALUE_NORMS)

    def gradient_x_input(self, text: str) -> np.ndarray:
        """Gradient times word embedding for each token, float32 (tokens,), of the winning class.

        It is how fast the winning probability grows with the length of the word's embedding.
        """
        raise self._cannot(Ability.GRADIENT)

    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        """What each token adds to the logits of some labels, given by their indices.

        The network is taken as linear at this text, as `demo.models.linearised` says.
        """
        raise self._cannot(Ability.DECOMPOSE)

    def head_shares(self, text: str, label: int, tokens: Sequence[int] | None = None) -> np.ndarray:
        """What each head carries of the contrast of a label, float32 (layers, heads).

        Or, where some `tokens` are named by their places, of the sum of their shares alone (see
        `decompose`). What is carried by no head is the rest; `demo.models.linearised` says how a
        share is split.
        """
        raise self._cannot(Ability.DECOMPOSE)

    def force_alignment(self, text: str, rows: np.ndarray) -> np.ndarray:
        """Probabilities, float32 (rows, labels), had the verdict been written with other weights.

        `rows` (rows, tokens) stand each in place of the alignment's first row.
        """
        raise self._cannot(Ability.FORCED_ALIGNMENT)

    def trace(
        self, text: str, layer: int = 0, head: int = 0, factor: float = 1.0, masked: bool = True
    ) -> HeadTrace | AlignmentTrace:
        """Every step of one head, or of the alignment of a reader that has no heads.

        All scores of the network are multiplied by `factor` before their softmax. Without `masked`
        the text is padded up to the longest one that the reader takes, and the padding is read as
        if it were words (`Ability.UNMASK`). Raises ValueError, as `check_text`, or if there is no
        such head.
        """
        raise self._cannot(Ability.TRACE)

    def _cannot(self, ability: Ability) -> InputError:
        return InputError("problems.reader.cannot", reader=self.info.title, ability=ability)
