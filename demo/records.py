"""What is known of a trained reader: its scores, its evidence and its model card.

`evaluate.py` writes metrics.json and `evidence.py` evidence.json, the recipe writes the card.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from demo.models import Panel

VARIANTS = {  # of a text, as metrics.json names them, and what people call them
    "title_description": "title + description",
    "title": "titles alone",
    "description": "descriptions alone",
}


@dataclass(frozen=True)
class Record:
    """The record of one reader; what has not been measured is empty.

    `test` and `frozen` hold the scores of each variant of the official test split, as metrics.json
    does; `rankings` those of evidence.json, over `evidence_articles`. `about` is the first
    paragraph of the model card, `points` its list, by the words in bold.
    """

    reader: str
    title: str
    parameters: int
    weights_bytes: int
    test: dict[str, dict]
    frozen: dict[str, dict]
    rankings: dict[str, dict]
    evidence_articles: int
    about: str
    points: dict[str, str]


def load(panel: Panel) -> dict[str, Record]:
    """The records of the readers of a panel that have been scored, by name."""
    found = {name: of_reader(panel, name) for name in panel}
    return {name: record for name, record in found.items() if record.test}


def of_reader(panel: Panel, name: str) -> Record:
    """The record of one reader; a file that is missing or damaged leaves its part empty."""
    reader, folder = panel[name], panel.folders[name]
    metrics, evidence = _json(folder / "metrics.json"), _json(folder / "evidence.json")
    about, points = card(_text(folder / "README.md"))
    weights = folder / reader.weights_file
    return Record(
        reader=name,
        title=reader.title,
        parameters=reader.parameters,
        weights_bytes=weights.stat().st_size if weights.is_file() else 0,
        test=metrics.get("test", {}),
        frozen=metrics.get("frozen", {}).get("test", {}),
        rankings=evidence.get("rankings", {}),
        evidence_articles=evidence.get("articles", 0),
        about=about,
        points=points,
    )


def card(markdown: str) -> tuple[str, dict[str, str]]:
    """The first paragraph of a model card and its points, each "* **Name**: text" or "... text"."""
    paragraphs = [part for part in re.split(r"\n\s*\n", markdown) if not part.startswith("#")]
    about = " ".join(paragraphs[0].split()) if paragraphs else ""
    found = re.findall(r"^\* \*\*(.+?)\*\*:?(.*?)(?=^\* |^\S|\Z)", markdown, re.M | re.S)
    return about, {name: " ".join(text.replace("`", "").split()) for name, text in found}


def _json(file: Path) -> dict:
    try:
        found = json.loads(_text(file))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError):
        return ""
