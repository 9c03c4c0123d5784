"""Pictures of the page as a deck of slides, a PowerPoint file (Office Open XML).

Verdicts are a chart and matrices are tables of PowerPoint's own, so that their numbers can be
edited; every other picture is an image. All of it is made in memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.util import Emu, Pt

from demo.figures import deck_table
from demo.figures.deck_table import Matrix
from demo.figures.deck_text import Box, Writer, at_the_top, cut, fitted, hexadecimal, lines_of, px
from demo.figures.theme import Theme
from demo.sentences import say

WIDTH, HEIGHT = 1920, 1080  # px of a slide, 16:9
EDGE, FOOT, GAP = 56, 36, 16  # px beside what stands on a slide, below it, and between its parts
TITLE, TITLE_LEAST = 56, 36  # px, type of a title
HEADLINE, HEADLINE_LEAST = 72, 36  # px, of a headline that heads its verdicts
ABOUT, CAPTION, CAPTION_LEAST = 34, 28, 24
MOST_LINES = 2  # of a title, and of each text that a picture is about
MOST_CAPTION = 4  # lines; the notes have all of it
CHART_TYPE = 24  # px, of what is written in a chart
PERCENT = "0.0 %"  # how a probability is written
MOST_LABELS = 12  # of a chart; of more, those with the largest shares
MOST_ALTERNATIVE = 2000  # characters
LONGEST_ADDRESS = 2000  # characters; PowerPoint opens no longer one
LAYOUT = 5  # of the template: a title and nothing else
TEMPLATE_WIDTH = 9144000  # EMU; it is 4:3


@dataclass(frozen=True)
class Verdicts:
    """A headline and the probability of each label, by what its reader is called.

    `link` opens the page on it; `dark` says on which ground it stands.
    """

    text: str
    shares: Mapping[str, Mapping[str, float]]
    link: str = ""
    dark: bool = False


@dataclass(frozen=True)
class Slide:
    """A picture under its title: a matrix, or the bytes of a PNG.

    `about` are the lines that say what it is of, `texts` those that stand in the picture itself,
    `alternative` is for those who do not see it, and `link` opens the view that it is from.
    """

    title: str
    content: Matrix | bytes
    about: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    caption: str = ""
    alternative: str = ""
    link: str = ""
    dark: bool = False


def deck(slides: Sequence[Verdicts | Slide], language: str = "en") -> bytes:
    """The bytes of a .pptx file of slides in their order; its texts are in a language (BCP 47)."""
    presentation = Presentation()
    _widen(presentation)
    _sign(presentation, slides, language)
    write = Writer(language)
    for one in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[LAYOUT])
        theme = Theme(one.dark)
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = _colour(theme.paper)
        if isinstance(one, Verdicts):
            _add_verdicts(slide, one, theme, write)
        else:
            _add_picture(slide, one, theme, write)
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


def _sign(presentation: Any, slides: Sequence[Verdicts | Slide], language: str) -> None:
    """Say what a deck is in place of what its template says of itself."""
    said = presentation.core_properties
    first = slides[0].text if isinstance(slides[0], Verdicts) else slides[0].title
    said.title, said.author, said.language = cut(first, 200), say("page.title"), language
    said.last_modified_by = said.author
    said.created = said.modified = datetime.now(UTC).replace(tzinfo=None)


def _widen(presentation: Any) -> None:
    """Give the template, its master and its layouts the width of 16:9, at its height."""
    width = int(presentation.slide_height * WIDTH / HEIGHT)
    factor = width / TEMPLATE_WIDTH
    presentation.slide_width = width
    master = presentation.slide_master
    for shapes in (master.shapes, *(layout.shapes for layout in master.slide_layouts)):
        for shape in shapes:
            if shape._element.xpath("./p:spPr/a:xfrm"):  # others stand where the master has them
                shape.left, shape.width = int(shape.left * factor), int(shape.width * factor)


def _add_verdicts(slide: Any, verdicts: Verdicts, theme: Theme, write: Writer) -> None:
    """The headline over the verdict of each reader, in words and as a chart."""
    said = [
        say(
            "deck.verdict",
            reader=reader,
            label=max(shares, key=shares.get),
            share=100 * max(shares.values()),
        )
        for reader, shares in verdicts.shares.items()
    ]
    end = _add_title(slide, verdicts.text, theme, write, HEADLINE, HEADLINE_LEAST)
    box = Box(EDGE, end + GAP, WIDTH - 2 * EDGE, ABOUT * 1.3 * len(said))
    write.box(slide, box, said, ABOUT, theme.soft)
    room = Box(EDGE, box.bottom + GAP, WIDTH - 2 * EDGE, HEIGHT - FOOT - box.bottom - GAP)
    labels = _labels(verdicts.shares)
    data = CategoryChartData(number_format=PERCENT)
    data.categories = [cut(label, 40) for label in labels]
    for reader, shares in verdicts.shares.items():
        data.add_series(cut(reader, 60), [shares.get(label) for label in labels])
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    frame = slide.shapes.add_chart(kind, *room.emu, data)
    _paint(frame.chart, Theme(theme.dark, readers=tuple(verdicts.shares)))
    _describe(frame, "; ".join(said))
    _add_notes(slide, [verdicts.text, *said], verdicts.link, write)


def _labels(shares: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The labels of all readers in their order; of many, those that some reader finds likeliest."""
    most: dict[str, float] = {}
    for of_reader in shares.values():
        for label, share in of_reader.items():
            most[label] = max(share, most.get(label, 0.0))
    kept = sorted(most, key=lambda label: -most[label])[:MOST_LABELS]
    return [label for label in most if label in kept]


