"""The HTML that is longer than a line, one Jinja2 template a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demo.figures.theme import habit_style, label_style, reader_style
from demo.sentences import called, number, say, template, written

SHOWN_LABELS = 5  # of a reader with more, the others are folded away

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def html(name: str, /, **values: Any) -> Markup:
    """The HTML of the template `<name>.html`; values are escaped, unless they are `Markup`."""
    return Markup(_templates.get_template(f"{name}.html").render(values).strip())


def marked(key: str, /, **values: Any) -> Markup:
    """A sentence that has HTML of its own ("<b>{label}</b>"), its values escaped."""
    return Markup(template(key, values.get("count"))).format(**written(values))


_templates.globals |= {
    "SHOWN": SHOWN_LABELS,
    "habit_style": habit_style,
    "label_style": label_style,
    "called": called,
    "marked": marked,
    "number": number,
    "reader_style": reader_style,
    "say": say,
}
