"""The numbers of a recipe, a dataclass with a default for each, as options of a command line."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any


def add(parser: argparse.ArgumentParser, recipe: type, said: dict[str, str]) -> None:
    """Give the parser an option for each field that something is `said` of."""
    defaults = {field.name: field.default for field in fields(recipe)}
    for name, help_text in said.items():
        kind = int if defaults[name] is None else type(defaults[name])
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=kind, default=defaults[name], help=help_text)


def taken(recipe: type, given: dict[str, Any]) -> Any:
    """The recipe that the parsed options say, which are taken out of `given`."""
    names = [field.name for field in fields(recipe) if field.name in given]
    return recipe(**{name: given.pop(name) for name in names})
