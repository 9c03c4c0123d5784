"""What a recipe says of its reader: reader.json for programs, README.md for people."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from demo.models.base import Card

COLUMNS = 100


def write(card: Card, folder: Path, recipe: str) -> None:
    """Write the card of a reader that the module `recipe` trained into a folder.

    A fact's text goes on where its name stops; a colon parts the two unless the text is an aside,
    in brackets, or goes on the sentence that the name begins ("Trained on").
    """
    card.save(folder)
    facts = [
        fill(f"* **{name}**{_joint(name)} {said}", COLUMNS, subsequent_indent="  ")
        for name, said in card.facts.items()
    ]
    parts = [f"# {card.title}", fill(card.about, COLUMNS), "\n".join(facts)]
    parts.append(f"Written by `python -m {recipe}`.")
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _joint(name: str) -> str:
    return "" if name.endswith((" on", " in")) else ":"
