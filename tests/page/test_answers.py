"""The page's one event: what comes in which part of its answer, and where the controls stand."""

from urllib.parse import parse_qsl
from uuid import uuid4

import gradio as gr
import pytest

from tests.page.asking import asked, of, parts

HEADLINE = "oil prices climb as storm shuts the court"
OTHER = "coach praises striker"


def named(part):
    """The ids of the components that a part of an answer changes."""
    return {block.elem_id for block, change in part.items() if change != gr.skip()}


def test_cards_come_first_then_the_view_and_nothing_twice(tiny_page):
    cards, view, ended = parts(
        tiny_page, uuid4().hex, why="ask", text=OTHER, shown=HEADLINE, chosen=True
    )
    assert named(cards) == {"notice", "card-transformer", "bridge"}
    assert {"head-large", "bridge"} <= named(view)
    assert named(view) & named(cards) == {"bridge"}
    assert of(cards, "bridge") == {"box": {"typed": "", "text": OTHER}}
    assert named(ended) == set()


@pytest.mark.parametrize("request_", [{"why": "open", "text": HEADLINE}, {"why": "draw"}])
def test_what_is_there_at_once_comes_at_once(tiny_page, request_):
    answer, ended = parts(tiny_page, uuid4().hex, shown=HEADLINE, chosen=True, **request_)
    assert {"head-large", "bridge"} <= named(answer)
    assert named(ended) == set()


def test_a_text_that_cannot_be_read_leaves_the_view(tiny_page):
    answer = asked(tiny_page, uuid4().hex, why="ask", text=" ", shown=HEADLINE, chosen=True)
    assert "alert" in of(answer, "notice")
    assert HEADLINE in of(answer, "bridge")["link"].replace("+", " ")


DRAW = {"why": "draw", "shown": HEADLINE, "chosen": True}


def head_of(answer):
    """Which head an answer draws, as people count, by the link to it."""
    return dict(parse_qsl(of(answer, "bridge")["link"])).get("head", "1")


@pytest.mark.parametrize(
    ("values", "head"),
    [
        ({}, 1),
        ({"head": 1}, 2),
        ({"head": 1, "layer": 0}, 2),
        # What no control offers, or what is none of its values, is what the page opens with.
        ({"head": 7}, 1),
        ({"head": "1"}, 1),
        ({"head": None}, 1),
        ({"head": [1]}, 1),
        ({"nothing": 1, "job": "mine"}, 1),
    ],
)
def test_controls_stand_as_the_browser_says_or_as_the_page_opened(tiny_page, values, head):
    answer = asked(tiny_page, uuid4().hex, values=values, **DRAW)
    assert head_of(answer) == str(head)
    assert "value" in of(answer, "head-large")


def test_an_answer_tells_the_browser_which_controls_it_has_set(tiny_page):
    answer = asked(tiny_page, uuid4().hex, set={"head": 1}, **DRAW)
    assert of(answer, "bridge")["set"] == [["heads", "head", 1]]
    assert of(answer, "heads-head")["value"] == 1
    answer = asked(tiny_page, uuid4().hex, values={"head": 1}, **DRAW)
    assert of(answer, "bridge")["set"] == []
    assert "value" not in of(answer, "heads-head")  # the person may have chosen another meanwhile
