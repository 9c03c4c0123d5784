"""What a view is: its controls, its pictures and where they stand, and one function that draws.

Components, links, presentation and the API derive from such a declaration. A new view is
a file of its own that declares `VIEW`, and a line in `demo/page/views/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.reading import ReaderInfo
from demo.sentences import say
from demo.serving.panel import Panel

KEPT_S = 3600  # how long what a session has lies in memory after it was last used

Values = Mapping[str, Any]  # of a view's controls, and of its states, by name
Option = tuple[str, Any]  # what people see, and the value
When = Callable[[Panel, Values], bool]
TEXT = "text"  # that is read, to which a line of a view may belong


def always(panel: Panel, values: Values) -> bool:
    """The condition of a control that is always there."""
    return True


@dataclass(frozen=True)
class Labelled:
    """What a person sets in a view.

    `name` is its keyword in `draw` and its name in a link, `aliases` are names that older links
    use. A link that does not name it means what it opens with, or `unnamed`, what it opened with
    when older links were made: they keep their meaning. Its label, and the sentence behind its "?",
    stand under `views.<view>.<name>` among the page's sentences. It is shown `when` that makes
    sense of the controls declared before it, and of the states of the view.
    """

    name: str
    when: When = always
    aliases: tuple[str, ...] = ()
    unnamed: Any = None
    folded: bool = False


@dataclass(frozen=True)
class Choice(Labelled):
    """One of several options, which may depend on the controls before it; a lone one is hidden.

    `first` tells the option that it opens with; without it, the first one.
    """

    options: Callable[[Panel, Values], Sequence[Option]] = lambda panel, values: ()
    first: Callable[[Panel, Values], Any] | None = None


@dataclass(frozen=True)
class Switch(Labelled):
    """On or off."""

    on: bool = False


@dataclass(frozen=True)
class Text(Labelled):
    """A line that is typed; with Enter the view is drawn anew.

    It is emptied where something changes that it `belongs_to`: `TEXT`, the text that is read, or
    a control of the view.
    """

    value: str = ""
    belongs_to: str = ""
    lines: int = 1


@dataclass(frozen=True)
class Pick(Text):
    """What is picked within a picture of the view; no component shows it, and links name it."""

    when: When = lambda panel, values: False


Control = Choice | Switch | Text


@dataclass(frozen=True)
class Picture:
    """A Plotly figure, over the buttons that save and present it; `draw` gives it under its id.

    What comes `later` is given by the view's function of that name. Where a row is what a word
    looks at, people can `guess` it before it is shown.
    """

    id: str
    later: bool = False
    guess: bool = False


@dataclass(frozen=True)
class Html:
    """A piece of HTML; with `tools` it is saved and presented as a picture is."""

    id: str
    tools: tuple[str, ...] = ()
    classes: tuple[str, ...] = ("caption",)
    later: bool = False


@dataclass(frozen=True)
class Own:
    """Components that no declaration can say; `build(panel)` makes them, and gives their names.

    They are shown `when` that makes sense of the controls and the states of the view.
    """

    build: Callable[[Panel], dict[str, Any]]
    when: When = always


Item = Picture | Html | Own | str  # a string is the name of a control


@dataclass(frozen=True)
class Column:
    """Things under each other, in a row beside other columns; it is hidden when all of them are."""

    items: tuple[Item, ...]
    scale: int = 1


@dataclass(frozen=True)
class Row:
    """Columns beside each other, on a phone under each other."""

    columns: tuple[Column, ...]


@dataclass(frozen=True)
class View:
    """A tab of the page.

    `draw(panel, text, theme, **controls)` returns what each picture and piece of HTML shows, by its
    id; what it leaves out is hidden. It raises InputError where there is nothing to draw. What
    takes longer `later` draws in the same way, in an answer of its own. Controls that the `layout`
    does not name stand in a row above it. `main` is what a presentation shows first, and `steps`
    are the choices that it steps through: the first one with the arrows left and right, the second
    one with those up and down. A view that is not `of_text` stays as it is when a new text is read.
    As long as nobody has chosen a text, the example that a view `opens_on` is read, "" for the
    page's first one. `states` are kept by the server for a session and handed to `draw` by name;
    `connect` is given the view's components by name, once all of them exist, and adds events of its
    own.
    """

    id: str
    controls: tuple[Control, ...]
    layout: tuple[Row | Item, ...]
    draw: Callable[..., dict[str, Any]]
    main: str
    later: Callable[..., dict[str, Any]] | None = None
    fits: Callable[[Panel], bool] = lambda panel: True
    of_text: bool = True
    opens_on: str = ""
    steps: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    connect: Callable[[Panel, dict[str, Any]], None] | None = None

    @property
    def title(self) -> str:
        """What its tab says."""
        return say(f"views.{self.id}.title")

    def named_steps(self) -> list[dict[str, str]]:
        """The choices that a presentation steps through, each with what people call it."""
        return [
            {"name": name, "label": say(f"views.{self.id}.{name}.label")} for name in self.steps
        ]

    def items(self) -> list[Item]:
        """Everything in the layout, in its order."""
        found: list[Item] = []
        for part in self.layout:
            columns = part.columns if isinstance(part, Row) else (Column((part,)),)
            found += [item for column in columns for item in column.items]
        return found

    def outputs(self) -> list[Picture | Html]:
        """What `draw` fills."""
        return [item for item in self.items() if isinstance(item, Picture | Html)]


@dataclass(frozen=True)
class Setting:
    """A control as it stands: its value, its options (of a choice), and whether it is shown."""

    value: Any
    shown: bool
    options: list[Option] = field(default_factory=list)


def settle(view: View, panel: Panel, asked: Values) -> dict[str, Setting]:
    """Every control as it stands when `asked` for some values.

    A value that is not among a choice's options is the one that it opens with, so that no control
    ever holds what it does not offer.
    """
    settled: dict[str, Setting] = {}
    values: dict[str, Any] = {name: asked.get(name) for name in view.states}
    for control in view.controls:
        shown = control.when(panel, values)
        if isinstance(control, Choice):
            options = list(control.options(panel, values))
            offered = [value for _, value in options]
            first = control.first(panel, values) if control.first else next(iter(offered), None)
            value = asked.get(control.name, first)
            # Not `in`: True and 1 are no matter here, but a head 0 is not the switch False.
            if not any(value == one and type(value) is type(one) for one in offered):
                value = first
            setting = Setting(value, shown and len(options) > 1, options)
        elif isinstance(control, Switch):
            setting = Setting(bool(asked.get(control.name, control.on)), shown)
        else:
            setting = Setting(str(asked.get(control.name, control.value) or ""), shown)
        settled[control.name], values[control.name] = setting, setting.value
    return settled


def emptied(view: View, before: Values, now: Values) -> dict[str, Any]:
    """The lines of a view whose text or control is another one `now`, each with what it opens with.

    What `before` does not name, or names as None, was not there: nothing belonged to it.
    """
    lines = [one for one in view.controls if isinstance(one, Text) and one.belongs_to]
    return {
        line.name: line.value
        for line in lines
        if before.get(line.belongs_to) not in (None, now.get(line.belongs_to))
    }


def owners(view: View) -> set[str]:
    """The controls that a line of the view belongs to."""
    owned = {one.belongs_to for one in view.controls if isinstance(one, Text)}
    return {one.name for one in view.controls if one.name in owned}


def picked_place(written: str) -> int | None:
    """The place that a pick names, counted from 0 where people count from 1; None if no number."""
    return int(written) - 1 if written.isdecimal() and len(written) < 5 else None


def readers(fits: Callable[[ReaderInfo], bool] = lambda info: True) -> Callable:
    """Options: the readers that fit."""
    return lambda panel, values: [
        (reader.info.title, name) for name, reader in panel.items() if fits(reader.info)
    ]


def info_of(panel: Panel, values: Values) -> ReaderInfo:
    """The reader that a view's control `reader` names."""
    return panel[values["reader"]].info
