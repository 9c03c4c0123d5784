"""Chips: prepared texts, each a button that has it read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any


def chips(label: str, prepared: Mapping[str, Mapping[str, Any]]) -> str:
    """HTML of a row of buttons; `prepared` says what each asks the page for, as JSON."""
    buttons = "".join(
        f'<button type="button" data-ask="{escape(json.dumps(dict(asked)))}">'
        f"{escape(name)}</button>"
        for name, asked in prepared.items()
    )
    return f'<div class="chip-row" role="group" aria-label="{escape(label)}">{buttons}</div>'
