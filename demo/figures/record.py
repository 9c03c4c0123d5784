"""The record of one reader: how good it is, where it is wrong, how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
from markupsafe import escape

from demo.figures.labels import hover
from demo.figures.templates import html, marked
from demo.figures.theme import Theme
from demo.sentences import called, listed, say
from demo.serving.records import Record

SQUARE = 420  # px, height of the confusion matrix and of the reliability diagram
TITLE_GAP = 14  # px between an axis and its title
LARGEST_MARKER = 34  # px across, of the bin with most articles
SCORES = ("comprehensiveness", "sufficiency", "tau")


def confusion(record: Record, variant: str, theme: Theme) -> go.Figure:
    """Which class was taken for which: a row for the true class, coloured by share of the row."""
    labels, counts = [*map(called, record.info.labels)], np.array(record.test[variant]["confusion"])
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            text=counts,
            texttemplate="%{text}",
            textfont={"size": 17},
            customdata=np.stack(np.broadcast_arrays(np.array(labels)[:, None], labels), axis=-1),
            hovertemplate=hover(
                "models.hover.confusion",
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
        "ticktext": labels,
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
    title = say("models.confusion", reader=called(record.info.title), variant=tested)
    return theme.apply(figure, SQUARE, title, rows=labels, columns=labels)


def confusion_in_words(record: Record, variant: str) -> str:
    """HTML of the largest confusions in words."""
    labels, counts = [*map(called, record.info.labels)], np.array(record.test[variant]["confusion"])
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
    return escape(say("models.confusion_in_words", pairs=listed(said)))


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
            hovertemplate=hover(
                "models.hover.reliability",
                confidence="%{x:.0%}",
                accuracy="%{y:.0%}",
                articles="%{customdata}",
            ),
            name=called(record.info.title),
        )
    )
    axis = {"gridcolor": theme.line, "zeroline": False, "tickformat": ".0%"}
    figure.update_xaxes(**axis, title_text=say("models.sure_axis"), range=[0.2, 1.04])
    lowest = min(0.2, *(one["accuracy"] - 0.04 for one in bins))
    right = {"text": say("models.right_axis"), "standoff": TITLE_GAP}
    figure.update_yaxes(**axis, title=right, automargin=True, range=[lowest, 1.04])
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 44}, showlegend=False)
    tested = say(f"models.variants.{variant}")
    title = say("models.reliability", reader=called(record.info.title), variant=tested)
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
    info = replace(record.info, facts=tuple(known)).in_words()
    return html(
        "record",
        place=place,
        title=info.title,
        about=info.about,
        facts=[*_measured(record), *info.facts],
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
        yield say("models.card.test"), accuracies(record.test)
    if record.frozen:
        yield say("models.card.frozen"), accuracies(record.frozen)
    for variant, scores in record.test.items():
        each = [
            say("models.card.f1.text", label=called(label), score=100 * score)
            for label, score in scores["f1"].items()
        ]
        tested = say(f"models.variants.{variant}")
        yield say("models.card.f1.name", variant=tested), listed(each)
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


def accuracies(tested: dict[str, dict]) -> str:
    """The accuracy on each kind of text that a reader was `tested` on, in words."""
    return listed(
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
