"""The readers side by side, as many people use them at once."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from demo.models.base import LAST, Card, Reader
from demo.models.hub import Source
from demo.reading import Decomposition, ReaderInfo, Reading, check_text
from demo.sentences import InputError
from demo.serving.failures import log_failure
from demo.serving.limits import ServingLimits
from demo.serving.worker import LocalWorker, ReaderWorker
from demo.trace import AlignmentTrace, HeadTrace

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class ServedReader:
    """A reader for many threads: whatever it is asked, its one worker asks the network.

    It has the methods of `Reader`, and `record` says what was measured of it. A text that was read
    lately is not read again. Every method raises ValueError with one sentence if the text cannot be
    read or the reader fails.
    """

    def __init__(self, worker: ReaderWorker, kept: Kept, limits: ServingLimits):
        self.record = worker.record
        self._worker, self._kept, self._limits = worker, kept, limits

    @property
    def info(self) -> ReaderInfo:
        """What the reader is, in the language that is spoken."""
        return self.record.info.in_words()

    def keep_atlas(self, atlas: dict) -> None:
        """Have the record say this of the heads, as atlas.json would, as long as the page runs."""
        self.record = replace(self.record, atlas=atlas)

    def read(self, text: str, second: str | None = None) -> Reading:
        """What the reader makes of a text, and of a second one as `info.can` says."""
        return self.finish(self.begin(text, second))

    def begin(self, text: str, second: str | None = None) -> Future:
        """The reading of a text, which may be there already or still be on its way."""
        for given in (text, second):
            if given is not None:
                check_text(given)
        pair = (text, second)
        return self._kept.get(
            (self.info.name, *pair), lambda answer: self._worker.ask("read", pair, answer)
        )

    def read_batch(
        self,
        texts: Sequence[str],
        seconds: Sequence[str | None] | None = None,
        keep: bool = True,
    ) -> list[Reading]:
        """Several readings, each kept as one of `read` is, unless many others would go for them."""
        pairs = list(zip(texts, seconds or [None] * len(texts), strict=True))
        if keep:
            begun = [self.begin(*pair) for pair in pairs]
        else:
            begun = [self._worker.ask("read", pair) for pair in pairs]
        return [self.finish(future) for future in begun]

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        """The probabilities of several texts alone, float32 (texts, labels)."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        found = np.empty((len(texts), len(self.info.labels)), np.float32)
        for start in range(0, len(order), self._limits.texts):
            chosen = order[start : start + self._limits.texts]
            found[chosen] = self.finish(self.begin_classify([texts[index] for index in chosen]))
        return found

    def begin_classify(self, texts: Sequence[str]) -> Future:
        """The probabilities of a few texts, on their way."""
        for text in texts:
            check_text(text)
        return self._worker.ask("classify", (texts,))

    def finish(self, future: Future) -> Any:
        """What was begun; a failure is logged without the text, which its message may hold.

        Raises ValueError with one sentence.
        """
        try:
            return future.result()
        except ValueError:
            raise
        except Exception as error:
            log_failure(self.info.name, error)
            raise InputError("problems.reader.failed", reader=self.info.title) from None

    def mask_heads(self, text: str, masks: np.ndarray) -> np.ndarray:
        """As `Reader.mask_heads`."""
        return self._alone("mask_heads", check_text(text), masks)

    def value_norms(self, text: str) -> np.ndarray:
        """As `Reader.value_norms`."""
        return self._alone("value_norms", check_text(text))

    def gradient_x_input(self, text: str) -> np.ndarray:
        """As `Reader.gradient_x_input`."""
        return self._alone("gradient_x_input", check_text(text))

    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        """As `Reader.decompose`."""
        return self._alone("decompose", check_text(text), labels)

    def head_shares(self, text: str, label: int, tokens: Sequence[int] | None = None) -> np.ndarray:
        """As `Reader.head_shares`."""
        return self._alone("head_shares", check_text(text), label, tokens)

    def force_alignment(self, text: str, rows: np.ndarray) -> np.ndarray:
        """As `Reader.force_alignment`."""
        return self._alone("force_alignment", check_text(text), rows)

    def trace(
        self, text: str, layer: int = 0, head: int = 0, factor: float = 1.0, masked: bool = True
    ) -> HeadTrace | AlignmentTrace:
        """As `Reader.trace`."""
        return self._alone("trace", check_text(text), layer, head, factor, masked)

    def kept(self, function: Callable[[ServedReader, str], Found], text: str) -> Found:
        """`function(self, text)`, computed once and kept as a reading is."""
        key = (self.info.name, text, function)
        return self.finish(self._kept.get(key, lambda answer: _fill(answer, function, self, text)))

    def _alone(self, method: str, *arguments: Any) -> Any:
        """A pass of its own in the worker."""
        return self.finish(self._worker.ask(method, arguments))


class Kept:
    """The last few answers, each asked for once, however many people want it at the same time."""

    def __init__(self, most: int):
        self._most = most
        self._answers: OrderedDict[tuple, Future] = OrderedDict()
        self._changing = Lock()

    def get(self, key: tuple, begin: Callable[[Future], object]) -> Future:
        """The answer that is kept or on its way, or else a new one, which `begin` has filled.

        An answer that failed is forgotten, so that it can be tried again.
        """
        with self._changing:
            answer = self._answers.get(key)
            new = answer is None or (answer.done() and answer.exception() is not None)
            if new:
                answer = self._answers[key] = Future()
            self._answers.move_to_end(key)
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
        if new:
            begin(answer)
        return answer


