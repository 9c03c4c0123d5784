"""The HTML of Inside: what it says, and the numbers that it carries."""

import base64
import html
import json
import re

import numpy as np
import pytest

from demo.analysis import arithmetic
from demo.figures import inside
from demo.models import open_reader
from demo.reading import Token
from demo.trace import HeadTrace, Stage
from tests import tiny_encoders

HEADLINE = "Oil prices climb as storm shuts the court"
PLACE = inside.Place("Small transformer, inside head 2", 0, 0, 1, 2, ("a", "b", "c", "d"))
HOSTILE = "</section><img onerror='x'> \"court\" & ${x}"


def unpacked(packed):
    """As assets/strips.js unpacks an array."""
    whole = np.frombuffer(base64.b64decode(packed["bytes"]), "<i2")
    return whole.reshape(packed["shape"]) * packed["step"]


def numbers(picture):
    return json.loads(html.unescape(re.search(r"data-numbers='([^']*)'", picture)[1]))


@pytest.fixture(scope="module")
def steps(tiny_reader):
    return arithmetic.steps(tiny_reader.trace(HEADLINE, 0, 1))


def test_what_is_sent_is_what_was_traced(steps):
    sent = numbers(inside.picture(steps, PLACE))
    assert sent["asking"] == HEADLINE.split()
    assert sent["query"] == steps.query
    assert sent["key"] == steps.weights[steps.query].argmax()
    for name in ("x", "queries", "keys", "scores", "scaled", "values", "mixed", "output"):
        expected, found = getattr(steps, name), unpacked(sent["arrays"][name])
        assert np.abs(found - expected).max() <= np.abs(expected).max() / 32_000
    further = numbers(inside.onward(steps, PLACE))["arrays"]
    for stage in steps.stages:
        expected = stage.values
        assert np.abs(unpacked(further[stage.name]) - expected).max() < 1e-3


def test_six_steps_have_a_formula_a_shape_and_a_sentence(steps):
    drawn = inside.picture(steps, PLACE)
    assert drawn.count('class="step"') == drawn.count("<math") == 6
    assert drawn.count('class="shape"') == 6
    assert "8 × 32" in drawn
    assert "√32 = 5.66" in drawn


@pytest.mark.parametrize(
    ("query", "key", "shown"), [(2, 5, (2, 5)), (99, -1, None), (None, 3, None)]
)
def test_a_pick_that_is_not_there_is_the_first_one(steps, query, key, shown):
    sent = numbers(inside.picture(steps, PLACE, query, key))
    first = (steps.query, key if key == 3 else int(steps.weights[steps.query].argmax()))
    assert (sent["query"], sent["key"]) == (shown or first)


def test_no_text_becomes_markup(tiny_reader):
    hostile = arithmetic.steps(tiny_reader.trace(HOSTILE))
    place = inside.Place(HOSTILE, 0, 0, 1, 2, (HOSTILE,) * 4)
    changed = inside.verdict((HOSTILE,), np.ones(1), np.ones(1), 2.0, HOSTILE, 0.5)
    for drawn in (inside.picture(hostile, place), inside.onward(hostile, place), changed):
        assert "<img" not in drawn
        assert "</section><" not in drawn.replace("</section>\n", "")
    assert numbers(inside.onward(hostile, place))["labels"] == [HOSTILE] * 4


def test_the_verdict_names_every_change_and_none_where_nothing_is_changed():
    before, after = np.array([0.9, 0.1]), np.array([0.2, 0.8])
    drawn = inside.verdict(("yes", "no"), before, after, 2.0, "b a", 0.955)
    for said in ("all scores × 2", "the words shuffled", "the padding", "b a", "96%", "80.0 %"):
        assert said in drawn
    plain = inside.verdict(("yes", "no"), before, before, 1.0, "", None)
    assert "%" not in plain
    assert 'data-factor="1"' in plain


@pytest.mark.parametrize("layer", [0, 1])
def test_an_encoder_says_where_in_the_stack_a_head_stands(tmp_path, layer):
    reader = open_reader(tiny_encoders.write(tmp_path / "bert"))
    found = arithmetic.steps(reader.trace(HEADLINE, layer, 2))
    place = inside.Place("BERT", 1, layer, 2, 3, reader.info.labels)
    drawn = inside.picture(found, place)
    assert f"Layer {layer + 1} of 2" in drawn
    assert ("From the layer below" in drawn) == bool(layer)
    assert ("Positions" in inside.onward(found, place)) == (not layer)


def test_sixteen_words_of_a_wide_encoder_are_less_than_200_kilobytes():
    rng = np.random.default_rng(0)
    tokens = (Token("[CLS]", 0, 0, True), *(Token("prices", 7 * n, 7 * n + 6) for n in range(22)))

    def normal(*shape):
        return rng.normal(size=(len(tokens), *shape)).astype(np.float32)

    weights = np.full((len(tokens), len(tokens)), 1 / len(tokens), np.float32)
    stages = (Stage("attended", normal(768)), Stage("layer", normal(768)))
    trace = HeadTrace(
        tokens,
        *(normal(768), normal(64), normal(64), normal(64), normal(len(tokens)), 0.125, weights),
        *(normal(64), normal(768), np.full(4, 0.25), np.zeros(len(tokens))),
        parts=(Stage("word", normal(768)), Stage("position", normal(768))),
        stages=stages,
    )
    steps = arithmetic.steps(trace)
    place = inside.Place("BERT", 1, 0, 12, 12, ("a", "b", "c", "d"))
    assert len(inside.picture(steps, place)) + len(inside.onward(steps, place)) < 200_000


@pytest.fixture(scope="module")
def aligned(tiny_writer):
    return arithmetic.steps(tiny_writer.trace(HEADLINE))


BESIDE = inside.Place("Bahdanau, inside its alignment", 2)


def parts(picture):
    found = re.findall(r"data-numbers='([^']*)'", picture)
    return [json.loads(html.unescape(one)) for one in found]


def test_two_kinds_stand_step_beside_step(steps, aligned):
    drawn = inside.pair((steps, PLACE), (aligned, BESIDE))
    assert drawn.count('class="step"') == drawn.count("<math") == 12
    assert "√32 = 5.66" in drawn
    assert "No scale" in drawn
    one, other = parts(drawn)
    assert (one["additive"], other["additive"]) == (False, True)
    assert [one["of"], other["of"]] == [PLACE.title, BESIDE.title]
    assert other["spans"][0] == [0, 3]
    assert unpacked(other["arrays"]["scaled"]) == pytest.approx(aligned.scaled, abs=1e-3)


def test_both_open_with_the_same_word_as_key(steps, aligned):
    one, other = parts(inside.pair((steps, PLACE), (aligned, BESIDE), 1, 4, 0))
    assert (one["query"], one["key"], other["query"], other["key"]) == (1, 4, 0, 4)


def test_a_piece_is_found_in_its_word_and_a_mark_nowhere():
    words = (Token("storm", 0, 5), Token("shuts", 6, 11))
    assert inside.same_word(Token("##uts", 8, 11), words) == 1
    assert inside.same_word(Token("[SEP]", 11, 11, special=True), words) is None
    assert inside.same_word(Token("coast", 12, 17), words) is None


def test_what_sets_them_apart_is_said_with_the_factor():
    assert 'data-factor="2.5"' in inside.two_kinds(2.5)
    assert "tanh" in inside.two_kinds(2.5)
