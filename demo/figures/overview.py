"""All readers on one axis, by their accuracy on the test split, among figures from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from markupsafe import escape

from demo.figures.labels import hover, of_title
from demo.figures.labels import letters as letters_of
from demo.figures.record import accuracies
from demo.figures.theme import Theme
from demo.sentences import called, listed, number, say
from demo.serving.records import Record

ROW, ROW_PHONE = 34, 40  # px of a line
NAMES, NAMES_PHONE = 0.28, 0.36  # of the width, where the names of the lines stand
LETTERS, LETTERS_PHONE = 44, 17  # of a name on one line of text
MARKERS = {"title_description": "circle", "title": "diamond", "description": "square"}
GLYPHS = {"title_description": "●", "title": "◆", "description": "■"}
# Where the number of a mark stands, so that the three of a reader do not touch.
BESIDE = {
    "title_description": "middle right",
    "title": "middle left",
    "description": "bottom center",
}


@dataclass(frozen=True)
class Line:
    """A line of the overview: a model, whose reader is "" elsewhere, and its accuracies."""

    name: str
    accuracies: dict[str, float]  # by the texts it was tested on
    source: str
    reader: str = ""

    @property
    def place(self) -> float:
        """What it is sorted by: the accuracy on whole texts or else the best one."""
        return self.accuracies.get("title_description", max(self.accuracies.values()))


def lines(records: Sequence[Record], known: Sequence[dict]) -> list[Line]:
    """The lines of the overview, the least accurate first."""
    found = [
        Line(
            say(f"models.known.{one['name']}"),
            {one["variant"]: one["accuracy"]},
            say(f"models.sources.{one['source']}"),
        )
        for one in known
    ]
    for record in records:
        frozen = say("models.frozen", reader=called(record.info.title))
        for name, tested in ((called(record.info.title), record.test), (frozen, record.frozen)):
            accuracies = {variant: scores["accuracy"] for variant, scores in tested.items()}
            if accuracies:
                page = say("models.sources.page")
                found.append(Line(name, accuracies, page, record.info.name))
    return sorted(found, key=lambda line: line.place)


def overview(records: Sequence[Record], known: Sequence[dict], theme: Theme) -> go.Figure:
    """Test accuracies on one axis, a line a model.

    Our readers are in their colours, with a mark for each kind of text; figures from elsewhere are
    grey.
    """
    every = lines(records, known)
    figure = go.Figure()
    for variant, marker in MARKERS.items():
        chosen = [(row, line) for row, line in enumerate(every) if variant in line.accuracies]
        if not chosen:
            continue
        shares = [100 * line.accuracies[variant] for _, line in chosen]
        figure.add_trace(
            go.Scatter(
                x=shares,
                y=[row for row, _ in chosen],
                name=say(f"models.variants.{variant}"),
                orientation="h",
                mode="markers+text",
                marker={
                    "symbol": marker,
                    "size": 13,
                    "color": [_colour(line, theme) for _, line in chosen],
                },
                text=[number(share, ".1f") for share in shares],
                textposition=BESIDE[variant],
                textfont={"size": 12 if theme.phone else 13},
                customdata=[[line.name, line.source] for _, line in chosen],
                hovertemplate=hover(
                    "models.hover.overview",
                    name="%{customdata[0]}",
                    accuracy="%{x:.2f}",
                    source="%{customdata[1]}",
                ),
            )
        )
    for row, line in enumerate(every):
        _add_name(figure, row, line, theme)
    _add_legend(
        figure,
        [variant for variant in MARKERS if any(variant in line.accuracies for line in every)],
        theme,
    )
    figure.update_yaxes(visible=False, range=[-0.6, len(every) - 0.4])
    figure.update_xaxes(
        title_text=say("models.accuracy_axis"),
        gridcolor=theme.line,
        zeroline=False,
        domain=[NAMES_PHONE if theme.phone else NAMES, 1],
        # Room for the numbers beside the marks.
        range=[73, 103] if theme.phone else [76, 97.5],
    )
    figure.update_layout(
        margin={"l": 4, "r": 8, "t": 88 if theme.phone else 36, "b": 44}, showlegend=False
    )
    height = (132 if theme.phone else 80) + len(every) * (ROW_PHONE if theme.phone else ROW)
    names = [line.name for line in every]
    return theme.apply(figure, height, say("models.overview"), names=names)


def _colour(line: Line, theme: Theme) -> str:
    return theme.reader(line.reader) if line.reader else theme.faint


def _add_name(figure: go.Figure, row: int, line: Line, theme: Theme) -> None:
    """Write the name at the left edge, and join the marks of one reader."""
    figure.add_annotation(
        text=_broken(line.name, LETTERS_PHONE if theme.phone else LETTERS, bool(line.reader)),
        xref="paper",
        x=0,
        y=row,
        xanchor="left",
        align="left",
        showarrow=False,
        font={"size": 12 if theme.phone else 15},
    )
    if len(line.accuracies) > 1:
        ends = [100 * end(line.accuracies.values()) for end in (min, max)]
        joined = {"color": _colour(line, theme), "width": 2}
        figure.add_shape(
            type="line", x0=ends[0], x1=ends[1], y0=row, y1=row, layer="below", line=joined
        )


def _add_legend(figure: go.Figure, variants: Sequence[str], theme: Theme) -> None:
    """Say above the marks what each form means: Plotly's own legend has the colour of one mark."""
    between = "<br>" if theme.phone else "&nbsp;" * 6
    said = [f"{GLYPHS[variant]}&nbsp; {say(f'models.variants.{variant}')}" for variant in variants]
    figure.add_annotation(
        text=between.join(said),
        xref="paper",
        yref="paper",
        x=0 if theme.phone else NAMES,
        y=1,
        xanchor="left",
        yanchor="bottom",
        yshift=8,
        align="left",
        showarrow=False,
        font={"size": 14},
    )


def _broken(name: str, letters: int, bold: bool) -> str:
    """A name as Plotly can show it, in lines of at most so many letters."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters_of(longer) > letters:
            lines.append(word)
        else:
            lines[-1] = longer
    said = "<br>".join(map(of_title, lines))
    return f"<b>{said}</b>" if bold else said


def overview_in_words(records: Sequence[Record]) -> str:
    """HTML of the overview in words."""
    if not records:
        return escape(say("models.overview_elsewhere"))
    said = [
        say(
            "models.accuracies_of",
            reader=called(record.info.title),
            accuracies=accuracies(record.test),
        )
        for record in records
    ]
    return escape(say("models.overview_in_words", readers=listed(said, "semicolon")))
