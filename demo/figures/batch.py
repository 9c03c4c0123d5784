"""A batch as bars of classes and of agreement, as a table of its rows, and as it goes on."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import combinations

import plotly.graph_objects as go

from demo.batch import Done
from demo.figures.theme import Theme
from demo.reading import CLASSES
from demo.table import Table

BAR = 62  # px, height of a bar with the words above it
SHORT = 240  # characters of a text that the table shows
LABELLED_FROM = 0.14  # share of a bar that has room for its number
AGREEMENT = ("#4b36a8", "#a89bf5")  # light and dark


def picture(titles: Mapping[str, str], done: Sequence[Done], theme: Theme) -> go.Figure:
    """Classes of each reader as stacked bars and, of several readers, where they agree.

    `titles` are the readers by name, in the order of each verdict.
    """
    agreement = agreements(titles, done)
    figure = go.Figure()
    for name, shares in classes(titles, done).items():
        figure.add_bar(
            orientation="h",
            x=shares,
            y=list(range(len(titles))),
            name=name,
            marker={"color": CLASS_COLOURS[name][theme.dark]},
            text=[f"{share:.0%}" if share >= LABELLED_FROM else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": theme.paper, "size": 16},
            customdata=list(titles.values()),
            hovertemplate=f"%{{customdata}}: {name} %{{x:.1%}}<extra></extra>",
        )
    figure.add_bar(
        orientation="h",
        x=list(agreement.values()),
        y=list(range(len(agreement))),
        xaxis="x2",
        yaxis="y2",
        showlegend=False,
        marker={"color": AGREEMENT[theme.dark]},
        text=[f"{share:.1%}" for share in agreement.values()],
        textposition="inside",
        insidetextanchor="end",
        textangle=0,
        textfont={"color": theme.paper, "size": 16},
        customdata=list(agreement),
        hovertemplate="%{customdata}: the same class for %{x:.1%}<extra></extra>",
    )
    agreed = [f"{who} agree" for who in agreement]
    for axis, words in (("", titles.values()), ("2", agreed)):
        for place, said in enumerate(words):
            figure.add_annotation(
                text=said,
                x=0,
                y=place - 0.3,
                xref=f"x{axis}",
                yref=f"y{axis}",
                xanchor="left",
                yanchor="bottom",
                showarrow=False,
                font={"size": 15},
            )
    _place(figure, len(titles), len(agreement), theme)
    figure.update_layout(
        barmode="stack",
        bargap=0.42,
        margin={"l": 4, "r": 4, "t": 44, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    bars = len(titles) + len(agreement) if theme.phone else max(len(titles), len(agreement))
    return theme.apply(figure, 60 + BAR * bars, "Classes and agreement of a batch")


def classes(titles: Mapping[str, str], done: Sequence[Done]) -> dict[str, list[float]]:
    """The share of each class among the texts that could be read, a number a reader."""
    named = [one.verdict.classes for one in done if not one.verdict.problem]
    columns = list(zip(*named, strict=True)) or [()] * len(titles)
    return {name: [of.count(name) / max(len(of), 1) for of in columns] for name in CLASSES}


def agreements(titles: Mapping[str, str], done: Sequence[Done]) -> dict[str, float]:
    """How often all readers, and each two, name one class; nothing of a single reader."""
    named = [one.verdict.classes for one in done if not one.verdict.problem]
    sets = {"All readers": range(len(titles))} if len(titles) > 2 else {}
    for pair in combinations(range(len(titles)), 2):
        sets[" & ".join([*titles.values()][index] for index in pair)] = pair
    return {
        said: sum(len({one[index] for index in chosen}) == 1 for one in named) / max(len(named), 1)
        for said, chosen in sets.items()
    }


def in_words(titles: Mapping[str, str], done: Sequence[Done]) -> str:
    """HTML of the picture in words."""
    shares = classes(titles, done)
    said = [
        f"{title}: {', '.join(f'{name} {of[place]:.0%}' for name, of in shares.items())}"
        for place, title in enumerate(titles.values())
    ]
    said += [
        f"{who} name the same class for {share:.1%}"
        for who, share in agreements(titles, done).items()
    ]
    unread = sum(bool(one.verdict.problem) for one in done)
    rows = f"{len(done):,} {'row' if len(done) == 1 else 'rows'}"
    said.append(f"{rows}, of which {unread:,} cannot be read" if unread else rows)
    return html.escape(". ".join(said) + ".")


def table(titles: Mapping[str, str], done: Sequence[Done], column: int, of: int) -> str:
    """HTML of some rows with every reader's class and confidence; `of` is how many there are."""
    heads = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in titles.values())
    body = "".join(_row(one, column, list(titles.values())) for one in done)
    more = " Save CSV has them all." if len(done) < of else ""
    return (
        f"<p>{len(done):,} of {of:,} {'row' if of == 1 else 'rows'} shown.{more}</p>"
        '<div class="rows" tabindex="0" role="region" aria-label="Rows"><table><thead><tr>'
        f'<th scope="col">text</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def opened(found: Table) -> str:
    """HTML of a sentence about a file that was opened."""
    return f"<p>{html.escape(found.name)} is open: {found.rows:,} rows.</p>"


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


def _row(one: Done, column: int, titles: Sequence[str]) -> str:
    text = one.row.cells[column]
    short = text if len(text) <= SHORT else f"{text[:SHORT]}…"
    verdict = one.verdict
    if verdict.problem:
        judged = f'<td colspan="{len(titles)}">{html.escape(verdict.problem)}</td>'
    else:
        judged = "".join(
            f'<td class="class-{slug(name)}" data-reader="{html.escape(title)}">'
            f"<b>{name}</b> {share:.2f}</td>"
            for title, name, share in zip(titles, verdict.classes, verdict.confidences, strict=True)
        )
    differ = ' class="differ"' if verdict.classes and not verdict.agree else ""
    return f'<tr{differ}><th scope="row" dir="auto">{html.escape(short)}</th>{judged}</tr>'


def _place(figure: go.Figure, readers: int, pairs: int, theme: Theme) -> None:
    """Put classes and agreement beside each other, on a phone under each other."""
    x, y, x2, y2 = [0, 1], [0, 1], [0, 1], [0, 1]
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
