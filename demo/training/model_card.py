"""What a recipe says of its reader: reader.json for programs, README.md for people."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from textwrap import fill

from demo.models.base import Card

COLUMNS = 100
wrapped = partial(fill, width=COLUMNS, break_on_hyphens=False)  # a name stays in one piece


def write(card: Card, folder: Path, recipe: str) -> None:
    """Write the card of a reader that the module `recipe` trained into a folder.

    A fact's text goes on where its name stops; a colon parts the two unless the text is an aside,
    in brackets, or goes on the sentence that the name begins ("Trained on").
    """
    card.save(folder)
    facts = [
        wrapped(f"* **{name}**{_joint(name)} {said}", subsequent_indent="  ")
        for name, said in card.facts.items()
    ]
    parts = [f"# {card.title}", wrapped(card.about), "\n".join(facts)]
    parts.append(f"Written by `python -m {recipe}`.")
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _joint(name: str) -> str:
    return "" if name.endswith((" on", " in")) else ":"
