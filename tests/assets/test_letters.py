"""What a person types, made fit for XML, for a line and for a file's name, by the script alone."""

import json
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.browser
FAMILY = "👨‍👩‍👧"  # one character to people: five code points


@pytest.fixture(scope="module")
def letters(chromium_browser):
    """A function that calls one of the script; texts with half emojis go as JSON."""
    page = chromium_browser.new_page()
    page.evaluate("window.headlineAttention = {}")
    page.add_script_tag(content=(ROOT / "assets/letters.js").read_text("utf-8"))

    def call(name, *arguments):
        return json.loads(
            page.evaluate(
                "([name, given]) => JSON.stringify("
                "headlineAttention.letters[name](...JSON.parse(given)))",
                [name, json.dumps(arguments)],
            )
        )

    yield call
    page.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oil\u000bprices", "Oil prices"),  # Excel's break within a cell
        ("Oil\fprices", "Oil prices"),
        ("Oil\u001fprices", "Oil prices"),
        ("Oil\0 prices\u0007\u001b[1m", "Oil prices[1m"),
        ("Oil\ttab\nline\rend", "Oil\ttab\nline\rend"),
        ("half \ud83d of an emoji", "half  of an emoji"),
        ("the other \ude00 half", "the other  half"),
        ("whole 😀 and 𝒪il", "whole 😀 and 𝒪il"),
        ("not\ufffe\uffffcharacters", "notcharacters"),
        ("\ue000 private, \ufffd replaced", "\ue000 private, \ufffd replaced"),
        ("\x7f\x85 allowed", "\x7f\x85 allowed"),
        ("", ""),
    ],
)
def test_what_xml_forbids_is_dropped_and_nothing_else(letters, text, expected):
    found = letters("forXml", text)
    assert found == expected
    ElementTree.fromstring(f"<a>{found}</a>")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a\0", {"b": "c\u000bd"}], ["a", {"b": "c d"}]),
        ({"x": {"ticktext": ["\ud800"]}, "n": 1.5}, {"x": {"ticktext": [""]}, "n": 1.5}),
        ([None, True, 0, "fine"], [None, True, 0, "fine"]),
        ([], []),
        ({}, {}),
        ("\x01", ""),
    ],
)
def test_every_string_of_a_figure_is_made_fit(letters, value, expected):
    assert letters("allForXml", value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 10, "a" * 10),
        ("a" * 11, "a" * 9 + "…"),
        ("a" * 8 + FAMILY + "bcd", "a" * 8 + FAMILY + "…"),
        ("a" * 9 + FAMILY + "b", "a" * 9 + "…"),
        (FAMILY * 10, FAMILY * 10),  # fifty code points, ten characters
        ("e\u0301" * 11, "e\u0301" * 9 + "…"),
        ("🇰🇷" * 11, "🇰🇷" * 9 + "…"),
        ("नि" * 11, "नि" * 9 + "…"),
        ("", ""),
    ],
)
def test_a_line_is_cut_between_characters_as_people_see_them(letters, text, expected):
    assert letters("shortened", text, 10) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Layer 1, head 2: Oil", "layer-1-head-2-oil.png"),
        ("Nestle\u0301 and L'Ore\u0301al", "nestlé-and-l-oréal.png"),
        ("भारत में चुनाव", "भारत-में-चुनाव.png"),
        ("ราคาน้ำมัน", "ราคาน้ำมัน.png"),
        ("İstanbul", "i\u0307stanbul.png"),
        ('a/b\\c:d*e?f"g<h>i|j\0k', "a-b-c-d-e-f-g-h-i-j-k.png"),
        ("../../etc", "etc.png"),
        (".hidden", "hidden.png"),
        ("…!?", "picture.png"),
        ("", "picture.png"),
        ("CON", "picture-con.png"),
        ("lpt1", "picture-lpt1.png"),
        ("😀", "picture.png"),
        ("half \ud83d", "half.png"),
    ],
)
def test_a_file_is_named_by_the_letters_of_any_script(letters, title, expected):
    assert letters("fileName", title, "png") == expected


@pytest.mark.parametrize("letter", ["a", "é", "भ", "िक", "𝒪", "e\u0301\u0302\u0303"])
def test_a_long_name_is_cut_to_what_file_systems_take(letters, letter):
    name = letters("fileName", letter * 300, "png")
    assert 150 < len(name.encode()) <= 200
    assert not name.removesuffix(".png").endswith("-")
