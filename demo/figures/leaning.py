"""Which words each reader leans on: the text once for each of them, its words in colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from demo.analysis.attribution import Attribution
from demo.figures.evidence import coloured, largest, legend
from demo.figures.sums import LEAST_NAMED
from demo.figures.templates import html
from demo.figures.theme import Theme
from demo.sentences import called, listed, say


def side_by_side(found: Sequence[tuple[str, Attribution]], theme: Theme, title: str) -> str:
    """HTML of what the words add to each reader's own verdict, the readers with their titles.

    Logits of two readers are not comparable, so each has a scale of its own.
    """
    rows = [_row(name, why, theme) for name, why in found]
    return html("leaning", title=title, rows=rows, said=_in_words(found))


def _row(name: str, why: Attribution, theme: Theme) -> dict[str, Any]:
    """A reader's text in colour, as the template takes it, the word that it leans on underlined."""
    top = largest(why.shares)
    most = _most(why)
    marked = () if most is None else (most,)
    values = (why.shares, theme.diverging, top, True, marked)
    return {
        "heading": say("evidence.leaning.reader", reader=name, label=called(why.label)),
        "pieces": coloured(why.reading.text, why.words, *values),
        "legend": legend(theme.diverging, top, signed=True),
    }


def _most(why: Attribution) -> int | None:
    """The place of the word that adds most to the verdict, if any adds something."""
    place = int(np.argmax(why.shares))
    return place if why.shares[place] > LEAST_NAMED else None


def _in_words(found: Sequence[tuple[str, Attribution]]) -> str:
    """Which word the readers lean on, in a sentence if they agree, else one by one."""
    words = [
        (name, None if (place := _most(why)) is None else why.words[place]) for name, why in found
    ]
    starts = {None if word is None else word.start for _, word in words}
    if len(starts) == 1 and None not in starts:
        return say("evidence.leaning.same", count=len(found), word=words[0][1].as_read)
    each = [
        say("evidence.leaning.none", reader=name)
        if word is None
        else say("evidence.leaning.on", reader=name, word=word.as_read)
        for name, word in words
    ]
    return say("evidence.leaning.differ", each=listed(each, "semicolon"))
