"""Several matrices in one figure stand where Plotly's own subplots would."""

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from demo.figures.places import places


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (2, 1), (12, 4), (12, 12), (16, 4)])
def test_places_axes_and_titles_are_those_of_plotlys_subplots(count, columns):
    rows, across, down = -(-count // columns), 0.28, 0.3
    expected = make_subplots(
        rows,
        columns,
        subplot_titles=[f"Head {one}" for one in range(count)],
        horizontal_spacing=across / columns,
        vertical_spacing=down / rows,
    )
    layout = {"annotations": []}
    for one, place in enumerate(places(count, columns, across, down)):
        layout |= place.layout({}, {})
        layout["annotations"].append(place.title(f"Head {one}", size=16))
    figure = go.Figure(layout=layout)
    for axis in ("xaxis", "yaxis"):
        for one in range(count):
            name = f"{axis}{one + 1 if one else ''}"
            assert figure.layout[name].anchor == expected.layout[name].anchor
            assert figure.layout[name].domain == pytest.approx(expected.layout[name].domain)
    for found, title in zip(figure.layout.annotations, expected.layout.annotations, strict=True):
        assert (found.text, found.xref, found.yref) == (title.text, title.xref, title.yref)
        assert (found.x, found.y) == pytest.approx((title.x, title.y))
        assert (found.xanchor, found.yanchor) == (title.xanchor, title.yanchor)
