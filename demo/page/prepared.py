"""What is prepared: the examples, the pairs of texts for Compare, and the steps of the lesson."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parents[2] / "assets"
EXAMPLES: list[dict[str, Any]] = json.loads((ASSETS / "examples.json").read_text("utf-8"))
PAIRS: list[dict[str, Any]] = json.loads((ASSETS / "pairs.json").read_text("utf-8"))
LESSON: list[dict[str, Any]] = json.loads((ASSETS / "lesson.json").read_text("utf-8"))


def example(headline: str) -> dict[str, Any] | None:
    """The example with a headline, if it is one."""
    return next((one for one in EXAMPLES if one["headline"] == headline), None)


def headline(example_id: str) -> str:
    """The headline of the example with an id."""
    return next(one["headline"] for one in EXAMPLES if one["id"] == example_id)


def changed(example: dict[str, Any]) -> str:
    """The headline of an example with the one word changed that it names."""
    before, after = example["changed"]
    return re.sub(rf"\b{re.escape(before)}\b", after, example["headline"], count=1)
