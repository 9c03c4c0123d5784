"""Text on slides: where it stands, how much of it fits, and in which language it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plotly.colors import unlabel_rgb
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Length

EMU = 6350  # of a px, of which 1920 are 13 1/3 inches
# Widths in sizes of type. Which typeface a machine has nobody knows: these are rather too wide.
LETTER, BOLD, WIDE = 0.53, 0.56, 1.0
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0


def px(length: float) -> Length:
    """A length in px of a slide 1920 px wide."""
    return Emu(round(length * EMU))


@dataclass(frozen=True)
class Box:
    """A rectangle, in px of a slide."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.height

    @property
    def emu(self) -> tuple[Length, Length, Length, Length]:
        """Left, top, width and height as PowerPoint counts them."""
        return px(self.left), px(self.top), px(self.width), px(self.height)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """About how wide a line of type of a size is, in px."""
    letter = BOLD if bold else LETTER
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return size * (wide * WIDE + (len(text) - wide) * letter)


def lines_of(text: str, size: float, width: float, bold: bool = False) -> int:
    """About how many lines a text takes in a width; both in px."""
    return max(-int(-width_of(text, size, bold) * 1.04 // width), 1)  # lines end before the edge


def fitted(text: str, size: float, width: float, lines: int, bold: bool = False) -> str:
    """As much of a text as so many lines hold."""
    if lines_of(text, size, width, bold) <= lines:
        return text
    most = len(text)
    while most > 1 and lines_of(text[:most] + "…", size, width, bold) > lines:
        most -= max(most // 50, 1)
    return cut(text, most)


def clean(text: str) -> str:
    """A text without what a file of XML cannot hold."""
    return FORBIDDEN.sub(" ", text)


def cut(text: str, most: int) -> str:
    """At most so many characters of a text, clean and on one line."""
    line = " ".join(clean(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def hexadecimal(colour: str) -> str:
    """Six hexadecimal digits of a colour as Plotly has it, "#rrggbb" or "rgb(r, g, b)"."""
    if colour.startswith("#"):
        return colour[1:].upper()
    return "".join(f"{round(part):02X}" for part in unlabel_rgb(colour))


def at_the_top(frame: Any) -> None:
    """Have a text begin where its box does, and go on below where a line is full."""
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.TOP, True


class Writer:
    """Writes texts of one language (BCP 47)."""

    def __init__(self, language: str):
        self.language = language

    def run(self, paragraph: Any, text: str) -> Any:
        """A text at the end of a paragraph."""
        run = paragraph.add_run()
        run.text = clean(text)
        run.font._element.set("lang", self.language)
        return run

    def plain(self, frame: Any, texts: Sequence[str]) -> None:
        """Each text as a paragraph, in the type that the frame has."""
        for place, text in enumerate(texts):
            self.run(frame.paragraphs[0] if place == 0 else frame.add_paragraph(), text)

    def into(
        self,
        frame: Any,
        texts: Sequence[str],
        size: float,
        colour: str,
        bold: bool = False,
    ) -> None:
        """Each text as a paragraph of its own."""
        self.plain(frame, texts)
        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.LEFT  # the template has titles in the middle
            for run in paragraph.runs:
                run.font.size, run.font.bold = px(size), bold
                run.font.color.rgb = RGBColor.from_string(hexadecimal(colour))

    def box(self, slide: Any, box: Box, texts: Sequence[str], size: float, colour: str) -> None:
        """A box of text on a slide."""
        frame = slide.shapes.add_textbox(*box.emu).text_frame
        at_the_top(frame)
        self.into(frame, texts, size, colour)
