r"""What a text lost on its way is mended before it is read, and every character keeps its place.

The rules are those by which the training texts were cleaned (`demo/training/agnews.py` uses them
from here), and those that make one text of its spellings in Unicode:

1. HTML entities, their remnants in AG News (" #39;", "quot;"), and tags written in entities.
2. Backslashes, which AG News has for line breaks, and the spaces that a lost "&" left (North 's).
3. Characters that nobody sees: soft hyphens, joiners, byte order marks, controls of direction.
4. Ligatures and letters of a style (ﬁ, ｏｉｌ), by their compatibility decomposition (UAX 15).
5. Composed letters (NFC). That is the same text by Unicode's own definition, so nothing is said.

A tag that stands there as itself is what a person typed and stays; only training texts lose it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html.entities import html5

import regex

from demo.sentences import listed, say

# The kinds of what is mended: their names for people stand under `mending.kinds`.
ENTITIES, TAGS, BACKSLASHES = "entities", "tags", "backslashes"
SPACES, INVISIBLE, LIGATURES, STYLED = "spaces", "invisible", "ligatures", "styled"

# The corpus lost the "&" of most entities (" #39;", "quot;", "lt;b gt;") and in part was tokenized
# afterwards ("# 39 ;"). "&" itself came out as "amp;" or, worse, as "&amp;lt;".
_TOKENIZED_ENTITY = re.compile(
    r"(?<![\w&])(?:& )?(# ?\d{2,4}|quot|amp|lt|gt) ;|& (quot|amp|lt|gt)\b"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});", re.I)
_BARE_ENTITY = re.compile(
    r"(?<![\w&])(#(?:3[2-9]|[4-9]\d|\d{3,4})|quot|amp|lt|gt|nbsp|apos|mdash|ndash);"
)
_TAG = re.compile(
    r"<\s?/?\s?(?:a|b|big|br|cite|div|em|font|h\d|hr|i|img|li|meta|nobr|ol|p|pre|q|s|small|span|"
    r"strong|sub|sup|t[dhr]|table|title|tt|u|ul)\b[^<>]{0,500}>",
    re.I,
)
_BACKSLASH = re.compile(r"\\")
_PARTED = re.compile(r"(?<=\w)\s+(?:(['’])\s?(?=(?:s|t|d|m|ll|re|ve)\b(?!['’]))|(&)(?=\w))", re.I)
_INVISIBLE = re.compile(  # what Unicode says to ignore by default, and controls that are no space
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_STYLED = re.compile(
    "[Ĳĳſℂℊ-ℓℕℙ-ℝℤℨℬℭℯ-ℱℳℴℹⅠ-ⅿⒶ-ⓩﬀ-ﬆ！-～"
    "\N{MATHEMATICAL BOLD CAPITAL A}-\N{MATHEMATICAL MONOSPACE DIGIT NINE}"
    "\N{SQUARED LATIN CAPITAL LETTER A}-\N{SQUARED LATIN CAPITAL LETTER Z}]"
)
_CLUSTER = regex.compile(r"\X")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Mended:
    """A text as it is read, where each of its characters stands in `given`, and what was mended.

    `names` are kinds of what was mended. `places` holds the start and the end in `given` of each
    character of `text`, or is empty where the two are the same.
    """

    given: str
    text: str
    names: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]`, which is not empty, starts and ends in `given`."""
        return (self.places[start][0], self.places[end - 1][1]) if self.places else (start, end)


def mend(text: str) -> Mended:
    """A text as the readers read it; one with nothing to mend, or of nothing else, as it is."""
    draft = _Draft(text)
    if "\\" in text:
        draft.replace(_BACKSLASH, lambda _: " ", BACKSLASHES)
    if "&" in text or ";" in text:
        _mend_entities(draft)
    draft.replace(_INVISIBLE, lambda _: "", lambda m: INVISIBLE if _in_word(m) else "")
    if not draft.text.isascii():
        draft.replace(_STYLED, lambda m: unicodedata.normalize("NFKC", m[0]), _style)
        if not unicodedata.is_normalized("NFC", draft.text):
            draft.replace(_CLUSTER, lambda m: unicodedata.normalize("NFC", m[0]), "")
    draft.replace(_PARTED, lambda m: m[1] or m[2], SPACES)
    return draft.mended() if draft.text.strip() else Mended(text, text)


