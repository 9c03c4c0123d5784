"""Alignment: what was written, and which words were looked at for it."""

from __future__ import annotations

from demo.analysis import attention
from demo.figures import alignment, replay
from demo.figures.theme import Theme
from demo.page.views.declaration import (
    TEXT,
    Choice,
    Html,
    Picture,
    Text,
    Values,
    View,
    info_of,
    readers,
)
from demo.reading import Ability, ReaderInfo
from demo.sentences import say
from demo.serving.panel import Panel

THEME, PAPER = "Theme", "As in the paper: 0 black, 1 white"


def can_align(info: ReaderInfo) -> bool:
    """Whether a reader writes, or has heads to roll out."""
    return Ability.WRITE in info.can or info.layers > 0


def writer(panel: Panel, values: Values) -> str:
    """A reader that writes, if there is one."""
    writers = [name for name, reader in panel.items() if Ability.WRITE in reader.info.can]
    return next(iter([*writers, *(name for _, name in readers(can_align)(panel, values))]))


def about(kind: str, text: str, given: str) -> list[str]:
    """The two texts of the picture, or nothing where it is of the one that is read."""
    if kind == "written":
        return []
    return [
        say(f"views.alignment.about.{kind}.read", text=text),
        say(f"views.alignment.about.{kind}.given", text=given),
    ]


def draw(
    panel: Panel, text: str, theme: Theme, *, reader: str, own: str, second: str, colours: str
) -> dict:
    """The alignment of what was written, or of a rollout."""
    info = panel[reader].info
    given = own if Ability.WRITE in info.can else second if Ability.PAIR in info.can else ""
    aligned = attention.align(panel[reader].read(text, (given.strip() and given) or None))
    kind = "written" if not given.strip() else "own" if Ability.WRITE in info.can else "second"
    place = theme.readers.index(reader) if reader in theme.readers else 0
    written = replay.writing(aligned, place, given=kind == "own")
    return ({"alignment-replay": written} if written else {}) | {
        "alignment": alignment.matrix(
            aligned,
            theme,
            as_in_the_paper=colours == PAPER,
            title=say(f"views.alignment.pictures.{kind}", reader=info.title),
            about=about(kind, text, given),
        ),
        "alignment-caption": alignment.description(aligned),
        "alignment-caution": alignment.caution(aligned),
    }


VIEW = View(
    id="alignment",
    main="alignment",
    opens_on="lead",  # of a headline, the reader writes little more than its words in their order
    steps=("reader",),
    fits=lambda panel: any(can_align(reader.info) for reader in panel.values()),
    controls=(
        Choice("reader", options=readers(can_align), first=writer),
        Choice(
            "colours",
            options=lambda panel, values: [
                (say(f"views.alignment.colours.{name}"), name) for name in (THEME, PAPER)
            ],
        ),
        Text(
            "own",
            when=lambda panel, values: Ability.WRITE in info_of(panel, values).can,
            belongs_to=TEXT,
        ),
        Text(
            "second",
            when=lambda panel, values: Ability.PAIR in info_of(panel, values).can,
            belongs_to=TEXT,
        ),
    ),
    layout=(
        Html("alignment-replay", classes=()),
        Picture("alignment", guess=True),
        Html("alignment-caption"),
        Html("alignment-caution"),
    ),
    draw=draw,
)
