"""The command line of a recipe: what all have, and its numbers, a dataclass with defaults."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path


def parser(
    description: str, recipe: type, said: Mapping[str, str], out: str
) -> argparse.ArgumentParser:
    """A parser with an option for each number of the recipe that something is `said` of."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--data", type=Path, help="folder of AG News CSV files (default: the hub)")
    made.add_argument("--out", type=Path, default=Path(out))
    defaults = {field.name: field.default for field in fields(recipe)}
    for name, help_text in said.items():
        kind = int if defaults[name] is None else type(defaults[name])
        option = f"--{name.replace('_', '-')}"
        made.add_argument(option, type=kind, default=defaults[name], help=help_text)
    made.add_argument(
        "--teacher", type=Path, nargs="+", default=[], help="files of larger networks' answers"
    )
    made.add_argument("--checkpoint", type=Path, help="folder to resume from, outside the tree")
    return made


def run(parser: argparse.ArgumentParser, recipe: type, train: Callable[..., object]) -> None:
    """`train` as the command line asks; what is wrong with it is said there in a sentence."""
    given = vars(parser.parse_args())
    numbers = {field.name: given.pop(field.name) for field in fields(recipe) if field.name in given}
    try:
        train(recipe=recipe(**numbers), **given)
    except ValueError as error:
        parser.error(str(error))
