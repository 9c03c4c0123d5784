"""What is known of the readers: how good they are, where they are wrong, how far to trust them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape

from demo.figures.labels import of_title
from demo.figures.templates import html, marked
from demo.figures.theme import Theme
from demo.sentences import say
from demo.serving.records import Record

ROW, ROW_PHONE = 34, 40  # px of a line of the overview
NAMES, NAMES_PHONE = 0.28, 0.36  # of the overview's width, where the names of its lines stand
LETTERS, LETTERS_PHONE = 44, 17  # of a name on one line of text
SQUARE = 420  # px, height of the confusion matrix and of the reliability diagram
MARKERS = {"title_description": "circle", "title": "diamond", "description": "square"}
GLYPHS = {"title_description": "●", "title": "◆", "description": "■"}
# Where the number of a mark stands, so that the three of a reader do not touch.
BESIDE = {
    "title_description": "middle right",
    "title": "middle left",
    "description": "bottom center",
}
TITLE_GAP = 14  # px between an axis and its title
LARGEST_MARKER = 34  # px across, of the bin with most articles
SCORES = ("comprehensiveness", "sufficiency", "tau")


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
        frozen = say("models.frozen", reader=record.info.title)
        for name, tested in ((record.info.title, record.test), (frozen, record.frozen)):
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
                text=[f"{share:.1f}" for share in shares],
                textposition=BESIDE[variant],
                textfont={"size": 12 if theme.phone else 13},
                customdata=[[line.name, line.source] for _, line in chosen],
                hovertemplate=_hover(
                    "overview",
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
    lines = "<br>".join(of_title(line) for line in wrap(name, letters))
    return f"<b>{lines}</b>" if bold else lines


def overview_in_words(records: Sequence[Record]) -> str:
    """HTML of the overview in words."""
    said = [
        say("models.accuracies_of", reader=record.info.title, accuracies=_accuracies(record.test))
        for record in records
    ]
    return escape(say("models.overview_in_words", readers="; ".join(said)))


def confusion(record: Record, variant: str, theme: Theme) -> go.Figure:
    """Which class was taken for which: a row for the true class, coloured by share of the row."""
    labels, counts = record.info.labels, np.array(record.test[variant]["confusion"])
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            text=counts,
            texttemplate="%{text}",
            textfont={"size": 17},
            customdata=np.stack(np.broadcast_arrays(np.array(labels)[:, None], labels), axis=-1),
            hovertemplate=_hover(
                "confusion",
                true="%{customdata[0]}",
                taken="%{customdata[1]}",
                articles="%{text}",
                share="%{z:.1%}",
            ),
            colorscale=theme.scale(record.info.name),
            zmin=0,
            zmax=1,
            showscale=False,
            colorbar={**theme.colour_bar(say("models.share_of_true")), "tickformat": ".0%"},
            xgap=2,
            ygap=2,
        )
    )
    axis = {
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
    }
    figure.update_xaxes(**axis, title_text=say("models.taken_axis"), side="top")
    down = {"text": say("models.true_axis"), "standoff": TITLE_GAP}
    figure.update_yaxes(**axis, title=down, autorange="reversed")
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    tested = say(f"models.variants.{variant}")
    title = say("models.confusion", reader=record.info.title, variant=tested)
    return theme.apply(figure, SQUARE, title, rows=list(labels), columns=list(labels))


def confusion_in_words(record: Record, variant: str) -> str:
    """HTML of the largest confusions in words."""
    labels, counts = record.info.labels, np.array(record.test[variant]["confusion"])
    wrong = counts - np.diag(np.diag(counts))
    worst = np.argsort(wrong, axis=None)[::-1][:3]
    said = [
        say(
            "models.confused",
            true=labels[row],
            taken=labels[column],
            articles=wrong[row, column],
        )
        for row, column in zip(*np.unravel_index(worst, wrong.shape), strict=True)
    ]
    return escape(say("models.confusion_in_words", pairs=", ".join(said)))


def reliability(record: Record, variant: str, theme: Theme) -> go.Figure:
    """Accuracy against confidence: on the diagonal a reader is right as often as it says."""
    bins = record.test[variant]["reliability"]
    articles = np.array([one["articles"] for one in bins])
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[0.25, 1],
            y=[0.25, 1],
            mode="lines",
            line={"dash": "dot", "color": theme.faint, "width": 2},
            hoverinfo="skip",
            name=say("models.diagonal"),
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[one["confidence"] for one in bins],
            y=[one["accuracy"] for one in bins],
            mode="markers+lines",
            line={"color": theme.reader(record.info.name), "width": 2},
            marker={
                "size": np.maximum(LARGEST_MARKER * np.sqrt(articles / articles.max()), 6),
                "color": theme.reader(record.info.name),
            },
            customdata=articles,
            hovertemplate=_hover(
                "reliability", confidence="%{x:.0%}", accuracy="%{y:.0%}", articles="%{customdata}"
            ),
            name=record.info.title,
        )
    )
    axis = {"gridcolor": theme.line, "zeroline": False, "tickformat": ".0%"}
    figure.update_xaxes(**axis, title_text=say("models.sure_axis"), range=[0.2, 1.04])
    lowest = min(0.2, *(one["accuracy"] - 0.04 for one in bins))
    right = {"text": say("models.right_axis"), "standoff": TITLE_GAP}
    figure.update_yaxes(**axis, title=right, automargin=True, range=[lowest, 1.04])
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 44}, showlegend=False)
    tested = say(f"models.variants.{variant}")
    title = say("models.reliability", reader=record.info.title, variant=tested)
    return theme.apply(figure, SQUARE, title)


def reliability_in_words(record: Record, variant: str) -> str:
    """HTML of the calibration in words."""
    scores = record.test[variant]
    *_, surest = scores["reliability"]
    return escape(
        say(
            "models.reliability_in_words",
            confidence=surest["confidence"],
            accuracy=surest["accuracy"],
            articles=surest["articles"],
            error=scores["expected_calibration_error"],
        )
    )


def card(record: Record, place: int) -> str:
    """HTML of what a reader is, what it was trained on, how good it is, and its limits."""
    known = [fact for fact in record.info.facts if not fact[0].startswith("Validation")]
    return html(
        "record",
        place=place,
        title=record.info.title,
        about=record.info.about,
        facts=[*_measured(record), *known],
    )


def evidence(record: Record) -> str:
    """HTML of evidence.json as a table: means with 95 % bootstrap intervals."""
    if not record.rankings:
        return ""
    rows = [
        (
            say(f"evidence.rankings.{name}"),
            [(_interval(found.get(score)), False) for score in SCORES],
        )
        for name, found in record.rankings.items()
    ]
    caption = say("models.evidence", count=record.evidence_articles)
    return html("scores", caption=caption, rows=rows)


def _measured(record: Record) -> Iterator[tuple[str, str]]:
    """What has been measured of a reader, each with its name."""
    size = {"parameters": record.info.parameters, "megabytes": record.weights_bytes / 1e6}
    yield say("models.card.size.name"), say("models.card.size.text", **size)
    if record.test:
        yield say("models.card.test"), _accuracies(record.test)
    if record.frozen:
        yield say("models.card.frozen"), _accuracies(record.frozen)
    for variant, scores in record.test.items():
        each = [
            say("models.card.f1.text", label=label, score=100 * score)
            for label, score in scores["f1"].items()
        ]
        tested = say(f"models.variants.{variant}")
        yield say("models.card.f1.name", variant=tested), ", ".join(each)
    if headlines := record.test.get("description", {}).get("headlines"):
        yield (
            say("models.card.headlines.name"),
            say(
                "models.card.headlines.text",
                rouge=headlines["rouge"]["rouge1"],
                first_words=headlines["rouge_of_first_words"]["rouge1"],
                copied=headlines["alignment"]["accuracy"],
            ),
        )


def _accuracies(tested: dict[str, dict]) -> str:
    return ", ".join(
        say(
            "models.accuracy",
            accuracy=100 * scores["accuracy"],
            variant=say(f"models.variants.{variant}"),
        )
        for variant, scores in tested.items()
    )


def _interval(score: dict[str, float] | None) -> str:
    """A mean and the ends of its interval, or a dash where nothing was measured."""
    if score is None:
        return "–"
    ends = {end: score[end] for end in ("mean", "low", "high")}
    return marked("models.interval", **ends)


def _hover(picture: str, **places: str) -> str:
    """What stands under the pointer, in Plotly's own form."""
    return say(f"models.hover.{picture}", **places) + "<extra></extra>"
