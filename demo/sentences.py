"""What the page says to people: every sentence by its key, from `assets/locales/<language>.json`.

A key is a place in that file: `say("cards.truncated", count=128)`. A sentence names its values as
`str.format` does and says itself how a number is written ("{share:.0%}"). Where English has two
forms it is a pair, "one" and "other", chosen by the value `count`. The signs within numbers are
the language's own, under `number`.

Each file of that folder is a language that the page speaks. What comes from elsewhere, the labels
and the titles of readers, has no key: a language may have words for it under `NAMES`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from numbers import Real
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).parents[1] / "assets" / "locales"
ENGLISH = "en"
NAMES = "names"  # the part of a file that says what has no key: English text -> text
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def say(key: str, /, **values: Any) -> str:
    """The sentence of a key, in the language that is spoken; an unknown key raises KeyError."""
    return template(key, values.get("count")).format(**written(values))


def number(value: float, form: str) -> str:
    """A number in one of Python's forms (".2f"), with the signs that the language writes."""
    return format(value, form).translate(_signs(spoken()))


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a sentence, of which numbers write themselves as the language does."""
    return {
        name: _Number(value) if isinstance(value, Real) else value for name, value in values.items()
    }


def template(key: str, count: float | None = None) -> str:
    """The sentence of a key with its values still named, in the form for so many."""
    found = _place(key)
    if isinstance(found, dict):
        found = found["one" if count == 1 and "one" in found else "other"]
    if not isinstance(found, str):
        raise KeyError(key)
    return found


def for_scripts() -> dict[str, Any]:
    """What the scripts of the page say, and how they write numbers."""
    return part("scripts") | {"number": part("number")}


def part(key: str) -> Any:
    """Everything under a key, as the file has it."""
    return _place(key)


def has(key: str) -> bool:
    """Whether there is anything under a key."""
    try:
        return _place(key) is not None
    except KeyError:
        return False


def called(name: str) -> str:
    """What people call a label, a reader or a fact of it; as it is, if a language has no word."""
    return _sentences(_spoken.get()).get(NAMES, {}).get(name, name)


def listed(parts: Iterable[str], sign: str = "comma") -> str:
    """Several things in one sentence, between commas, or between what else the `sign` names."""
    return say(f"list.{sign}").join(parts)


@cache
def languages() -> dict[str, str]:
    """What each language calls itself, by its code, English first."""
    codes = sorted(file.stem for file in LOCALES.glob("*.json"))
    return {
        code: _sentences(code).get("language", code) for code in sorted(codes, key=ENGLISH.__ne__)
    }


def spoken() -> str:
    """The code of the language that is spoken."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, sentences are said in one of the `languages`; in English, if it is none."""
    if language not in languages():
        language = ENGLISH
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


class InputError(ValueError):
    """What is wrong with something that a person gave, as a sentence that says what to do.

    It is said in the language of whoever reads it, not of the thread that raised it, and so are the
    names among its values.
    """

    def __init__(self, key: str, /, **values: Any):
        super().__init__(key, values)
        self.key, self.values = key, values

    def __str__(self) -> str:
        values = {
            name: called(value) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return say(self.key, **values)

    def __reduce__(self) -> tuple:
        return partial(InputError, self.key, **self.values), ()


class _Number:
    """A number in a sentence."""

    def __init__(self, value: Any):
        self.value = value

    def __format__(self, form: str) -> str:
        return number(self.value, form)


@cache
def _signs(language: str) -> dict[int, str]:
    """What stands in numbers in place of Python's signs."""
    signs = _sentences(language).get("number", {})
    return str.maketrans({".": signs.get("decimal", "."), ",": signs.get("thousands", ",")})


def _place(key: str) -> Any:
    found: Any = _sentences(_spoken.get())
    for name in key.split("."):
        found = found[name]
    return found


@cache
def _sentences(language: str) -> dict[str, Any]:
    return json.loads((LOCALES / f"{language}.json").read_text("utf-8"))