def _paint(chart: Any, theme: Theme) -> None:
    """Give a chart the type and the colours of the page, a colour for each reader."""
    chart.font.size, chart.font.color.rgb = px(CHART_TYPE), _colour(theme.ink)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 60, -8  # percent of a bar's width, between labels and bars
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = PERCENT, False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.size = px(CHART_TYPE)
    for series, reader in zip(plot.series, theme.readers, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _colour(theme.reader(reader))
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, 1, 0.25
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0 %", False
    axis.format.line.fill.background()
    for line in (axis.major_gridlines.format.line, chart.category_axis.format.line):
        line.color.rgb, line.width = _colour(theme.line), Pt(0.75)


def _add_picture(slide: Any, one: Slide, theme: Theme, write: Writer) -> None:
    """A picture under its title and what it is about, over its caption."""
    top: float = _add_title(slide, one.title, theme, write, TITLE, TITLE_LEAST)
    width = WIDTH - 2 * EDGE
    for text in one.about:
        count = min(lines_of(text, ABOUT, width), MOST_LINES)
        box = Box(EDGE, top, width, count * ABOUT * 1.3)
        write.box(slide, box, [fitted(text, ABOUT, width, count)], ABOUT, theme.soft)
        top = box.bottom
    bottom: float = HEIGHT - FOOT
    if one.caption:
        size = CAPTION if lines_of(one.caption, CAPTION, width) <= 2 else CAPTION_LEAST
        count = min(lines_of(one.caption, size, width), MOST_CAPTION)
        box = Box(EDGE, bottom - count * size * 1.3, width, count * size * 1.3)
        write.box(slide, box, [fitted(one.caption, size, width, count)], size, theme.soft)
        bottom = box.top - GAP
    room = Box(EDGE, top + GAP, width, bottom - top - GAP)
    if isinstance(one.content, Matrix):
        frame = deck_table.add(slide, one.content, theme, room, write)
    else:
        frame = _add_image(slide, one.content, room)
    _describe(frame, _alternative(one))
    _add_notes(slide, [one.title, *one.about, *one.texts, one.caption], one.link, write)


def _alternative(one: Slide) -> str:
    """What a picture shows, and the texts in it: each is cut, so that none leaves out another."""
    said = one.alternative or one.title
    if not one.texts:
        return said
    most = MOST_ALTERNATIVE // 2 // len(one.texts)
    return ". ".join([said.rstrip("."), *(cut(text, most) for text in one.texts)])


def _add_image(slide: Any, png: bytes, room: Box) -> Any:
    """An image as large as a room allows, in its middle."""
    image = slide.shapes.add_picture(io.BytesIO(png), 0, 0)
    factor = min(room.emu[2] / image.width, room.emu[3] / image.height)
    image.width, image.height = int(image.width * factor), int(image.height * factor)
    image.left = room.emu[0] + (room.emu[2] - image.width) // 2
    image.top = room.emu[1] + (room.emu[3] - image.height) // 2
    return image


def _add_title(
    slide: Any, title: str, theme: Theme, write: Writer, largest: int, least: int
) -> float:
    """Write the title of a slide, as large as two lines allow; returns the px where it ends."""
    width = WIDTH - 2 * EDGE
    size = largest
    while size > least and lines_of(title, size, width, bold=True) > MOST_LINES:
        size -= 2
    count = min(lines_of(title, size, width, bold=True), MOST_LINES)
    box = Box(EDGE, FOOT, width, count * size * 1.25)
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = map(Emu, box.emu)
    at_the_top(shape.text_frame)
    said = fitted(title, size, width, count, bold=True)
    write.into(shape.text_frame, [said], size, theme.ink, bold=True)
    return box.bottom


def _add_notes(slide: Any, said: Sequence[str], link: str, write: Writer) -> None:
    """What the presenter reads: everything that is said, and the link, which can be clicked."""
    frame = slide.notes_slide.notes_text_frame
    write.plain(frame, [text for text in said if text])
    if link:
        run = write.run(frame.add_paragraph(), link)
        if re.match(r"https?://", link) and len(link) <= LONGEST_ADDRESS:
            run.hyperlink.address = link


def _describe(shape: Any, text: str) -> None:
    """Give a shape its alternative text."""
    shape._element._nvXxPr.cNvPr.set("descr", cut(text, MOST_ALTERNATIVE))


def _colour(colour: str) -> RGBColor:
    return RGBColor.from_string(hexadecimal(colour))
