"""The networks and the readers over them: one file a kind of reader, and a line in `KINDS`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from demo.models.base import Card, Reader
from demo.runtime.imports import hidden, quick_imports

# Where each kind of reader is, and its class. TensorFlow has to be imported before PyTorch in one
# process, which is why a module, with its framework, is imported when it is needed.
KINDS = {
    "transformer": ("demo.models.transformer", "TransformerReader"),
    "encoder": ("demo.models.encoder", "EncoderReader"),
    "bert": ("demo.models.encoder", "EncoderReader"),  # as the recipe wrote before it took others
    "rnnsearch": ("demo.models.rnnsearch", "RnnSearchReader"),
}
OF_HUGGING_FACE = "encoder"  # the kind of a folder without a card


def reader_class(kind: str) -> type[Reader]:
    """The class of a kind of reader."""
    module, name = KINDS[kind]
    return getattr(import_module(module), name)


def open_reader(folder: Path, name: str = "", labels: Sequence[str] = ()) -> Reader:
    """Open the reader in a folder, which goes by `name` or else by the folder's.

    `labels` are those of an encoder, where others shall be its than its folder says. Raises
    ValueError with one sentence if it cannot be opened.
    """
    card, kind = _card_and_kind(folder)
    if labels and reader_class(kind) is not reader_class(OF_HUGGING_FACE):
        raise ValueError(f"{folder} holds a {kind}, whose labels cannot be named: leave them out.")
    named = {"labels": labels} if labels else {}
    # Keras looks for TensorFlow on every back end, which takes seconds and half a gigabyte.
    others = () if os.environ["KERAS_BACKEND"] == "tensorflow" else ("tensorflow",)
    with quick_imports(), hidden(*others):
        reader = reader_class(kind).load(folder, **named)
    reader.name, reader.card = name or folder.name, reader.card or card
    return reader


def framework_of(folder: Path) -> str:
    """What the reader in a folder computes with, as Keras names its back ends.

    Raises ValueError with one sentence if the folder says that it holds something else.
    """
    _, kind = _card_and_kind(folder)
    of_hugging_face = KINDS[kind] == KINDS[OF_HUGGING_FACE]
    return "torch" if of_hugging_face else os.environ["KERAS_BACKEND"]


def _card_and_kind(folder: Path) -> tuple[Card | None, str]:
    card = Card.load(folder)
    kind = card.kind if card else OF_HUGGING_FACE
    if kind not in KINDS:
        raise ValueError(f"{folder} says it is {kind!r}: the kinds are {', '.join(KINDS)}.")
    return card, kind