def parted(mended: Mended, spellings: Iterable[str]) -> Mended:
    """The text with a space after the first character of each of these spellings, where it stands.

    A tokenizer that finds its own special tokens in any text then reads them as text.
    """
    draft = _Draft(mended.given)
    draft.text, draft.places = mended.text, list(mended.places)
    draft.names = dict.fromkeys(mended.names)
    for spelling in spellings:
        first = re.compile(f"{re.escape(spelling[:1])}(?={re.escape(spelling[1:])})")
        draft.replace(first, lambda match: f"{match[0]} ", "")
    return draft.mended()


def count(texts: Iterable[str]) -> Counter[str]:
    """How many texts were mended: under "" all of them, under each name those of the kind."""
    found: Counter[str] = Counter()
    for text in texts:
        if names := mend(text).names:
            found.update(["", *names])
    return found


def in_words(found: Counter[str]) -> str:
    """What `count` found as a sentence, or nothing."""
    kinds = sorted(
        say("mending.in", kind=say(f"mending.kinds.{name}"), count=found[name])
        for name in found
        if name
    )
    return say("mending.mended", count=found[""], kinds=listed(kinds)) if kinds else ""


def drawn(text: str) -> str:
    """A text without controls of direction, which would turn around what is drawn after it."""
    return _DIRECTION.sub("", text)


class _Draft:
    """A text on its way to a mended one."""

    def __init__(self, text: str):
        self.given = self.text = text
        self.places: list[tuple[int, int]] = []  # as those of `Mended`
        self.names: dict[str, None] = {}  # in the order of their first match

    def replace(
        self,
        pattern: re.Pattern | regex.Pattern,
        new: Callable[[re.Match], str],
        name: str | Callable[[re.Match], str],
    ) -> None:
        """Replace what a pattern matches, and note under which `name`, unless that is empty.

        All new characters stand where the match stood. What is replaced by nothing belongs to the
        character before it, unless that is a space: a soft hyphen lies inside its word.
        """
        parts, places, end = [], [], 0
        for match in pattern.finditer(self.text):
            put = new(match)
            if put == match[0]:
                continue
            if not self.places:
                self.places = [(place, place + 1) for place in range(len(self.given))]
            start, last = self.places[match.start()][0], self.places[match.end() - 1][1]
            parts += [self.text[end : match.start()], put]
            places += self.places[end : match.start()]
            places += [(start, last)] * len(put)
            if not put and match.start() > end and not parts[-2].isspace():
                places[-1] = (places[-1][0], last)
            end = match.end()
            self.names |= {name if isinstance(name, str) else name(match): None}
        if parts:
            self.text = "".join([*parts, self.text[end:]])
            self.places = places + self.places[end:]

    def was_entity(self, place: int) -> bool:
        """Whether a character was written as more than one."""
        start, end = self.places[place]
        return end - start > 1

    def mended(self) -> Mended:
        names = tuple(name for name in self.names if name)
        return Mended(self.given, self.text, names, tuple(self.places))


def _mend_entities(draft: _Draft) -> None:
    draft.replace(_TOKENIZED_ENTITY, lambda m: f"&{(m[1] or m[2]).replace(' ', '')};", ENTITIES)
    for _ in range(2):  # "&amp;lt;" holds an entity in an entity
        draft.replace(_ENTITY, _character, ENTITIES)
    draft.replace(_BARE_ENTITY, lambda m: html.unescape(f"&{m[1]};"), ENTITIES)
    if ENTITIES in draft.names:
        draft.replace(_TAG, lambda m: " " if draft.was_entity(m.start()) else m[0], TAGS)


def _character(entity: re.Match) -> str:
    """The character of an entity; what is none stays, though it begins as one (&notanentity;)."""
    known = entity[0][1] == "#" or entity[0][1:] in html5
    return html.unescape(entity[0]) if known else entity[0]


def _in_word(match: re.Match) -> bool:
    """Whether a letter stands before or after; emojis are put together with such characters."""
    text, start, end = match.string, match.start(), match.end()
    return text[end : end + 1].isalnum() or text[max(start - 1, 0) : start].isalnum()


def _style(match: re.Match) -> str:
    return LIGATURES if len(unicodedata.normalize("NFKC", match[0])) > 1 else STYLED
