"""What the browser asks of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from demo.sentences import ENGLISH


@dataclass(frozen=True)
class Request:
    """What the browser asks for; assets/bridge.js makes it.

    `why` is "open" as the page opens, "follow" where a link shall be opened on the page that is
    there, "ask" where a text shall be read, "draw" where the open view shall be drawn, and "later"
    where the rest of it shall be, if all still stands as the answer before said in `later`. `text`
    is what was asked for last, and `typed` what was in the box then; `shown` is what the cards
    show, and `chosen` says whether a person or a link has chosen a text. `values` holds the
    controls of the view that are not as the page opened with them, by name, `set` those that a
    script changes, and `before` those that its lines belong to as they stood when it was drawn
    last.

    `link` is the query that is followed, or, as the page opens, the one that is opened in place of
    the address's; `views` has those of the other views then, by their ids.
    """

    why: str
    tab: str
    text: str | None = None
    shown: str = ""
    typed: str = ""
    chosen: bool = False
    dark: bool = False
    width: int = 1280
    language: str = ENGLISH
    values: dict[str, Any] = field(default_factory=dict)
    set: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    later: dict[str, Any] | None = None
    link: str | None = None
    views: dict[str, str] = field(default_factory=dict)
