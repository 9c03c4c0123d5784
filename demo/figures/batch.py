"""A batch as bars of classes and of agreement, as a table of its rows, and as it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

import plotly.graph_objects as go
from markupsafe import Markup, escape

from demo import mending
from demo.batch import Done, Table
from demo.figures.labels import hover, of_title
from demo.figures.templates import html
from demo.figures.theme import Theme
from demo.reading import ReaderInfo
from demo.sentences import called, listed, say

BAR = 62  # px, height of a bar with the words above it
SHORT = 240  # characters of a text that the table shows
FIRST_ROWS, FIRST_COLUMNS, FIRST_CELL = 4, 8, 80  # rows, columns, characters that a preview shows
LABELLED_FROM = 0.14  # share of a bar that has room for its number


def picture(readers: Sequence[ReaderInfo], done: Sequence[Done], theme: Theme) -> go.Figure:
    """Classes of each reader as stacked bars and, of several readers, where they agree.

    `readers` are in the order of each verdict.
    """
    titles = [info.title for info in readers]
    agreement = agreements(readers, done)
    figure = go.Figure()
    for place, (name, shares) in enumerate(classes(readers, done).items()):
        figure.add_bar(
            orientation="h",
            x=shares,
            y=list(range(len(readers))),
            name=called(name),
            marker={"color": theme.label(place)},
            text=[
                say("batch.share", share=share) if share >= LABELLED_FROM else ""
                for share in shares
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": theme.paper, "size": 16},
            customdata=titles,
            hovertemplate=hover(
                "batch.class_hover",
                reader="%{customdata}",
                label=of_title(called(name)),
                share="%{x:.1%}",
            ),
        )
    figure.add_bar(
        orientation="h",
        x=list(agreement.values()),
        y=list(range(len(agreement))),
        xaxis="x2",
        yaxis="y2",
        showlegend=False,
        marker={"color": theme.accent},
        text=[say("batch.agreement", share=share) for share in agreement.values()],
        textposition="inside",
        insidetextanchor="end",
        textangle=0,
        textfont={"color": theme.paper, "size": 16},
        customdata=list(agreement),
        hovertemplate=hover("batch.agreement_hover", readers="%{customdata}", share="%{x:.1%}"),
    )
    agreed = [say("batch.agree", readers=readers) for readers in agreement]
    for axis, words in (("", titles), ("2", agreed)):
        for place, said in enumerate(words):
            figure.add_annotation(
                text=of_title(said),
                x=0,
                y=place - 0.3,
                xref=f"x{axis}",
                yref=f"y{axis}",
                xanchor="left",
                yanchor="bottom",
                showarrow=False,
                font={"size": 12 if theme.phone else 15},
            )
    _place(figure, len(readers), len(agreement), theme)
    figure.update_layout(
        barmode="stack",
        bargap=0.42,
        margin={"l": 4, "r": 4, "t": 44, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    bars = len(readers) + len(agreement) if theme.phone else max(len(readers), len(agreement))
    return theme.apply(figure, 60 + BAR * bars, say("batch.title"))


def labels(readers: Sequence[ReaderInfo]) -> list[str]:
    """The labels of all readers, each once; its place among them is that of its colour."""
    return list(dict.fromkeys(label for info in readers for label in info.labels))


def classes(readers: Sequence[ReaderInfo], done: Sequence[Done]) -> dict[str, list[float]]:
    """The share of each label among the texts that could be read, a number a reader."""
    named = [one.verdict.classes for one in done if not one.verdict.problem]
    columns = list(zip(*named, strict=True)) or [()] * len(readers)
    return {name: [of.count(name) / max(len(of), 1) for of in columns] for name in labels(readers)}


def agreements(readers: Sequence[ReaderInfo], done: Sequence[Done]) -> dict[str, float]:
    """How often all readers, and each two, name one class, of those with the same labels."""
    named = [one.verdict.classes for one in done if not one.verdict.problem]
    sets: dict[str, Sequence[int]] = {}
    if len(readers) > 2:
        sets[say("batch.all_readers")] = range(len(readers))
    for one, other in combinations(range(len(readers)), 2):
        both = say("batch.pair", one=readers[one].title, other=readers[other].title)
        sets[both] = (one, other)
    sets = {
        said: chosen
        for said, chosen in sets.items()
        if len({readers[index].labels for index in chosen}) == 1
    }
    return {
        said: sum(len({one[index] for index in chosen}) == 1 for one in named) / max(len(named), 1)
        for said, chosen in sets.items()
    }


def in_words(readers: Sequence[ReaderInfo], done: Sequence[Done], column: int = 0) -> str:
    """HTML of the picture in words, and of what was mended in the texts of the `column`."""
    shares = classes(readers, done)
    said = []
    for place, info in enumerate(readers):
        each = [
            say("batch.class", label=called(name), share=shares[name][place])
            for name in info.labels
        ]
        said.append(say("batch.of_reader", reader=info.title, classes=listed(each)))
    said += [
        say("batch.same_class", readers=who, share=share)
        for who, share in agreements(readers, done).items()
    ]
    unread = sum(bool(one.verdict.problem) for one in done)
    rows = "batch.rows_unread" if unread else "batch.rows"
    said.append(say(rows, count=len(done), unread=unread))
    read = (one.row.cells[column] for one in done if not one.verdict.problem)
    said.append(mending.in_words(mending.count(read)))
    return escape(" ".join(filter(None, said)))


def table(readers: Sequence[ReaderInfo], done: Sequence[Done], column: int, of: int) -> str:
    """HTML of some rows with every reader's class and confidence; `of` is how many there are."""
    shown = [say("batch.shown", shown=len(done), count=of)]
    if len(done) < of:
        shown.append(say("batch.csv_has_all"))
    return html(
        "batch_rows",
        shown=shown,
        titles=[info.title for info in readers],
        labels=labels(readers),
        rows=[(_short(mending.drawn(one.row.cells[column]), SHORT), one.verdict) for one in done],
    )


