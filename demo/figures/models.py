"""What is known of the readers: how good they are, where they are wrong, how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

import numpy as np
import plotly.graph_objects as go

from demo.figures.theme import Theme, reader_style
from demo.serving.records import VARIANTS, Record

ROW, ROW_PHONE = 30, 26  # px of a line of the overview
LETTERS, LETTERS_PHONE = 48, 22  # of a name on one line of text
NAMES_PHONE = 132  # px beside the axis for so many letters
NARROW = 1000  # px of a screen on which the numbers beside the marks need more of the axis
SQUARE = 420  # px, height of the confusion matrix and of the reliability diagram
MARKERS = {"title_description": "circle", "title": "diamond", "description": "square"}
LARGEST_MARKER = 34  # px across, of the bin with most articles
SCORES = {"comprehensiveness": "↑", "sufficiency": "↓", "tau": ""}  # and which way is better


def overview(records: Sequence[Record], known: Sequence[dict], theme: Theme) -> go.Figure:
    """Test accuracies on one axis: our readers in their colours, figures from elsewhere in grey."""
    lines = [
        (one["accuracy"], one["name"], one["variant"], None, one["source"]) for one in known
    ] + [
        (scores["accuracy"], name, variant, record.info.name, "this page")
        for record in records
        for name, tested in (
            (record.info.title, record.test),
            (f"{record.info.title}, frozen", record.frozen),
        )
        for variant, scores in tested.items()
    ]
    lines.sort(key=lambda line: line[0])
    figure = go.Figure()
    for variant, marker in MARKERS.items():
        chosen = [index for index, line in enumerate(lines) if line[2] == variant]
        if not chosen:
            continue
        colours = [
            theme.reader(reader) if (reader := lines[index][3]) else theme.faint for index in chosen
        ]
        figure.add_trace(
            go.Scatter(
                x=[100 * lines[index][0] for index in chosen],
                y=chosen,
                name=VARIANTS[variant],
                orientation="h",
                mode="markers+text",
                marker={"symbol": marker, "size": 13, "color": colours},
                text=[f"{100 * lines[index][0]:.1f}" for index in chosen],
                textposition="middle right",
                textfont={"size": 13},
                customdata=[[lines[index][1], lines[index][4]] for index in chosen],
                hovertemplate="%{customdata[0]}: %{x:.2f} % (%{customdata[1]})<extra></extra>",
            )
        )
    letters = LETTERS_PHONE if theme.phone else LETTERS
    names = [_broken(name, letters, bold=reader is not None) for _, name, _, reader, _ in lines]
    figure.update_yaxes(
        tickvals=list(range(len(lines))), ticktext=names, automargin=not theme.phone,
        showgrid=False, zeroline=False, ticks="", tickfont={"size": 11 if theme.phone else 15},
    )  # fmt: skip
    figure.update_xaxes(
        title_text="test accuracy, %",
        gridcolor=theme.line,
        zeroline=False,
        # Room for the numbers beside the marks.
        range=[76, 108 if theme.phone else 104 if theme.width < NARROW else 98],
    )
    figure.update_layout(
        # On a phone the legend has three lines.
        margin={
            "r": 8,
            "b": 44,
            **({"l": NAMES_PHONE, "t": 84} if theme.phone else {"l": 8, "t": 34}),
        },
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "xref": "container"},
    )
    height = 140 + len(lines) * ROW_PHONE if theme.phone else 90 + len(lines) * ROW
    names_alone = [name for _, name, _, _, _ in lines]
    return theme.apply(figure, height, "Accuracy on AG News' test split", names=names_alone)


def _broken(name: str, letters: int, bold: bool) -> str:
    """A name as Plotly can show it, in lines of at most so many letters."""
    lines = "<br>".join(escape(line) for line in wrap(name, letters))
    return f"<b>{lines}</b>" if bold else lines


def overview_in_words(records: Sequence[Record]) -> str:
    """HTML of the overview in words."""
    said = [
        f"{record.info.title} {100 * scores['accuracy']:.2f} % on {VARIANTS[variant]}"
        for record in records
        for variant, scores in record.test.items()
    ]
    return escape(f"Of the test split's articles are sorted rightly: {'; '.join(said)}.")


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
            hovertemplate=(
                "<b>%{customdata[0]}</b> taken for <b>%{customdata[1]}</b>: %{text} articles, "
                "%{z:.1%}<extra></extra>"
            ),
            colorscale=theme.scale(record.info.name),
            zmin=0,
            zmax=1,
            showscale=False,
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
    figure.update_xaxes(**axis, title_text="taken for", side="top")
    figure.update_yaxes(**axis, title_text="true class", autorange="reversed")
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    title = f"{record.info.title}, confusion on {VARIANTS[variant]}"
    return theme.apply(figure, SQUARE, title, rows=list(labels), columns=list(labels))


def confusion_in_words(record: Record, variant: str) -> str:
    """HTML of the largest confusions in words."""
    labels, counts = record.info.labels, np.array(record.test[variant]["confusion"])
    wrong = counts - np.diag(np.diag(counts))
    worst = np.argsort(wrong, axis=None)[::-1][:3]
    said = [
        f"{labels[row]} for {labels[column]} ({wrong[row, column]})"
        for row, column in zip(*np.unravel_index(worst, wrong.shape), strict=True)
    ]
    return escape(f"Most often it takes {', '.join(said)}; the true class comes first.")


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
            name="as sure as it is right",
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
            hovertemplate=(
                "sure to %{x:.0%}, right in %{y:.0%} of %{customdata} articles<extra></extra>"
            ),
            name=record.info.title,
        )
    )
    axis = {"range": [0.2, 1.04], "gridcolor": theme.line, "zeroline": False, "tickformat": ".0%"}
    figure.update_xaxes(**axis, title_text="how sure it is")
    figure.update_yaxes(**axis, title_text="how often it is right", automargin=True)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 44}, showlegend=False)
    return theme.apply(figure, SQUARE, f"{record.info.title}, reliability on {VARIANTS[variant]}")


def reliability_in_words(record: Record, variant: str) -> str:
    """HTML of the calibration in words."""
    scores = record.test[variant]
    *_, surest = scores["reliability"]
    return escape(
        f"Where it is surest, at {surest['confidence']:.0%} on average, it is right in "
        f"{surest['accuracy']:.0%} of {surest['articles']:,} articles. Expected calibration error: "
        f"{scores['expected_calibration_error']:.3f}. A larger mark stands for more articles."
    )


def card(record: Record, place: int) -> str:
    """HTML of what a reader is, what it was trained on, how good it is, and its limits."""
    size = f"{record.info.parameters:,} parameters, {record.weights_bytes / 1e6:.1f} MB of weights"
    facts = {"Size": size, **_accuracies("Test accuracy", record.test)}
    facts |= _accuracies("Encoder frozen", record.frozen)
    for variant, scores in record.test.items():
        f1 = ", ".join(f"{name} {100 * score:.1f}" for name, score in scores["f1"].items())
        facts[f"F1, {VARIANTS[variant]}"] = f1
    if headlines := record.test.get("description", {}).get("headlines"):
        facts["Headlines written for descriptions"] = (
            f"ROUGE-1 {headlines['rouge']['rouge1']:.3f} (the first eight words: "
            f"{headlines['rouge_of_first_words']['rouge1']:.3f}); "
            f"{headlines['alignment']['accuracy']:.0%} of copied words were written looking at "
            "that very word"
        )
    facts |= {name: text for name, text in record.info.facts if not name.startswith("Validation")}
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items()
    )
    return (
        f'<article class="record" style="{reader_style(place)}">'
        f"<h2>{escape(record.info.title)}</h2>"
        f"<p>{escape(record.info.about)}</p><dl>{rows}</dl></article>"
    )


def evidence(record: Record) -> str:
    """HTML of evidence.json as a table: means with 95 % bootstrap intervals."""
    if not record.rankings:
        return ""
    rows = []
    for name, found in record.rankings.items():
        cells = "".join(_interval(found.get(score)) for score in SCORES)
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    heads = "".join(f'<th scope="col">{name} {better}</th>' for name, better in SCORES.items())
    return (
        '<table class="scores"><caption>Does its attention matter? Words ranked and taken out, '
        f"{record.evidence_articles} test articles, mean and 95 % interval</caption>"
        f'<thead><tr><th scope="col">ranking</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _accuracies(what: str, tested: dict[str, dict]) -> dict[str, str]:
    said = [
        f"{100 * scores['accuracy']:.2f} % on {VARIANTS[variant]}"
        for variant, scores in tested.items()
    ]
    return {what: ", ".join(said)} if said else {}


def _interval(score: dict | None) -> str:
    if score is None:
        return "<td>–</td>"
    return (
        f"<td>{score['mean']:.3f}<br><small>{score['low']:.3f} to {score['high']:.3f}</small></td>"
    )
