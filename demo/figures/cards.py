"""The card of a reader: its verdict, the four probabilities, and how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from demo.figures.theme import label_style, reader_style
from demo.mending import drawn
from demo.reading import ReaderInfo, Reading


def verdict(reading: Reading, title: str, place: int, note: str = "") -> str:
    """HTML of a filled card, with a note on the reader, whose place in the panel is `place`."""
    winner = int(reading.probabilities.argmax())
    bars = "".join(
        f'<div class="bar{" wins" if index == winner else ""}" style="{label_style(index)}">'
        f'<span class="name">{escape(name)}</span>'
        f'<span class="track"><span class="fill" style="width:{100 * share:.1f}%"></span></span>'
        f'<span class="share">{100 * share:.1f} %</span></div>'
        for index, (name, share) in enumerate(
            zip(reading.labels, reading.probabilities, strict=True)
        )
    )
    return (
        f'<article class="card" style="{reader_style(place)};{label_style(winner)}" '
        f'aria-label="{escape(title)}" data-text="{escape(reading.text)}">'
        f"<header><h2>{escape(title)}</h2>"
        f'<span class="time">{1000 * reading.seconds:.1f} ms</span></header>'
        f'<div class="body"><p class="label">{escape(reading.label)}</p>'
        f'<div class="bars">{bars}</div></div>{_remarks(reading, note)}</article>'
    )


def moved(labels: Sequence[str], before: np.ndarray, after: np.ndarray, said: str) -> str:
    """HTML of probabilities (labels,) under a heading, with marks where they were before."""
    bars = "".join(
        f'<div class="bar" style="{label_style(index)}">'
        f'<span class="name">{escape(name)}</span><span class="track">'
        f'<span class="fill" style="width:{100 * now:.1f}%"></span>'
        f'<span class="was" style="left:{100 * then:.1f}%"></span></span>'
        f'<span class="share">{100 * now:.1f} %</span></div>'
        for index, (name, then, now) in enumerate(zip(labels, before, after, strict=True))
    )
    return f'<div class="card moved"><h3>{escape(said)}</h3><div class="bars">{bars}</div></div>'


def waiting(info: ReaderInfo) -> str:
    """HTML of the card before anything was read; it takes the room of a filled one."""
    title = info.title
    bars = "".join(
        f'<div class="bar"><span class="name">{escape(name)}</span>'
        '<span class="track"></span><span class="share">–</span></div>'
        for name in info.labels
    )
    return (
        f'<article class="card waiting" aria-label="{escape(title)}">'
        f"<header><h2>{escape(title)}</h2></header>"
        f'<div class="body"><p class="label">…</p><div class="bars">{bars}</div></div>'
        '<p class="remarks"></p></article>'
    )


def off(title: str, why: str, text: str = "") -> str:
    """HTML of the card of a reader that could not be opened, or could not read a text."""
    return (
        f'<article class="card off" aria-label="{escape(title)}" data-text="{escape(text)}">'
        f"<header><h2>{escape(title)}</h2></header>"
        f'<p class="label">{"No answer" if text else "Off"}</p>'
        f'<p class="remarks">{escape(why)}</p></article>'
    )


def agreement(labels: dict[str, str]) -> str:
    """HTML of a sentence that says whether the readers agree; `labels` has the class of each."""
    counts = Counter(labels.values()).most_common()
    if len(labels) < 2:
        return ""
    if len(counts) == 1:
        said = f"All {len(labels)} readers say <b>{escape(counts[0][0])}</b>."
    else:
        each = [
            f"{escape(', '.join(title for title in labels if labels[title] == label))}: "
            f"<b>{escape(label)}</b>"
            for label, _ in counts
        ]
        said = f"The readers disagree. {'; '.join(each)}."
    return f'<p class="agreement">{said}</p>'


def beyond() -> str:
    """HTML of the sentence above the cards of a text that the readers cannot know."""
    return (
        '<p class="beyond">The readers know English news of 2004 and 2005. This text is mostly '
        "something else: do not take the classes below as answers.</p>"
    )


def alert(sentence: str) -> str:
    """HTML of a sentence that says what went wrong and what to do."""
    return f'<p class="alert" role="alert">{escape(sentence)}</p>'


def hint(sentence: str) -> str:
    """HTML of a sentence that says what to look for."""
    return f'<p class="hint">{escape(sentence)}</p>'


def _remarks(reading: Reading, note: str) -> str:
    """The headline that was written, and what a careful reader of the card should know."""
    remarks = []
    if reading.alignment is not None:
        remarks.append(f"Writes “{escape(drawn(' '.join(reading.alignment.outputs[1:])))}”.")
    if reading.words:
        words = "word" if reading.words == 1 else "words"
        remarks.append(f"Knows {reading.known_words} of {reading.words} {words}.")
    unknown = [escape(token.as_read) for token in reading.tokens if not token.known]
    if unknown:
        shown = ", ".join(unknown[:4]) + (" …" if len(unknown) > 4 else "")
        remarks.append(f"Not in its vocabulary: {shown}.")
    if reading.mended:
        remarks.append(f"Mended before reading: {', '.join(reading.mended)}.")
    if reading.truncated:
        remarks.append(f"Only the first {len(reading.tokens)} tokens were read.")
    if note:
        remarks.append(escape(note))
    return f'<p class="remarks">{" ".join(remarks)}</p>'
