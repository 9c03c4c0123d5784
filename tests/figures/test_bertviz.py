import json
import re
from html import unescape

import numpy as np
import pytest

from demo.analysis.attention import View
from demo.figures import bertviz
from demo.figures.bertviz import HEAD_VIEW, MODEL_VIEW
from demo.figures.theme import Theme
from demo.reading import Token


def view_of(words, matrices=6):
    weights = np.random.default_rng(0).random((matrices, len(words), len(words)))
    weights = (weights / weights.sum(-1, keepdims=True)).astype(np.float32)
    return View("bert", weights, tuple(Token(word, 0, len(word)) for word in words))


def parameters_of(html):
    return json.loads(re.search(r"const params = (\{.*?\});", html).group(1))


@pytest.mark.parametrize("kind", [HEAD_VIEW, MODEL_VIEW])
def test_nothing_is_fetched(kind):
    html = bertviz.document(view_of(["oil", "up"]), 3, kind, Theme())
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", html)
    assert "cloudflare" not in html.replace("https://cdnjs.cloudflare.com/ajax/libs/", "")
    assert "require.config" in html  # the addresses stand there still, and our loader ignores them


@pytest.mark.parametrize("kind", [HEAD_VIEW, MODEL_VIEW])
def test_layers_heads_and_weights_are_those_of_the_view(kind):
    view = view_of(["oil", "up", "oil"])
    parameters = parameters_of(bertviz.document(view, 3, kind, Theme(dark=True)))
    (drawn,) = parameters["attention"]
    weights = np.array(drawn["attn"])
    assert weights.shape == (3, 2, 3, 3)
    assert np.abs(weights.reshape(6, 3, 3) - view.weights).max() <= 0.5 * 10**-bertviz.DECIMALS
    assert drawn["left_text"] == drawn["right_text"] == ["oil", "up", "oil"]
    assert parameters["display_mode"] == "dark"


def test_a_token_cannot_end_the_script():
    hostile = "</script><img src=x onerror=alert(1)>\u2028"
    html = bertviz.document(view_of([hostile, "b"]), 3, HEAD_VIEW, Theme())
    assert "<img" not in html
    assert "\u2028" not in html
    assert parameters_of(html)["attention"][0]["left_text"][0] == hostile


@pytest.mark.parametrize(("kind", "most"), [(HEAD_VIEW, 64), (MODEL_VIEW, 28)])
def test_a_long_text_is_cut_and_says_so(kind, most):
    view = view_of([f"w{i}" for i in range(120)], matrices=72)
    html = bertviz.document(view, 6, kind, Theme())
    assert f"The first {most} of 120 tokens are drawn." in html
    assert len(parameters_of(html)["attention"][0]["left_text"]) == most
    assert len(html) < 4_000_000


def test_the_frame_runs_scripts_and_nothing_else():
    view = view_of(["a", "b"])
    frame = bertviz.frame('<p title="x">', view, 3, HEAD_VIEW, Theme(), 'of "a"')
    assert 'sandbox="allow-scripts"' in frame
    attributes = {name: unescape(value) for name, value in re.findall(r'(\S+)="(.*?)"', frame)}
    assert attributes["srcdoc"] == '<p title="x">'
    assert attributes["data-title"] == 'of "a"'
    assert attributes["title"] == "BertViz head view of 2 tokens"


@pytest.mark.parametrize("kind", [HEAD_VIEW, MODEL_VIEW])
def test_layers_and_heads_count_from_1(kind):
    parameters = parameters_of(bertviz.document(view_of(["oil", "up"]), 3, kind, Theme()))
    assert parameters["include_layers"] == [1, 2, 3]
    assert parameters["include_heads"] == [1, 2]


@pytest.mark.parametrize("width", [390, 1440, 1920])
@pytest.mark.parametrize("kind", [HEAD_VIEW, MODEL_VIEW])
def test_a_view_is_drawn_as_wide_as_its_frame_shall_be(kind, width):
    view, theme = view_of([f"word{i}" for i in range(20)], matrices=72), Theme(width=width)
    drawn = bertviz.drawing(view, 6, kind, theme)
    html = bertviz.document(view, 6, kind, theme)

    def size(name):
        return re.search(rf"const {name} = (.+?);", html).group(1)

    given = json.loads(re.search(r"const given = (\{.*?\});", html).group(1))
    assert (given["width"], given["beside"], given["row"]) == (drawn.width, drawn.words, drawn.row)
    if kind == HEAD_VIEW:
        assert float(size("BOXWIDTH")) == pytest.approx(drawn.words, abs=0.1)
        assert size("MATRIX_WIDTH") == f"given.width - {2 * drawn.words:.1f}"
    else:
        assert size("DIV_WIDTH") == "given.width - 2 * given.beside"
        detail = float(size("DETAIL_WIDTH")) - 2 * float(size("DETAIL_BOX_WIDTH"))
        assert detail == pytest.approx(bertviz.DETAIL_LINES, abs=0.2)
        assert "config.thumbnailBoxHeight = given.row;" in html
    if width > 640:  # about as wide as the page, unless few words are enlarged
        assert width / bertviz.MOST_ENLARGED * 0.8 < drawn.width < width


def test_a_frame_keeps_the_form_of_its_drawing():
    view = view_of(["a", "b"])
    drawn = bertviz.drawing(view, 3, HEAD_VIEW, Theme())
    frame = bertviz.frame("", view, 3, HEAD_VIEW, Theme())
    width, height = map(int, re.search(r"aspect-ratio:(\d+)/(\d+)", frame).groups())
    assert (width, height) == pytest.approx(
        (drawn.width + 2 * bertviz.EDGE, drawn.height + 2 * bertviz.EDGE), abs=1
    )


@pytest.mark.parametrize("kind", [HEAD_VIEW, MODEL_VIEW])
def test_the_frame_holds_the_whole_document(kind):
    view = view_of(["oil", '"up"', "</script>"])
    document = bertviz.document(view, 3, kind, Theme())
    frame = bertviz.frame(document, view, 3, kind, Theme(), "BertViz")
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == document
