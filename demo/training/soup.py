"""Average fine-tuned encoders: `python -m demo.training.soup FOLDER ... --data DIR --out OUT`.

The mean of the weights of several runs from one base costs one network and often beats each of them
(Wortsman et al. 2022, "Model soups"). Of the mean and the runs themselves the one is written that
is best on the validation split.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import torch

from demo.models.base import Card
from demo.training import agnews
from demo.training.encoder import TRAINED_ON, accuracies, to_validate, write
from demo.training.encoder_texts import load_base

MEAN = " These weights are the mean of those of {count} such runs, of which this is the first."


def average(folders: Sequence[Path], data: Path | None, out: Path) -> None:
    """Write the best of the networks in `folders` and their mean into `out`.

    Raises ValueError with one sentence if a folder holds no card, or `data` something else.
    """
    cards = [Card.load(folder) for folder in folders]
    if None in cards:
        raise ValueError(f"{folders[cards.index(None)]} holds no {Card.FILE}: train it again.")
    (model, tokenizer), *others = [load_base(str(folder)) for folder in folders]
    networks = [model, *(other for other, _ in others), deepcopy(model)]
    states = [network.state_dict() for network in networks[:-1]]
    networks[-1].load_state_dict({name: mean([one[name] for one in states]) for name in states[0]})
    said = cards[0].facts[TRAINED_ON] + MEAN.format(count=len(folders))
    card = replace(cards[0], facts={TRAINED_ON: said})
    held_out = to_validate(tokenizer, agnews.split(agnews.load(data)[0])[1])
    names = [*map(str, folders), "their mean"]
    scores = [
        sum(accuracies(network, held_out, name).values())
        for network, name in zip(networks, names, strict=True)
    ]
    best = scores.index(max(scores))
    print(f"the best is {names[best]}")
    if best < len(folders):
        shutil.copytree(folders[best], out, dirs_exist_ok=True)
    else:
        write(networks[best], tokenizer, held_out, out, card)


def mean(weights: Sequence[torch.Tensor]) -> torch.Tensor:
    """The mean of tensors of one shape; whole numbers are the same in all."""
    if not weights[0].is_floating_point():
        return weights[0]
    return torch.stack(list(weights)).mean(0)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Average fine-tuned encoders.")
    parser.add_argument("folders", type=Path, nargs="+", help="folders that the recipe wrote")
    parser.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    parser.add_argument("--out", type=Path, default=Path("trained/bert"))
    try:
        average(**vars(parser.parse_args()))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
