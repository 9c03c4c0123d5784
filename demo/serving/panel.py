"""The readers side by side, as many people use them at once."""

from __future__ import annotations

import logging
import os
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from demo.models import open_reader
from demo.models.base import LAST, Card, Reader
from demo.models.hub import Source
from demo.reading import Decomposition, ReaderInfo, Reading, check_text
from demo.sentences import InputError
from demo.serving.batching import BatchingWorker
from demo.serving.records import record
from demo.trace import AlignmentTrace, HeadTrace

log = logging.getLogger(__name__)
KEPT = 64  # answers that are remembered, so that cards and views do not ask a network again
CLASSIFIED = 64  # texts of one pass of `classify`, after which others have their turn

Found = TypeVar("Found")


class ServedReader:
    """A reader for many threads: whatever it is asked, its one worker asks the network.

    It has the methods of `Reader`, and `record` says what was measured of it. A text that was read
    lately is not read again. Every method raises ValueError with one sentence if the text cannot be
    read or the reader fails.
    """

    def __init__(self, reader: Reader, folder: Path, kept: Kept):
        self.record = record(reader.info, folder / reader.weights_file)
        self._reader, self._kept = reader, kept
        self._worker = BatchingWorker(reader.info.name)

    @property
    def info(self) -> ReaderInfo:
        """What the reader is, in the language that is spoken."""
        return self._reader.info.in_words()

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
            (self.info.name, *pair), lambda answer: self._worker.ask(self._read, pair, answer)
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
            begun = [self._worker.ask(self._read, pair) for pair in pairs]
        return [self.finish(future) for future in begun]

    def classify(self, texts: Sequence[str]) -> np.ndarray:
        """The probabilities of several texts alone, float32 (texts, labels)."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        found = np.empty((len(texts), len(self.info.labels)), np.float32)
        for start in range(0, len(order), CLASSIFIED):
            chosen = order[start : start + CLASSIFIED]
            found[chosen] = self.finish(self.begin_classify([texts[index] for index in chosen]))
        return found

    def begin_classify(self, texts: Sequence[str]) -> Future:
        """The probabilities of a few texts, on their way."""
        for text in texts:
            check_text(text)
        return self._worker.ask(self._classify, texts)

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
        return self._alone(self._reader.mask_heads, check_text(text), masks)

    def value_norms(self, text: str) -> np.ndarray:
        """As `Reader.value_norms`."""
        return self._alone(self._reader.value_norms, check_text(text))

    def gradient_x_input(self, text: str) -> np.ndarray:
        """As `Reader.gradient_x_input`."""
        return self._alone(self._reader.gradient_x_input, check_text(text))

    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        """As `Reader.decompose`."""
        return self._alone(self._reader.decompose, check_text(text), labels)

    def head_shares(self, text: str, label: int, tokens: Sequence[int] | None = None) -> np.ndarray:
        """As `Reader.head_shares`."""
        return self._alone(self._reader.head_shares, check_text(text), label, tokens)

    def force_alignment(self, text: str, rows: np.ndarray) -> np.ndarray:
        """As `Reader.force_alignment`."""
        return self._alone(self._reader.force_alignment, check_text(text), rows)

    def trace(
        self, text: str, layer: int = 0, head: int = 0, factor: float = 1.0, masked: bool = True
    ) -> HeadTrace | AlignmentTrace:
        """As `Reader.trace`."""
        return self._alone(self._reader.trace, check_text(text), layer, head, factor, masked)

    def kept(self, function: Callable[[ServedReader, str], Found], text: str) -> Found:
        """`function(self, text)`, computed once and kept as a reading is."""
        key = (self.info.name, text, function)
        return self.finish(self._kept.get(key, lambda answer: _fill(answer, function, self, text)))

    def _read(self, pairs: list[tuple[str, str | None]]) -> list[Reading]:
        texts, seconds = zip(*pairs, strict=True)
        return self._reader.read_batch(texts, seconds)

    def _classify(self, several: list[Sequence[str]]) -> list[np.ndarray]:
        found = self._reader.classify([text for texts in several for text in texts])
        return np.split(found, np.cumsum([len(texts) for texts in several])[:-1])

    def _alone(self, method: Callable[..., Found], *arguments: Any) -> Found:
        """A pass of its own in the worker."""
        return self.finish(self._worker.ask(lambda _: [method(*arguments)], None))


class Kept:
    """The last few answers, each asked for once, however many people want it at the same time."""

    def __init__(self):
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
            if len(self._answers) > KEPT:
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

    def __init__(self):
        super().__init__()
        self.missing: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self._kept = Kept()

    def add(self, reader: Reader, folder: Path) -> None:
        """Serve a reader, under its own name."""
        name = reader.info.name
        self[name] = ServedReader(reader, folder, self._kept)
        self.titles[name] = reader.info.title

    def open(self, name: str, source: Source, title: str) -> None:
        """Open and serve a reader under a name; if that fails, log it under a title, and say why.

        A reader that had the name before gives way.
        """
        self.pop(name, None)
        try:
            folder = source.folder()
            reader = open_reader(folder, name, source.labels)
            reader.warm_up()
        except ValueError as error:
            self.missing[name], self.titles[name] = str(error), title
            log.warning("%s is off: %s", title, error)
        else:
            self.missing.pop(name, None)
            self.add(reader, folder)

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
) -> Panel:
    """Open and warm up the readers whose folders lie in `folder`, or those of these names.

    `also` says where others are to be had, by name: a folder, or a repository of the Hugging Face
    hub, which is fetched once (see `demo.models.hub.Source.of`). The environment variable NAME_DIR
    (as BERT_DIR) names another folder for a reader. A reader that cannot be opened is left out,
    logged and listed in `Panel.missing`. Raises ValueError with one sentence if none can be opened.
    """
    panel = Panel()
    for name, place in reader_folders(Path(folder), names).items():
        panel.open(name, Source(str(place)), _card(place).title)
    for name, said in (also or {}).items():
        panel.open(name, Source.of(str(said)), name)
    if not panel:
        why = "; ".join(panel.missing.values()) or "it holds no folder of a reader"
        raise ValueError(f"No reader could be opened in {folder}: {why.rstrip('.')}.")
    return panel


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


def _card(folder: Path) -> Card:
    """The card in a folder, or that of a reader that nothing is known of."""
    try:
        card = Card.load(folder)
    except ValueError:
        card = None
    return card or Card(kind="", title=folder.name, place=LAST)


def log_failure(what: str, error: BaseException) -> None:
    """Log that something failed and where, but not the error's message: it may quote the text."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed, %s:\n%s", what, type(error).__name__, where)
