"""Every view, from its declaration alone: controls, links, and a drawing by every reader."""

from urllib.parse import parse_qsl

import gradio as gr
import pytest

from demo.figures.theme import Theme
from demo.page import links
from demo.page.components import BuiltView
from demo.page.views import VIEWS
from demo.page.views.declaration import Choice, Switch, Text, settle
from demo.sentences import say
from demo.serving.panel import Panel
from tests import other_reader, tiny_encoders
from tests.conftest import TRAINED

OF_TEXT = [view for view in VIEWS if view.of_text]
HEADLINE = "Oil prices climb as storm shuts the court"


@pytest.fixture(scope="module")
def panel(tiny_reader, tmp_path_factory):
    """Readers as unlike as can be: one layer, two layers, none; four labels, and two.

    The first has the record of the trained one, so that there is something for every view.
    """
    from demo.models import open_reader

    place = tmp_path_factory.mktemp("readers")
    panel = Panel()
    panel.add(tiny_reader, TRAINED / "transformer")
    panel.add(open_reader(tiny_encoders.write(place / "bert")), place / "bert")
    panel.add(other_reader.CapitalsReader(), place)
    return panel


@pytest.fixture(params=VIEWS, ids=lambda view: view.id)
def view(request, panel):
    assert request.param.fits(panel)
    return request.param


def chains(view, panel):
    """Each of the first options of each choice, for each option of the first choice."""
    first = [one for one in view.controls if isinstance(one, Choice)][:1]
    starts = [
        {one.name: value} for one in first for _, value in settle(view, panel, {})[one.name].options
    ]
    yield from starts
    for start in starts:
        for control in view.controls:
            for _, value in settle(view, panel, start)[control.name].options[:4]:
                yield {**start, control.name: value}


def test_names_and_ids_are_unlike_each_other():
    ids = [item.id for view in VIEWS for item in view.outputs()]
    ids += [f"{view.id}-{control.name}" for view in VIEWS for control in view.controls]
    assert len(set(ids)) == len(ids)
    assert len({view.id for view in VIEWS}) == len(VIEWS)
    for view in VIEWS:
        names = [control.name for control in view.controls]
        assert len(set(names)) == len(names)
        assert view.main in {item.id for item in view.outputs()}


def test_every_control_is_labelled_and_explained(view):
    for control in view.controls:
        assert say(f"views.{view.id}.{control.name}.label")
        assert say(f"views.{view.id}.{control.name}.help").endswith((".", ")"))


def test_no_control_holds_what_it_does_not_offer(view, panel):
    for asked in [{}, {name.name: "nonsense" for name in view.controls}, *chains(view, panel)]:
        for control in view.controls:
            setting = settle(view, panel, asked)[control.name]
            if isinstance(control, Choice):
                assert setting.value in [value for _, value in setting.options] or (
                    not setting.options and setting.value is None
                )
            elif isinstance(control, Switch):
                assert isinstance(setting.value, bool)
            else:
                assert isinstance(control, Text)
                assert isinstance(setting.value, str)


def test_what_a_view_shows_goes_through_a_link_and_back(view, panel):
    for asked in [{}, *chains(view, panel)]:
        settled = settle(view, panel, asked)
        query = dict(parse_qsl(links.link(panel, view, "Oil", asked).removeprefix("?")))
        found = links.opened(query, panel, VIEWS)
        assert found.problems == ()
        assert (found.text, found.view) == ("Oil", view)
        again = settle(view, panel, found.values)
        shown = [name for name, setting in settled.items() if setting.shown]
        assert [again[name].value for name in shown] == [settled[name].value for name in shown]


def test_every_reader_that_fits_is_drawn(view, panel):
    with gr.Blocks():
        built = BuiltView(view, panel)
    readers = [
        {"reader": name}
        for control in view.controls
        if control.name == "reader"
        for _, name in control.options(panel, {})
    ]
    for asked in readers or [{}]:
        for theme in (Theme(), Theme(dark=True, width=390, readers=tuple(panel))):
            given = dict.fromkeys(view.states)
            settled = {name: one.value for name, one in settle(view, panel, asked).items()}
            drawn = view.draw(panel, HEADLINE, theme, **settled, **given)
            assert set(drawn) <= {item.id for item in view.outputs() if not item.later}
            if view.later:
                rest = view.later(panel, HEADLINE, theme, **settled, **given)
                assert set() != set(rest) <= {item.id for item in view.outputs() if item.later}
                updates = built.show(HEADLINE, theme, settled | given, {}, later=True)
                assert set(rest) == {c.elem_id for c in updates if updates[c].get("value")}
            if not view.states:
                assert view.main in drawn
                updates = built.show(HEADLINE, theme, settled | given, {})
                note = next(c for c in updates if c.elem_id == f"{view.id}-note")
                assert updates[note] == ""


@pytest.mark.parametrize("view", OF_TEXT, ids=lambda view: view.id)
def test_a_view_that_cannot_be_drawn_keeps_no_picture_and_says_why(view, panel):
    with gr.Blocks():
        built = BuiltView(view, panel)
    values = {name: one.value for name, one in settle(view, panel, {}).items()}
    updates = built.show("   ", Theme(), values, {})
    note = next(component for component in updates if component.elem_id == f"{view.id}-note")
    assert "nothing to read" in updates[note]
    hidden = [updates[c] for c in updates if c.elem_id in {item.id for item in view.outputs()}]
    assert len(hidden) == len(view.outputs())
    assert all(one["visible"] is False and one["value"] is None for one in hidden)
