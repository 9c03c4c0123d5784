"""Chips: prepared texts, each a button that has it read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from demo.figures.templates import html


def chips(label: str, prepared: Mapping[str, Mapping[str, Any]]) -> str:
    """HTML of a row of buttons; `prepared` says what each asks the page for, as JSON."""
    asked = [(name, json.dumps(dict(one))) for name, one in prepared.items()]
    return html("chips", label=label, prepared=asked)
