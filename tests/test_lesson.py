"""The lesson: its links open, and what its steps say of the readers is so."""

import numpy as np
import pytest

from demo import load_panel
from demo.analysis import attention, faithfulness
from demo.analysis.attention import Specials
from demo.page import links
from demo.page.prepared import LESSON
from demo.page.views import VIEWS
from demo.page.views.declaration import settle
from demo.sentences import languages, part, speaking
from tests.conftest import TRAINED

pytestmark = pytest.mark.trained
OPENING = [step["name"] for step in LESSON if "opens" in step]


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


def opens(name):
    return next(step["opens"] for step in LESSON if step["name"] == name)


def opened(name, panel):
    """The text that a step has read, and the controls of its view, by name."""
    found = links.opened(opens(name), panel, VIEWS)
    values = {
        key: setting.value for key, setting in settle(found.view, panel, found.values).items()
    }
    return found.text, values


@pytest.mark.parametrize("name", OPENING)
def test_the_link_of_a_step_opens_what_it_names(name, panel):
    found = links.opened(opens(name), panel, VIEWS)
    assert found.problems == ()
    assert found.view.id == opens(name)["tab"]
    _, values = opened(name, panel)
    for key, spelled in opens(name).items():
        if key not in ("text", "tab"):
            assert links.spelled(values[key]) == spelled


def test_every_step_is_told_in_every_language():
    for language in languages():
        with speaking(language):
            told = part("scripts.lesson.steps")
        assert list(told) == [step["name"] for step in LESSON]
        assert all(set(one) == {"title", "text", "look"} for one in told.values())


def test_the_first_word_fades_from_the_state_of_a_recurrent_network(panel):
    text, values = opened("forget", panel)
    first, rest = text.split(" ", 1)

    def states(text):
        annotations = panel[values["reader"]].trace(text).annotations  # (tokens, 2 units)
        return annotations[:, : annotations.shape[1] // 2]  # of the network that reads forwards

    other = states(f"Every {rest}")
    assert first != "Every"
    changed = np.linalg.norm(states(text) - other, axis=1)  # (tokens,)
    assert changed[-1] < 0.1 * changed[0]


def test_the_row_that_is_followed_looks_near_the_end_of_the_text(panel):
    text, values = opened("align", panel)
    reading = panel[values["reader"]].read(text)
    row = reading.alignment.weights[reading.alignment.outputs.index("pilots")]
    assert reading.tokens[row.argmax()].text == "pilots"
    assert row.argmax() > 0.75 * len(row)


def test_the_two_heads_look_at_different_words(panel):
    text, values = opened("heads", panel)
    one, other = panel[values["reader"]].read(text).attention[0].argmax(axis=-1)
    assert np.mean(one != other) >= 0.5


def test_every_word_looks_at_the_one_before_it(panel):
    text, values = opened("position", panel)
    head = attention.of_head(panel[values["reader"]].read(text), values["layer"], values["head"])
    (weights,) = attention.view(head, Specials(values["specials"]), by_word=True).weights
    assert weights[1:].argmax(axis=1).tolist() == list(range(len(weights) - 1))


def test_the_marks_get_half_of_everything_between_the_first_and_the_last_layer(panel):
    text, values = opened("layers", panel)
    info = panel[values["reader"]].info
    view = attention.view(panel[values["reader"]].read(text), Specials.FOLDED, by_word=True)
    first, *between, last = view.to_marks.reshape(info.layers, -1).mean(axis=1)
    assert max(first, last) < 0.3
    assert all(0.4 < share < 0.7 for share in between)


def test_frozen_bert_is_behind_the_small_transformer_and_fine_tuned_it_is_ahead(panel):
    bert, small = panel["bert"].record, panel["transformer"].record
    for variant in ("title_description", "title"):
        frozen, tuned, other = (
            record[variant]["accuracy"] for record in (bert.frozen, bert.test, small.test)
        )
        assert frozen < other < tuned


def test_words_that_draw_attention_are_not_those_that_the_verdict_needs(panel):
    text, values = opened("careful", panel)
    served = panel[values["reader"]]
    found = served.kept(faithfulness.left_out, text)
    drawn = faithfulness.by_token(served, found.reading, values["by"])
    found = found.with_ranking(values["by"], drawn)
    seen, needed = (
        found.importance[name] / found.importance[name].max()
        for name in (values["by"], faithfulness.LEAVE_ONE_OUT)
    )
    assert np.any((seen > 0.6) & (needed < 0.2))
    assert np.any((seen < 0.4) & (needed > 0.6))
