"""The page in another language: what its components say, what it answers, and to whom."""

import re
from urllib.parse import urlencode
from uuid import uuid4

import gradio as gr
import pytest

from demo.figures import cards
from demo.page import api
from demo.page.build import build
from demo.page.languages import in_other_languages, merged, translations
from demo.reading import CLASSES
from demo.sentences import ENGLISH, called, languages, say, speaking
from tests.conftest import ROOT
from tests.page.asking import asked, of

OTHERS = [language for language in languages() if language != ENGLISH]
SAID = {"label", "info", "placeholder", "choices", "value"}  # properties that people read
HEADLINE = "oil prices climb as storm shuts the court"


@pytest.mark.parametrize("language", OTHERS)
def test_the_first_answer_says_the_page_in_its_language(tiny_page, language):
    answer = asked(tiny_page, uuid4().hex, why="open", text=HEADLINE, language=language)
    with speaking(language):
        assert of(answer, "heads-layer")["label"] == say("views.heads.layer.label")
        assert of(answer, "read")["value"] == say("page.read")
        assert say("page.masthead.tagline") in of(answer, "masthead")["value"]
        assert of(answer, "headline")["placeholder"] == say("page.headline.placeholder")
        assert (
            say("heads.every") not in of(answer, "heads-caption")["value"]
        )  # one layer has no map
        tokens = say("heads.tokens", count=8)
    assert tokens in of(answer, "heads-caption")["value"]


def test_the_english_page_is_sent_as_it_is(tiny_page):
    answer = asked(tiny_page, uuid4().hex, why="open", text=HEADLINE, language=ENGLISH)
    assert "label" not in of(answer, "heads-layer")
    assert "8 tokens" in of(answer, "heads-caption")["value"]
    unknown = asked(tiny_page, uuid4().hex, why="open", text=HEADLINE, language="../../etc")
    assert "8 tokens" in of(unknown, "heads-caption")["value"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_later_answer_says_only_what_it_draws(tiny_page, language):
    session = uuid4().hex
    asked(tiny_page, session, why="open", text=HEADLINE, language=language)
    answer = asked(tiny_page, session, why="draw", shown=HEADLINE, chosen=True, language=language)
    assert "label" not in of(answer, "heads-layer")
    with speaking(language):
        assert say("heads.tokens", count=8) in of(answer, "heads-caption")["value"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_link_that_is_followed_sets_controls_and_says_no_label_again(tiny_page, language):
    session, before = uuid4().hex, "coach praises striker"
    asked(tiny_page, session, why="open", text=before, language=language)
    followed = {"why": "follow", "link": f"?{urlencode({'text': HEADLINE, 'head': 2})}"}
    answer = asked(tiny_page, session, shown=before, language=language, **followed)
    assert of(answer, "heads-head")["value"] == 1
    assert "label" not in of(answer, "heads-head")
    assert HEADLINE in of(answer, "bridge")["box"]["text"]
    with speaking(language):
        assert say("heads.tokens", count=8) in of(answer, "heads-caption")["value"]


@pytest.mark.parametrize("language", OTHERS)
def test_events_of_a_view_are_answered_in_the_language_of_the_session(tiny_page, language):
    sessions = {language: uuid4().hex, ENGLISH: uuid4().hex}
    pasted = "name,place\nAnn,Oslo\nBob,Rome\n" * 2
    for code, session in sessions.items():
        asked(tiny_page, session, why="open", text=HEADLINE, language=code)
    for code, session in sessions.items():
        answer = asked(tiny_page, session, data=[pasted, None, None], function="look_at")
        with speaking(code):
            assert say("batch.first_rows") in of(answer, "batch-preview")


def test_a_translation_changes_nothing_but_what_people_read(tiny_page):
    assert OTHERS
    for changes in translations(
        tiny_page, in_other_languages(lambda: build(tiny_page.panel))
    ).values():
        assert len(changes) > 40
        assert {name for properties in changes.values() for name in properties} <= SAID


@pytest.mark.parametrize("language", OTHERS)
def test_people_read_labels_in_their_language_and_programs_in_english(tiny_page, language):
    reading = tiny_page.panel["transformer"].read(HEADLINE)
    with speaking(language):
        shares = api.endpoints(tiny_page.panel)["classify"](HEADLINE)
        card = cards.verdict(reading, "reader", 0)
        assert all(called(label) in card and label not in card for label in CLASSES)
    assert set(shares["transformer"]) == set(CLASSES)


def test_an_update_goes_before_a_translation():
    with gr.Blocks():
        box, other, number = gr.Textbox(), gr.Textbox(), gr.Number()
    found = merged({box: {"label": "a", "value": "b"}, other: {"info": "c"}}, {box: "d", number: 2})
    assert found[box] == gr.update(label="a", value="d")
    assert found[other] == gr.update(info="c")
    assert found[number] == 2
    hidden = merged({box: {"label": "a"}}, {box: gr.update(visible=False)})
    assert hidden[box] == gr.update(label="a", visible=False)


def test_the_menu_lists_every_language_by_its_own_name(tiny_page):
    (masthead,) = (one for one in tiny_page.blocks.values() if one.elem_id == "masthead")
    offered = re.findall(r'<option value="(.*?)".*?>(.*?)</option>', masthead.value)
    assert dict(offered) == languages()
    assert offered[0][0] == ENGLISH
    assert set(languages()) == {file.stem for file in (ROOT / "assets/locales").glob("*.json")}