def _fill(answer: Future, function: Callable, *arguments: Any) -> None:
    """Compute an answer here and now."""
    try:
        answer.set_result(function(*arguments))
    except Exception as error:
        answer.set_exception(error)


class Panel(dict[str, ServedReader]):
    """The readers by name; `missing` says of each that could not be opened why, in a sentence.

    `titles` are what people call all of them, those that are missing too.
    """

    def __init__(self, limits: ServingLimits = ServingLimits()):
        super().__init__()
        self.limits = limits
        self.missing: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self._kept = Kept(limits.kept)

    def add(self, reader: Reader, folder: Path) -> None:
        """Serve a reader of this process, under its own name."""
        self.serve(LocalWorker(reader, folder, self.limits))

    def serve(self, worker: ReaderWorker) -> None:
        """Serve a reader wherever it computes, under its own name."""
        info = worker.record.info
        self[info.name] = ServedReader(worker, self._kept, self.limits)
        self.titles[info.name] = info.title

    def miss(self, name: str, title: str, why: str) -> None:
        """Note, and log, why there is no reader of this name, whose title is this."""
        self.missing[name], self.titles[name] = why, title
        log.warning("%s is off: %s", title, why)

    def check(self, place: str, empty: str = "it holds no folder of a reader") -> Panel:
        """The panel itself; raises ValueError with one sentence if no reader is in it."""
        if self:
            return self
        why = "; ".join(self.missing.values()) or empty
        raise ValueError(f"No reader could be opened {place}: {why.rstrip('.')}.")

    @property
    def scored(self) -> dict[str, ServedReader]:
        """The readers whose scores are known."""
        return {name: reader for name, reader in self.items() if reader.record.test}

    def classify(self, text: str) -> dict[str, np.ndarray]:
        """The probabilities that each reader gives to its labels, float32 (labels,)."""
        check_text(text)
        begun = {name: reader.begin_classify([text]) for name, reader in self.items()}
        return {name: self[name].finish(future)[0] for name, future in begun.items()}

    def read_all(self, text: str) -> dict[str, Reading | ValueError]:
        """What each reader makes of a text, or the error, with its sentence, of one that fails.

        Raises ValueError with a sentence if the text cannot be read.
        """
        begun = {name: self[name].begin(text) for name in self}
        found: dict[str, Reading | ValueError] = {}
        for name, future in begun.items():
            try:
                found[name] = self[name].finish(future)
            except ValueError as error:
                found[name] = error
        return found


def load_panel(
    folder: str | Path = "trained",
    names: Iterable[str] | None = None,
    also: Mapping[str, str | Path] | None = None,
    limits: ServingLimits = ServingLimits(),
) -> Panel:
    """Open and warm up the readers whose folders lie in `folder`, or those of these names.

    `also` says where others are to be had, by name: a folder, or a repository of the Hugging Face
    hub, which is fetched once (see `demo.models.hub.Source.of`); one that has the name of another
    stands in its place. The environment variable NAME_DIR
    (as BERT_DIR) names another folder for a reader. A reader that cannot be opened is left out,
    logged and listed in `Panel.missing`. Raises ValueError with one sentence if none can be opened.
    """
    panel = Panel(limits)
    for name, (source, title) in reader_places(Path(folder), names, also).items():
        try:
            worker = LocalWorker.open(source.folder(), name, source.labels, limits)
        except ValueError as error:
            panel.miss(name, title, str(error))
        else:
            panel.serve(worker)
    return panel.check(f"in {folder}")


def reader_places(
    folder: Path,
    names: Iterable[str] | None = None,
    also: Mapping[str, str | Path] | None = None,
) -> dict[str, tuple[Source, str]]:
    """Where the readers are to be had, and what people call them, by name; as `load_panel` says."""
    folders = reader_folders(folder, names)
    found = {name: (Source(str(place)), title_of(place)) for name, place in folders.items()}
    return found | {name: (Source.of(str(said)), name) for name, said in (also or {}).items()}


def reader_folders(folder: Path, names: Iterable[str] | None = None) -> dict[str, Path]:
    """The folders of readers in `folder`, or of those of these names, by name.

    They come in the order in which their cards ask to stand; see `load_panel`.
    """
    found = {place.name: place for place in folder.iterdir()} if folder.is_dir() else {}
    wanted = sorted(found) if names is None else names
    places = {
        name: Path(os.environ.get(f"{name.upper()}_DIR") or found.get(name, folder / name))
        for name in wanted
    }
    there = {name: place for name, place in places.items() if place.is_dir()}
    return dict(sorted(there.items(), key=lambda item: _card(item[1]).place))


def title_of(folder: Path) -> str:
    """What people call the reader in a folder."""
    return _card(folder).title


def _card(folder: Path) -> Card:
    """The card in a folder, or that of a reader that nothing is known of."""
    try:
        card = Card.load(folder)
    except ValueError:
        card = None
    return card or Card(kind="", title=folder.name, place=LAST)
