"""JSON Lines and JSON as rows of cells.

JSON Lines are read line by line; a JSON document is held in memory while it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from demo.batch.format import Row, Source, as_text, text_lines
from demo.sentences import InputError, say

ENDINGS = (".json", ".jsonl", ".ndjson")
LINES_ENDINGS = (".jsonl", ".ndjson")
SAMPLE = 100  # lines that JSON Lines are told from
_MEANT = re.compile(r'\{\s*["}]|\[\s*([\[{]\s*["{\[\]}]|\])')  # so begins no line of news
_BRACKETS = ("", "[", "]")  # lines around the objects of an array that has one on each line


class Fault(NamedTuple):
    """What stands where a value should, and why it is none."""

    raw: str
    problem: InputError


class JsonRows:
    """Values as rows: objects with named cells, arrays of cells, or texts alone.

    The first value says which; one of another kind is a row with a problem.
    """

    delimiter = ","

    def __init__(self, name: str, source: Source, by_line: bool):
        self.name, self._source, self._by_line = name, source, by_line
        values = (value for value in self._values() if not isinstance(value, Fault))
        first = next(values, None)
        self._kind: Any = next((kind for kind in (dict, list) if isinstance(first, kind)), object)
        self.names: tuple[str, ...] | None = None if self._kind is list else ("text",)
        if self._kind is dict:
            dicts = (value for value in self._values() if isinstance(value, dict))
            self.names = tuple({name: None for value in dicts for name in value})

    @property
    def said(self) -> str:
        """What people call the format."""
        return say("tables.formats.json_lines" if self._by_line else "tables.formats.json")

    def __iter__(self) -> Iterator[Row]:
        for value in self._values():
            if isinstance(value, Fault):
                yield Row([value.raw], value.problem)
            elif not isinstance(value, self._kind) or (self._kind is object and _nested(value)):
                yield Row([as_text(value)], InputError("problems.row.kind"))
            elif self._kind is dict:
                yield Row([as_text(value.get(name)) for name in self.names])
            else:
                yield Row([as_text(cell) for cell in (value if _nested(value) else [value])])

    def _values(self) -> Iterator[Any]:
        if self._by_line:
            return _lines(self.name, self._source)
        return iter(_document(self.name, self._source))


def told(name: str, source: Source, head: str) -> JsonRows | None:
    """The file as JSON, or None if it is none; `head` is how it begins.

    Raises InputError if it can only be meant as JSON and is broken.
    """
    head, ending = head.lstrip(), name.lower()
    meant = ending.endswith(ENDINGS) or bool(_MEANT.match(head))
    if not meant and not head.startswith(("{", "[")):
        return None
    parsed = _parsed_lines(name, source)
    if ending.endswith(LINES_ENDINGS) or 2 * sum(parsed) > len(parsed) > 1:
        return JsonRows(name, source, by_line=True)
    try:
        return JsonRows(name, source, by_line=False)
    except InputError:
        loose = _parsed_lines(name, source, loose=True)
        if 2 * sum(loose) > len(loose) > 1:
            return JsonRows(name, source, by_line=True)
        if meant:
            raise
        return None


def _parsed_lines(name: str, source: Source, loose: bool = False) -> list[bool]:
    """Which of the first lines are an object or array each; `loose`, a comma may follow it."""
    lines = (line.strip() for line in text_lines(name, source))
    if loose:
        lines = (line.removesuffix(",") for line in lines if line not in _BRACKETS)
    values = (_value(line) for line in islice(filter(None, lines), SAMPLE))
    return [isinstance(value, dict | list) for value in values]


def _lines(name: str, source: Source) -> Iterator[object]:
    for number, line in enumerate(text_lines(name, source), start=1):
        text = line.strip()
        if text in _BRACKETS:
            continue
        value = _value(text)
        if isinstance(value, Fault):
            value = _value(text.removesuffix(","))
        if isinstance(value, Fault):
            problem = InputError("problems.row.no_json", line=number, why=value.problem)
            value = Fault(text, problem)
        yield value


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = InputError("problems.row.json_fault", what=error.msg, place=error.colno)
        return Fault(text, problem)
    except (ValueError, RecursionError):  # a number of thousands of digits; nested without end
        return Fault(text, InputError("problems.row.json_too_large"))


def _document(name: str, source: Source) -> list:
    """The rows of a JSON document, or of several in a row."""
    text = "".join(text_lines(name, source))
    decoder, place, values = json.JSONDecoder(), 0, []
    space = re.compile(r"\s*")
    try:
        while (place := space.match(text, place).end()) < len(text):
            value, place = decoder.raw_decode(text, place)
            values.append(value)
    except json.JSONDecodeError as error:
        raise InputError(
            "problems.file.no_json", name=name, line=error.lineno, why=error.msg
        ) from None
    except (ValueError, RecursionError):
        raise InputError("problems.file.json_too_large", name=name) from None
    return _rows(values[0]) if len(values) == 1 else values


def _rows(value: object) -> list:
    """The rows that a document holds, in the layouts that data frames and news services write."""
    if not isinstance(value, dict):
        return value if isinstance(value, list) else [value]
    inside = list(value.values())
    if isinstance(value.get("columns"), list) and _all(value.get("data"), list):
        return [value["columns"], *value["data"]]
    if _all(inside, list) and len(inside) == 1 and all(map(_nested, inside[0])):
        return inside[0]
    if _all(inside, list) and len({len(column) for column in inside}) == 1:
        return [dict(zip(value, row, strict=True)) for row in zip(*inside, strict=True)]
    if _all(inside, dict):
        if all(name.isdigit() for name in value):  # a row under each number
            return inside
        keys = list({name: None for column in inside for name in column})
        return [{name: value[name].get(row) for name in value} for row in keys]
    lists = [one for one in inside if _all(one, dict) or _all(one, str)]
    return max(lists, key=len) if lists else [value]


def _all(values: object, kind: type) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(v, kind) for v in values)


def _nested(value: object) -> bool:
    return isinstance(value, dict | list)
