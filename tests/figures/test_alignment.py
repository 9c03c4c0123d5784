from dataclasses import replace

import numpy as np
import pytest

from demo.analysis.attention import PROBABILITY, Aligned
from demo.figures import alignment
from demo.figures.theme import Theme
from demo.reading import Token


def aligned_of(rows, columns, topic=True):
    weights = np.random.default_rng(0).dirichlet(np.ones(columns), rows).astype(np.float32)
    outputs = ("Sports" if topic else "it", *(f"out{row}" for row in range(1, rows)))
    tokens = tuple(Token(f"in{column}", 0, 3) for column in range(columns))
    scores = {"its probability": np.full(rows, 0.5), "probability of copying": np.arange(rows)}
    return Aligned(
        "rnnsearch", outputs, tokens, weights, "What it is.", topic, scores if topic else {}
    )


def test_each_output_has_its_row_and_the_topic_stands_apart():
    aligned = aligned_of(4, 6)
    figure = alignment.matrix(aligned, Theme())
    (heatmap,) = figure.data
    rows = np.array(heatmap.z)
    assert np.array_equal(rows[[0, 2, 3, 4]], aligned.weights)
    assert np.isnan(rows[1]).all()
    middles = (np.array(heatmap.y)[1:] + np.array(heatmap.y)[:-1]) / 2
    assert middles[[0, 2, 3, 4]] == pytest.approx(figure.layout.yaxis.tickvals)
    assert figure.layout.yaxis.ticktext == aligned.outputs
    assert heatmap.customdata[2][5].tolist() == ["out1", "in5", "0.500", "1.000"]
    assert "probability of copying: %{customdata[3]}" in heatmap.hovertemplate
    further = figure.layout.meta["of_rows"]
    assert further["probability of copying"] == [0, None, 1, 2, 3]
    assert figure.layout.xaxis.ticktext == tuple(f"in{column}" for column in range(6))


def test_without_a_topic_no_row_stands_apart():
    figure = alignment.matrix(aligned_of(3, 3, topic=False), Theme())
    assert np.array(figure.data[0].z).shape == (3, 3)
    assert "probability" not in figure.data[0].hovertemplate
    alone = alignment.matrix(aligned_of(1, 3), Theme())
    assert np.array(alone.data[0].z).shape == (1, 3)


def test_the_papers_scale_runs_from_black_0_to_white_1():
    (heatmap,) = alignment.matrix(aligned_of(4, 6), Theme(dark=True), as_in_the_paper=True).data
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)
    assert heatmap.colorscale == ((0, "#000000"), (1, "#ffffff"))


def test_the_description_says_where_each_row_looked_most():
    aligned = aligned_of(2, 3)
    place = int(aligned.weights[1].argmax())
    said = alignment.description(aligned)
    assert f"“out1” at “in{place}” ({aligned.weights[1].max():.2f})" in said
    assert said.startswith("What it is.")


def test_markup_is_text():
    tokens = (Token("<b>x", 0, 4),)
    aligned = Aligned("bert", ("</p><img>",), tokens, np.ones((1, 1), np.float32), "What.")
    figure = alignment.matrix(aligned, Theme())
    assert figure.layout.yaxis.ticktext == ("&lt;/p&gt;&lt;img&gt;",)
    assert "<" not in alignment.description(aligned)


@pytest.mark.parametrize("theme", [Theme(), Theme(dark=True, width=390)])
def test_every_row_ends_with_its_probability(theme):
    aligned = aligned_of(4, 6)
    shares = np.array([0.5, 0.004, 1, 0.25])
    aligned.of_outputs[PROBABILITY][:] = shares
    figure = alignment.matrix(aligned, theme)
    written = [one for one in figure.layout.annotations if one.yref != "paper"]
    assert [one.text for one in written] == ["50%", "< 1%", "100%", "25%"]
    start = written[0].x
    assert figure.layout.xaxis.domain[1] < start
    bars = figure.layout.shapes[1::2]  # the others are the whole of each
    np.testing.assert_allclose([(bar.x1 - start) / (1 - start) for bar in bars], shares, atol=1e-6)


def test_where_nothing_was_written_no_probability_stands():
    figure = alignment.matrix(aligned_of(3, 3, topic=False), Theme())
    assert figure.layout.annotations == figure.layout.shapes == ()


def test_what_misleads_is_said():
    aligned = replace(aligned_of(2, 3), caution="It <misleads>.")
    assert alignment.caution(aligned) == "<p>It &lt;misleads&gt;.</p>"
