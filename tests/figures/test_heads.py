from dataclasses import replace

import numpy as np
import pytest

from demo.analysis.attention import View
from demo.figures import heads, heads_map, labels
from demo.figures.theme import STYLE, Theme
from demo.reading import Token


def view_of(words, matrices=1, known=True):
    rng = np.random.default_rng(0)
    weights = rng.random((matrices, len(words), len(words))).astype(np.float32)
    weights /= weights.sum(-1, keepdims=True)
    tokens = tuple(Token(word, 0, len(word), known=known) for word in words)
    return View("transformer", weights, tokens)


def test_equal_words_keep_rows_and_columns_of_their_own():
    figure = heads.one_head(view_of(["the", "cat", "the", "dog"]), Theme())
    assert figure.layout.xaxis.ticktext == ("the", "cat", "the", "dog")
    assert figure.layout.xaxis.tickvals == figure.data[0].x == figure.data[0].y
    assert len(set(figure.data[0].x)) == 4
    assert [name.rstrip(heads.UNSEEN) for name in figure.data[0].x] == ["the", "cat", "the", "dog"]
    assert np.array(figure.data[0].z).shape == (4, 4)


@pytest.mark.parametrize("count", [2, 12])
def test_every_head_is_drawn_on_one_scale(count):
    view = view_of(["a", "b", "c"], count)
    figure = heads.small_multiples(view, Theme(), top=0.8)
    assert {(trace.zmin, trace.zmax) for trace in figure.data} == {(0, 0.8)}
    assert heads.one_head(view_of(["a", "b", "c"], 1), Theme(), top=0.8).data[0].zmax == 0.8
    assert heads_map.all_heads(view, 1, Theme(), top=0.8).data[0].zmax == 0.8
    assert [note.text for note in figure.layout.annotations] == [
        f"Head {number}" for number in range(1, count + 1)
    ]
    for trace, weights in zip(figure.data, view.weights, strict=True):
        np.testing.assert_array_equal(trace.z, weights)


def test_the_map_of_all_heads_has_each_head_in_its_place():
    view = view_of(["a", "b", "c"], 6)
    figure = heads_map.all_heads(view, layers=2, theme=Theme())
    tiles = np.array(figure.data[0].z)
    assert tiles.shape == (7, 11)
    np.testing.assert_array_equal(tiles[4:7, 8:11], view.weights[5])
    assert not tiles[3].any()
    assert figure.layout.yaxis.ticktext == ("layer 1", "layer 2")
    assert figure.layout.xaxis.tickvals == (1, 5, 9)


def folded_view(words, matrices=1):
    """A view whose words give a half of their attention to two marks."""
    view = view_of(words, matrices)
    half = np.full(view.weights.shape[:2], 0.5, np.float32)
    return replace(view, weights=view.weights / 2, marks="[CLS], [SEP]", to_marks=half)


def test_what_goes_to_folded_marks_stands_in_a_thin_grey_column_of_its_own_scale():
    view = folded_view(["the", "cat", "the"])
    figure = heads.one_head(view, Theme(), top=0.3)
    words, marks = figure.data
    assert words.z.shape == (3, 3)
    assert marks.z.tolist() == [[0.5]] * 3
    assert (words.zmax, marks.zmin, marks.zmax) == (0.3, 0, 1)
    assert marks.dx < 1
    assert marks.x0 - marks.dx / 2 > 2.5  # the end of the last word
    assert marks.x0 + marks.dx / 2 == pytest.approx(figure.layout.xaxis.range[1])
    assert "looks at <b>[CLS], [SEP]</b>" in marks.hovertemplate
    assert figure.layout.annotations[0].text == "[CLS], [SEP]: 50%"
    assert figure.layout.meta["rows"] == ["the", "cat", "the"]
    assert figure.layout.meta["columns"] == ["the", "cat", "the", "[CLS], [SEP]"]
    assert "gives 50% of its attention to [CLS], [SEP]" in heads.description(view, "Head 1")


@pytest.mark.parametrize("count", [2, 12])
def test_every_small_head_has_the_column_of_its_marks(count):
    figure = heads.small_multiples(folded_view(["a", "b"], count), Theme(), top=0.3)
    assert len(figure.data) == 2 * count
    for words, marks in zip(figure.data[::2], figure.data[1::2], strict=True):
        assert (words.xaxis, words.yaxis) == (marks.xaxis, marks.yaxis)
        assert marks.z.tolist() == [[0.5], [0.5]]


def test_in_the_map_every_head_has_the_column_of_its_marks():
    view = folded_view(["a", "b", "c"], 6)
    figure = heads_map.all_heads(view, layers=2, theme=Theme())
    words, marks = figure.data
    np.testing.assert_array_equal(words.z[4:7, 10:13], view.weights[5])
    assert marks.z.shape == (7, 5)
    assert np.isnan(marks.z[:, 1::2]).all()
    assert (marks.z[[0, 1, 2, 4, 5, 6]][:, ::2] == 0.5).all()
    for head in range(3):
        start, end = marks.x[2 * head : 2 * head + 2]
        assert 5 * head + 2.5 < start < end < 5 * head + 4
    assert figure.layout.meta["blocks"] == {"layers": 2, "heads": 3, "rows": 3, "columns": 4}


def test_the_row_that_is_picked_has_a_frame():
    (frame,) = heads.one_head(view_of(["a", "b", "c"]), Theme(), row=1).layout.shapes
    assert (frame.visible, frame.y0, frame.y1) == (True, 0.5, 1.5)
    (frame,) = heads.one_head(view_of(["a", "b", "c"]), Theme()).layout.shapes
    assert frame.visible is False


