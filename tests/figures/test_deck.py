"""Decks of slides, read back with python-pptx."""

import io
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation
from pptx.oxml.ns import qn

from demo.figures.deck import MOST_LABELS, Slide, Verdicts, deck
from demo.figures.deck_table import Matrix, Scale
from demo.figures.deck_text import hexadecimal
from demo.figures.theme import Theme, tint

HEADLINES = (
    "Oil prices climb to a record high as storm shuts refineries",
    "Coach praises striker after cup final win",
)
SHARES = {
    "Small transformer": {"World": 0.021, "Sports": 0.004, "Business": 0.954, "Sci/Tech": 0.021},
    "Fine-tuned BERT": {"World": 0.25, "Sports": 0.25, "Business": 0.3, "Sci/Tech": 0.2},
}
LINK = "http://127.0.0.1:7860/?text=Oil&tab=heads"
SHADES = tuple((place, colour) for place, colour in Theme().scale("transformer"))


def matrix(words, seed=0):
    """Random weights of words among each other."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(words)), len(words))
    scale = Scale(len(words), SHADES, 0.0, float(weights.max()))
    return Matrix(tuple(words), tuple(words), tuple(map(tuple, weights.tolist())), (scale,))


def png(width=362, height=148):
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#4b36a8").save(file, "PNG")
    return file.getvalue()


def opened(slides, language="en"):
    return Presentation(io.BytesIO(deck(slides, language)))


def shape_of(slide, kind):
    """The one shape of a slide that is a "chart" or a "table"."""
    (found,) = (one for one in slide.shapes if getattr(one, f"has_{kind}", False))
    return found


def texts_of(slide):
    return [one.text_frame.text for one in slide.shapes if one.has_text_frame]


@pytest.fixture(scope="module")
def eight():
    """A deck of eight slides of two headlines, light and dark."""
    slides = []
    for dark, text in enumerate(HEADLINES):
        about, words = (f"“{text}”",), text.split()
        head = {"about": about, "caption": "Rows: query.", "link": LINK, "dark": bool(dark)}
        slides += [
            Verdicts(text, SHARES, LINK, bool(dark)),
            Slide("Head 1", matrix(words), alternative="Head 1 looks at “Oil”.", **head),
            Slide("BertViz", png(), alternative="Lines from word to word.", **head),
            Slide("Head 2", matrix(words[:3], 1), **head),
        ]
    return slides


def test_a_deck_is_wide_and_has_its_slides_in_their_order(eight):
    found = opened(eight)
    assert found.slide_width / found.slide_height == pytest.approx(16 / 9)
    titles = [slide.shapes.title.text for slide in found.slides]
    assert titles == [getattr(one, "title", None) or one.text for one in eight]
    for slide, asked in zip(found.slides, eight, strict=True):
        paper = Theme(asked.dark).paper
        assert str(slide.background.fill.fore_color.rgb) == hexadecimal(paper)
        for shape in slide.shapes:
            assert min(shape.left, shape.top) >= 0
            assert shape.left + shape.width <= found.slide_width
            assert shape.top + shape.height <= found.slide_height


def test_verdicts_are_a_chart_of_powerpoints_own_with_a_series_a_reader(eight):
    chart = shape_of(opened(eight).slides[0], "chart").chart
    (plot,) = chart.plots
    assert list(plot.categories) == ["World", "Sports", "Business", "Sci/Tech"]
    assert {one.name: list(one.values) for one in plot.series} == {
        reader: list(shares.values()) for reader, shares in SHARES.items()
    }
    assert ZipFile(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).testzip() is None


def test_readers_of_other_labels_share_a_chart_and_of_many_labels_the_likeliest_stay():
    many = {f"label {number}": number / 1000 for number in range(40)}
    shares = {**SHARES, "Mine": many}
    chart = shape_of(opened([Verdicts("Oil", shares)]).slides[0], "chart").chart
    labels = list(chart.plots[0].categories)
    others = [f"label {number}" for number in range(40)][4 - MOST_LABELS :]
    assert labels == ["World", "Sports", "Business", "Sci/Tech", *others]
    assert chart.plots[0].series[2].values[labels.index("World")] is None


def test_a_matrix_is_a_table_with_its_numbers_and_colours(eight):
    asked = eight[1].content
    table = shape_of(opened(eight).slides[1], "table").table
    assert [cell.text for cell in table.rows[0].cells] == ["", *asked.columns]
    for row, (name, values) in enumerate(zip(asked.rows, asked.values, strict=True), start=1):
        cells = list(table.rows[row].cells)
        assert [cell.text for cell in cells] == [name, *(f"{value:.2f}" for value in values)]
        for cell, value in zip(cells[1:], values, strict=True):
            ground, ink = tint(Theme().scale("transformer"), value / asked.scales[0].most)
            assert str(cell.fill.fore_color.rgb) == hexadecimal(ground)
            (run,) = cell.text_frame.paragraphs[0].runs
            assert str(run.font.color.rgb) == hexadecimal(ink)


def test_a_table_can_be_edited_and_read_back(eight):
    found = opened(eight)
    cell = shape_of(found.slides[1], "table").table.cell(1, 2)
    cell.text_frame.paragraphs[0].runs[0].text = "0.99"
    file = io.BytesIO()
    found.save(file)
    again = shape_of(Presentation(file).slides[1], "table").table
    assert again.cell(1, 2).text == "0.99"
    assert again.cell(1, 2).fill.fore_color.rgb == cell.fill.fore_color.rgb
    assert again.cell(1, 3).text == f"{eight[1].content.values[0][2]:.2f}"


def test_numbers_below_nothing_have_a_sign_and_what_is_not_there_is_blank():
    scale = Scale(2, tuple(map(tuple, Theme().diverging)), -0.5, 0.5)
    asked = Matrix(("a",), ("b", "c", "copied"), ((-0.25, None, 0.125),), (scale,))
    table = shape_of(opened([Slide("Difference", asked)]).slides[0], "table").table
    assert [cell.text for cell in table.rows[1].cells] == ["a", "−0.25", "", "0.12"]
    paper = hexadecimal(Theme().paper)
    assert [str(cell.fill.fore_color.rgb) for cell in table.rows[1].cells][2:] == [paper, paper]


def test_a_picture_keeps_its_shape_and_its_bytes(eight):
    found = opened(eight)
    (picture,) = (one for one in found.slides[2].shapes if hasattr(one, "image"))
    assert picture.image.blob == eight[2].content
    assert picture.width / picture.height == pytest.approx(362 / 148, rel=1e-3)


def test_every_slide_is_described_and_its_notes_have_all_of_it_and_its_link(eight):
    slides = opened(eight).slides
    described = [
        shape._element._nvXxPr.cNvPr.get("descr")
        for slide in slides
        for shape in slide.shapes
        if not shape.has_text_frame
    ]
    assert described[:3] == [
        "Small transformer: Business, 95.4 %; Fine-tuned BERT: Business, 30.0 %",
        "Head 1 looks at “Oil”.",
        "Lines from word to word.",
    ]
    assert len(described) == len(eight)
    for slide, asked in zip(slides, eight, strict=True):
        notes = slide.notes_slide.notes_text_frame
        assert notes.text.endswith(LINK)
        assert notes.paragraphs[-1].runs[0].hyperlink.address == LINK
        if isinstance(asked, Slide):
            assert asked.caption in notes.text


@pytest.mark.parametrize("times", [1, 400])
def test_the_texts_in_a_picture_are_in_its_alternative_text_and_its_notes(times):
    texts = tuple(f"{side}: “{'Oil ' * times}”" for side in ("First", "Second"))
    (slide,) = opened([Slide("Compare", png(), texts=texts, alternative="Words.")]).slides
    (picture,) = (one for one in slide.shapes if hasattr(one, "image"))
    described = picture._element._nvXxPr.cNvPr.get("descr")
    assert described.startswith("Words. First: “Oil")
    assert ". Second: “Oil" in described
    assert len(described) <= 2000
    for text in texts:
        assert text in slide.notes_slide.notes_text_frame.text


def test_a_deck_names_its_headline_and_the_page_and_nobody_else(eight):
    said = opened(eight, "ko").core_properties
    assert (said.title, said.author, said.language) == (HEADLINES[0], "Headline Attention", "ko")
    assert said.last_modified_by == said.author


def test_every_text_says_its_language():
    found = opened([Slide("제목", matrix(["가", "나"]), ("“가 나”",), "설명", link=LINK)], "ko")
    (slide,) = found.slides
    for part in (slide, slide.notes_slide):
        runs = list(part._element.iter(qn("a:rPr")))
        assert runs
        assert {run.get("lang") for run in runs} == {"ko"}


@pytest.mark.parametrize("count", [1, 2, 8, 16, 24])
@pytest.mark.parametrize(
    "word", ["a", "Oil", "representatives", "기사제목입니다", "<b>&\x00\ud83d"]
)
def test_a_table_stays_within_its_slide(count, word):
    words = [word] * count
    caption = "A caption that goes on for long. " * 20
    slide = Slide("Head " * 40, matrix(words), ("“a headline” " * 40,) * 2, caption)
    found = opened([slide])
    frame = shape_of(found.slides[0], "table")
    table = frame.table
    wide, high = (
        sum(one.width for one in table.columns),
        sum(one.height for one in table.rows),
    )
    assert frame.left + wide <= found.slide_width
    shapes = sorted(found.slides[0].shapes, key=lambda shape: shape.top)
    heights = [high if one is frame else one.height for one in shapes]
    ends = [one.top + height for one, height in zip(shapes, heights, strict=True)]
    assert ends[-1] <= found.slide_height
    for end, after in zip(ends, shapes[1:], strict=False):
        assert end <= after.top + 6350  # a px
    size = min(cell.text_frame.paragraphs[0].runs[0].font.size for cell in table.iter_cells())
    assert size * 1.2 <= min(row.height for row in list(table.rows)[1:]) or count == 24


@pytest.mark.parametrize(
    "text", ["</a:t>", "\x00\x0b", "half \ud83d", "${alert(1)}", "نفط \u202e", "x" * 20_000]
)
def test_no_text_breaks_a_deck(text):
    words = Matrix((text,), (text,), ((0.5,),), (Scale(1, SHADES, 0.0, 0.5),))
    slide = Slide(text, words, (text,), text, text, text)
    found = opened([Verdicts(text, {text: {text: 1.0}}, text), slide])
    assert len(found.slides) == 2
    assert "javascript" not in str(found.slides[1].notes_slide.part.rels)


def test_what_is_no_address_of_the_web_is_no_link():
    for link in ("javascript:alert(1)", "file:///etc/passwd", f"http://x.org/?text={'a' * 3000}"):
        (slide,) = opened([Slide("Head", matrix(["a"]), link=link)]).slides
        notes = slide.notes_slide.notes_text_frame
        assert notes.text.endswith(link)
        assert notes.paragraphs[-1].runs[0].hyperlink.address is None
