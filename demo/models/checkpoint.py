"""A folder that `save_pretrained` wrote: which of its files are opened, and what its labels mean.

Weights are opened as safetensors and nothing else, one file or several (shards). What a trainer
leaves beside them, pickles among it, is never opened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
SHARDS_FILE = f"{WEIGHTS_FILE}.index.json"  # which shard holds which weight
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt")  # one of the two is enough
OTHER_WEIGHTS = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack", "*.onnx")
TRAINERS = ("training_args.bin", "optimizer.*", "scheduler.*", "rng_state*.pth", "scaler.pt")
UNNAMED = "Its labels have no names: they are taken to be {}, in this order."


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
        if found:
            why += f", and {min(found).name} is never opened, since such a file may hold a pickle"
        raise ValueError(f"{why}: {_save('network')}.")
    if not any((folder / name).is_file() for name in TOKENIZER_FILES):
        raise ValueError(f"{folder / TOKENIZER_FILES[0]} is missing: {_save('tokenizer')}.")


def label_order(config: Mapping, labels: Sequence[str]) -> tuple[list[int], str]:
    """Where each of `labels` stands among the outputs of a network, and a note for people.

    Names are compared without case and punctuation. Labels without names ("LABEL_0", "0") are taken
    to be in the order of `labels`, which the note says; it is "" for others. Raises ValueError
    with the names if they are others, or if there are not as many.
    """
    numbers = [str(index) for index in range(len(labels))]
    named = config.get("id2label")
    if not named:  # not written where nobody named them
        several = config.get("num_labels") == len(labels)
        named = dict(zip(numbers, numbers, strict=True)) if several else {}
    kind = config.get("model_type", "nothing known")
    if kind != "bert" or len(named) != len(labels):
        raise ValueError(
            f"config.json says {kind} with {len(named)} classes, not BERT with {len(labels)}."
        )
    if sorted(named) != numbers:
        raise ValueError(f"its classes are numbered {', '.join(named)}, not {', '.join(numbers)}.")
    names = [str(named[number]) for number in numbers]
    if [_plain(name).removeprefix("label") for name in names] == numbers:
        return list(range(len(names))), UNNAMED.format(", ".join(labels))
    plain = [_plain(name) for name in names]
    if sorted(plain) != sorted(map(_plain, labels)):
        raise ValueError(
            f"its classes are {', '.join(name[:40] for name in names)}, not {', '.join(labels)}: "
            "if they are meant to be, name them under labels in its reader.json."
        )
    return [plain.index(_plain(name)) for name in labels], ""


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
