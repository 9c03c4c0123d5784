"""A folder that `save_pretrained` wrote: which of its files are opened, and what its labels mean.

Weights are opened as safetensors and nothing else, one file or several (shards). What a trainer
leaves beside them, pickles among it, is never opened, and no code that lies there is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.utils import logging as transformers_logging

from demo.models import hub, recorder
from demo.models.families import FAMILIES, output_layer, prepare
from demo.reading import CLASSES

CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
SHARDS_FILE = f"{WEIGHTS_FILE}.index.json"  # which shard holds which weight
# Of which one is enough: what the tokenizers library wrote, or the vocabularies of older ones.
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
OTHER_WEIGHTS = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack", "*.onnx")
TRAINERS = ("training_args.bin", "optimizer.*", "scheduler.*", "rng_state*.pth", "scaler.pt")
MULTI_LABEL = "multi_label_classification"  # each label is given or not, whatever the others are
LABELS = range(2, 201)  # how many a reader may have
SMALL_BYTES = 10**6  # of weights that are not left in the file
LEAST_PIECES = 16  # that a reader takes of a text
CLASSIFIER = "ForSequenceClassification"
UNNAMED = "Its labels have no names: they are taken to be {}, in this order."
NAMELESS = (
    "Its labels have no names: name them after a # where the reader is named, in their order."
)


class Opened(NamedTuple):
    """A network with its head's rows in the order of `labels`, its tokenizer, a note for people."""

    network: PreTrainedModel
    tokenizer: Any
    labels: tuple[str, ...]
    note: str


def open_folder(folder: Path, wanted: Sequence[str] = ()) -> Opened:
    """The classifier in a folder, with the labels that are wanted or else those of its config.

    Raises ValueError with one sentence if a file is missing, damaged or of something else.
    """
    check_files(folder)
    try:
        config = json.loads((folder / CONFIG_FILE).read_text("utf-8"))
        if not isinstance(config, dict):
            raise ValueError("config.json is no table of settings.")
        check_kind(config)
        labels, order, note = label_order(config, wanted)
        network = open_network(folder)
        head = output_layer(network)
        head.weight.data = head.weight.data[order]
        if head.bias is not None:
            head.bias.data = head.bias.data[order]
        return Opened(network, open_tokenizer(folder, network), labels, note)
    except (
        *(OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, ImportError),
        SafetensorError,
    ) as error:
        reason = str(error).strip().split("\n")[0]
        raise ValueError(f"{folder} holds no readable encoder: {reason}") from None


def open_network(folder: Path) -> PreTrainedModel:
    """The network in a folder, in single precision, its attention recorded."""
    transformers_logging.disable_progress_bar()
    opened: Any = AutoModelForSequenceClassification.from_pretrained(
        folder,
        attn_implementation=recorder.IMPLEMENTATION,
        dtype=torch.float32,  # by default all would be cut to half precision
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        ignore_mismatched_sizes=True,  # they are reported, and refused below in a sentence
        output_loading_info=True,
    )
    network, report = opened
    missing = set(report["missing_keys"])
    if any(name.startswith("classifier.") for name in missing):
        raise ValueError("its weights have no head of classes: fine-tune it on texts with labels.")
    if missing or report["mismatched_keys"]:
        raise ValueError("its weights do not fit its config.json.")
    # A sum of weights is no number if one of them is none, and is found much faster than that one.
    if not all(weights.sum().isfinite() for weights in network.parameters()):
        raise ValueError("its weights hold infinite or undefined numbers.")
    if places(network.config) < LEAST_PIECES:
        raise ValueError(f"it reads fewer than {LEAST_PIECES} pieces.")
    for weights in network.parameters():
        # Biases in single precision keep the file mapped whose matrices in half were converted.
        if weights.nbytes < SMALL_BYTES:
            weights.data = weights.data.clone()
    prepare(network)
    return network


def open_tokenizer(folder: Path, network: PreTrainedModel) -> Any:
    """The fast tokenizer in a folder; raises ValueError if it is that of another network."""
    tokenizer = AutoTokenizer.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False, use_fast=True
    )
    config = network.config
    if not tokenizer.is_fast:
        raise ValueError("its tokenizer has no tokenizer.json, which says where its pieces stand.")
    if len(tokenizer) > config.vocab_size:
        raise ValueError("its tokenizer has more pieces than its weights.")
    of_tokenizer, of_network = tokenizer.pad_token_id, config.pad_token_id
    if of_tokenizer != of_network and None not in (of_tokenizer, of_network):
        raise ValueError(
            f"its tokenizer is another network's: it pads with piece {of_tokenizer}, its "
            f"config.json with {of_network}."
        )
    tokenizer.model_max_length = places(config)
    return tokenizer


def places(config: PreTrainedConfig) -> int:
    """How many pieces a network of this config reads."""
    return config.max_position_embeddings - FAMILIES[config.model_type].first_position


