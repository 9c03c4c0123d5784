"""Compare: two texts with one reader, or one text with two readers."""

from __future__ import annotations

import gradio as gr

from demo.analysis.attention import MEAN, ROLLOUT
from demo.analysis.compare import compare
from demo.analysis.substitution import change_one_word
from demo.figures import cards, chips
from demo.figures import compare as figures
from demo.figures.theme import Theme
from demo.page import prepared
from demo.page.views import alignment
from demo.page.views.alignment import can_align
from demo.page.views.declaration import (
    Choice,
    Column,
    Html,
    Option,
    Own,
    Picture,
    Row,
    Text,
    Values,
    View,
    readers,
)
from demo.sentences import InputError, say
from demo.serving.panel import Panel, ServedReader

TEXTS, READERS = "texts", "readers"


def several(panel: Panel, values: Values) -> list[Option]:
    """What can be compared: two readers only where there are two."""
    enough = len(readers(can_align)(panel, values)) > 1
    modes = [TEXTS, READERS] if enough else [TEXTS]
    return [(say(f"views.compare.mode.{mode}"), mode) for mode in modes]


def others(panel: Panel, values: Values) -> list[Option]:
    """The readers beside the chosen one."""
    return [option for option in readers(can_align)(panel, values) if option[1] != values["reader"]]


def chips_of_pairs(panel: Panel) -> dict:
    """Pairs that are worth comparing, as chips; the first one is of the headline that is read."""
    asked = {say("views.compare.changed.chip"): {"set": {"mode": TEXTS, "second": ""}}} | {
        say(f"views.compare.pairs.{pair['id']}.chip"): {
            "text": pair["first"],
            "set": {"mode": TEXTS, "second": pair["second"]},
        }
        for pair in prepared.PAIRS
    }
    row = chips.chips(say("views.compare.prepared"), asked)
    gr.HTML(row, elem_id="pairs", elem_classes="chips")
    return {}


def hint(texts: tuple[str, str]) -> str:
    """What to look for in a prepared pair, or nothing."""
    found = [one["id"] for one in prepared.PAIRS if (one["first"], one["second"]) == texts]
    return say(f"views.compare.pairs.{found[0]}.hint") if found else ""


def one_word_changed(reader: ServedReader, text: str) -> tuple[str, str]:
    """The text with one word changed, and a sentence that says which: an example's own, or
    else the one that `change_one_word` finds.

    Raises InputError if the text has no word.
    """
    example = prepared.example(text)
    if example:
        before, after = example["changed"]
        said = say("views.compare.changed.prepared", before=before, after=after)
        return prepared.changed(example), said
    found = reader.kept(change_one_word, text)
    if found is None:
        raise InputError("problems.compare.no_second")
    said = say(
        "views.compare.changed.found",
        reader=reader.info.title,
        before=found.word.as_read,
        after=found.stand_in,
    )
    return found.text, said


def draw(
    panel: Panel,
    text: str,
    theme: Theme,
    *,
    mode: str,
    reader: str,
    other: str | None,
    second: str,
    how: str,
) -> dict:
    """Both texts in colour, their probabilities, and where the attention differs."""
    two_texts = mode == TEXTS or other is None
    said = ""
    if two_texts and second.strip():
        said = hint((text, second))
    elif two_texts:
        second, said = one_word_changed(panel[reader], text)
    names = (reader, reader if two_texts else other)
    texts = (text, second if two_texts else text)
    left, right = (panel[name].read(given) for name, given in zip(names, texts, strict=True))
    found = compare(left, right, how)
    who = [panel[name].info.title for name in names]
    titles = [say("views.compare.first"), say("views.compare.second_title")] if two_texts else who

    def title(picture: str) -> str:
        kind = TEXTS if two_texts else READERS
        return say(f"views.compare.pictures.{picture}.{kind}", left=who[0], right=who[1])

    drawn = {
        "pair-hint": cards.hint(said),
        "compare": figures.words(found, titles, theme, title("words")),
        "compare-difference-caption": figures.difference_in_words(found, titles),
        "compare-sides": figures.sides(found, titles, theme, title("sides")),
    }
    if left.labels == right.labels:
        drawn["compare-bars"] = figures.bars(left, right, titles)
    if found.comparable:
        drawn["compare-difference"] = figures.difference(found, theme, title("difference"))
    return drawn


VIEW = View(
    id="compare",
    main="compare",
    steps=("reader", "how"),
    fits=alignment.VIEW.fits,
    controls=(
        Choice("mode", options=several),
        Choice("reader", options=readers(can_align)),
        Choice(
            "other",
            when=lambda panel, values: values["mode"] == READERS,
            options=others,
        ),
        Choice(
            "how",
            options=lambda panel, values: [
                (say(f"views.compare.how.{how}"), how) for how in (MEAN, ROLLOUT)
            ],
        ),
        Text(
            "second",
            when=lambda panel, values: values["mode"] == TEXTS,
            lines=2,
        ),
    ),
    layout=(
        Own(chips_of_pairs),
        Row((Column(("mode", "reader", "other", "how", "second")),)),
        Html("pair-hint"),
        Row(
            (
                Column(
                    (
                        Html(
                            "compare",
                            tools=("png", "svg", "csv", "json", "table", "present"),
                            classes=(),
                        ),
                    ),
                    scale=5,
                ),
                Column((Html("compare-bars", classes=()),), scale=3),
            )
        ),
        Picture("compare-difference"),
        Html("compare-difference-caption"),
        Picture("compare-sides"),
    ),
    draw=draw,
)
