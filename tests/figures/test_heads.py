import numpy as np
import pytest

from demo.figures import heads
from demo.figures.look import Look
from demo.reading import Reading, Token


def reading_of(words, known=True):
    rng = np.random.default_rng(0)
    weights = rng.random((1, 2, len(words), len(words))).astype(np.float32)
    weights /= weights.sum(-1, keepdims=True)
    tokens = tuple(Token(word, 0, len(word), known=known) for word in words)
    probabilities = np.full(4, 0.25, np.float32)
    return Reading("transformer", " ".join(words), probabilities, tokens, weights)


def test_equal_words_keep_rows_and_columns_of_their_own():
    figure = heads.one_head(reading_of(["the", "cat", "the", "dog"]), 0, 0, Look())
    assert figure.layout.xaxis.ticktext == ("the", "cat", "the", "dog")
    assert figure.layout.xaxis.tickvals == (0, 1, 2, 3)
    assert np.array(figure.data[0].z).shape == (4, 4)


def test_every_head_is_drawn_on_one_scale():
    reading = reading_of(["a", "b", "c"])
    figure = heads.small_multiples(reading, 0, Look())
    assert len(figure.data) == 2
    assert {trace.zmax for trace in figure.data} == {float(reading.attention.max())}
    assert [note.text for note in figure.layout.annotations] == ["Head 1", "Head 2"]
    assert np.array_equal(figure.data[1].z, reading.attention[0, 1])


def test_the_mean_is_the_mean_of_the_heads():
    reading = reading_of(["a", "b", "c"])
    figure = heads.one_head(reading, 0, heads.MEAN, Look())
    assert np.array(figure.data[0].z) == pytest.approx(reading.attention[0].mean(0))


def test_markup_in_a_word_is_text():
    figure = heads.one_head(reading_of(["<b>x</b>", "&amp;", "${alert(1)}"]), 0, 0, Look())
    assert figure.layout.xaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt;", "&amp;amp;", "${alert(1)}")
    assert figure.data[0].customdata[0][0][0] == "&lt;b&gt;x&lt;/b&gt;"


def test_long_texts_are_labelled_in_steps_and_unknown_words_marked():
    figure = heads.one_head(reading_of([f"w{i}" for i in range(200)]), 0, 0, Look())
    room = heads.LARGE_HEIGHT - heads.LABEL_ROOM
    assert len(figure.layout.yaxis.ticktext) * heads.SMALLEST_TYPE < room
    assert figure.layout.xaxis.ticktext[1] == f"w{figure.layout.xaxis.tickvals[1]}"
    unknown = heads.one_head(reading_of(["zorb"], known=False), 0, 0, Look())
    assert unknown.layout.xaxis.ticktext == ("zorb ?",)
    long = heads.one_head(reading_of(["a" * 60]), 0, 0, Look())
    assert len(long.layout.xaxis.ticktext[0]) == heads.LABEL_CHARACTERS


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("dark", [False, True])
def test_the_scale_runs_one_way_in_lightness_from_the_paper_on(dark):
    look = Look(dark=dark)
    steps = [luminance(colour) for _, colour in look.scale("transformer")]
    assert steps == sorted(steps, reverse=not dark)
    assert steps[0] == pytest.approx(luminance(look.paper), abs=0.01)
    ink, paper = sorted([luminance(look.ink), luminance(look.paper)])
    assert (paper + 0.05) / (ink + 0.05) > 7


def test_a_phone_gets_the_heads_under_each_other():
    tall = heads.small_multiples(reading_of(["a", "b"]), 0, Look(width=390))
    flat = heads.small_multiples(reading_of(["a", "b"]), 0, Look(width=1920))
    assert tall.layout.height > flat.layout.height


def test_the_description_names_the_strongest_look():
    reading = reading_of(["cat", "sat"])
    weights = reading.attention[0, 0]
    q, k = np.unravel_index(weights.argmax(), weights.shape)
    words = ("cat", "sat")
    expected = f"“{words[q]}” looks at “{words[k]}” ({weights.max():.2f})"
    assert expected in heads.description(reading, 0, 0)