def opened(found: Table, is_file: bool = True) -> str:
    """HTML of a sentence about a file that was opened, or about lines that were pasted."""
    key = "batch.file_open" if is_file else "batch.pasted"
    said = say(key, name=found.name, count=found.rows, format=found.said)
    return Markup("<p>{}</p>").format(said)


def first_rows(found: Table) -> str:
    """HTML of the first rows of a table under the names of its columns, the one to read marked."""
    columns = sorted({*range(min(len(found.columns), FIRST_COLUMNS)), found.column})
    names = [found.columns[index] or say("tables.column", number=index + 1) for index in columns]
    rows = [[row.cells[index] for index in columns] for row in islice(found, FIRST_ROWS)]
    return html(
        "first_rows",
        names=[_short(name, FIRST_CELL) for name in names],
        rows=[[_short(cell, FIRST_CELL) for cell in row] for row in rows],
        chosen=columns.index(found.column),
    )


def progress(said: str, done: int, total: int) -> str:
    """HTML of a bar that is full when `done` is `total`, and of a sentence under it."""
    return html("progress", said=said, done=done, total=total)


def pace(done: int, total: int, seconds: float) -> str:
    """How far a batch is, how fast, and how long it will take."""
    rate = done / max(seconds, 1e-9)
    left = (total - done) / max(rate, 1e-9)
    if left >= 120:
        shown = say("batch.minutes", minutes=left / 60)
    else:
        shown = say("batch.seconds", seconds=left)
    return say("batch.pace", done=done, total=total, rate=rate, left=shown)


def finished(count: int, seconds: float) -> str:
    """How many rows were read, and how fast."""
    if seconds >= 1:
        took = say("batch.took_seconds", seconds=seconds)
    else:
        took = say("batch.took_milliseconds", milliseconds=max(seconds * 1000, 1))
    return say("batch.finished", count=count, took=took, rate=count / max(seconds, 1e-3))


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _place(figure: go.Figure, readers: int, pairs: int, theme: Theme) -> None:
    """Put classes and agreement beside each other, on a phone under each other."""
    x, y, x2, y2 = [0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]
    if pairs and theme.phone:
        split = pairs / (readers + pairs)
        y, y2 = [split, 1], [0, split]
    elif pairs:
        x, x2 = [0, 0.56], [0.6, 1]
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        xaxis={"domain": x, "range": [0, 1], **hidden},
        yaxis={"domain": y, "range": [readers - 0.5, -0.7], **hidden},
        xaxis2={"domain": x2, "range": [0, 1], "anchor": "y2", **hidden},
        yaxis2={"domain": y2, "range": [max(pairs, 1) - 0.5, -0.7], "anchor": "x2", **hidden},
    )