def check_files(folder: Path) -> None:
    """Raises ValueError with one sentence if a file is missing that a reader needs."""
    if not (folder / CONFIG_FILE).is_file():
        raise ValueError(f"{folder / CONFIG_FILE} is missing: {_save('network')}.")
    if (folder / SHARDS_FILE).is_file() and not (folder / WEIGHTS_FILE).is_file():
        _check_shards(folder)
    elif not (folder / WEIGHTS_FILE).is_file():
        left_over = {path for pattern in TRAINERS for path in folder.glob(pattern)}
        found = {path for pattern in OTHER_WEIGHTS for path in folder.glob(pattern)} - left_over
        why = f"{folder / WEIGHTS_FILE} is missing"
        if folder / hub.OLD_WEIGHTS in found:
            raise ValueError(f"{why}: {hub.conversion(str(folder), str(folder))}.")
        if found:
            why += f", and {min(found).name} is never opened, since such a file may hold a pickle"
        raise ValueError(f"{why}: {_save('network')}.")
    if not any(path.is_file() for name in TOKENIZER_FILES for path in folder.glob(name)):
        raise ValueError(f"{folder / TOKENIZER_FILES[0]} is missing: {_save('tokenizer')}.")


def check_kind(config: Mapping) -> None:
    """Raises ValueError if a config.json is not that of a sequence classifier of the `FAMILIES`."""
    check_family(config.get("model_type"))
    for architecture in (config.get("architectures") or ())[:1]:
        if not str(architecture).endswith(CLASSIFIER):
            raise ValueError(
                f"config.json says {architecture}, which puts no text into a class: fine-tune it "
                f"as a network whose name ends in {CLASSIFIER}."
            )


def check_family(kind: str | None) -> None:
    """Raises ValueError if a `model_type` is none of the `FAMILIES`."""
    if kind not in FAMILIES:
        families = ", ".join(family.title for family in FAMILIES.values())
        raise ValueError(
            f"config.json says {kind or 'nothing of its kind'}: the encoders are {families}."
        )


def label_order(config: Mapping, wanted: Sequence[str]) -> tuple[tuple[str, ...], list[int], str]:
    """The labels of a network, where each stands among its outputs, and a note for people.

    They are those that are wanted, or else the config's own, in their own order but for the four of
    AG News, which come in that of `CLASSES`. Names are compared without case and punctuation.
    Labels without names ("LABEL_0", "0") are taken to be the wanted ones, or stay as they are; the
    note, which is "" for others, says so. Raises ValueError with the names if they are others than
    the wanted ones, or two are the same, or there are not as many as `LABELS` allows.
    """
    names = _names(config)
    plain, as_they_are = [_plain(name) for name in names], list(range(len(names)))
    if len(names) not in LABELS:
        what = f"it has {len(names):,} classes" if len(names) != 1 else "it gives a single number"
        raise ValueError(f"{what}: a reader has {LABELS[0]} to {LABELS[-1]} classes.")
    if wanted and len(names) != len(wanted):
        raise ValueError(f"it has {len(names)} classes, not {len(wanted)}: {', '.join(wanted)}.")
    if [name.removeprefix("label") for name in plain] == list(map(str, as_they_are)):
        if wanted:
            return tuple(wanted), as_they_are, UNNAMED.format(", ".join(wanted))
        return tuple(f"LABEL_{index}" for index in as_they_are), as_they_are, NAMELESS
    if not wanted and sorted(plain) == sorted(map(_plain, CLASSES)):
        wanted = CLASSES
    shown = ", ".join(name[:40] for name in names[:20])
    if not wanted:
        labels = tuple(name.strip() for name in names)
        if not all(labels) or len(set(labels)) < len(labels):
            raise ValueError(f"its classes are {shown}: each needs a name of its own.")
        return labels, as_they_are, ""
    if sorted(plain) != sorted(map(_plain, wanted)):
        raise ValueError(
            f"its classes are {shown}, not {', '.join(wanted)}: "
            "if they are meant to be, name them under labels in its reader.json."
        )
    return tuple(wanted), [plain.index(_plain(name)) for name in wanted], ""


def _names(config: Mapping) -> list[str]:
    """The names of a config's labels in the order of its outputs, numbers where nobody gave any."""
    named = config.get("id2label")
    if not named:  # not written where nobody named them
        return [str(index) for index in range(int(config.get("num_labels", 2)))]
    numbers = [str(index) for index in range(len(named))]
    if sorted(named) != sorted(numbers):
        raise ValueError(
            f"its classes are numbered {', '.join(map(str, named))}, not {', '.join(numbers)}."
        )
    return [str(named[number]) for number in numbers]


def _check_shards(folder: Path) -> None:
    """Raises ValueError if the list of shards names something else than safetensors beside it."""
    try:
        shards = set(json.loads((folder / SHARDS_FILE).read_text("utf-8"))["weight_map"].values())
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"{folder / SHARDS_FILE} is damaged: {_save('network')}.") from None
    for shard in sorted(map(str, shards)):
        if shard != Path(shard).name or not shard.endswith(".safetensors"):
            raise ValueError(
                f"{folder / SHARDS_FILE} names {Path(shard).name}, which is no safetensors file "
                f"of this folder: {_save('network')}."
            )
        if not (folder / shard).is_file():
            raise ValueError(f"{folder / shard} is missing: {_save('network')}.")


def _save(what: str) -> str:
    return f"save the {what} there again with save_pretrained"


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