def test_the_map_of_a_long_text_keeps_the_largest_weights():
    view = view_of([f"w{i}" for i in range(100)], 4)
    tiles = np.array(heads_map.all_heads(view, layers=2, theme=Theme()).data[0].z)
    assert tiles.shape[0] <= 2 * heads_map.MOST_CELLS + 1
    assert tiles.max() == view.weights.max()


@pytest.mark.parametrize("weight", [1, 0.9996, 0.0004, 0.12345678, 1e-9, 0])
@pytest.mark.parametrize("draw", ["small_multiples", "one_head", "all_heads"])
def test_a_weight_is_sent_as_it_is_and_said_in_three_digits(draw, weight):
    count = 1 if draw == "one_head" else 6
    view = View("transformer", np.full((count, 1, 1), weight, np.float32), (Token("a", 0, 1),))
    more = {"layers": 2} if draw == "all_heads" else {}
    module = heads_map if draw == "all_heads" else heads
    figure = getattr(module, draw)(view, theme=Theme(), **more)
    for trace in figure.data:
        assert trace.z.dtype == np.float32
        assert trace.z[0, 0] == np.float32(weight)
        assert "%{z:.3f}" in trace.hovertemplate


@pytest.mark.parametrize(
    ("width", "layers", "names"),
    [
        (1920, 6, ("head 1", "layer 1")),
        (960, 6, ("head 1", "layer 1")),
        (959, 6, ("1", "1")),
        (768, 6, ("1", "1")),
        (320, 6, ("1", "1")),
        (320, 24, ("head 1", "layer 1")),  # with three heads, there is room
    ],
)
def test_the_map_names_its_heads_where_there_is_room(width, layers, names):
    view = view_of(["a", "b"], 72)
    figure = heads_map.all_heads(view, layers, Theme(width=width))
    assert (figure.layout.xaxis.ticktext[0], figure.layout.yaxis.ticktext[0]) == names
    assert figure.layout.xaxis.tickangle == 0  # slanted, they would stand above the picture


def test_markup_in_a_word_is_text():
    figure = heads.one_head(view_of(["<b>x</b>", "&amp;", "${alert(1)}"]), Theme())
    assert figure.layout.xaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt;", "&amp;amp;", "${alert(1)}")
    assert figure.data[0].y[0] == "&lt;b&gt;x&lt;/b&gt;"


def test_long_texts_are_labelled_in_steps_and_unknown_words_marked():
    figure = heads.one_head(view_of([f"w{i}" for i in range(200)]), Theme())
    room = heads.LARGE_HEIGHT - heads.LABEL_ROOM
    assert len(figure.layout.yaxis.ticktext) * labels.SMALLEST_TYPE < room
    assert figure.layout.xaxis.ticktext[1] == figure.layout.xaxis.tickvals[1] != "w1"
    unknown = heads.one_head(view_of(["zorb"], known=False), Theme())
    assert unknown.layout.xaxis.ticktext == ("zorb ?",)
    long = heads.one_head(view_of(["a" * 60]), Theme())
    assert len(long.layout.xaxis.ticktext[0]) == labels.LONGEST


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("reader", range(len(STYLE["readers"])))
def test_the_scale_runs_one_way_in_lightness_from_the_paper_on(reader, dark):
    names = tuple(map(str, range(len(STYLE["readers"]))))
    theme = Theme(dark=dark, readers=names)
    steps = [luminance(colour) for _, colour in theme.scale(names[reader])]
    assert steps == sorted(steps, reverse=not dark)
    assert steps[0] == pytest.approx(luminance(theme.paper), abs=0.01)
    ink, paper = sorted([luminance(theme.ink), luminance(theme.paper)])
    assert (paper + 0.05) / (ink + 0.05) > 7


@pytest.mark.parametrize("count", [2, 12])
def test_a_phone_gets_the_heads_in_one_row_to_be_swiped(count):
    view = view_of(list("abcdefghi"), count)
    strip = heads.small_multiples(view, Theme(width=390))
    assert len({axis.domain for axis in strip.select_yaxes()}) == 1
    assert strip.layout.meta["strip"] > 390
    assert not heads.small_multiples(view, Theme()).layout.meta["strip"]


def test_two_heads_of_a_few_words_stand_beside_each_other_on_a_phone():
    pair = heads.small_multiples(view_of(["a", "b"], 2), Theme(width=390))
    assert len({axis.domain for axis in pair.select_yaxes()}) == 1
    assert pair.layout.meta["strip"] < 350
    assert [axis.showticklabels for axis in pair.select_yaxes()] == [True, False]


@pytest.mark.parametrize("count", [2, 12])
def test_the_head_that_is_open_has_a_frame_around_it_alone(count):
    view = view_of(["a", "b"], count)
    (frame,) = heads.small_multiples(view, Theme(), opened=1).layout.shapes
    assert (frame.xref, frame.yref) == ("x2 domain", "y2 domain")
    assert not heads.small_multiples(view, Theme()).layout.shapes
    (frame,) = heads_map.all_heads(
        view, count // 2, Theme(), opened=(count // 2 - 1, 1)
    ).layout.shapes
    assert (frame.x0, frame.y0) == (2, 3 * (count // 2 - 1) - 1)


def test_the_description_names_the_strongest_look():
    view = view_of(["cat", "sat"])
    (weights,) = view.weights
    q, k = np.unravel_index(weights.argmax(), weights.shape)
    words = ("cat", "sat")
    expected = f"Head 1, 2 tokens. Strongest: “{words[q]}” looks at “{words[k]}”"
    assert heads.description(view, "Head 1").startswith(expected)


def test_markup_in_the_description_is_text():
    said = heads.description(view_of(["<!--", "b"]), "Head 1", strongest=4)
    assert "&lt;!--" in said
    assert "<" not in said
