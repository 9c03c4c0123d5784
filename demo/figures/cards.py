"""The card of a reader: its verdict, the probabilities of its labels, and how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from demo.english import is_foreign
from demo.figures.templates import SHOWN_LABELS, html, marked
from demo.mending import drawn
from demo.reading import ReaderInfo, Reading
from demo.sentences import called, listed, say

MOST_NAMED = 4  # words that a card names of those that its reader does not know


class Share(NamedTuple):
    """The percentage of the label at a place among its reader's; None where there is none."""

    place: int
    name: str
    now: float | None
    before: float | None = None


def verdict(
    reading: Reading, title: str, place: int, note: str = "", multi_label: bool = False
) -> str:
    """HTML of a filled card, with a note on the reader, whose place in the panel is `place`.

    One bar stands for all labels; where a text may have several of them, for the largest alone.
    """
    percentages = 100 * reading.probabilities
    winner = int(percentages.argmax())
    every = shares(reading.labels, percentages)
    return html(
        "card",
        state="",
        title=title,
        place=place,
        winner=winner,
        text=reading.text,
        milliseconds=1000 * reading.seconds,
        label=called(reading.label),
        sure=percentages[winner],
        shares=every,
        stack=[share for share in every if share.place == winner or not multi_label],
        remarks=[*([say("cards.multi_label")] if multi_label else []), *_remarks(reading, note)],
    )


def waiting(info: ReaderInfo) -> str:
    """HTML of the card before anything was read; it takes the room of a filled one."""
    nothing = [Share(place, called(name), None) for place, name in enumerate(info.labels)]
    given = {"title": info.title, "label": "…", "shares": nothing, "winner": None}
    given |= {"stack": [], "remarks": []}
    return html("card", state="waiting", **given)


def shares(labels: Sequence[str], now: np.ndarray, before: np.ndarray | None = None) -> list[Share]:
    """Percentages (labels,) in the order of the labels or, of more than fit, the largest first."""
    found = [
        Share(place, called(name), now[place], None if before is None else before[place])
        for place, name in enumerate(labels)
    ]
    return found if len(found) <= SHOWN_LABELS else sorted(found, key=lambda one: -one.now)


def off(title: str, why: str, text: str = "") -> str:
    """HTML of the card of a reader that could not be opened, or could not read a text."""
    label = say("cards.no_answer" if text else "cards.off")
    return html("card", state="off", title=title, text=text, label=label, remarks=[why])


def moved(labels: Sequence[str], before: np.ndarray, after: np.ndarray, heading: str) -> str:
    """HTML of probabilities (labels,) under a heading, with marks where they were before."""
    return html("moved", heading=heading, shares=shares(labels, 100 * after, 100 * before))


def agreement(readings: Mapping[str, Reading]) -> str:
    """HTML of a sentence that says whether readers agree, given what each made of a text, by title.

    Only readers with the same labels can: those of the labels that most have are spoken of.
    """
    if not readings:
        return ""
    labels, count = Counter(one.labels for one in readings.values()).most_common(1)[0]
    said = {title: one.label for title, one in readings.items() if one.labels == labels}
    verdicts = Counter(said.values()).most_common()
    if count < 2:
        return ""
    if len(verdicts) == 1:
        key = "cards.agree" if count == len(readings) else "cards.agree_of_some"
        return _line("agreement", marked(key, count=count, label=called(verdicts[0][0])))
    each = [
        marked(
            "cards.say",
            readers=listed(title for title in said if said[title] == label),
            label=called(label),
        )
        for label, _ in verdicts
    ]
    return _line(
        "agreement", marked("cards.disagree", each=Markup(say("list.semicolon")).join(each))
    )


def beyond() -> str:
    """HTML of the sentence above the cards of a text that the readers cannot know."""
    return _line("beyond", say("cards.beyond"))


def alert(sentence: str) -> str:
    """HTML of a sentence that says what went wrong and what to do."""
    return Markup('<p class="alert" role="alert">{}</p>').format(sentence)


def hint(sentence: str) -> str:
    """HTML of a sentence that says what to look for."""
    return _line("hint", sentence)


def _line(kind: str, sentence: str) -> str:
    return Markup('<p class="{}">{}</p>').format(kind, sentence)


def _remarks(reading: Reading, note: str) -> list[str]:
    """The headline that was written, and what a careful reader of the card should know."""
    remarks = []
    if reading.alignment is not None:
        remarks.append(say("cards.writes", words=drawn(" ".join(reading.alignment.outputs[1:]))))
    if reading.known_words < reading.words:
        remarks.append(say("cards.knows", known=reading.known_words, count=reading.words))
    unknown = [token.as_read for token in reading.tokens if not token.known]
    foreign = [t.as_read for t in reading.tokens if t.known and is_foreign(t.as_read)]
    if len(unknown) + len(foreign) != reading.words - reading.known_words:
        foreign = []  # they are pieces of words
    for key, words in (("cards.unknown", unknown), ("cards.foreign", foreign)):
        if words:
            more = " …" if len(words) > MOST_NAMED else ""
            remarks.append(say(key, words=listed(words[:MOST_NAMED]) + more))
    if reading.mended:
        kinds = [say(f"mending.kinds.{name}") for name in reading.mended]
        remarks.append(say("cards.mended", what=listed(kinds)))
    if reading.truncated:
        remarks.append(say("cards.truncated", count=len(reading.tokens)))
    return [*remarks, note] if note else remarks
