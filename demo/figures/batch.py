"""A batch as bars of classes and of agreement, as a table of its rows, and as it goes on."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import combinations, islice

import plotly.graph_objects as go

from demo import mending
from demo.batch import Done, Table
from demo.figures.labels import of_title
from demo.figures.theme import Theme, label_style
from demo.reading import ReaderInfo

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
            name=name,
            marker={"color": theme.label(place)},
            text=[f"{share:.0%}" if share >= LABELLED_FROM else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": theme.paper, "size": 16},
            customdata=titles,
            hovertemplate=f"%{{customdata}}: {of_title(name)} %{{x:.1%}}<extra></extra>",
        )
    figure.add_bar(
        orientation="h",
        x=list(agreement.values()),
        y=list(range(len(agreement))),
        xaxis="x2",
        yaxis="y2",
        showlegend=False,
        marker={"color": theme.accent},
        text=[f"{share:.1%}" for share in agreement.values()],
        textposition="inside",
        insidetextanchor="end",
        textangle=0,
        textfont={"color": theme.paper, "size": 16},
        customdata=list(agreement),
        hovertemplate="%{customdata}: the same class for %{x:.1%}<extra></extra>",
    )
    agreed = [f"{who} agree" for who in agreement]
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
                font={"size": 15},
            )
    _place(figure, len(readers), len(agreement), theme)
    figure.update_layout(
        barmode="stack",
        bargap=0.42,
        margin={"l": 4, "r": 4, "t": 44, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    bars = len(readers) + len(agreement) if theme.phone else max(len(readers), len(agreement))
    return theme.apply(figure, 60 + BAR * bars, "Classes and agreement of a batch")


def labels(readers: Sequence[ReaderInfo]) -> list[str]:
    """The labels of all readers, each once; its place among them is that of its colour."""
    return list(dict.fromkeys(label for info in readers for label in info.labels))


def classes(readers: Sequence[ReaderInfo], done: Sequence[Done]) -> dict[str, list[float]]:
    """The share of each label among the texts that could be read, a number a reader."""
    named = [one.verdict.classes for one in done if not one.verdict.problem]
    columns = list(zip(*named, strict=True)) or [()] * len(readers)
    return {name: [of.count(name) / max(len(of), 1) for of in columns] for name in labels(readers)}


def agreements(readers: Sequence[ReaderInfo], done: Sequence[Done]) -> dict[str, float]:
    """How often all readers, and each two, name one class; nothing of a single reader."""
    named = [one.verdict.classes for one in done if not one.verdict.problem]
    sets: dict[str, Sequence[int]] = {}
    if len(readers) > 2:
        sets["All readers"] = range(len(readers))
    for pair in combinations(range(len(readers)), 2):
        sets[" & ".join(readers[index].title for index in pair)] = pair
    return {
        said: sum(len({one[index] for index in chosen}) == 1 for one in named) / max(len(named), 1)
        for said, chosen in sets.items()
    }


def in_words(readers: Sequence[ReaderInfo], done: Sequence[Done], column: int = 0) -> str:
    """HTML of the picture in words, and of what was mended in the texts of the `column`."""
    shares = classes(readers, done)
    said = []
    for place, info in enumerate(readers):
        each = ", ".join(f"{name} {shares[name][place]:.0%}" for name in info.labels)
        said.append(f"{info.title}: {each}")
    said += [
        f"{who} name the same class for {share:.1%}"
        for who, share in agreements(readers, done).items()
    ]
    unread = sum(bool(one.verdict.problem) for one in done)
    rows = _rows(len(done))
    said.append(f"{rows}, of which {unread:,} cannot be read" if unread else rows)
    read = (one.row.cells[column] for one in done if not one.verdict.problem)
    mended = mending.in_words(mending.count(read))
    return html.escape(f"{'. '.join(said)}. {mended}".rstrip())


def table(readers: Sequence[ReaderInfo], done: Sequence[Done], column: int, of: int) -> str:
    """HTML of some rows with every reader's class and confidence; `of` is how many there are."""
    titles = [html.escape(info.title) for info in readers]
    styles = {name: label_style(place) for place, name in enumerate(labels(readers))}
    heads = "".join(f'<th scope="col">{title}</th>' for title in titles)
    body = "".join(_row(one, column, titles, styles) for one in done)
    more = " Save CSV has them all." if len(done) < of else ""
    return (
        f"<p>{len(done):,} of {of:,} {'row' if of == 1 else 'rows'} shown.{more}</p>"
        '<div class="rows" tabindex="0" role="region" aria-label="Rows"><table><thead><tr>'
        f'<th scope="col">text</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def opened(found: Table, is_file: bool = True) -> str:
    """HTML of a sentence about a file that was opened, or about lines that were pasted."""
    start = f"{found.name} is open: " if is_file else f"{found.name} holds "
    said = f"{found.said[0].upper()}{found.said[1:]}"
    return f"<p>{html.escape(f'{start}{_rows(found.rows)}. {said}.')}</p>"


def first_rows(found: Table) -> str:
    """HTML of the first rows of a table under the names of its columns, the one to read marked."""
    columns = sorted({*range(min(len(found.columns), FIRST_COLUMNS)), found.column})
    mark = {found.column: ' class="chosen"'}

    def cell(tag: str, index: int, text: str) -> str:
        short = text if len(text) <= FIRST_CELL else f"{text[:FIRST_CELL]}…"
        return f'<{tag}{mark.get(index, "")} dir="auto">{html.escape(short)}</{tag[:2]}>'

    names = "".join(
        cell('th scope="col"', index, found.columns[index] or f"column {index + 1}")
        for index in columns
    )
    body = "".join(
        f"<tr>{''.join(cell('td', index, row.cells[index]) for index in columns)}</tr>"
        for row in islice(found, FIRST_ROWS)
    )
    return (
        '<div class="rows" tabindex="0" role="region" aria-label="First rows"><table>'
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def progress(said: str, done: int, total: int) -> str:
    """HTML of a bar that is full when `done` is `total`, and of a sentence under it."""
    return (
        f'<progress max="{total}" value="{done}" aria-label="Rows read"></progress>'
        f'<p role="status">{html.escape(said)}</p>'
    )


def pace(done: int, total: int, seconds: float) -> str:
    """How far a batch is, how fast, and how long it will take."""
    rate = done / max(seconds, 1e-9)
    left = (total - done) / max(rate, 1e-9)
    shown = f"{left / 60:.0f} min" if left >= 120 else f"{left:.0f} s"
    return f"{done:,} of {total:,} rows, {rate:,.0f} rows/s, {shown} left."


def finished(count: int, seconds: float) -> str:
    """How many rows were read, and how fast."""
    took = f"{seconds:,.1f} s" if seconds >= 1 else f"{max(seconds * 1000, 1):.0f} ms"
    return f"{_rows(count)} read in {took}, {count / max(seconds, 1e-3):,.0f} a second."


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _row(one: Done, column: int, titles: Sequence[str], styles: Mapping[str, str]) -> str:
    """HTML of a row; `titles` are those of the readers, `styles` the colour of each label."""
    text = mending.drawn(one.row.cells[column])
    short = text if len(text) <= SHORT else f"{text[:SHORT]}…"
    verdict = one.verdict
    if verdict.problem:
        judged = f'<td colspan="{len(titles)}">{html.escape(verdict.problem)}</td>'
    else:
        judged = "".join(
            f'<td style="{styles[name]}" data-reader="{title}">'
            f"<b>{html.escape(name)}</b> {share:.2f}</td>"
            for title, name, share in zip(titles, verdict.classes, verdict.confidences, strict=True)
        )
    differ = ' class="differ"' if verdict.classes and not verdict.agree else ""
    return f'<tr{differ}><th scope="row" dir="auto">{html.escape(short)}</th>{judged}</tr>'


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
