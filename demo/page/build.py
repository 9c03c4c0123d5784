"""The page: text box, cards and views, and the one event that answers everything asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from demo import english
from demo.figures import cards, chips
from demo.figures.templates import html
from demo.figures.theme import Theme
from demo.page import api, links, prepared, slides
from demo.page.components import BuiltView
from demo.page.gradio_compat import Page
from demo.page.languages import in_other_languages, merged, translations
from demo.page.request import Request
from demo.page.views import VIEWS
from demo.page.views.declaration import TEXT, Values, View, emptied, owners, settle
from demo.reading import Reading, check_text
from demo.sentences import ENGLISH, called, languages, say, speaking, spoken
from demo.serving.panel import Panel

FIRST = "plain"  # the example that the page opens with
AS_YOU_TYPE_S = 0.25  # readers that need longer for a headline wait for Enter
REQUEST = "(...values) => window.headlineAttention.request(...values)"
NOTED = "value => {{ window.headlineAttention.stands('{view}', '{name}', value); }}"
CONNECT = "window.headlineAttention.connect({ props, trigger, watch })"
QUIET = {  # of an event that answers at once; of several in a hurry, the last one is answered
    "api_visibility": "private",
    "concurrency_id": "readers",
    "show_progress": "hidden",
    "show_progress_on": [],  # else the browser copies every shown component at each event
    "trigger_mode": "always_last",
}


def build(panel: Panel) -> gr.Blocks:
    """The page over a panel of readers, in every language that there is."""
    fast = sum(panel[name].read(prepared.headline(FIRST)).seconds for name in panel) < AS_YOU_TYPE_S
    page = _build(panel, fast, in_other_languages(lambda: _build(panel, fast, {})))
    return page.queue(max_size=panel.limits.waiting, default_concurrency_limit=panel.limits.at_once)


def _build(panel: Panel, fast: bool, others: dict[str, list[dict[str, Any]]]) -> gr.Blocks:
    """The page in the language that is spoken, and what it says in `others`.

    As it opens, it reads as one types where all readers together are `fast`.
    """
    views = [view for view in VIEWS if view.fits(panel)]

    def answer(http: gr.Request, asked: dict, *states):
        """What changes on the page, in the language of the page: the cards, then the view.

        Each comes as soon as it is there; as the page opens, all at once.
        """
        request = Request(**asked)
        page.speak(http.session_hash, request.language)
        parts = changed(http, request, states)
        if request.why == "open":  # it is still in English
            with speaking(request.language):
                together = {key: value for part in parts for key, value in part.items()}
            yield merged(translated.get(request.language, {}), together)
            return
        while True:
            with speaking(request.language):  # of this part: another thread may go on
                part = next(parts, None)
            if part is None:
                return
            yield part

    def changed(http: gr.Request, request: Request, states: Sequence) -> Iterator[dict]:
        """The cards, then the view that is open."""
        if request.why == "later" and (found := rest(request, states)):
            yield found
            return
        changes: dict[str, Any] = dict(request.set)
        text, problems, view = request.text, [], request.tab
        chosen = request.chosen or text is not None
        updates: dict[Any, Any] = {}
        if request.why in ("open", "follow"):
            kept = request.link is not None
            query = links.query(request.link) if kept else http.query_params
            link = links.opened(query, panel, views)
            if link.text is not None:
                text, chosen = link.text, True
            # What was there at an earlier visit and is not any more is no fault of a link.
            problems, changes = [] if kept else list(link.problems), changes | link.values
            view = link.view.id if link.view else views[0].id
            if view != request.tab:
                updates[tabs] = gr.Tabs(selected=view)
            updates |= reopened(request, view)
        if text is None:
            text = request.shown if chosen else example_of(built[view].view, request.shown)
        asked_for = text
        read, text = read_text(text, request)
        box = {}
        if read and text == asked_for:  # for the box, unless more has been typed by now
            box = {"box": {"typed": request.typed, "text": text}}
        if read:
            yield read | {bridge: box}
        old, new = {TEXT: request.shown or None}, {TEXT: text}
        for one in built.values():
            gone = emptied(one.view, old, new)
            updates |= {one.controls[name]: gr.update(value=gone[name]) for name in gone}
        if text:
            updates |= drawn(view, text, request, changes, states)
            updates[bridge] |= {"chosen": chosen, "set": controls_set(updates), **box}
        if problems:
            gr.Warning(" ".join(problems))
        yield updates

    def reopened(request: Request, view: str) -> dict:
        """The controls of the views beside the one that is open, as the browser has kept them."""
        updates: dict[Any, Any] = {}
        for name in request.views.keys() & (built.keys() - {view}):
            kept = links.opened(links.query(request.views[name]), panel, [built[name].view])
            updates |= built[name].reopen(kept.values)
        return updates

    def read_text(text: str, request: Request) -> tuple[dict, str]:
        """The cards of a text; one that cannot be read changes nothing but the notice."""
        if request.why in ("draw", "later") and text == request.shown:
            return {}, text
        try:
            check_text(text)
            readings = panel.read_all(text)
        except ValueError as error:
            return {notice: cards.alert(str(error))}, request.shown
        return filled(text, readings), text

    def filled(text: str, readings: dict[str, Reading | ValueError]) -> dict:
        """The cards, and what is said above them."""
        shown, read = {}, {}
        for place, (name, found) in enumerate(readings.items()):
            info = panel[name].info
            if isinstance(found, ValueError):  # of this reader alone
                shown[card[name]] = cards.off(info.title, str(found), text)
            else:
                read[info.title] = found
                shown[card[name]] = cards.verdict(
                    found, info.title, place, info.note, info.multi_label
                )
        beyond = english.unknown(list(read.values()))
        said = cards.beyond() if beyond else cards.agreement(read)
        return {notice: said + cards.hint(hint(text)), **shown}

    def drawn(view: str, text: str, request: Request, changes: dict, states: Sequence) -> dict:
        """The view that is open, and the link to it."""
        one = built[view]
        if request.why == "ask" and not one.view.of_text and text != request.shown:
            return {bridge: stands(one.view, text, {})}
        stand, theme = standing(view, request, states), theme_of(request)
        old = {TEXT: request.shown or None, **request.before}
        changes = emptied(one.view, old, {TEXT: text, **stand, **changes}) | changes
        now = stand | changes
        others = any(request.before.get(name) not in (None, now[name]) for name in owners(one.view))
        return {
            **one.show(text, theme, stand, changes, anew=others),
            bridge: stands(one.view, text, now) | {"later": to_come(one.view, text, now, request)},
        }

    def to_come(view: View, text: str, values: Values, request: Request) -> dict | None:
        """What a view is drawn of, if it draws something later, so that this is of the same."""
        if not view.later:
            return None
        found = {name: one.value for name, one in settle(view, panel, values).items()}
        return {"text": text, "dark": request.dark, "width": request.width, "values": found}

    def rest(request: Request, states: Sequence) -> dict | None:
        """What the open view draws later, or None if something has changed since it was drawn."""
        if not request.later:
            return None
        view, text = built[request.tab].view, request.later["text"]
        stand = standing(view.id, request, states)
        if request.later != to_come(view, text, stand | request.set, request):
            return None
        shown = built[view.id].show(text, theme_of(request), stand, request.set, later=True)
        return shown | {
            bridge: stands(view, text, stand | request.set) | {"chosen": request.chosen, "set": []}
        }

    def standing(view: str, request: Request, states: Sequence) -> dict[str, Any]:
        """The controls and the states of a view, by name."""
        owned = [(each, name) for each, one in built.items() for name in one.states]
        kept = {
            name: state for (each, name), state in zip(owned, states, strict=True) if each == view
        }
        opened, now = built[view].opened, request.values if view == request.tab else {}
        return {name: now.get(name, value) for name, value in opened.items()} | kept

    def controls_set(updates: dict) -> list[tuple[str, str, Any]]:
        """The controls that an answer sets, for the browser to know: view, name and value."""
        return [
            (view, name, update["value"])
            for view, name, control in controls_of(built)
            if "value" in (update := updates.get(control, {}))
        ]

    def theme_of(request: Request) -> Theme:
        return Theme(request.dark, request.width, tuple(panel))

    def stands(view: View, text: str, values: Values) -> dict:
        """What the browser keeps of a view: its link, and the controls that lines belong to."""
        return {
            "view": view.id,
            "link": links.link(panel, view, text, values),
            "values": {name: values.get(name) for name in owners(view)},
        }

    with Page(title=say("page.title"), analytics_enabled=False) as page:
        gr.HTML(masthead(), elem_id="masthead")
        with gr.Row(elem_id="ask"):
            headline = gr.Textbox(
                prepared.headline(FIRST),
                label=say("page.headline.label"),
                placeholder=say("page.headline.placeholder"),
                max_lines=4,
                interactive=True,  # the bridge sends what is asked for, and fills it in
                elem_id="headline",
                scale=1,
            )
            button = gr.Button(say("page.read"), variant="primary", elem_id="read", scale=0)
            gr.Checkbox(
                fast,
                label=say("page.as_you_type.label"),
                info=say("page.as_you_type.help"),
                interactive=True,
                elem_id="as-you-type",
                scale=0,
            )
        examples = {
            say(f"page.examples.{example['id']}.chip"): {"text": example["headline"]}
            for example in prepared.EXAMPLES
        }
        row = chips.chips(say("page.prepared"), examples)
        gr.HTML(row, elem_id="examples", elem_classes="chips")
        notice = gr.HTML(cards.hint(""), elem_id="notice")
        with gr.Row(elem_id="cards"):
            card = {
                name: gr.HTML(cards.waiting(reader.info), min_width=200, elem_id=f"card-{name}")
                for name, reader in panel.items()
            }
            for name, why in panel.missing.items():
                gr.HTML(cards.off(called(panel.titles[name]), why), min_width=200)
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            built = {view.id: BuiltView(view, panel) for view in views}
        bridge = gr.HTML({}, html_template="", js_on_load=CONNECT, elem_id="bridge")
        slides.tray(panel)
        asked = gr.JSON({}, visible=False)

        states = [state for one in built.values() for state in one.states.values()]
        changing = []
        for view, name, control in controls_of(built):
            # Gradio takes longer over an event the more inputs it has: the bridge keeps the values.
            line = isinstance(control, gr.Textbox)
            settled = control.submit if line else control.input
            for event in dict.fromkeys((control.input, settled)):  # before what asks for an answer
                noted = NOTED.format(view=view, name=name)
                event(None, control, js=noted, api_visibility="private")
            changing.append(settled)
        translated = translations(page, others)
        outputs = [
            *(notice, tabs, bridge, *card.values()),
            *(component for one in built.values() for component in one.components),
            *(component for changes in translated.values() for component in changes),
        ]
        gr.on(
            [page.load, headline.submit, button.click, bridge.submit, *changing],
            answer,
            [asked, *states],
            list(dict.fromkeys(outputs)),
            js=REQUEST,
            **QUIET,
        )
        for name, function in api.endpoints(panel).items():
            gr.api(function, api_name=name, concurrency_id="readers")

    return page


def controls_of(built: Mapping[str, BuiltView]) -> Iterator[tuple[str, str, Any]]:
    """The view, the name and the component of every control."""
    for view, one in built.items():
        for name, control in one.controls.items():
            yield view, name, control


def masthead() -> str:
    """HTML of the head of the page, with a menu of its languages."""
    return html("masthead", languages=languages(), language=spoken(), english=ENGLISH)


def example_of(view: View, shown: str) -> str:
    """The example that a view shows as long as nobody has chosen a text."""
    if shown and not view.of_text:
        return shown
    return prepared.headline(view.opens_on or FIRST)


def hint(text: str) -> str:
    """What to look for in a prepared text, or nothing."""
    found = prepared.example(text)
    return say(f"page.examples.{found['id']}.hint") if found else ""
